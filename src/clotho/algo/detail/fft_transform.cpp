// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/fft_transform.hpp>

#include <clotho/algo/detail/fft_roots.hpp>

namespace clotho::detail {

namespace {

using stages = std::vector<std::unique_ptr<fft_stage>>;
constexpr fft_direction forwards = fft_direction::forward, backwards = fft_direction::inverse;

// All axes of a shape but the last, which are taken to have rows of `width` points; the inner ones first.
std::vector<fft_axis> outer_axes(std::span<const std::uint64_t> shape, std::uint64_t width,
                                 std::uint64_t rows) {
  std::vector<fft_axis> axes;
  std::uint64_t inner = width;
  for (std::size_t i = shape.size() - 1; i-- > 0;) {
    const std::uint64_t length = shape[i], row = length * inner;
    rows /= length;
    if (length > 1) axes.push_back({rows, length, inner, row, row});
    inner = row;
  }
  return axes;
}

// How many rows of the last axis there are.
std::uint64_t rows_of(std::span<const std::uint64_t> shape, std::uint64_t batch) {
  for (const std::uint64_t length : shape.first(shape.size() - 1)) batch *= length;
  return batch;
}

class complex_transform final : public fft_transform {
 public:
  complex_transform(const fft_device& on, std::span<const std::uint64_t> shape, std::uint64_t batch)
      : stages_(stages_for(on, axes_of(shape, batch))) {}

  future<void> forward(const flat& from, const flat& to, double scale) const override {
    return run_stages(stages_, from, to, forwards, scale);
  }
  future<void> inverse(const flat& from, const flat& to, double scale) const override {
    return run_stages(stages_, from, to, backwards, scale);
  }

 private:
  static std::vector<fft_axis> axes_of(std::span<const std::uint64_t> shape, std::uint64_t batch) {
    const std::uint64_t length = shape.back(), rows = rows_of(shape, batch);
    std::vector<fft_axis> axes = outer_axes(shape, length, rows);
    if (length > 1 || axes.empty()) axes.insert(axes.begin(), {rows, length, 1, length, length});
    return axes;
  }

  stages stages_;
};

// An even number of real numbers in a row: as complex numbers, half as many, of which the spectrum is made
// afterwards.
class even_transform final : public fft_transform {
 public:
  even_transform(const fft_device& on, std::span<const std::uint64_t> shape, std::uint64_t batch)
      : on_(on), half_(shape.back() / 2), rows_(rows_of(shape, batch)), roots_(on.constants(roots())),
        pairs_(stages_for(on, std::vector{fft_axis{rows_, half_, 1, half_, half_ + 1}})),
        pairs_back_(stages_for(on, std::vector{fft_axis{rows_, half_, 1, half_, half_}})),
        others_(stages_for(on, outer_axes(shape, half_ + 1, rows_))) {}

  future<void> forward(const flat& from, const flat& to, double scale) const override {
    run_stages(pairs_, from, to, forwards, scale);
    future<void> last = on_.map(mapping(fft_map_op::unpack, half_ + 1, half_ + 1), roots_, to, to);
    if (others_.empty()) return last;
    return run_stages(others_, to, to, forwards, 1);
  }
  future<void> inverse(const flat& from, const flat& to, double scale) const override {
    const flat room = others_.empty() ? from : on_.room(rows_ * (half_ + 1));
    run_stages(others_, from, room, backwards, 1);
    on_.map(mapping(fft_map_op::pack, half_ + 1, half_), roots_, room, to);
    return run_stages(pairs_back_, to, to, backwards, scale);
  }

 private:
  std::vector<double> roots() const {
    std::vector<double> numbers;
    for (std::uint64_t k = 0; k <= half_ / 2; ++k) {
      numbers.push_back(root_of_unity(k, 2 * half_).real());
      numbers.push_back(root_of_unity(k, 2 * half_).imag());
    }
    return numbers;
  }
  fft_mapping mapping(fft_map_op op, std::uint64_t from_row, std::uint64_t to_row) const {
    return {.op = op,
            .rows = rows_,
            .count = half_ / 2 + 1,
            .length = half_,
            .from_row = from_row,
            .to_row = to_row};
  }

  fft_device on_;
  std::uint64_t half_, rows_;
  flat roots_;
  stages pairs_, pairs_back_, others_;
};

// An odd number in a row: as complex numbers.
class odd_transform final : public fft_transform {
 public:
  odd_transform(const fft_device& on, std::span<const std::uint64_t> shape, std::uint64_t batch)
      : on_(on), length_(shape.back()), width_(length_ / 2 + 1), rows_(rows_of(shape, batch)),
        all_(stages_for(on, std::vector{fft_axis{rows_, length_, 1, length_, length_}})),
        others_(stages_for(on, outer_axes(shape, width_, rows_))) {}

  future<void> forward(const flat& from, const flat& to, double scale) const override {
    const flat room = on_.room(rows_ * length_);
    map(fft_map_op::widen, length_, length_, length_, from, room, 1);
    run_stages(all_, room, room, forwards, scale);
    future<void> last = map(fft_map_op::narrow, width_, length_, width_, room, to, 1);
    if (others_.empty()) return last;
    return run_stages(others_, to, to, forwards, 1);
  }
  future<void> inverse(const flat& from, const flat& to, double scale) const override {
    const flat spectrum = others_.empty() ? from : on_.room(rows_ * width_), room = on_.room(rows_ * length_);
    run_stages(others_, from, spectrum, backwards, 1);
    map(fft_map_op::extend, length_, width_, length_, spectrum, room, 1);
    run_stages(all_, room, room, backwards, 1);
    return map(fft_map_op::real_part, length_, length_, length_, room, to, scale);
  }

 private:
  future<void> map(fft_map_op op, std::uint64_t count, std::uint64_t from_row, std::uint64_t to_row,
                   const flat& from, const flat& to, double scale) const {
    return on_.map({op, rows_, count, 1, length_, from_row, to_row, forwards, scale}, from, from, to);
  }

  fft_device on_;
  std::uint64_t length_, width_, rows_;
  stages all_, others_;
};

} // namespace

std::shared_ptr<const fft_transform>
make_complex_transform(const fft_device& on, std::span<const std::uint64_t> shape, std::uint64_t batch) {
  return std::make_shared<complex_transform>(on, shape, batch);
}

std::shared_ptr<const fft_transform>
make_real_transform(const fft_device& on, std::span<const std::uint64_t> shape, std::uint64_t batch) {
  if (shape.back() % 2 != 0) return std::make_shared<odd_transform>(on, shape, batch);
  return std::make_shared<even_transform>(on, shape, batch);
}

} // namespace clotho::detail

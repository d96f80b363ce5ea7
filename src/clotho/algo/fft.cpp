// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/fft.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include <clotho/algo/detail/fft_transform.hpp>
#include <clotho/core/checked.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

constexpr std::size_t limit = std::size_t{1} << 31; // kernels count with 32 bits

std::string text_of(const std::vector<std::size_t>& shape) {
  std::string text = "{";
  for (const std::size_t length : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(length);
  return text + "}";
}

std::size_t product_of(const std::vector<std::size_t>& factors, const std::vector<std::size_t>& shape) {
  std::size_t product = 1;
  for (const std::size_t factor : factors) {
    const auto next = checked_multiply(product, factor);
    if (!next || *next >= limit)
      throw argument_error("fft_plan: shape " + text_of(shape) + " has 2^31 points or more");
    product = *next;
  }
  return product;
}

// Points of an array. Throws for what cannot be transformed.
std::size_t checked_points(const std::vector<std::size_t>& shape, std::size_t batch) {
  if (shape.empty()) throw argument_error("fft_plan: the shape is empty: it needs a length for each axis");
  if (std::find(shape.begin(), shape.end(), 0u) != shape.end())
    throw argument_error("fft_plan: shape " + text_of(shape) + " has a length of 0");
  if (batch == 0) throw argument_error("fft_plan: a batch of 0 arrays");
  const std::size_t points = product_of(shape, shape);
  const auto rows = checked_multiply(points / shape.back(), batch);
  if (!rows || *rows >= limit)
    throw argument_error("fft_plan: " + std::to_string(batch) + " arrays of shape " + text_of(shape)
                         + " have 2^31 rows or more");
  return points;
}

double factor(fft_scale scale, bool inverse, std::size_t points) {
  const auto n = static_cast<double>(points);
  if (scale == fft_scale::both) return 1 / std::sqrt(n);
  return scale == fft_scale::inverse && inverse ? 1 / n : 1.0;
}

bool same(const flat& a, const flat& b) noexcept {
  const flow_access one = a.bytes.access(access_mode::in), other = b.bytes.access(access_mode::in);
  return one.memory == other.memory && one.where.begin == other.where.begin
         && one.where.end == other.where.end;
}

void check_operand(const std::string& what, const fft_operand& given, bool is_complex, std::size_t size) {
  const char* const kinds[] = {"real", "complex"};
  if (given.is_complex != is_complex)
    throw argument_error(what + " has " + kinds[given.is_complex] + " numbers; the plan takes "
                         + kinds[is_complex] + " ones there");
  const std::size_t count = given.numbers.size() / (is_complex ? 2 : 1);
  if (count != size)
    throw argument_error(what + " has " + std::to_string(count) + " elements; the plan is for "
                         + std::to_string(size));
}

// What a transform reads and writes on the device, where it wants parts to begin.
struct operands {
  operands(const placement& where, const fft_operand& from, const fft_operand& to)
      : in_place(same(from.numbers, to.numbers)), target(where, to.numbers, in_place),
        source(in_place ? target.memory() : readable(where, from.numbers)) {}

  bool in_place;
  writable target;
  flat source;
};

} // namespace

fft_state::fft_state(const placement& where, scalar type, const std::vector<std::size_t>& shape,
                     std::size_t batch, fft_kind kind, fft_scale scale)
    : where_(where), kind_(kind) {
  const std::size_t points = checked_points(shape, batch), row = shape.back();
  size_ = points * batch;
  spectrum_size_ = kind == fft_kind::complex ? size_ : size_ / row * (row / 2 + 1);
  forward_scale_ = factor(scale, false, points);
  inverse_scale_ = factor(scale, true, points);
  const fft_device on(where, type);
  const std::vector<std::uint64_t> lengths(shape.begin(), shape.end());
  transform_ = kind == fft_kind::complex ? make_complex_transform(on, lengths, batch)
                                         : make_real_transform(on, lengths, batch);
}

future<void> fft_state::forward(const fft_operand& from, const fft_operand& to) const {
  check_operand("fft_plan::forward: x", from, kind_ == fft_kind::complex, size_);
  check_operand("fft_plan::forward: y", to, true, spectrum_size_);
  if (kind_ == fft_kind::real || !same(from.numbers, to.numbers))
    check_apart("fft_plan::forward: x and y", from.numbers, to.numbers);
  const operands used(where_, from, to);
  return used.target.finish(transform_->forward(used.source, used.target.memory(), forward_scale_));
}

future<void> fft_state::inverse(const fft_operand& from, const fft_operand& to) const {
  check_operand("fft_plan::inverse: y", from, true, spectrum_size_);
  check_operand("fft_plan::inverse: x", to, kind_ == fft_kind::complex, size_);
  if (kind_ == fft_kind::real || !same(from.numbers, to.numbers))
    check_apart("fft_plan::inverse: y and x", from.numbers, to.numbers);
  const operands used(where_, from, to);
  return used.target.finish(transform_->inverse(used.source, used.target.memory(), inverse_scale_));
}

} // namespace clotho::detail

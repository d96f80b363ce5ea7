// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/fft_stage.hpp>

#include <algorithm>
#include <complex>

#include <clotho/algo/detail/fft_roots.hpp>

namespace clotho::detail {

namespace {

constexpr std::uint32_t source = 0, result = 1, between = 2; // arrays

// Passes over lengths of small primes.
class smooth_stage final : public fft_stage {
 public:
  smooth_stage(const fft_device& on, std::span<const fft_axis> axes)
      : on_(on), schedule_(schedule_for(axes, on.target())), records_(on.records(schedule_.passes)),
        tables_(on.constants(schedule_.tables)), aside_(moves_for(false)), in_place_(moves_for(true)) {}

  future<void> run(const flat& from, const flat& to, fft_direction direction, double scale) const override {
    const std::vector<fft_move>& moves = overlap(from, to) ? in_place_ : aside_;
    const bool uses_room =
        std::any_of(moves.begin(), moves.end(), [](fft_move m) { return m.to == between; });
    const flat room = uses_room ? temporary(on_.where(), to.type, to.size()) : to;
    future<void> last;
    for (const fft_launch& launch : schedule_.launches)
      last = on_.launch(launch, std::span(moves).subspan(launch.begin, launch.end - launch.begin), records_,
                        tables_, {from, to, room}, direction, scale);
    return last;
  }

 private:
  // From the end: passes that can work in place do, others come from the other array.
  std::vector<fft_move> moves_for(bool in_place) const {
    const std::vector<fft_pass>& passes = schedule_.passes;
    std::vector<fft_move> moves(passes.size());
    std::uint32_t at = result;
    for (std::size_t i = passes.size(); i-- > 0;) {
      moves[i].to = at;
      if (!passes[i].stays()) at = result + between - at;
      moves[i].from = at;
    }
    moves[0].from = in_place ? result : source;
    if (in_place && moves[0].to == result && !passes[0].stays()) arrive_elsewhere(moves);
    return moves;
  }

  // The first pass cannot leave its result where it reads: the next that could work in place takes it back
  // instead.
  void arrive_elsewhere(std::vector<fft_move>& moves) const {
    for (std::size_t i = 0; i < moves.size(); ++i) {
      if (i > 0) moves[i].from = result + between - moves[i].from;
      if (i > 0 && schedule_.passes[i].stays()) return;
      moves[i].to = result + between - moves[i].to;
    }
  }

  fft_device on_;
  fft_schedule schedule_;
  flat records_, tables_;
  std::vector<fft_move> aside_, in_place_;
};

// At least `least`, of small primes, and of sixteen where there is room: lanes are full then.
std::uint64_t padded_length(std::uint64_t least) {
  std::uint64_t best = 0;
  for (const std::uint64_t odd : {1u, 3u, 5u, 7u, 9u, 15u, 21u, 25u, 27u}) {
    std::uint64_t length = least > 128 ? 16 * odd : odd;
    while (length < least) length *= 2;
    if (best == 0 || length < best) best = length;
  }
  return best;
}

// Bluestein's algorithm: j k is (j^2 + k^2 - (k - j)^2) / 2, so that a transform of any length is a
// convolution with a chirp, which transforms of a longer, smooth length calculate.
class chirp_stage final : public fft_stage {
 public:
  chirp_stage(const fft_device& on, const fft_axis& axis)
      : on_(on), axis_(axis), padded_(padded_length(2 * axis.length - 1)), row_(padded_ * axis.inner),
        convolved_(on, std::vector{fft_axis{axis.rows, padded_, axis.inner, row_, row_}}),
        chirp_(on.constants(chirp())), spectrum_(spectrum()) {}

  future<void> run(const flat& from, const flat& to, fft_direction direction, double scale) const override {
    const flat room = on_.room(axis_.rows * row_);
    on_.map(mapping(fft_map_op::chirp_in, padded_, axis_.row_in, row_, direction, 1), chirp_, from, room);
    convolved_.run(room, room, fft_direction::forward, 1);
    on_.map(mapping(fft_map_op::factors, padded_, row_, row_, direction, 1), spectrum_, room, room);
    convolved_.run(room, room, fft_direction::inverse, 1);
    return on_.map(mapping(fft_map_op::chirp_out, axis_.length, row_, axis_.row_out, direction, scale),
                   chirp_, room, to);
  }

 private:
  fft_mapping mapping(fft_map_op op, std::uint64_t count, std::uint64_t from_row, std::uint64_t to_row,
                      fft_direction direction, double scale) const {
    return {op, axis_.rows, count, axis_.inner, axis_.length, from_row, to_row, direction, scale};
  }

  // exp(-pi i j^2 / n).
  std::complex<double> chirp_at(std::uint64_t j) const {
    return root_of_unity(j * j % (2 * axis_.length), 2 * axis_.length);
  }
  std::vector<double> chirp() const {
    std::vector<double> numbers;
    for (std::uint64_t j = 0; j < axis_.length; ++j) {
      numbers.push_back(chirp_at(j).real());
      numbers.push_back(chirp_at(j).imag());
    }
    return numbers;
  }
  // The transform of what is convolved with, divided by its length.
  flat spectrum() const {
    std::vector<double> numbers(2 * padded_);
    for (std::uint64_t j = 0; j < axis_.length; ++j)
      for (const std::uint64_t at : {j, (padded_ - j) % padded_}) {
        numbers[2 * at] = chirp_at(j).real();
        numbers[2 * at + 1] = -chirp_at(j).imag();
      }
    const flat made = on_.constants(numbers);
    smooth_stage(on_, std::vector{fft_axis{1, padded_, 1, padded_, padded_}})
        .run(made, made, fft_direction::forward, 1 / static_cast<double>(padded_));
    return made;
  }

  fft_device on_;
  fft_axis axis_;
  std::uint64_t padded_, row_;
  smooth_stage convolved_;
  flat chirp_, spectrum_;
};

} // namespace

std::vector<std::unique_ptr<fft_stage>> stages_for(const fft_device& on, std::span<const fft_axis> axes) {
  std::vector<std::unique_ptr<fft_stage>> stages;
  while (!axes.empty()) {
    const auto rough =
        std::find_if_not(axes.begin(), axes.end(), [](auto& axis) { return is_smooth(axis.length); });
    const auto smooth = static_cast<std::size_t>(rough - axes.begin());
    if (smooth > 0)
      stages.push_back(std::make_unique<smooth_stage>(on, axes.first(smooth)));
    else
      stages.push_back(std::make_unique<chirp_stage>(on, axes.front()));
    axes = axes.subspan(std::max<std::size_t>(smooth, 1));
  }
  return stages;
}

future<void> run_stages(std::span<const std::unique_ptr<fft_stage>> stages, const flat& from, const flat& to,
                        fft_direction direction, double scale) {
  future<void> last;
  for (std::size_t i = 0; i < stages.size(); ++i)
    last = stages[i]->run(i == 0 ? from : to, to, direction, i + 1 == stages.size() ? scale : 1);
  return last;
}

} // namespace clotho::detail

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace clotho::detail {

/// What the transforms of one axis are like: `rows` times, `row_in` points apart in what is read and
/// `row_out` in the result, `length` rows of `inner` columns.
struct fft_axis {
  std::uint64_t rows = 1;
  std::uint64_t length = 1;
  std::uint64_t inner = 1;
  std::uint64_t row_in = 1;
  std::uint64_t row_out = 1;
};

/// What the kernels can do at once.
struct fft_target {
  std::uint32_t vector = 16;       ///< columns of a vector; 1: any number, as TILE allows (GPU shape)
  std::uint32_t longest = 256;     ///< pass
  std::uint32_t longest_row = 256; ///< pass over whole rows
  std::uint32_t tile = 0;          ///< points of a tile, in the GPU shape
  std::uint64_t cached_points =
      0; ///< rows up to this long stay in the cache: they get all their passes in one launch
};

/// A pass, as cl/fft.cl reads it: the same members in the same order.
struct fft_pass {
  static constexpr std::uint32_t none = 0xffffffffu;
  enum columns : std::uint32_t { in_inner, in_positions, in_rows };

  std::uint32_t length = 1, radix_count = 0;
  std::array<std::uint32_t, 8> radix{};
  std::uint32_t positions = 1, inner = 1;
  std::uint32_t lanes = 1, tiles = 1;
  std::uint32_t order = in_rows;
  std::uint32_t row_in = 1, row_out = 1, rows = 1;
  std::uint32_t roots = 0, twiddles = none;
  std::uint32_t last = 0;

  /// Reads and writes the same points, tile by tile: may be done in place.
  [[nodiscard]] bool stays() const noexcept { return positions == 1 && row_in == row_out; }
};
static_assert(sizeof(fft_pass) == 21 * sizeof(std::uint32_t));

/// Passes [begin, end), done by one launch: `units` are tiles, or, if there are several passes, rows.
struct fft_launch {
  std::uint32_t begin = 0, end = 0;
  bool whole_rows = false;
  std::uint64_t units = 0;
  std::uint32_t per_item = 1; ///< units that a work-item of the CPU shape does
};

/// How transforms along some axes, one after the other, are done.
struct fft_schedule {
  std::vector<fft_pass> passes;
  std::vector<fft_launch> launches;
  std::vector<double> tables; ///< of roots, which the passes point into
};

/// 2, 3, 5 and 7 are the only primes of it.
[[nodiscard]] bool is_smooth(std::uint64_t n) noexcept;
/// The lengths of the passes for n points, at most 8, the first one first. `n` is smooth.
[[nodiscard]] std::vector<std::uint32_t> pass_lengths(const fft_axis& axis, const fft_target& target);
/// The small radices for a pass, the first step's first.
[[nodiscard]] std::vector<std::uint32_t> small_radices(std::uint32_t length);

/// For axes whose lengths are smooth.
[[nodiscard]] fft_schedule schedule_for(std::span<const fft_axis> axes, const fft_target& target);

} // namespace clotho::detail

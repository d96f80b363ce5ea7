#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <span>
#include <vector>

#include <clotho/algo/detail/fft_passes.hpp>
#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/detail/primitive.hpp>

namespace clotho::detail {

/// Which arrays a pass goes from and to, as the kernel of the CPU shape counts them.
struct fft_move {
  std::uint32_t from = 0, to = 0;
};

/// What a launch of passes works on: what is read first, the result, and memory in between.
struct fft_arrays {
  const flat& from;
  const flat& to;
  const flat& between;
};

enum class fft_direction : std::uint32_t { forward, inverse };

/// What fft_map_cpu and fft_map_gpu do: see cl/fft.cl.
enum class fft_map_op : std::uint32_t {
  widen,
  narrow,
  extend,
  real_part,
  unpack,
  pack,
  chirp_in,
  factors,
  chirp_out
};

/// Numbers changed one by one: `rows` rows of `count` times `inner` of them.
struct fft_mapping {
  fft_map_op op = fft_map_op::factors;
  std::uint64_t rows = 1, count = 1, inner = 1, length = 1;
  std::uint64_t from_row = 1, to_row = 1;
  fft_direction direction = fft_direction::forward;
  double scale = 1;
};

/// The kernels of cl/fft.cl for one type, and how they are launched on a device.
class fft_device {
 public:
  /// Throws capability_error when the device cannot calculate with the type.
  fft_device(const placement& where, scalar type);

  [[nodiscard]] const placement& where() const noexcept { return where_; }
  [[nodiscard]] scalar type() const noexcept { return type_; }
  /// What passes may be like.
  [[nodiscard]] const fft_target& target() const noexcept { return target_; }

  /// Numbers that kernels read, rounded to the type.
  [[nodiscard]] flat constants(std::span<const double> numbers) const;
  [[nodiscard]] flat records(std::span<const fft_pass> passes) const;
  /// For so many complex numbers.
  [[nodiscard]] flat room(std::uint64_t points) const { return temporary(where_, type_, 2 * points); }

  /// Passes of a schedule; `moves` has one for each of them.
  future<void> launch(const fft_launch& what, std::span<const fft_move> moves, const flat& records,
                      const flat& tables, const fft_arrays& arrays, fft_direction direction,
                      double scale) const;
  /// `from` may be `to`, where the operation works in place.
  future<void> map(const fft_mapping& how, const flat& table, const flat& from, const flat& to) const;

 private:
  placement where_;
  scalar type_;
  const primitive* program_;
  fft_target target_;
};

} // namespace clotho::detail

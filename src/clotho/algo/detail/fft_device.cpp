// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/fft_device.hpp>

#include <algorithm>
#include <array>
#include <string>

#include <clotho/algo/kernels/fft.hpp>
#include <clotho/algo/kernels/fft_map.hpp>

namespace clotho::detail {

namespace {

// As cl/fft.cl has them; device code of the CPU shape keeps two tiles of 64 bytes times 2 LONGEST on the
// stack.
constexpr std::uint32_t vector_bytes = 64, longest = 256, longest_row = 128;
constexpr std::uint32_t tile = 1024, group = 128, chunk = 1024;
// Rows of more do not stay in a core's cache, with their result, from pass to pass.
constexpr std::uint64_t cached_bytes = 512 * 1024;

std::uint32_t lanes_of(scalar type) { return static_cast<std::uint32_t>(vector_bytes / size_bytes(type)); }

fft_target target_for(shape how, scalar type) {
  if (how == shape::gpu) return {.vector = 1, .longest = tile / 8, .longest_row = tile, .tile = tile};
  return {.vector = lanes_of(type),
          .longest = longest,
          .longest_row = longest_row,
          .cached_points = cached_bytes / (2 * size_bytes(type))};
}

macro_list macros_for(const placement& where, scalar type,
                      std::initializer_list<std::pair<const char*, std::uint32_t>> numbers) {
  macro_list defines = type_macros(where, type, "fft");
  for (const auto& [name, number] : numbers) defines.push_back({name, std::to_string(number)});
  return defines;
}

primitive_request describe(const placement& where, scalar type, shape how) {
  if (how == shape::gpu)
    return {macros_for(where, type, {{"LANES", 1}, {"TILE", tile}, {"WG", group}}), {"fft_gpu"}};
  return {macros_for(where, type, {{"LANES", lanes_of(type)}, {"MAX_LENGTH", longest}}), {"fft_cpu"}};
}

primitive_request describe_map(const placement& where, scalar type, shape how) {
  if (how == shape::gpu) return {macros_for(where, type, {{"WG", group}}), {"fft_map_gpu"}};
  return {macros_for(where, type, {{"CHUNK", chunk}}), {"fft_map_cpu"}};
}

flow_argument use(const flat& what, access_mode mode) {
  switch (mode) {
  case access_mode::in: return in(what.bytes);
  case access_mode::out: return out(what.bytes);
  default: return inout(what.bytes);
  }
}

// How a launch uses an array: what it writes first is not read.
std::optional<access_mode> mode_of(std::uint32_t array, std::span<const fft_move> moves) {
  const bool read_first = moves.front().from == array;
  const bool written = std::any_of(moves.begin(), moves.end(), [&](fft_move m) { return m.to == array; });
  if (!written) return read_first ? std::optional(access_mode::in) : std::nullopt;
  return read_first ? access_mode::inout : access_mode::out;
}

std::uint32_t packed(std::span<const fft_move> moves) {
  std::uint32_t route = 0;
  for (std::size_t i = 0; i < moves.size(); ++i) route |= (moves[i].from | moves[i].to << 2) << 4 * i;
  return route;
}

// Calls f with the number as the device has it.
template <class F> auto with_number(scalar type, double number, F&& f) {
  return type == scalar::f64 ? f(number) : f(static_cast<float>(number));
}

} // namespace

fft_device::fft_device(const placement& where, scalar type)
    : where_(where), type_(type),
      program_(
          &primitive_for(where, {kernels::fft, static_cast<std::uint64_t>(type)}, "fft", type,
                         [&](const parameters& tuning) { return describe(where, type, tuning.shape()); })),
      target_(target_for(program_->shape, type)) {}

flat fft_device::constants(std::span<const double> numbers) const {
  if (type_ == scalar::f64) return flat_of(buffer<double>(where_.owner(), numbers));
  const std::vector<float> rounded(numbers.begin(), numbers.end());
  return flat_of(buffer<float>(where_.owner(), rounded));
}

flat fft_device::records(std::span<const fft_pass> passes) const {
  const auto* words = reinterpret_cast<const std::uint32_t*>(passes.data());
  return flat_of(
      buffer<std::uint32_t>(where_.owner(), std::span(words, passes.size_bytes() / sizeof(*words))));
}

future<void> fft_device::launch(const fft_launch& what, std::span<const fft_move> moves, const flat& records,
                                const flat& tables, const fft_arrays& arrays, fft_direction direction,
                                double scale) const {
  const std::array<const flat*, 3> all{&arrays.from, &arrays.to, &arrays.between};
  const auto exchange = static_cast<std::uint32_t>(direction);
  const auto& rt = where_.owner();
  return with_number(type_, scale, [&](auto factor) {
    if (program_->shape == shape::gpu)
      return rt.launch(program_->kernels[0], groups_of(group, what.units), what.begin, exchange, factor,
                       in(records.bytes), in(tables.bytes), use(*all[moves[0].from], access_mode::in),
                       use(*all[moves[0].to], access_mode::out));
    // An array that is not used is another name for the result.
    const std::uint32_t result = moves.back().to;
    const auto array = [&](std::uint32_t i) {
      const auto mode = mode_of(i, moves);
      return mode ? use(*all[i], *mode) : use(*all[result], *mode_of(result, moves));
    };
    return rt.launch(program_->kernels[0], one_by_one(divide_up(what.units, what.per_item)), what.units,
                     what.per_item, std::uint32_t{what.whole_rows}, what.begin, what.end, packed(moves),
                     exchange, factor, in(records.bytes), in(tables.bytes), array(0), array(1), array(2));
  });
}

future<void> fft_device::map(const fft_mapping& how, const flat& table, const flat& from,
                             const flat& to) const {
  const primitive& program =
      primitive_for(where_, {kernels::fft_map, static_cast<std::uint64_t>(type_)}, "fft", type_,
                    [&](const parameters& tuning) { return describe_map(where_, type_, tuning.shape()); });
  const std::uint64_t total = how.rows * how.count * how.inner;
  const nd_range range = program.shape == shape::gpu ? groups_of(group, divide_up(total, group))
                                                     : one_by_one(divide_up(total, chunk));
  const auto number = [](std::uint64_t n) { return static_cast<std::uint32_t>(n); };
  const access_mode writing = overlap(from, to) ? access_mode::inout : access_mode::out;
  return with_number(type_, how.scale, [&](auto factor) {
    return where_.owner().launch(program.kernels[0], range, static_cast<std::uint32_t>(how.op),
                                 number(how.count), number(how.inner), number(how.length), total,
                                 how.from_row, how.to_row, static_cast<std::uint32_t>(how.direction), factor,
                                 in(table.bytes), use(from, access_mode::in), use(to, writing));
  });
}

} // namespace clotho::detail

// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/fold.hpp>

#include <cstring>
#include <string>
#include <utility>

#include <clotho/algo/detail/lane_tiles.hpp>
#include <clotho/algo/detail/operator_macros.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/detail/scalar_bits.hpp>
#include <clotho/algo/kernels/reduce.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

constexpr std::size_t most_tiles = 64; // as cl/reduce.cl has it

const char* map_macro(fold_kind how) {
  if (how.op == operation::logical_and || how.op == operation::logical_or) return "MAP_TRUTH";
  switch (how.map) {
  case fold_map::itself: break;
  case fold_map::magnitude: return "MAP_MAGNITUDE";
  case fold_map::square: return "MAP_SQUARE";
  case fold_map::product: return "MAP_PRODUCT";
  }
  return "MAP_ITSELF";
}

primitive_request describe(const placement& where, fold_kind how, scalar type, const parameters& tuning) {
  primitive_request wanted{type_macros(where, type, "reduce"), {}};
  for (auto& macro : operator_macros(how.op, type)) wanted.defines.push_back(std::move(macro));
  wanted.defines.emplace_back("X", opencl_name({type, 1}));
  wanted.defines.emplace_back("MAP", map_macro(how));
  wanted.defines.emplace_back("INPUTS", how.map == fold_map::product ? "2" : "1");
  if (tuning.shape() == shape::cpu)
    wanted.kernels = {"reduce_cpu", "reduce_small_cpu"};
  else
    wanted.kernels = {"reduce_gpu"};
  return wanted;
}

const primitive& primitive_of(const placement& where, fold_kind how, scalar type) {
  const auto variant = static_cast<std::uint64_t>(how.op) << 16 | static_cast<std::uint64_t>(how.map) << 8
                       | static_cast<std::uint64_t>(type);
  return primitive_for(where, {kernels::reduce, variant}, "reduce", type,
                       [&](const parameters& tuning) { return describe(where, how, type, tuning); });
}

// Tiles at once, and whether that was all.
future<void> launch(const placement& where, const loaded_kernel& kernel, const nd_range& range, const flat& x,
                    const std::optional<flat>& y, const flat& out) {
  const std::uint64_t n = x.size();
  if (y) return where.owner().launch(kernel, range, in(x.bytes), in(y->bytes), clotho::out(out.bytes), n);
  return where.owner().launch(kernel, range, in(x.bytes), clotho::out(out.bytes), n);
}

// Folds the results of tiles until one is left; x is readable.
future<void> fold_some(const placement& where, fold_kind how, const flat& x, const std::optional<flat>& y,
                       const flat& out) {
  const primitive& with = primitive_of(where, how, x.type);
  if (with.shape == shape::cpu && x.size() <= lane_tiles::tile * most_tiles)
    return launch(where, with.kernels[1], one_by_one(1), x, y, out);
  const std::size_t tiles = lane_tiles::count(x.size());
  if (tiles == 1) return launch(where, with.kernels[0], lane_tiles::range(with, x.size()), x, y, out);
  const flat parts = temporary(where, x.type, tiles);
  launch(where, with.kernels[0], lane_tiles::range(with, x.size()), x, y, parts);
  return fold_some(where, {how.op}, parts, std::nullopt, out);
}

template <class T> T first_of(std::span<const std::byte> bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

future<void> write(const placement& where, const scalar_bits& value, const flat& to) {
  return where.owner().host(
      [value](std::span<std::byte> all) { std::memcpy(all.data(), value.data(), all.size()); }, out(to.bytes),
      run_inline);
}

} // namespace

future<void> fold_into(const placement& where, fold_kind how, const flat& x, const std::optional<flat>& y,
                       const flat& out) {
  if (out.size() != 1)
    throw argument_error("the result of a reduction is one element, not " + std::to_string(out.size()));
  require_type(where, x.type, "reduce");
  if (x.size() == 0) return write(where, neutral_of(how.op, x.type), out);
  const writable target(where, out);
  const std::optional<flat> second = y ? std::optional(readable(where, *y)) : std::nullopt;
  return target.finish(fold_some(where, how, readable(where, x), second, target.memory()));
}

void check_some(std::string_view what, std::size_t count) {
  if (count == 0) throw argument_error(std::string(what) + " of no elements: there is none");
}

flat fold(const placement& where, fold_kind how, const flat& x, const std::optional<flat>& y) {
  flat result = temporary(where, x.type, 1);
  fold_into(where, how, x, y, result);
  return result;
}

template <scalar_value T> future<T> only_element(const placement& where, const flat& result) {
  return where.owner().host([](std::span<const std::byte> bytes) { return first_of<T>(bytes); },
                            in(result.bytes), run_inline);
}

template future<std::int8_t> only_element(const placement&, const flat&);
template future<std::uint8_t> only_element(const placement&, const flat&);
template future<std::int16_t> only_element(const placement&, const flat&);
template future<std::uint16_t> only_element(const placement&, const flat&);
template future<std::int32_t> only_element(const placement&, const flat&);
template future<std::uint32_t> only_element(const placement&, const flat&);
template future<std::int64_t> only_element(const placement&, const flat&);
template future<std::uint64_t> only_element(const placement&, const flat&);
template future<half> only_element(const placement&, const flat&);
template future<float> only_element(const placement&, const flat&);
template future<double> only_element(const placement&, const flat&);

} // namespace clotho::detail

// SPDX-License-Identifier: Apache-2.0
// Host side of cl/gather.cl.
#include <clotho/algo/map.hpp>

#include <string>

#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/gather.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

const primitive& program_for(const placement& where, scalar type, scalar places) {
  return primitive_for(
      where, {kernels::gather, static_cast<std::uint64_t>(type) * 16 + static_cast<std::uint64_t>(places)},
      "gather", type, [&](const parameters& tuning) {
        macro_list macros = type_macros(where, type, "gather and scatter");
        macros.emplace_back("P", opencl_name({places, 1}));
        macros.emplace_back("TILE", std::to_string(tuning["tile"]));
        macros.emplace_back("GROUP", std::to_string(tuning["group"]));
        const std::string end = tuning.shape() == shape::cpu ? "_cpu" : "_gpu";
        return primitive_request{std::move(macros), {"gather" + end, "scatter" + end}};
      });
}

future<void> move(const placement& where, std::size_t kernel, const flat& x, const flat& places,
                  const flat& y, const flat& others) {
  const std::uint64_t n = places.size(), most = others.size();
  const primitive& built = program_for(where, x.type, places.type);
  const bool cpu = built.shape == shape::cpu;
  const std::size_t each = cpu ? built.tuning["tile"] : built.tuning["group"];
  const nd_range range = cpu ? one_by_one(divide_up(n, each)) : groups_of(each, divide_up(n, each));
  const writable result(where, y, kernel == 1);
  const auto as_is = [](const flat& what) { return buffer_slice<std::byte>(what.bytes); };
  const auto launched = [&](const auto& to) {
    return where.owner().launch(built.kernels[kernel], range, n, in(as_is(readable(where, places))),
                                in(as_is(readable(where, x))), most, to);
  };
  return result.finish(kernel == 0 ? launched(out(result.memory().bytes))
                                   : launched(inout(result.memory().bytes)));
}

} // namespace

future<void> gather(const placement& where, const flat& x, const flat& places, const flat& y) {
  check_same_count("gather", "places", places, "y", y);
  check_apart("gather: x and y", x, y);
  check_apart("gather: places and y", places, y);
  if (y.size() == 0) return nothing_to_do(where);
  if (x.size() == 0) throw argument_error("gather: x has no elements to take");
  return move(where, 0, x, places, y, x);
}

future<void> scatter(const placement& where, const flat& x, const flat& places, const flat& y) {
  check_same_count("scatter", "x", x, "places", places);
  check_apart("scatter: x and y", x, y);
  check_apart("scatter: places and y", places, y);
  if (x.size() == 0 || y.size() == 0) return nothing_to_do(where);
  return move(where, 1, x, places, y, y);
}

void check_zip(std::size_t parts, std::size_t count, std::size_t whole) {
  if (count * parts == whole) return;
  throw argument_error("zip: " + std::to_string(parts) + " arrays of " + std::to_string(count)
                       + " elements do not make " + std::to_string(whole));
}

} // namespace clotho::detail

// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/count.hpp>

#include <cstring>
#include <span>
#include <string>

#include <clotho/algo/detail/fold.hpp>
#include <clotho/algo/detail/lane_tiles.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/count.hpp>

namespace clotho::detail {

namespace {

const char* macro_of(predicate holds) {
  if (holds == predicate::equals) return "HOLDS_EQUALS";
  return holds == predicate::is_true ? "HOLDS_TRUE" : "HOLDS_DIFFERS";
}

primitive_request describe(const placement& where, predicate holds, scalar type, const parameters& tuning) {
  primitive_request wanted{type_macros(where, type, "count", "X"), {}};
  wanted.defines.emplace_back("MASK", opencl_name({integer_like(type, true), 1}));
  wanted.defines.emplace_back("HOLDS", macro_of(holds));
  wanted.defines.emplace_back("INPUTS", holds == predicate::differs ? "2" : "1");
  wanted.kernels = {tuning.shape() == shape::cpu ? "count_cpu" : "count_gpu"};
  return wanted;
}

const primitive& primitive_of(const placement& where, predicate holds, scalar type) {
  const auto variant = static_cast<std::uint64_t>(holds) << 8 | static_cast<std::uint64_t>(type);
  return primitive_for(where, {kernels::count, variant}, "count", type,
                       [&](const parameters& tuning) { return describe(where, holds, type, tuning); });
}

// One number, for elements that there are.
flat count_tiles(const placement& where, predicate holds, const flat& x, const std::optional<flat>& y,
                 const scalar_bits& value) {
  const primitive& with = primitive_of(where, holds, x.type);
  const std::uint64_t n = x.size();
  const flat counts = temporary(where, scalar::u64, lane_tiles::count(n)), first = readable(where, x);
  const nd_range range = lane_tiles::range(with, n);
  if (y)
    where.owner().launch(with.kernels[0], range, in(first.bytes), in(readable(where, *y).bytes),
                         out(counts.bytes), value.argument(), n);
  else
    where.owner().launch(with.kernels[0], range, in(first.bytes), out(counts.bytes), value.argument(), n);
  return counts.size() == 1 ? counts : fold(where, {}, counts);
}

} // namespace

future<std::uint64_t> count(const placement& where, predicate holds, const flat& x,
                            const std::optional<flat>& y, const scalar_bits& value) {
  require_type(where, x.type, "count");
  if (x.size() == 0) return where.owner().host([] { return std::uint64_t{0}; });
  return only_element<std::uint64_t>(where, count_tiles(where, holds, x, y, value));
}

future<bool> counts(const placement& where, predicate holds, const flat& x, const std::optional<flat>& y,
                    std::uint64_t wanted, bool are_equal) {
  if (y) check_same_count("equal", "x", x, "y", *y);
  require_type(where, x.type, "count");
  if (x.size() == 0) return where.owner().host([=] { return (wanted == 0) == are_equal; });
  const scalar_bits zero = visit_scalar(x.type, []<class T>(T) { return scalar_bits(T{}); });
  const flat counted = count_tiles(where, holds, x, y, zero);
  return where.owner().host(
      [=](std::span<const std::byte> bytes) {
        std::uint64_t got = 0;
        std::memcpy(&got, bytes.data(), sizeof got);
        return (got == wanted) == are_equal;
      },
      in(counted.bytes), run_inline);
}

} // namespace clotho::detail

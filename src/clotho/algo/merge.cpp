// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/merge.hpp>

#include <optional>
#include <string>
#include <utility>

#include <clotho/algo/detail/key_order.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/merge.hpp>
#include <clotho/core/error.hpp>
#include <clotho/flow/flow_argument.hpp>

namespace clotho::detail {

namespace {

// As cl/merge.cl has them.
constexpr std::size_t item_tile = 16384, group = 64, group_tile = group * 8;

const primitive& primitive_of(const placement& where, scalar key, std::size_t value_bytes) {
  const auto variant =
      std::uint64_t{is_floating(key)} << 16 | std::uint64_t{size_bytes(key)} << 8 | value_bytes;
  return primitive_for(where, {kernels::merge, variant}, "merge", key, [&](const parameters& tuning) {
    return primitive_request{key_macros(key, value_bytes),
                             {tuning.shape() == shape::cpu ? "merge_cpu" : "merge_gpu"}};
  });
}

// What the three arrays of keys are, and those of values.
struct sides {
  flat a, b, merged;
};

void check_sides(const std::string& what, const sides& these) {
  const std::size_t both = these.a.size() + these.b.size();
  if (these.merged.size() != both)
    throw argument_error(what + " make " + std::to_string(both) + " elements together, not "
                         + std::to_string(these.merged.size()));
  check_apart(what + ", a and the result,", these.a, these.merged);
  check_apart(what + ", b and the result,", these.b, these.merged);
}

void check_values(const char* which, const flat& keys, const payload& values) {
  const std::size_t count = values.bytes.size() / values.element_bytes;
  if (count != keys.size())
    throw argument_error(std::string("merge_by_key: ") + which + " has " + std::to_string(keys.size())
                         + " keys and " + std::to_string(count) + " values");
}

sides bytes_of_values(const payload& a, const payload& b, const payload& merged) {
  return {{a.bytes, scalar::u8}, {b.bytes, scalar::u8}, {merged.bytes, scalar::u8}};
}

// An array may be empty where the other is not.
flow_argument source(const placement& where, const flat& from) {
  return from.size() == 0 ? flow_argument(nullptr) : flow_argument(in(readable(where, from).bytes));
}

future<void> launch(const placement& where, const sides& keys, const std::optional<sides>& values,
                    std::size_t value_bytes, const sort_options& how) {
  const primitive& with = primitive_of(where, keys.a.type, value_bytes);
  const std::uint64_t a_count = keys.a.size(), b_count = keys.b.size(), n = keys.merged.size();
  const nd_range range = with.shape == shape::cpu ? one_by_one(divide_up(n, item_tile))
                                                  : groups_of(group, divide_up(n, group_tile));
  const key_order order = order_of(keys.a.type, how);
  const writable to(where, keys.merged);
  std::optional<writable> values_to;
  if (values) values_to.emplace(where, values->merged);
  const flow_argument none(nullptr);
  future<void> last = where.owner().launch(
      with.kernels[0], range, source(where, keys.a), values ? source(where, values->a) : none, a_count,
      source(where, keys.b), values ? source(where, values->b) : none, b_count, out(to.memory().bytes),
      values ? flow_argument(out(values_to->memory().bytes)) : none, order.flip, order.mask);
  last = to.finish(std::move(last));
  return values ? values_to->finish(std::move(last)) : std::move(last);
}

} // namespace

future<void> merge(const placement& where, const flat& a, const flat& b, const flat& merged,
                   const sort_options& how) {
  const sides keys{a, b, merged};
  check_sides("merge: a and b", keys);
  check_bits("merge", a.type, how);
  if (merged.size() == 0) return nothing_to_do(where);
  return launch(where, keys, std::nullopt, 0, how);
}

future<void> merge_by_key(const placement& where, const flat& a, const payload& a_values, const flat& b,
                          const payload& b_values, const flat& merged, const payload& merged_values,
                          const sort_options& how) {
  const sides keys{a, b, merged}, values = bytes_of_values(a_values, b_values, merged_values);
  check_values("a", a, a_values);
  check_values("b", b, b_values);
  check_sides("merge_by_key: keys of a and b", keys);
  check_sides("merge_by_key: values of a and b", values);
  check_apart("merge_by_key: merged keys and values", keys.merged, values.merged);
  check_bits("merge_by_key", a.type, how);
  if (merged.size() == 0) return nothing_to_do(where);
  return launch(where, keys, values, a_values.element_bytes, how);
}

} // namespace clotho::detail

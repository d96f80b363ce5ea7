// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/sort.hpp>

#include <string>
#include <utility>

#include <clotho/algo/detail/key_order.hpp>
#include <clotho/algo/detail/radix_sorter.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

void check_counts(const flat& keys, std::size_t values) {
  if (keys.size() != values)
    throw argument_error("sort_by_key: there are " + std::to_string(keys.size()) + " keys and "
                         + std::to_string(values) + " values");
}

// As bytes, for those who do not care what they are.
flat bytes_of_payload(const payload& values) { return {values.bytes, scalar::u8}; }

} // namespace

future<void> sort(const placement& where, const flat& keys, const sort_options& how) {
  check_bits("sort", keys.type, how);
  if (keys.size() < 2) return nothing_to_do(where);
  const writable sorted(where, keys, true);
  return sorted.finish(radix_sorter(where, sorted.memory(), {keys.bytes, 0}, how).sort());
}

future<void> sort_by_key(const placement& where, const flat& keys, const payload& values,
                         const sort_options& how) {
  check_bits("sort", keys.type, how);
  check_counts(keys, values.bytes.size() / values.element_bytes);
  check_apart("sort_by_key: keys and values", keys, bytes_of_payload(values));
  if (keys.size() < 2) return nothing_to_do(where);
  const writable sorted(where, keys, true), moved(where, bytes_of_payload(values), true);
  const payload moved_values{moved.memory().bytes, values.element_bytes};
  future<void> last = sorted.finish(radix_sorter(where, sorted.memory(), moved_values, how).sort());
  return moved.finish(std::move(last));
}

future<void> argsort(const placement& where, const flat& keys, const flat& indices, const sort_options& how) {
  check_bits("sort", keys.type, how);
  check_same_count("argsort", "keys", keys, "indices", indices);
  check_apart("argsort: keys and indices", keys, indices);
  if (indices.type == scalar::u32 && keys.size() > UINT32_MAX)
    throw argument_error("argsort: " + std::to_string(keys.size()) + " keys need indices of 64 bits");
  if (keys.size() == 0) return nothing_to_do(where);
  const flat copy = temporary(where, keys.type, keys.size());
  const writable order(where, indices);
  const radix_sorter sorter(where, copy, {order.memory().bytes, size_bytes(indices.type)}, how);
  sorter.number(readable(where, keys));
  return order.finish(sorter.sort());
}

} // namespace clotho::detail

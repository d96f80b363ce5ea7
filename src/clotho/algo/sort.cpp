// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/sort.hpp>

#include <string>
#include <utility>

#include <clotho/algo/detail/radix_sorter.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

std::string bits_text(unsigned begin, unsigned end) {
  return "bits " + std::to_string(begin) + " to " + std::to_string(end);
}

void check_bits(scalar type, const sort_options& how) {
  if (how.begin_bit == 0 && how.end_bit == sort_options::all_bits) return;
  const auto all = static_cast<unsigned>(8 * size_bytes(type));
  const unsigned end = how.end_bit == sort_options::all_bits ? all : how.end_bit;
  const std::string key = opencl_name({type, 1});
  if (is_floating(type) && (how.begin_bit != 0 || end != all))
    throw argument_error("sort: " + bits_text(how.begin_bit, end) + " of " + key
                         + " keys: only keys that are integers can be sorted by some of their bits");
  if (how.begin_bit >= end || end > all)
    throw argument_error("sort: " + bits_text(how.begin_bit, end) + " of " + key
                         + " keys, which have bits 0 to " + std::to_string(all));
}

void check_counts(const flat& keys, std::size_t values) {
  if (keys.size() != values)
    throw argument_error("sort_by_key: there are " + std::to_string(keys.size()) + " keys and "
                         + std::to_string(values) + " values");
}

// As bytes, for those who do not care what they are.
flat bytes_of_payload(const payload& values) { return {values.bytes, scalar::u8}; }

} // namespace

future<void> sort(const placement& where, const flat& keys, const sort_options& how) {
  check_bits(keys.type, how);
  if (keys.size() < 2) return nothing_to_do(where);
  const writable sorted(where, keys, true);
  return sorted.finish(radix_sorter(where, sorted.memory(), {keys.bytes, 0}, how).sort());
}

future<void> sort_by_key(const placement& where, const flat& keys, const payload& values,
                         const sort_options& how) {
  check_bits(keys.type, how);
  check_counts(keys, values.bytes.size() / values.element_bytes);
  check_apart("sort_by_key: keys and values", keys, bytes_of_payload(values));
  if (keys.size() < 2) return nothing_to_do(where);
  const writable sorted(where, keys, true), moved(where, bytes_of_payload(values), true);
  const payload moved_values{moved.memory().bytes, values.element_bytes};
  future<void> last = sorted.finish(radix_sorter(where, sorted.memory(), moved_values, how).sort());
  return moved.finish(std::move(last));
}

future<void> argsort(const placement& where, const flat& keys, const flat& indices, const sort_options& how) {
  check_bits(keys.type, how);
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

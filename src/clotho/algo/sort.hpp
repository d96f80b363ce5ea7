#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/flow/buffer.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

struct sort_options {
  /// The last in order first. Equal keys stay as they were, in either direction.
  bool descending = false;
  /// Of integers only bits [begin_bit, end_bit) count, bit 0 being the lowest and all others being as good as
  /// equal: keys that are known to be small are sorted faster. The highest bit of a signed type is its sign.
  unsigned begin_bit = 0;
  unsigned end_bit = all_bits; ///< or the type's size in bits

  static constexpr unsigned all_bits = static_cast<unsigned>(-1);
};

namespace detail {

/// What moves along with keys: elements of 1, 2, 4, 8 or 16 bytes; of 0: nothing does.
struct payload {
  buffer_slice<std::byte> bytes;
  std::size_t element_bytes = 0;
};

template <flow_array A> [[nodiscard]] payload payload_of(const A& values) {
  constexpr std::size_t size = sizeof(typename A::value_type);
  static_assert(size == 1 || size == 2 || size == 4 || size == 8 || size == 16,
                "values have 1, 2, 4, 8 or 16 bytes; sort larger ones by their numbers, with argsort");
  return {all_of(values).as_bytes(), size};
}

future<void> sort(const placement& where, const flat& keys, const sort_options& how);
future<void> sort_by_key(const placement& where, const flat& keys, const payload& values,
                         const sort_options& how);
future<void> argsort(const placement& where, const flat& keys, const flat& indices, const sort_options& how);

} // namespace detail

/// Sorts in place, stably. All integer and floating types, on all devices: floating ones are compared as
/// bits, by
///
///     -inf < ... < -0 < +0 < ... < +inf < NaN
///
/// where NaNs are in order of their bits, positive ones first. Descending is the other way round, NaNs first.
///
/// Returns at once. Radix sort, least significant digit first (Knuth, volume 3, 5.2.5): three passes over the
/// keys for each of their bytes, none over a byte that is the same in all. On CPUs 64K keys and more first
/// go by their highest byte to buckets that the caches hold, unless one would be too large for those; and
/// who sorts a bucket, or fewer keys, does so by as many of the highest bits as tell them apart, and then by
/// insertion (5.2.1; MacLaren's method, 5.2.5), which gives up where that moves more than two keys for each.
/// Takes memory for as many elements, and counts: 1 KiB for each tile of keys. The result does not depend on
/// the device. Throws argument_error for bits that the type does not have, and for a range of bits of floating
/// keys.
template <detail::flat_array Keys>
future<void> sort(const placement& where, const Keys& keys, const sort_options& how = {}) {
  return detail::sort(where, detail::flat_of(keys), how);
}

/// Sorts the keys, and brings values into the order of their keys: any type of 1, 2, 4, 8 or 16 bytes. As
/// sort; also throws argument_error when there are not as many values as keys, or the two share memory.
template <detail::flat_array Keys, detail::flow_array Values>
future<void> sort_by_key(const placement& where, const Keys& keys, const Values& values,
                         const sort_options& how = {}) {
  return detail::sort_by_key(where, detail::flat_of(keys), detail::payload_of(values), how);
}

/// Which key comes first, second, ...: keys[indices[0]], keys[indices[1]] and so on are sorted. Equal keys
/// stand in the order of their indices. The keys stay as they are. As sort_by_key, with memory for another
/// copy of the keys; also throws argument_error when the indices are too narrow for that many keys.
template <detail::flat_array Keys, detail::flat_array Indices>
requires(std::is_same_v<typename Indices::value_type,
                        std::uint32_t> || std::is_same_v<typename Indices::value_type, std::uint64_t>)
    future<void> argsort(const placement& where, const Keys& keys, const Indices& indices,
                         const sort_options& how = {}) {
  return detail::argsort(where, detail::flat_of(keys), detail::flat_of(indices), how);
}

} // namespace clotho

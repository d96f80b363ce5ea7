#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <clotho/sched/parallel_for.hpp>

namespace clotho {

namespace detail {

template <class T, class Index, class Map, class Combine>
T reduce_chunks(Index first, Index last, std::size_t chunk, const T& identity, const Map& map, const Combine& combine) {
  if (range_size(first, last) <= chunk) return map(first, last, identity);
  const Index middle = middle_of(first, last);
  T left = identity, right = identity;
  join([&] { right = reduce_chunks(middle, last, chunk, identity, map, combine); },
       [&] { left = reduce_chunks(first, middle, chunk, identity, map, combine); });
  return combine(std::move(left), std::move(right));
}

} // namespace detail

/// Combines what `map(begin, end, initial)` returns for consecutive parts of [first, last): each call folds its part
/// into `initial`, which is `identity`. `combine` must be associative and is given its operands in order, so it need
/// not be commutative.
///
/// Where the range is cut depends on its size, the grain and, when that is automatic, the number of workers, never on
/// chance: with a grain given, sums of floating-point numbers are the same every time, on every pool. Blocks and
/// throws as parallel_for does; `identity` for an empty range.
template <std::integral Index, class T, class Map, class Combine>
[[nodiscard]] T parallel_reduce(thread_pool& pool, Index first, std::type_identity_t<Index> last, const T& identity,
                                const Map& map, const Combine& combine, grain wanted = {}) {
  if (last <= first) return identity;
  const std::size_t chunk = detail::chunk_size(detail::range_size(first, last), wanted, pool.concurrency());
  return pool.execute([&] { return detail::reduce_chunks<T>(first, last, chunk, identity, map, combine); });
}

} // namespace clotho

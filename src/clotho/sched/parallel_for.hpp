#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <type_traits>

#include <clotho/core/error.hpp>
#include <clotho/sched/join.hpp>
#include <clotho/sched/thread_pool.hpp>

namespace clotho {

/// How many consecutive elements are worth a task of their own. `automatic` cuts a range into about eight chunks
/// for each worker, which is right unless single elements take very different times, or the range is cut again
/// and again where no task is worth its while.
struct grain {
  static constexpr std::size_t automatic = 0;
  std::size_t elements = automatic;
};

namespace detail {

template <class Index> [[nodiscard]] Index chunk_size(Index count, grain wanted, unsigned concurrency) {
  if (wanted.elements != grain::automatic)
    return static_cast<Index>(std::min<std::size_t>(wanted.elements, static_cast<std::size_t>(count)));
  return std::max<Index>(1, count / static_cast<Index>(std::min<std::size_t>(
                                        static_cast<std::size_t>(count), std::size_t{8} * concurrency)));
}

// The left half is run here and the right one forked: thieves get the larger pieces, and we go in order.
template <class Index, class Body> void for_chunks(Index first, Index last, Index chunk, const Body& body) {
  if (last - first <= chunk) return static_cast<void>(body(first, last));
  const Index middle = first + (last - first) / 2;
  join([&] { for_chunks(middle, last, chunk, body); }, [&] { for_chunks(first, middle, chunk, body); });
}

} // namespace detail

/// Calls `body(i)` for every i in [first, last), or `body(begin, end)` for consecutive parts of it that cover it once,
/// on the workers of `pool`, and returns when all is done. Nothing happens when last <= first.
///
/// Blocks; a worker that calls it takes part. The first exception is thrown, after which parts that were not yet begun
/// are left out.
template <std::integral Index, class Body>
void parallel_for(thread_pool& pool, Index first, std::type_identity_t<Index> last, const Body& body,
                  grain wanted = {}) {
  if (last <= first) return;
  const auto run = [&](Index begin, Index end) {
    if constexpr (std::is_invocable_v<const Body&, Index, Index>)
      body(begin, end);
    else
      for (Index i = begin; i < end; ++i) body(i);
  };
  const Index chunk = detail::chunk_size<Index>(last - first, wanted, pool.concurrency());
  pool.execute([&] { detail::for_chunks(first, last, chunk, run); });
}

} // namespace clotho

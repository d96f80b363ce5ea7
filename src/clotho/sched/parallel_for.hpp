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

/// How many elements [first, last) has; it may be more than Index can hold.
template <class Index> [[nodiscard]] std::size_t range_size(Index first, Index last) noexcept {
  return static_cast<std::size_t>(last) - static_cast<std::size_t>(first);
}

template <class Index> [[nodiscard]] Index middle_of(Index first, Index last) noexcept {
  return static_cast<Index>(static_cast<std::size_t>(first) + range_size(first, last) / 2);
}

[[nodiscard]] inline std::size_t chunk_size(std::size_t count, grain wanted, unsigned concurrency) noexcept {
  if (wanted.elements != grain::automatic) return wanted.elements;
  return std::max<std::size_t>(1, count / (std::size_t{8} * concurrency));
}

// The left half is run here and the right one forked: thieves get the larger pieces, and we go in order.
template <class Index, class Body> void for_chunks(Index first, Index last, std::size_t chunk, const Body& body) {
  if (range_size(first, last) <= chunk) return static_cast<void>(body(first, last));
  const Index middle = middle_of(first, last);
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
  const std::size_t chunk = detail::chunk_size(detail::range_size(first, last), wanted, pool.concurrency());
  pool.execute([&] { detail::for_chunks(first, last, chunk, run); });
}

} // namespace clotho

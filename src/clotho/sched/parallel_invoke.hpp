#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <clotho/sched/join.hpp>
#include <clotho/sched/thread_pool.hpp>

namespace clotho {

namespace detail {

template <class F> void invoke_all(F&& only) { only(); }
template <class F, class... Others> void invoke_all(F&& first, Others&&... others) {
  join(first, [&] { invoke_all(others...); });
}

} // namespace detail

/// Calls every function, at once as far as workers are free, and returns when all have finished. Blocks and throws as
/// join does.
template <class... F> void parallel_invoke(thread_pool& pool, F&&... functions) {
  if constexpr (sizeof...(F) > 0) pool.execute([&] { detail::invoke_all(functions...); });
}

} // namespace clotho

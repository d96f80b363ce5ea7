#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <utility>

#include <clotho/sched/detail/start.hpp>
#include <clotho/sched/run_loop.hpp>

namespace clotho {

namespace detail {

/// What `co_await` of this calls await_resume on.
template <class Awaitable> decltype(auto) awaiter_of(Awaitable&& awaitable) {
  if constexpr (requires { std::forward<Awaitable>(awaitable).operator co_await(); })
    return std::forward<Awaitable>(awaitable).operator co_await();
  else if constexpr (requires { operator co_await(std::forward<Awaitable>(awaitable)); })
    return operator co_await(std::forward<Awaitable>(awaitable));
  else
    return (awaitable); // An awaiter itself. An lvalue, since g++ 12 moves others.
}

template <class Awaitable>
using await_result_t = decltype(awaiter_of(std::declval<Awaitable>()).await_resume());

template <class Awaitable> task<await_result_t<Awaitable>> as_task(Awaitable&& awaitable) {
  auto&& awaiter = awaiter_of(std::forward<Awaitable>(awaitable));
  co_return co_await awaiter;
}

} // namespace detail

/// Runs `work` in the calling thread until it has ended, and returns its result or throws its exception. As
/// `asyncio.run`: whatever the work awaits, it goes on in this thread, which sleeps in between, unless it
/// moves itself by `co_await executor`.
///
/// Also from a pool's worker, which is replaced while it sleeps, and within another coroutine, which it
/// blocks. What the work has started on `this_task::executor()` must have ended with it.
template <class T> T sync_wait(task<T> work) {
  run_loop loop;
  detail::outcome<T> result;
  detail::start(std::move(work), &loop, [&](detail::outcome<T>&& ended) noexcept {
    result = std::move(ended);
    loop.finish();
  });
  loop.run();
  return result.take();
}

/// The same for anything else that can be awaited.
template <class Awaitable> detail::await_result_t<Awaitable> sync_wait(Awaitable&& awaitable) {
  return sync_wait(detail::as_task(std::forward<Awaitable>(awaitable)));
}

} // namespace clotho

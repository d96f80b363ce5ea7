#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <concepts>
#include <stop_token>
#include <type_traits>
#include <utility>

#include <clotho/sched/channel.hpp>
#include <clotho/sched/detail/channel_guard.hpp>
#include <clotho/sched/detail/event_guard.hpp>
#include <clotho/sched/timer.hpp>

namespace clotho {

/// Something a select can wait for. Made by `in`, `out`, `on`, `stopped`, `timeout`, `skip` and `when`, and
/// meant to be written where it is used. A guard that is kept in a variable can take part in several selects,
/// one after the other; it refers to its end, future or timer, which must stay.
template <class G>
concept select_guard = std::derived_from<std::remove_cvref_t<G>, detail::guard_base>;

/// Receives from `from` and calls `action(T&&)` with the item.
template <class T, class Action>
  requires std::invocable<Action&, T&&>
[[nodiscard]] detail::in_guard<T, std::decay_t<Action>> in(const reader<T>& from, Action&& action) {
  return {from, std::forward<Action>(action)};
}
/// Receives from `from` and assigns the item to `into`, a T or std::optional<T>.
template <class T, class Target>
  requires(std::assignable_from<Target&, T> && !std::invocable<Target&, T &&>)
[[nodiscard]] auto in(const reader<T>& from, Target& into) {
  return in(from, [&into](T&& item) { into = std::move(item); });
}

/// Sends `value` to `to`, then calls `action()`. When another guard commits, the value stays in the guard.
template <class T, class Action = detail::no_action>
[[nodiscard]] detail::out_guard<T, std::decay_t<Action>>
out(const writer<T>& to, std::type_identity_t<T> value, Action&& action = {}) {
  return {to, std::move(value), std::forward<Action>(action)};
}

/// Commits when no other guard is ready; among guards in order of priority, when none before it is.
template <class Action = detail::no_action>
[[nodiscard]] detail::skip_guard<std::decay_t<Action>> skip(Action&& action = {}) {
  return detail::skip_guard<std::decay_t<Action>>(std::forward<Action>(action));
}

/// Commits when `wait` has passed, counted from here, before another guard has; a wait that is not positive
/// is a skip. Only for a select that blocks its thread.
template <class Rep, class Period, class Action = detail::no_action>
[[nodiscard]] detail::timeout_guard<std::decay_t<Action>> timeout(std::chrono::duration<Rep, Period> wait,
                                                                  Action&& action = {}) {
  return {detail::deadline_in(wait), std::forward<Action>(action)};
}

/// The same by a timer, which must stay: for a coroutine. Allocates when it has to wait.
template <class Rep, class Period, class Action = detail::no_action>
[[nodiscard]] detail::timer_guard<std::decay_t<Action>>
timeout(timer& clock, std::chrono::duration<Rep, Period> wait, Action&& action = {}) {
  return {clock, detail::deadline_in(wait), std::forward<Action>(action)};
}

/// Commits when `awaited` is ready. Allocates when it has to wait.
template <detail::observable Future, class Action = detail::no_action>
[[nodiscard]] detail::future_guard<Future, std::decay_t<Action>> on(Future& awaited, Action&& action = {}) {
  return {awaited, std::forward<Action>(action)};
}

/// Commits when a stop is requested. A token that cannot be stopped disables the guard.
template <class Action = detail::no_action>
[[nodiscard]] detail::stop_guard<std::decay_t<Action>> stopped(std::stop_token token, Action&& action = {}) {
  return {std::move(token), std::forward<Action>(action)};
}

/// `guard`, which takes part only if `condition` holds; its index remains taken.
template <class Guard>
  requires select_guard<Guard>
[[nodiscard]] Guard when(bool condition, Guard&& guard) {
  guard.enable(condition);
  return std::forward<Guard>(guard);
}

} // namespace clotho

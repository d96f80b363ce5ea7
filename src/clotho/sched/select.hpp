#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <clotho/sched/detail/coroutine_promise.hpp>
#include <clotho/sched/detail/process.hpp>
#include <clotho/sched/detail/select_operation.hpp>
#include <clotho/sched/guards.hpp>

namespace clotho {

/// Of several guards that are ready, the first in the order of the arguments commits.
struct priority_order {};
inline constexpr priority_order by_priority{};

/// Of several guards that are ready, any commits: each one with a chance of at least one in the number of
/// guards, so that none starves.
struct fair_order {};
inline constexpr fair_order fair{};

/// Lets a select begin with the guard after the one that committed last: a guard that is ready commits within
/// as many selects as there are guards. For the selects of one loop; one thread at a time.
class rotation {
 public:
  [[nodiscard]] std::size_t next(std::size_t guards) const noexcept { return next_ < guards ? next_ : 0; }
  void committed(std::size_t index) noexcept { next_ = index + 1; }

 private:
  std::size_t next_ = 0;
};

namespace detail {

/// A number below `count`, different from call to call.
[[nodiscard]] std::size_t any_below(std::size_t count) noexcept;

inline guard_order order_of(priority_order, std::size_t) noexcept { return {0, true}; }
inline guard_order order_of(fair_order, std::size_t count) noexcept { return {any_below(count), false}; }
inline guard_order order_of(const rotation& turn, std::size_t count) noexcept {
  return {turn.next(count), false};
}
inline void note_committed(rotation& turn, std::size_t index) noexcept { turn.committed(index); }
template <class Order> void note_committed(const Order&, std::size_t) noexcept {}

template <class Order>
concept select_order = requires(Order& order) {
  order_of(order, std::size_t{});
};

/// What one select of N guards needs.
template <std::size_t N> struct select_frame {
  template <class... Guards>
  explicit select_frame(Guards&... each) noexcept : guards{&each...}, operation(guards, offers, channels) {}

  std::array<guard_base*, N> guards;
  std::array<offer, N> offers{};
  std::array<channel_base*, N> channels{};
  select_operation operation;
};

/// Waits in the calling thread until `operation` has committed, and takes the other guards back.
void run_blocking(select_operation& operation, guard_order order);

/// See async_select.
template <class Order, class... Guards>
class [[nodiscard("nothing happens until it is awaited")]] select_awaiter {
 public:
  select_awaiter(Order order, Guards... guards)
      : order_(order), guards_(std::forward<Guards>(guards)...),
        frame_(std::apply(
            [this](auto&... each) { return select_frame<sizeof...(Guards) + 1>(each..., cancel_); },
            guards_)) {}

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  // Not inlined: clang 14 would put its temporaries into the frame, which may be gone before they end.
  template <class Promise> [[gnu::noinline]] bool await_suspend(std::coroutine_handle<Promise> self) {
    self_ = coroutine_waiter(self);
    if constexpr (has_stop_token<Promise>)
      if (self.promise().stop_token().stop_possible()) cancel_.listen(self.promise().stop_token());
    return !frame_.operation.start(self_, process_of(self), order_of(order_, sizeof...(Guards)));
  }
  std::size_t await_resume() {
    frame_.operation.withdraw();
    note_committed(order_, frame_.operation.committed());
    frame_.operation.act();
    return frame_.operation.committed();
  }

 private:
  Order order_;
  std::tuple<Guards...> guards_;
  cancel_guard cancel_;
  select_frame<sizeof...(Guards) + 1> frame_;
  coroutine_waiter self_;
};

} // namespace detail

/// Waits until one of the guards is ready and commits that one: performs its communication, then its action,
/// in the calling thread. Returns its index.
///
///     select(in(requests, [&](request r) { serve(r); }),
///            when(!full, in(items, [&](item i) { keep(i); })),
///            out(results, next, [&] { ++sent; }),
///            timeout(10ms));
///
/// Exactly one guard commits, and it does so atomically with its partner, who may be a select too: an item is
/// never lost or taken twice. `order` is by_priority, fair (the default), or a rotation.
///
/// Blocks the thread. A guard on a channel that has ended is ready, and throws what an operation would; so is
/// what an action, or T's move, throws passed on. Throws argument_error when no guard is enabled.
template <detail::select_order Order, select_guard... Guards>
std::size_t select(Order&& order, Guards&&... guards) {
  detail::select_frame<sizeof...(Guards)> frame(guards...);
  detail::run_blocking(frame.operation, detail::order_of(order, sizeof...(Guards)));
  detail::note_committed(order, frame.operation.committed());
  frame.operation.act();
  return frame.operation.committed();
}
template <select_guard... Guards> std::size_t select(Guards&&... guards) {
  return clotho::select(fair, std::forward<Guards>(guards)...);
}

/// The same for a coroutine: `co_await async_select(...)` suspends it until a guard has committed, and runs
/// the action where it is resumed. Throws cancelled_error when it is asked to stop meanwhile. Guards that
/// were given as temporaries are moved into the awaiting expression.
template <detail::select_order Order, select_guard... Guards>
[[nodiscard]] detail::select_awaiter<Order, Guards...> async_select(Order&& order, Guards&&... guards) {
  static_assert(!(std::remove_cvref_t<Guards>::needs_thread || ...),
                "a coroutine has no thread that could keep a time-out: use timeout(timer, duration)");
  return {std::forward<Order>(order), std::forward<Guards>(guards)...};
}
template <select_guard... Guards> [[nodiscard]] auto async_select(Guards&&... guards) {
  return clotho::async_select(fair, std::forward<Guards>(guards)...);
}

/// What select_any has received, and from which of the readers.
template <class T> struct selected {
  std::size_t index;
  T item;
};

/// Receives from whichever of `readers`, an indexable range, has an item first. Passes over readers that have
/// left and channels that are retired; throws channel_retired when no other is left. Blocks the thread. Else
/// like select.
template <detail::select_order Order, class Readers> auto select_any(Order&& order, const Readers& readers) {
  using item_type = typename std::remove_cvref_t<decltype(readers[0])>::value_type;
  std::optional<item_type> received;
  const auto keep = [&received](item_type&& item) { received.emplace(std::move(item)); };
  std::vector<detail::in_guard<item_type, decltype(keep)>> guards;
  std::vector<std::size_t> index_of; // of each guard
  for (std::size_t i = 0; i < std::size(readers); ++i)
    if (readers[i]) guards.emplace_back(readers[i], keep), index_of.push_back(i);
  std::vector<detail::guard_base*> pointers;
  for (auto& guard : guards) pointers.push_back(&guard);
  std::vector<detail::channel_base*> channels(guards.size());
  for (std::size_t open = guards.size(); open > 0; --open) {
    std::vector<detail::offer> offers(guards.size());
    detail::select_operation operation(pointers, offers, channels);
    detail::run_blocking(operation, detail::order_of(order, guards.size()));
    if (operation.status() != detail::op_status::retired) {
      detail::note_committed(order, operation.committed());
      operation.act();
      return selected<item_type>{index_of[operation.committed()], *std::move(received)};
    }
    pointers[operation.committed()]->enable(false);
  }
  throw channel_retired("cannot receive from any of " + std::to_string(std::size(readers))
                        + " channels: all are retired");
}
template <class Readers> auto select_any(const Readers& readers) { return select_any(fair, readers); }

} // namespace clotho

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/sched/channel_error.hpp>
#include <clotho/sched/detail/channel_core.hpp>
#include <clotho/sched/detail/channel_end.hpp>
#include <clotho/sched/detail/channel_operation.hpp>
#include <clotho/sched/detail/deadline.hpp>

namespace clotho {

/// The end of a channel that receives. A handle that counts: copies are readers too; destruction, assignment
/// and retire() leave the channel, and the last reader to leave retires it.
///
/// Operations take items in the order in which they were sent, and are served in the order in which they
/// began. They and poison() are safe from any thread, also on one handle; retire() and assignment are not.
/// They throw channel_poisoned or channel_retired when nothing can come any more, argument_error on an end
/// that has left, and what T's move throws. T's move runs under the channel's lock: it must not use the
/// channel. When it throws, the operation whose thread moved the item fails with that, and the item stays
/// with the other side, as the move has left it.
template <class T> class reader : public detail::channel_end<T, detail::reader_side> {
 public:
  using value_type = T;

  /// Left already: for a variable that is assigned later.
  reader() noexcept = default;

  /// Receives the next item. Blocks the thread until there is one.
  T receive() const { return detail::perform<detail::receiving<T>>(this->core()); }

  /// The next item, if one can be had at once: it is buffered, or a writer waits.
  [[nodiscard]] std::optional<T> try_receive() const {
    return receive_until(std::chrono::steady_clock::time_point::min());
  }
  /// The next item, if it comes in time; tries at least once, also with a negative time-out.
  template <class Rep, class Period>
  [[nodiscard]] std::optional<T> receive_for(std::chrono::duration<Rep, Period> timeout) const {
    return receive_until(detail::deadline_in(timeout));
  }
  [[nodiscard]] std::optional<T> receive_until(std::chrono::steady_clock::time_point deadline) const {
    detail::channel_operation<T, detail::receiving<T>> operation(this->core());
    if (!detail::perform_until(operation, deadline)) return std::nullopt;
    return operation.finish();
  }

  /// `co_await` receives the next item; the coroutine is suspended until there is one. This reader must stay
  /// until then. Throws cancelled_error when the coroutine is asked to stop while it waits.
  [[nodiscard]] detail::channel_awaiter<T, detail::receiving<T>> async_receive() const {
    return detail::channel_awaiter<T, detail::receiving<T>>(this->core());
  }

  /// The same, but that the end of the channel by retirement is nothing, not an exception:
  /// `while (auto item = co_await in.async_next())`.
  [[nodiscard]] detail::next_awaiter<T> async_next() const { return detail::next_awaiter<T>(this->core()); }

  /// `for (T& item : reader)` receives until the channel is retired. Poison is thrown.
  class iterator;
  [[nodiscard]] iterator begin() const { return iterator(*this); }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  template <class> friend class channel;
  using reader::channel_end::channel_end;
};

/// The end of a channel that sends. See reader; what is sent after the last reader has left is refused.
template <class T> class writer : public detail::channel_end<T, detail::writer_side> {
 public:
  using value_type = T;

  /// Left already: for a variable that is assigned later.
  writer() noexcept = default;

  /// Sends `value`. Blocks the thread until it is received or, in a channel with a buffer, has a place there.
  void send(T value) const { detail::perform<detail::sending<T>>(this->core(), value); }

  /// Sends `value`, moving from it, if that is possible at once: a reader waits, or the buffer has a place.
  /// Else leaves it alone and returns false.
  [[nodiscard]] bool try_send(T& value) const {
    return send_until(value, std::chrono::steady_clock::time_point::min());
  }
  /// The same as soon as that is possible, if it is in time; tries at least once.
  template <class Rep, class Period>
  [[nodiscard]] bool send_for(T& value, std::chrono::duration<Rep, Period> timeout) const {
    return send_until(value, detail::deadline_in(timeout));
  }
  [[nodiscard]] bool send_until(T& value, std::chrono::steady_clock::time_point deadline) const {
    detail::channel_operation<T, detail::sending<T>> operation(this->core(), value);
    if (!detail::perform_until(operation, deadline)) return false;
    operation.finish();
    return true;
  }

  /// `co_await` sends `value`; the coroutine is suspended until it is received or buffered. This writer must
  /// stay until then. Throws cancelled_error when the coroutine is asked to stop while it waits.
  [[nodiscard]] detail::channel_awaiter<T, detail::sending_own<T>> async_send(T value) const {
    return detail::channel_awaiter<T, detail::sending_own<T>>(this->core(), std::move(value));
  }

 private:
  template <class> friend class channel;
  using writer::channel_end::channel_end;
};

/// A channel in the sense of CSP: any number of writers send items to any number of readers, each item to one
/// of them. Without a buffer, sender and receiver meet (rendezvous); with one, up to `capacity` items wait.
///
///     channel<int> numbers;
///     auto produce = [out = numbers.writer()] { for (int i = 0; i < 3; ++i) out.send(i); };
///     auto consume = [in = numbers.reader()] { for (int n : in) use(n); };   // ends when produce is gone
///
/// Two ways to end it, both final:
/// - *retire*: the last reader or the last writer has left (one that exists at all). Operations of the other
///   side, pending and future ones, throw channel_retired; readers receive what is buffered first. A channel
///   object that goes away before it has made a reader, or a writer, leaves in its place.
///   So make all ends before those who use them run: the first to be done may be the last one there is.
/// - *poison*: somebody says so. Operations of both sides throw channel_poisoned. Said by a writer, readers
///   receive what is buffered first; else at once, and the buffer is dropped.
///
/// Safe from any thread, except for its destruction. Ends keep what they need alive, not this object.
template <class T> class channel {
  static_assert(std::is_object_v<T> && std::is_move_constructible_v<T>, "items of a channel are moved");

 public:
  /// `capacity` 0, the default, makes a rendezvous. Memory for the buffer is taken at once. `name` is what
  /// errors call the channel.
  explicit channel(std::size_t capacity = 0, std::string name = {})
      : core_(std::make_shared<detail::channel_core<T>>(capacity, std::move(name))) {}
  explicit channel(std::string name) : channel(0, std::move(name)) {}
  channel(const channel&) = delete; // hand out ends instead
  channel& operator=(const channel&) = delete;
  ~channel() { core_->remove_maker(); }

  [[nodiscard]] clotho::reader<T> reader() const { return clotho::reader<T>(core_); }
  [[nodiscard]] clotho::writer<T> writer() const { return clotho::writer<T>(core_); }

  /// Ends the channel for both sides at once, see above.
  void poison() const { core_->poison(false); }
  [[nodiscard]] const std::string& name() const noexcept { return core_->name(); }

 private:
  std::shared_ptr<detail::channel_core<T>> core_;
};

template <class T> class reader<T>::iterator {
 public:
  using value_type = T;
  using difference_type = std::ptrdiff_t;

  explicit iterator(const reader& from) : from_(&from) { ++*this; }
  [[nodiscard]] T& operator*() noexcept { return *item_; }
  iterator& operator++() {
    item_.reset();
    try {
      item_.emplace(from_->receive());
    } catch (const channel_retired&) { // the end of the range
    }
    return *this;
  }
  void operator++(int) { ++*this; }
  [[nodiscard]] bool operator==(std::default_sentinel_t) const noexcept { return !item_; }

 private:
  const reader* from_;
  std::optional<T> item_;
};

} // namespace clotho

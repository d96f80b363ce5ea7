#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstddef>
#include <exception>
#include <limits>
#include <memory>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

/// A result that comes from several futures. It is brought about in the thread that ends the last one needed.
template <class T> class combined_state : public future_state<T> {
 public:
  /// `needed`: how many must be ready.
  void begin(std::size_t needed) {
    missing_.store(needed + 1, std::memory_order_relaxed);
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      this->retain(); // for the wake-up
      nodes_[i].all = this;
      if (!inputs_[i]->on_ready(nodes_[i])) nodes_[i].wake();
    }
    arrive(); // not before all have been asked
  }

 protected:
  explicit combined_state(std::vector<state_ref<future_core>> inputs)
      : future_state<T>(place(), future_core::stage::awaiting),
        inputs_(std::move(inputs)),
        nodes_(std::make_unique<node[]>(inputs_.size())) {
    for (const auto& input : inputs_) input->observe(); // a failure goes on to the result
  }

  /// An input has become ready; at once with others. Returns whether it is one of those needed.
  [[nodiscard]] virtual bool note_ready(std::size_t i) noexcept = 0;

  [[nodiscard]] const std::vector<state_ref<future_core>>& inputs() const noexcept { return inputs_; }

  /// Does not want to be woken by an input any more.
  void forget(std::size_t i) noexcept {
    if (inputs_[i]->forget(nodes_[i])) this->release();
  }

 private:
  struct node final : waiter {
    void wake() override { all->ended(static_cast<std::size_t>(this - all->nodes_.get())); }
    combined_state* all = nullptr;
  };

  void ended(std::size_t i) {
    if (note_ready(i)) arrive();
    this->release();
  }
  void arrive() {
    // Acquire-release: the last one sees what all before have noted.
    std::size_t before = missing_.load(std::memory_order_relaxed);
    while (before != 0 && !missing_.compare_exchange_weak(before, before - 1, std::memory_order_acq_rel)) {
    }
    if (before == 1 && this->admit()) this->enqueue(false); // in turn: it may be one of a long chain
  }
  state_ref<future_core> upstream(std::size_t i) override {
    return i < inputs_.size() ? state_ref<future_core>::share(*inputs_[i]) : state_ref<future_core>();
  }

  const std::vector<state_ref<future_core>> inputs_; // kept: threads that wait look at it
  const std::unique_ptr<node[]> nodes_;
  std::atomic<std::size_t> missing_{0};
};

/// The first of several threads to name an index.
class first_index {
 public:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  bool offer(std::size_t i) noexcept {
    std::size_t nobody = none;
    return index_.compare_exchange_strong(nobody, i, std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t get() const noexcept { return index_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> index_{none};
};

/// `Collect` makes the value of inputs that are all ready, none of which has failed.
template <class T, class Collect> class all_state final : public combined_state<T> {
 public:
  all_state(std::vector<state_ref<future_core>> inputs, Collect collect)
      : combined_state<T>(std::move(inputs)), collect_(std::move(collect)) {}

 private:
  bool note_ready(std::size_t i) noexcept override {
    if (this->inputs()[i]->failure()) first_failed_.offer(i);
    return true;
  }
  void compute() noexcept override {
    const std::size_t first = first_failed_.get();
    if (first == first_index::none) return this->result.set_from([this] { return collect_(this->inputs()); });
    this->set_failure(this->inputs()[first]->failure());
    for (std::size_t i = 0; i < this->inputs().size(); ++i)
      if (std::exception_ptr failure = this->inputs()[i]->failure(); failure && i != first)
        this->add_further(std::move(failure));
  }

  Collect collect_;
  first_index first_failed_;
};

template <class T> [[nodiscard]] state_ref<future_core> core_of(future<T>&& input) {
  return state_ref<future_core>::adopt(std::move(input).take_state().leave());
}

template <class T> [[nodiscard]] std::vector<state_ref<future_core>> cores_of(std::vector<future<T>>&& inputs) {
  std::vector<state_ref<future_core>> cores;
  cores.reserve(inputs.size());
  for (future<T>& input : inputs) cores.push_back(core_of(std::move(input)));
  return cores;
}

template <class T> [[nodiscard]] void_to_monostate<T> take_value(future_core& ready) {
  return take(static_cast<future_state<T>&>(ready).result);
}

template <class T, class Collect>
[[nodiscard]] future<T> gathered(std::vector<state_ref<future_core>> inputs, Collect collect) {
  using state = all_state<T, Collect>;
  const std::size_t count = inputs.size();
  auto made = state_ref<state>::adopt(new state(std::move(inputs), std::move(collect)));
  made->begin(count);
  return as_future<T>(std::move(made));
}

} // namespace detail

/// The values of several futures, when all are ready; std::monostate for a future<void>. When some fail, all are waited
/// for; the first failure, in time, is thrown, and future::further_failures has the others, in order of the arguments.
/// Leaves the futures empty. Cancelling it cancels them.
template <class... T> [[nodiscard]] future<std::tuple<detail::void_to_monostate<T>...>> when_all(future<T>... futures) {
  std::vector<detail::state_ref<detail::future_core>> inputs;
  inputs.reserve(sizeof...(T));
  (inputs.push_back(detail::core_of(std::move(futures))), ...);
  return detail::gathered<std::tuple<detail::void_to_monostate<T>...>>(std::move(inputs), [](const auto& ready) {
    return [&ready]<std::size_t... I>(std::index_sequence<I...>) {
      return std::tuple<detail::void_to_monostate<T>...>{detail::take_value<T>(*ready[I])...};
    }(std::index_sequence_for<T...>());
  });
}

/// The same for any number of one type: std::vector<T>, or nothing for future<void>.
template <class T>
[[nodiscard]] auto when_all(std::vector<future<T>> futures) {
  auto inputs = detail::cores_of(std::move(futures));
  if constexpr (std::is_void_v<T>) {
    return detail::gathered<void>(std::move(inputs), [](const auto&) {});
  } else {
    return detail::gathered<std::vector<T>>(std::move(inputs), [](const auto& ready) {
      std::vector<T> values;
      values.reserve(ready.size());
      for (const auto& one : ready) values.push_back(detail::take_value<T>(*one));
      return values;
    });
  }
}

/// What when_any gives back: all futures, and which of them was ready first, by a value or a failure.
template <class T> struct any_ready {
  std::size_t index;
  std::vector<future<T>> futures;
};

namespace detail {

template <class T> class any_state final : public combined_state<any_ready<T>> {
 public:
  explicit any_state(std::vector<future<T>> inputs)
      : combined_state<any_ready<T>>(cores_of(std::move(inputs))) {}

 private:
  bool note_ready(std::size_t i) noexcept override { return first_ready_.offer(i); }
  void compute() noexcept override {
    this->result.set_from([this] {
      any_ready<T> found{first_ready_.get(), {}};
      for (std::size_t i = 0; i < this->inputs().size(); ++i) {
        this->forget(i);
        auto& state = static_cast<future_state<T>&>(*this->inputs()[i]);
        state.observe(false);
        found.futures.push_back(future<T>(state_ref<future_state<T>>::share(state)));
      }
      return found;
    });
  }

  first_index first_ready_;
};

} // namespace detail

/// Ready as soon as one of `futures` is, which it gives back. Throws argument_error when there is none. Leaves the
/// futures empty. Cancelling it before that cancels all.
template <class T> [[nodiscard]] future<any_ready<T>> when_any(std::vector<future<T>> futures) {
  if (futures.empty()) throw argument_error("when_any was given no futures, and would wait for ever");
  using state = detail::any_state<T>;
  auto made = detail::state_ref<state>::adopt(new state(std::move(futures)));
  made->begin(1);
  return detail::as_future<any_ready<T>>(std::move(made));
}

} // namespace clotho

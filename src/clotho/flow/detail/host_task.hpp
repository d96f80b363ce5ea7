#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <clotho/flow/buffer.hpp>
#include <clotho/flow/detail/flow_state.hpp>
#include <clotho/flow/flow_argument.hpp>

namespace clotho::detail {

/// Throws argument_error when the counts of elements differ.
void check_same_size(std::size_t from, std::size_t to);
/// Throws argument_error when the memory belongs to another runtime.
void check_owner(const flow_access& access, const flow_core& flow);

// What a host task is called with: a tuple of one span, or of none.
template <class T, access_mode Mode> std::tuple<typename accessed<T, Mode>::span_type> spans_for(const accessed<T, Mode>&);
std::tuple<> spans_for(const after_task&);

/// A function with memory.
template <class F, class... Spans>
class host_task final : public flow_state<std::invoke_result_t<F&, Spans...>> {
 public:
  using result_type = std::invoke_result_t<F&, Spans...>;
  static constexpr std::size_t count = sizeof...(Spans);

  template <class G>
  host_task(flow_core& flow, G&& f, const std::array<flow_access, count>& accesses)
      : flow_state<result_type>(flow), body_(std::forward<G>(f)), accesses_(accesses) {}

  [[nodiscard]] std::span<flow_access> accesses() noexcept override { return accesses_; }
  [[nodiscard]] std::string describe() const override { return "a host task"; }

 private:
  [[nodiscard]] bool work_on() override {
    call(std::index_sequence_for<Spans...>());
    return true;
  }
  template <std::size_t... I> void call(std::index_sequence<I...>) {
    // All first: what throws here has not begun. In order, as moving may wait for a device.
    const std::array<std::span<std::byte>, count> bytes{accesses_[I].memory->on_host(accesses_[I].where, accesses_[I].mode)...};
    this->result.set_from([&]() -> decltype(auto) { return (*body_)(as_elements<Spans>(bytes[I])...); });
  }
  template <class Span> static Span as_elements(std::span<std::byte> bytes) noexcept {
    using element = typename Span::element_type;
    return {reinterpret_cast<element*>(bytes.data()), bytes.size() / sizeof(element)};
  }
  void clear() noexcept override { body_.reset(); }

  std::optional<F> body_;
  std::array<flow_access, count> accesses_;
};

template <class F, class Tuple> struct host_task_of;
template <class F, class... Spans> struct host_task_of<F, std::tuple<Spans...>> {
  using type = host_task<F, Spans...>;
};

template <class F, class... Arguments>
[[nodiscard]] auto submit_host_task(flow_core& flow, F&& f, const Arguments&... arguments) {
  using spans = decltype(std::tuple_cat(spans_for(arguments)...));
  using task = typename host_task_of<std::decay_t<F>, spans>::type;
  std::array<flow_access, std::tuple_size_v<spans>> accesses;
  [[maybe_unused]] std::size_t next = 0;
  [[maybe_unused]] const auto add = [&]<class A>(const A& argument) {
    if constexpr (!std::is_same_v<A, after_task>) {
      const flow_argument given(argument);
      check_owner(*given.access(), flow);
      accesses[next++] = *given.access();
    }
  };
  (add(arguments), ...);
  auto made = state_ref<flow_state<typename task::result_type>>::adopt(new task(flow, std::forward<F>(f), accesses));
  [[maybe_unused]] const auto add_after = [&]<class A>(const A& argument) {
    if constexpr (std::is_same_v<A, after_task>) made->add_after(flow.checked_after(argument.task()));
  };
  (add_after(arguments), ...);
  return flow_state<typename task::result_type>::submit(std::move(made));
}

} // namespace clotho::detail

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <clotho/flow/detail/flow_state.hpp>
#include <clotho/flow/detail/host_call.hpp>

namespace clotho::detail {

/// A function with memory, as a task.
template <class Call> class host_task final : public flow_state<typename Call::result_type> {
 public:
  using result_type = typename Call::result_type;
  static constexpr std::size_t count = Call::count;

  template <class F>
  host_task(flow_core& flow, F&& f, typename Call::access_array&& accesses)
      : flow_state<result_type>(flow), call_(std::forward<F>(f), std::move(accesses)) {}

  [[nodiscard]] std::span<flow_access> accesses() noexcept override { return call_.accesses(); }
  [[nodiscard]] std::string describe() const override {
    const std::string_view name = call_.title();
    return name == "host task" ? "a host task" : "host task '" + std::string(name) + "'";
  }

 private:
  [[nodiscard]] std::string_view title() const noexcept override { return call_.title(); }
  [[nodiscard]] bool work_on() override {
    call_.bring(); // what this throws has not begun
    this->result.set_from([&]() -> result_type { return call_.run(); });
    return true;
  }
  void clear() noexcept override { call_.forget(); }

  Call call_;
};

/// Submits a new Task of `f` for the memory and the order that `arguments` name.
template <class Task, class F, class... Arguments>
[[nodiscard]] auto submit_with_memory(flow_core& flow, F&& f, const Arguments&... arguments) {
  using state = flow_state<typename Task::result_type>;
  auto made = state_ref<state>::adopt(new Task(flow, std::forward<F>(f), accesses_among<Task::count>(flow, arguments...)));
  [[maybe_unused]] const auto obey_if_said = [&]<class A>(const A& argument) {
    if constexpr (is_about_task<A>) obey(*made, argument);
  };
  (obey_if_said(arguments), ...);
  return state::submit(std::move(made));
}

template <class F, class... Arguments>
[[nodiscard]] auto submit_host_task(flow_core& flow, F&& f, const Arguments&... arguments) {
  return submit_with_memory<host_task<host_call_of<std::tuple<>, F, Arguments...>>>(flow, std::forward<F>(f), arguments...);
}

} // namespace clotho::detail

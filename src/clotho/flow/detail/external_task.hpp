#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include <clotho/flow/detail/host_task.hpp>
#include <clotho/flow/external.hpp>

namespace clotho::detail {

/// A function that starts work on memory, as a task whose result is a T.
template <class T, class Call> class external_task final : public external_state<T> {
 public:
  using result_type = T;
  static constexpr std::size_t count = Call::count;

  template <class F>
  external_task(flow_core& flow, F&& start, typename Call::access_array&& accesses)
      : external_state<T>(flow), call_(std::forward<F>(start), std::move(accesses)) {}

  [[nodiscard]] std::span<flow_access> accesses() noexcept override { return call_.accesses(); }

 private:
  [[nodiscard]] std::string_view title() const noexcept override { return call_.title(); }
  [[nodiscard]] bool work_on() override {
    call_.bring(); // what this throws has not begun
    completion_of<T> done(state_ref<external_state<T>>::share(*this));
    return this->start_with([&] { call_.run(std::move(done)); });
  }
  void clear() noexcept override { call_.forget(); }

  Call call_;
};

template <class T, class F, class... Arguments>
[[nodiscard]] auto submit_external_task(flow_core& flow, F&& start, const Arguments&... arguments) {
  using call = host_call_of<std::tuple<completion_of<T>>, F, Arguments...>;
  return submit_with_memory<external_task<T, call>>(flow, std::forward<F>(start), arguments...);
}

} // namespace clotho::detail

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace clotho {

/// A function with a name, for traces and messages; see named().
template <class F> class named_function {
 public:
  template <class G> named_function(std::string_view name, G&& body) : name_(name), body_(std::forward<G>(body)) {}

  template <class... Arguments> std::invoke_result_t<F&, Arguments...> operator()(Arguments&&... arguments) {
    return body_(std::forward<Arguments>(arguments)...);
  }
  [[nodiscard]] std::string_view task_name() const noexcept { return name_; }

 private:
  std::string name_;
  F body_;
};

/// Gives a task of the host a name: rt.host(named("decode", f), out(x)).
template <class F> [[nodiscard]] named_function<std::decay_t<F>> named(std::string_view name, F&& f) {
  return {name, std::forward<F>(f)};
}

} // namespace clotho

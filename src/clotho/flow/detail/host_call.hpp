#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <clotho/flow/buffer.hpp>
#include <clotho/flow/flow_argument.hpp>

namespace clotho::detail {

/// Throws argument_error when the memory belongs to another runtime.
void check_owner(const flow_access& access, const flow_core& flow);

/// Does as an argument says that is about the task. Throws argument_error when it cannot be.
void obey(flow_node& task, const flow_argument& said);

/// A function of the host with the memory it works on. It is called with Leading, which come with the call, and Spans.
template <class F, class Leading, class... Spans> class host_call;

template <class F, class... Leading, class... Spans> class host_call<F, std::tuple<Leading...>, Spans...> {
 public:
  using result_type = std::invoke_result_t<F&, Leading..., Spans...>;
  static constexpr std::size_t count = sizeof...(Spans);
  using access_array = std::array<flow_access, count>;

  template <class G>
  host_call(G&& f, access_array&& accesses) : body_(std::in_place, std::forward<G>(f)), accesses_(std::move(accesses)) {}

  [[nodiscard]] std::span<flow_access> accesses() noexcept { return accesses_; }
  /// Brings the memory to the host. In order, as moving may wait for a device. Throws as flow_memory::on_host.
  void bring() {
    for (std::size_t i = 0; i < count; ++i) bytes_[i] = accesses_[i].memory->on_host(accesses_[i].where, accesses_[i].mode);
  }
  /// Calls the function with what was brought.
  result_type run(Leading... leading) { return call(std::index_sequence_for<Spans...>(), std::move(leading)...); }
  void forget() noexcept { body_.reset(); }
  /// Its name, if it has been given one.
  [[nodiscard]] std::string_view title() const noexcept {
    if constexpr (requires(const F& f) { f.task_name(); })
      return body_ ? body_->task_name() : std::string_view("host task");
    else
      return "host task";
  }

 private:
  template <std::size_t... I> result_type call(std::index_sequence<I...>, Leading&&... leading) {
    return (*body_)(std::move(leading)..., as_elements<Spans>(bytes_[I])...);
  }
  template <class Span> static Span as_elements(std::span<std::byte> bytes) noexcept {
    using element = typename Span::element_type;
    return {reinterpret_cast<element*>(bytes.data()), bytes.size() / sizeof(element)};
  }

  std::optional<F> body_;
  access_array accesses_;
  std::array<std::span<std::byte>, count> bytes_;
};

// What a function is called with for an argument: a tuple of one span, or of none.
template <class T, access_mode Mode> std::tuple<typename accessed<T, Mode>::span_type> spans_for(const accessed<T, Mode>&);
std::tuple<> spans_for(const after_task&);
std::tuple<> spans_for(priority);
std::tuple<> spans_for(run_inline_tag);

template <class F, class Leading, class Tuple> struct host_call_with;
template <class F, class Leading, class... Spans> struct host_call_with<F, Leading, std::tuple<Spans...>> {
  using type = host_call<F, Leading, Spans...>;
};
/// The host_call of `f(leading..., arguments...)`.
template <class Leading, class F, class... Arguments>
using host_call_of = typename host_call_with<std::decay_t<F>, Leading,
                                             decltype(std::tuple_cat(spans_for(std::declval<const Arguments&>())...))>::type;

template <class T>
inline constexpr bool is_about_task = std::is_same_v<T, after_task> || std::is_same_v<T, priority> ||
                                      std::is_same_v<T, run_inline_tag>;

/// The memory among the arguments. Throws argument_error when it is another runtime's.
template <std::size_t Count, class... Arguments>
[[nodiscard]] std::array<flow_access, Count> accesses_among(const flow_core& flow, const Arguments&... arguments) {
  std::array<flow_access, Count> found;
  [[maybe_unused]] std::size_t next = 0;
  [[maybe_unused]] const auto add = [&]<class A>(const A& argument) {
    if constexpr (!is_about_task<A>) {
      found[next] = argument.what().access(argument.mode);
      check_owner(found[next++], flow);
    }
  };
  (add(arguments), ...);
  return found;
}

} // namespace clotho::detail

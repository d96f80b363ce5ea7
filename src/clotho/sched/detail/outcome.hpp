#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace clotho::detail {

/// What a piece of work ended with: a value, nothing (T = void), or an exception. Empty until it is set,
/// once.
template <class T> class outcome {
 public:
  template <class... Args> void set_value(Args&&... args) {
    if constexpr (std::is_reference_v<T>)
      held_.template emplace<1>(std::addressof(args)...);
    else
      held_.template emplace<1>(std::forward<Args>(args)...);
  }
  void set_exception(std::exception_ptr failure) noexcept { held_.template emplace<2>(std::move(failure)); }

  /// What `f` returns or throws.
  template <class F> void set_from(F&& f) noexcept {
    try {
      if constexpr (std::is_void_v<T>) {
        f();
        set_value();
      } else {
        set_value(f());
      }
    } catch (...) {
      set_exception(std::current_exception());
    }
  }

  [[nodiscard]] explicit operator bool() const noexcept { return held_.index() != 0; }
  /// The exception; null when there is none.
  [[nodiscard]] std::exception_ptr exception() const noexcept {
    const auto* const failure = std::get_if<2>(&held_);
    return failure != nullptr ? *failure : nullptr;
  }

  /// Moves the value out, or throws the exception. It must have been set.
  T take() {
    if (held_.index() == 2) std::rethrow_exception(std::get<2>(std::move(held_)));
    if constexpr (std::is_reference_v<T>)
      return static_cast<T>(*std::get<1>(held_));
    else if constexpr (!std::is_void_v<T>)
      return std::get<1>(std::move(held_));
  }

 private:
  using pointer = std::add_pointer_t<T>;
  using stored = std::conditional_t<std::is_void_v<T>, std::monostate,
                                    std::conditional_t<std::is_reference_v<T>, pointer, T>>;
  std::variant<std::monostate, stored, std::exception_ptr> held_;
};

/// For where nothing has to be a value: in tuples.
template <class T> using void_to_monostate = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// Moves the value out. There must be one.
template <class T> [[nodiscard]] void_to_monostate<T> take(outcome<T>& result) {
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return result.take();
}

} // namespace clotho::detail

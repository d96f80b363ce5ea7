#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <clotho/flow/buffer.hpp>
#include <clotho/flow/runtime.hpp>

#include "primitive_work.hpp"

namespace clotho::tool {

/// The n-th word of a sequence that looks random (SplitMix64's finish).
[[nodiscard]] inline std::uint64_t mixed(std::uint64_t n) noexcept {
  n = (n + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
  n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
  return n ^ (n >> 31);
}

/// Integers of any bits; reals that are eighths between -1 and 1, so that sums and products of millions are
/// exact in every order. `which` tells arrays apart.
template <class T> [[nodiscard]] std::vector<T> made_up(std::size_t n, std::uint64_t which = 0) {
  std::vector<T> made(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t bits = mixed((which << 40) + i);
    if constexpr (std::is_floating_point_v<T>)
      made[i] = static_cast<T>(static_cast<int>(bits % 17) - 8) / T(8);
    else
      made[i] = static_cast<T>(bits);
  }
  return made;
}

/// A call whose result is one array.
template <class T> class array_work : public primitive_work {
 public:
  /// `call` returns the future of what writes `out`, which is `before` in front of it.
  template <class Call>
  array_work(const runtime& rt, buffer<T> out, Call call, std::optional<std::vector<T>> expected,
             double tolerance = 0)
      : rt_(rt), out_(std::move(out)), call_([call = std::move(call)]() mutable { call().get(); }),
        expected_(std::move(expected)), tolerance_(tolerance), before_(out_.size(), T(77)) {}

  /// The result's memory is the input.
  void begin_with(std::vector<T> before) { before_ = std::move(before); }

  void prepare() override {
    const auto copy = [this](std::span<T> to) { std::copy(before_.begin(), before_.end(), to.begin()); };
    rt_.host(copy, out(out_)).get();
  }
  void run() override { call_(); }

  std::string wrong() override {
    std::vector<T> found = rt_.read(out_).get();
    if (!expected_) {
      expected_ = std::move(found);
      return {};
    }
    for (std::size_t i = 0; i < found.size(); ++i)
      if (!is_near(found[i], (*expected_)[i]))
        return "element " + std::to_string(i) + " is " + std::to_string(found[i]) + ", not "
               + std::to_string((*expected_)[i]);
    return {};
  }

 private:
  [[nodiscard]] bool is_near(T found, T expected) const {
    if constexpr (std::is_floating_point_v<T>)
      return std::abs(static_cast<double>(found) - static_cast<double>(expected)) <= tolerance_; // no NaN is
    else
      return found == expected;
  }

  const runtime& rt_;
  buffer<T> out_;
  std::function<void()> call_;
  std::optional<std::vector<T>> expected_;
  double tolerance_;
  std::vector<T> before_;
};

/// Calls make<T>(rt, size) for the C++ type of `type`, one of T...
template <template <class> class Make, class First, class... T>
[[nodiscard]] std::unique_ptr<primitive_work> make_for(const runtime& rt, scalar type, std::size_t size) {
  if (type == scalar_of<First>) return Make<First>::make(rt, size);
  if constexpr (sizeof...(T) > 0) return make_for<Make, T...>(rt, type, size);
  return nullptr;
}

/// Of vectors and of matrices: see primitive_work_kinds().
[[nodiscard]] std::vector<primitive_work_kind> vector_work_kinds();
[[nodiscard]] std::vector<primitive_work_kind> matrix_work_kinds();

} // namespace clotho::tool

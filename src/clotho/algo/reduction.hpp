#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <clotho/algo/detail/fold.hpp>
#include <clotho/algo/detail/snippet.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/flow/flow_argument.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

/// One result of a reduction, in expressions of OpenCL C.
struct reduction_output {
  std::string_view map = {};          ///< what index i contributes: "x[i] * y[i]"
  std::string_view combine = "a + b"; ///< of two, a and b
  std::string_view neutral = "0";     ///< which combine does not change others by
};

namespace detail {

/// What reductions of all types share.
class reduction_program {
 public:
  reduction_program(const placement& where, std::string_view arguments,
                    std::span<const reduction_output> outputs, std::span<const scalar> types,
                    std::string_view preamble);
  [[nodiscard]] const placement& where() const noexcept { return where_; }
  /// An element for each result.
  [[nodiscard]] std::vector<flat> run(std::optional<std::size_t> count,
                                      std::span<const flow_argument> arguments) const;

 private:
  placement where_;
  snippet_signature arguments_;
  std::vector<scalar> types_;
  std::string preamble_; // functions for all of it
};

template <class T> [[nodiscard]] T value_in(std::span<const std::byte> bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

} // namespace detail

/// Reductions of what users write, up to four at once in one reading:
///
///     const reduction<float> dot(rt, "const float* x, const float* y", {{.map = "x[i] * y[i]"}});
///     const float product = dot(x, y).get();
///     const reduction<float, float> range(rt, "const float* x", {{"x[i]", "fmin(a, b)", "INFINITY"},
///     {"x[i]", "fmax(a, b)", "-INFINITY"}}); const auto [smallest, largest] = range(x).get();
///
/// The types are those of the results. Arguments are read as detail::parse_snippet_signature says: scalars,
/// and pointers, for which buffers and parts of them are given, which begin where the device wants parts to.
/// `combine` must be associative and commutative, up to rounding: it is called in the order that reduce()
/// promises. One that is not, such as "a - b", gives a number that is the same every time and means nothing.
/// `preamble` is text in front: functions that the expressions call.
///
/// Safe from any thread; the runtime must outlive it. Throws argument_error for arguments that cannot be
/// read, and a number of results that is not that of the types. What the compiler says comes through the
/// future, with the user's own lines and columns: "map of result 1:1:8: error: ...".
template <scalar_value... R>
requires(sizeof...(R) >= 1 && sizeof...(R) <= 4) class reduction {
 public:
  /// A future of the result, or of a tuple of them.
  using result_type =
      std::conditional_t<sizeof...(R) == 1, std::tuple_element_t<0, std::tuple<R...>>, std::tuple<R...>>;

  reduction(const placement& where, std::string_view arguments,
            std::initializer_list<reduction_output> results, std::string_view preamble = {})
      : program_(where, arguments, std::span(results.begin(), results.size()), types, preamble) {}

  /// As many indices as the memory has elements, all of which must be as long. Returns at once. Throws
  /// argument_error for arguments that do not fit.
  template <class... Arguments>
  [[nodiscard]] future<result_type> operator()(const Arguments&... arguments) const {
    return run({}, arguments...);
  }
  /// The same for so many indices, of memory of any length: the expressions must not go beyond that.
  template <class... Arguments>
  [[nodiscard]] future<result_type> over(std::size_t count, const Arguments&... arguments) const {
    return run(count, arguments...);
  }

 private:
  static constexpr std::array<scalar, sizeof...(R)> types{scalar_of<R>...};

  template <class... Arguments>
  [[nodiscard]] future<result_type> run(std::optional<std::size_t> count,
                                        const Arguments&... arguments) const {
    const std::array<flow_argument, sizeof...(Arguments)> list{flow_argument(arguments)...};
    return together(program_.run(count, list), std::index_sequence_for<R...>{});
  }
  template <std::size_t... I>
  [[nodiscard]] future<result_type> together(const std::vector<detail::flat>& results,
                                             std::index_sequence<I...>) const {
    return program_.where().owner().host(
        [](std::conditional_t<true, std::span<const std::byte>, R>... bytes) {
          return result_type(detail::value_in<R>(bytes)...);
        },
        in(results[I].bytes)...);
  }

  detail::reduction_program program_;
};

} // namespace clotho

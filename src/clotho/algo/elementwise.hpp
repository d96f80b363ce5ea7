#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <clotho/algo/detail/elementwise_argument.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

/// A kernel made from a statement of OpenCL C, done once for each index i from 0 to below n:
///
///     const elementwise saxpy(rt, "float a, const float* x, float* y", "y[i] = a * x[i] + y[i]");
///     saxpy(2.0f, x, y);
///
/// Arguments are scalars, and pointers to global memory, for which buffers, parts of them, or arrays in a row
/// are given: of const ones they are read, of others read and written. Indices must not depend on each other:
/// they are done in any order, and at once. A handle; safe from any thread; the runtime must outlive it.
///
/// Throws argument_error for arguments that cannot be read. What the compiler says of the statement, with
/// lines and columns of that, comes as build_error through the future of the first call.
class elementwise {
 public:
  /// `preamble` is text in front: functions that the statement calls.
  elementwise(const placement& where, std::string_view arguments, std::string_view statement,
              std::string_view preamble = {});

  /// As many indices as the memory has elements, all of which must be as long. Returns at once. Throws
  /// argument_error for arguments that do not fit, by name.
  template <class... Arguments> future<void> operator()(const Arguments&... arguments) const {
    const std::array<detail::elementwise_argument, sizeof...(Arguments)> all{
        detail::elementwise_argument(arguments)...};
    return run({}, all);
  }
  /// The same for so many indices, of memory of any length: the statement must not go beyond that.
  template <class... Arguments> future<void> over(std::size_t count, const Arguments&... arguments) const {
    const std::array<detail::elementwise_argument, sizeof...(Arguments)> all{
        detail::elementwise_argument(arguments)...};
    return run(count, all);
  }

 private:
  struct state;
  future<void> run(std::optional<std::size_t> count,
                   std::span<const detail::elementwise_argument> arguments) const;

  std::shared_ptr<const state> state_;
};

} // namespace clotho

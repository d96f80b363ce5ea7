#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <clotho/algo/detail/snippet.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/flow/flow_argument.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

/// A scan in expressions of OpenCL C.
struct scan_text {
  std::string_view arguments;  ///< "const float* x, float* y": read and written by what follows
  std::string_view input = {}; ///< what index i contributes: "x[i]"
  std::string_view output =
      {}; ///< a statement for each index: "y[i] = item"; `before` is the fold without it
  std::string_view combine = "a + b"; ///< of two, a before b
  std::string_view neutral = "0";     ///< which combine does not change others by
  std::string_view head = "false";    ///< whether a segment begins at i, where the fold begins anew
  std::string_view preamble = {};     ///< functions that the expressions call
};

/// Scans of what users write, inclusive, exclusive or by segments:
///
///     const scan_kernel sums(rt, scalar::f32, {.arguments = "const float* x, float* y", .input = "x[i]",
///     .output = "y[i] = item"}); sums(x, y);
///
/// The type is that of the items. `input` and `head` are evaluated twice for each index, `output` once, after
/// all of `input` of indices of other tiles: it may overwrite element i of what `input` reads at i, and
/// nothing else of that. `combine` must be associative, up to rounding; it is called with what comes first as
/// a. One that is not gives results that depend on the tiling of the device. For `head` that looks at memory
/// which `output` writes nothing holds.
///
/// Arguments, threads and errors as of reduction.
class scan_kernel {
 public:
  scan_kernel(const placement& where, scalar type, const scan_text& text);

  /// As many indices as the memory has elements, all of which must be as long. Returns at once. Throws
  /// argument_error for arguments that do not fit.
  template <class... Arguments> future<void> operator()(const Arguments&... arguments) const {
    const std::array<flow_argument, sizeof...(Arguments)> list{flow_argument(arguments)...};
    return run({}, list);
  }
  /// The same for so many indices, of memory of any length: the expressions must not go beyond that.
  template <class... Arguments> future<void> over(std::size_t count, const Arguments&... arguments) const {
    const std::array<flow_argument, sizeof...(Arguments)> list{flow_argument(arguments)...};
    return run(count, list);
  }

 private:
  future<void> run(std::optional<std::size_t> count, std::span<const flow_argument> arguments) const;

  placement where_;
  scalar type_;
  detail::snippet_signature arguments_;
  std::string preamble_; // functions for all of it
};

} // namespace clotho

#pragma once
// SPDX-License-Identifier: Apache-2.0

namespace clotho::tool {

/// How a command ends; scripts rely on these numbers.
enum class exit_code : int {
  ok = 0,
  failed = 1, ///< an expectation, a regression, a finding: the command worked, the answer is "no"
  usage = 2,
  build = 3,
  no_device = 4,
  opencl = 5,
  io = 6,
  remote = 7,
  internal = 70,
  timeout = 124,
  interrupted = 130
};

[[nodiscard]] constexpr int status(exit_code code) noexcept { return static_cast<int>(code); }

} // namespace clotho::tool

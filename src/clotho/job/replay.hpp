#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <string>
#include <vector>

#include <clotho/core/diagnostic.hpp>
#include <clotho/job/capture.hpp>
#include <clotho/job/expect.hpp>
#include <clotho/runtime/context.hpp>

namespace clotho::job {

struct replay_options {
  tolerance allowed{}; ///< between what is written now and what was
  unsigned repeat = 1; ///< launches, each on the inputs as they were saved; at least 1
};

/// What came of it.
struct replay_report {
  std::string device, driver;
  std::chrono::nanoseconds build{};
  std::vector<diagnostic> messages;               ///< of the compiler
  std::vector<std::chrono::nanoseconds> launches; ///< how long each took
  bool device_times = false;                      ///< by the device's clock, else by the host's
  /// One for each buffer that the kernel may write, of the launch in which most of its elements differed.
  std::vector<expectation_report> buffers;
  [[nodiscard]] bool same() const noexcept;
};

/// Builds the source on `device`, without any cache, launches the kernel as it was launched, and compares what it writes
/// with what was saved. Blocks. The kernel is code: replay what you would run. Throws build_error; format_error
/// for build options that make no sense; capability_error when the device cannot launch it so; error when the driver fails.
[[nodiscard]] replay_report replay(const context& device, const capture& what, const replay_options& options = {});

} // namespace clotho::job

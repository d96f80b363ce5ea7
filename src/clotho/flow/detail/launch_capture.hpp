#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <clotho/core/log.hpp>
#include <clotho/flow/capture_options.hpp>

namespace clotho::detail {

class launch_record;

/// Saves launches of one runtime. Safe from any thread.
class launch_capture {
 public:
  launch_capture(capture_options wanted, log_sink log) : wanted_(std::move(wanted)), log_(std::move(log)) {}

  /// A record for a launch that is submitted; null when it is not to be saved. Never throws: what fails is logged.
  [[nodiscard]] std::unique_ptr<launch_record> record_of(const std::string& kernel) noexcept;

  [[nodiscard]] const capture_options& wanted() const noexcept { return wanted_; }
  void report(log_level level, const std::string& text) const noexcept { log_(level, text); }
  /// A new folder, hidden until publish. Throws io_error.
  [[nodiscard]] std::filesystem::path make_folder(const std::string& kernel);
  /// Gives a complete folder its name, the next "KERNEL-0001" that is free, and returns it. Throws io_error.
  [[nodiscard]] std::filesystem::path publish(const std::filesystem::path& made, const std::string& kernel);

 private:
  const capture_options wanted_;
  const log_sink log_;
  std::mutex mutex_;
  std::map<std::string, std::size_t> submitted_; // of each kernel
  std::size_t folders_ = 0;
};

} // namespace clotho::detail

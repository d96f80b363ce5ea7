#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>

namespace clotho::bench {

/// A new, empty folder; gone with its content when destroyed.
class temporary_folder {
 public:
  /// Throws io_error.
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

} // namespace clotho::bench

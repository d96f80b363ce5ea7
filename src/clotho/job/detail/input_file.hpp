#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

namespace clotho::detail {

/// A regular file that is read in pieces, so that large data goes straight to where it is needed.
class input_file {
 public:
  /// Throws io_error when the file cannot be opened or is not a regular file.
  explicit input_file(const std::filesystem::path& path);

  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_; }
  [[nodiscard]] std::string name() const { return path_.string(); }
  /// Fills `target` from `offset` on. Throws io_error when the file has shrunk or cannot be read.
  void read_at(std::uint64_t offset, std::span<std::byte> target);

 private:
  [[noreturn]] void fail(const std::string& why) const;

  std::filesystem::path path_;
  std::ifstream stream_;
  std::uint64_t size_ = 0;
};

} // namespace clotho::detail

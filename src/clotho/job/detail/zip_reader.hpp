#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <clotho/job/detail/byte_source.hpp>
#include <clotho/job/detail/zip_directory.hpp>

namespace clotho::detail::zip {

/// A ZIP archive on disk: members stored or deflated, Zip64. Every size and place is checked before it is
/// used.
class reader {
 public:
  /// Throws io_error and format_error.
  explicit reader(const std::filesystem::path& path);

  [[nodiscard]] const std::vector<entry>& entries() const noexcept { return directory_.entries; }
  /// The member's content, inflated as it is read and checked against its CRC at its end. The reader must
  /// outlive it. Throws format_error about `label`: encrypted, an unknown method, impossible sizes.
  [[nodiscard]] std::unique_ptr<byte_source> open(const entry& member, const std::string& label);

 private:
  std::uint64_t data_offset(const entry& member, const std::string& label);

  input_file file_;
  directory directory_;
};

} // namespace clotho::detail::zip

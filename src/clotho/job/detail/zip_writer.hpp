#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <clotho/core/os/file.hpp>
#include <clotho/job/detail/zip_format.hpp>

namespace clotho::detail::zip {

/// Writes a ZIP archive front to back; Zip64 records only where a size or a count needs them.
class writer {
 public:
  /// `file` must outlive the writer. Sizes and places from `zip64_from` on go to Zip64 records.
  explicit writer(os::atomic_file& file, std::uint64_t zip64_from = in_zip64_32)
      : file_(file), zip64_from_(zip64_from) {}

  /// Adds a member whose content is `head` followed by `body`.
  void add(std::string name, std::span<const std::byte> head, std::span<const std::byte> body, bool compress);
  /// Writes the directory; nothing can be added after it.
  void finish();

 private:
  [[nodiscard]] bool needs_zip64(std::uint64_t value) const noexcept { return value >= zip64_from_; }
  [[nodiscard]] std::uint32_t narrow(std::uint64_t value) const noexcept;
  [[nodiscard]] std::string local_header(const entry& member) const;
  [[nodiscard]] std::string central_header(const entry& member) const;
  [[nodiscard]] std::string end_records(std::uint64_t size) const;
  void write(std::span<const std::byte> data);
  void write(const std::string& text) { write(std::as_bytes(std::span(text))); }

  os::atomic_file& file_;
  std::uint64_t zip64_from_;
  std::uint64_t offset_ = 0;
  std::vector<entry> entries_;
};

} // namespace clotho::detail::zip

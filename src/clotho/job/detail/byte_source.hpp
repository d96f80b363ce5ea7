#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <span>

#include <clotho/job/detail/input_file.hpp>

namespace clotho::detail {

/// Bytes read once from front to back: a file's, a ZIP member's, or those in memory.
class byte_source {
 public:
  byte_source() = default;
  byte_source(const byte_source&) = delete;
  byte_source& operator=(const byte_source&) = delete;
  virtual ~byte_source() = default;

  /// How many bytes are left, by what the container declares.
  [[nodiscard]] virtual std::uint64_t remaining() const noexcept = 0;
  /// Fills `target`, which holds at most remaining() bytes. Throws format_error when the container lied.
  virtual void read(std::span<std::byte> target) = 0;
};

class memory_source final : public byte_source {
 public:
  explicit memory_source(std::span<const std::byte> content) : left_(content) {}
  [[nodiscard]] std::uint64_t remaining() const noexcept override { return left_.size(); }
  void read(std::span<std::byte> target) override;

 private:
  std::span<const std::byte> left_;
};

/// A range of a file, which must outlive the source.
class file_source final : public byte_source {
 public:
  /// The range must lie within the file.
  file_source(input_file& file, std::uint64_t offset, std::uint64_t count)
      : file_(file), offset_(offset), remaining_(count) {}
  [[nodiscard]] std::uint64_t remaining() const noexcept override { return remaining_; }
  void read(std::span<std::byte> target) override;

 private:
  input_file& file_;
  std::uint64_t offset_;
  std::uint64_t remaining_;
};

} // namespace clotho::detail

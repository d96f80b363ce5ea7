#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include <zlib.h>

#include <clotho/job/detail/byte_source.hpp>

namespace clotho::detail {

/// Inflates a raw deflate stream (RFC 1951) as it is read: exactly `size` bytes, no more and no fewer.
class inflate_source final : public byte_source {
 public:
  inflate_source(std::unique_ptr<byte_source> packed, std::uint64_t size, std::string name);
  ~inflate_source() override;

  [[nodiscard]] std::uint64_t remaining() const noexcept override { return remaining_; }
  void read(std::span<std::byte> target) override;

 private:
  void refill();
  void inflate_some(std::span<std::byte> target);
  void expect_end();
  [[noreturn]] void fail(const std::string& why) const;

  std::unique_ptr<byte_source> packed_;
  std::uint64_t remaining_;
  std::string name_;
  std::array<std::byte, 65536> input_;
  z_stream stream_{};
  bool ended_ = false;
};

/// Passes bytes on and checks their CRC-32 when the last has been read.
class crc_source final : public byte_source {
 public:
  crc_source(std::unique_ptr<byte_source> inner, std::uint32_t expected, std::string name)
      : inner_(std::move(inner)), expected_(expected), name_(std::move(name)) {}

  [[nodiscard]] std::uint64_t remaining() const noexcept override { return inner_->remaining(); }
  void read(std::span<std::byte> target) override;

 private:
  std::unique_ptr<byte_source> inner_;
  std::uint32_t expected_;
  std::uint32_t crc_ = 0;
  std::string name_;
};

} // namespace clotho::detail

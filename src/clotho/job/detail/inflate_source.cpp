// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/inflate_source.hpp>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include <clotho/job/detail/crc32.hpp>
#include <clotho/job/detail/format_failure.hpp>

namespace clotho::detail {

inflate_source::inflate_source(std::unique_ptr<byte_source> packed, std::uint64_t size, std::string name)
    : packed_(std::move(packed)), remaining_(size), name_(std::move(name)) {
  if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw std::bad_alloc(); // Negative: no zlib header.
}

inflate_source::~inflate_source() { inflateEnd(&stream_); }

void inflate_source::read(std::span<std::byte> target) {
  while (!target.empty()) {
    // zlib counts in 32 bits.
    const std::size_t most = std::min<std::size_t>(target.size(), std::numeric_limits<uInt>::max());
    const auto piece = target.first(most);
    inflate_some(piece);
    target = target.subspan(most);
    remaining_ -= most;
  }
  if (remaining_ == 0 && !ended_) expect_end();
}

void inflate_source::refill() {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(packed_->remaining(), input_.size()));
  packed_->read(std::span(input_).first(count));
  stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
  stream_.avail_in = static_cast<uInt>(count);
}

void inflate_source::inflate_some(std::span<std::byte> target) {
  stream_.next_out = reinterpret_cast<Bytef*>(target.data());
  stream_.avail_out = static_cast<uInt>(target.size());
  while (stream_.avail_out > 0) {
    if (ended_) fail("its compressed data ends early");
    if (stream_.avail_in == 0) refill();
    const int status = inflate(&stream_, Z_NO_FLUSH);
    ended_ = status == Z_STREAM_END;
    if (status == Z_BUF_ERROR) fail("its compressed data is cut off");
    if (status != Z_OK && !ended_) fail(stream_.msg ? stream_.msg : "its compressed data is damaged");
  }
}

// The end mark of the stream may not have been seen yet; one byte of room shows whether data follows instead.
void inflate_source::expect_end() {
  std::array<std::byte, 1> beyond{};
  stream_.next_out = reinterpret_cast<Bytef*>(beyond.data());
  stream_.avail_out = 1;
  while (!ended_) {
    if (stream_.avail_in == 0) refill();
    const int status = inflate(&stream_, Z_NO_FLUSH);
    ended_ = status == Z_STREAM_END;
    if (stream_.avail_out == 0) fail("it inflates to more than its declared size");
    if (status != Z_OK && !ended_) fail("its compressed data is cut off or damaged");
  }
}

void inflate_source::fail(const std::string& why) const { throw_format(name_, why); }

void crc_source::read(std::span<std::byte> target) {
  inner_->read(target);
  crc_ = extend_crc32(crc_, target);
  if (inner_->remaining() == 0 && crc_ != expected_)
    throw_format(name_, "the checksum does not match: the data is damaged");
}

} // namespace clotho::detail

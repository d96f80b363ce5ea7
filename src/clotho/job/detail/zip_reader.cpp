// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/zip_reader.hpp>

#include <array>
#include <optional>
#include <string>

#include <clotho/core/checked.hpp>
#include <clotho/job/detail/format_failure.hpp>
#include <clotho/job/detail/inflate_source.hpp>
#include <clotho/job/detail/little_endian.hpp>

namespace clotho::detail::zip {
namespace {

// No deflate stream inflates to more than 1032 times its size.
constexpr std::uint64_t largest_ratio = 1032;

} // namespace

reader::reader(const std::filesystem::path& path) : file_(path), directory_(read_directory(file_)) {}

std::unique_ptr<byte_source> reader::open(const entry& member, const std::string& label) {
  if (member.flags & encrypted_flag) throw_format(label, "it is encrypted; clotho reads plain archives only");
  if (member.method != stored && member.method != deflated)
    throw_format(label, "it is compressed by method " + std::to_string(member.method)
                            + "; clotho reads stored (0) and deflated (8) members");
  if (member.method == stored && member.packed_bytes != member.size_bytes)
    throw_format(label, "it is stored, yet its two sizes differ: " + std::to_string(member.packed_bytes)
                            + " and " + std::to_string(member.size_bytes));
  if (member.size_bytes / largest_ratio > member.packed_bytes)
    throw_format(label, std::to_string(member.packed_bytes) + " bytes cannot inflate to the declared "
                            + std::to_string(member.size_bytes));
  const std::uint64_t offset = data_offset(member, label);
  std::unique_ptr<byte_source> content = std::make_unique<file_source>(file_, offset, member.packed_bytes);
  if (member.method == deflated)
    content = std::make_unique<inflate_source>(std::move(content), member.size_bytes, label);
  return std::make_unique<crc_source>(std::move(content), member.crc, label);
}

std::uint64_t reader::data_offset(const entry& member, const std::string& label) {
  const char* outside = "its data would lie outside the archive";
  const std::uint64_t limit = directory_.offset;
  if (limit < local_bytes || member.offset > limit - local_bytes) throw_format(label, outside);
  std::array<std::byte, local_bytes> header;
  file_.read_at(member.offset, header);
  if (load_little_endian<std::uint32_t>(header.data()) != local_signature)
    throw_format(label, "there is no member where the directory says");
  const std::uint64_t name_size = load_little_endian<std::uint16_t>(header.data() + 26);
  const std::uint64_t extra_size = load_little_endian<std::uint16_t>(header.data() + 28);
  const std::uint64_t begin = member.offset + local_bytes + name_size + extra_size; // below limit + 2^17
  const std::optional<std::uint64_t> end = checked_add(begin, member.packed_bytes);
  if (!end || *end > limit) throw_format(label, outside);
  std::string name(static_cast<std::size_t>(name_size), '\0');
  file_.read_at(member.offset + local_bytes, std::as_writable_bytes(std::span(name)));
  if (name != member.name) throw_format(label, "the directory and the member disagree on its name");
  return begin;
}

} // namespace clotho::detail::zip

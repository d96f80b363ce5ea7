// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/zip_directory.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <clotho/core/checked.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/job/detail/format_failure.hpp>
#include <clotho/job/detail/little_endian.hpp>

namespace clotho::detail::zip {
namespace {

// Where the directory lies, by the record at the end of the archive.
struct location {
  std::uint64_t count = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  std::uint64_t end = 0; // of the room that directory and members have
};

// Reads fields one after the other; past the end is a format_error.
class cursor {
 public:
  cursor(std::span<const std::byte> content, const std::string& file) : left_(content), file_(file) {}

  template <class T> T take() { return load_little_endian<T>(take_bytes(sizeof(T)).data()); }
  void skip(std::size_t count) { take_bytes(count); }
  std::size_t left() const { return left_.size(); }

  std::span<const std::byte> take_bytes(std::size_t count) {
    if (count > left_.size()) throw_format(file_, "the ZIP directory ends within an entry");
    const auto taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }

 private:
  std::span<const std::byte> left_;
  const std::string& file_;
};

os::bytes read_bytes(input_file& file, std::uint64_t offset, std::size_t count) {
  os::bytes content(count);
  file.read_at(offset, content);
  return content;
}

// The last record that reaches, with its comment, no further than the file. Empty when there is none.
std::optional<std::size_t> find_end(std::span<const std::byte> tail) {
  for (std::size_t at = tail.size() - end_bytes + 1; at-- > 0;) {
    const std::byte* record = tail.data() + at;
    if (load_little_endian<std::uint32_t>(record) != end_signature) continue;
    const std::size_t comment = load_little_endian<std::uint16_t>(record + 20);
    if (at + end_bytes + comment <= tail.size()) return at;
  }
  return std::nullopt;
}

location parse_end(std::span<const std::byte> record, std::uint64_t position, const std::string& file) {
  cursor at(record, file);
  at.skip(4);
  const auto disk = at.take<std::uint16_t>(), first_disk = at.take<std::uint16_t>();
  const auto here = at.take<std::uint16_t>(), count = at.take<std::uint16_t>();
  const auto size = at.take<std::uint32_t>(), offset = at.take<std::uint32_t>();
  if (disk != first_disk || here != count) throw_format(file, "the ZIP archive is split over several files");
  return {count, size, offset, position};
}

bool needs_zip64(const location& where) {
  return where.count == in_zip64_16 || where.size == in_zip64_32 || where.offset == in_zip64_32;
}

location read_end64(input_file& file, std::uint64_t end_position, const location& fallback) {
  if (end_position < locator64_bytes + end64_bytes) return fallback;
  const os::bytes locator = read_bytes(file, end_position - locator64_bytes, locator64_bytes);
  if (load_little_endian<std::uint32_t>(locator.data()) != locator64_signature) return fallback;
  const auto position = load_little_endian<std::uint64_t>(locator.data() + 8);
  if (position > end_position - locator64_bytes - end64_bytes)
    throw_format(file.name(), "the Zip64 record would lie outside the file");
  const os::bytes record = read_bytes(file, position, end64_bytes);
  if (load_little_endian<std::uint32_t>(record.data()) != end64_signature)
    throw_format(file.name(), "there is no Zip64 record where the locator says");
  return {load_little_endian<std::uint64_t>(record.data() + 32),
          load_little_endian<std::uint64_t>(record.data() + 40),
          load_little_endian<std::uint64_t>(record.data() + 48), position};
}

location find_directory(input_file& file) {
  constexpr std::uint64_t longest_tail = end_bytes + 0xffff;
  const auto tail_size = static_cast<std::size_t>(std::min(file.size_bytes(), longest_tail));
  const std::uint64_t tail_offset = file.size_bytes() - tail_size;
  const os::bytes tail = read_bytes(file, tail_offset, tail_size);
  const std::optional<std::size_t> at = tail_size >= end_bytes ? find_end(tail) : std::nullopt;
  if (!at) throw_format(file.name(), "not a ZIP archive, or its end is cut off: no directory found");
  const location plain = parse_end(std::span(tail).subspan(*at), tail_offset + *at, file.name());
  return needs_zip64(plain) ? read_end64(file, tail_offset + *at, plain) : plain;
}

// The Zip64 field holds, in this order, those values for which the entry itself had no room.
void apply_zip64(entry& member, cursor field) {
  if (member.size_bytes == in_zip64_32) member.size_bytes = field.take<std::uint64_t>();
  if (member.packed_bytes == in_zip64_32) member.packed_bytes = field.take<std::uint64_t>();
  if (member.offset == in_zip64_32) member.offset = field.take<std::uint64_t>();
}

void apply_extra(entry& member, std::span<const std::byte> extra, const std::string& file) {
  cursor at(extra, file);
  while (at.left() >= 4) {
    const auto id = at.take<std::uint16_t>(), size = at.take<std::uint16_t>();
    const auto field = at.take_bytes(size);
    if (id == zip64_extra) apply_zip64(member, cursor(field, file));
  }
}

entry parse_entry(cursor& at, const std::string& file) {
  if (at.take<std::uint32_t>() != central_signature) throw_format(file, "the ZIP directory is damaged");
  entry member;
  at.skip(4); // versions
  member.flags = at.take<std::uint16_t>();
  member.method = at.take<std::uint16_t>();
  at.skip(4); // time and date
  member.crc = at.take<std::uint32_t>();
  member.packed_bytes = at.take<std::uint32_t>();
  member.size_bytes = at.take<std::uint32_t>();
  const auto name_size = at.take<std::uint16_t>(), extra_size = at.take<std::uint16_t>();
  const auto comment_size = at.take<std::uint16_t>();
  at.skip(8); // disk and attributes
  member.offset = at.take<std::uint32_t>();
  const auto name = at.take_bytes(name_size);
  member.name.assign(reinterpret_cast<const char*>(name.data()), name.size());
  apply_extra(member, at.take_bytes(extra_size), file);
  at.skip(comment_size);
  return member;
}

} // namespace

directory read_directory(input_file& file) {
  const location where = find_directory(file);
  const std::optional<std::uint64_t> end = checked_add(where.offset, where.size);
  if (!end || *end > where.end) throw_format(file.name(), "the ZIP directory would lie outside the file");
  if (where.count > where.size / central_bytes)
    throw_format(file.name(),
                 "the ZIP directory is too small for " + std::to_string(where.count) + " entries");
  const std::string name = file.name();
  const os::bytes content = read_bytes(file, where.offset, static_cast<std::size_t>(where.size));
  cursor at(content, name);
  directory result{where.offset, {}};
  for (std::uint64_t i = 0; i < where.count; ++i) result.entries.push_back(parse_entry(at, name));
  return result;
}

} // namespace clotho::detail::zip

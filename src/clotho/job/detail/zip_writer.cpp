// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/zip_writer.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <utility>

#include <zlib.h>

#include <clotho/job/detail/crc32.hpp>
#include <clotho/job/detail/little_endian.hpp>

namespace clotho::detail::zip {
namespace {

constexpr std::uint16_t plain_version = 20, zip64_version = 45;
constexpr std::uint16_t made_by_unix = 3 << 8;
constexpr std::uint32_t readable_file = 0100644U << 16;
constexpr std::uint16_t first_of_1980 = 0x0021; // The same arrays give the same file, as with NumPy.

template <class T> void append(std::string& text, T value) { append_little_endian(text, value); }

class deflater {
 public:
  deflater() {
    const int status =
        deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    if (status != Z_OK) throw std::bad_alloc();
  }
  deflater(const deflater&) = delete;
  deflater& operator=(const deflater&) = delete;
  ~deflater() { deflateEnd(&stream_); }

  void add(std::span<const std::byte> data) {
    while (!data.empty()) {
      const std::size_t most = std::min<std::size_t>(data.size(), std::numeric_limits<uInt>::max());
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(data.data()));
      stream_.avail_in = static_cast<uInt>(most);
      run(Z_NO_FLUSH);
      data = data.subspan(most);
    }
  }

  os::bytes finish() {
    run(Z_FINISH);
    return std::move(packed_);
  }

 private:
  // Until zlib leaves room in the output, which means that it has nothing more to say.
  void run(int flush) {
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(output_.data());
      stream_.avail_out = static_cast<uInt>(output_.size());
      deflate(&stream_, flush);
      packed_.insert(packed_.end(), output_.begin(), output_.end() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
  std::array<std::byte, 65536> output_;
  os::bytes packed_;
};

bool is_ascii(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// What local and central headers have in common, from the version needed to the name's length.
void append_common(std::string& text, const entry& member, bool zip64, std::uint32_t packed,
                   std::uint32_t size) {
  append(text, zip64 ? zip64_version : plain_version);
  append(text, member.flags);
  append(text, member.method);
  append(text, std::uint16_t{0});
  append(text, first_of_1980);
  append(text, member.crc);
  append(text, packed);
  append(text, size);
  append(text, static_cast<std::uint16_t>(member.name.size()));
}

std::string zip64_field(const std::string& values) {
  std::string text;
  if (values.empty()) return text;
  append(text, zip64_extra);
  append(text, static_cast<std::uint16_t>(values.size()));
  return text + values;
}

} // namespace

void writer::add(std::string name, std::span<const std::byte> head, std::span<const std::byte> body,
                 bool compress) {
  entry member;
  member.name = std::move(name);
  member.flags = is_ascii(member.name) ? std::uint16_t{0} : utf8_flag;
  member.method = compress ? deflated : stored;
  member.crc = extend_crc32(extend_crc32(0, head), body);
  member.size_bytes = head.size() + body.size();
  member.packed_bytes = member.size_bytes;
  member.offset = offset_;
  os::bytes packed;
  if (compress) {
    deflater stream;
    stream.add(head);
    stream.add(body);
    packed = stream.finish();
    member.packed_bytes = packed.size();
    head = packed;
    body = {};
  }
  write(local_header(member));
  write(head);
  write(body);
  entries_.push_back(std::move(member));
}

void writer::finish() {
  const std::uint64_t begin = offset_;
  for (const entry& member : entries_) write(central_header(member));
  write(end_records(offset_ - begin));
}

std::uint32_t writer::narrow(std::uint64_t value) const noexcept {
  return needs_zip64(value) ? in_zip64_32 : static_cast<std::uint32_t>(value);
}

std::string writer::local_header(const entry& member) const {
  // A local Zip64 field must hold both sizes.
  const bool zip64 = needs_zip64(member.size_bytes) || needs_zip64(member.packed_bytes);
  std::string sizes, text;
  if (zip64) {
    append(sizes, member.size_bytes);
    append(sizes, member.packed_bytes);
  }
  const std::string extra = zip64_field(sizes);
  append(text, local_signature);
  append_common(text, member, zip64, zip64 ? in_zip64_32 : narrow(member.packed_bytes),
                zip64 ? in_zip64_32 : narrow(member.size_bytes));
  append(text, static_cast<std::uint16_t>(extra.size()));
  return text + member.name + extra;
}

std::string writer::central_header(const entry& member) const {
  std::string wide, text;
  for (const std::uint64_t value : {member.size_bytes, member.packed_bytes, member.offset})
    if (needs_zip64(value)) append(wide, value);
  const std::string extra = zip64_field(wide);
  const std::uint16_t version = wide.empty() ? plain_version : zip64_version;
  append(text, central_signature);
  append(text, static_cast<std::uint16_t>(made_by_unix | version));
  append_common(text, member, !wide.empty(), narrow(member.packed_bytes), narrow(member.size_bytes));
  append(text, static_cast<std::uint16_t>(extra.size()));
  append(text, std::uint16_t{0}); // comment
  append(text, std::uint16_t{0}); // disk
  append(text, std::uint16_t{0}); // internal attributes
  append(text, readable_file);
  append(text, narrow(member.offset));
  return text + member.name + extra;
}

std::string writer::end_records(std::uint64_t size) const {
  const std::uint64_t count = entries_.size(), begin = offset_ - size;
  std::string text;
  if (count >= in_zip64_16 || needs_zip64(size) || needs_zip64(begin)) {
    append(text, end64_signature);
    append(text, std::uint64_t{end64_bytes - 12});
    append(text, static_cast<std::uint16_t>(made_by_unix | zip64_version));
    append(text, zip64_version);
    append(text, std::uint64_t{0}); // disks
    append(text, count);
    append(text, count);
    append(text, size);
    append(text, begin);
    append(text, locator64_signature);
    append(text, std::uint32_t{0}); // disk
    append(text, offset_);
    append(text, std::uint32_t{1}); // number of disks
  }
  const auto short_count = static_cast<std::uint16_t>(std::min<std::uint64_t>(count, in_zip64_16));
  append(text, end_signature);
  append(text, std::uint32_t{0}); // disks
  append(text, short_count);
  append(text, short_count);
  append(text, narrow(size));
  append(text, narrow(begin));
  append(text, std::uint16_t{0}); // comment
  return text;
}

void writer::write(std::span<const std::byte> data) {
  file_.write(data);
  offset_ += data.size();
}

} // namespace clotho::detail::zip

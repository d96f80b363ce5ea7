// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/npy.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include <clotho/core/checked.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/byte_source.hpp>
#include <clotho/job/detail/format_failure.hpp>
#include <clotho/job/detail/little_endian.hpp>
#include <clotho/job/detail/npy_header.hpp>
#include <clotho/job/detail/npy_stream.hpp>

namespace clotho {
namespace {

using detail::byte_source;
using detail::npy_header;
using detail::throw_format;

constexpr std::size_t longest_header = std::size_t{1} << 20; // Numbers need less than 200 bytes.

// Bytes that the file must have if it is whole; `what` is wanted.
std::string read_text(byte_source& source, std::size_t count, const char* what, const std::string& name) {
  if (source.remaining() < count)
    throw_format(name, std::string("the file ends within ") + what + ": " + std::to_string(count)
                           + " bytes wanted, " + std::to_string(source.remaining()) + " left");
  std::string text(count, '\0');
  source.read(std::as_writable_bytes(std::span(text)));
  return text;
}

std::size_t read_header_length(byte_source& source, const std::string& name) {
  const std::string start = read_text(source, 8, "the magic number", name);
  if (!start.starts_with("\x93NUMPY"))
    throw_format(name, "not a .npy file: it begins with '" + printable(start.substr(0, 6)) + "'");
  const unsigned version = static_cast<unsigned char>(start[6]);
  const unsigned minor = static_cast<unsigned char>(start[7]);
  if (version < 1 || version > 3 || minor != 0)
    throw_format(name, "unknown .npy version " + std::to_string(version) + "." + std::to_string(minor)
                           + "; 1.0, 2.0 and 3.0 are known");
  const std::string length = read_text(source, version == 1 ? 2 : 4, "the header's length", name);
  const auto* bytes = reinterpret_cast<const std::byte*>(length.data());
  return version == 1 ? detail::load_little_endian<std::uint16_t>(bytes)
                      : detail::load_little_endian<std::uint32_t>(bytes);
}

npy_header read_header(byte_source& source, const std::string& name) {
  const std::size_t length = read_header_length(source, name);
  if (length > longest_header && length <= source.remaining())
    throw_format(name, "the header is " + std::to_string(length) + " bytes long; at most "
                           + std::to_string(longest_header) + " make sense");
  return detail::parse_npy_header(read_text(source, length, "the header", name), name);
}

// Before anything is allocated: a lying shape must not cost memory.
void check_size(const npy_header& header, std::uint64_t left, const std::string& name) {
  std::optional<std::size_t> size = checked_product(std::span<const std::size_t>(header.shape));
  if (size) size = checked_multiply(*size, size_bytes(header.type));
  const std::string declared =
      "the header declares " + shape_text(header.shape) + " " + short_name(header.type);
  if (!size) throw_format(name, declared + ", more than any memory can hold");
  if (*size > left)
    throw_format(name, declared + ", " + std::to_string(*size) + " bytes; the file has only "
                           + std::to_string(left) + " bytes of data");
}

void swap_bytes(os::bytes& data, std::size_t width) {
  for (auto at = data.begin(); at != data.end(); at += static_cast<std::ptrdiff_t>(width))
    std::reverse(at, at + static_cast<std::ptrdiff_t>(width));
}

// Copies elements of `Width` bytes from Fortran order to C order: walks the target in order while an odometer
// of indices keeps the place in the source.
template <std::size_t Width>
void reorder(const std::byte* from, std::byte* to, std::size_t count, std::span<const std::size_t> shape) {
  std::vector<std::size_t> index(shape.size()), stride(shape.size());
  std::size_t place = 0, next_stride = Width;
  for (std::size_t d = 0; d < shape.size(); next_stride *= shape[d++]) stride[d] = next_stride;
  for (std::size_t done = 0; done < count; ++done, to += Width) {
    std::memcpy(to, from + place, Width);
    for (std::size_t d = shape.size(); d-- > 0;) {
      place += stride[d];
      if (++index[d] < shape[d]) break;
      place -= stride[d] * shape[d];
      index[d] = 0;
    }
  }
}

host_array to_c_order(const host_array& array) {
  host_array result = make_array(array.type, array.shape);
  const std::byte* from = array.data.data();
  const std::size_t count = array.element_count();
  switch (size_bytes(array.type)) {
  case 1: reorder<1>(from, result.data.data(), count, array.shape); break;
  case 2: reorder<2>(from, result.data.data(), count, array.shape); break;
  case 4: reorder<4>(from, result.data.data(), count, array.shape); break;
  default: reorder<8>(from, result.data.data(), count, array.shape); break;
  }
  return result;
}

bool order_matters(std::span<const std::size_t> shape) {
  return std::count_if(shape.begin(), shape.end(), [](std::size_t size) { return size != 1; }) > 1;
}

} // namespace

host_array detail::read_npy_stream(byte_source& source, const std::string& name) {
  npy_header header = read_header(source, name);
  check_size(header, source.remaining(), name);
  host_array array = make_array(header.type, std::move(header.shape));
  source.read(array.data);
  if (header.swapped) swap_bytes(array.data, size_bytes(array.type));
  return header.fortran_order && order_matters(array.shape) ? to_c_order(array) : array;
}

host_array read_npy(const std::filesystem::path& path) {
  detail::input_file file(path);
  detail::file_source source(file, 0, file.size_bytes());
  return detail::read_npy_stream(source, file.name());
}

host_array read_npy(std::span<const std::byte> content, const std::string& name) {
  detail::memory_source source(content);
  return detail::read_npy_stream(source, name);
}

void write_npy(const std::filesystem::path& path, const host_array& array) {
  array.check();
  os::atomic_file file(path);
  file.write(detail::npy_preamble(array.type, array.shape));
  file.write(array.data);
  file.commit();
}

os::bytes npy_bytes(const host_array& array) {
  array.check();
  const std::string preamble = detail::npy_preamble(array.type, array.shape);
  const auto head = std::as_bytes(std::span(preamble));
  os::bytes content;
  content.reserve(head.size() + array.data.size());
  content.assign(head.begin(), head.end());
  content.insert(content.end(), array.data.begin(), array.data.end());
  return content;
}

} // namespace clotho

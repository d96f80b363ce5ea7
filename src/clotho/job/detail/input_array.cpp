// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/input_array.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

#include <clotho/core/text.hpp>
#include <clotho/job/npy.hpp>

namespace clotho::job::detail {
namespace {

bool says_its_type(const std::filesystem::path& path) {
  const std::string extension = to_lower(path.extension().string());
  return extension == ".npy" || extension == ".npz" || extension == ".png";
}

os::bytes read_standard_input() {
  os::bytes content;
  std::array<std::byte, 65536> piece;
  while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), stdin))
    content.insert(content.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(got));
  if (std::ferror(stdin))
    throw io_error(std::string("cannot read standard input: ") + std::strerror(errno), "-");
  return content;
}

// NumPy's format, or plain elements when a type is named.
host_array parse_standard_input(const array_hint& hint) {
  os::bytes content = read_standard_input();
  const bool is_npy = content.size() >= 6 && std::memcmp(content.data(), "\x93NUMPY", 6) == 0;
  if (is_npy || !hint.type) return read_npy(content, "standard input");
  const std::size_t unit = size_bytes(*hint.type);
  if (content.size() % unit != 0)
    throw format_error({"standard input", 0, 0}, std::to_string(content.size()) + " bytes are no whole "
                                                     + short_name(*hint.type) + " elements");
  std::vector<std::size_t> shape = hint.shape;
  if (shape.empty()) shape = {content.size() / unit};
  if (element_count(shape) != content.size() / unit)
    throw argument_error("standard input holds " + std::to_string(content.size() / unit) + " elements, not "
                         + shape_text(shape));
  return {*hint.type, std::move(shape), std::move(content)};
}

} // namespace

host_array read_input(const file_input& file, std::optional<scalar> wanted) {
  array_hint hint = file.hint;
  const bool from_input = file.path == "-";
  if (!hint.type && wanted && !from_input && !says_its_type(file.path)) hint.type = wanted;
  host_array array = from_input ? parse_standard_input(hint) : read_array(file.path, hint);
  if (!wanted || array.type == *wanted) return array;
  const std::string from = opencl_name({array.type, 1}), to = opencl_name({*wanted, 1});
  try {
    return convert(std::move(array), *wanted);
  } catch (const argument_error& why) {
    throw argument_error("'" + file.path.string() + "' holds " + from + ", the kernel takes " + to + ": "
                         + why.what());
  }
}

} // namespace clotho::job::detail

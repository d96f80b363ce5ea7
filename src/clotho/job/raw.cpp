// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/raw.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <clotho/core/checked.hpp>
#include <clotho/job/detail/format_failure.hpp>
#include <clotho/job/detail/input_file.hpp>

namespace clotho {
namespace {

std::size_t inferred_length(const detail::input_file& file, scalar type) {
  const std::uint64_t size = file.size_bytes();
  if (size % size_bytes(type) != 0)
    detail::throw_format(file.name(), "holds " + std::to_string(size) + " bytes, no multiple of the "
                                          + std::to_string(size_bytes(type)) + " of a " + short_name(type));
  return checked_cast<std::size_t>(size / size_bytes(type), "the number of elements");
}

void check_size(const detail::input_file& file, scalar type, const std::vector<std::size_t>& shape) {
  const std::optional<std::size_t> needed = checked_multiply(element_count(shape), size_bytes(type));
  if (needed != file.size_bytes())
    detail::throw_format(file.name(),
                         "holds " + std::to_string(file.size_bytes()) + " bytes; " + shape_text(shape) + " "
                             + short_name(type) + " needs "
                             + (needed ? std::to_string(*needed) : std::string("more than can be")));
}

} // namespace

host_array read_raw(const std::filesystem::path& path, scalar type, std::vector<std::size_t> shape) {
  detail::input_file file(path);
  if (shape.empty()) shape = {inferred_length(file, type)};
  check_size(file, type, shape);
  host_array array = make_array(type, std::move(shape));
  file.read_at(0, array.data);
  return array;
}

void write_raw(const std::filesystem::path& path, const host_array& array) {
  array.check();
  os::write_file(path, array.data);
}

} // namespace clotho

// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/device_info.hpp>

#include <algorithm>
#include <charconv>

namespace clotho {

version parse_version(std::string_view text) {
  const std::size_t digit = text.find_first_of("0123456789");
  if (digit == std::string_view::npos) return {};
  version found;
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data() + digit, end, found.major);
  if (major.ptr == end || *major.ptr != '.') return {};
  if (std::from_chars(major.ptr + 1, end, found.minor).ec != std::errc{}) return {};
  return found;
}

const char* to_string(device_type type) noexcept {
  switch (type) {
  case device_type::cpu: return "cpu";
  case device_type::gpu: return "gpu";
  case device_type::accelerator: return "accelerator";
  case device_type::other: break;
  }
  return "other";
}

bool device_info::has_extension(std::string_view extension) const {
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

} // namespace clotho

// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/device_memory.hpp>

#include <clotho/runtime/queue.hpp>

namespace clotho::detail {

launch_argument argument_for(const device_memory& what) noexcept {
  return std::visit([](const auto& one) { return launch_argument(one); }, what);
}

void write(queue& commands, const device_memory& to, std::span<const std::byte> from, std::size_t offset_bytes) {
  if (const auto* image = std::get_if<device_image>(&to)) return commands.write(*image, from);
  commands.write(std::get<device_buffer>(to), from, offset_bytes);
}

void read(queue& commands, const device_memory& from, std::span<std::byte> to, std::size_t offset_bytes) {
  if (const auto* image = std::get_if<device_image>(&from)) return commands.read(*image, to);
  commands.read(std::get<device_buffer>(from), to, offset_bytes);
}

} // namespace clotho::detail

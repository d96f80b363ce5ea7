#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <span>
#include <variant>

#include <clotho/runtime/launch_argument.hpp>
#include <clotho/runtime/memory.hpp>

namespace clotho {
class queue;
}

namespace clotho::detail {

/// What a logical array is on a device. A handle.
using device_memory = std::variant<device_buffer, device_image>;

/// The argument of a kernel, which borrows it.
[[nodiscard]] launch_argument argument_for(const device_memory& what) noexcept;

/// Copy from and to the host, as queue::write and queue::read; of an image always all of it.
void write(queue& commands, const device_memory& to, std::span<const std::byte> from, std::size_t offset_bytes);
void read(queue& commands, const device_memory& from, std::span<std::byte> to, std::size_t offset_bytes);

} // namespace clotho::detail

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include <clotho/job/host_array.hpp>

namespace clotho {

/// Reads an image as u8, or u16 when it has 16 bits a channel. Its shape is (height, width) for plain gray,
/// else (height, width, channels): 2 gray+alpha, 3 RGB, 4 RGBA. Palettes become RGB, transparent colours an
/// alpha channel, 1, 2 and 4 bit gray is scaled to 0..255, interlacing is undone; gamma and colour profiles
/// are left alone. Sides of up to a million pixels and 4 GiB of pixels are read. Throws io_error and
/// format_error, with libpng's words for what is wrong.
[[nodiscard]] host_array read_png(const std::filesystem::path& path);
/// The same from memory; messages call it `name`.
[[nodiscard]] host_array read_png(std::span<const std::byte> content, const std::string& name = "PNG data");

/// Writes u8 or u16 of shape (height, width) or (height, width, 1 to 4 channels). The file appears whole or
/// not at all. Throws io_error, and argument_error for other types, shapes and images without pixels.
void write_png(const std::filesystem::path& path, const host_array& array);

} // namespace clotho

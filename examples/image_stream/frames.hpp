#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace example {

/// Where a picture comes from, and where what was made of it goes.
struct frame {
  std::filesystem::path from, to;
};

struct frame_size {
  std::size_t width, height;
};

/// The PNG files of a folder, by name; results get the same names in `to`. Throws when there are none.
[[nodiscard]] std::vector<frame> list_frames(const std::filesystem::path& from,
                                             const std::filesystem::path& to);

/// Draws picture `index` of `count`, a disc that crosses a plain, and writes it. Throws io_error.
void draw_frame(const std::filesystem::path& file, frame_size size, std::size_t index, std::size_t count);

[[nodiscard]] frame_size size_of(const std::filesystem::path& file);
/// Reads a PNG file of this size, whatever its colours, as RGB bytes. Throws when it cannot be read, or has
/// another size.
void decode(const std::filesystem::path& file, frame_size size, std::span<std::uint8_t> rgb);
/// Writes gray bytes as a PNG file. Throws io_error.
void encode(const std::filesystem::path& file, frame_size size, std::span<const std::uint8_t> gray);

/// Whether the result in `done.to` is what plain loops make of `done.from`.
[[nodiscard]] bool same_as_plain_loops(const frame& done, frame_size size);

} // namespace example

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include <clotho/core/os/file.hpp>
#include <clotho/job/host_array.hpp>

namespace clotho {

/// Reads an array that NumPy saved (format versions 1.0, 2.0 and 3.0): integers, bool (as u8), half, float
/// and double of either byte order; Fortran order becomes C order. Like NumPy it ignores what follows the
/// data.
///
/// Every other dtype is refused by name, objects above all: they are pickled code. Nothing is allocated
/// before the file is known to hold as much as its header declares. Throws io_error (no such file) and
/// format_error (not what NumPy writes).
[[nodiscard]] host_array read_npy(const std::filesystem::path& path);
/// The same from memory; messages call it `name`.
[[nodiscard]] host_array read_npy(std::span<const std::byte> content, const std::string& name = "npy data");

/// Writes version 1.0, byte for byte what numpy.save writes. The file appears whole or not at all.
/// Throws io_error, and argument_error for an array at odds with itself.
void write_npy(const std::filesystem::path& path, const host_array& array);
/// The same into memory.
[[nodiscard]] os::bytes npy_bytes(const host_array& array);

} // namespace clotho

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <vector>

#include <clotho/job/host_array.hpp>

namespace clotho {

/// Reads a file of nothing but elements in C order and this machine's byte order. An empty shape means one
/// dimension, as long as the file. Throws io_error, and format_error when the size does not fit.
[[nodiscard]] host_array read_raw(const std::filesystem::path& path, scalar type,
                                  std::vector<std::size_t> shape = {});

/// Writes the elements alone. The file appears whole or not at all. Throws io_error.
void write_raw(const std::filesystem::path& path, const host_array& array);

} // namespace clotho

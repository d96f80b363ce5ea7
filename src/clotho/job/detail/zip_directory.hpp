#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <vector>

#include <clotho/job/detail/input_file.hpp>
#include <clotho/job/detail/zip_format.hpp>

namespace clotho::detail::zip {

/// What the end of an archive says of its members.
struct directory {
  std::uint64_t offset = 0; ///< where the members' data ends and the directory begins
  std::vector<entry> entries;
};

/// Reads the central directory, Zip64 or not. Throws format_error.
[[nodiscard]] directory read_directory(input_file& file);

} // namespace clotho::detail::zip

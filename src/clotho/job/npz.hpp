#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <clotho/job/host_array.hpp>

namespace clotho {

/// More than this is not inflated unless the caller allows it: 16 GiB.
inline constexpr std::uint64_t default_npz_limit_bytes = std::uint64_t{16} << 30;

/// The names of the arrays in an archive of numpy.savez, without ".npy", in the archive's order.
/// Throws io_error and format_error.
[[nodiscard]] std::vector<std::string> list_npz(const std::filesystem::path& path);

/// Reads one array of an archive of numpy.savez or savez_compressed, Zip64 too, and checks its CRC. `member`
/// is its name with or without ".npy"; it may be empty when the archive holds exactly one.
///
/// Data is inflated straight into the array and never beyond the size the archive declares; a member that
/// declares more than `limit_bytes` is refused.
/// Throws io_error, argument_error (no such member: lists those there are) and format_error, as read_npy.
[[nodiscard]] host_array read_npz(const std::filesystem::path& path, const std::string& member = {},
                                  std::uint64_t limit_bytes = default_npz_limit_bytes);

/// Writes arrays under their names as numpy.savez does, or savez_compressed when `compress`. The file appears
/// whole or not at all. Throws io_error, and argument_error for names that are empty or not unique.
void write_npz(const std::filesystem::path& path,
               const std::vector<std::pair<std::string, host_array>>& arrays, bool compress = false);

} // namespace clotho

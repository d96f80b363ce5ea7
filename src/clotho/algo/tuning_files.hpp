#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <string>
#include <vector>

#include <clotho/algo/tuning.hpp>
#include <clotho/runtime/device_info.hpp>

namespace clotho {

/// The selectors of tuning records for a device, from its type over its driver's vendor and its architecture,
/// where that is known, to the device itself: "cpu", "pocl", "pocl+name=skylake-avx512", "name=...".
[[nodiscard]] std::vector<std::string> tuning_selectors(const device_info& device);

/// The name of the file with what was tuned on a device: "pocl-pthread-skylake-avx512-....tuning".
[[nodiscard]] std::string tuning_file_name(const device_info& device);

/// Where `clotho tune` keeps what it found: $CLOTHO_TUNING_DIR, else "tuning" in os::data_folder(). Throws
/// io_error when there is no home for it.
[[nodiscard]] std::filesystem::path tuning_folder();

/// The tuning files of a folder, in the order of their names; none where there is no such folder.
[[nodiscard]] std::vector<std::filesystem::path> tuning_files(const std::filesystem::path& folder);

/// What primitives are built with on a device unless the program says otherwise, by CLOTHO_TUNING:
///
/// - unset: what clotho comes with, and the records of the tuning folder's files, whichever device they were
///   found on. Of those that fit, one for fewer devices wins: type, vendor, architecture, device, in this
///   order, then selectors of another kind; of two for as many, what clotho comes with loses. Records that
///   the device cannot do are left out.
/// - the name of a file: what clotho comes with, then that file, whose records win;
/// - "off": what clotho comes with.
///
/// Throws io_error, and format_error that names file, line, column and what to do: for what is no record, for
/// names of primitives and numbers that there are not, and for numbers that cannot be.
[[nodiscard]] tuning_table known_tuning(const device_info& device);

} // namespace clotho

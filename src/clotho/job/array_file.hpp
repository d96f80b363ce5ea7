#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <clotho/job/host_array.hpp>

namespace clotho {

/// What the reader of a file wants of it, or knows that the file does not say.
struct array_hint {
  std::optional<scalar> type;     ///< raw files need it; CSV is f64 without; others are converted to it
  std::vector<std::size_t> shape; ///< of the result, in C order; empty: as the file has it
  std::string member;             ///< of a .npz file; empty: the only one
};

/// Reads an array by the extension of its file, in any case: .npy, .npz, .png, .csv, .tsv, .bin, .raw.
/// Throws io_error (cannot be read), format_error (not what its name says), argument_error (unknown
/// extension, no such member, a type or shape that the content does not fit).
[[nodiscard]] host_array read_array(const std::filesystem::path& path, const array_hint& hint = {});

/// Writes an array by the extension of its file; in a .npz file its name is NumPy's "arr_0". The file appears
/// whole or not at all. Throws io_error, and argument_error (unknown extension, not fit for the format).
void write_array(const std::filesystem::path& path, const host_array& array);

/// Throws argument_error when no array can be read from or written to a file of this name: an unknown
/// extension.
void check_array_name(const std::filesystem::path& path);

} // namespace clotho

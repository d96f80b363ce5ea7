#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <string>
#include <string_view>

#include <clotho/job/host_array.hpp>

namespace clotho {

/// Reads rows of numbers: shape (rows, columns), or (rows) when there is one column.
///
/// The first row decides what separates fields everywhere: a semicolon, else a comma, else a tab, else
/// spaces. Text from '#' on, blank lines, a byte order mark and a first line without any number (column
/// names) are skipped; a number may stand in double quotes. Decimal points only; "inf" and "nan" are numbers.
/// A whole number may be spelled "1e3" or "2.0" where an integer is wanted. Throws io_error, and format_error
/// with line and column: rows of unequal length, an empty field, no number, a value the type cannot hold.
[[nodiscard]] host_array read_csv(const std::filesystem::path& path, scalar type);
/// The same from memory; messages call it `name`.
[[nodiscard]] host_array parse_csv(std::string_view text, scalar type, const std::string& name = "CSV data");

/// Writes one line a row (one number a line for up to one dimension), each number as the shortest text that
/// reads back as the same value. The file appears whole or not at all.
/// Throws io_error, and argument_error for more than two dimensions.
void write_csv(const std::filesystem::path& path, const host_array& array, char separator = ',');

} // namespace clotho

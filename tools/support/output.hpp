#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace clotho::tool {

/// Opens what is missing of descriptors 0 to 2, so that no file of ours becomes "standard output", and turns
/// a reader that went away and a limit on file sizes into errors of write instead of signals. First thing in
/// main.
void prepare_standard_streams();

/// Data goes to standard output, unbuffered and whole. Throws io_error when it cannot be written (disk full,
/// a reader that went away).
void print(std::string_view text);
/// One document, two spaces an indent. Bytes that are no UTF-8 are replaced.
void print_json(const nlohmann::json& document);

struct column {
  std::string title;
  bool right = false; ///< for numbers
};
/// Columns as wide as they need to be, titles above them, two spaces between, nothing behind the last one.
/// A row may be shorter than the header. Control characters in cells are escaped. `descriptor` is 1, or 2
/// when standard output carries data.
void print_table(const std::vector<column>& columns, const std::vector<std::vector<std::string>>& rows,
                 int descriptor = 1);

/// `text` with its control characters escaped, line ends and tabs kept: what a driver, a compiler or a file
/// says cannot move the cursor.
[[nodiscard]] std::string visible(std::string_view text);

/// Everything that is not data goes to standard error: "clotho: note: text". Never throws.
void print_note(std::string_view text) noexcept;
void print_warning(std::string_view text) noexcept;
void print_error(std::string_view text) noexcept;
void print_plain_to_stderr(std::string_view text) noexcept;

enum class color_mode { automatic, always, never };
/// What --color says. Without it NO_COLOR, CLICOLOR_FORCE and FORCE_COLOR decide, then whether the stream is
/// a terminal.
void set_color(color_mode mode) noexcept;
[[nodiscard]] bool colored(int descriptor) noexcept;

enum class style { bold, red, yellow, green, dim };
/// `text` in a style, or as it is where `descriptor` (1 or 2) shows no colors.
[[nodiscard]] std::string paint(style how, std::string_view text, int descriptor);

namespace detail {
/// Where print() writes: 1, or a copy of it while a stdout_guard is alive.
extern int data_descriptor;
} // namespace detail

} // namespace clotho::tool

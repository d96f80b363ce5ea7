#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace clotho::detail::clc {

/// The text as every compiler will read it alike: lines end in '\n' and the last one does, no byte order
/// mark, no trigraph, no blanks between a backslash and the line end it hides.
[[nodiscard]] std::string normalise(std::string_view raw);

/// A line as the preprocessor sees it: split lines joined, comments gone.
struct logical_line {
  std::string_view raw;    ///< all of it, with the final newline
  std::string clean;       ///< a comment is a blank; '\v' stands for a line end inside the logical line
  int line = 1;            ///< of the first character
  int lines = 1;           ///< physical lines it takes
  bool in_comment = false; ///< the text ended inside a comment
  bool ambiguous = false;  ///< C and C++ disagree on where a literal of this line ends
};

/// Cuts normalised text into logical lines. Borrows the text.
class line_reader {
 public:
  explicit line_reader(std::string_view normalised) : text_(normalised) {}
  /// False at the end of the text.
  [[nodiscard]] bool next(logical_line& line);

 private:
  [[nodiscard]] char current() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const;
  void skip_splices();
  void advance();
  void keep(logical_line& line);
  void flush(std::string& clean);
  void read_piece(logical_line& line);
  void read_block_comment(logical_line& line);
  void read_line_comment(logical_line& line);
  void read_literal(logical_line& line, char closing);
  void read_identifier(logical_line& line);
  void read_number(logical_line& line);

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int swallowed_ = 0; // line ends not yet shown in the clean text
};

struct directive {
  std::string_view name; ///< "include", "if", ...; "line" for the form `# 12 "file"`
  std::string_view rest; ///< trimmed
};

/// The directive that a clean line holds. Borrows `clean`.
[[nodiscard]] std::optional<directive> parse_directive(std::string_view clean);

[[nodiscard]] bool is_identifier_start(char c) noexcept;
[[nodiscard]] bool is_identifier_part(char c) noexcept;
[[nodiscard]] bool is_digit(char c) noexcept;
/// The identifier that `text` begins with, or nothing.
[[nodiscard]] std::string_view leading_identifier(std::string_view text);

} // namespace clotho::detail::clc

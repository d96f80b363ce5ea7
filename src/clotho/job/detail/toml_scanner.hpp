#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <vector>

#include <clotho/job/detail/tree.hpp>

namespace clotho::job::detail {

/// Walks over a TOML 1.0 text and reads its smallest parts: keys, strings, numbers, the ends of lines.
/// Everything throws format_error where the text is not TOML.
class toml_scanner {
 public:
  /// Also throws when the text is not UTF-8.
  toml_scanner(std::string_view text, std::string_view file);

  [[nodiscard]] source_location place() const;
  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
  /// Zero at the end.
  [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : text_[at_]; }
  [[nodiscard]] bool starts_with(std::string_view prefix) const {
    return text_.substr(at_).starts_with(prefix);
  }
  /// Steps over `prefix` if it comes next.
  bool take(std::string_view prefix);
  void expect(char c);

  /// Spaces and tabs.
  void skip_blanks();
  /// Blanks, comments and ends of lines.
  void skip_lines();
  /// What may follow on a line that is complete: blanks and a comment.
  void end_line();

  /// "a.'b c'.d".
  [[nodiscard]] std::vector<std::string> key();
  /// A string, number or boolean into `node`.
  void scalar(tree& node);

  [[noreturn]] void fail(const std::string& problem) const;

 private:
  void step(std::size_t count);
  void skip_comment();
  bool take_newline();
  void refuse_control(char c) const;

  std::string key_part();
  std::string string();
  std::string plain_string(char quote);
  std::string long_string(char quote);
  bool take_continuation();
  void escape(std::string& text);
  void code_point(std::size_t digits, std::string& text);
  void word(tree& node);

  std::string_view text_;
  std::string file_;
  std::size_t at_ = 0;
  int line_ = 1, column_ = 1;
};

} // namespace clotho::job::detail

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <clotho/core/detail/lexer.hpp>
#include <clotho/core/detail/logical_line.hpp>
#include <clotho/core/detail/macro_expander.hpp>

namespace clotho::detail::clc {

/// A C preprocessor for text whose includes are resolved already: decides conditions, expands macros, follows
/// #line and #pragma pack. It reports nothing; odd input gives odd tokens, in bounded time.
class preprocessor {
 public:
  explicit preprocessor(std::string_view text, std::span<const std::pair<std::string, std::string>> macros);

  /// Valid as long as the preprocessor lives.
  [[nodiscard]] const token_list& tokens() const noexcept { return output_; }
  /// Lines left out on conditions that ask for names only a compiler may know (`#ifdef __SPIR__`): it may
  /// read them.
  [[nodiscard]] const token_list& in_doubt() const noexcept { return in_doubt_; }
  /// The text asked for more work than is allowed: tokens are missing.
  [[nodiscard]] bool gave_up() const noexcept { return macros_.exhausted(); }

 private:
  struct condition {
    bool active;   // the lines here are read
    bool decided;  // a branch was taken, or none may be
    bool doubtful; // a compiler may decide otherwise
  };

  void define_option(const std::string& name, const std::string& value);
  void read_line(logical_line& line);
  void read_directive(const directive& found, const logical_line& line);
  void read_condition(const directive& found, const logical_line& line);
  void read_line_directive(token_list tokens, const logical_line& line);
  void read_pragma(const token_list& tokens);
  void read_pack(std::span<const token> tokens);
  void flush();
  [[nodiscard]] bool test(const directive& found, const logical_line& line);
  [[nodiscard]] bool evaluate_condition(const token_list& tokens);
  [[nodiscard]] token_list lex(std::string_view text, int line);
  [[nodiscard]] bool is_doubtful(const directive& found, const logical_line& line);
  void leave_out(const logical_line& line);
  [[nodiscard]] bool active() const { return conditions_.empty() || conditions_.back().active; }

  macro_expander macros_;
  std::vector<condition> conditions_;
  std::set<std::string> files_;
  const std::string* file_;
  int line_shift_ = 0;
  std::uint8_t pack_ = 0;
  std::vector<std::uint8_t> packs_;
  token_list run_; // text lines not yet expanded: a call may go on in the next line
  token_list output_;
  token_list in_doubt_;
};

} // namespace clotho::detail::clc

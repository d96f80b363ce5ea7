#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/core/detail/include_search.hpp>
#include <clotho/core/detail/logical_line.hpp>

namespace clotho::detail::clc {

/// One file of a program.
struct source_file {
  std::string name;                            ///< as messages show it
  std::optional<std::filesystem::path> folder; ///< where its quoted includes are looked for first
  std::string text;                            ///< normalised
  std::string guard;                           ///< the macro of a classic include guard around all of it
  bool once = false;                           ///< has #pragma once
  bool always_seen = false; ///< was included where no #if decides: a second inclusion of it adds nothing
  std::size_t number = 0;   ///< position in the program
};

/// Writes a file and everything it includes as one text. Conditions are left for the compiler to decide, so
/// both sides of an #if are resolved.
class include_flattener {
 public:
  explicit include_flattener(include_search search) : search_(std::move(search)) {}

  /// `file` is empty for text that comes from no file.
  void add_main(std::string_view name, std::string_view raw, const std::filesystem::path& file);

  [[nodiscard]] std::string take_text() { return std::move(text_); }
  /// The headers read, in the order of their first inclusion.
  [[nodiscard]] const std::vector<std::filesystem::path>& headers() const noexcept { return headers_; }

 private:
  struct frame {
    source_file& file;
    std::string shown;  // differs from the file's name after a #line of the user's own
    int line_shift = 0; // the same for line numbers
    int open_conditions = 0;
  };

  void write_file(source_file& file);
  void write_lines(frame& here);
  void write_line(const logical_line& line);
  void write_directive(const logical_line& line, const directive& found);
  void write_include(const logical_line& line, std::string_view rest);
  void write_condition(const logical_line& line);
  void write_end_of_condition(const logical_line& line, const directive& found);
  void write_missing(const logical_line& line, const header_name& header, const found_header& result);
  void write_blank(int lines) { text_.append(static_cast<std::size_t>(lines), '\n'); }
  void write_position(int line);
  void close_open_parts(frame& here, const logical_line& last);
  void note_line_directive(const logical_line& line, std::string_view rest);
  void check_define(const logical_line& line, std::string_view rest) const;

  [[nodiscard]] source_file& load(const found_header& header, const logical_line& line,
                                  const std::string& what);
  [[nodiscard]] found_header find(const header_name& header) const;
  [[nodiscard]] bool adds_nothing(const source_file& file) const;
  [[nodiscard]] bool under_condition() const;
  [[noreturn]] void refuse(const logical_line& line, const std::string& what) const;

  include_search search_;
  std::map<std::filesystem::path, source_file> files_; // by canonical path; the main file too
  std::vector<frame> stack_;
  std::set<std::string, std::less<>> undefined_; // names some #undef removes: not to be trusted as guards
  std::vector<std::filesystem::path> headers_;
  std::string text_;
};

} // namespace clotho::detail::clc

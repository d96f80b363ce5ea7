// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/build_log.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include <clotho/core/text.hpp>

namespace clotho {
namespace {

/// Where a line says how bad it is: [begin, end) covers "error:", "warning #177-D:", "error   :".
struct severity_mark {
  severity level;
  std::size_t begin, end;
};

// Longer words first: "fatal error" holds "error".
constexpr std::array<std::pair<std::string_view, severity>, 9> severity_words{{
    {"catastrophic error", severity::fatal},
    {"internal error", severity::fatal},
    {"fatal error", severity::fatal},
    {"warning", severity::warning},
    {"remark", severity::remark},
    {"error", severity::error},
    {"fatal", severity::fatal},
    {"note", severity::note},
    {"info", severity::remark},
}};

// Programs that put their own name where others put a file.
constexpr std::array<std::string_view, 8> tools{"ptxas", "nvlink", "ld.lld",    "lld",
                                                "ld",    "llvm",   "llvm-link", "clang"};

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::size_t end_of_escape(std::string_view log, std::size_t at) {
  if (at + 1 >= log.size()) return log.size();
  if (log[at + 1] == ']') { // operating system command: until BEL or the next ESC
    const std::size_t end = log.find_first_of("\a\x1b\n", at + 2);
    return end == std::string_view::npos ? log.size() : end + (log[end] == '\a' ? 1 : 0);
  }
  if (log[at + 1] != '[') return at + 2;
  for (at += 2; at < log.size() && !(log[at] >= '@' && log[at] <= '~'); ++at)
    if (log[at] == '\n') return at;
  return std::min(at + 1, log.size());
}

// A log may hold what a kernel's author wants a terminal to do; only its letters pass.
std::string without_controls(std::string_view log) {
  std::string text;
  text.reserve(log.size());
  for (std::size_t at = 0; at < log.size();) {
    const auto byte = static_cast<unsigned char>(log[at]);
    const auto following = at + 1 < log.size() ? static_cast<unsigned char>(log[at + 1]) : 0;
    if (byte == 0x1b) {
      at = end_of_escape(log, at);
      continue;
    }
    if (byte == 0xc2 && following >= 0x80 && following < 0xa0) { // the C1 controls in UTF-8
      at += 2;
      continue;
    }
    if (byte == '\t') text += ' ';
    if (byte == '\n' || (byte >= 0x20 && byte != 0x7f)) text += log[at];
    ++at;
  }
  return text;
}

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(' ', at), text.size());
}

// The end of the mark whose word ends at `at`: past an optional "#177-D" and the colon.
std::optional<std::size_t> end_of_mark(std::string_view line, std::size_t at) {
  at = skip_spaces(line, at);
  if (at < line.size() && line[at] == '#')
    at = skip_spaces(line, std::min(line.find_first_of(" :", at), line.size()));
  if (at >= line.size() || line[at] != ':') return std::nullopt;
  return at + 1;
}

std::optional<severity_mark> mark_at(std::string_view lower, std::size_t at) {
  for (const auto& [word, level] : severity_words) {
    if (!lower.substr(at).starts_with(word)) continue;
    if (const auto end = end_of_mark(lower, at + word.size())) return severity_mark{level, at, *end};
  }
  return std::nullopt;
}

std::optional<severity_mark> next_mark(std::string_view lower, std::size_t from) {
  for (std::size_t at = from; at < lower.size(); ++at) {
    if (at > 0 && lower[at - 1] != ' ' && lower[at - 1] != ':') continue;
    if (const auto found = mark_at(lower, at)) return found;
  }
  return std::nullopt;
}

std::optional<int> to_number(std::string_view digits) {
  if (!is_digits(digits)) return std::nullopt;
  const auto value = parse_unsigned(digits);
  if (!value || *value > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) return std::nullopt;
  return static_cast<int>(*value);
}

// Takes ":12" off the end.
std::optional<int> take_number(std::string_view& text) {
  const std::size_t colon = text.rfind(':');
  const std::size_t begin = colon == std::string_view::npos ? 0 : colon + 1;
  const auto value = to_number(text.substr(begin));
  if (value) text = text.substr(0, begin == 0 ? 0 : colon);
  return value;
}

// file:12:5 and file:12; without a file 12:5 and :12:5; Intel's program:12:5.
std::optional<source_location> colon_location(std::string_view text) {
  const auto last = take_number(text);
  if (!last) return std::nullopt;
  const auto first = take_number(text);
  if (first) return source_location{std::string(text), *first, *last};
  if (text.empty()) return std::nullopt;
  return source_location{std::string(text), *last, 0};
}

// file(12) and file(12,5).
std::optional<source_location> parenthesised_location(std::string_view text) {
  const std::size_t open = text.rfind('(');
  if (!text.ends_with(')') || open == std::string_view::npos) return std::nullopt;
  const std::string_view inside = text.substr(open + 1, text.size() - open - 2);
  const std::size_t comma = std::min(inside.find(','), inside.size());
  const auto line = to_number(inside.substr(0, comma));
  const auto column = comma == inside.size() ? 0 : to_number(trim(inside.substr(comma + 1)));
  if (!line || !column) return std::nullopt;
  return source_location{std::string(trim(text.substr(0, open))), *line, *column};
}

// "file", line 12
std::optional<source_location> quoted_location(std::string_view text) {
  constexpr std::string_view middle = "\", line ";
  const std::size_t at = text.rfind(middle);
  if (!text.starts_with('"') || at == std::string_view::npos || at == 0) return std::nullopt;
  const auto line = to_number(text.substr(at + middle.size()));
  if (!line) return std::nullopt;
  return source_location{std::string(text.substr(1, at - 1)), *line, 0};
}

std::optional<source_location> parse_location(std::string_view text) {
  text = trim(text);
  if (text.ends_with(':')) text = trim(text.substr(0, text.size() - 1));
  if (auto found = quoted_location(text)) return found;
  if (auto found = parenthesised_location(text)) return found;
  return colon_location(text);
}

// PoCL's "error: file:12:5: text": takes the location off the front of `text`.
source_location take_leading_location(std::string_view& text) {
  for (std::size_t at = text.find(": "); at != std::string_view::npos; at = text.find(": ", at + 1)) {
    // Inside a macro PoCL adds where that one is written: "file:12:5 <Spelling=file:1:2>: text".
    const auto found = colon_location(text.substr(0, std::min(at, text.find(" <Spelling="))));
    if (!found || found->column == 0) continue;
    text = trim(text.substr(at + 2));
    return *found;
  }
  return {};
}

bool is_tool(std::string_view prefix) {
  const std::string word = to_lower(prefix.substr(0, prefix.find_first_of(" :")));
  return std::find(tools.begin(), tools.end(), word) != tools.end();
}

bool is_placeholder(std::string_view file) {
  constexpr std::array<std::string_view, 9> whole{"<kernel>",  "<source>",  "<stdin>",
                                                  "<unknown>", "<program>", "<program source>",
                                                  "<string>",  "input.cl",  "input"};
  if (file.empty() || is_digits(file)) return true;
  if (std::find(whole.begin(), whole.end(), file) != whole.end()) return true;
  const std::string_view base = file.substr(file.find_last_of("/\\") + 1);
  return (base.starts_with("tempfile_") && base.ends_with(".cl")) || base == "CompileSource"
         || (base != file && base.starts_with("OCL") && base.ends_with(".cl"));
}

// Linkers that name no severity.
std::optional<diagnostic> parse_linker_line(std::string_view line) {
  constexpr std::string_view spirv = "(file=input,line=";
  if (line.starts_with("Cannot find symbol ")) return diagnostic{{}, severity::error, std::string(line)};
  const std::size_t end = line.find("): ");
  if (!line.starts_with(spirv) || end == std::string_view::npos) return std::nullopt;
  return diagnostic{{}, severity::error, std::string(trim(line.substr(end + 3)))};
}

std::optional<diagnostic> make_diagnostic(std::string_view prefix, severity_mark mark,
                                          std::string_view text) {
  prefix = trim(prefix);
  text = trim(text);
  const bool of_tool = is_tool(prefix);
  diagnostic message{{}, mark.level, {}};
  if (prefix.empty()) {
    message.where = take_leading_location(text);
  } else if (!of_tool) {
    auto where = parse_location(prefix);
    if (!where) return std::nullopt;
    message.where = std::move(*where);
  }
  // "Info: ..." of a build service is chatter; ptxas reports registers and spills that way.
  if (text.empty() || (mark.level == severity::remark && !of_tool && message.where.line == 0))
    return std::nullopt;
  message.text = std::string(text);
  return message;
}

std::optional<diagnostic> parse_line(std::string_view line) {
  const std::string lower = to_lower(line);
  for (auto mark = next_mark(lower, 0); mark; mark = next_mark(lower, mark->end))
    if (auto message = make_diagnostic(line.substr(0, mark->begin), *mark, line.substr(mark->end)))
      return message;
  return parse_linker_line(trim(line));
}

// The line of carets under a source excerpt: what stands above it is code, even if it reads "error: x = 1;".
bool is_caret_line(std::string_view line) {
  return line.find('^') != std::string_view::npos && line.find_first_not_of(" ^~") == std::string_view::npos;
}

} // namespace

std::vector<diagnostic> parse_build_log(std::string_view log, std::string_view main_file) {
  const std::string clean = without_controls(log);
  const std::vector<std::string_view> lines = split(clean, '\n');
  std::vector<diagnostic> messages;
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto message = parse_line(lines[i]);
    if (!message) continue;
    const bool is_excerpt = i + 1 < lines.size() && is_caret_line(lines[i + 1]);
    if (is_excerpt && message->where.line == 0) continue;
    if (message->where.line != 0 && is_placeholder(message->where.file)) message->where.file = main_file;
    // PoCL says everything as often as it compiles.
    if (seen.insert(to_string(*message)).second) messages.push_back(std::move(*message));
  }
  return messages;
}

} // namespace clotho

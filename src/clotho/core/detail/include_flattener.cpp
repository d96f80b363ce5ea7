// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/include_flattener.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <system_error>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>

namespace clotho::detail::clc {
namespace {

constexpr std::size_t deepest_include = 64;
constexpr std::size_t largest_text = std::size_t{64} << 20;
constexpr std::string_view has_include = "__has_include";

std::string c_string(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    // '?' could begin a trigraph.
    if (byte < 0x20 || byte == 0x7f || c == '?') {
      std::array<char, 5> octal{};
      std::snprintf(octal.data(), octal.size(), "\\%03o", static_cast<unsigned>(byte));
      quoted += octal.data();
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + '"';
}

// Text for an #error line: nothing in it may open a comment or join the next line.
std::string harmless(std::string text) {
  std::replace(text.begin(), text.end(), '\\', '/');
  std::replace(text.begin(), text.end(), '?', '_'); // trigraphs
  for (std::size_t at = 0; (at = text.find('/', at)) != std::string::npos; ++at)
    if (at + 1 < text.size() && (text[at + 1] == '*' || text[at + 1] == '/')) text.insert(at + 1, " ");
  return text;
}

bool refused_name(std::string_view name) {
  constexpr std::array<std::string_view, 5> names{"import", "include_next", "embed", "include_alias",
                                                  "__include_macros"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool opens_condition(std::string_view name) { return name == "if" || name == "ifdef" || name == "ifndef"; }

bool is_word(std::string_view rest, std::string_view word) {
  return leading_identifier(rest) == word && trim(rest.substr(word.size())).empty();
}

// The X of `#ifndef X` and `#if !defined(X)`.
std::string tested_name(const directive& found) {
  if (found.name == "ifndef") return std::string(leading_identifier(found.rest));
  if (found.name != "if") return {};
  std::string rest;
  for (const char c : found.rest)
    if (c != ' ' && c != '(' && c != ')') rest += c;
  constexpr std::string_view test = "!defined";
  if (!rest.starts_with(test)) return {};
  const std::string name = rest.substr(test.size());
  return leading_identifier(name) == name ? name : std::string();
}

/// Notices `#pragma once` and a guard: the first directive tests a name, the second defines it, and the first
/// one's #endif is the last thing in the file.
class guard_finder {
 public:
  explicit guard_finder(source_file& file) : file_(file) {}

  void run() {
    line_reader reader(file_.text);
    for (logical_line line; reader.next(line);) {
      if (const auto found = parse_directive(line.clean))
        visit(*found);
      else if (open_ == 0 && !trim(line.clean).empty())
        possible_ = false;
    }
    if (possible_ && open_ == 0 && defined_) file_.guard = name_;
  }

 private:
  void visit(const directive& found) {
    if (found.name == "pragma" && is_word(found.rest, "once")) {
      file_.once = true;
      return;
    }
    if (++count_ == 1) name_ = tested_name(found);
    if (count_ == 1 && name_.empty()) possible_ = false;
    if (count_ == 2) defined_ = found.name == "define" && leading_identifier(found.rest) == name_;
    if (count_ > 1 && open_ == 0) possible_ = false;
    if (opens_condition(found.name)) ++open_;
    if (found.name == "endif") --open_;
    if (found.name.starts_with("el") && open_ == 1) possible_ = false;
  }

  source_file& file_;
  std::string name_;
  int count_ = 0;
  int open_ = 0;
  bool possible_ = true;
  bool defined_ = false;
};

source_file make_file(std::string name, std::string_view raw, std::optional<std::filesystem::path> folder) {
  if (raw.find('\0') != std::string_view::npos)
    throw argument_error("'" + printable(name)
                         + "' holds a NUL byte, where compilers stop reading: it is not OpenCL C text");
  source_file file{.name = std::move(name), .folder = std::move(folder), .text = normalise(raw), .guard = {}};
  guard_finder(file).run();
  return file;
}

} // namespace

void include_flattener::add_main(std::string_view name, std::string_view raw,
                                 const std::filesystem::path& file) {
  std::error_code ignored;
  const auto key = file.empty() ? file : std::filesystem::weakly_canonical(file, ignored);
  const auto folder = file.empty() ? std::nullopt : std::optional(file.parent_path());
  write_file(files_.emplace(key, make_file(std::string(name), raw, folder)).first->second);
}

void include_flattener::refuse(const logical_line& line, const std::string& what) const {
  throw argument_error(printable(stack_.back().file.name) + ":" + std::to_string(line.line) + ": " + what);
}

void include_flattener::write_position(int line) {
  const frame& here = stack_.back();
  text_ += "#line " + std::to_string(std::max(0, line + here.line_shift)) + " " + c_string(here.shown) + "\n";
}

void include_flattener::write_file(source_file& file) {
  stack_.push_back({file, file.name});
  write_position(1);
  if (file.once) {
    const std::string guard = "CLOTHO_ONCE_" + std::to_string(file.number);
    text_ += "#ifndef " + guard + "\n#define " + guard + "\n";
    write_position(1);
  }
  // Inside the file its guard is defined, whatever an #undef before it did.
  const bool was_undefined = undefined_.erase(file.guard) != 0;
  write_lines(stack_.back());
  if (file.once) text_ += "#endif\n";
  stack_.pop_back();
  if (was_undefined && under_condition()) undefined_.insert(file.guard);
}

void include_flattener::write_lines(frame& here) {
  // The frame may move while a nested include grows the stack: keep hold of the file, not of the frame.
  const source_file& file = here.file;
  line_reader reader(file.text);
  logical_line line;
  while (reader.next(line)) {
    if (line.ambiguous) refuse(line, "raw strings and digit separators are not OpenCL C; write them plainly");
    write_line(line);
    if (text_.size() > largest_text)
      refuse(line, "the program exceeds " + format_size(largest_text) + " after its includes");
  }
  close_open_parts(stack_.back(), line);
}

void include_flattener::write_line(const logical_line& line) {
  if (const auto found = parse_directive(line.clean))
    write_directive(line, *found);
  else
    text_ += line.raw;
}

void include_flattener::write_directive(const logical_line& line, const directive& found) {
  if (found.name == "include") return write_include(line, found.rest);
  if (refused_name(found.name))
    refuse(line, "#" + std::string(found.name) + " is not supported; use #include with a literal name");
  if (opens_condition(found.name)) ++stack_.back().open_conditions;
  if (found.name == "if" || found.name == "elif") return write_condition(line);
  if (found.name.starts_with("el") || found.name == "endif") return write_end_of_condition(line, found);
  if (found.name == "pragma" && is_word(found.rest, "once")) return write_blank(line.lines);
  if (found.name == "define") check_define(line, found.rest);
  if (found.name == "undef") undefined_.emplace(leading_identifier(found.rest));
  text_ += line.raw;
  if (found.name == "line") note_line_directive(line, found.rest);
}

void include_flattener::check_define(const logical_line& line, std::string_view rest) const {
  const std::string_view body = rest.substr(leading_identifier(rest).size());
  if (body.find(has_include) != std::string_view::npos)
    refuse(line, "__has_include inside a macro cannot be confined; write it in the #if itself");
}

// `#line 7 "x.cl"` of a code generator: later positions count from there.
void include_flattener::note_line_directive(const logical_line& line, std::string_view rest) {
  const std::string_view digits = rest.substr(0, std::min(rest.find_first_not_of("0123456789"), rest.size()));
  const auto number = parse_signed(digits);
  if (!number || *number > std::numeric_limits<int>::max() / 2) return;
  frame& here = stack_.back();
  here.line_shift = static_cast<int>(*number) - (line.line + line.lines);
  const std::string_view name = trim(rest.substr(digits.size()));
  const std::size_t end = name.find('"', 1);
  if (name.starts_with('"') && end != std::string_view::npos)
    here.shown = std::string(name.substr(1, end - 1));
}

found_header include_flattener::find(const header_name& header) const {
  return search_.find(header, stack_.back().file.folder);
}

void include_flattener::write_condition(const logical_line& line) {
  const std::string& clean = line.clean;
  if (clean.find(has_include) == std::string::npos) {
    text_ += line.raw;
    return;
  }
  std::string result;
  for (std::size_t at = 0; at < clean.size();) {
    const std::string_view rest = std::string_view(clean).substr(at);
    const std::string_view word = leading_identifier(rest);
    const std::string_view after = trim(rest.substr(word.size()));
    at += std::max<std::size_t>(word.size(), 1);
    if (word.empty() || !word.starts_with(has_include) || !after.starts_with('(')) {
      result += word.empty() ? rest.substr(0, 1) : word;
      continue;
    }
    std::size_t length = 0;
    const auto header = parse_header_name(trim(after.substr(1)), length);
    if (!header || word != has_include) refuse(line, std::string(word) + " needs a literal file name");
    result += find(*header).how == found_header::outcome::found ? '1' : '0';
    at = std::min(clean.find(')', clean.find(header->name, at) + header->name.size()), clean.size() - 1) + 1;
  }
  std::replace(result.begin(), result.end(), '\v', ' ');
  text_ += result;
  write_blank(line.lines);
}

// A file that closes a condition it did not open would end its includer's.
void include_flattener::write_end_of_condition(const logical_line& line, const directive& found) {
  int& open = stack_.back().open_conditions;
  if (open == 0) {
    text_ += "#error #" + std::string(found.name) + " without #if\n";
    write_blank(line.lines - 1);
    return;
  }
  if (found.name == "endif") --open;
  text_ += line.raw;
}

// The same for what a file opens and leaves open.
void include_flattener::close_open_parts(frame& here, const logical_line& last) {
  if (last.in_comment) text_ += "*/\n";
  for (int i = 0; i < here.open_conditions; ++i) text_ += "#endif\n";
  if (!last.in_comment && here.open_conditions == 0) return;
  write_position(last.line);
  text_ += last.in_comment ? "#error unterminated comment\n" : "#error #if without #endif\n";
}

void include_flattener::write_include(const logical_line& line, std::string_view rest) {
  std::size_t length = 0;
  const auto header = parse_header_name(rest, length);
  if (!header)
    refuse(line,
           "#include " + printable(rest) + " is not supported: write a literal name, \"file.h\" or <file.h>");
  const std::string what = "#include " + header->shown();
  if (header->name.find('\\') != std::string::npos) refuse(line, what + ": write / between folders, not \\");

  const found_header result = find(*header);
  if (result.how == found_header::outcome::refused)
    refuse(line, what + " leads out of the folders that may be read; move the header or allow its folder");
  if (result.how == found_header::outcome::missing) return write_missing(line, *header, result);

  source_file& file = load(result, line, what);
  if (adds_nothing(file)) return write_blank(line.lines);
  if (stack_.size() >= deepest_include)
    refuse(line, what + ": includes are nested more than " + std::to_string(deepest_include)
                     + " deep; does a file include itself without #pragma once?");
  if (!under_condition()) file.always_seen = true;
  write_file(file);
  write_position(line.line + line.lines);
}

void include_flattener::write_missing(const logical_line& line, const header_name& header,
                                      const found_header& result) {
  std::string message = "cannot find " + header.shown() + "; searched: "
                        + (result.searched.empty() ? "no folder" : join(result.searched, ", "));
  text_ += "#error " + harmless(printable(message)) + "\n";
  write_blank(line.lines - 1);
}

source_file& include_flattener::load(const found_header& header, const logical_line& line,
                                     const std::string& what) {
  if (const auto known = files_.find(header.canonical); known != files_.end()) return known->second;
  try {
    const std::string raw = os::read_text(header.canonical, largest_text);
    source_file file = make_file(header.path.string(), raw, header.path.parent_path());
    file.number = files_.size();
    headers_.push_back(header.path);
    return files_.emplace(header.canonical, std::move(file)).first->second;
  } catch (const io_error& failure) {
    throw io_error(stack_.back().file.name + ":" + std::to_string(line.line) + ": " + what + ": "
                       + failure.what(),
                   failure.path());
  }
}

bool include_flattener::adds_nothing(const source_file& file) const {
  if (!file.once && (file.guard.empty() || undefined_.contains(file.guard))) return false;
  const bool open =
      std::any_of(stack_.begin(), stack_.end(), [&](const frame& f) { return &f.file == &file; });
  return open || file.always_seen;
}

bool include_flattener::under_condition() const {
  return std::any_of(stack_.begin(), stack_.end(),
                     [](const frame& f) { return f.open_conditions > (f.file.guard.empty() ? 0 : 1); });
}

} // namespace clotho::detail::clc

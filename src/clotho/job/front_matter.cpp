// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/front_matter.hpp>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/table_reader.hpp>

namespace clotho::job {
namespace {

using detail::tree;

constexpr std::string_view opening = "// /// clotho";
constexpr std::string_view closing = "// ///";

[[noreturn]] void fail_at(std::string_view file, std::size_t line, const std::string& problem) {
  throw format_error({std::string(file), static_cast<int>(line), 1}, problem);
}

// The line without its comment sign, which becomes blanks so that columns stay true.
std::string uncommented(std::string_view line) {
  std::string text(line);
  const std::size_t slashes = text.find("//");
  text[slashes] = text[slashes + 1] = ' ';
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

struct block {
  std::string toml; // Empty lines stand for the lines before the block: TOML's line numbers are the file's.
  bool is_found = false;
};

block find_block(std::string_view text, std::string_view file) {
  block found;
  std::size_t line_number = 0, opened_at = 0;
  if (text.ends_with('\n')) text.remove_suffix(1); // No line follows it.
  for (const std::string_view line : split(text, '\n')) {
    ++line_number;
    const std::string_view content = trim(line);
    const bool is_inside = opened_at != 0;
    if (content == opening) {
      if (found.is_found) fail_at(file, line_number, "a second block of front matter; a file has one");
      found = {std::string(line_number, '\n'), true};
      opened_at = line_number;
    } else if (is_inside && content == closing) {
      opened_at = 0;
    } else if (is_inside) {
      if (!content.starts_with("//"))
        fail_at(file, line_number,
                "front matter goes on to a line '// ///'; until then lines begin with '//'");
      found.toml += uncommented(line) + '\n';
    }
  }
  if (opened_at != 0) fail_at(file, opened_at, "this front matter has no last line '// ///'");
  return found;
}

std::vector<std::pair<std::string, value>> read_arguments(const tree& node) {
  const detail::table_reader table(node);
  std::vector<std::pair<std::string, value>> arguments;
  for (const tree& member : node.children) arguments.emplace_back(member.key, detail::read_value(member));
  return arguments;
}

std::map<std::string, std::vector<std::string>> read_tuning(const tree& node) {
  const detail::table_reader table(node);
  std::map<std::string, std::vector<std::string>> space;
  for (const tree& member : node.children) {
    space[member.key] = detail::read_texts(member);
    if (space[member.key].empty()) detail::fail(member, "at least one choice expected");
  }
  return space;
}

std::vector<condition> read_conditions(const tree& node) {
  std::vector<condition> conditions;
  for (const std::string& text : detail::read_strings(node))
    conditions.push_back(detail::located(node, [&] { return condition::parse(text); }));
  return conditions;
}

front_matter read_block(const tree& document) {
  front_matter result;
  detail::table_reader table(document);
  table.read("kernel", result.kernel, detail::read_string);
  table.read("global", result.global, detail::read_range);
  table.read("local", result.local, detail::read_local_range);
  table.read("args", result.arguments, read_arguments);
  table.read("defines", result.defines, detail::read_text_table);
  table.read("print", result.print, detail::read_strings);
  table.read("tune", result.tune, read_tuning);
  table.read("restrictions", result.restrictions, read_conditions);
  table.read("flops", result.flops, detail::read_expression);
  table.read("bytes", result.bytes, detail::read_expression);
  table.finish();
  return result;
}

} // namespace

std::optional<front_matter> read_front_matter(std::string_view text, std::string_view file) {
  const block found = find_block(text, file);
  if (!found.is_found) return std::nullopt;
  return read_block(detail::read_toml(found.toml, file));
}

} // namespace clotho::job

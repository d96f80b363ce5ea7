// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/table_reader.hpp>

#include <algorithm>

#include <clotho/core/text.hpp>
#include <clotho/job/detail/message.hpp>

namespace clotho::job::detail {
namespace {

using kind = tree::kind;

void require_kind(const tree& node, kind wanted) {
  if (!node.is(wanted)) fail(node, std::string(to_string(wanted)) + " expected, not " + to_string(node.what));
}

bool is_scalar(const tree& node) { return !node.is(kind::array) && !node.is(kind::table); }
bool is_number(const tree& node) { return node.is(kind::integer) || node.is(kind::real); }

std::string read_literal_number(const tree& node) {
  if (!is_scalar(node)) fail(node, std::string("a number expected, not ") + to_string(node.what));
  return read_text(node);
}

} // namespace

table_reader::table_reader(const tree& node) : node_(node) { require_kind(node, kind::table); }

const tree* table_reader::find(std::string_view key) {
  known_.emplace_back(key);
  return node_.find(key);
}

const tree& table_reader::require(std::string_view key) {
  const tree* member = find(key);
  if (!member) fail(node_, "'" + std::string(key) + "' is missing");
  return *member;
}

void table_reader::finish() const {
  for (const tree& member : node_.children) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) continue;
    tree place; // The table's name and the member's line.
    place.path = node_.path;
    place.where = member.where;
    fail(place, "unknown key " + shown(member.key) + nearest_of(member.key, known_));
  }
}

const std::string& read_string(const tree& node) {
  require_kind(node, kind::string);
  return node.text;
}

bool read_boolean(const tree& node) {
  require_kind(node, kind::boolean);
  return node.text == "true";
}

double read_number(const tree& node) {
  const std::optional<double> number = is_number(node) ? parse_double(node.text) : std::nullopt;
  if (!number) fail(node, std::string("a number expected, not ") + to_string(node.what));
  return *number;
}

const std::vector<tree>& read_array(const tree& node) {
  require_kind(node, kind::array);
  return node.children;
}

std::string read_text(const tree& node) {
  if (!is_scalar(node)) fail(node, std::string("a string or number expected, not ") + to_string(node.what));
  if (node.is(kind::boolean)) return node.text == "true" ? "1" : "0";
  return node.text;
}

std::vector<std::string> read_texts(const tree& node) {
  std::vector<std::string> texts;
  for (const tree& item : read_array(node)) texts.push_back(read_text(item));
  return texts;
}

std::vector<std::pair<std::string, std::string>> read_text_table(const tree& node) {
  require_kind(node, kind::table);
  std::vector<std::pair<std::string, std::string>> texts;
  for (const tree& member : node.children) texts.emplace_back(member.key, read_text(member));
  return texts;
}

std::vector<std::string> read_strings(const tree& node) {
  if (node.is(kind::string)) return {node.text};
  std::vector<std::string> strings;
  for (const tree& item : read_array(node)) strings.push_back(read_string(item));
  return strings;
}

expression read_expression(const tree& node) {
  if (!is_number(node) && !node.is(kind::string))
    fail(node, std::string("a number or arithmetic in a string expected, not ") + to_string(node.what));
  return located(node, [&] { return expression::parse(node.text); });
}

std::vector<expression> read_range(const tree& node) {
  if (!node.is(kind::array)) return {read_expression(node)};
  if (node.children.empty() || node.children.size() > 3)
    fail(node, "one to three sizes expected, not " + std::to_string(node.children.size()));
  std::vector<expression> range;
  for (const tree& item : node.children) range.push_back(read_expression(item));
  return range;
}

std::vector<expression> read_local_range(const tree& node) {
  const bool is_automatic = node.is(kind::string) && node.text == "auto";
  return is_automatic ? std::vector<expression>{} : read_range(node);
}

value read_value(const tree& node) {
  if (node.is(kind::string)) return located(node, [&] { return parse_value(node.text); });
  if (!node.is(kind::array)) return literal{{read_literal_number(node)}};
  if (node.children.empty()) fail(node, "at least one number expected");
  literal numbers;
  for (const tree& item : node.children) {
    const std::string text = read_literal_number(item);
    const value one = located(item, [&] { return parse_value(text); });
    if (!std::holds_alternative<literal>(one)) fail(item, "a number expected, not " + shown(text));
    const literal& parsed = std::get<literal>(one);
    numbers.numbers.insert(numbers.numbers.end(), parsed.numbers.begin(), parsed.numbers.end());
  }
  return numbers;
}

} // namespace clotho::job::detail

// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/tree.hpp>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/number_text.hpp>

namespace clotho::job::detail {

const tree* tree::find(std::string_view name) const noexcept {
  for (const tree& member : children)
    if (member.key == name) return &member;
  return nullptr;
}

const char* to_string(tree::kind what) noexcept {
  switch (what) {
  case tree::kind::boolean: return "a boolean";
  case tree::kind::integer: return "an integer";
  case tree::kind::real: return "a real number";
  case tree::kind::string: return "a string";
  case tree::kind::array: return "an array";
  case tree::kind::table: break;
  }
  return "a table";
}

void fail(const tree& node, const std::string& problem) {
  throw format_error(node.where, node.path.empty() ? problem : printable(node.path) + ": " + problem);
}

void check_size(const tree& table) {
  constexpr std::size_t most = 10'000;
  if (table.children.size() >= most) fail(table, "a table has at most " + std::to_string(most) + " members");
}

std::string member_path(const std::string& parent, std::string_view key) {
  return parent.empty() ? std::string(key) : parent + "." + std::string(key);
}

std::string item_path(const std::string& parent, std::size_t index) {
  return parent + "[" + std::to_string(index) + "]";
}

std::string real_text(double value) {
  std::string text = clotho::detail::number_text(value);
  return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
}

} // namespace clotho::job::detail

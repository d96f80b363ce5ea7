// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/attributes.hpp>

#include <algorithm>
#include <string_view>

namespace clotho::detail::clc {
namespace {

// What aligned without a number means on every device known.
constexpr std::size_t largest_align = 16;

struct attribute_values {
  std::array<std::size_t, 3> of{};
  std::size_t count = 0;
};

// Names may wear underscores: __packed__.
std::string_view plain_name(std::string_view name) {
  if (name.size() > 4 && name.starts_with("__") && name.ends_with("__"))
    return name.substr(2, name.size() - 4);
  return name;
}

bool is_power_of_two(std::size_t n) { return n != 0 && (n & (n - 1)) == 0; }

std::size_t value_of(std::span<const token> tokens, const evaluate_tokens& evaluate) {
  const auto value = evaluate(tokens);
  return value ? static_cast<std::size_t>(value->bits) : 0;
}

attribute_values read_values(token_cursor& cursor, const evaluate_tokens& evaluate) {
  attribute_values values;
  if (!cursor.next_is("(")) return values;
  const token_cursor::window inside(cursor, cursor.at() + 1, cursor.closing(cursor.at()));
  for (; !cursor.done() && values.count < values.of.size(); ++values.count) {
    const std::size_t begin = cursor.at();
    cursor.skip_to({","});
    values.of[values.count] = value_of(cursor.slice(begin, cursor.at()), evaluate);
    cursor.step();
  }
  return values;
}

// One `name` or `name(values)`; the second parenthesis of "__attribute__((" is stepped over like a comma.
void read_attribute(token_cursor& cursor, const evaluate_tokens& evaluate, attributes& result) {
  const token& first = cursor.peek();
  const std::string_view name = plain_name(first.spelling);
  const bool is_name = first.is_name();
  cursor.step();
  if (!is_name) return;
  const attribute_values values = read_values(cursor, evaluate);
  if (name == "packed") result.packed = true;
  if (name == "aligned" && values.count == 0) result.aligned = std::max(result.aligned, largest_align);
  if (name == "aligned" && is_power_of_two(values.of[0]))
    result.aligned = std::max(result.aligned, values.of[0]);
  if (name == "ext_vector_type") result.vector_width = values.of[0];
  if (name == "vector_size") result.vector_bytes = values.of[0];
  if (name == "reqd_work_group_size" && values.count == 3) result.required_local = values.of;
}

} // namespace

bool begins_attribute(const token_cursor& cursor) {
  return cursor.next_is_any(
      {"__attribute__", "__attribute", "__declspec", "alignas", "_Alignas", "asm", "__asm__", "__asm"});
}

void read_attributes(token_cursor& cursor, const evaluate_tokens& evaluate, attributes& result) {
  while (begins_attribute(cursor)) {
    const bool aligns = cursor.next_is_any({"alignas", "_Alignas"});
    cursor.step();
    if (!cursor.next_is("(")) return;
    const std::size_t close = cursor.closing(cursor.at());
    if (aligns) {
      const std::size_t bytes = value_of(cursor.slice(cursor.at() + 1, close), evaluate);
      if (is_power_of_two(bytes)) result.aligned = std::max(result.aligned, bytes);
      cursor.skip();
      continue;
    }
    const token_cursor::window inside(cursor, cursor.at() + 1, close + 1);
    while (!cursor.done()) read_attribute(cursor, evaluate, result);
  }
}

} // namespace clotho::detail::clc

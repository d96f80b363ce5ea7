// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/value_syntax.hpp>

#include <algorithm>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/message.hpp>
#include <clotho/job/detail/number_parser.hpp>

namespace clotho::job::detail {
namespace {

bool is_size(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_shape(std::string_view text) {
  const std::vector<std::string_view> sizes = split(text, 'x');
  return std::all_of(sizes.begin(), sizes.end(), is_size);
}

bool is_scalar_type(std::string_view text) {
  const std::optional<element_type> type = parse_element_type(text);
  return type && type->width == 1;
}

std::vector<std::size_t> parse_fixed_shape(std::string_view text) {
  std::vector<std::size_t> shape;
  for (const std::string_view size : split(text, 'x')) {
    const std::optional<std::uint64_t> value = parse_unsigned(size);
    if (!value) throw argument_error("a shape of " + shown(text) + " is too large");
    shape.push_back(*value);
  }
  return shape;
}

// Cuts "x.bin,f32" at the last comma; the suffix is empty when there is none.
struct suffixed {
  std::string_view stem, suffix;
};

suffixed cut_suffix(std::string_view text) {
  const std::size_t comma = text.rfind(',');
  if (comma == std::string_view::npos) return {text, {}};
  return {text.substr(0, comma), text.substr(comma + 1)};
}

// Takes ",f32" or ",f32,1024x4" off the end; anything else belongs to the file's name.
std::string_view take_type(std::string_view text, array_hint& hint) {
  suffixed last = cut_suffix(text);
  if (is_shape(last.suffix) && is_scalar_type(cut_suffix(last.stem).suffix)) {
    hint.shape = parse_fixed_shape(last.suffix);
    last = cut_suffix(last.stem);
  }
  if (!is_scalar_type(last.suffix)) return text;
  hint.type = parse_scalar_type(last.suffix);
  return last.stem;
}

// Takes ":member" off the end when a .npz file comes before it.
std::string_view take_member(std::string_view text, array_hint& hint) {
  const std::size_t end = to_lower(text).rfind(".npz:");
  if (end == std::string::npos) return text;
  hint.member = text.substr(end + 5);
  if (hint.member.empty()) throw argument_error("no member is named after " + shown(text));
  return text.substr(0, end + 4);
}

} // namespace

bool is_number(std::string_view text) {
  const bool is_signed = text.starts_with('-') || text.starts_with('+');
  const std::string_view digits = text.substr(is_signed ? 1 : 0);
  if (digits.starts_with("0x") || digits.starts_with("0X"))
    return digits.size() > 2
           && digits.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
  double ignored = 0;
  return clotho::detail::parse_number(text, ignored) != clotho::detail::parse_outcome::not_a_number;
}

std::vector<std::string_view> split_outside_parentheses(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    if (text[i] != separator || depth > 0) continue;
    parts.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

scalar parse_scalar_type(std::string_view text) {
  const std::optional<element_type> type = parse_element_type(text);
  if (type && type->width == 1) return type->base;
  static const std::vector<std::string> known{"i8",  "u8",  "i16", "u16", "i32", "u32",
                                              "i64", "u64", "f16", "f32", "f64"};
  throw argument_error(shown(text) + " is no scalar type" + nearest_of(text, known));
}

file_input parse_file_input(std::string_view text) {
  file_input result;
  result.path = take_member(take_type(text, result.hint), result.hint);
  if (result.path.empty()) throw argument_error("no file is named after '@'");
  return result;
}

} // namespace clotho::job::detail

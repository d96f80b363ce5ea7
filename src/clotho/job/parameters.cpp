// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/parameters.hpp>

#include <algorithm>
#include <optional>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/message.hpp>
#include <clotho/job/detail/number_text.hpp>
#include <clotho/job/detail/value_syntax.hpp>

namespace clotho::job {
namespace {

using detail::shown;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The name at the start of what follows a '$', and how much of the text it takes up.
struct mention {
  std::string_view name;
  std::size_t length = 0;
};

mention mention_at(std::string_view rest, std::string_view text) {
  const bool is_braced = rest.starts_with('{');
  const std::string_view from = rest.substr(is_braced ? 1 : 0);
  const auto end = static_cast<std::size_t>((is_braced ? std::find(from.begin(), from.end(), '}')
                                                       : std::find_if_not(from.begin(), from.end(), is_word))
                                            - from.begin());
  if (end == 0) throw argument_error(shown(text) + " has a '$' without a name; '$$' is a dollar sign");
  if (is_braced && end == from.size()) throw argument_error(shown(text) + " has a '${' without its '}'");
  return {from.substr(0, end), end + (is_braced ? 2 : 0)};
}

// The text with each mention replaced by `replacement(name)`.
template <class Replace> std::string replace_mentions(std::string_view text, Replace&& replacement) {
  std::string result;
  for (std::string_view rest = text;;) {
    const std::size_t dollar = rest.find('$');
    result += rest.substr(0, dollar);
    if (dollar == std::string_view::npos) return result;
    rest.remove_prefix(dollar + 1);
    if (rest.starts_with('$')) {
      result += '$';
      rest.remove_prefix(1);
      continue;
    }
    const mention found = mention_at(rest, text);
    result += replacement(found.name);
    rest.remove_prefix(found.length);
  }
}

const std::string& text_of(std::string_view name, const parameter_list& parameters) {
  std::vector<std::string> known;
  for (const auto& [key, text] : parameters) {
    if (key == name) return text;
    known.push_back(key);
  }
  throw argument_error("there is no parameter " + shown(name) + detail::nearest_of(name, known));
}

std::optional<expression> constant_expression(std::string_view text) {
  try {
    expression parsed = expression::parse(text);
    return parsed.names().empty() ? std::optional(std::move(parsed)) : std::nullopt;
  } catch (const argument_error&) {
    return std::nullopt; // It is some other text, which is left alone.
  }
}

} // namespace

std::string substitute(std::string_view text, const parameter_list& parameters) {
  const auto plain = [&](std::string_view name) { return text_of(name, parameters); };
  std::string replaced = replace_mentions(text, plain);
  if (detail::is_number(trim(replaced))) return replaced;
  // In parentheses "$p * 2" with p = "1 + 2" is 6.
  const auto grouped = [&](std::string_view name) { return "(" + text_of(name, parameters) + ")"; };
  const std::optional<expression> arithmetic = constant_expression(replace_mentions(text, grouped));
  return arithmetic ? clotho::detail::number_text(arithmetic->evaluate({})) : replaced;
}

literal substitute(const literal& numbers, const parameter_list& parameters) {
  literal result;
  for (const std::string& number : numbers.numbers) {
    const std::string replaced = substitute(number, parameters);
    for (const std::string_view part : detail::split_outside_parentheses(replaced, ','))
      result.numbers.emplace_back(trim(part));
  }
  return result;
}

std::vector<std::string> parameters_in(std::string_view text) {
  std::vector<std::string> names;
  (void)replace_mentions(text, [&](std::string_view name) {
    names.emplace_back(name);
    return "";
  });
  return names;
}

} // namespace clotho::job

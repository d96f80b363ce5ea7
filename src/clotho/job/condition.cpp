// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/condition.hpp>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/message.hpp>

namespace clotho::job {

condition::comparison condition::parse_comparison(std::string_view part, std::string_view whole) {
  constexpr std::pair<std::string_view, relation> signs[] = {
      {"<=", relation::less_equal}, {">=", relation::greater_equal}, {"==", relation::equal},
      {"!=", relation::unequal},    {"<", relation::less},           {">", relation::greater}};
  const std::size_t at = part.find_first_of("<>=!");
  for (const auto& [sign, how] : signs)
    if (at != part.npos && part.substr(at).starts_with(sign))
      return {how, expression::parse(part.substr(0, at)), expression::parse(part.substr(at + sign.size()))};
  throw argument_error("condition " + detail::shown(whole)
                       + " compares nothing; write it as in \"WG * UNROLL <= 1024\"");
}

condition condition::parse(std::string_view text) {
  condition result;
  result.text_ = trim(text);
  for (std::string_view rest = text;;) {
    const std::size_t end = rest.find("&&");
    result.parts_.push_back(parse_comparison(rest.substr(0, end), text));
    if (end == rest.npos) return result;
    rest.remove_prefix(end + 2);
  }
}

bool condition::holds(const symbol_lookup& names) const {
  for (const comparison& part : parts_) {
    const double left = part.left.evaluate(names), right = part.right.evaluate(names);
    const bool is_true = part.how == relation::less            ? left < right
                         : part.how == relation::less_equal    ? left <= right
                         : part.how == relation::greater       ? left > right
                         : part.how == relation::greater_equal ? left >= right
                         : part.how == relation::equal         ? left == right
                                                               : left != right;
    if (!is_true) return false;
  }
  return true;
}

} // namespace clotho::job

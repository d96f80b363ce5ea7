// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/number.hpp>

#include <cstring>

#include <clotho/core/text.hpp>
#include <clotho/job/detail/number_text.hpp>
#include <clotho/job/value.hpp>

namespace clotho::job::detail {
namespace {

// Whether text is worth reading as an expression: it is no number but has a name or an operator in it.
bool is_plain(std::string_view text) {
  return parse_double(text) || parse_signed(text) || parse_unsigned(text)
         || text.find_first_of("+-*/%(") == std::string_view::npos;
}

} // namespace

double evaluate_number(const std::string& text, const symbol_lookup& names) {
  const std::string_view number = trim(text);
  if (const auto value = parse_double(number)) return *value;
  if (const auto value = parse_unsigned(number)) return static_cast<double>(*value);
  if (const auto value = parse_signed(number)) return static_cast<double>(*value);
  return expression::parse(number).evaluate(names);
}

host_array evaluate_number(const std::string& text, scalar type, const symbol_lookup& names) {
  const std::string_view number = trim(text);
  const bool is_name = is_plain(number) && names && names(number);
  if (is_plain(number) && !is_name) return parse_scalar(number, type);
  return parse_scalar(clotho::detail::number_text(evaluate_number(text, names)), type);
}

host_array numbers_for(const kernel_argument& argument, const literal& given,
                       const parameter_list& parameters, const symbol_lookup& names) {
  if (!argument.element)
    throw argument_error("is no number to clotho: give its bytes by a file, as in @file.bin,u8");
  const literal all = substitute(given, parameters);
  const element_type type = *argument.element;
  if (all.numbers.size() != type.width)
    throw argument_error("takes " + std::to_string(type.width) + (type.width == 1 ? " number" : " numbers")
                         + ", not " + std::to_string(all.numbers.size()));
  host_array values = make_array(type.base, {type.width});
  for (std::size_t i = 0; i < all.numbers.size(); ++i) {
    const host_array one = evaluate_number(all.numbers[i], type.base, names);
    std::memcpy(values.data.data() + i * one.size_bytes(), one.data.data(), one.size_bytes());
  }
  return values;
}

} // namespace clotho::job::detail

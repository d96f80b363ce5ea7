// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/expression.hpp>

#include <algorithm>
#include <cmath>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/expression_code.hpp>
#include <clotho/job/detail/message.hpp>
#include <clotho/job/detail/number_text.hpp>

namespace clotho::job {
namespace {

using detail::instruction;
using detail::operation;
using detail::shown;

// Doubles hold every whole number below this, and beyond it not every one.
constexpr double exact_below = 0x1p53;

struct operand {
  double value = 0;
  bool whole = false;
};

operand make_operand(double value, bool whole) { return {value, whole && std::fabs(value) < exact_below}; }

operand divide(operand a, operand b, const std::string& text) {
  if (b.value == 0) throw argument_error("expression " + shown(text) + " divides by zero");
  const bool whole = a.whole && b.whole;
  return make_operand(whole ? std::trunc(a.value / b.value) : a.value / b.value, whole);
}

operand remainder(operand a, operand b, const std::string& text) {
  if (b.value == 0) throw argument_error("expression " + shown(text) + " divides by zero");
  return make_operand(std::fmod(a.value, b.value), a.whole && b.whole);
}

operand ceil_div(operand a, operand b, const std::string& text) {
  if (b.value == 0) throw argument_error("expression " + shown(text) + " divides by zero");
  return make_operand(std::ceil(a.value / b.value), true);
}

operand combine(operation what, operand a, operand b, const std::string& text) {
  const bool whole = a.whole && b.whole;
  switch (what) {
  case operation::add: return make_operand(a.value + b.value, whole);
  case operation::subtract: return make_operand(a.value - b.value, whole);
  case operation::multiply: return make_operand(a.value * b.value, whole);
  case operation::divide: return divide(a, b, text);
  case operation::remainder: return remainder(a, b, text);
  case operation::min: return b.value < a.value ? b : a;
  case operation::max: return a.value < b.value ? b : a;
  default: return ceil_div(a, b, text);
  }
}

operand look_up(const std::string& name, const symbol_lookup& names, const std::string& text) {
  const std::optional<double> value = names ? names(name) : std::nullopt;
  if (!value) {
    const bool is_alone = trim(text) == name;
    throw argument_error((is_alone ? "" : "expression " + shown(text) + ": ") + "nothing is known of "
                         + shown(name));
  }
  return make_operand(*value, *value == std::trunc(*value));
}

void execute(const instruction& step, std::vector<operand>& stack, const symbol_lookup& names,
             const std::string& text) {
  if (step.what == operation::number) {
    stack.push_back(make_operand(step.number, step.whole));
  } else if (step.what == operation::name) {
    stack.push_back(look_up(step.name, names, text));
  } else if (step.what == operation::negate) {
    stack.back().value = -stack.back().value;
  } else {
    const operand right = stack.back();
    stack.pop_back();
    stack.back() = combine(step.what, stack.back(), right, text);
  }
}

[[noreturn]] void throw_no_size(const std::string& text, double value, const char* why) {
  throw argument_error("expression " + shown(text) + " is " + clotho::detail::number_text(value)
                       + ", which is " + why);
}

} // namespace

expression expression::parse(std::string_view text) {
  expression result;
  result.text_ = trim(text);
  result.code_ = std::make_shared<const std::vector<instruction>>(detail::parse_expression(result.text_));
  return result;
}

double expression::evaluate(const symbol_lookup& names) const {
  if (!code_) throw argument_error("an empty expression has no value");
  std::vector<operand> stack;
  for (const instruction& step : *code_) execute(step, stack, names, text_);
  if (!std::isfinite(stack.back().value))
    throw argument_error("expression " + shown(text_) + " is too large for a number");
  return stack.back().value;
}

std::uint64_t expression::evaluate_size(const symbol_lookup& names) const {
  const double value = evaluate(names);
  if (value < 0) throw_no_size(text_, value, "negative and no size");
  if (value >= exact_below) throw_no_size(text_, value, "too large for a size");
  if (value != std::trunc(value)) throw_no_size(text_, value, "not whole and no size");
  return static_cast<std::uint64_t>(value);
}

std::vector<std::string> expression::names() const {
  std::vector<std::string> found;
  if (!code_) return found;
  for (const instruction& step : *code_)
    if (step.what == operation::name && std::find(found.begin(), found.end(), step.name) == found.end())
      found.push_back(step.name);
  return found;
}

} // namespace clotho::job

// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/tuning_space.hpp>

#include <algorithm>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

namespace clotho::job {
namespace {

constexpr std::size_t most_choices = 1000000;

std::uint32_t number_of(const std::string& name, const std::string& text) {
  const std::optional<std::uint64_t> value = parse_unsigned(text);
  if (!value || *value > UINT32_MAX)
    throw argument_error(
        "tune: " + name + " = " + printable(text)
        + " is no whole number below 2^32; let a number stand for what else there is to choose");
  return static_cast<std::uint32_t>(*value);
}

bool is_allowed(const tuning_choice& choice, std::span<const condition> restrictions,
                const symbol_lookup& fixed) {
  const symbol_lookup names = [&](std::string_view name) -> std::optional<double> {
    for (const auto& [known, value] : choice)
      if (known == name) return value;
    return fixed ? fixed(name) : std::nullopt;
  };
  return std::all_of(restrictions.begin(), restrictions.end(),
                     [&](const condition& one) { return one.holds(names); });
}

} // namespace

std::string to_string(const tuning_choice& choice) {
  std::string text;
  for (const auto& [name, value] : choice)
    text += (text.empty() ? "" : " ") + name + "="
            + (name == "shape" ? (value == 0 ? "cpu" : "gpu") : std::to_string(value));
  return text;
}

tuning_space::tuning_space(const std::map<std::string, std::vector<std::string>>& choices,
                           std::span<const condition> restrictions, const symbol_lookup& fixed) {
  for (const auto& [name, texts] : choices) {
    if (name == "shape")
      throw argument_error("tune: 'shape' has a meaning of its own in tuning records; take another name");
    std::vector<std::uint32_t> values;
    for (const std::string& text : texts) values.push_back(number_of(name, text));
    add(name, values);
  }
  keep([&](const tuning_choice& choice) { return is_allowed(choice, restrictions, fixed); });
}

tuning_space::tuning_space(const std::map<std::string, std::vector<std::uint32_t>>& choices,
                           const std::function<bool(const tuning_choice&)>& allowed) {
  for (const auto& [name, values] : choices) add(name, values);
  keep(allowed);
}

void tuning_space::add(const std::string& name, const std::vector<std::uint32_t>& choices) {
  parameter& added = parameters_.emplace_back(parameter{name, {}});
  for (const std::uint32_t value : choices)
    if (std::find(added.choices.begin(), added.choices.end(), value) == added.choices.end())
      added.choices.push_back(value);
  unrestricted_ *= added.choices.size();
  if (unrestricted_ > most_choices)
    throw argument_error("tune: there are more than " + std::to_string(most_choices)
                         + " choices; take fewer of each parameter");
}

void tuning_space::keep(const std::function<bool(const tuning_choice&)>& allowed) {
  for (std::uint32_t code = 0; code < unrestricted_; ++code)
    if (allowed(decode(code))) allowed_.push_back(code);
  if (allowed_.empty()) throw argument_error("tune: no choice is left by the restrictions");
}

tuning_choice tuning_space::decode(std::uint64_t code) const {
  tuning_choice choice(parameters_.size());
  for (std::size_t p = parameters_.size(); p-- > 0;) {
    const parameter& one = parameters_[p];
    choice[p] = {one.name, one.choices[code % one.choices.size()]};
    code /= one.choices.size();
  }
  return choice;
}

tuning_choice tuning_space::operator[](std::size_t i) const { return decode(allowed_[i]); }

std::vector<std::size_t> tuning_space::neighbours(std::size_t i) const {
  std::vector<std::size_t> found;
  std::uint64_t step = 1;
  const auto add = [&](std::uint64_t code) {
    const auto place = std::lower_bound(allowed_.begin(), allowed_.end(), code);
    if (place != allowed_.end() && *place == code)
      found.push_back(static_cast<std::size_t>(place - allowed_.begin()));
  };
  for (std::size_t p = parameters_.size(); p-- > 0;) {
    const std::size_t count = parameters_[p].choices.size(), at = allowed_[i] / step % count;
    if (at > 0) add(allowed_[i] - step);
    if (at + 1 < count) add(allowed_[i] + step);
    step *= count;
  }
  return found;
}

} // namespace clotho::job

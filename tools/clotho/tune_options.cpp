// SPDX-License-Identifier: Apache-2.0
#include "tune_options.hpp"

#include <algorithm>
#include <array>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/front_matter.hpp>

namespace clotho::tool {
namespace {

using choices = std::map<std::string, std::vector<std::string>>;

template <class List> auto find_named(List& list, const std::string& name) {
  return std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.first == name; });
}

void read_parameter(choices& into, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    throw argument_error("--param " + printable(text)
                         + ": say what a macro may be, as in --param WG=32,64,128");
  std::vector<std::string>& values = into[text.substr(0, equals)];
  values.clear();
  for (const std::string_view part : split(std::string_view(text).substr(equals + 1), ','))
    values.emplace_back(part);
}

// Where the first of the choices is not the default, the choices may not even have it.
job::tuning_choice standard_of(const choices& space, const macro_list& defines) {
  job::tuning_choice standard;
  for (const auto& [name, values] : space) {
    const auto defined = find_named(defines, name);
    const std::string& text = defined != defines.end() ? defined->second : values.front();
    const std::optional<std::uint64_t> value = parse_unsigned(text);
    if (!value || *value > UINT32_MAX)
      throw argument_error("tune: the default " + name + " = " + printable(text)
                           + " is no whole number below 2^32");
    standard.emplace_back(name, static_cast<std::uint32_t>(*value));
  }
  return standard;
}

} // namespace

tune_budget parse_budget(const std::string& text) {
  constexpr std::array<std::pair<std::string_view, double>, 4> units{
      {{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}}};
  if (const auto count = parse_unsigned(text); count && *count > 0)
    return {std::nullopt, static_cast<std::size_t>(*count)};
  for (const auto& [unit, seconds] : units)
    if (text.ends_with(unit))
      if (const auto value = parse_double(std::string_view(text).substr(0, text.size() - unit.size()));
          value && *value > 0)
        return {*value * seconds, std::nullopt};
  throw argument_error("--budget " + printable(text)
                       + ": give a time, as in 30s or 5m, or a number of choices, as in 100");
}

tune_plan plan_tuning(const job::bare_kernel& what, const std::vector<std::string>& parameters) {
  const job::pipeline plain = job::make_pipeline(what);
  const std::string& kernel = plain.steps.front().kernel;
  const auto found = job::read_front_matter(os::read_text(what.file), what.file.string());
  job::front_matter notes = found.value_or(job::front_matter{});
  for (const std::string& text : parameters) read_parameter(notes.tune, text);
  for (const auto& [name, text] : what.defines) notes.tune.erase(name);
  if (notes.tune.empty())
    throw argument_error("'" + what.file.string()
                         + "' leaves nothing to choose: say so in its front matter, as in "
                           "tune = { WG = [32, 64, 128] }, or by --param WG=32,64,128");
  const job::symbol_lookup names = [&](std::string_view name) -> std::optional<double> {
    const auto value = find_named(plain.parameters, std::string(name));
    return value == plain.parameters.end() ? std::nullopt : parse_double(value->second);
  };
  return {kernel, job::tuning_space(notes.tune, notes.restrictions, names),
          standard_of(notes.tune, notes.defines)};
}

} // namespace clotho::tool

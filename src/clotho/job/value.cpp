// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/value.hpp>

#include <algorithm>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/message.hpp>
#include <clotho/job/detail/value_syntax.hpp>
#include <clotho/job/parameters.hpp>

namespace clotho::job {
namespace {

using detail::shown;

constexpr const char* examples = "1024, 1,2,3,4, @x.npy, zeros:1024, local:4K, null";

local_size parse_local_size(std::string_view text) {
  if (const auto bytes = parse_size(text)) return {expression::parse(std::to_string(*bytes))};
  return {expression::parse(text)};
}

void apply_sampler_word(sampler_value& sampler, std::string_view word) {
  static const std::vector<std::string> addresses{"none", "clamp_to_edge", "clamp", "repeat",
                                                  "mirrored_repeat"};
  if (word == "linear" || word == "nearest") {
    sampler.linear = word == "linear";
  } else if (word == "normalized") {
    sampler.normalized = true;
  } else if (std::find(addresses.begin(), addresses.end(), word) != addresses.end()) {
    sampler.address = word;
  } else {
    std::vector<std::string> known{"nearest", "linear", "normalized"};
    known.insert(known.end(), addresses.begin(), addresses.end());
    throw argument_error("a sampler knows no " + shown(word) + detail::nearest_of(word, known));
  }
}

sampler_value parse_sampler(std::string_view text) {
  sampler_value sampler;
  if (trim(text).empty()) return sampler;
  for (const std::string_view word : split(text, ',')) apply_sampler_word(sampler, trim(word));
  return sampler;
}

// Whether arithmetic is written there; throws what is wrong with it when it mentions parameters.
bool is_arithmetic(std::string_view text) {
  if (!parameters_in(text).empty()) {
    (void)expression::parse(text);
    return true;
  }
  try {
    return expression::parse(text).names().empty();
  } catch (const argument_error&) {
    return false;
  }
}

[[noreturn]] void throw_no_value(std::string_view text) {
  std::vector<std::string> known = detail::generator_names();
  known.insert(known.end(), {"local", "sampler"});
  const bool lacks_colon = std::find(known.begin(), known.end(), text) != known.end();
  throw argument_error(
      shown(text)
      + (lacks_colon ? " needs a colon: '" + std::string(text) + ":'"
                     : " is no number, file or generator; values look like " + std::string(examples)));
}

literal parse_literal(std::string_view text) {
  literal result;
  for (const std::string_view part : detail::split_outside_parentheses(text, ',')) {
    const std::string_view number = trim(part);
    const bool is_plain = detail::is_number(number);
    if (!is_plain && !is_arithmetic(number)) throw_no_value(text);
    const bool is_constant = !is_plain && parameters_in(number).empty();
    result.numbers.push_back(is_constant ? substitute(number, {}) : std::string(number));
  }
  return result;
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  });
}

value parse_recipe(std::string_view name, std::string_view recipe) {
  if (name == "local") return parse_local_size(recipe);
  if (name == "sampler") return parse_sampler(recipe);
  const std::vector<std::string>& generators = detail::generator_names();
  if (std::find(generators.begin(), generators.end(), name) != generators.end())
    return detail::parse_generator(name, recipe);
  std::vector<std::string> known = generators;
  known.insert(known.end(), {"local", "sampler"});
  throw argument_error("there is no generator " + shown(name) + detail::nearest_of(name, known));
}

value parse_trimmed(std::string_view text) {
  if (text.empty()) throw argument_error("the value is empty; values look like " + std::string(examples));
  if (text.front() == '@') return detail::parse_file_input(text.substr(1));
  if (text == "null") return null_pointer{};
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && is_word(text.substr(0, colon)))
    return parse_recipe(text.substr(0, colon), text.substr(colon + 1));
  return parse_literal(text);
}

} // namespace

value parse_value(std::string_view text) {
  try {
    return parse_trimmed(trim(text));
  } catch (const argument_error& why) {
    const std::string problem = why.what();
    // The parts of a value name themselves; people look for the whole.
    if (problem.find(shown(trim(text))) != std::string::npos || trim(text).empty()) throw;
    throw argument_error(shown(trim(text)) + ": " + problem);
  }
}

named_value parse_named_value(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = trim(text.substr(0, equals));
  if (equals == std::string_view::npos || name.empty())
    throw argument_error(shown(text) + " has no name; write it as name=value, as in n=1024");
  try {
    return {std::string(name), parse_value(text.substr(equals + 1))};
  } catch (const argument_error& why) {
    throw argument_error(std::string(printable(name)) + "=: " + why.what());
  }
}

} // namespace clotho::job

// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/value_syntax.hpp>

#include <algorithm>
#include <cmath>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/message.hpp>

namespace clotho::job::detail {
namespace {

struct generator_form {
  std::string name;
  generator::kind what;
  std::vector<std::string> options;
};

const std::vector<generator_form>& forms() {
  using kind = generator::kind;
  static const std::vector<generator_form> all{{"zeros", kind::zeros, {"type"}},
                                               {"fill", kind::fill, {"value", "type"}},
                                               {"iota", kind::iota, {"type"}},
                                               {"rand", kind::uniform, {"lo", "hi", "seed", "type"}},
                                               {"randn", kind::normal, {"seed", "type"}},
                                               {"like", kind::like, {"type"}}};
  return all;
}

bool is_grouped(std::string_view part) { return part.starts_with('(') && part.ends_with(')'); }
bool is_digits(std::string_view part) {
  return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
}

// Names may contain an 'x', so it separates only sizes that are plain numbers or stand in parentheses.
std::vector<expression> parse_shape(std::string_view text) {
  if (text.empty()) return {};
  const std::vector<std::string_view> parts = split_outside_parentheses(text, 'x');
  const bool are_sizes = std::all_of(
      parts.begin(), parts.end(), [](std::string_view part) { return is_digits(part) || is_grouped(part); });
  if (!are_sizes) return {expression::parse(text)};
  std::vector<expression> shape;
  for (const std::string_view part : parts) shape.push_back(expression::parse(part));
  return shape;
}

double parse_real(std::string_view option, std::string_view text) {
  const std::optional<double> number = parse_double(text);
  if (!number) throw argument_error(std::string(option) + "=" + printable(text) + " is no number");
  return *number;
}

double parse_finite(std::string_view option, std::string_view text) {
  const double number = parse_real(option, text);
  if (!std::isfinite(number)) throw argument_error(std::string(option) + " has to be finite");
  return number;
}

std::uint64_t parse_seed(std::string_view text) {
  const std::optional<std::uint64_t> seed = parse_unsigned(text);
  if (!seed) throw argument_error("seed=" + printable(text) + " is no whole number from 0 to 2^64-1");
  return *seed;
}

void apply_option(generator& recipe, const generator_form& form, std::string_view name,
                  std::string_view text) {
  if (std::find(form.options.begin(), form.options.end(), name) == form.options.end())
    throw argument_error("'" + form.name + ":' has no option " + shown(name)
                         + nearest_of(name, form.options));
  if (name == "type")
    recipe.type = parse_scalar_type(text);
  else if (name == "value")
    recipe.value = parse_real(name, text);
  else if (name == "lo")
    recipe.low = parse_finite(name, text);
  else if (name == "hi")
    recipe.high = parse_finite(name, text);
  else
    recipe.seed = parse_seed(text);
}

struct option {
  std::string_view name, text;
};

// The parts behind the first comma, and the first too when it is an option ("rand:seed=7").
std::vector<option> split_options(std::string_view recipe, std::string_view& head) {
  std::vector<std::string_view> parts = split_outside_parentheses(recipe, ',');
  head = trim(parts.front());
  if (head.find('=') == std::string_view::npos)
    parts.erase(parts.begin());
  else
    head = {};
  std::vector<option> options;
  for (const std::string_view part : parts) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos)
      throw argument_error(shown(trim(part)) + " is no option; options look like name=number");
    options.push_back({trim(part.substr(0, equals)), trim(part.substr(equals + 1))});
  }
  return options;
}

void check(const generator& recipe, const generator_form& form, const std::vector<option>& options) {
  const auto gives_value = [](const option& o) { return o.name == "value"; };
  if (recipe.what == generator::kind::fill && std::none_of(options.begin(), options.end(), gives_value))
    throw argument_error("'fill:' needs a value, as in fill:1024,value=3");
  if (recipe.what == generator::kind::like && recipe.like.empty())
    throw argument_error("'like:' needs the name of an array, as in like:y");
  if (recipe.low > recipe.high) throw argument_error("'" + form.name + ":' has lo above hi");
}

} // namespace

const std::vector<std::string>& generator_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const generator_form& form : forms()) all.push_back(form.name);
    return all;
  }();
  return names;
}

generator parse_generator(std::string_view name, std::string_view recipe) {
  const auto form =
      std::find_if(forms().begin(), forms().end(), [&](const generator_form& f) { return f.name == name; });
  generator result;
  result.what = form->what;
  std::string_view head;
  const std::vector<option> options = split_options(recipe, head);
  if (result.what == generator::kind::like)
    result.like = head;
  else
    result.shape = parse_shape(head);
  for (const option& given : options) apply_option(result, *form, given.name, given.text);
  check(result, *form, options);
  return result;
}

} // namespace clotho::job::detail

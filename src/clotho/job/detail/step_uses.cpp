// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/step_uses.hpp>

#include <algorithm>
#include <optional>
#include <variant>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/step_source.hpp>

namespace clotho::job::detail {
namespace {

template <class... Kinds> bool is(const value& given) {
  return (std::holds_alternative<Kinds>(given) || ...);
}

bool is_array(const value& given) { return is<buffer_name, file_input, generator, literal>(given); }

// What is wrong with giving `given` to an argument of this kind; null when nothing is.
const char* objection(const kernel_argument& argument, const value& given) {
  switch (argument.kind) {
  case argument_kind::buffer:
    return is_array(given) || is<null_pointer>(given)
               ? nullptr
               : "takes an array, as in zeros:1024, @file.npy or like:x";
  case argument_kind::image:
    return is<buffer_name, file_input, generator>(given)
               ? nullptr
               : "takes an image, as in @file.png, zeros:480x640x4 or like:x";
  case argument_kind::local:
    return is<local_size>(given) ? nullptr : "is local memory: give its size in bytes, as in local:4K";
  case argument_kind::sampler:
    return is<sampler_value>(given) ? nullptr : "takes a sampler, as in sampler:linear";
  case argument_kind::value:
    if (argument.element) return is<literal>(given) ? nullptr : "takes a number";
    return is<literal, file_input>(given) ? nullptr
                                          : "takes a value: give its bytes by a file, as in @file.bin,u8";
  case argument_kind::other: break;
  }
  return "cannot be given by clotho: pipes and queues need a program of their own";
}

std::string example_for(const kernel_argument& argument) {
  switch (argument.kind) {
  case argument_kind::buffer: return argument.name + "=zeros:1024";
  case argument_kind::image: return argument.name + "=@image.png";
  case argument_kind::local: return argument.name + "=local:4K";
  case argument_kind::sampler: return argument.name + "=sampler:linear";
  default: break;
  }
  std::string numbers = "1";
  for (unsigned i = 1; argument.element && i < argument.element->width; ++i) numbers += ",1";
  return argument.name + "=" + numbers;
}

std::vector<std::string> names_of(const kernel_signature& signature) {
  std::vector<std::string> names;
  for (const kernel_argument& argument : signature.arguments) names.push_back(argument.name);
  return names;
}

void check_names(const step_spec& step, const kernel_signature& signature) {
  const std::vector<std::string> names = names_of(signature);
  std::vector<std::string> seen;
  for (const auto& [name, given] : step.arguments) {
    if (std::find(seen.begin(), seen.end(), name) != seen.end())
      throw argument_error(label_of(step) + "argument '" + name + "' is given twice");
    seen.push_back(name);
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::optional<std::string> near = did_you_mean(name, names);
    throw argument_error(label_of(step) + "kernel '" + signature.name + "' has no argument '"
                         + printable(name) + "'; it has " + (names.empty() ? "none" : join(names, ", "))
                         + (near && name.size() > 1 ? ". Did you mean '" + *near + "'?" : ""));
  }
}

void check_complete(const step_spec& step, const kernel_signature& signature) {
  std::vector<std::string> missing, examples;
  for (const kernel_argument& argument : signature.arguments)
    if (!find_value(step, argument.name)) {
      missing.push_back(argument.name + " (" + argument.type + ")");
      examples.push_back(example_for(argument));
    }
  if (missing.empty()) return;
  throw argument_error(label_of(step) + "kernel '" + signature.name + "' needs "
                       + (missing.size() == 1 ? "a value for " : "values for ") + join(missing, ", ")
                       + "; as in " + join(examples, " "));
}

} // namespace

std::string label_of(const kernel_argument& argument) {
  return "argument '" + argument.name + "' (" + argument.type + ")";
}

const value* find_value(const step_spec& step, const std::string& argument) {
  const auto found = std::find_if(step.arguments.begin(), step.arguments.end(),
                                  [&](const auto& given) { return given.first == argument; });
  return found == step.arguments.end() ? nullptr : &found->second;
}

std::vector<array_binding> bind_arrays(const step_spec& step, const kernel_signature& signature) {
  check_names(step, signature);
  check_complete(step, signature);
  std::vector<array_binding> arrays;
  for (std::size_t i = 0; i < signature.arguments.size(); ++i) {
    const kernel_argument& argument = signature.arguments[i];
    const value& given = *find_value(step, argument.name);
    if (const char* problem = objection(argument, given))
      throw argument_error(label_of(step) + label_of(argument) + " " + problem);
    const bool holds_array = argument.kind == argument_kind::buffer || argument.kind == argument_kind::image;
    if (!holds_array || is<null_pointer>(given)) continue;
    const auto* named = std::get_if<buffer_name>(&given);
    arrays.push_back({i, named ? named->name : step.id + "." + argument.name});
  }
  return arrays;
}

bool may_read(const kernel_argument& argument) { return argument.access != access_qualifier::write_only; }

bool may_write(const kernel_argument& argument) {
  if (argument.kind != argument_kind::image) return !argument.is_const;
  // An image without a qualifier is read-only.
  return argument.access == access_qualifier::write_only || argument.access == access_qualifier::read_write;
}

std::vector<buffer_use> uses_of(const std::vector<array_binding>& arrays, const kernel_signature& signature) {
  std::vector<buffer_use> uses;
  for (const array_binding& binding : arrays) {
    const kernel_argument& argument = signature.arguments[binding.argument];
    const auto known = std::find_if(uses.begin(), uses.end(),
                                    [&](const buffer_use& use) { return use.buffer == binding.array; });
    buffer_use& use =
        known != uses.end() ? *known : uses.emplace_back(buffer_use{binding.array, false, false});
    use.reads = use.reads || may_read(argument);
    use.writes = use.writes || may_write(argument);
  }
  return uses;
}

} // namespace clotho::job::detail

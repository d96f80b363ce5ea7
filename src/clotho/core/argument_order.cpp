// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/argument_order.hpp>

#include <numeric>
#include <optional>
#include <string>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

namespace clotho {

namespace {

std::vector<std::string> argument_names(const kernel_signature& signature) {
  std::vector<std::string> names;
  for (const kernel_argument& argument : signature.arguments) names.push_back(argument.name);
  return names;
}

std::string takes(const kernel_signature& signature) {
  const std::vector<std::string> names = argument_names(signature);
  return "kernel '" + signature.name + "' takes " + std::to_string(names.size()) + " argument" +
         (names.size() == 1 ? "" : "s") + (names.empty() ? "" : " (" + join(names, ", ") + ")");
}

[[noreturn]] void refuse_name(const kernel_signature& signature, std::string_view name) {
  const std::optional<std::string> near = did_you_mean(name, argument_names(signature));
  throw argument_error(takes(signature) + ", none of them called '" + printable(name) + "'" +
                       (near ? "; did you mean '" + *near + "'?" : ""));
}

std::size_t index_of(const kernel_signature& signature, std::string_view name) {
  for (std::size_t i = 0; i < signature.arguments.size(); ++i)
    if (signature.arguments[i].name == name) return i;
  refuse_name(signature, name);
}

} // namespace

void check_argument_count(const kernel_signature& signature, std::size_t given) {
  const std::size_t wanted = signature.arguments.size();
  if (given == wanted) [[likely]]
    return;
  throw argument_error(takes(signature) + ", got " + std::to_string(given) +
                       (given < wanted ? "; '" + signature.arguments[given].name + "' is missing" : ""));
}

std::vector<std::size_t> argument_order(const kernel_signature& signature, std::span<const std::string_view> names) {
  std::vector<std::size_t> order(names.size());
  std::size_t named = 0;
  for (const std::string_view name : names) named += name.empty() ? 0 : 1;
  if (named != 0 && named != names.size()) throw argument_error("name all arguments of a launch, or none");
  if (named == 0) {
    check_argument_count(signature, names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
  }
  std::vector<bool> seen(signature.arguments.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    order[i] = index_of(signature, names[i]);
    if (seen[order[i]]) throw argument_error("argument '" + std::string(names[i]) + "' is given twice");
    seen[order[i]] = true;
  }
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (!seen[i]) throw argument_error(takes(signature) + "; '" + signature.arguments[i].name + "' is missing");
  return order;
}

} // namespace clotho

// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/snippet_call.hpp>

#include <string>

#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

[[noreturn]] void refuse(std::string_view what, const std::string& why) {
  throw argument_error(std::string(what) + ": " + why);
}

void check_kind(std::string_view what, const snippet_argument& argument, const flow_argument& given) {
  if (argument.is_pointer == given.access().has_value() && given.is_for_kernel()) return;
  refuse(what, "argument '" + argument.name + "' is "
                   + (argument.is_pointer ? "memory, such as a buffer" : "a value"));
}

} // namespace

std::size_t indices_of_call(std::string_view what, const snippet_signature& arguments,
                            std::span<const flow_argument> given, std::optional<std::size_t> wanted) {
  if (given.size() != arguments.size())
    refuse(what, std::to_string(arguments.size()) + " arguments are wanted (" + name_text(arguments)
                     + "), not " + std::to_string(given.size()));
  const snippet_argument* first = nullptr;
  std::optional<std::size_t> found = wanted;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    check_kind(what, arguments[i], given[i]);
    if (!arguments[i].is_pointer || wanted) continue;
    const std::size_t size = given[i].access()->where.size() / size_bytes(arguments[i].type);
    if (found && *found != size)
      refuse(what, first->name + " has " + std::to_string(*found) + " elements and " + arguments[i].name + " "
                       + std::to_string(size));
    first = first == nullptr ? &arguments[i] : first;
    found = size;
  }
  if (!found)
    refuse(what,
           "there is no memory among the arguments to say how many indices there are: use over(count, ...)");
  return *found;
}

} // namespace clotho::detail

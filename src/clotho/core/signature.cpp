// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/signature.hpp>

#include <algorithm>
#include <set>

#include <clotho/core/checked.hpp>
#include <clotho/core/detail/preprocessor.hpp>
#include <clotho/core/detail/program_outline.hpp>
#include <clotho/core/detail/range_queries.hpp>

namespace clotho {
namespace {

using namespace detail::clc;

argument_kind kind_of_pointer(const qualified_type& target) {
  if (target.space == address_space::local) return argument_kind::local;
  const bool is_buffer = target.space == address_space::global || target.space == address_space::constant;
  return is_buffer ? argument_kind::buffer : argument_kind::other;
}

argument_kind kind_of(const qualified_type& type) {
  switch (type.type->kind) {
  case type_kind::pointer: return kind_of_pointer(type.type->target);
  case type_kind::image: return argument_kind::image;
  case type_kind::sampler: return argument_kind::sampler;
  case type_kind::opaque:
  case type_kind::function: return argument_kind::other;
  default: return argument_kind::value;
  }
}

address_space space_of(const parameter& from, argument_kind kind) {
  if (kind == argument_kind::image) return address_space::global;
  const qualified_type& target = from.type.type->target;
  return target.type != nullptr && target.space ? *target.space : address_space::private_memory;
}

kernel_argument make_argument(const parameter& from) {
  const type_info& type = *from.type.type;
  const bool is_pointer = type.kind == type_kind::pointer;
  const qualified_type& bound = is_pointer ? type.target : from.type;
  kernel_argument made;
  made.name = from.name;
  made.type = type.name;
  made.spelled = from.spelled;
  made.kind = kind_of(from.type);
  made.space = space_of(from, made.kind);
  made.access = from.type.access;
  if (made.kind == argument_kind::image && made.access == access_qualifier::none)
    made.access = access_qualifier::read_only;
  made.is_const = is_pointer && (bound.is_const || bound.space == address_space::constant);
  made.is_restrict = is_pointer && from.type.is_restrict;
  made.is_volatile = is_pointer && bound.is_volatile;
  made.element = bound.type->element;
  made.size_bytes = bound.type->portable ? bound.type->size : 0;
  return made;
}

range_use range_of(const program_outline& program, const function_outline& function) {
  range_use use = function.range;
  for (const std::string_view called : function.calls)
    if (may_be_range_query(called) && !program.defines(called)) use.add(range_query::unknown);
  return use;
}

// What anybody may come by: code that only the compiler can tell to be there or not, code outside of
// functions.
range_use range_of_all(const preprocessor& source, const program_outline& program) {
  if (source.gave_up()) return {};
  range_use use = program.range_elsewhere();
  note_range_queries(source.in_doubt(), use);
  return use;
}

kernel_signature make_signature(const program_outline& program, const function_outline& kernel) {
  kernel_signature made;
  made.name = kernel.name;
  made.where = kernel.where;
  made.required_local = kernel.required_local;
  made.range = range_use::nothing();
  for (const parameter& from : *kernel.parameters) made.arguments.push_back(make_argument(from));
  for (const function_outline* function : program.reachable(kernel)) {
    made.private_bytes = checked_add(made.private_bytes, function->array_bytes).value_or(made.private_bytes);
    made.unsized_private_array |= function->unsized_array;
    made.uses_printf |= function->calls.contains("printf");
    made.range.add(range_of(program, *function));
  }
  return made;
}

std::string to_string(const kernel_argument& argument) {
  std::string text;
  if (argument.access != access_qualifier::none) text += to_string(argument.access) + std::string(" ");
  const bool points = argument.kind == argument_kind::buffer || argument.kind == argument_kind::local;
  if (points) text += to_string(argument.space) + std::string(" ");
  if (argument.is_const && argument.space != address_space::constant) text += "const ";
  if (argument.is_volatile) text += "volatile ";
  text += argument.type;
  if (argument.is_restrict) text += " restrict";
  return text + (argument.name.empty() ? "" : " ") + argument.name;
}

} // namespace

const char* to_string(address_space space) noexcept {
  switch (space) {
  case address_space::global: return "global";
  case address_space::constant: return "constant";
  case address_space::local: return "local";
  case address_space::private_memory: break;
  }
  return "private";
}

const char* to_string(access_qualifier access) noexcept {
  switch (access) {
  case access_qualifier::read_only: return "read_only";
  case access_qualifier::write_only: return "write_only";
  case access_qualifier::read_write: return "read_write";
  case access_qualifier::none: break;
  }
  return "none";
}

const char* to_string(argument_kind kind) noexcept {
  switch (kind) {
  case argument_kind::value: return "value";
  case argument_kind::buffer: return "buffer";
  case argument_kind::local: return "local";
  case argument_kind::image: return "image";
  case argument_kind::sampler: return "sampler";
  case argument_kind::other: break;
  }
  return "other";
}

std::vector<kernel_signature> parse_signatures(std::string_view text, const macro_list& macros) {
  const preprocessor source(text, macros);
  const program_outline program(source.tokens());
  const range_use common = range_of_all(source, program);
  std::vector<kernel_signature> kernels;
  std::set<std::string_view> names;
  for (const function_outline& function : program.functions())
    if (function.is_kernel && function.parameters && names.insert(function.name).second) {
      kernels.push_back(make_signature(program, function));
      kernels.back().range.add(common);
    }
  return kernels;
}

std::string to_string(const kernel_signature& signature) {
  std::string text = "kernel void " + signature.name + "(";
  for (const kernel_argument& argument : signature.arguments) {
    if (&argument != signature.arguments.data()) text += ", ";
    text += to_string(argument);
  }
  return text + ")";
}

} // namespace clotho

// SPDX-License-Identifier: Apache-2.0
// Checks the arguments of a launch against the kernel's signature and hands them to the driver.
#include <array>
#include <cmath>
#include <cstring>
#include <string>

#include <clotho/core/argument_order.hpp>
#include <clotho/core/checked.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/detail/state.hpp>
#include <clotho/runtime/detail/svm_state.hpp>

namespace clotho::detail {
namespace {

struct slot {
  const kernel_state& function;
  cl_kernel object;
  std::size_t index;
  [[nodiscard]] const kernel_argument& argument() const { return function.signature.arguments[index]; }
};

// Without argument information (foreign binaries) the driver is the judge.
bool may_be(const slot& at, argument_kind kind) {
  return at.argument().kind == kind || at.argument().kind == argument_kind::other;
}

[[noreturn]] void refuse(const slot& at, const std::string& why) {
  const kernel_argument& argument = at.argument();
  throw argument_error("argument " + std::to_string(at.index) + " ('" + argument.name + "', "
                       + (argument.type.empty() ? to_string(argument.kind) : argument.type) + ") of kernel '"
                       + at.function.signature.name + "' " + why);
}

void set(const slot& at, std::size_t size, const void* value) {
  const cl_int code = clSetKernelArg(at.object, static_cast<cl_uint>(at.index), size, value);
  if (code != CL_SUCCESS) [[unlikely]]
    throw argument_error(code, "clSetKernelArg",
                         "argument " + std::to_string(at.index) + " ('" + at.argument().name
                             + "') of kernel '" + at.function.signature.name + "'");
}

// The value as a `To` if that is the same number; floats may round, but not overflow.
template <scalar_value To, scalar_value From> std::optional<To> convert(From from) {
  if constexpr (std::is_same_v<From, To>) {
    return from;
  } else if constexpr (std::is_same_v<From, half>) {
    return convert<To>(to_double(from));
  } else if constexpr (std::is_same_v<To, half>) {
    const half to = to_half(static_cast<double>(from));
    const bool overflows = std::isinf(to_double(to)) && !std::isinf(static_cast<double>(from));
    return overflows ? std::nullopt : std::optional(to);
  } else if constexpr (std::is_integral_v<From> && std::is_integral_v<To>) {
    return std::in_range<To>(from) ? std::optional(static_cast<To>(from)) : std::nullopt;
  } else if constexpr (std::is_integral_v<From>) {
    const auto to = static_cast<To>(from);
    // The largest integers round up to a power of two that converts back only with overflow.
    const bool exact = std::fabs(to) < static_cast<To>(9007199254740992.0) && static_cast<From>(to) == from;
    return exact ? std::optional(to) : std::nullopt;
  } else if constexpr (std::is_integral_v<To>) {
    return std::nullopt; // a fraction where a count belongs is a mistake even when it happens to be whole
  } else {
    const auto to = static_cast<To>(from);
    return std::isinf(to) && !std::isinf(from) ? std::nullopt : std::optional(to);
  }
}

template <class From> std::string number(From value) {
  if constexpr (std::is_same_v<From, half>)
    return std::to_string(to_double(value));
  else
    return std::to_string(value);
}

void set_converted(const slot& at, const launch_argument& given, element_type wanted) {
  visit_scalar(given.type.base, [&]<class From>(From from) {
    std::memcpy(&from, given.object, sizeof from);
    visit_scalar(wanted.base, [&]<class To>(To) {
      const std::optional<To> to = convert<To>(from);
      if (!to) refuse(at, "cannot take the " + opencl_name(given.type) + " " + number(from));
      set(at, sizeof(To), &*to);
    });
  });
}

void bind_scalar(const slot& at, const launch_argument& given) {
  const kernel_argument& argument = at.argument();
  if (!may_be(at, argument_kind::value)) refuse(at, "cannot be a " + opencl_name(given.type) + " value");
  if (!argument.element) {
    if (argument.size_bytes != 0 && argument.size_bytes != given.size)
      refuse(at, "has " + std::to_string(argument.size_bytes) + " bytes, not the "
                     + std::to_string(given.size) + " of a " + opencl_name(given.type));
    return set(at, given.size, given.object);
  }
  if (*argument.element == given.type) [[likely]]
    return set(at, given.size, given.object);
  if (argument.element->width != 1) refuse(at, "cannot be a single " + opencl_name(given.type));
  set_converted(at, given, *argument.element);
}

void bind_vector(const slot& at, const launch_argument& given) {
  const kernel_argument& argument = at.argument();
  if (!may_be(at, argument_kind::value)) refuse(at, "cannot be a " + opencl_name(given.type) + " value");
  if (argument.element && *argument.element != given.type)
    refuse(at, "cannot be a " + opencl_name(given.type));
  // In memory a vector of 3 takes the room of 4.
  std::array<std::byte, 128> room{};
  const std::size_t size = given.type.size_bytes();
  std::memcpy(room.data(), given.object, std::min(given.size, room.size()));
  set(at, size, room.data());
}

void bind_opaque(const slot& at, const launch_argument& given) {
  const kernel_argument& argument = at.argument();
  if (!may_be(at, argument_kind::value))
    refuse(at, "cannot be a value of " + std::to_string(given.size) + " bytes");
  if (argument.size_bytes != 0 && argument.size_bytes != given.size)
    refuse(at, "has " + std::to_string(argument.size_bytes) + " bytes, the value given has "
                   + std::to_string(given.size));
  set(at, given.size, given.object);
}

void check_context(const slot& at, const context& owner) {
  if (owner.state() != at.function.program->owner.state())
    refuse(at, "belongs to another context than the kernel: it lives on '" + owner.target().name() + "'");
}

void bind_buffer(const slot& at, const launch_argument& given) {
  const kernel_argument& argument = at.argument();
  const auto& buffer = *static_cast<const buffer_state*>(given.object);
  if (!may_be(at, argument_kind::buffer)) refuse(at, "cannot be a buffer");
  check_context(at, buffer.owner);
  if (buffer.element && argument.element && buffer.element->base != argument.element->base)
    refuse(at, "cannot be a buffer of " + opencl_name(*buffer.element));
  if (buffer.access == kernel_access::read_only && argument.kind == argument_kind::buffer
      && !argument.is_const)
    refuse(at, "may be written by the kernel, but the buffer was made read-only");
  const cl_mem handle = buffer.handle();
  set(at, sizeof handle, &handle);
}

void bind_svm(const slot& at, const launch_argument& given) {
  const kernel_argument& argument = at.argument();
  const svm_state& memory = *static_cast<const svm_memory*>(given.object)->state();
  if (!may_be(at, argument_kind::buffer)) refuse(at, "cannot be shared virtual memory");
  check_context(at, memory.owner);
  if (memory.element && argument.element && memory.element->base != argument.element->base)
    refuse(at, "cannot be shared virtual memory of " + opencl_name(*memory.element));
  const cl_int code = clSetKernelArgSVMPointer(at.object, static_cast<cl_uint>(at.index), memory.memory);
  if (code != CL_SUCCESS) [[unlikely]]
    throw argument_error(code, "clSetKernelArgSVMPointer",
                         "argument " + std::to_string(at.index) + " ('" + argument.name + "') of kernel '"
                             + at.function.signature.name + "'");
}

unsigned image_dimensions(const std::string& type) { return type.starts_with("image3d") ? 3 : 2; }

void bind_image(const slot& at, const launch_argument& given) {
  const kernel_argument& argument = at.argument();
  const auto& image = *static_cast<const image_state*>(given.object);
  if (!may_be(at, argument_kind::image)) refuse(at, "cannot be an image");
  check_context(at, image.owner);
  if (argument.kind == argument_kind::image && image_dimensions(argument.type) != image.dimensions)
    refuse(at, "cannot be an image of " + std::to_string(image.dimensions) + " dimensions");
  if (image.access == kernel_access::read_only && argument.access != access_qualifier::read_only
      && argument.access != access_qualifier::none)
    refuse(at, "is written by the kernel, but the image was made read-only");
  const cl_mem handle = image.handle();
  set(at, sizeof handle, &handle);
}

void bind_sampler(const slot& at, const launch_argument& given) {
  if (!may_be(at, argument_kind::sampler)) refuse(at, "cannot be a sampler");
  const auto& state = *static_cast<const sampler_state*>(given.object);
  check_context(at, state.owner);
  set(at, sizeof state.handle, &state.handle);
}

void bind_local(const slot& at, const launch_argument& given) {
  if (!may_be(at, argument_kind::local)) refuse(at, "cannot be local memory");
  if (given.size == 0) refuse(at, "needs local memory of at least one byte");
  set(at, given.size, nullptr);
}

void bind_null(const slot& at) {
  if (!may_be(at, argument_kind::buffer)) refuse(at, "cannot be null");
  const cl_mem none = nullptr;
  set(at, sizeof none, &none);
}

void bind(const slot& at, const launch_argument& given) {
  switch (given.what) {
  case bound::scalar: return bind_scalar(at, given);
  case bound::vector: return bind_vector(at, given);
  case bound::opaque: return bind_opaque(at, given);
  case bound::buffer: return bind_buffer(at, given);
  case bound::image: return bind_image(at, given);
  case bound::sampler: return bind_sampler(at, given);
  case bound::local: return bind_local(at, given);
  case bound::null: return bind_null(at);
  case bound::svm: return bind_svm(at, given);
  }
}

void bind_named(const kernel_state& function, cl_kernel object, std::span<const launch_argument> arguments) {
  std::vector<std::string_view> names;
  for (const launch_argument& given : arguments) names.push_back(given.name);
  const std::vector<std::size_t> order = argument_order(function.signature, names);
  for (std::size_t i = 0; i < order.size(); ++i) bind({function, object, order[i]}, arguments[i]);
}

void check_local_memory(const kernel_state& function, std::span<const launch_argument> arguments) {
  std::uint64_t total = function.limits.local_memory_bytes;
  for (const launch_argument& given : arguments)
    if (given.what == bound::local)
      total = checked_add(total, std::uint64_t{given.size}).value_or(UINT64_MAX);
  const device& target = function.program->owner.target();
  if (total > target.info().local_memory_bytes)
    throw capability_error(CL_OUT_OF_RESOURCES, "clEnqueueNDRangeKernel",
                           "kernel '" + function.signature.name + "' needs " + format_size(total)
                               + " of local memory, '" + target.name() + "' has "
                               + format_size(target.info().local_memory_bytes));
}

} // namespace

void bind_arguments(const kernel_state& function, cl_kernel object,
                    std::span<const launch_argument> arguments) {
  if (function.takes_local_memory) check_local_memory(function, arguments);
  for (const launch_argument& given : arguments)
    if (!given.name.empty()) return bind_named(function, object, arguments);
  check_argument_count(function.signature, arguments.size());
  for (std::size_t i = 0; i < arguments.size(); ++i) bind({function, object, i}, arguments[i]);
}

} // namespace clotho::detail

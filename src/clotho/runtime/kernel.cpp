// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/kernel.hpp>

#include <algorithm>
#include <string>

#include <clotho/core/os/thread.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/detail/state.hpp>

namespace clotho {
namespace detail {
namespace {

// What the driver says of one argument. After a failure all answers are empty: half of them would make
// another argument than it is, and its launch would be refused for it.
struct argument_query {
  cl_kernel object;
  cl_uint index;
  bool failed = false;

  bool ask(cl_kernel_arg_info what, std::size_t room, void* to, std::size_t* size = nullptr) {
    failed = failed || clGetKernelArgInfo(object, index, what, room, to, size) != CL_SUCCESS;
    return !failed;
  }
  std::string text(cl_kernel_arg_info what) {
    std::size_t size = 0;
    if (!ask(what, 0, nullptr, &size)) return {};
    std::string found(size, '\0');
    return ask(what, size, found.data()) ? found.c_str() : "";
  }
  template <class T> T value(cl_kernel_arg_info what) {
    T found{};
    return ask(what, sizeof found, &found) ? found : T{};
  }
};

template <class T>
T work_group_value(cl_kernel object, cl_device_id device, cl_kernel_work_group_info what, T fallback) {
  T value = fallback;
  return clGetKernelWorkGroupInfo(object, device, what, sizeof value, &value, nullptr) == CL_SUCCESS
             ? value
             : fallback;
}

address_space space_of(cl_kernel_arg_address_qualifier qualifier) {
  switch (qualifier) {
  case CL_KERNEL_ARG_ADDRESS_GLOBAL: return address_space::global;
  case CL_KERNEL_ARG_ADDRESS_CONSTANT: return address_space::constant;
  case CL_KERNEL_ARG_ADDRESS_LOCAL: return address_space::local;
  default: return address_space::private_memory;
  }
}

access_qualifier access_of(cl_kernel_arg_access_qualifier qualifier) {
  switch (qualifier) {
  case CL_KERNEL_ARG_ACCESS_READ_ONLY: return access_qualifier::read_only;
  case CL_KERNEL_ARG_ACCESS_WRITE_ONLY: return access_qualifier::write_only;
  case CL_KERNEL_ARG_ACCESS_READ_WRITE: return access_qualifier::read_write;
  default: return access_qualifier::none;
  }
}

argument_kind kind_of(const std::string& type, address_space space) {
  if (type.ends_with('*') || space == address_space::global || space == address_space::constant)
    if (!type.starts_with("image"))
      return space == address_space::local ? argument_kind::local : argument_kind::buffer;
  if (space == address_space::local) return argument_kind::local;
  if (type.starts_with("image")) return argument_kind::image;
  if (type == "sampler_t") return argument_kind::sampler;
  if (type.empty() || type.starts_with("pipe") || type == "queue_t" || type.ends_with("event_t"))
    return argument_kind::other;
  return argument_kind::value;
}

// An argument as the driver sees it. Typedef names stay unresolved: then it has no element type.
kernel_argument ask_argument(cl_kernel object, cl_uint index) {
  kernel_argument argument;
  argument.kind = argument_kind::other;
  argument.name = argument_query{object, index}.text(CL_KERNEL_ARG_NAME);
  argument_query query{object, index};
  const std::string type = query.text(CL_KERNEL_ARG_TYPE_NAME);
  const auto space = query.value<cl_kernel_arg_address_qualifier>(CL_KERNEL_ARG_ADDRESS_QUALIFIER);
  const auto access = query.value<cl_kernel_arg_access_qualifier>(CL_KERNEL_ARG_ACCESS_QUALIFIER);
  const auto qualifiers = query.value<cl_kernel_arg_type_qualifier>(CL_KERNEL_ARG_TYPE_QUALIFIER);
  if (query.failed) return argument;
  argument.type = argument.spelled = type;
  argument.space = space_of(space);
  argument.access = access_of(access);
  argument.is_const =
      (qualifiers & CL_KERNEL_ARG_TYPE_CONST) != 0 || argument.space == address_space::constant;
  argument.is_restrict = (qualifiers & CL_KERNEL_ARG_TYPE_RESTRICT) != 0;
  argument.is_volatile = (qualifiers & CL_KERNEL_ARG_TYPE_VOLATILE) != 0;
  argument.kind = kind_of(argument.type, argument.space);
  if (argument.kind == argument_kind::value || argument.kind == argument_kind::buffer)
    argument.element = parse_element_type(argument.type.substr(0, argument.type.find('*')));
  if (argument.element) argument.size_bytes = argument.element->size_bytes();
  return argument;
}

// The source knows types, the driver knows what it compiled: where they disagree about the shape of an
// argument the driver is right.
kernel_argument reconcile(kernel_argument from_driver, const kernel_argument& from_source) {
  const bool silent = from_driver.type.empty() && from_driver.kind == argument_kind::other;
  if (silent || (from_driver.kind == from_source.kind && from_driver.space == from_source.space))
    return from_source;
  return from_driver;
}

kernel_signature join_signatures(cl_kernel object, cl_uint count, const kernel_signature* from_source) {
  kernel_signature joined;
  const bool usable = from_source && from_source->arguments.size() == count;
  if (usable) joined = *from_source;
  joined.arguments.clear();
  for (cl_uint i = 0; i < count; ++i) {
    kernel_argument argument = ask_argument(object, i);
    joined.arguments.push_back(usable ? reconcile(std::move(argument), from_source->arguments[i])
                                      : std::move(argument));
    if (joined.arguments.back().name.empty()) joined.arguments.back().name = "arg" + std::to_string(i);
  }
  return joined;
}

// Work-items whose private arrays fit half of a stack; 0 when nothing is known to limit them.
std::size_t stack_items(const context_state& owner, const kernel_signature& signature) {
  if (!owner.private_on_stack) return 0;
  if (signature.unsized_private_array) return 1;
  if (signature.private_bytes == 0) return 0;
  // Drivers' own threads have the default stack, which the main thread's is a fair guess of.
  const std::size_t stack = os::stack_size_bytes() ? os::stack_size_bytes() : std::size_t{8} << 20;
  return std::max<std::size_t>(1, stack / 2 / signature.private_bytes);
}

range_limits limits_of(const context_state& owner, const program_state& program,
                       const kernel_signature& signature, const kernel_limits& limits) {
  range_limits range;
  range.max_local = limits.max_local_size;
  range.max_local_sizes = owner.target.info().max_work_item_sizes;
  range.required_local = signature.required_local;
  range.non_uniform = program.non_uniform_groups;
  range.choose_local = owner.explicit_local || owner.guards_code;
  range.max_stack_items = stack_items(owner, signature);
  return range;
}

void check_private_arrays(const context_state& owner, const kernel_signature& signature) {
  const std::size_t stack = os::stack_size_bytes();
  if (owner.private_on_stack && stack != 0 && signature.private_bytes > stack / 2)
    throw capability_error("kernel '" + signature.name + "' keeps " + format_size(signature.private_bytes)
                           + " of private arrays for each work-item; on '" + owner.target.name()
                           + "' they live on a stack of " + format_size(stack)
                           + ". Use a __global scratch buffer");
}

void check_local_memory(const context_state& owner, const std::string& name, std::size_t bytes) {
  const std::uint64_t most = owner.target.info().local_memory_bytes;
  if (bytes > most)
    throw capability_error(CL_OUT_OF_RESOURCES, "clEnqueueNDRangeKernel",
                           "kernel '" + name + "' needs " + format_size(bytes) + " of local memory, '"
                               + owner.target.name() + "' has " + format_size(most));
}

std::unique_ptr<kernel_object> open_kernel(const program_state& program, const std::string& name) {
  cl_int code = CL_SUCCESS;
  const cl_kernel made = clCreateKernel(program.handle(), name.c_str(), &code);
  check(code, "clCreateKernel", "'" + name + "' of " + program.name);
  auto object = std::make_unique<kernel_object>();
  object->handle = cl::Kernel(made);
  return object;
}

std::size_t parameter_size(const kernel_argument& argument) {
  return argument.kind == argument_kind::value ? argument.size_bytes : sizeof(void*);
}

} // namespace

kernel_lease::kernel_lease(kernel_state& from) : from_(from) {
  {
    const std::lock_guard lock(from_.mutex);
    if (!from_.idle.empty()) {
      object_ = std::move(from_.idle.back());
      from_.idle.pop_back();
    }
  }
  if (!object_) object_ = open_kernel(*from_.program, from_.signature.name);
}

kernel_lease::~kernel_lease() {
  const std::lock_guard lock(from_.mutex);
  from_.idle.push_back(std::move(object_));
}

std::shared_ptr<kernel_state> make_kernel(const std::shared_ptr<program_state>& program,
                                          const std::string& name) {
  const context_state& owner = *program->owner.state();
  const cl_device_id device = owner.target.state().handle();
  auto state = std::make_shared<kernel_state>();
  state->program = program;
  std::unique_ptr<kernel_object> object = open_kernel(*program, name);
  const cl_kernel handle = object->handle();

  // Asked for at once: NVIDIA notices a wrong name only here.
  cl_uint count = 0;
  check(clGetKernelInfo(handle, CL_KERNEL_NUM_ARGS, sizeof count, &count, nullptr), "clGetKernelInfo",
        "'" + name + "'");
  const auto known = std::find_if(program->signatures.begin(), program->signatures.end(),
                                  [&](const kernel_signature& s) { return s.name == name; });
  state->signature = join_signatures(handle, count, known != program->signatures.end() ? &*known : nullptr);
  state->signature.name = name;
  state->signature.required_local = work_group_value<std::array<std::size_t, 3>>(
      handle, device, CL_KERNEL_COMPILE_WORK_GROUP_SIZE, state->signature.required_local);
  check_private_arrays(owner, state->signature);

  const std::size_t device_most = owner.target.info().max_work_group_size;
  state->limits.max_local_size =
      work_group_value<std::size_t>(handle, device, CL_KERNEL_WORK_GROUP_SIZE, device_most);
  // rusticl 22.3 says 32 of every kernel; a size that the kernel requires is one it was compiled for.
  const std::array<std::size_t, 3>& required = state->signature.required_local;
  state->limits.max_local_size =
      std::max(state->limits.max_local_size, std::min(required[0] * required[1] * required[2], device_most));
  state->limits.preferred_multiple =
      work_group_value<std::size_t>(handle, device, CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE, 1);
  state->limits.local_memory_bytes =
      static_cast<std::size_t>(work_group_value<cl_ulong>(handle, device, CL_KERNEL_LOCAL_MEM_SIZE, 0));
  // PoCL 3.1 aborts the process at the launch of a kernel that needs too much.
  check_local_memory(owner, name, state->limits.local_memory_bytes);
  state->range = limits_of(owner, *program, state->signature, state->limits);
  for (const kernel_argument& argument : state->signature.arguments) {
    state->parameter_bytes += parameter_size(argument);
    state->takes_local_memory = state->takes_local_memory || argument.kind == argument_kind::local;
  }
  if (owner.max_parameter_bytes != 0 && state->parameter_bytes > owner.max_parameter_bytes)
    throw capability_error("the arguments of kernel '" + name + "' take "
                           + std::to_string(state->parameter_bytes) + " bytes; '" + owner.target.name()
                           + "' takes at most " + std::to_string(owner.max_parameter_bytes));
  state->may_print = state->signature.uses_printf || !state->signature.range.is_known();
  if (owner.gate) state->number = owner.gate->number_kernel();
  state->idle.push_back(std::move(object));
  return state;
}

} // namespace detail

const kernel_signature& kernel::signature() const noexcept { return state_->signature; }
const kernel_limits& kernel::limits() const noexcept { return state_->limits; }

} // namespace clotho

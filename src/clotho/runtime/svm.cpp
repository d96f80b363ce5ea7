// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/svm.hpp>

#include <algorithm>
#include <string>

#include <clotho/core/checked.hpp>
#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/detail/mapping_state.hpp>
#include <clotho/runtime/detail/state.hpp>
#include <clotho/runtime/detail/svm_state.hpp>

namespace clotho {
namespace detail {
namespace {

// An entry point newer than the device's version must not be called: a device that has no such memory may not even have
// the call that would say so.
void check_capability(const context& owner, std::size_t bytes, svm_grain grain) {
  const device_info& info = owner.info();
  const std::string name = "'" + owner.target().name() + "'";
  if (!info.svm_coarse && !info.svm_fine)
    throw capability_error(name + " (OpenCL " + std::to_string(info.opencl.major) + "." + std::to_string(info.opencl.minor) +
                           ") has no shared virtual memory; use a device_buffer, and queue::map where the host is to see it");
  if (grain == svm_grain::fine && !info.svm_fine)
    throw capability_error(name + " has shared virtual memory of coarse grain only; make it coarse, and map it for the host");
  if (bytes > info.max_allocation_bytes && info.max_allocation_bytes != 0)
    throw capability_error(CL_INVALID_BUFFER_SIZE, "clSVMAlloc",
                           describe_size(bytes, owner.target()) + ", which allocates at most " +
                               format_size(info.max_allocation_bytes) + " at once; split the data");
}

void* allocate(const context& owner, std::size_t bytes, svm_grain grain) {
  check_capability(owner, bytes, grain);
  const cl_svm_mem_flags flags = CL_MEM_READ_WRITE | (grain == svm_grain::fine ? CL_MEM_SVM_FINE_GRAIN_BUFFER : 0);
  // Of no bytes there is none; a launch over no elements is a fine thing.
  void* const made = clSVMAlloc(owner.state()->handle(), flags, std::max<std::size_t>(bytes, 1), 0);
  if (made == nullptr) throw error(CL_MEM_OBJECT_ALLOCATION_FAILURE, "clSVMAlloc", describe_size(bytes, owner.target()));
  return made;
}

cl_map_flags flags_for(map_access access) {
  switch (access) {
  case map_access::read: return CL_MAP_READ;
  case map_access::write: return CL_MAP_WRITE;
  case map_access::read_write: break;
  }
  return CL_MAP_READ | CL_MAP_WRITE;
}

} // namespace

svm_state::svm_state(const context& in, std::size_t bytes, svm_grain how, std::optional<element_type> of)
    : owner(in), size_bytes(bytes), grain(how), element(of), memory(allocate(in, bytes, how)) {}

svm_state::~svm_state() {
  for (const auto& [queue, done] : uses_) {
    const cl_event handle = done();
    if (const cl_int code = clWaitForEvents(1, &handle); code != CL_SUCCESS)
      owner.state()->options.log(log_level::error, "shared virtual memory was freed after a command that ended with " + code_name(code));
  }
  clSVMFree(owner.state()->handle(), memory);
}

void svm_state::used_until(cl_command_queue queue, cl::Event done) {
  const std::lock_guard lock(mutex_);
  const auto known = std::find_if(uses_.begin(), uses_.end(), [&](const auto& one) { return one.first == queue; });
  if (known != uses_.end())
    known->second = std::move(done);
  else
    uses_.emplace_back(queue, std::move(done));
}

svm_uses svm_among(std::span<const launch_argument> arguments) {
  svm_uses found;
  for (const launch_argument& one : arguments)
    if (one.what == bound::svm) [[unlikely]]
      found.push_back(static_cast<const svm_memory*>(one.object)->state());
  return found;
}

} // namespace detail

svm_memory::svm_memory(const context& owner, std::size_t size_bytes, svm_grain grain)
    : state_(std::make_shared<detail::svm_state>(owner, size_bytes, grain, std::nullopt)) {}

svm_memory svm_memory::typed(const context& owner, element_type type, std::size_t count, svm_grain grain) {
  const auto size = checked_multiply(count, type.size_bytes());
  if (!size)
    throw argument_error("memory of " + std::to_string(count) + " " + opencl_name(type) + " is larger than any there is");
  return svm_memory(std::make_shared<detail::svm_state>(owner, *size, grain, type));
}

std::size_t svm_memory::size_bytes() const noexcept { return state_->size_bytes; }
std::optional<element_type> svm_memory::element() const noexcept { return state_->element; }
svm_grain svm_memory::grain() const noexcept { return state_->grain; }
const context& svm_memory::owner() const noexcept { return state_->owner; }

std::span<std::byte> svm_memory::bytes() const {
  if (grain() == svm_grain::coarse)
    throw argument_error("shared virtual memory of coarse grain is the host's only while it is mapped: use queue::map");
  return {static_cast<std::byte*>(state_->memory), size_bytes()};
}

mapping queue::map(const svm_memory& memory, map_access access) {
  if (memory.owner().state() != owner().state())
    throw argument_error("cannot map shared virtual memory of '" + memory.owner().target().name() +
                         "' here: it belongs to another context than this queue");
  auto mapped = std::make_unique<mapping::state>(
      detail::share<cl::CommandQueue>(state_->handle(), "clRetainCommandQueue"), memory.state());
  if (memory.size_bytes() == 0) return mapping(std::move(mapped));
  void* const where = memory.state()->memory;
  detail::check(clEnqueueSVMMap(state_->handle(), CL_TRUE, detail::flags_for(access), where, memory.size_bytes(), 0, nullptr, nullptr),
                "clEnqueueSVMMap", detail::describe_size(memory.size_bytes(), owner().target()));
  mapped->host = where;
  mapped->bytes = {static_cast<std::byte*>(where), memory.size_bytes()};
  return mapping(std::move(mapped));
}

} // namespace clotho

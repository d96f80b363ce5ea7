// SPDX-License-Identifier: Apache-2.0
// Device memory that the host sees.
#include <clotho/runtime/queue.hpp>

#include <utility>

#include <clotho/runtime/detail/mapping_state.hpp>

namespace clotho {
namespace {

cl_int unmap_svm(cl_command_queue queue, detail::svm_state& memory, void* mapped) {
  cl_event done = nullptr;
  const cl_int code = clEnqueueSVMUnmap(queue, mapped, 0, nullptr, &done);
  if (code == CL_SUCCESS) memory.used_until(queue, cl::Event(done));
  return code;
}

} // namespace

mapping::state::~state() {
  const cl_int code = unmap();
  if (code == CL_SUCCESS) return;
  const context& owner = svm ? svm->owner : buffer->owner();
  owner.state()->options.log(log_level::error, std::string(unmap_call()) + ": " + code_name(code));
}

cl_int mapping::state::unmap() {
  void* const mapped = std::exchange(host, nullptr);
  if (mapped == nullptr) return CL_SUCCESS;
  if (svm) return unmap_svm(queue(), *svm, mapped);
  return clEnqueueUnmapMemObject(queue(), buffer->state().handle(), mapped, 0, nullptr, nullptr);
}

mapping::mapping(std::unique_ptr<state> mapped) : state_(std::move(mapped)) {}
mapping::mapping(mapping&&) noexcept = default;
mapping& mapping::operator=(mapping&&) noexcept = default;
mapping::~mapping() = default;

void mapping::unmap() {
  if (const std::unique_ptr<state> ended = std::move(state_)) detail::check(ended->unmap(), ended->unmap_call());
}

std::span<std::byte> mapping::bytes() const noexcept {
  return state_ ? state_->bytes : std::span<std::byte>();
}

} // namespace clotho

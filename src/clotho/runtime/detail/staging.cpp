// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/detail/staging.hpp>

#include <algorithm>
#include <cstring>

namespace clotho::detail {

staging::staging(cl_context context, cl_command_queue queue) : queue_(queue) {
  for (half& part : halves_) {
    cl_int code = CL_SUCCESS;
    part.memory = cl::Buffer(
        clCreateBuffer(context, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR, half_bytes, nullptr, &code));
    check(code, "clCreateBuffer", "for pinned host memory");
    part.host =
        static_cast<std::byte*>(clEnqueueMapBuffer(queue_, part.memory(), CL_TRUE, CL_MAP_READ | CL_MAP_WRITE,
                                                   0, half_bytes, 0, nullptr, nullptr, &code));
    check(code, "clEnqueueMapBuffer", "for pinned host memory");
  }
}

staging::~staging() {
  for (half& part : halves_) {
    if (part.busy()) part.busy.wait();
    if (part.host) clEnqueueUnmapMemObject(queue_, part.memory(), part.host, 0, nullptr, nullptr);
  }
  clFinish(queue_);
}

// Waits until the half is free; a read's data then goes where it belongs.
void staging::settle(half& part) {
  if (!part.busy()) return;
  const cl_event event = part.busy();
  const cl_int code = clWaitForEvents(1, &event);
  part.busy = cl::Event();
  const std::span<std::byte> target = std::exchange(part.target, {});
  check(code, "clWaitForEvents", "for a copy through pinned memory");
  if (!target.empty()) std::memcpy(target.data(), part.host, target.size());
}

void staging::write(cl_mem to, std::size_t offset, std::span<const std::byte> from) {
  for (std::size_t turn = 0; !from.empty(); ++turn) {
    half& part = halves_[turn % 2];
    settle(part);
    const std::size_t size = std::min(from.size(), half_bytes);
    std::memcpy(part.host, from.data(), size);
    cl_event event = nullptr;
    check(clEnqueueWriteBuffer(queue_, to, CL_FALSE, offset, size, part.host, 0, nullptr, &event),
          "clEnqueueWriteBuffer");
    part.busy = cl::Event(event);
    check(clFlush(queue_), "clFlush");
    offset += size;
    from = from.subspan(size);
  }
}

void staging::read(cl_mem from, std::size_t offset, std::span<std::byte> to) {
  for (std::size_t turn = 0; !to.empty(); ++turn) {
    half& part = halves_[turn % 2];
    settle(part);
    const std::size_t size = std::min(to.size(), half_bytes);
    cl_event event = nullptr;
    check(clEnqueueReadBuffer(queue_, from, CL_FALSE, offset, size, part.host, 0, nullptr, &event),
          "clEnqueueReadBuffer");
    part.busy = cl::Event(event);
    part.target = to.first(size);
    check(clFlush(queue_), "clFlush");
    offset += size;
    to = to.subspan(size);
  }
  for (half& part : halves_) settle(part);
}

} // namespace clotho::detail

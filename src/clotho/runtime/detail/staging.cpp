// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/detail/staging.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace clotho::detail {

void staging::half::open(cl_context context, cl_command_queue in, log_sink reports) {
  queue = in;
  log = std::move(reports);
  cl_int code = CL_SUCCESS;
  memory = cl::Buffer(
      clCreateBuffer(context, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR, half_bytes, nullptr, &code));
  check(code, "clCreateBuffer", "for pinned host memory");
  host = static_cast<std::byte*>(clEnqueueMapBuffer(queue, memory(), CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0,
                                                    half_bytes, 0, nullptr, nullptr, &code));
  check(code, "clEnqueueMapBuffer", "for pinned host memory");
}

staging::half::~half() {
  if (!host) return;
  abandon();
  const cl_int code = clEnqueueUnmapMemObject(queue, memory(), host, 0, nullptr, nullptr);
  if (code != CL_SUCCESS)
    log(log_level::error, "clEnqueueUnmapMemObject of pinned host memory: " + code_name(code));
}

void staging::half::settle() {
  if (!busy()) return;
  const cl_event event = busy();
  const cl_int code = clWaitForEvents(1, &event);
  busy = cl::Event();
  const std::span<std::byte> wanted = std::exchange(target, {});
  check(code, "clWaitForEvents", "for a copy through pinned memory");
  if (!wanted.empty()) std::memcpy(wanted.data(), host, wanted.size());
}

void staging::half::abandon() noexcept {
  target = {};
  if (busy()) busy.wait();
  busy = cl::Event();
}

staging::staging(cl_context context, cl_command_queue queue, log_sink log) : queue_(queue) {
  for (half& part : halves_) part.open(context, queue, log);
}

void staging::write(cl_mem to, std::size_t offset, std::span<const std::byte> from) {
  for (std::size_t turn = 0; !from.empty(); ++turn) {
    half& part = halves_[turn % 2];
    part.settle();
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

void staging::read(cl_mem from, std::size_t offset, std::span<std::byte> to) try {
  for (std::size_t turn = 0; !to.empty(); ++turn) {
    half& part = halves_[turn % 2];
    part.settle();
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
  for (half& part : halves_) part.settle();
} catch (...) {
  // Whoever gets the error may free `to`: no later use of the queue may write there.
  for (half& part : halves_) part.abandon();
  throw;
}

} // namespace clotho::detail

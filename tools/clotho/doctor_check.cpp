// SPDX-License-Identifier: Apache-2.0
#include "doctor_check.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/native.hpp>
#include <clotho/runtime/program.hpp>
#include <clotho/runtime/queue.hpp>

namespace clotho::tool {
namespace {

using milliseconds = std::chrono::milliseconds;
using result = check_outcome::result;

constexpr std::size_t odd_count = 100003; // A prime: no local size divides it.

constexpr const char* kernels = R"(
__kernel void saxpy(const float a, __global const float* x, __global float* y) {
  const size_t i = get_global_id(0);
  y[i] = a * x[i] + y[i];
}
__kernel void add_one(__global uint* values) { values[get_global_id(0)] += 1u; }
)";

check_outcome passed(std::string remark = {}) { return {result::passed, std::move(remark)}; }
check_outcome failed(std::string what) { return {result::failed, std::move(what)}; }
check_outcome skipped(const quirk& because) {
  return {result::skipped, "quirk " + std::string(because.id) + ": " + std::string(because.reason)};
}

program build(const context& owner) {
  build_options options;
  options.use_cache = false;
  return program::build(owner, flatten_source("doctor.cl", kernels), options);
}

template <class T> std::span<const std::byte> bytes_of(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}
template <class T> std::span<std::byte> writable_bytes_of(std::vector<T>& values) {
  return std::as_writable_bytes(std::span(values));
}

// Runs saxpy with whole numbers small enough for floats to be exact, and compares every element.
check_outcome run_saxpy(const context& owner, const program& from) {
  std::vector<float> x(odd_count), y(odd_count), computed(odd_count);
  std::iota(x.begin(), x.end(), 0.0f);
  std::fill(y.begin(), y.end(), 5.0f);
  queue commands(owner);
  const auto on_x = device_buffer::of<float>(owner, odd_count),
             on_y = device_buffer::of<float>(owner, odd_count);
  commands.write(on_x, bytes_of(x));
  commands.write(on_y, bytes_of(y));
  commands.launch(from.get_kernel("saxpy"), nd_range(odd_count), 3.0f, on_x, on_y);
  commands.read(on_y, writable_bytes_of(computed));
  for (std::size_t i = 0; i < odd_count; ++i) {
    const float expected = 3.0f * x[i] + y[i];
    if (computed[i] != expected)
      return failed("saxpy gave " + std::to_string(computed[i]) + " instead of " + std::to_string(expected)
                    + " at element " + std::to_string(i)
                    + "; results of this device cannot be trusted: update its driver");
  }
  return passed();
}

check_outcome check_build(const device& target, milliseconds) {
  const context owner(target);
  const program built = build(owner);
  return passed(built.messages().empty() ? "" : "the compiler says: " + built.messages().front().text);
}

check_outcome check_run(const device& target, milliseconds) {
  const context owner(target);
  return run_saxpy(owner, build(owner));
}

// Beyond 2 GiB sizes stop fitting 32 bits; a few drivers stop working there.
std::size_t large_size(const device_info& info) {
  std::uint64_t size = (std::uint64_t{2} << 30) + (64 << 10);
  size = std::min({size, info.max_allocation_bytes, info.global_memory_bytes / 4});
  const long pages = ::sysconf(_SC_AVPHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
  if ((info.type == device_type::cpu || info.unified_memory) && pages > 0 && page > 0)
    size = std::min(size, static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page) / 2);
  return static_cast<std::size_t>(size / 4096 * 4096);
}

check_outcome check_large_fill(const device& target, milliseconds) {
  const std::size_t size = large_size(target.info());
  if (size == 0) return {result::skipped, "there is too little free memory"};
  const context owner(target);
  const device_buffer buffer(owner, size);
  queue commands(owner);
  constexpr std::uint32_t pattern = 0xC10740E5;
  commands.fill(buffer, pattern);
  std::vector<std::uint32_t> piece(1024);
  for (const std::size_t at : {std::size_t{0}, size / 2, size - piece.size() * 4}) {
    commands.read(buffer, writable_bytes_of(piece), at / 4096 * 4096);
    if (std::any_of(piece.begin(), piece.end(), [](std::uint32_t v) { return v != pattern; }))
      return failed("a fill of " + format_size(size) + " left other values near byte " + std::to_string(at)
                    + "; keep buffers smaller, or update the driver");
  }
  return passed(format_size(size));
}

check_outcome check_host_memory(const device& target, milliseconds) {
  const context owner(target);
  const program built = build(owner);
  constexpr std::size_t count = 16384, alignment = 4096;
  std::vector<std::byte> storage(count * 4 + alignment);
  void* start = storage.data();
  std::size_t room = storage.size();
  std::align(alignment, count * 4, start, room);
  const std::span<std::byte> memory(static_cast<std::byte*>(start), count * 4);
  std::vector<std::uint32_t> values(count);
  const auto differs = [&](std::span<const std::byte> bytes, std::uint32_t base) {
    std::memcpy(values.data(), bytes.data(), bytes.size());
    for (std::uint32_t i = 0; i < count; ++i)
      if (values[i] != base + i) return true;
    return false;
  };
  std::iota(values.begin(), values.end(), 7u);
  std::memcpy(memory.data(), values.data(), memory.size());
  const device_buffer buffer = device_buffer::over(owner, memory);
  queue commands(owner);
  const kernel add_one = built.get_kernel("add_one");
  commands.launch(add_one, nd_range(count), buffer);
  commands.finish();
  const bool coherent = buffer.zero_copy() && !differs(memory, 8);
  if (differs(commands.map(buffer, map_access::read).bytes(), 8))
    return failed("host memory used as a buffer shows old values after mapping; force the quirk "
                  "no_implicit_zero_copy for this driver, and report it");
  commands.launch(add_one, nd_range(count), buffer);
  std::vector<std::byte> copy(memory.size());
  commands.read(buffer, copy);
  if (differs(copy, 9))
    return failed("a kernel's writes to host memory used as a buffer were lost between launches");
  return passed(!buffer.zero_copy() ? "copied"
                : coherent          ? "zero copy"
                                    : "zero copy, visible to the host only when mapped");
}

// Shared with a driver thread that may call late, or never.
struct callback_state {
  std::mutex mutex;
  std::condition_variable arrived;
  std::optional<cl_int> status;
};

void CL_CALLBACK on_complete(cl_event, cl_int status, void* data) {
  const std::unique_ptr<std::shared_ptr<callback_state>> state(
      static_cast<std::shared_ptr<callback_state>*>(data));
  const std::lock_guard lock((*state)->mutex);
  (*state)->status = status;
  (*state)->arrived.notify_all();
}

check_outcome check_callback(const device& target, milliseconds patience) {
  if (const quirk* reason = target.quirks().find(quirk_action::callbacks_untrusted)) return skipped(*reason);
  const context owner(target);
  const program built = build(owner);
  queue commands(owner);
  const auto values = device_buffer::of<std::uint32_t>(owner, odd_count);
  const event done = commands.launch_with_event(built.get_kernel("add_one"), nd_range(odd_count), values);
  const auto state = std::make_shared<callback_state>();
  auto handed_over = std::make_unique<std::shared_ptr<callback_state>>(state);
  const cl_int code = clSetEventCallback(native::handle(done), CL_COMPLETE, on_complete, handed_over.get());
  if (code != CL_SUCCESS) return failed(error(code, "clSetEventCallback").what());
  (void)handed_over.release(); // The driver has it now.
  commands.flush();
  std::unique_lock lock(state->mutex);
  if (!state->arrived.wait_for(lock, patience / 2, [&] { return state->status.has_value(); }))
    return failed("the event's callback did not come within " + std::to_string(patience.count() / 2)
                  + " ms; clotho waits in a thread instead, unless a quirk trusts callbacks here");
  if (*state->status != CL_COMPLETE) return failed("the callback reports " + code_name(*state->status));
  return passed();
}

check_outcome check_times(const device& target, milliseconds) {
  if (const quirk* reason = target.quirks().find(quirk_action::profiling_untrusted)) return skipped(*reason);
  const context owner(target);
  const program built = build(owner);
  queue commands(owner, true);
  const auto values = device_buffer::of<std::uint32_t>(owner, odd_count);
  const kernel add_one = built.get_kernel("add_one");
  commands.launch(add_one, nd_range(odd_count), values);
  commands.finish();
  const auto before = std::chrono::steady_clock::now();
  const event done = commands.launch_with_event(add_one, nd_range(odd_count), values);
  done.wait();
  const std::chrono::nanoseconds waited = std::chrono::steady_clock::now() - before;
  const auto times = done.times();
  if (!times) return failed("the driver gives no believable times; clotho measures on the host instead");
  if (times->run() > 2 * waited + milliseconds(1))
    return failed("the driver says a kernel ran " + std::to_string(times->run().count()) + " ns, but it took "
                  + std::to_string(waited.count()) + " ns in all; do not trust its times");
  return passed();
}

check_outcome check_binary(const device& target, milliseconds) {
  if (const quirk* reason = target.quirks().find(quirk_action::skip_binary_cache)) return skipped(*reason);
  const context owner(target);
  const os::bytes code = build(owner).binary();
  check_outcome outcome = run_saxpy(owner, program::from_binary(owner, code));
  if (outcome.what == result::passed) outcome.text = format_size(code.size());
  return outcome;
}

constexpr std::array checks{
    device_check{"build", check_build},           device_check{"run", check_run},
    device_check{"large fill", check_large_fill}, device_check{"host memory", check_host_memory},
    device_check{"callback", check_callback},     device_check{"times", check_times},
    device_check{"binary", check_binary},
};

} // namespace

std::span<const device_check> device_checks() noexcept { return checks; }

} // namespace clotho::tool

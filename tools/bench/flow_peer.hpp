#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <clotho/runtime/device.hpp>

#include "sched_work.hpp"

namespace clotho::bench {

/// One that runs host tasks in the order of their data. A thread that is no worker submits them. Each
/// function does its case once, checks what came out and returns seconds per task; it throws error when that
/// was wrong. A task that writes does no more than to count, so that none can be lost or run too early
/// unnoticed; one that reads does nothing.
class task_peer {
 public:
  task_peer() = default;
  task_peer(const task_peer&) = delete;
  task_peer& operator=(const task_peer&) = delete;
  virtual ~task_peer() = default;

  [[nodiscard]] virtual std::string name() const = 0;
  /// All tasks read and write one buffer.
  [[nodiscard]] virtual double chain(std::size_t tasks) = 0;
  /// The same, worked out once and run again and again by who can.
  [[nodiscard]] virtual double replay(std::size_t tasks) { return chain(tasks); }
  /// Each reads and writes the next one of `independent_buffers`.
  [[nodiscard]] virtual double independent(std::size_t tasks) = 0;
  /// One task writes a buffer, `readers` read it, and the next one writes it again.
  [[nodiscard]] virtual double fan(std::size_t tasks) = 0;

  static constexpr std::size_t independent_buffers = 1024;
  static constexpr std::size_t readers = 8;
  static constexpr std::size_t replayed = 100; // of one graph
};

/// One that runs kernels on a device. The same, but where seconds of something else are asked for.
class kernel_peer {
 public:
  kernel_peer() = default;
  kernel_peer(const kernel_peer&) = delete;
  kernel_peer& operator=(const kernel_peer&) = delete;
  virtual ~kernel_peer() = default;

  [[nodiscard]] virtual std::string name() const = 0;
  /// Launches a kernel that does nothing and waits for it, so many times; per launch.
  [[nodiscard]] virtual double launch_and_wait(std::size_t launches) = 0;
  /// Kernels of one work-item, each after the one before; waits once; per launch.
  [[nodiscard]] virtual double chain(std::size_t launches) = 0;
  /// The same, worked out once and run again and again by who can.
  [[nodiscard]] virtual double replay(std::size_t launches) { return chain(launches); }
  /// A kernel, a function on the host, and so on in order; per pair.
  [[nodiscard]] virtual double alternate(std::size_t pairs) = 0;
  /// The same, without waking a thread by who can.
  [[nodiscard]] virtual double alternate_inline(std::size_t pairs) { return alternate(pairs); }
  /// y += a * x, several times, in place; per launch.
  [[nodiscard]] virtual double saxpy(std::size_t elements) = 0;
  /// A tiny kernel on a buffer of so many 32-bit words, and all of them to the host; per read.
  [[nodiscard]] virtual double read_back(std::size_t words) = 0;

 protected:
  [[nodiscard]] static std::size_t saxpy_launches(std::size_t elements) noexcept {
    return std::max<std::size_t>(1, (std::size_t{1} << 22) / elements);
  }
  static constexpr std::size_t reads = 4;
  static constexpr std::size_t replayed = 100; // of one graph
};

[[nodiscard]] std::unique_ptr<task_peer> make_clotho_tasks(const device& on, unsigned threads);
/// At most one at a time. Throws error when StarPU cannot begin.
[[nodiscard]] std::unique_ptr<task_peer> make_starpu_tasks(unsigned threads);
/// "StarPU 1.3.10", as it is loaded.
[[nodiscard]] std::string starpu_name();

[[nodiscard]] std::unique_ptr<kernel_peer> make_clotho_kernels(const device& on, unsigned threads);
/// The C API by hand: arguments are set once, saxpy's local size is the best of several that were tried.
[[nodiscard]] std::unique_ptr<kernel_peer> make_raw_kernels(const device& on, std::string name);

/// Kernels none, add_one and saxpy.
extern const char* const flow_source;

/// Counts what a buffer of one-word counters should hold.
class counted {
 public:
  void expect(std::uint64_t more) noexcept { expected_ += static_cast<std::uint32_t>(more); }
  void check(const char* what, std::uint32_t found) const { check_result(what, found, expected_); }

 private:
  std::uint32_t expected_ = 0; // wraps round as the counter does
};

/// The same for y += 1 * 1 in floats, which stay at 2 to the 24th.
class counted_in_floats {
 public:
  void expect(std::uint64_t more) noexcept { expected_ = std::min(expected_ + more, std::uint64_t{1} << 24); }
  void check(std::span<const float> found) const {
    for (const float one : found) check_result("saxpy", static_cast<std::uint64_t>(one), expected_);
  }

 private:
  std::uint64_t expected_ = 0;
};

} // namespace clotho::bench

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <clotho/runtime/device.hpp>

#include "race.hpp"

namespace clotho::bench {

/// What is timed of a row of launches.
enum class pattern {
  round_trip, ///< launch and wait, each time
  enqueue,    ///< all launches; waiting for them is not counted
  queued      ///< all launches and one wait
};

/// How a kernel is called.
enum class call { plain, named, with_event };

struct launch_case {
  std::string name;
  pattern what;
  unsigned arguments; ///< 0, 1, 4 or 8
  call how = call::plain;
};

/// Runs a case: that many launches, and returns the seconds one took.
using sampler = std::function<double(unsigned launches)>;

/// One way to launch kernels. Each has a context, queue, program and buffers of its own.
class launch_peer {
 public:
  launch_peer() = default;
  launch_peer(const launch_peer&) = delete;
  launch_peer& operator=(const launch_peer&) = delete;
  virtual ~launch_peer() = default;

  [[nodiscard]] virtual std::string name() const = 0;
  /// Valid as long as the peer. What a peer cannot say (arguments by name) it says in its usual way.
  [[nodiscard]] virtual sampler prepare(const launch_case& what) = 0;
  /// Processes that work for it.
  [[nodiscard]] virtual std::vector<pid_t> processes() const { return {}; }
};

[[nodiscard]] std::unique_ptr<launch_peer> make_clotho_peer(const device& on);
/// clSetKernelArg for every argument of every launch, as clotho has to.
[[nodiscard]] std::unique_ptr<launch_peer> make_raw_peer(const device& on);
/// cl::Kernel::setArg and cl::CommandQueue::enqueueNDRangeKernel.
[[nodiscard]] std::unique_ptr<launch_peer> make_cpp_queue_peer(const device& on);
[[nodiscard]] std::unique_ptr<launch_peer> make_cpp_functor_peer(const device& on);
/// A Python process. Throws error when there is none, or no PyOpenCL in it.
[[nodiscard]] std::unique_ptr<launch_peer> make_pyopencl_peer(const device& on);

/// Kernels that do next to nothing, called none, one, four and eight after their number of arguments. Called
/// with n = 1 they write nothing, which no compiler can know.
extern const char* const launch_source;
/// Elements of every buffer.
inline constexpr unsigned launch_elements = 64;

/// Times `launch` and `finish`, which must refer to things that outlive the sampler.
template <class Launch, class Finish> sampler timed(pattern what, Launch launch, Finish finish) {
  return [=](unsigned launches) {
    const auto begin = std::chrono::steady_clock::now();
    for (unsigned i = 0; i < launches; ++i) {
      launch();
      if (what == pattern::round_trip) finish();
    }
    double seconds = seconds_since(begin);
    finish();
    if (what == pattern::queued) seconds = seconds_since(begin);
    return seconds / launches;
  };
}

} // namespace clotho::bench

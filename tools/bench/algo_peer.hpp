#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <clotho/runtime/device.hpp>

#include "algo_case.hpp"
#include "sched_work.hpp"

namespace clotho::bench {

/// Runs a case so many times, each from the same state where it works in place, and returns seconds a run.
/// Holds memory of its own. Empty: its owner cannot do the case.
using algo_sampler = std::function<double(unsigned times)>;

/// One that computes. What it made of a case was compared with a plain loop before anything is timed.
class algo_peer {
 public:
  algo_peer() = default;
  algo_peer(const algo_peer&) = delete;
  algo_peer& operator=(const algo_peer&) = delete;
  virtual ~algo_peer() = default;

  /// "oneTBB"; "CLBlast, basic" where it uses PoCL's synchronous device.
  [[nodiscard]] virtual std::string name() const = 0;
  /// "oneTBB 2021.8".
  [[nodiscard]] virtual std::string version() const { return name(); }
  /// Must outlive what it returns, of which it may have one at a time. Throws error when the result is wrong.
  [[nodiscard]] virtual algo_sampler prepare(const algo_case& what) = 0;
  /// Processes that work for it.
  [[nodiscard]] virtual std::vector<pid_t> processes() const { return {}; }
};
using algo_peer_pointer = std::unique_ptr<algo_peer>;

/// `state` is what one case works on; `run(state)` runs it once and waits for it.
template <class State, class Run> algo_sampler timed(std::shared_ptr<State> state, Run run) {
  return [state = std::move(state), run = std::move(run)](unsigned times) mutable {
    return time_each(times, [&](std::size_t) { run(*state); });
  };
}
/// The same for what works in place: `reset(state)` comes before each run, and is not timed.
template <class State, class Reset, class Run>
algo_sampler timed(std::shared_ptr<State> state, Reset reset, Run run) {
  return [state = std::move(state), reset = std::move(reset), run = std::move(run)](unsigned times) mutable {
    double seconds = 0;
    for (unsigned i = 0; i < times; ++i) {
      reset(*state);
      seconds += time_of([&] { run(*state); });
    }
    return seconds / times;
  };
}

/// Threads that each contender may use.
inline constexpr unsigned algo_threads = 2;

/// By hand, on two threads: AVX-512 where the processor has it, else portable C++, and so named.
[[nodiscard]] algo_peer_pointer make_native_algo();
/// What the standard library has, on one thread.
[[nodiscard]] algo_peer_pointer make_std_algo();
/// oneTBB's algorithms around the inner loops of make_native_algo().
[[nodiscard]] algo_peer_pointer make_tbb_algo();
[[nodiscard]] algo_peer_pointer make_fftw_algo();
/// A process. `core` is OPENBLAS_CORETYPE; empty: what OpenBLAS picks. Throws error when it cannot begin.
[[nodiscard]] algo_peer_pointer make_openblas_algo(const std::string& core);

/// The same on OpenCL devices. `suffix` ends the name: ", basic". Each throws error when it cannot begin.
using algo_device_maker = algo_peer_pointer (*)(const device& on, const std::string& suffix);
[[nodiscard]] algo_peer_pointer make_clotho_algo(const device& on, const std::string& suffix);
[[nodiscard]] algo_peer_pointer make_boost_algo(const device& on, const std::string& suffix);
[[nodiscard]] algo_peer_pointer make_clblast_algo(const device& on, const std::string& suffix);
[[nodiscard]] algo_peer_pointer make_clfft_algo(const device& on, const std::string& suffix);
[[nodiscard]] algo_peer_pointer make_viennacl_algo(const device& on, const std::string& suffix);
/// Kernels as textbooks have them: a work-item an element, atomics, no tiles.
[[nodiscard]] algo_peer_pointer make_textbook_algo(const device& on, const std::string& suffix);
/// A process.
[[nodiscard]] algo_peer_pointer make_pyopencl_algo(const device& on, const std::string& suffix);

/// The contenders beside clotho. Those whose library was not found when this was built have no `make`.
struct host_peer {
  const char* name;
  algo_peer_pointer (*make)();
};
[[nodiscard]] std::vector<host_peer> host_peers();

struct device_peer {
  const char* name;
  algo_device_maker make;
};
[[nodiscard]] std::vector<device_peer> device_peers();

} // namespace clotho::bench

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>

#include <clotho/flow/detail/graph_state.hpp>
#include <clotho/sched/detail/work.hpp>

namespace clotho::detail {

/// Who is told about a run.
class graph_run_observer {
 public:
  /// A node has run: what it wrote is there.
  virtual void settle_one(graph_node& node) noexcept = 0;
  /// All is over; nothing touches the run any more.
  virtual void ended(std::exception_ptr failure) noexcept = 0;

 protected:
  ~graph_run_observer() = default;
};

/// Runs of a graph by all threads and devices that can work at once. After the first failure nothing more begins.
class graph_run {
 public:
  /// `moves`: memory is brought to the nodes each time, not only the first.
  graph_run(const graph_state& what, std::size_t times, bool moves, graph_run_observer& observer);

  /// Returns when the calling thread has nothing more to do for it. `observer` may have been told, or will be.
  void begin();

 private:
  /// A node during this run.
  struct step final : work, launch_observer {
    step() : work(&run_submitted) {}
    void launched(std::exception_ptr failure, const launch_times& when) noexcept override;

    graph_run* of = nullptr;
    graph_node* node = nullptr;
    std::atomic<std::uint32_t> missing{0}; // of those before it
  };

  static void run_submitted(work& self) noexcept;
  void work_through(step* one) noexcept;
  [[nodiscard]] bool perform(step& one) noexcept;
  [[nodiscard]] step* ended(step& one) noexcept;
  [[nodiscard]] step* begin_time() noexcept;
  [[nodiscard]] step* end_time() noexcept;
  void submit(step& one) noexcept;
  void fail(std::exception_ptr why) noexcept;

  const graph_state& graph_;
  graph_run_observer& observer_;
  const std::size_t size_;
  const bool moves_;
  std::size_t times_left_;
  bool brings_ = true; // this time
  const std::unique_ptr<step[]> steps_;
  std::atomic<std::size_t> left_{0}; // steps of this time
  std::atomic<bool> failed_{false};
  std::mutex mutex_; // guards what is below
  std::exception_ptr failure_;
};

} // namespace clotho::detail

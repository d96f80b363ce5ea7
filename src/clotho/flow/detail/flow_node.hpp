#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/flow/access.hpp>
#include <clotho/flow/detail/interval_map.hpp>
#include <clotho/flow/detail/node_ref.hpp>
#include <clotho/flow/trace.hpp>
#include <clotho/sched/detail/short_lock.hpp>
#include <clotho/sched/detail/future_core.hpp>
#include <clotho/sched/priority.hpp>

namespace clotho::detail {

class flow_core;
class flow_memory;
class flow_tracer;

/// Memory that a task uses.
struct flow_access {
  std::shared_ptr<flow_memory> memory;
  region where;
  access_mode mode = access_mode::inout;
};

/// A task of a flow: it begins when those before it have finished, and then lets others begin. src/clotho/flow/README.md
/// holds its states.
class flow_node {
 public:
  flow_node(const flow_node&) = delete;
  flow_node& operator=(const flow_node&) = delete;

  /// The future of this task; it counts the references.
  [[nodiscard]] virtual future_core& core() noexcept = 0;
  [[nodiscard]] virtual std::span<flow_access> accesses() noexcept = 0;
  /// "kernel 'saxpy'", for messages.
  [[nodiscard]] virtual std::string describe() const = 0;

  [[nodiscard]] flow_core& flow() const noexcept { return flow_; }
  /// Which of those that may begin goes first. Before it is submitted.
  void set_urgency(priority band) noexcept { urgency_ = band; }
  [[nodiscard]] priority urgency() const noexcept { return urgency_; }
  /// It runs on the thread on which the last of those before it has ended. Before it is submitted.
  void set_inline() noexcept { runs_inline_ = true; }
  [[nodiscard]] bool runs_inline() const noexcept { return runs_inline_; }
  /// How a trace names it. Before it is submitted.
  void give_id(trace_id id) noexcept { id_ = id; }

  /// Explicitly after `before`, whose failure becomes this task's. Before it is submitted.
  void add_after(node_ref before) { after_.push_back(std::move(before)); }
  [[nodiscard]] std::span<const node_ref> after() const noexcept { return after_; }

  /// Under the lock of the flow, once.
  void depend_on(std::vector<node_ref>& before);
  /// One of those before it (`continues`), or who submits it, is past. It may be gone afterwards.
  void arrive(bool continues);

 protected:
  explicit flow_node(flow_core& flow) noexcept : flow_(flow) {}
  ~flow_node() = default;

  /// All before it are past: hands it to the executor.
  virtual void make_ready(bool continues) noexcept = 0;

  /// What keeps the order of the work that is given to it. Tasks of the same line need not finish before the next may
  /// begin: it is enough that they are in the line. Before it is submitted.
  void stand_in(const void* line) noexcept { line_ = line; }
  [[nodiscard]] bool in_line() const noexcept { return line_ != nullptr; }
  /// It is in its line: those after it there may begin. They learn of its failure when they end.
  void let_follow() noexcept { begin_all(followers_); }

  /// Returns false when it was cancelled before.
  [[nodiscard]] bool begin() noexcept {
    return advance(progress::begun) || progress_.load(std::memory_order_relaxed) == progress::begun;
  }
  [[nodiscard]] bool prevent() noexcept { return advance(progress::cancelled); }
  /// For pictures: its name there, and what its time was spent on.
  [[nodiscard]] virtual std::string_view title() const noexcept = 0;
  [[nodiscard]] virtual trace_category category() const noexcept { return trace_category::task; }
  [[nodiscard]] trace_id id() const noexcept { return id_; }
  /// Records what it waited for.
  void trace_before() noexcept;
  /// Records what the calling thread has done for it since `begin`: all of it, or no more than to begin it.
  void trace_here(flow_tracer& into, std::chrono::steady_clock::time_point begin, bool all) noexcept;

  /// Throws the failure of what it comes explicitly after.
  void check_after() const;
  /// Makes what it has written count, or as damaged as it is.
  void settle(const std::exception_ptr& failure) noexcept;
  /// Throws dependency_error when something it has read is damaged; for who began before that was known.
  void check_read();
  /// It has begun, in its line or not, and is to begin anew: arrives when all before it have finished, and once more when
  /// the caller does.
  void wait_again() noexcept;
  void forget_before() noexcept;
  [[nodiscard]] state_ref<future_core> before(std::size_t i) noexcept;
  /// It has finished: those after it may begin.
  void release_after() noexcept;

 private:
  enum class progress : unsigned char { waiting, begun, cancelled };
  bool advance(progress to) noexcept {
    progress from = progress::waiting;
    return progress_.compare_exchange_strong(from, to, std::memory_order_acq_rel);
  }

  /// `to` waits for `from`; belongs to `to`.
  struct edge {
    flow_node* to = nullptr;
    edge* next = nullptr; // of those that wait for the same
    node_ref from;
  };
  using edge_list = std::atomic<edge*>; // closed when it holds closed_mark()
  static edge* closed_mark() noexcept;
  [[nodiscard]] static bool add(edge_list& to, edge& one) noexcept;
  /// Closes the list.
  static void begin_all(edge_list& all) noexcept;
  void link(edge& one, node_ref&& from) noexcept;
  [[nodiscard]] bool may_follow(const flow_node& other) const noexcept;

  flow_core& flow_;
  std::atomic<std::size_t> missing_{1}; // of those before it; one more while it is being submitted
  edge_list successors_{nullptr}; // begin when this has finished
  edge_list followers_{nullptr};  // begin when this is in its line
  const void* line_ = nullptr;
  std::atomic<progress> progress_{progress::waiting};
  short_lock lock_;      // guards what is below against waiting threads that look for work
  std::size_t edges_ = 0;
  static constexpr std::size_t few = 3;
  std::array<edge, few> few_;
  std::unique_ptr<edge[]> many_;
  trace_id id_ = trace_id::none;
  priority urgency_ = priority::normal;
  bool runs_inline_ = false;
  std::vector<node_ref> after_;
  std::exception_ptr failure_; // of this task, when it has ended; its future may have been taken
};

inline node_ref::node_ref(flow_node& task) noexcept : task_(&task) { task.core().retain(); }
inline node_ref::node_ref(const node_ref& other) noexcept : task_(other.task_) {
  if (task_ != nullptr) task_->core().retain();
}
[[nodiscard]] inline bool has_finished(const node_ref& one) noexcept { return one->core().ready(); }
inline node_ref::~node_ref() {
  if (task_ != nullptr) task_->core().release();
}

} // namespace clotho::detail

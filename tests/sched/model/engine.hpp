#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "sched/model/explorer.hpp"
#include "sched/model/fiber.hpp"
#include "sched/model/memory.hpp"

namespace clotho::model::detail {

enum class step : std::uint8_t { none, load, store, fence, barrier, lock, park, unpark };

/// What a thread is about to do, as far as it matters for what commutes.
struct operation {
  step what = step::none;
  bool sequential = false;
  std::uint8_t where = 0; // location; of a barrier: the thread that is reached
  static constexpr std::uint8_t everyone = 255;
};

/// Depth-first search over all decisions: which thread goes on, and what a load returns. An execution is run
/// again from its start for every decision that is changed.
class engine {
 public:
  /// The one that runs; there is one at a time.
  [[nodiscard]] static engine& running();

  engine(const scenario& what, const options& how) : scenario_(what), options_(how) {}
  result run();

  /// For operations: lets others go first. `next` is what the caller does when it returns.
  void point(operation next);
  /// What the operation turned out to be: a compare_exchange that fails is a load.
  void did(operation what) noexcept { done_ = what; }
  /// A decision between `count` outcomes.
  [[nodiscard]] unsigned choose(unsigned count);
  /// A result that the current thread sees, and may depend on.
  void observed(std::uint64_t value) noexcept { histories_[current_] = mixed(histories_[current_], value); }

  [[nodiscard]] const options& how() const noexcept { return options_; }
  [[nodiscard]] memory& shared() noexcept { return memory_; }
  [[nodiscard]] unsigned current() const noexcept { return current_; }
  [[nodiscard]] std::uint64_t history() const noexcept { return histories_[current_]; }
  void set_history(std::uint64_t now) noexcept { histories_[current_] = now; }
  /// A hash of the shared data that is not modelled.
  [[nodiscard]] std::uint64_t plain_data() const;
  /// Whether it could run a fence: it is neither finished nor blocked.
  [[nodiscard]] bool is_running(unsigned thread) const noexcept { return can_go_on(thread); }
  [[noreturn]] void violated(std::string what);

  [[nodiscard]] bool tracing() const noexcept { return tracing_; }
  void trace(const std::string& what);
  [[nodiscard]] std::string show(unsigned where, std::uint64_t value) const;
  [[nodiscard]] std::string show(unsigned where) const;

  std::deque<const char*> next_names;
  std::map<std::uint64_t, std::string> named_values;

 private:
  struct decision {
    bool of_thread = false;       // or of an outcome
    std::uint8_t chosen = 0;      // thread, or outcome
    std::uint8_t count = 0;       // of outcomes
    std::uint8_t last = 0;        // the thread that came before
    std::uint8_t preemptions = 0; // before it
    bool may_preempt = false;     // the thread that came before could go on
    std::uint32_t to_do = 0;      // threads still to be tried, the chosen one included
    std::uint32_t asleep = 0;     // threads whose turn leads to nothing that was not explored already
    std::uint32_t loading = 0;    // threads about to load
  };

  void execute();
  [[nodiscard]] bool next_path();
  [[nodiscard]] unsigned pick();
  void push_thread_decision(std::uint32_t enabled);
  [[nodiscard]] static std::uint8_t preferred(const decision& among) noexcept;
  [[nodiscard]] std::uint32_t still_asleep() const noexcept;
  [[nodiscard]] bool can_go_on(unsigned thread) const noexcept;
  [[nodiscard]] std::string blocked_threads() const;
  [[noreturn]] void leave();
  void enter_thread(unsigned thread);
  static void body(void* context);
  void check_ending();

  const scenario& scenario_;
  const options& options_;
  result result_;
  memory memory_;
  std::array<fiber, max_threads + 1> fibers_; // the last is the checker itself
  std::array<operation, max_threads + 1> pending_;
  std::array<std::uint64_t, max_threads + 1> histories_;

  std::vector<decision> path_;
  std::size_t depth_ = 0;                                 // decisions taken in this execution
  std::size_t last_thread_ = 0;                           // the last of them that chose a thread, plus 1
  std::unordered_map<std::uint64_t, std::uint32_t> seen_; // states, and who was asleep there
  operation done_;
  std::uint32_t finished_ = 0;
  unsigned current_ = 0;
  std::size_t steps_ = 0;
  bool starting_ = false;
  bool ended_ = false;
  bool tracing_ = false;
};

} // namespace clotho::model::detail

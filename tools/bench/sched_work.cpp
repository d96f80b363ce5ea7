// SPDX-License-Identifier: Apache-2.0
#include "sched_work.hpp"

#include <ctime>

#include <clotho/core/error.hpp>

#include "sched_idle.hpp"
#include "sched_tree.hpp"

namespace clotho::bench {
namespace {

// Runs its tasks at once, and counts them.
struct counting_group {
  std::uint64_t& tasks;
  template <class F> void run(const F& f) {
    ++tasks;
    f();
  }
  void wait() {}
};

} // namespace

void check_result(const char* what, std::uint64_t found, std::uint64_t expected) {
  if (found != expected)
    throw error(std::string("wrong result: ") + what + " gave " + std::to_string(found) + " and not "
                + std::to_string(expected));
}

std::uint64_t fib(std::size_t n) {
  std::uint64_t at = 0, next = 1;
  for (; n > 0; --n) at = std::exchange(next, at + next);
  return at;
}

std::uint64_t fib_calls(std::size_t n) { return 2 * fib(n + 1) - 1; }

queens_outcome count_queens(std::size_t n) {
  queens_outcome all;
  all.solutions = queens([&] { return counting_group{all.tasks}; }, static_cast<std::uint32_t>(n), {});
  return all;
}

std::size_t tally::next_place() {
  static std::atomic<std::size_t> threads{0};
  const std::size_t next = 1 + threads.fetch_add(1, std::memory_order_relaxed);
  if (next >= std::tuple_size_v<decltype(places_)>) throw error("too many threads have run tasks");
  return next;
}

void looped::check(std::uint32_t rounds) const {
  std::uint64_t wrong = 0;
  for (std::size_t i = 0; i < elements_.size(); ++i)
    wrong += elements_[i] != rounds * static_cast<std::uint32_t>(i);
  check_result("a loop, in elements that are wrong,", wrong, 0);
}

double processor_seconds() {
  std::timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

} // namespace clotho::bench

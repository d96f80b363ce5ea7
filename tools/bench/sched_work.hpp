#pragma once
// SPDX-License-Identifier: Apache-2.0
// The work that all schedulers are given, written once: a scheduler fills in how it forks.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <clotho/core/os/parker.hpp>

#include "race.hpp"
#include "sched_peer.hpp"

namespace clotho::bench {

/// Throws error unless `found` is what `what` should have given.
void check_result(const char* what, std::uint64_t found, std::uint64_t expected);

[[nodiscard]] std::uint64_t fib(std::size_t n);
/// Calls that fib(n) makes by its definition, the first one included.
[[nodiscard]] std::uint64_t fib_calls(std::size_t n);

/// Seconds that `body` takes.
template <class Body> double time_of(const Body& body) {
  const auto begin = std::chrono::steady_clock::now();
  body();
  return seconds_since(begin);
}

/// `fork(f, g)` calls both, perhaps at once.
template <class Fork> std::uint64_t fib_by(const Fork& fork, std::size_t n) {
  if (n < 2) return n;
  std::uint64_t a, b;
  fork([&] { a = fib_by(fork, n - 1); }, [&] { b = fib_by(fork, n - 2); });
  return a + b;
}

template <class Fork> double sample_fib(const Fork& fork, std::size_t n) {
  std::uint64_t found = 0;
  const double seconds = time_of([&] { found = fib_by(fork, n); });
  check_result("fib", found, fib(n));
  return seconds / static_cast<double>(fib_calls(n));
}

/// fork() by a group of its own. `make_group()` returns one, with run(f) and wait().
template <class MakeGroup> auto fork_by_group(MakeGroup make_group) {
  return [=](const auto& f, const auto& g) {
    auto group = make_group();
    group.run(f);
    g();
    group.wait();
  };
}

/// Counts tasks: each thread in a place of its own, as one counter for all would cost more than the
/// scheduling.
class tally {
 public:
  void add() {
    if (own_place_ == 0) own_place_ = next_place();
    std::atomic<std::uint64_t>& mine = places_[own_place_].count;
    mine.store(mine.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t total() const noexcept {
    std::uint64_t sum = 0;
    for (const place& p : places_) sum += p.count.load(std::memory_order_relaxed);
    return sum;
  }
  /// Sleeps a little at a time, so that the workers have all cores.
  void wait_for(std::uint64_t tasks) const {
    while (total() < tasks) std::this_thread::sleep_for(std::chrono::microseconds(10));
  }

 private:
  struct alignas(64) place {
    std::atomic<std::uint64_t> count{0};
  };
  // Throws when there are more threads than places, as counts would be lost. None is 0.
  static std::size_t next_place();
  static inline constinit thread_local std::size_t own_place_ = 0;
  std::array<place, 128> places_;
};

template <class MakeGroup> double sample_flat_inside(const MakeGroup& make_group, std::size_t n) {
  tally done;
  const double seconds = time_of([&] {
    auto group = make_group();
    for (std::size_t i = 0; i < n; ++i) group.run([&done] { done.add(); });
    group.wait();
  });
  check_result("a flat spawn", done.total(), n);
  return seconds / static_cast<double>(n);
}

/// `post(f)` has f called on a worker, and returns at once.
template <class Post> double sample_flat_outside(const Post& post, std::size_t n) {
  tally done;
  const double seconds = time_of([&] {
    for (std::size_t i = 0; i < n; ++i) post([&done] { done.add(); });
    done.wait_for(n);
  });
  check_result("submitting from outside", done.total(), n);
  return seconds / static_cast<double>(n);
}

/// The sum of the numbers of the `leaves` leaves from `first` on; a power of ten.
template <class MakeGroup>
std::uint64_t skynet(const MakeGroup& make_group, std::uint64_t first, std::uint64_t leaves) {
  if (leaves == 1) return first;
  std::array<std::uint64_t, 10> sums;
  const std::uint64_t part = leaves / sums.size();
  auto group = make_group();
  for (std::uint64_t& sum : sums) {
    group.run([&make_group, &sum, first, part] { sum = skynet(make_group, first, part); });
    first += part;
  }
  group.wait();
  std::uint64_t all = 0;
  for (const std::uint64_t sum : sums) all += sum;
  return all;
}

template <class MakeGroup> double sample_skynet(const MakeGroup& make_group, std::size_t n) {
  std::uint64_t found = 0;
  const double seconds = time_of([&] { found = skynet(make_group, 0, n); });
  check_result("skynet", found, n * (n - 1) / 2);
  const std::size_t tasks = (n * 10 - 1) / 9;
  return seconds / static_cast<double>(tasks);
}

/// The columns and diagonals that are taken where the next row begins.
struct placed_queens {
  std::uint32_t columns = 0, left = 0, right = 0;
};

template <class MakeGroup>
std::uint64_t queens(const MakeGroup& make_group, std::uint32_t n, placed_queens placed) {
  const std::uint32_t all = (1u << n) - 1;
  if (placed.columns == all) return 1;
  std::array<std::uint64_t, 16> found{};
  std::size_t count = 0;
  auto group = make_group();
  for (std::uint32_t free = all & ~(placed.columns | placed.left | placed.right); free != 0;
       free &= free - 1) {
    const std::uint32_t here = free & -free;
    const placed_queens next{placed.columns | here, (placed.left | here) << 1, (placed.right | here) >> 1};
    std::uint64_t& solutions = found[count++];
    group.run([&make_group, &solutions, n, next] { solutions = queens(make_group, n, next); });
  }
  group.wait();
  std::uint64_t sum = 0;
  for (const std::uint64_t solutions : found) sum += solutions;
  return sum;
}

/// What n queens should find, and in how many tasks.
struct queens_outcome {
  std::uint64_t solutions = 0, tasks = 0;
};
[[nodiscard]] queens_outcome count_queens(std::size_t n);

template <class MakeGroup> double sample_queens(const MakeGroup& make_group, std::size_t n) {
  std::uint64_t found = 0;
  const double seconds = time_of([&] { found = queens(make_group, static_cast<std::uint32_t>(n), {}); });
  const queens_outcome expected = count_queens(n);
  check_result("n queens", found, expected.solutions);
  return seconds / static_cast<double>(expected.tasks);
}

/// Tasks of which each submits the next, and the last one tells.
template <class Post> class chain_of_tasks {
 public:
  chain_of_tasks(const Post& post, std::size_t length) : post_(post), left_(length) {}
  void start() { post_(link{this}); }
  void wait() { ended_.park(); }
  [[nodiscard]] std::size_t left() const noexcept { return left_; }

 private:
  struct link {
    chain_of_tasks* of;
    void operator()() const { of->advance(); }
  };
  void advance() {
    if (--left_ == 0)
      ended_.unpark();
    else
      post_(link{this});
  }

  const Post& post_;
  std::size_t left_; // only the one task that runs touches it
  os::parker ended_;
};

template <class Post> double sample_chain(const Post& post, std::size_t n) {
  chain_of_tasks chain(post, n);
  const double seconds = time_of([&] {
    chain.start();
    chain.wait();
  });
  check_result("a chain", chain.left(), 0);
  return seconds / static_cast<double>(n);
}

template <class MakeGroup> double sample_group_chain(const MakeGroup& make_group, std::size_t n) {
  auto group = make_group();
  const auto post = [&](const auto& f) { group.run(f); };
  chain_of_tasks chain(post, n);
  const double seconds = time_of([&] {
    chain.start();
    group.wait();
  });
  check_result("a chain in a group", chain.left(), 0);
  return seconds / static_cast<double>(n);
}

/// `launch(f)` has f called on a worker and returns its future.
template <class Launch> double sample_async_get(const Launch& launch, std::size_t n) {
  std::uint64_t sum = 0;
  const double seconds = time_of([&] {
    for (std::size_t i = 0; i < n; ++i) sum += launch([i] { return std::uint64_t{i}; }).get();
  });
  check_result("futures, in the sum of their results,", sum, std::uint64_t{n} * (n - 1) / 2);
  return seconds / static_cast<double>(n);
}

/// Futures from the standard library for what has none.
template <class Post> auto packaged(Post post) {
  return [=](const auto& f) {
    const auto task = std::make_shared<std::packaged_task<std::uint64_t()>>(f);
    post([task] { (*task)(); });
    return task->get_future();
  };
}

/// Elements that a loop adds their index to. Each entrant has its own: in buffers that are shared, whoever
/// comes second finds them in the cache.
class looped {
 public:
  /// `loop(n, body)` calls body(i) for every i below n.
  template <class Loop> double sample(const Loop& loop, std::size_t n) {
    elements_.resize(n);
    std::uint32_t* const to = elements_.data();
    const double seconds =
        time_of([&] { loop(n, [to](std::size_t i) { to[i] += static_cast<std::uint32_t>(i); }); });
    check(++rounds_);
    return seconds / static_cast<double>(n);
  }

 private:
  void check(std::uint32_t rounds) const;
  std::vector<std::uint32_t> elements_;
  std::uint32_t rounds_ = 0;
};

/// The numbers below n, to be summed.
class summands {
 public:
  /// `add(values)` returns the sum of a vector.
  template <class Add> double sample(const Add& add, std::size_t n) {
    while (values_.size() < n) values_.push_back(static_cast<std::uint32_t>(values_.size()));
    std::uint64_t found = 0;
    const double seconds = time_of([&] { found = add(std::as_const(values_)); });
    check_result("a sum", found, std::uint64_t{n} * (n - 1) / 2);
    return seconds / static_cast<double>(n);
  }

 private:
  std::vector<std::uint32_t> values_;
};

/// The cases of whatever has task groups. `inside(f)` returns what f returns, called on a worker.
template <class Inside, class MakeGroup>
void add_group_cases(entrants& to, const std::string& name, Inside inside, MakeGroup make_group) {
  const auto add = [&](workload what, auto sample) {
    to.push_back({what, name, [=](std::size_t n) { return inside([&] { return sample(n); }); }});
  };
  add(workload::spawn_fib, [=](std::size_t n) { return sample_fib(fork_by_group(make_group), n); });
  add(workload::flat_inside, [=](std::size_t n) { return sample_flat_inside(make_group, n); });
  add(workload::skynet, [=](std::size_t n) { return sample_skynet(make_group, n); });
  add(workload::queens, [=](std::size_t n) { return sample_queens(make_group, n); });
  add(workload::group_chain, [=](std::size_t n) { return sample_group_chain(make_group, n); });
}

} // namespace clotho::bench

#pragma once
// SPDX-License-Identifier: Apache-2.0
// The work that all schedulers are given, written once: a scheduler fills in how it runs a task.

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

/// Seconds that `body` takes.
template <class Body> double time_of(const Body& body) {
  const auto begin = std::chrono::steady_clock::now();
  body();
  return seconds_since(begin);
}

/// Seconds for each of n times `body`, and `end` once.
template <class Body, class End> double time_each(std::size_t n, const Body& body, const End& end) {
  return time_of([&] {
           for (std::size_t i = 0; i < n; ++i) body(i);
           end();
         })
         / static_cast<double>(n);
}
template <class Body> double time_each(std::size_t n, const Body& body) {
  return time_each(n, body, [] {});
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

} // namespace clotho::bench

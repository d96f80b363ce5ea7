#pragma once
// SPDX-License-Identifier: Apache-2.0
// Random programs for a pool: made as data first, so that what they compute can be computed by plain recursion, too.

#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include <clotho/sched/blocking_scope.hpp>
#include <clotho/sched/future.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/join.hpp>
#include <clotho/sched/parallel_for.hpp>
#include <clotho/sched/parallel_reduce.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task.hpp>
#include <clotho/sched/task_group.hpp>
#include <clotho/sched/thread_pool.hpp>
#include <clotho/sched/when.hpp>

namespace clotho::test {

/// What a node of a program throws.
struct planned_failure {
  std::uint64_t node;
};

/// A tree of work. How a node runs its children is its kind; its value is made from theirs, in order.
class random_program {
 public:
  using generator = std::mt19937_64;

  /// About `size` nodes; `failures`: how many of a thousand throw. Only small programs await coroutines: a thread that
  /// blocks for one needs another to run it, and a pool has only so many.
  random_program(generator& random, std::size_t size, unsigned failures)
      : failures_(failures), kinds_(static_cast<unsigned>(size <= 100 ? kind::kinds : kind::gathered)) {
    root_ = make(random, size, 0, false);
    plain(*root_);
  }

  /// Whether the program throws; else value() is its value.
  [[nodiscard]] bool fails() const noexcept { return root_->fails; }
  [[nodiscard]] std::uint64_t value() const noexcept { return root_->value; }
  [[nodiscard]] std::size_t size() const noexcept { return nodes_; }

  /// Computes it on `pool`, from any thread. Throws the failure of some node that fails.
  [[nodiscard]] std::uint64_t run(thread_pool& pool) const { return run(*root_, pool); }
  /// Whether that could come out of run.
  [[nodiscard]] bool may_throw(const planned_failure& what) const noexcept { return throws_[what.node]; }

 private:
  enum class kind : unsigned {
    plain, joined, group, group_from_tasks, loop, reduction, futures, chain, any, locked, blocked, gathered, spawned, kinds
  };
  struct node {
    std::uint64_t number = 0;
    kind how = kind::plain;
    bool throws = false, fails = false;
    std::uint64_t value = 0;
    std::vector<std::unique_ptr<node>> children;
    mutable std::mutex mutex;
  };
  using values = std::vector<std::uint64_t>;

  std::unique_ptr<node> make(generator& random, std::size_t size, int depth, bool under_lock) {
    auto made = std::make_unique<node>();
    made->number = nodes_++;
    made->throws = random() % 1000 < failures_;
    throws_.push_back(made->throws);
    // Who awaits a coroutine cannot run it, and whoever could might want the lock.
    made->how = static_cast<kind>(random() % (under_lock ? static_cast<unsigned>(kind::gathered) : kinds_));
    if (size <= 1 || depth > 60) return made;
    std::size_t left = size - 1;
    const std::size_t most = random() % 8 == 0 ? 40 : 4;
    for (std::size_t count = random() % most + 1; count > 0 && left > 0; --count) {
      const std::size_t share = count == 1 ? left : random() % left + 1;
      made->children.push_back(make(random, share, depth + 1, under_lock || made->how == kind::locked));
      left -= share;
    }
    return made;
  }

  static std::uint64_t combined(const node& at, const values& children) {
    std::uint64_t value = at.number + 1;
    for (const std::uint64_t child : children) value = (value ^ child) * 0x9E3779B97F4A7C15u;
    return value;
  }
  static void plain(node& at) {
    values all;
    at.fails = at.throws;
    for (const auto& child : at.children) {
      plain(*child);
      all.push_back(child->value);
      at.fails = at.fails || child->fails;
    }
    at.value = combined(at, all);
  }

  static std::uint64_t run(const node& at, thread_pool& pool) {
    values all(at.children.size());
    if (!all.empty()) run_children(at, pool, all);
    if (at.throws) throw planned_failure{at.number};
    return combined(at, all);
  }
  static void run_children(const node& at, thread_pool& pool, values& all) {
    const std::size_t count = all.size();
    const auto child = [&](std::size_t i) { all[i] = run(*at.children[i], pool); };
    const auto async_child = [&](std::size_t i) { return async(pool, [&at, &pool, i] { return run(*at.children[i], pool); }); };
    const auto async_children = [&] {
      std::vector<future<std::uint64_t>> made;
      for (std::size_t i = 0; i < count; ++i) made.push_back(async_child(i));
      return made;
    };
    switch (at.how) {
      case kind::joined: return joined(child, 0, count);
      case kind::group: {
        task_group group(pool);
        for (std::size_t i = 0; i < count; ++i) group.run([&child, i] { child(i); });
        return group.wait();
      }
      case kind::group_from_tasks: {
        task_group group(pool);
        group.run([&] {
          for (std::size_t i = 0; i < count; ++i) group.run([&child, i] { child(i); });
        });
        return group.wait();
      }
      case kind::loop: return parallel_for(pool, std::size_t{0}, count, child, {1});
      case kind::reduction:
        all = parallel_reduce(
            pool, std::size_t{0}, count, values(),
            [&](std::size_t begin, std::size_t end, values part) {
              for (std::size_t i = begin; i < end; ++i) part.push_back(run(*at.children[i], pool));
              return part;
            },
            [](values a, const values& b) {
              a.insert(a.end(), b.begin(), b.end());
              return a;
            },
            {1});
        return;
      case kind::futures: all = when_all(async_children()).get(); return;
      case kind::chain: {
        future<values> chain = async(pool, [] { return values(); });
        for (std::size_t i = 0; i < count; ++i)
          chain = std::move(chain).then([&at, &pool, i](values before) {
            before.push_back(run(*at.children[i], pool));
            return before;
          });
        all = chain.get();
        return;
      }
      case kind::any: {
        auto [first, futures] = when_any(async_children()).get();
        std::exception_ptr failure;
        for (std::size_t i = 0; i < count; ++i) { // all must end before the frame goes
          const std::size_t at_end = (first + i) % count;
          if (futures[at_end].failure()) failure = futures[at_end].failure();
          else all[at_end] = futures[at_end].get();
        }
        if (failure) std::rethrow_exception(failure);
        return;
      }
      case kind::gathered: {
        std::vector<task<std::uint64_t>> tasks;
        for (std::size_t i = 0; i < count; ++i) tasks.push_back(as_coroutine(*at.children[i], pool));
        all = sync_wait(gather(std::move(tasks)));
        return;
      }
      case kind::locked: { // what runs while we wait must never want this lock; who is no worker runs nothing meanwhile
        std::unique_lock lock(at.mutex, std::defer_lock);
        if (pool.is_worker()) lock.lock();
        return joined(child, 0, count);
      }
      case kind::blocked: {
        {
          const blocking_scope replaced;
          std::this_thread::yield();
        }
        for (std::size_t i = 0; i < count; ++i) child(i);
        return;
      }
      case kind::spawned: {
        std::vector<future<std::uint64_t>> made;
        for (std::size_t i = 0; i < count; ++i) made.push_back(spawn(pool, as_coroutine(*at.children[i], pool)));
        all = when_all(std::move(made)).get();
        return;
      }
      case kind::plain:
      case kind::kinds:
        for (std::size_t i = 0; i < count; ++i) child(i);
    }
  }
  template <class Child> static void joined(const Child& child, std::size_t first, std::size_t last) {
    if (last - first == 1) return child(first);
    const std::size_t middle = first + (last - first) / 2;
    join([&] { joined(child, middle, last); }, [&] { joined(child, first, middle); });
  }
  static task<std::uint64_t> as_coroutine(const node& at, thread_pool& pool) {
    co_await pool;
    co_return run(at, pool);
  }

  const unsigned failures_, kinds_;
  std::size_t nodes_ = 0;
  std::vector<bool> throws_;
  std::unique_ptr<node> root_;
};

} // namespace clotho::test

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <clotho/core/os/parker.hpp>
#include <clotho/core/os/thread.hpp>
#include <clotho/sched/detail/deque.hpp>
#include <clotho/sched/detail/shard.hpp>
#include <clotho/sched/detail/slab.hpp>
#include <clotho/sched/detail/work.hpp>

namespace clotho::detail {

class pool_core;

/// A thread of a pool, with what belongs to it alone. What has no other comment is for that thread only.
class worker {
 public:
  static constexpr std::size_t deque_capacity = 1024;

  worker(pool_core& pool, unsigned number, bool spare);
  ~worker();

  /// The calling thread's; null when it is no pool's.
#if defined(__clang__)
  [[gnu::noinline]] // clang keeps addresses of thread-local variables across the suspension of a coroutine
#endif
  [[nodiscard]] static worker* current() noexcept {
    return current_;
  }
  [[nodiscard]] pool_core& pool() const noexcept { return pool_; }

  /// The scope of the work that runs here; null: nobody waits for it.
  [[nodiscard]] scope* running_in() const noexcept { return running_in_; }
  void run_in(scope* now) noexcept { running_in_ = now; }

  /// Queues work here, where others may steal it.
  void push(work& forked) {
    if (!deque_.push(&forked)) push_to_full(forked);
    wake_if_due();
  }
  void push_function(std::function<void()> body);
  /// Takes back what was pushed, after all that was pushed later has been waited for. False: it was stolen.
  [[nodiscard]] bool take_back(work& forked) {
    work* const newest = deque_.pop();
    return newest == &forked || (newest != nullptr && take_back_under(newest, forked));
  }
  /// What is pushed from now on has at least this index.
  [[nodiscard]] std::int64_t mark() const noexcept { return deque_.bottom(); }

  /// Runs what belongs to `awaited` until all but `reserved` pieces of it have finished, and blocks when none is
  /// to be had. Work that was pushed here before `mark` is left alone. Throws closed_error in a fork of the process,
  /// where nobody else works, when it would block.
  void wait(scope& awaited, std::int64_t mark, std::size_t& reserved);
  void wait(scope& awaited, std::int64_t mark) {
    std::size_t none = 0;
    wait(awaited, mark, none);
  }
  /// Runs one piece of what belongs to `awaited`; returns whether it found one.
  [[nodiscard]] bool help(const scope& awaited);
  /// Whether all but `reserved` pieces have finished. Those that ran here and were not yet reported have, too; they
  /// become reserved ones.
  [[nodiscard]] bool finished(scope& awaited, std::size_t& reserved) noexcept {
    const std::size_t here = finished_in_ == &awaited ? finished_count_ : 0;
    if (awaited.unfinished() != here + reserved) return false;
    if (here == 0) return true;
    reserved += here;
    finished_in_ = nullptr;
    finished_count_ = 0;
    return true;
  }

  /// A block of slab::block_bytes.
  [[nodiscard]] void* allocate() { return blocks_.allocate(); }
  void release(void* block) noexcept {
    if (slab& home = slab::home_of(block); &home == &blocks_)
      home.release(block);
    else
      release_elsewhere(home, block);
  }

  /// The same from any thread, for a block of any worker or shard of `pool`.
  static void release_anywhere(void* block, const pool_core& pool) noexcept;

  /// The thread blocks elsewhere until `come_back`; nests.
  void leave() noexcept;
  void come_back() noexcept;

  /// Runs `taken` on top of what runs here, and counts it.
  void execute(work& taken);
  /// The same on behalf of a caller who may go on with something else, on which others depend who wait for `found`.
  void lend_itself(work& found);
  /// Work of any kind, wherever it is queued; null when there is none, or others should look for it.
  [[nodiscard]] work* next();
  /// A failure that nobody will see.
  void report(std::exception_ptr failure) noexcept;
  /// Ends a search in vain, of a worker that does not go to sleep.
  void stop_searching();
  /// Any thread: the oldest of its deque.
  [[nodiscard]] work* steal() noexcept { return deque_.steal(); }
  [[nodiscard]] bool has_queued() const noexcept { return !deque_.empty(); } ///< any thread; a guess

  void start(std::shared_ptr<pool_core> pool);
  void join();
  void abandon() noexcept;
  void unpark(bool dismissed) noexcept;
  /// The pool is destroyed by work of this very thread, which then cannot be joined.
  void outlive_pool();

  worker* below = nullptr; ///< idle_workers' while it sleeps

 private:
  void main();
  [[nodiscard]] bool sleep();
  void wake_if_due();
  void push_to_full(work& forked);
  void put_back(work& stray);
  [[nodiscard]] bool take_back_under(work* newest, work& forked);
  void release_elsewhere(slab& home, void* block) noexcept;
  void report_finished() noexcept;
  [[nodiscard]] work* search();
  [[nodiscard]] work* search_once();
  [[nodiscard]] bool leaves_alone(const shard& queued) noexcept;
  [[nodiscard]] work* adopt(work_list batch);
  [[nodiscard]] std::size_t share_of(const shard& from) const noexcept;
  [[nodiscard]] work* find_within(const scope& awaited, std::int64_t mark, unsigned& strays_allowed);
  [[nodiscard]] work* find_thoroughly(const scope& awaited);
  [[nodiscard]] unsigned random() noexcept;
  [[nodiscard]] shard& own_shard() noexcept;

  static inline constinit thread_local worker* current_ = nullptr;

  // Hot: touched for every piece of work.
  pool_core& pool_;
  scope* running_in_ = nullptr;
  scope* finished_in_ = nullptr; // where finished_count_ pieces have finished that it was not yet told of
  std::size_t finished_count_ = 0;
  slab blocks_;
  deque<work, deque_capacity> deque_;

  slab::parcel returning_;
  unsigned number_;
  std::uint64_t tick_ = 0;
  std::uint64_t fair_look_at_ = 1;
  unsigned victim_ = 0;
  unsigned looks_at_reserved_ = 0; // in this search
  std::uint32_t random_;
  unsigned blocked_ = 0;
  bool spare_;
  bool searching_ = false;
  bool woken_ = false; // since the last search
  bool outlives_pool_ = false;
  std::atomic<bool> dismissed_{false};
  os::parker parker_;
  std::unique_ptr<os::thread> thread_;
};

} // namespace clotho::detail

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <bit>
#include <mutex>
#include <span>
#include <utility>

#include <clotho/sched/detail/deque.hpp>
#include <clotho/sched/detail/idle_workers.hpp>

#include "sched/model/atomics.hpp"

namespace clotho::model {

/// What the threads of a tiny_pool do.
struct plan {
  unsigned items = 1; ///< that the submitters push, by turns
  enum {
    nothing_more,
    forks,              ///< it pushes another item to the deque of its worker
    waits,              ///< it waits for the second one, and its worker's place stays taken
    blocks,             ///< the same, and the place is given up meanwhile
    blocks_and_outlasts ///< the same; the second one goes on until the first is back
  } first_item = nothing_more;
  bool closes = false;     ///< the first submitter closes the pool when it has pushed
  bool all_asleep = false; ///< the workers sleep already when it begins
  bool second_look = true; ///< a worker that nobody watches looks again, asleep: false is wrong
  bool handover = true;    ///< the last searcher that finds work looks for more: false is wrong
  enum {
    at_once,
    unless_queued,
    if_still_asleep
  } dismisses = if_still_asleep; ///< who falls asleep last, or closes
};

struct item {
  unsigned number = 0;
  variable<bool> filled{false};
  variable<bool> done{false};
};

/// As detail::shard: a list behind a lock, and its size for all.
struct locked_queue {
  static constexpr unsigned capacity = 3;

  void push(item& added) {
    const std::lock_guard lock(mutex_);
    list_[last_.read()].write(&added);
    last_.write(last_.read() + 1);
    size_.store(last_.read() - first_.read(), std::memory_order_relaxed);
  }
  item* take() {
    if (empty()) return nullptr;
    const std::lock_guard lock(mutex_);
    if (first_.read() == last_.read()) return nullptr;
    item* const taken = list_[first_.read()].read();
    first_.write(first_.read() + 1);
    size_.store(last_.read() - first_.read(), std::memory_order_relaxed);
    return taken;
  }
  [[nodiscard]] bool empty() const { return size_.load(std::memory_order_relaxed) == 0; }

 private:
  names named_{"queue.size", "queue.mutex", "queue.first", "queue.last"};
  atomic<unsigned> size_{0};
  mutex mutex_;
  variable<unsigned> first_{0}, last_{0};
  std::array<variable<item*>, capacity> list_;
};

/// The least that is a queue: a bit for each item. So that larger pools can be searched.
struct bit_queue {
  explicit bit_queue(std::span<item> items) : items_(items) {}

  void push(item& added) { bits_.fetch_add(1u << added.number, std::memory_order_release); }
  item* take() {
    unsigned bits = bits_.load(std::memory_order_relaxed);
    while (bits != 0)
      if (bits_.compare_exchange_strong(bits, bits & (bits - 1), std::memory_order_acquire,
                                        std::memory_order_relaxed))
        return &items_[static_cast<unsigned>(std::countr_zero(bits))];
    return nullptr;
  }
  [[nodiscard]] bool empty() const { return bits_.load(std::memory_order_relaxed) == 0; }

 private:
  names named_{"queue"};
  std::span<item> items_;
  atomic<unsigned> bits_{0};
};

/// detail::pool_core and detail::worker, less all that does not decide who sleeps and who is woken. Threads:
/// submitters, workers, then spares, which wait to be started.
template <unsigned Submitters, unsigned Workers, unsigned Spares, class Queue, class Atomics = atomics>
class tiny_pool {
 public:
  static constexpr unsigned threads = Submitters + Workers + Spares;
  static constexpr unsigned places = Workers;
  static constexpr unsigned most_items = 3;

  explicit tiny_pool(plan p) : plan_(p) {
    for (unsigned i = Workers; i < Workers + Spares; ++i) workers_[i].spare = true;
    if (plan_.all_asleep)
      for (unsigned i = 0; i < Workers; ++i) (void)idle_.fall_asleep(workers_[i], false, false);
  }

  void run(unsigned thread) {
    if (thread < Submitters)
      submit(thread);
    else
      work(workers_[thread - Submitters]);
  }

  [[nodiscard]] std::span<const std::byte> plain() const { return std::as_bytes(std::span(&idle_, 1)); }

  void finished() { at_rest(); }
  void parked() { at_rest(); }

 private:
  struct worker;

  /// idle_workers' link of its lists, which its lock must protect.
  class link {
   public:
    link& operator=(worker* to) {
      to_.write(to);
      return *this;
    }
    operator worker*() const { return to_.read(); }

   private:
    variable<worker*> to_;
  };

  struct worker {
    link below;
    variable<bool> dismissed{false};
    parker bed;
    clotho::detail::deque<item, 2, Atomics> forked;
    bool searching = false;
    bool spare = false;
    bool started = false;
    bool gone = false;
  };

  // The submitters.

  void submit(unsigned self) {
    for (unsigned i = self; i < plan_.items; i += Submitters) {
      forget(i);
      items_[i].number = i;
      items_[i].filled.write(true);
      queue_.push(items_[i]);
      wake_if_due();
    }
    if (plan_.closes && self == 0 && idle_.close())
      dismiss_unless(plan_.dismisses != plan::at_once && wake_one_if_queued());
  }

  // The pool.

  void wake_if_due() {
    if (idle_.wake_due()) wake_one();
  }
  void wake_one() {
    const auto claimed = idle_.wake_one();
    if (!claimed) return;
    if (claimed->worker != nullptr) return claimed->worker->bed.unpark();
    started_.lock();
    const unsigned number = spares_started_.read();
    require(number < Spares, "more spares are started than there may be");
    spares_started_.write(number + 1);
    worker& added = workers_[Workers + number];
    started_.unlock();
    added.bed.unpark();
  }
  bool wake_one_if_queued() {
    Atomics::heavy_barrier();
    if (!anything_queued()) return false;
    wake_one();
    return true;
  }
  [[nodiscard]] bool anything_queued() const {
    if (!queue_.empty()) return true;
    if (plan_.first_item == plan::forks)
      for (const worker& one : workers_)
        if (!one.forked.empty()) return true;
    return false;
  }
  void dismiss_unless(bool woke_one) {
    if (woke_one) return;
    // Whoever had just fallen asleep may have looked again, and be at work.
    if (plan_.dismisses == plan::if_still_asleep && !idle_.close()) return;
    for (unsigned i = 0; i < items(); ++i)
      require(items_[i].done.read(), "dismissed before all work was done");
    while (worker* const leaving = idle_.dismiss()) {
      leaving->dismissed.write(true);
      leaving->bed.unpark();
    }
  }

  // The workers.

  void work(worker& self) {
    if (self.spare || plan_.all_asleep) {
      self.bed.park();
      self.searching = true;
      if (!self.spare && self.dismissed.read()) return leave_for_good(self);
    }
    self.started = true;
    for (;;) {
      forget(self.searching ? 1 : 0);
      if (item* const found = next(self))
        execute(self, *found);
      else if (!sleep(self))
        break;
    }
    leave_for_good(self);
  }
  void leave_for_good(worker& self) {
    require(!self.gone, "dismissed twice");
    self.gone = true;
  }

  item* next(worker& self) {
    if (!self.searching) {
      if (plan_.first_item == plan::forks)
        if (item* const newest = self.forked.pop()) return newest;
      if (self.spare && idle_.crowded()) return nullptr;
      if (item* const first = queue_.take()) return first;
      self.searching = idle_.start_search();
      if (!self.searching) return nullptr;
    }
    item* const found = search(self);
    if (found == nullptr) return nullptr;
    self.searching = false;
    if (idle_.stop_search() && plan_.handover) wake_one_if_queued();
    return found;
  }
  item* search(worker& self) {
    if (item* const found = queue_.take()) return found;
    if (plan_.first_item == plan::forks)
      for (worker& other : workers_)
        if (&other != &self)
          if (item* const stolen = other.forked.steal()) return stolen;
    return nullptr;
  }
  bool sleep(worker& self) {
    const auto asleep = idle_.fall_asleep(self, std::exchange(self.searching, false), self.spare);
    const bool woke_one = asleep.look_again && plan_.second_look && wake_one_if_queued();
    if (asleep.last_to_fall) dismiss_unless(woke_one);
    self.bed.park();
    self.searching = true;
    return !self.dismissed.read();
  }

  void execute(worker& self, item& taken) {
    require(taken.filled.read(), "an item is run before it was filled");
    taken.filled.end();
    if (plan_.first_item == plan::forks && taken.number == 0) fork(self);
    if (plan_.first_item >= plan::waits) {
      if (taken.number == 0) block_until_second_has_run();
      if (taken.number == 1) let_first_go_on();
    }
    taken.done.write(true);
  }
  void fork(worker& self) {
    item& added = items_[plan_.items];
    added.number = plan_.items;
    added.filled.write(true);
    require(self.forked.push(&added), "the deque is full");
    wake_if_due();
  }
  void block_until_second_has_run() {
    if (plan_.first_item == plan::waits) return second_has_run_.park();
    if (idle_.leave()) wake_one_if_queued();
    second_has_run_.park();
    idle_.come_back();
    if (plan_.first_item == plan::blocks_and_outlasts) first_is_back_.unpark();
  }
  void let_first_go_on() {
    second_has_run_.unpark();
    if (plan_.first_item == plan::blocks_and_outlasts) first_is_back_.park();
  }

  Queue make_queue() {
    if constexpr (std::is_constructible_v<Queue, std::span<item>>)
      return Queue(items_);
    else
      return Queue();
  }

  [[nodiscard]] unsigned items() const { return plan_.items + (plan_.first_item == plan::forks ? 1 : 0); }

  // Nobody can go on.
  void at_rest() {
    require(!anything_queued(), "work is queued, and nobody comes for it");
    for (unsigned i = 0; i < items(); ++i) require(items_[i].filled.ended(), "an item was not run");
    require(idle_.searching_now() == 0, "somebody counts as a searcher who is none");
    for (const worker& one : workers_) {
      if (plan_.closes)
        require(one.gone || (one.spare && !one.started), "closed, and somebody was not dismissed");
      else
        require(!one.gone, "dismissed from a pool that does not close");
    }
    if (plan_.closes) return;
    require(idle_.idle_now() >= places, "fewer are idle than there are places");
    // The spare saw that the first was back, and left the place to it.
    if (plan_.first_item == plan::blocks_and_outlasts)
      require(idle_.idle_now() == places, "a spare did not retire from a crowded pool");
  }

  plan plan_;
  names item_names_{"item 0 filled", "item 0 done",   "item 1 filled",
                    "item 1 done",   "item 2 filled", "item 2 done"};
  std::array<item, most_items> items_;
  Queue queue_ = make_queue();
  names idle_names_{"state_", "crowded_", "idle.mutex_"};
  clotho::detail::idle_workers<worker, Atomics> idle_{Workers, Spares};
  names parker_names_{"spares mutex", "second_has_run", "first_is_back"};
  mutex started_;
  parker second_has_run_, first_is_back_;
  variable<unsigned> spares_started_{0};
  std::array<worker, Workers + Spares> workers_;
};

} // namespace clotho::model

// SPDX-License-Identifier: Apache-2.0
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "sched_idle.hpp"
#include "sched_work.hpp"

namespace clotho::bench {
namespace {

// As it is written wherever a pool is needed quickly.
class plain_pool {
 public:
  explicit plain_pool(unsigned threads) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  }
  ~plain_pool() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    for (std::thread& one : threads_) one.join();
  }
  void submit(std::function<void()> f) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(f));
    }
    changed_.notify_one();
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stop_ || !queue_.empty(); });
      if (queue_.empty()) return;
      {
        const std::function<void()> next = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        next();
      }
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

// A rendezvous of two threads.
class meeting_point {
 public:
  void send(std::uint64_t value) {
    std::unique_lock lock(mutex_);
    value_ = value;
    full_ = true;
    changed_.notify_one();
    changed_.wait(lock, [this] { return !full_; });
  }
  std::uint64_t receive() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return full_; });
    full_ = false;
    changed_.notify_one();
    return value_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t value_ = 0;
  bool full_ = false;
};

// Fewer items than asked for, as each takes two switches of threads.
double sample_rendezvous(std::size_t n) {
  const std::uint64_t count = n / 50;
  meeting_point point;
  std::uint64_t sum = 0;
  std::thread sender([&] {
    for (std::uint64_t i = 0; i < count; ++i) point.send(i);
  });
  const double seconds = time_of([&] {
    for (std::uint64_t i = 0; i < count; ++i) sum += point.receive();
  });
  sender.join();
  check_result("a rendezvous of threads", sum, count * (count - 1) / 2);
  return seconds / static_cast<double>(count);
}

} // namespace

entrants plain_entrants(unsigned threads) {
  const auto pool = std::make_shared<plain_pool>(threads);
  const auto post = [=](const auto& f) { pool->submit(f); };
  const std::string name = "mutex and condition variable";
  entrants all;
  add_posting_cases(all, name, post);
  all.push_back({workload::chain, name, [=](std::size_t n) { return sample_chain(post, n); }});
  all.push_back({workload::async_get, name + ", std::packaged_task",
                 [=](std::size_t n) { return sample_async_get(packaged(post), n); }});
  all.push_back({workload::async_get, "std::async", [](std::size_t n) {
                   return sample_async_get([](const auto& f) { return std::async(std::launch::async, f); },
                                           n);
                 }});
  all.push_back({workload::rendezvous, "two threads, " + name, sample_rendezvous});
  return all;
}

} // namespace clotho::bench

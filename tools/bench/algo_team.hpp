#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <thread>
#include <vector>

namespace clotho::bench {

/// The calling thread and a few more that work in step. The others spin while a session is open, so that
/// starting them costs as little as it can, and sleep otherwise, so that they disturb nobody.
class team {
 public:
  explicit team(unsigned threads);
  ~team();
  team(const team&) = delete;
  team& operator=(const team&) = delete;

  /// Open while samples are taken.
  class session {
   public:
    explicit session(team& of) : of_(of) { of_.wake(); }
    ~session() { of_.awake_.store(false, std::memory_order_relaxed); }
    session(const session&) = delete;
    session& operator=(const session&) = delete;

   private:
    team& of_;
  };

  /// Calls f(0) here and f(1), f(2), ... on the others, at once; returns when all have.
  template <class F> void run(const F& f) {
    start({[](const void* of, unsigned thread) { (*static_cast<const F*>(of))(thread); }, &f});
    f(0u);
    barrier();
  }
  /// Within run(): returns when all threads have come here, and shows each what the others have written.
  void barrier();

  [[nodiscard]] unsigned size() const noexcept { return size_; }

 private:
  struct job {
    void (*call)(const void*, unsigned) = nullptr;
    const void* of = nullptr;
  };
  void wake();
  void start(job next);
  void work(unsigned thread);
  unsigned wait_for_job(unsigned seen);

  unsigned size_;
  job job_{};
  alignas(64) std::atomic<unsigned> jobs_{0};
  alignas(64) std::atomic<unsigned> arrived_{0};
  alignas(64) std::atomic<unsigned> passed_{0};
  alignas(64) std::atomic<bool> awake_{false};
  std::atomic<bool> ended_{false};
  std::vector<std::thread> others_;
};

} // namespace clotho::bench

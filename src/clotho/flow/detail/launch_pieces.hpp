#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <clotho/runtime/nd_range.hpp>
#include <clotho/sched/detail/work.hpp>

namespace clotho {
class thread_pool;
}

namespace clotho::detail {

/// The pieces of one launch, for whoever has time: the thread that has begun it takes them from the front, those that help
/// take them from the end. So each has neighbouring pieces, and the same ones in the next launch, whose memory its cache may
/// hold; and who comes late, as a thread that slept, keeps nobody waiting.
class launch_pieces {
 public:
  using runner = std::function<void(const nd_range& piece)>;

  launch_pieces(std::vector<nd_range> pieces, runner run);

  /// Calls `run` for each piece, in the calling thread and in those of `pool` that have time, and blocks until all have
  /// ended. Throws the first failure, which keeps pieces that have not begun from beginning. Once.
  static void run_all(const std::shared_ptr<launch_pieces>& all, thread_pool& pool);
  /// From any other thread, at any time: runs what is left. Returns whether there was any.
  bool help() noexcept { return work(end::back); }

 private:
  enum class end : bool { front, back };
  [[nodiscard]] const nd_range* take(end from) noexcept;
  void drop_rest() noexcept;
  bool work(end from) noexcept;
  void lead(const thread_pool& pool);

  const std::vector<nd_range> pieces_;
  const runner run_;                // not called any more when the leader has returned
  std::atomic<std::uint64_t> left_; // the first << 32 | one past the last that nobody has taken
  scope unfinished_;
  failures failures_;
};

} // namespace clotho::detail

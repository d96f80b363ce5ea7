#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <clotho/flow/split.hpp>

namespace clotho::detail {

/// The indices [begin, end) of a range that is shared out.
struct split_chunk {
  std::size_t begin = 0, end = 0;
  [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
  friend bool operator==(const split_chunk&, const split_chunk&) = default;
};

/// Decides which device does what next. Times are nanoseconds since the launch began.
///
/// The first devices are dealt from the front, the others from the back: what one device does stays together, and from
/// one launch to the next much of its data is where it was.
///
/// Adaptive: HGuided as in EngineCL (Perez, Nozal et al.), but with speeds that are measured: who is free gets half of
/// what would let all devices end at the same time, at least a millisecond's worth. Nobody gets more than four times
/// what it has shown that it can do, so that a wrong guess costs little.
class split_dealer {
 public:
  struct shape {
    std::size_t extent = 0; ///< indices
    std::size_t grain = 1;  ///< chunks begin at multiples
    bool tail_apart = false; ///< what the grain leaves over is a chunk of its own
  };
  /// `index_ns`: what each device is thought to take for an index; 0: unknown.
  split_dealer(const shape& of, const split_options& how, std::span<const double> index_ns);

  /// The next chunk for a device that is free; none: there is nothing for it, unless another fails.
  [[nodiscard]] std::optional<split_chunk> next(std::size_t device, double now_ns);
  void done(std::size_t device, const split_chunk& what, double took_ns);
  /// The device gets nothing more; others get what it had.
  void failed(std::size_t device, const split_chunk& what);

  /// Whether something is left to be dealt.
  [[nodiscard]] bool any_left() const noexcept { return left() != 0; }
  /// What the device takes for an index, as measured on this launch; 0: it was not.
  [[nodiscard]] double index_ns(std::size_t device) const noexcept;

 private:
  struct player {
    double share = 0;    // of 1: its part of the speed of all, as far as known
    double index_ns = 0; // 0: unknown
    double free_at = 0;
    bool measured = false, busy = false, out = false;
    std::size_t most = 0; // indices of the largest chunk done
    std::optional<split_chunk> own; // fixed: not begun
  };

  void set_shares(const split_options& how);
  void deal_all();
  void deal_shares(std::size_t end);
  [[nodiscard]] std::size_t left() const noexcept;
  [[nodiscard]] double speed_of(const player& one) const noexcept;
  [[nodiscard]] double common_end(double now_ns, const player* without) const;
  [[nodiscard]] bool is_better_left(const player& one, double now_ns) const;
  [[nodiscard]] std::size_t adaptive_size(const player& one, double now_ns) const;
  [[nodiscard]] std::size_t size_for(const player& one, double now_ns) const;
  [[nodiscard]] split_chunk take(std::size_t size, bool from_back);

  const shape shape_;
  const split_policy policy_;
  std::size_t chunk_ = 1; // dynamic
  bool guessed_;          // somebody has said, or measured, how fast they are
  std::vector<player> players_;
  std::vector<split_chunk> free_; // the last one is dealt first
};

} // namespace clotho::detail

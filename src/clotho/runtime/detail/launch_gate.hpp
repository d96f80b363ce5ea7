#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace clotho::detail {

/// Which of a kernel's compiled forms a launch runs.
struct launch_form {
  std::size_t family = 0;   ///< by launch_gate::family_of: kernels that PoCL may take for one
  std::uint64_t kernel = 0; ///< by launch_gate::number_kernel
  std::array<std::size_t, 3> local{};
  bool has_offset = false;
  friend bool operator==(const launch_form&, const launch_form&) = default;
};

/// Lets launches in together, or one alone. Small on the hot path: a counter for each lane, and a flag.
class shared_gate {
 public:
  /// Blocks while somebody is alone in there. A thread that is inside must not enter again.
  void enter(unsigned lane) {
    // Pairs with close(): one of the two sees the other.
    counter(lane).fetch_add(1, std::memory_order_seq_cst);
    if (closed_.load(std::memory_order_seq_cst)) [[unlikely]]
      enter_in_turn(lane);
  }
  void leave(unsigned lane) {
    // Pairs with the look around in close(), in the same way.
    counter(lane).fetch_sub(1, std::memory_order_seq_cst);
    if (closed_.load(std::memory_order_seq_cst)) [[unlikely]]
      report_leaving();
  }
  /// Blocks until nobody is inside, and keeps everybody out.
  void close();
  void open();

 private:
  struct alignas(64) lane_counter {
    std::atomic<unsigned> inside{0};
  };
  static constexpr unsigned lanes = 8;

  std::atomic<unsigned>& counter(unsigned lane) noexcept { return lanes_[lane % lanes].inside; }
  [[nodiscard]] bool empty() const noexcept;
  void enter_in_turn(unsigned lane);
  void report_leaving();

  std::array<lane_counter, lanes> lanes_;
  std::atomic<bool> closed_{false};
  std::mutex turn_; // held by who closed the gate
  std::mutex leaving_;
  std::condition_variable left_;
};

/// The launches of kernels of one name with one local size, and what is known of their code in PoCL's cache.
class launch_stripe {
 public:
  using grid_width = std::array<std::size_t, 2>; ///< the larger of x and y, and z

  shared_gate gate;

  /// Whether such a launch will find its code; from inside the gate.
  [[nodiscard]] bool knows(const launch_form& form, const grid_width& width) const noexcept {
    const auto found = find(form);
    return found != known_.end() && found->width[0] >= width[0] && found->width[1] >= width[1];
  }
  /// It took place, alone; with the gate closed, as all that follows.
  void learn(const launch_form& form, const grid_width& width);
  void forget() noexcept { known_.clear(); }

 private:
  struct entry {
    launch_form form;
    grid_width width{};
  };
  [[nodiscard]] std::vector<entry>::const_iterator find(const launch_form& form) const noexcept {
    return std::find_if(known_.begin(), known_.end(), [&](const entry& each) { return each.form == form; });
  }

  std::vector<entry> known_;
};

/// What a launch needs of the gate.
struct launch_need {
  launch_stripe* stripe = nullptr;
  launch_form form;
  launch_stripe::grid_width width{};
};

/// Keeps launches apart that would confuse PoCL's cache of kernel code. One for all devices of the process,
/// as that cache is.
///
/// PoCL before 6 keeps loaded code in one list, the last used in front. A launch takes the first entry with
/// its kernel, local size and "the offset is zero" whose grid was at least as wide (the larger of x and y; z
/// in newer versions). Else it makes an entry, and unloads the one used longest ago if there are 128. When it
/// is over it releases the first entry with its kernel and local size, which may be another than it took:
/// then the count of users is wrong, and the process ends in an assertion, or runs code that was unloaded.
/// So:
///
/// - Launches of one kernel and local size run together only when all of them take the same entry: either all
///   have an offset or none, and none is wider than the widest since then. Any other launch runs alone, and
///   so may make an entry. Versions before 3.1 may give an entry with an offset to launches without too, so
///   that one that runs alone makes the gate forget what it knew of the others.
/// - Before so many entries were made that the first of them might be gone, everything is forgotten.
///
/// A kernel of PoCL is a text and a name; two objects of it may be known here as two. They are of one family,
/// so that what runs alone is alone among them, and what is known of the one holds beside what is known of
/// the other.
class launch_gate {
 public:
  /// The one of this process, as long as anybody holds it.
  [[nodiscard]] static std::shared_ptr<launch_gate> of_process();

  [[nodiscard]] std::uint64_t number_kernel() noexcept { return ++kernels_; }
  /// For each thread that launches: those of one lane get in each other's way, though only a little.
  [[nodiscard]] unsigned choose_lane() noexcept { return ++queues_; }
  [[nodiscard]] static std::size_t family_of(std::string_view kernel,
                                             const std::array<std::size_t, 3>& local) noexcept;
  [[nodiscard]] launch_stripe& stripe_of(std::size_t family) noexcept {
    return stripes_[family % stripes_.size()];
  }

  /// Counts one more entry of PoCL's cache; false when everything must be forgotten first.
  [[nodiscard]] bool reserve_entry() noexcept;
  /// Blocks until nobody launches, and keeps everybody out.
  void close();
  void open();
  /// With the gate closed.
  void forget() noexcept;

  /// Held by launches of kernels that print: on a synchronous device they share a buffer.
  std::mutex printing;

 private:
  static constexpr unsigned most_entries = 120; // PoCL keeps 128; the rest is for what others launch

  std::array<launch_stripe, 64> stripes_;
  std::atomic<unsigned> entries_{0};
  std::atomic<std::uint64_t> kernels_{0};
  std::atomic<unsigned> queues_{0};
};

/// A launch's way through its stripe; none without a gate.
class launch_pass {
 public:
  launch_pass(launch_gate* gate, unsigned lane, const launch_need& need);
  ~launch_pass();
  launch_pass(const launch_pass&) = delete; // it would leave twice
  launch_pass& operator=(const launch_pass&) = delete;

  /// The driver took the launch.
  void succeeded() noexcept { succeeded_ = true; }

 private:
  enum class way { around, together, alone, alone_of_all };

  [[nodiscard]] way find_way(const launch_need& need) const;

  launch_gate* const gate_;
  const launch_need& need_;
  const unsigned lane_;
  const way way_;
  bool succeeded_ = false;
};

/// Keeps every launch of the process out while it lives, for what may change PoCL's cache in other ways.
class launch_pause {
 public:
  explicit launch_pause(launch_gate* gate);
  ~launch_pause();
  launch_pause(const launch_pause&) = delete; // it would open the gate twice
  launch_pause& operator=(const launch_pause&) = delete;

 private:
  launch_gate* const gate_;
};

} // namespace clotho::detail

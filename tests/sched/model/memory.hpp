#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <vector>

namespace clotho::model {

inline constexpr unsigned max_threads = 5;     // of a scenario
inline constexpr unsigned max_locations = 128; // entries of a view

/// A place in the modification order of a location; 0 is its first value.
using stamp = std::uint8_t;

/// What a thread knows of each location: the oldest place it may still read.
struct view {
  std::array<stamp, max_locations> at{};

  [[nodiscard]] std::uint64_t eight(unsigned from) const noexcept {
    std::uint64_t word;
    std::memcpy(&word, at.data() + from, sizeof word);
    return word;
  }
  void raise(unsigned location, stamp to) noexcept {
    if (at[location] < to) at[location] = to;
  }
  void join(const view& other, unsigned used) noexcept {
    for (unsigned i = 0; i < used; i += 8)
      if (eight(i) != other.eight(i)) // seldom
        for (unsigned j = i; j < i + 8; ++j) raise(j, other.at[j]);
  }
};

/// A store: what it wrote, and what a thread knows that reads it and acquires.
struct message {
  std::uint64_t value;
  view seen;
};

enum class kind : std::uint8_t { atomic, mutex, parker, variable };

struct location {
  kind what = kind::atomic;
  stamp newest = 0;             // of an atomic, its last message; of a variable, how often it was accessed
  bool set = false;             // a mutex: held; a parker: may go on
  bool ended = false;           // a variable: its lifetime is over
  bool pointer = false;         // its values are addresses; for traces
  std::uint64_t value = 0;      // of a variable
  view seen;                    // of a mutex or parker: what the last release knew
  std::vector<message> history; // of an atomic, in modification order
  const char* name = nullptr;
};

/// The memory of one execution under the C++ memory model: a view for each thread, a history for each
/// location. Loads may return any message that is not older than the thread's view. See README.md for what
/// that covers. The thread with the number thread_count() sets up and checks; it sees everything.
class memory {
 public:
  void reset(unsigned threads);
  [[nodiscard]] unsigned thread_count() const noexcept { return threads_; }
  unsigned add(kind what, std::uint64_t value, const char* name);
  unsigned add_variable(std::uint64_t value, const char* name);
  [[nodiscard]] location& at(unsigned where) noexcept { return locations_[where]; }
  [[nodiscard]] const location& at(unsigned where) const noexcept { return locations_[where]; }

  /// The modelled threads see what was set up; afterwards the checking one sees what they did.
  void begin();
  void end();

  /// The oldest message that the thread may read; the newest is always allowed.
  [[nodiscard]] stamp oldest(unsigned thread, unsigned where, std::memory_order order) const noexcept;
  /// Whether reading `older` allows for all that reading `newer` does, and perhaps more: they have the same
  /// value, and the older one lets the thread know no more.
  [[nodiscard]] bool outdone(unsigned thread, unsigned where, stamp newer, stamp older) const noexcept;
  std::uint64_t read(unsigned thread, unsigned where, stamp which, std::memory_order order);
  /// False: more stores than a stamp can number.
  bool write(unsigned thread, unsigned where, std::uint64_t value, std::memory_order order);
  /// A store that is part of a read-modify-write, which continues the release sequence of what it read.
  bool rewrite(unsigned thread, unsigned where, std::uint64_t value, std::memory_order order);
  /// A sequentially consistent fence.
  void fence(unsigned thread);
  /// One in each thread but some (one bit each), at once: none learns from another.
  void fence_all_but(unsigned some);
  void acquire(unsigned thread, unsigned where);
  void release(unsigned thread, unsigned where);

  /// Accesses to a variable. False: not ordered with another one, at least one of them a write.
  bool read_variable(unsigned thread, unsigned where);
  bool write_variable(unsigned thread, unsigned where);

  /// Of all that decides what the `live` threads (one bit each) may still read.
  [[nodiscard]] std::uint64_t fingerprint(unsigned live, std::uint64_t seed) const;

 private:
  struct knowledge {
    view now;      // what its loads may not fall behind
    view acquired; // that, and what a fence would add from its relaxed loads
    view released; // what its relaxed stores pass on: as of its last fence
  };

  unsigned threads_ = 0;
  unsigned used_ = 0;
  std::array<location, max_locations> locations_;
  std::array<knowledge, max_threads + 1> known_;
  view sequential_; // of all sequentially consistent stores and fences so far
};

/// One more number into a hash.
[[nodiscard]] inline std::uint64_t mixed(std::uint64_t hash, std::uint64_t more) noexcept {
  hash = (hash ^ more) * 0x9e3779b97f4a7c15u;
  hash ^= hash >> 29;
  hash *= 0xbf58476d1ce4e5b9u;
  return hash ^ (hash >> 32);
}

} // namespace clotho::model

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "sched/model/explorer.hpp"

namespace clotho::model {

namespace detail {

enum class change : std::uint8_t { exchange, add, subtract };

template <class T> std::uint64_t bits(T from) noexcept {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(std::uint64_t));
  std::uint64_t to = 0;
  std::memcpy(&to, &from, sizeof(T));
  return to;
}
template <class T> T from_bits(std::uint64_t from) noexcept {
  T to;
  std::memcpy(&to, &from, sizeof(T));
  return to;
}

unsigned add_atomic(std::uint64_t initial, bool pointer);
std::uint64_t load(unsigned where, std::memory_order order);
void store(unsigned where, std::uint64_t value, std::memory_order order);
std::uint64_t modify(unsigned where, change how, std::uint64_t operand, unsigned bytes,
                     std::memory_order order);
bool compare_exchange(unsigned where, std::uint64_t& expected, std::uint64_t desired,
                      std::memory_order success, std::memory_order failure, bool weak);

unsigned add_mutex();
void lock(unsigned where);
void unlock(unsigned where);

unsigned add_parker();
void park(unsigned where);
void unpark(unsigned where);

unsigned add_variable(std::uint64_t initial, bool pointer);
std::uint64_t read_variable(unsigned where);
void write_variable(unsigned where, std::uint64_t value);
void end_variable(unsigned where);
bool variable_ended(unsigned where);

} // namespace detail

/// As std::atomic; each operation is one step of its thread.
template <class T> class atomic {
 public:
  atomic(T initial = {}) noexcept : where_(detail::add_atomic(detail::bits(initial), std::is_pointer_v<T>)) {}
  atomic(const atomic&) = delete;
  atomic& operator=(const atomic&) = delete;

  T load(std::memory_order order = std::memory_order_seq_cst) const noexcept {
    return detail::from_bits<T>(detail::load(where_, order));
  }
  void store(T desired, std::memory_order order = std::memory_order_seq_cst) noexcept {
    detail::store(where_, detail::bits(desired), order);
  }
  T exchange(T desired, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return detail::from_bits<T>(
        detail::modify(where_, detail::change::exchange, detail::bits(desired), sizeof(T), order));
  }
  T fetch_add(T operand, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return detail::from_bits<T>(
        detail::modify(where_, detail::change::add, detail::bits(operand), sizeof(T), order));
  }
  T fetch_sub(T operand, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return detail::from_bits<T>(
        detail::modify(where_, detail::change::subtract, detail::bits(operand), sizeof(T), order));
  }
  bool compare_exchange_strong(T& expected, T desired, std::memory_order success,
                               std::memory_order failure) noexcept {
    return exchange_if(expected, desired, success, failure, false);
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order success,
                             std::memory_order failure) noexcept {
    return exchange_if(expected, desired, success, failure, true);
  }

 private:
  bool exchange_if(T& expected, T desired, std::memory_order success, std::memory_order failure,
                   bool weak) noexcept {
    std::uint64_t found = detail::bits(expected);
    if (detail::compare_exchange(where_, found, detail::bits(desired), success, failure, weak)) return true;
    expected = detail::from_bits<T>(found);
    return false;
  }

  unsigned where_;
};

class mutex {
 public:
  void lock() { detail::lock(where_); }
  void unlock() { detail::unlock(where_); }

 private:
  unsigned where_ = detail::add_mutex();
};

/// As os::parker: an unpark that comes first is kept.
class parker {
 public:
  void park() { detail::park(where_); }
  void unpark() { detail::unpark(where_); }

 private:
  unsigned where_ = detail::add_parker();
};

/// Data that is not atomic: accesses that are not ordered, one of them a write, violate; so does any access
/// after `end`. Not a step of its thread, as a race is found in whatever order it happens.
template <class T> class variable {
 public:
  explicit variable(T initial = {})
      : where_(detail::add_variable(detail::bits(initial), std::is_pointer_v<T>)) {}
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;

  [[nodiscard]] T read() const { return detail::from_bits<T>(detail::read_variable(where_)); }
  void write(T desired) { detail::write_variable(where_, detail::bits(desired)); }
  [[nodiscard]] bool ended() const { return detail::variable_ended(where_); } ///< for the final check
  /// Its memory is released.
  void end() { detail::end_variable(where_); }

 private:
  unsigned where_;
};

/// In place of clotho::detail::native_atomics.
struct atomics {
  template <class T> using atomic = model::atomic<T>;
  using mutex = model::mutex;
  static void light_barrier() noexcept;
  static void heavy_barrier() noexcept;
};

/// A sequentially consistent fence.
void fence() noexcept;

} // namespace clotho::model

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

/// Ciphers that make words of counters, by Salmon, Moraes, Dror and Shaw (Parallel random numbers: as easy as
/// 1, 2, 3, SC 2011), who report that both pass BigCrush. Philox is the faster one where multiplication is
/// fast. Neither is for secrets.
enum class random_engine : std::uint8_t {
  philox,  ///< Philox 4x32-10
  threefry ///< Threefry 4x32-20
};

/// A place in a stream of random 32-bit words, four to a block: block b is the cipher of the counter (b low,
/// b high, substream low, substream high) under the key (seed low, seed high), with which Threefry has
/// (more low, more high). Words are a function of these numbers alone: the same on every device, and however
/// many are made at once. A substream has 2^66. A value: copies go on by themselves.
class random_stream {
 public:
  /// At the beginning of substream 0. `more` is ignored by Philox.
  explicit random_stream(std::uint64_t seed, random_engine engine = random_engine::philox,
                         std::uint64_t more = 0) noexcept
      : engine_(engine), seed_(seed), more_(engine == random_engine::threefry ? more : 0) {}

  [[nodiscard]] random_engine engine() const noexcept { return engine_; }
  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
  [[nodiscard]] std::uint64_t more() const noexcept { return more_; }
  [[nodiscard]] std::uint64_t substream() const noexcept { return substream_; }
  [[nodiscard]] std::uint64_t block() const noexcept { return block_; }
  /// Of the block: 0 to 3.
  [[nodiscard]] unsigned word() const noexcept { return word_; }

  /// The beginning of another stream of the same key. No two share a block: one for each thread, rank or run.
  [[nodiscard]] random_stream substream(std::uint64_t number) const noexcept;
  /// Goes to the first word of a block.
  void seek(std::uint64_t block) noexcept;
  /// Leaves out words, in O(1).
  void skip(std::uint64_t words) noexcept;
  /// Leaves out words up to one whose number is a multiple of 1, 2 or 4.
  void align(unsigned multiple) noexcept;

  friend bool operator==(const random_stream&, const random_stream&) = default;

 private:
  random_engine engine_;
  std::uint64_t seed_, more_;
  std::uint64_t substream_ = 0, block_ = 0;
  unsigned word_ = 0;
};

namespace detail {

template <class A>
concept random_reals = flat_array<A> &&(
    std::same_as<typename A::value_type, float> || std::same_as<typename A::value_type, double>);
template <class A>
concept random_integers =
    flat_array<A> && std::integral<typename A::value_type> && sizeof(typename A::value_type) >= 4;

[[nodiscard]] future<void> fill_bits(const placement& where, const flat& y, random_stream& stream);
[[nodiscard]] future<void> fill_uniform(const placement& where, const flat& y, random_stream& stream,
                                        double low, double high);
[[nodiscard]] future<void> fill_normal(const placement& where, const flat& y, random_stream& stream,
                                       double mean, double deviation);
/// `count` integers from `low` on, all there are if it is 0; `low` and sums wrap round.
[[nodiscard]] future<void> fill_range(const placement& where, const flat& y, random_stream& stream,
                                      std::uint64_t low, std::uint64_t count);
/// Throws argument_error.
[[noreturn]] void refuse_random_range();

} // namespace detail

// The functions below fill all n elements of y with what the stream has next, and move it on: fills one after
// the other give what one gives that is as long as all of them. An element of k words begins at a word whose
// number is a multiple of k; the stream goes on to such a word first. They return at once. O(n), no scratch
// memory. One stream must not be used by several threads at once: give each a copy, or a substream.

/// Words as they come: one for 32-bit integers, two for 64-bit ones, the low one first.
template <detail::random_integers A>
future<void> fill_bits(const placement& where, const A& y, random_stream& stream) {
  return detail::fill_bits(where, detail::flat_of(y), stream);
}

/// Uniform in [low, high): low + u * (high - low), and the number before high where rounding would give it.
/// float: u is the upper 24 bits of a word / 2^24; double: the upper 53 of two words, the low one first, /
/// 2^53. The same bits on every device. Throws argument_error unless low < high and high - low is finite;
/// capability_error for double on a device without fp64.
template <detail::random_reals A>
future<void> fill_uniform(const placement& where, const A& y, random_stream& stream, double low = 0,
                          double high = 1) {
  return detail::fill_uniform(where, detail::flat_of(y), stream, low, high);
}

/// Normal, after Box and Muller: two neighbours share the words (float) or pairs of words (double) a and b,
/// and are mean + deviation * sqrt(-2 ln u) cos(2 pi v) and the same with the sine. float: u = (a + 1/2) /
/// 2^32 with a rounded to float, so that they lie within 6.8 deviations; double: u = (a' + 1) / 2^53 of the
/// upper 53 bits, within 8.6. v = b / 2^32, b / 2^64. Off by 4 ULP of deviation * sqrt(-2 ln u) at most, so
/// that the last bits may differ between devices. Throws argument_error unless both are finite and deviation
/// is not negative; capability_error for double on a device without fp64.
template <detail::random_reals A>
future<void> fill_normal(const placement& where, const A& y, random_stream& stream, double mean = 0,
                         double deviation = 1) {
  return detail::fill_normal(where, detail::flat_of(y), stream, mean, deviation);
}

/// Integers from low to high, both included: low + floor(x * (high - low + 1) / 2^b), where x is made of two
/// words for 32-bit integers (b = 64), of four for 64-bit ones (b = 128), low ones first. No probability is
/// off by more than 2^-32 (2^-64) of itself. The same on every device. Throws argument_error unless low <=
/// high.
template <detail::random_integers A>
future<void> fill_integers(const placement& where, const A& y, random_stream& stream,
                           typename A::value_type low, typename A::value_type high) {
  using bits = std::make_unsigned_t<typename A::value_type>;
  if (low > high) detail::refuse_random_range();
  const bits count = static_cast<bits>(static_cast<bits>(high) - static_cast<bits>(low) + 1u);
  return detail::fill_range(where, detail::flat_of(y), stream, static_cast<bits>(low), count);
}

} // namespace clotho

#pragma once
// SPDX-License-Identifier: Apache-2.0

#include "algo_peer.hpp"
#include "algo_work.hpp"

namespace clotho::bench {

/// What most cases work on in host memory. What is sorted is copied from `in` to `out` before.
template <class T> struct in_and_out {
  in_and_out() = default;
  in_and_out(array_of<T> given, array_of<T> made) : in(std::move(given)), out(std::move(made)) {}
  array_of<T> in, out;
};

/// A histogram's bytes, and how often each of the 256 is there.
struct counted_bytes {
  array_of<std::uint8_t> in;
  array_of<std::uint32_t> counts;
};

/// What one gives a sort that knows no separate values.
struct pair_of_words {
  std::uint32_t key, value;
  friend bool operator<(const pair_of_words& a, const pair_of_words& b) noexcept { return a.key < b.key; }
};
using pairs_of_words = in_and_out<pair_of_words>;

[[nodiscard]] inline std::shared_ptr<pairs_of_words> pairs_to_sort(std::size_t n) {
  const auto keys = random_bits<std::uint32_t>(n, 0);
  const auto made = std::make_shared<pairs_of_words>();
  for (std::uint32_t i = 0; i < n; ++i) made->in.push_back({keys[i], i});
  made->out = made->in;
  return made;
}

inline void check_sorted_pairs(const pairs_of_words& found) {
  array_of<std::uint32_t> keys, sorted, values;
  for (const pair_of_words& one : found.in) keys.push_back(one.key);
  for (const pair_of_words& one : found.out) sorted.push_back(one.key), values.push_back(one.value);
  check_pairs(keys, sorted, values);
}

} // namespace clotho::bench

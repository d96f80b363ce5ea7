// SPDX-License-Identifier: Apache-2.0
// What two threads do by hand with scattered counters: radix sort and histogram.
#include "algo_native.hpp"
#include "algo_team.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

namespace clotho::bench {
namespace {

constexpr std::size_t digits = 256, line = 64;
using digit_counts = std::array<std::size_t, digits>;

template <class Key> using bits_of = std::conditional_t<sizeof(Key) == 4, std::uint32_t, std::uint64_t>;

template <class Key> std::size_t digit_of(Key key, unsigned shift) {
  bits_of<Key> bits = std::bit_cast<bits_of<Key>>(key);
  // Floats in the order of their values: negative ones are the other way round.
  if constexpr (std::is_same_v<Key, float>) bits ^= (0u - (bits >> 31)) | 0x80000000u;
  return bits >> shift & (digits - 1);
}

// A whole aligned line, past the caches where it is not read before it has left them.
template <class T> void write_line(T* to, const T* from, bool stream) {
#if defined(__x86_64__)
  if (stream) {
    for (std::size_t i = 0; i < line / sizeof(__m128i); ++i)
      _mm_stream_si128(reinterpret_cast<__m128i*>(to) + i,
                       _mm_load_si128(reinterpret_cast<const __m128i*>(from) + i));
    return;
  }
#endif
  (void)stream;
  std::memcpy(to, from, line);
}

// Elements of each digit gather in a line before they go to memory: 256 places at once are more than the
// TLB and the first-level cache can follow.
template <class T> class scatter {
 public:
  scatter(T* out, const digit_counts& starts, bool stream)
      : out_(out), starts_(starts), next_(starts), stream_(stream) {}

  void put(std::size_t digit, T value) {
    const std::size_t at = next_[digit]++, slot = at % per_line;
    lines_[digit][slot] = value;
    if (slot != per_line - 1) return;
    const std::size_t begin = at + 1 - per_line;
    if (begin >= starts_[digit])
      write_line(out_ + begin, lines_[digit].data(), stream_);
    else // the line's beginning is another's
      copy(digit, starts_[digit], at + 1);
  }

  void finish() {
    for (std::size_t digit = 0; digit < digits; ++digit) {
      const std::size_t line_begin = next_[digit] / per_line * per_line;
      copy(digit, std::max(line_begin, starts_[digit]), next_[digit]);
    }
#if defined(__x86_64__)
    _mm_sfence();
#endif
  }

 private:
  static constexpr std::size_t per_line = line / sizeof(T);
  void copy(std::size_t digit, std::size_t begin, std::size_t end) {
    std::copy_n(lines_[digit].data() + begin % per_line, end - begin, out_ + begin);
  }

  struct alignas(line) buffered : std::array<T, per_line> {};
  T* out_;
  digit_counts starts_, next_;
  bool stream_;
  std::array<buffered, digits> lines_;
};

struct no_values {
  void put(std::size_t, std::size_t) {}
  void finish() {}
};
template <class T> struct values_beside {
  const T* in;
  scatter<T> out;
  void put(std::size_t digit, std::size_t from) { out.put(digit, in[from]); }
  void finish() { out.finish(); }
};

// Where each thread's elements of each digit begin, from how many there are.
void starts_from_counts(std::vector<digit_counts>& of_threads) {
  std::size_t sum = 0;
  for (std::size_t digit = 0; digit < digits; ++digit)
    for (digit_counts& counts : of_threads) sum += std::exchange(counts[digit], sum);
}

template <class Key, class MakeValues>
void radix_pass(team& with, const Key* in, Key* out, std::size_t n, unsigned shift,
                const MakeValues& make_values) {
  std::vector<digit_counts> of_threads(with.size());
  const bool stream = n * sizeof(Key) >= streamed_bytes;
  with.run([&](unsigned thread) {
    const std::size_t begin = part_begin(n, thread, with.size()),
                      end = part_begin(n, thread + 1, with.size());
    digit_counts counts{};
    for (std::size_t i = begin; i < end; ++i) ++counts[digit_of(in[i], shift)];
    of_threads[thread] = counts;
    with.barrier();
    if (thread == 0) starts_from_counts(of_threads);
    with.barrier();
    scatter<Key> keys(out, of_threads[thread], stream);
    auto values = make_values(of_threads[thread], stream);
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t digit = digit_of(in[i], shift);
      keys.put(digit, in[i]);
      values.put(digit, i);
    }
    keys.finish();
    values.finish();
  });
}

} // namespace

// As many passes as bytes, an even number: what is sorted is in `keys` again.
template <class Key> void radix_sort(team& with, array_of<Key>& keys, array_of<Key>& spare_keys) {
  for (unsigned shift = 0; shift < 8 * sizeof(Key); shift += 8) {
    radix_pass(with, keys.data(), spare_keys.data(), keys.size(), shift,
               [](const digit_counts&, bool) { return no_values{}; });
    keys.swap(spare_keys);
  }
}
template void radix_sort(team&, array_of<std::uint32_t>&, array_of<std::uint32_t>&);
template void radix_sort(team&, array_of<std::uint64_t>&, array_of<std::uint64_t>&);
template void radix_sort(team&, array_of<float>&, array_of<float>&);

void radix_sort_pairs(team& with, array_of<std::uint32_t>& keys, array_of<std::uint32_t>& spare_keys,
                      array_of<std::uint32_t>& values, array_of<std::uint32_t>& spare_values) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    radix_pass(with, keys.data(), spare_keys.data(), keys.size(), shift,
               [&](const digit_counts& starts, bool stream) {
                 return values_beside<std::uint32_t>{values.data(), {spare_values.data(), starts, stream}};
               });
    keys.swap(spare_keys);
    values.swap(spare_values);
  }
}

void count_bytes(team& with, const array_of<std::uint8_t>& in, array_of<std::uint32_t>& counts) {
  using table = std::array<std::uint32_t, 256>;
  std::vector<table> of_threads(with.size());
  with.run([&](unsigned thread) {
    std::array<table, 4> own{};
    std::size_t i = part_begin(in.size(), thread, with.size());
    const std::size_t end = part_begin(in.size(), thread + 1, with.size());
    for (; i + 8 <= end; i += 8) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, &in[i], 8);
      for (unsigned k = 0; k < 8; ++k) ++own[k % 4][eight >> 8 * k & 255];
    }
    for (; i < end; ++i) ++own[0][in[i]];
    for (std::size_t value = 0; value < 256; ++value)
      of_threads[thread][value] = own[0][value] + own[1][value] + own[2][value] + own[3][value];
  });
  for (std::size_t value = 0; value < 256; ++value) {
    counts[value] = 0;
    for (const table& one : of_threads) counts[value] += one[value];
  }
}

} // namespace clotho::bench

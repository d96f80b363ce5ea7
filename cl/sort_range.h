// What one work-item does for sort.cl with a range of keys and the values that belong to them: count their digits, move, copy or
// sort them. COUNT holds how many keys there are in all.
#ifndef CLOTHO_SORT_RANGE_H
#define CLOTHO_SORT_RANGE_H

#include "prefetch.h"
#include "sort_digit.h"

// How many keys, and values, are written at once: whole cache lines of both, where these are not too different.
#if VALUE_BYTES == 0 || VALUE_BYTES == KEY_BYTES
#define LINE (64 / KEY_BYTES)
#elif KEY_BYTES < VALUE_BYTES
#define LINE (128 / VALUE_BYTES)
#else
#define LINE (128 / KEY_BYTES)
#endif

#if defined(__x86_64__) || defined(__aarch64__) // code is made for the processor itself
#if __has_builtin(__builtin_nontemporal_store)
#define STREAMS
#endif
#endif

// counts[tile][digit]. Returns the bits in which keys differ from `like`.
inline K count_tile(global const K* keys, global COUNT* counts, const size_t begin, const size_t end, const uint shift,
                    const uint mask, const K flip, const K like) {
  uint even[DIGITS], odd[DIGITS]; // equal neighbours would wait for each other
  for (uint d = 0; d < DIGITS; ++d) even[d] = odd[d] = 0;
  K differ = 0;
  size_t i = begin;
  for (; i + 2 <= end; i += 2) {
    FETCH_AHEAD(keys + i);
    const K a = ordered(keys[i], flip), b = ordered(keys[i + 1], flip);
    differ |= (a ^ like) | (b ^ like);
    ++even[(uint)(a >> shift) & mask];
    ++odd[(uint)(b >> shift) & mask];
  }
  if (i < end) {
    const K a = ordered(keys[i], flip);
    differ |= a ^ like;
    ++even[(uint)(a >> shift) & mask];
  }
  for (uint d = 0; d < DIGITS; ++d) counts[d] = even[d] + odd[d];
  return differ;
}

// Straight to their places: for arrays that the caches hold.
inline void scatter_tile(global const K* from, global K* to, global const V* from_values, global V* to_values,
                         global const COUNT* counts, const size_t begin, const size_t end, const uint shift, const uint mask,
                         const K flip) {
  COUNT next[DIGITS];
  for (uint d = 0; d < DIGITS; ++d) next[d] = counts[d];
  for (size_t i = begin; i < end; ++i) {
    const K key = from[i];
    const COUNT at = next[digit_of(key, flip, shift, mask)]++;
    to[at] = key;
    MOVE_VALUE(to_values[at], from_values[i]);
  }
}

// Whether lines of `bytes` are whole cache lines, which can go past the caches: those would first read what was there.
inline bool can_stream(global const void* to, const uint bytes) {
#ifdef STREAMS
  return bytes >= 64 && ((size_t)to & 63) == 0;
#else
  return false;
#endif
}
#ifdef STREAMS
#define STREAM(to, from) \
  for (uint i_ = 0; i_ < LINE * sizeof(*(to)) / 64; ++i_) \
  __builtin_nontemporal_store(((const private ulong8*)(from))[i_], (global ulong8*)(to) + i_)
#else
#define STREAM(to, from)
#endif
// All of a line but the first `skipped`.
#define WRITE_LINE(to, from, skipped, streams) \
  if ((streams) && (skipped) == 0) { \
    STREAM(to, from); \
  } else \
    for (uint s_ = (skipped); s_ < LINE; ++s_) (to)[s_] = (from)[s_]

// A line at a time: of as many places as there are digits, the caches, and more so the tables of pages, hold few.
inline void stream_tile(global const K* from, global K* to, global const V* from_values, global V* to_values,
                        global const COUNT* counts, const size_t begin, const size_t end, const uint shift, const uint mask,
                        const K flip) {
  COUNT first[DIGITS], next[DIGITS]; // of what is not written yet
  K keys[DIGITS * LINE] __attribute__((aligned(64)));
#if VALUE_BYTES
  V values[DIGITS * LINE] __attribute__((aligned(64)));
  const bool streams_values = can_stream(to_values, LINE * VALUE_BYTES);
#endif
  const bool streams_keys = can_stream(to, LINE * KEY_BYTES);
  for (uint d = 0; d < DIGITS; ++d) first[d] = next[d] = counts[d];
  for (size_t i = begin; i < end; ++i) {
    FETCH_AHEAD(from + i);
    const K key = from[i];
    const uint d = digit_of(key, flip, shift, mask);
    const COUNT at = next[d]++;
    const uint slot = (uint)at % LINE;
    keys[d * LINE + slot] = key;
    MOVE_VALUE(values[d * LINE + slot], from_values[i]);
    if (slot != LINE - 1) continue;
    const COUNT line = at - slot;
    const uint skipped = (uint)(max(first[d], line) - line); // those are of another tile or digit
    WRITE_LINE(to + line, keys + d * LINE, skipped, streams_keys);
#if VALUE_BYTES
    WRITE_LINE(to_values + line, values + d * LINE, skipped, streams_values);
#endif
    first[d] = at + 1;
  }
  for (uint d = 0; d < DIGITS; ++d)
    for (COUNT at = first[d]; at < next[d]; ++at) {
      to[at] = keys[d * LINE + at % LINE];
      MOVE_VALUE(to_values[at], values[d * LINE + at % LINE]);
    }
}

inline void copy_tile(global const K* from, global K* to, global const V* from_values, global V* to_values,
                      const size_t begin, const size_t end) {
  for (size_t i = begin; i < end; ++i) to[i] = from[i];
#if VALUE_BYTES
  for (size_t i = begin; i < end; ++i) to_values[i] = from_values[i];
#endif
}

// The highest of the bits of `mask` in which any two keys differ, counted from 1; 0: there is none.
inline uint highest_difference(global const K* keys, const size_t n, const K flip, const K mask) {
  const K like = ordered(keys[0], flip);
  K differ = 0;
  for (size_t i = 1; i < n; ++i) differ |= ordered(keys[i], flip) ^ like;
  return 8 * KEY_BYTES - (uint)clz((K)(differ & mask));
}

// From `from` to `to`, which may be the same: keys that are almost in order, by insertion. Stops where that moves many, and
// returns false; keys of `from` are all there then, and equal ones in the order they had.
inline bool insert_range(global const K* from, global K* to, global const V* from_values, global V* to_values, const size_t n,
                         const K flip, const K mask) {
  size_t moves = 0;
  K last = 0;
  for (size_t i = 0; i < n; ++i) {
    const K key = from[i], rank = ordered(key, flip) & mask;
#if VALUE_BYTES
    const V value = from_values[i];
#endif
    size_t at = i;
    if (rank >= last) {
      last = rank;
    } else {
      do {
        to[at] = to[at - 1];
        MOVE_VALUE(to_values[at], to_values[at - 1]);
        --at;
      } while (at > 0 && rank < (ordered(to[at - 1], flip) & mask));
      moves += i - at;
    }
    to[at] = key;
    MOVE_VALUE(to_values[at], value);
    if (moves > 2 * n) return false;
  }
  return true;
}

// One pass: by the digit at `shift`, of the bits before `end`. Returns false where all keys share it, and nothing has moved.
inline bool pass_range(global const K* from, global K* to, global const V* from_values, global V* to_values, const size_t n,
                       const uint shift, const uint end, const K flip) {
  const uint mask = mask_of(shift, end);
  uint next[DIGITS], odd[DIGITS];
  for (uint d = 0; d < DIGITS; ++d) next[d] = odd[d] = 0;
  for (size_t i = 0; i + 2 <= n; i += 2) {
    ++next[digit_of(from[i], flip, shift, mask)];
    ++odd[digit_of(from[i + 1], flip, shift, mask)];
  }
  if (n & 1) ++next[digit_of(from[n - 1], flip, shift, mask)];
  const uint some = digit_of(from[0], flip, shift, mask);
  if (next[some] + odd[some] == n) return false;
  uint sum = 0;
  for (uint d = 0; d <= mask; ++d) {
    const uint count = next[d] + odd[d];
    next[d] = sum;
    sum += count;
  }
  for (size_t i = 0; i < n; ++i) {
    const K key = from[i];
    const uint at = next[digit_of(key, flip, shift, mask)]++;
    to[at] = key;
    MOVE_VALUE(to_values[at], from_values[i]);
  }
  return true;
}

// How many of the highest bits tell n keys apart, but for one in 16 or fewer if they are spread evenly: whole digits.
inline uint telling_bits(const size_t n) { return n <= 16 ? 8 : n <= 4096 ? 16 : n <= 1 << 20 ? 24 : 32; }

// n keys that caches hold, by the bits [begin, end): to `to` if to_other, else within `from`; `to` is as large. By the highest
// bits that tell them apart first, then by insertion; by all bits where that saves no two passes, or keys are not spread so.
inline void sort_range(global K* from, global K* to, global V* from_values, global V* to_values, const size_t n,
                       const uint begin, const uint end, const K flip, const bool to_other) {
  if (n == 0) return;
  const K mask = (K)((K)((K)~(K)0 >> (8 * KEY_BYTES - end)) & (K)((K)~(K)0 << begin));
  const uint top = highest_difference(from, n, flip, mask), telling = telling_bits(n);
  bool stays = !to_other; // whether the keys are where they are to be
  for (uint low = top > begin + telling + 8 ? top - telling : begin;; low = begin) {
    for (uint shift = low; shift < top; shift += 8) {
      if (!pass_range(from, to, from_values, to_values, n, shift, top, flip)) continue;
      global K* const keys = from;
      from = to;
      to = keys;
      global V* const values = from_values;
      from_values = to_values;
      to_values = values;
      stays = !stays;
    }
    if (low == begin) break;
    if (insert_range(from, stays ? from : to, from_values, stays ? from_values : to_values, n, flip, mask)) return;
  }
  if (!stays) copy_tile(from, to, from_values, to_values, 0, n);
}

#endif

// The digits by which sort.cl sorts keys (see key.h), and which passes that needs.
#ifndef CLOTHO_SORT_DIGIT_H
#define CLOTHO_SORT_DIGIT_H

#include "key.h"

#define DIGITS 256

// Where the digit of a pass is: bits from `shift` on, of those before `end`.
inline uint mask_of(const uint shift, const uint end) { return end - shift < 8 ? (1u << (end - shift)) - 1 : 255u; }
inline uint digit_of(const K key, const K flip, const uint shift, const uint mask) {
  return (uint)(ordered(key, flip) >> shift) & mask;
}

// Whether not all keys have the same digit.
inline bool is_needed(const ulong differ, const uint shift, const uint end) {
  return ((uint)(differ >> shift) & mask_of(shift, end)) != 0;
}
// Whether the passes before `shift` leave the keys in the second array.
inline bool is_swapped(const ulong differ, const uint begin, const uint shift, const uint end) {
  bool swapped = false;
  for (uint s = begin; s < shift; s += 8) swapped ^= is_needed(differ, s, end);
  return swapped;
}

#endif

// Keys and the values that belong to them. Keys are unsigned integers; those of other types are in order after ordered(), to
// whose result `flip` is applied: the sign bit of signed integers, all bits for a descending order.
#ifndef CLOTHO_KEY_H
#define CLOTHO_KEY_H

#ifndef KEY_BYTES
#define KEY_BYTES 4 // 1, 2, 4 or 8
#endif
#ifndef IS_FLOAT
#define IS_FLOAT 0 // 1: keys are half, float or double
#endif
#ifndef VALUE_BYTES
#define VALUE_BYTES 0 // 0: no values; else 1, 2, 4, 8 or 16
#endif

#if KEY_BYTES == 1
typedef uchar K;
#elif KEY_BYTES == 2
typedef ushort K;
#elif KEY_BYTES == 4
typedef uint K;
#else
typedef ulong K;
#endif

#if VALUE_BYTES == 0
typedef uchar V; // of no value
#define MOVE_VALUE(to, from)
#else
#if VALUE_BYTES == 1
typedef uchar V;
#elif VALUE_BYTES == 2
typedef ushort V;
#elif VALUE_BYTES == 4
typedef uint V;
#elif VALUE_BYTES == 8
typedef ulong V;
#else
typedef struct { ulong low, high; } V;
#endif
#define MOVE_VALUE(to, from) (to) = (from)
#endif

#define SIGN ((K)1 << (8 * KEY_BYTES - 1))

// Of all bit patterns, flipped to be in order, those of negative NaNs are the first, so many; they go round to the end.
#if KEY_BYTES == 2
#define NEGATIVE_NANS 0x3FF
#elif KEY_BYTES == 4
#define NEGATIVE_NANS 0x7FFFFF
#else
#define NEGATIVE_NANS 0xFFFFFFFFFFFFFUL
#endif

inline K ordered(const K bits, const K flip) {
#if IS_FLOAT
  const K negative = (K)(0 - (bits >> (8 * KEY_BYTES - 1)));
  return (K)(((bits ^ (negative | SIGN)) - NEGATIVE_NANS) ^ flip);
#else
  return bits ^ flip;
#endif
}

// What of that counts: the bits of `mask`.
inline K rank_of(const K key, const ulong flip, const ulong mask) { return ordered(key, (K)flip) & (K)mask; }

#endif

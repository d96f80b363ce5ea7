// Values of W elements, 1 or 16, and what one can do with them; W = 1 is for devices that make vectors of work-items themselves.
// Truth is a char: 0 or -1 in vectors, 0 or 1 alone, as comparisons give it.
#ifndef CLOTHO_VALUES_H
#define CLOTHO_VALUES_H

#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif

#ifndef W
#define W 16
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#if W == 1
#define V(type) type
#define CONVERT(type, v) ((type)(v))
#define PICK(type, c, a, b) ((c) ? (a) : (b))
#define AS(type, v) JOIN(as_, type)(v)
#else
#define V(type) JOIN(type, W)
#define CONVERT(type, v) JOIN(convert_, V(type))(v)
#define PICK(type, c, a, b) select(b, a, CONVERT(JOIN(MASK_, type), c))
#define AS(type, v) JOIN(as_, V(type))(v)
#endif

// What chooses between elements of a type has their size.
#define MASK_char char
#define MASK_uchar char
#define MASK_short short
#define MASK_ushort short
#define MASK_int int
#define MASK_uint int
#define MASK_long long
#define MASK_ulong long
#define MASK_float int
#define MASK_double long

#define SPLAT(type, s) ((V(type))(s))
#define COMPARE(a, op, b) CONVERT(char, (a)op(b))
#define IS_TRUE(type, v) COMPARE(v, !=, SPLAT(type, 0))
#define FROM_TRUTH(type, c) CONVERT(type, (c) & SPLAT(char, 1))
#define NOT(c) COMPARE(c, ==, SPLAT(char, 0))
#define TEST(f, v) CONVERT(char, f(v))

// Signed integers wrap round.
#define WRAPPED(type, other, a, op, b) AS(type, (V(other))(AS(other, a) op AS(other, b)))
// What divides by 0 gives 0, and the least number divided by -1 itself: a processor would stop.
#define DIVIDE_UNSIGNED(type, a, b) PICK(type, IS_TRUE(type, b), (a) / PICK(type, IS_TRUE(type, b), b, SPLAT(type, 1)), SPLAT(type, 0))
#define REMAIN_UNSIGNED(type, a, b) PICK(type, IS_TRUE(type, b), (a) % PICK(type, IS_TRUE(type, b), b, SPLAT(type, 1)), SPLAT(type, 0))
#define IS_ORDINARY(type, b) (IS_TRUE(type, b) & COMPARE(b, !=, SPLAT(type, -1)))
#define ORDINARY(type, b) PICK(type, IS_ORDINARY(type, b), b, SPLAT(type, 1))
#define DIVIDE_SIGNED(type, other, a, b) \
  PICK(type, IS_ORDINARY(type, b), (a) / ORDINARY(type, b), WRAPPED(type, other, a, *, b))
#define REMAIN_SIGNED(type, a, b) PICK(type, IS_ORDINARY(type, b), (a) % ORDINARY(type, b), SPLAT(type, 0))

// Numbers are preferred to NaN.
#define LESSER(type, a, b) PICK(type, COMPARE(b, <, a) | COMPARE(a, !=, a), b, a)
#define GREATER(type, a, b) PICK(type, COMPARE(b, >, a) | COMPARE(a, !=, a), b, a)
#define SIGN(type, a) \
  PICK(type, COMPARE(a, >, SPLAT(type, 0)), SPLAT(type, 1), PICK(type, COMPARE(a, <, SPLAT(type, 0)), SPLAT(type, -1), a))

#if W == 1
#define LANE_NUMBERS 0
#else
#define LANE_NUMBERS (ulong16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#endif

// Of `count` elements, `step` apart; what is missing of W is the first once more. Macros, as Oclgrind 21.10 dies of functions
// of vectors; no private arrays, so that a thread with a small stack may run it.
#if W == 1
#define VLOAD(from) (*(from))
#define VSTORE(value, to) (*(to) = (value))
#define HALF_VLOAD(from) vload_half(0, from)
#define HALF_VSTORE(value, to) vstore_half_rte(value, 0, to)
#define LOAD(type, from, count) (*(from))
#define FETCH(type, from, step, count) (*(from))
#define HALF_LOAD(from, count) vload_half(0, from)
#define HALF_FETCH(from, step, count) vload_half(0, from)
#define EACH_LANE(f, value, to, step, count) f(0, value, to, step, count)
#else
#define VLOAD(from) JOIN(vload, W)(0, from)
#define VSTORE(value, to) JOIN(vstore, W)(value, 0, to)
#define HALF_VLOAD(from) JOIN(vload_half, W)(0, from)
#define HALF_VSTORE(value, to) JOIN(JOIN(vstore_half, W), _rte)(value, 0, to)
#define LANES(f, from, step, count) \
  f(0, from, step, count), f(1, from, step, count), f(2, from, step, count), f(3, from, step, count), \
  f(4, from, step, count), f(5, from, step, count), f(6, from, step, count), f(7, from, step, count), \
  f(8, from, step, count), f(9, from, step, count), f(10, from, step, count), f(11, from, step, count), \
  f(12, from, step, count), f(13, from, step, count), f(14, from, step, count), f(15, from, step, count)
#define LANE(k, from, step, count) (from)[(k) < (count) ? (k) * (step) : 0]
#define HALF_LANE(k, from, step, count) vload_half((k) < (count) ? (k) * (step) : 0, from)
#define LOAD(type, from, count) ((count) >= W ? VLOAD(from) : (V(type))(LANES(LANE, from, 1, count)))
#define FETCH(type, from, step, count) \
  ((step) == 0 ? SPLAT(type, *(from)) : (step) == 1 && (count) >= W ? VLOAD(from) : (V(type))(LANES(LANE, from, step, count)))
#define HALF_LOAD(from, count) ((count) >= W ? HALF_VLOAD(from) : (V(float))(LANES(HALF_LANE, from, 1, count)))
#define HALF_FETCH(from, step, count) \
  ((step) == 0 ? SPLAT(float, vload_half(0, from)) \
   : (step) == 1 && (count) >= W ? HALF_VLOAD(from) : (V(float))(LANES(HALF_LANE, from, step, count)))
#define EACH_LANE(f, value, to, step, count) \
  f(0, value.s0, to, step, count) f(1, value.s1, to, step, count) f(2, value.s2, to, step, count) f(3, value.s3, to, step, count) \
  f(4, value.s4, to, step, count) f(5, value.s5, to, step, count) f(6, value.s6, to, step, count) f(7, value.s7, to, step, count) \
  f(8, value.s8, to, step, count) f(9, value.s9, to, step, count) f(10, value.sa, to, step, count) f(11, value.sb, to, step, count) \
  f(12, value.sc, to, step, count) f(13, value.sd, to, step, count) f(14, value.se, to, step, count) f(15, value.sf, to, step, count)
#endif

// Stores past the caches pay where the result is larger than those; they want whole, aligned vectors.
#if defined(NON_TEMPORAL) && defined(__has_builtin)
#if __has_builtin(__builtin_nontemporal_store)
#define STORE(type, value, to)                                       \
  if (((size_t)(to) & (sizeof(V(type)) - 1)) == 0)                   \
    __builtin_nontemporal_store(value, (__global V(type) *)(to));    \
  else                                                               \
    VSTORE(value, to)
#endif
#endif
#ifndef STORE
#define STORE(type, value, to) VSTORE(value, to)
#endif

#define STORE_LANE(k, value, to, step, count) if ((k) < (count)) (to)[(k) * (step)] = value;
#define HALF_STORE_LANE(k, value, to, step, count) if ((k) < (count)) vstore_half_rte(value, (k) * (step), to);
#define PUT(type, value, to, step, count)               \
  if ((step) == 1 && (count) >= W) {                    \
    STORE(type, value, to);                             \
  } else {                                              \
    EACH_LANE(STORE_LANE, value, to, step, count)       \
  }
// Half is a type for memory only: values are floats.
#define HALF_PUT(value, to, step, count)                \
  if ((step) == 1 && (count) >= W) {                    \
    HALF_VSTORE(value, to);                             \
  } else {                                              \
    EACH_LANE(HALF_STORE_LANE, value, to, step, count)  \
  }

#endif

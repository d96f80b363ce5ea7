// Folds the values of an expression over arrays with OP into values of type T: all of them, or those along one dimension.
//
// array_fold_all: one partial for each TILE (_cpu) or group (_gpu), for the host to fold.
// array_fold_rows, array_fold_columns (_cpu): one value for each index of the other dimensions, which are walked through as
// strided arrays; `along` elements are folded, along## apart. Rows take vectors along that dimension, columns along the last of
// the others: whichever lies in a row in memory. array_fold_axis (_gpu): an item a value.
// Launch: all_cpu an item a TILE, rows and columns an item for OUTPUTS values; _gpu groups of GROUP.
#include "array.h"

#ifndef T
#define T float
#define OP(a, b) ((a) + (b))
#define NEUTRAL ((T)0)
#endif
#ifndef OUTPUTS
#define OUTPUTS 64 // values of a work-item
#endif

#if W == 1
#define LANE_ORDER 0
#else
#define LANE_ORDER (char16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#endif
// The first `count`, and neutral ones behind.
#define FIRST(count, v) ((count) >= W ? (v) : PICK(T, COMPARE(LANE_ORDER, <, SPLAT(char, (char)(count))), v, SPLAT(T, NEUTRAL)))

#if W == 1
#define FOLD_LANES(result, v) result = v
#else
#define FOLD_LANES(result, v)                                          \
  {                                                                    \
    const JOIN(T, 8) half8 = OP(v.lo, v.hi);                           \
    const JOIN(T, 4) half4 = OP(half8.lo, half8.hi);                   \
    const JOIN(T, 2) half2 = OP(half4.lo, half4.hi);                   \
    result = OP(half2.x, half2.y);                                     \
  }
#endif

#define ARRAY_PARAMETER(type, k) , const __global type *x##k, const long base##k, const long4 step##k
#define PLACE(k) const long place##k = PLACE_OF(base##k, step##k);
#define HERE(k) (x##k + place##k + (long)j * step##k.s3)
#define ARRAY(type, k) FETCH(type, HERE(k), step##k.s3, count)
#define HALF_ARRAY(k) HALF_FETCH(HERE(k), step##k.s3, count)

#if W == 1
IN_GROUPS __kernel void array_fold_all_gpu(const ulong n, const ulong4 shape, __global T *partials PARAMETERS) {
  __local T shared[GROUP];
  const size_t lane = get_local_id(0);
  const size_t j = 0;
  const int count = 1;
  T sum = NEUTRAL;
  for (size_t i = get_global_id(0); i < n; i += get_global_size(0)) {
    INDEX_OF(i, shape)
    PLACES
    EXPRESSION
    sum = OP(sum, RESULT);
  }
  shared[lane] = sum;
  for (uint half_group = GROUP / 2; half_group > 0; half_group /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < half_group) shared[lane] = OP(shared[lane], shared[lane + half_group]);
  }
  if (lane == 0) partials[get_group_id(0)] = shared[0];
}
#else
ONE_BY_ONE __kernel void array_fold_all_cpu(const ulong n, const ulong4 shape, __global T *partials PARAMETERS) {
  const size_t first = get_global_id(0) * TILE;
  const size_t end = min(first + TILE, (size_t)n);
  V(T) sum = SPLAT(T, NEUTRAL);
  for (size_t i = first; i < end;) {
    INDEX_OF(i, shape)
    const size_t row = min((size_t)(shape.s3 - at3), end - i);
    PLACES
    for (size_t j = 0; j < row; j += W) {
      const int count = (int)min(row - j, (size_t)W);
      EXPRESSION
      const V(T) next = FIRST(count, RESULT);
      sum = OP(sum, next);
    }
    i += row;
  }
  T result;
  FOLD_LANES(result, sum);
  partials[get_global_id(0)] = result;
}
#endif

#undef ARRAY_PARAMETER
#undef HERE
#define ARRAY_PARAMETER(type, k) , const __global type *x##k, const long base##k, const long4 step##k, const long along##k
#define HERE(k) (x##k + place##k + (long)j * step##k.s3 + (long)k_along * along##k)

#if W == 1
IN_GROUPS __kernel void array_fold_axis_gpu(const ulong n, const ulong4 shape, const ulong along, __global T *to PARAMETERS) {
  const size_t i = get_global_id(0);
  const size_t j = 0;
  const int count = 1;
  if (i < n) {
    INDEX_OF(i, shape)
    PLACES
    T sum = NEUTRAL;
    for (size_t k_along = 0; k_along < along; ++k_along) {
      EXPRESSION
      sum = OP(sum, RESULT);
    }
    to[i] = sum;
  }
}
#else
ONE_BY_ONE __kernel void array_fold_columns_cpu(const ulong n, const ulong4 shape, const ulong along, __global T *to PARAMETERS) {
  const size_t first = get_global_id(0) * OUTPUTS;
  const size_t end = min(first + OUTPUTS, (size_t)n);
  for (size_t i = first; i < end;) {
    INDEX_OF(i, shape)
    const size_t row = min((size_t)(shape.s3 - at3), end - i);
    PLACES
    for (size_t j = 0; j < row; j += W) {
      const int count = (int)min(row - j, (size_t)W);
      V(T) sum = SPLAT(T, NEUTRAL);
      for (size_t k_along = 0; k_along < along; ++k_along) {
        EXPRESSION
        sum = OP(sum, RESULT);
      }
      PUT(T, sum, to + i + j, 1, count);
    }
    i += row;
  }
}

#undef HERE
#undef ARRAY
#undef HALF_ARRAY
#define HERE(k) (x##k + place##k + (long)j * along##k)
#define ARRAY(type, k) FETCH(type, HERE(k), along##k, count)
#define HALF_ARRAY(k) HALF_FETCH(HERE(k), along##k, count)

ONE_BY_ONE __kernel void array_fold_rows_cpu(const ulong n, const ulong4 shape, const ulong along, __global T *to PARAMETERS) {
  const size_t first = get_global_id(0) * OUTPUTS;
  const size_t end = min(first + OUTPUTS, (size_t)n);
  for (size_t i = first; i < end; ++i) {
    INDEX_OF(i, shape)
    PLACES
    V(T) sum = SPLAT(T, NEUTRAL);
    for (size_t j = 0; j < along; j += W) {
      const int count = (int)min((size_t)along - j, (size_t)W);
      EXPRESSION
      const V(T) next = FIRST(count, RESULT);
      sum = OP(sum, next);
    }
    T result;
    FOLD_LANES(result, sum);
    to[i] = result;
  }
}
#endif

// An expression over arrays, element by element, written to an array of type OUT: one launch, whatever the expression.
//
// array_flat: all arrays have the same shape and lie in a row.
// array_strided: any steps, of four dimensions; 0 repeats an element.
// Launch: _cpu one item a TILE of elements; _gpu an item an element, rounded up. The expression may read what is written
// at the same place.
#include "array.h"
#include "prefetch.h"

#ifndef OUT
#define OUT float
#endif
#ifdef OUT_IS_HALF
#define PUT_RESULT(to, step, count) HALF_PUT(RESULT, to, step, count)
#else
#define PUT_RESULT(to, step, count) PUT(OUT, RESULT, to, step, count)
#endif

#define ARRAY_PARAMETER(type, k) , const __global type* x##k
#define ARRAY(type, k) LOAD(type, x##k + i, count)
#define HALF_ARRAY(k) HALF_LOAD(x##k + i, count)
#define INDEX POSITION(i)
#define PLACE(k) FETCH_AHEAD(x##k + i);

ONE_BY_ONE __kernel void array_flat_cpu(const ulong n, __global OUT* to PARAMETERS) {
  const size_t first = get_global_id(0) * TILE;
  const size_t end = min(first + TILE, (size_t)n);
  for (size_t i = first; i < end; i += W) {
    const int count = (int)min(end - i, (size_t)W);
    PLACES
    EXPRESSION
    PUT_RESULT(to + i, 1, count);
  }
}

IN_GROUPS __kernel void array_flat_gpu(const ulong n, __global OUT* to PARAMETERS) {
  const size_t i = get_global_id(0);
  const int count = 1;
  if (i < n) {
    EXPRESSION
    PUT_RESULT(to + i, 1, count);
  }
}

#undef ARRAY_PARAMETER
#undef ARRAY
#undef HALF_ARRAY
#undef INDEX
#undef PLACE
#define ARRAY_PARAMETER(type, k) , const __global type* x##k, const long base##k, const long4 step##k
#define PLACE(k) const long place##k = PLACE_OF(base##k, step##k);
#define HERE(k) (x##k + place##k + (long)j * step##k.s3)
#define ARRAY(type, k) FETCH(type, HERE(k), step##k.s3, count)
#define HALF_ARRAY(k) HALF_FETCH(HERE(k), step##k.s3, count)
#define INDEX POSITION(i + j)

ONE_BY_ONE __kernel void array_strided_cpu(const ulong n, const ulong4 shape, __global OUT* to, const long base,
                                                 const long4 step PARAMETERS) {
  const size_t first = get_global_id(0) * TILE;
  const size_t end = min(first + TILE, (size_t)n);
  for (size_t i = first; i < end;) {
    INDEX_OF(i, shape)
    const size_t row = min((size_t)(shape.s3 - at3), end - i);
    const long place = PLACE_OF(base, step);
    PLACES
    for (size_t j = 0; j < row; j += W) {
      const int count = (int)min(row - j, (size_t)W);
      EXPRESSION
      PUT_RESULT(to + place + (long)j * step.s3, step.s3, count);
    }
    i += row;
  }
}

IN_GROUPS __kernel void array_strided_gpu(const ulong n, const ulong4 shape, __global OUT* to, const long base,
                                      const long4 step PARAMETERS) {
  const size_t i = get_global_id(0);
  const size_t j = 0;
  const int count = 1;
  if (i < n) {
    INDEX_OF(i, shape)
    PLACES
    EXPRESSION
    PUT_RESULT(to + PLACE_OF(base, step), 1, count);
  }
}

// What kernels over fused expressions share: how an expression's arrays and scalars are passed, and found. The host says
//
//   PARAMETERS  ARRAY_PARAMETER(float, 0) SCALAR_PARAMETER(float, 1): the operands, in order
//   PLACES      PLACE(0): where each array's elements are, for strided kernels
//   EXPRESSION  const V(float) v0 = ARRAY(float, 0); const V(float) v1 = SCALAR(float, 1); const V(float) v2 = v0 * v1;
//   RESULT      v2
// An array of halves is HALF_ARRAY(0) there.
//
// Strided kernels see arrays of four dimensions, the last of which is walked along; `base` and `step` count elements.
#ifndef CLOTHO_ARRAY_H
#define CLOTHO_ARRAY_H

#include "values.h"

#ifndef EXPRESSION
#define PARAMETERS ARRAY_PARAMETER(float, 0) SCALAR_PARAMETER(float, 1)
#define PLACES PLACE(0)
#define EXPRESSION const V(float) v0 = ARRAY(float, 0); const V(float) v1 = SCALAR(float, 1); const V(float) v2 = v0 * v1;
#define RESULT v2
#endif

#ifndef TILE
#define TILE 4096 // elements of a work-item, a multiple of W
#endif

#ifndef GROUP
#define GROUP 128 // work-items of a group
#endif

#define IN_GROUPS __attribute__((reqd_work_group_size(GROUP, 1, 1)))
#define ONE_BY_ONE __attribute__((reqd_work_group_size(1, 1, 1)))
#define SCALAR_PARAMETER(type, k) , const type s##k
#define SCALAR(type, k) SPLAT(type, s##k)
#define POSITION(first) (SPLAT(ulong, first) + LANE_NUMBERS)

// The index that an element has in four dimensions, the last of which runs fastest; and where it is in an array. Macros, as
// Oclgrind 21.10 dies of functions of vectors.
#define INDEX_OF(position, shape)                                     \
  const ulong at3 = (position) % shape.s3;                            \
  const ulong rest3 = (position) / shape.s3;                          \
  const ulong at2 = rest3 % shape.s2, rest2 = rest3 / shape.s2;       \
  const ulong at1 = rest2 % shape.s1, at0 = rest2 / shape.s1;
#define PLACE_OF(base, step) \
  (base + (long)at0 * step.s0 + (long)at1 * step.s1 + (long)at2 * step.s2 + (long)at3 * step.s3)

#endif

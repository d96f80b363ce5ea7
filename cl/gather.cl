// y[i] = x[places[i]], and y[places[i]] = x[i], of elements of type T; P is the type of places. Places that are not among those
// of x give 0, and those that are not among y's are passed over.
// Launch: _cpu one item a TILE of i; _gpu an item an i, rounded up.
#include "common.h"

#ifndef P
#define P uint
#endif
#ifndef TILE
#define TILE 4096
#endif
#ifndef GROUP
#define GROUP 128
#endif
#define IN_GROUPS __attribute__((reqd_work_group_size(GROUP, 1, 1)))

// Negative ones are large, too.
static inline void gather_one(const size_t i, __global const P *places, __global const T *x, const ulong most, __global T *y) {
  const ulong place = (ulong)places[i];
  y[i] = place < most ? x[place] : (T)0;
}
static inline void scatter_one(const size_t i, __global const P *places, __global const T *x, const ulong most, __global T *y) {
  const ulong place = (ulong)places[i];
  if (place < most) y[place] = x[i];
}

ONE_BY_ONE __kernel void gather_cpu(const ulong n, __global const P *places, __global const T *x, const ulong most, __global T *y) {
  const size_t first = get_global_id(0) * TILE;
  const size_t end = min(first + TILE, (size_t)n);
  for (size_t i = first; i < end; ++i) gather_one(i, places, x, most, y);
}
IN_GROUPS __kernel void gather_gpu(const ulong n, __global const P *places, __global const T *x, const ulong most, __global T *y) {
  const size_t i = get_global_id(0);
  if (i < n) gather_one(i, places, x, most, y);
}

ONE_BY_ONE __kernel void scatter_cpu(const ulong n, __global const P *places, __global const T *x, const ulong most, __global T *y) {
  const size_t first = get_global_id(0) * TILE;
  const size_t end = min(first + TILE, (size_t)n);
  for (size_t i = first; i < end; ++i) scatter_one(i, places, x, most, y);
}
IN_GROUPS __kernel void scatter_gpu(const ulong n, __global const P *places, __global const T *x, const ulong most, __global T *y) {
  const size_t i = get_global_id(0);
  if (i < n) scatter_one(i, places, x, most, y);
}

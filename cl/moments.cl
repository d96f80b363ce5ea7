// Mean, and sum of squared distances from it, for each tile of TILE values, read twice: the second time from the nearest cache.
// The host brings the tiles together, after Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing
// Sample Variances", 1979.
#include "common.h"

#ifndef X
#define X float // what is read; T is what is calculated with
#endif
#define TILE 4096
#ifndef TILES
#define TILES 4 // that a work-item or a group takes
#endif

#define LOAD16(i) CONCAT(convert_, T16)(vload16(0, x + (i)))
#define SQUARE(v) ((v) * (v))

static inline T sum_lanes(T *lanes) {
  vstore16(vload16(0, lanes) + vload16(1, lanes), 0, lanes);
  vstore8(vload8(0, lanes) + vload8(1, lanes), 0, lanes);
  vstore4(vload4(0, lanes) + vload4(1, lanes), 0, lanes);
  return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
}

// Of F(x - from): sums of 32 lanes.
#define SUM_TILE(F, from, result)                                                                                                  \
  {                                                                                                                                \
    T16 a = 0, b = 0;                                                                                                              \
    size_t i = begin;                                                                                                              \
    for (; i + 32 <= end; i += 32) {                                                                                               \
      const T16 u = LOAD16(i) - (T16)(from), v = LOAD16(i + 16) - (T16)(from);                                                     \
      a += F(u);                                                                                                                   \
      b += F(v);                                                                                                                   \
    }                                                                                                                              \
    T lanes[32];                                                                                                                   \
    vstore16(a, 0, lanes);                                                                                                         \
    vstore16(b, 1, lanes);                                                                                                         \
    for (; i < end; ++i) {                                                                                                         \
      const T u = (T)x[i] - (from);                                                                                                \
      lanes[i % 32] += F(u);                                                                                                       \
    }                                                                                                                              \
    result = sum_lanes(lanes);                                                                                                     \
  }

__kernel ONE_BY_ONE void moments_cpu(__global const X *restrict x, __global T *restrict means, __global T *restrict squares,
                                     const ulong n) {
  const size_t first = get_global_id(0) * TILES;
  for (size_t tile = first; tile < first + TILES && tile * TILE < n; ++tile) {
    const size_t begin = tile * TILE, end = min(begin + TILE, (size_t)n);
    T mean, square;
    SUM_TILE(, (T)0, mean);
    mean /= (T)(end - begin);
    SUM_TILE(SQUARE, mean, square);
    means[tile] = mean;
    squares[tile] = square;
  }
}

// What the 64 work-items of a tile have together; for all of them.
static inline T sum_of_tile(const T own, __local T *lanes) {
  const size_t at = get_local_id(0), lane = at % 64;
  barrier(CLK_LOCAL_MEM_FENCE); // who still reads what was before
  lanes[at] = own;
  for (size_t step = 32; step > 0; step /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < step) lanes[at] += lanes[at + step];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return lanes[at - lane];
}

__kernel __attribute__((reqd_work_group_size(64 * TILES, 1, 1))) void
moments_gpu(__global const X *restrict x, __global T *restrict means, __global T *restrict squares, const ulong n) {
  __local T lanes[64 * TILES];
  const size_t lane = get_local_id(0) % 64, tile = get_group_id(0) * TILES + get_local_id(0) / 64;
  const size_t begin = min(tile * TILE, (size_t)n), end = min(begin + TILE, (size_t)n);
  T sum = 0, square = 0;
  for (size_t i = begin + lane; i < end; i += 64) sum += (T)x[i];
  const T mean = sum_of_tile(sum, lanes) / (T)max(end - begin, (size_t)1);
  for (size_t i = begin + lane; i < end; i += 64) square += SQUARE((T)x[i] - mean);
  square = sum_of_tile(square, lanes);
  if (lane > 0 || begin == n) return;
  means[tile] = mean;
  squares[tile] = square;
}

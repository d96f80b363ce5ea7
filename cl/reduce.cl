// Folds n values with OP into one for each tile of TILE values, or all of them into one.
//
// The order is the same for every shape, device and number of threads: the 64 lanes of a tile take every 64th value, one after
// another, and then come together by halves: 32, 16, ... 1. Results of tiles are folded in the same way. So sums of floats have
// the same bits everywhere, and at each level TILE / 64 + 6 roundings behind each other instead of n.
#include "common.h"

#ifndef X
#define X float // what is read; T is what is folded
#endif
#ifndef OP
#define OP(a, b) ((a) + (b)) // of scalars or vectors; associative and commutative
#define NEUTRAL ((T)0)
#define IS_LOGICAL 0
#endif
#ifndef MAP
#define MAP MAP_ITSELF
#define INPUTS 1
#endif
#ifndef TILES
#define TILES 4 // that a work-item or a group folds
#endif
#define TILE 4096    // part of the result's definition, so not to be tuned
#define MOST_TILES 64 // for one work-item to fold all

#pragma OPENCL FP_CONTRACT OFF

// What is folded for x, or x and y: MAP(its type, x, y), of scalars or vectors.
#define MAP_ITSELF(V, x, y) (x)
#define MAP_MAGNITUDE(V, x, y) fabs(x)
#define MAP_SQUARE(V, x, y) ((x) * (x))
#define MAP_PRODUCT(V, x, y) ((x) * (y))
#define MAP_TRUTH(V, x, y) ((x) != (V)(0) ? (V)(1) : (V)(0))

#include "input.h"
#if IS_LOGICAL && !T_IS_FLOAT
// All bits or none: Oclgrind 21.10 makes -1 of a vector's true, whatever is selected.
#define AT(i) ((T)(x[i] != 0 ? -1 : 0))
#define AT16(i) CONCAT(as_, T16)(vload16(0, x + (i)) != (T16)(0))
#define RESULT(v) ((T)((v) != 0))
#else
#define AT(i) ((T)MAP(T, x[i], SECOND[i]))
#define AT16(i) MAP(T16, vload16(0, x + (i)), vload16(0, SECOND + (i)))
#define RESULT(v) (v)
#endif

// By halves, in place. Oclgrind 21.10 dies of vectors as arguments, and of halves of vectors.
static inline T fold_lanes(T *lanes) {
  const T16 low = OP(vload16(0, lanes), vload16(2, lanes)), high = OP(vload16(1, lanes), vload16(3, lanes));
  vstore16(OP(low, high), 0, lanes);
  vstore8(OP(vload8(0, lanes), vload8(1, lanes)), 0, lanes);
  vstore4(OP(vload4(0, lanes), vload4(1, lanes)), 0, lanes);
  vstore2(OP(vload2(0, lanes), vload2(1, lanes)), 0, lanes);
  const T first = lanes[0], second = lanes[1];
  return (T)OP(first, second);
}

static inline T fold_tile(INPUT, const size_t begin, const size_t end) {
  T16 a = NEUTRAL, b = NEUTRAL, c = NEUTRAL, d = NEUTRAL;
  T lanes[64];
  size_t i = begin;
  for (; i + 64 <= end; i += 64) {
    a = OP(a, AT16(i));
    b = OP(b, AT16(i + 16));
    c = OP(c, AT16(i + 32));
    d = OP(d, AT16(i + 48));
  }
  vstore16(a, 0, lanes);
  vstore16(b, 1, lanes);
  vstore16(c, 2, lanes);
  vstore16(d, 3, lanes);
  for (size_t lane = 0; i + lane < end; ++lane) {
    const T before = lanes[lane], value = AT(i + lane);
    lanes[lane] = (T)OP(before, value);
  }
  return fold_lanes(lanes);
}

// TILES tiles for each of ceil(n / TILE / TILES) work-items.
__kernel ONE_BY_ONE void reduce_cpu(INPUT, __global T *restrict out, const ulong n) {
  const size_t first = get_global_id(0) * TILES;
  for (size_t tile = first; tile < first + TILES && tile * TILE < n; ++tile)
    out[tile] = RESULT(fold_tile(INPUT_NAMES, tile * TILE, min((tile + 1) * TILE, (size_t)n)));
}

// All of n values, MOST_TILES * TILE at most, in one work-item: what a second launch costs is worth more than what a second
// thread gains.
__kernel ONE_BY_ONE void reduce_small_cpu(INPUT, __global T *restrict out, const ulong n) {
  T part[MOST_TILES];
  size_t tiles = 0;
  for (; tiles * TILE < n; ++tiles) part[tiles] = fold_tile(INPUT_NAMES, tiles * TILE, min((tiles + 1) * TILE, (size_t)n));
  const bool is_one = tiles == 1;
  for (; tiles < MOST_TILES; ++tiles) part[tiles] = NEUTRAL;
  out[0] = RESULT(is_one ? part[0] : fold_lanes(part));
}

// 64 work-items for each tile, TILES tiles for each of ceil(n / TILE / TILES) groups.
__kernel __attribute__((reqd_work_group_size(64 * TILES, 1, 1))) void reduce_gpu(INPUT, __global T *restrict out, const ulong n) {
  __local T lanes[64 * TILES];
  const size_t at = get_local_id(0), lane = at % 64;
  const size_t tile = get_group_id(0) * TILES + at / 64;
  const size_t end = min((tile + 1) * TILE, (size_t)n);
  T sum = NEUTRAL;
  for (size_t i = tile * TILE + lane; i < end; i += 64) {
    const T value = AT(i);
    sum = (T)OP(sum, value);
  }
  lanes[at] = sum;
  for (size_t step = 32; step > 0; step /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < step) {
      const T other = lanes[at + step];
      sum = (T)OP(sum, other);
      lanes[at] = sum;
    }
  }
  if (lane == 0 && tile * TILE < n) out[tile] = RESULT(sum);
}

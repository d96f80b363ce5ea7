// How many of n values fulfil HOLDS, for each tile of TILE; cl/reduce.cl adds them up.
#include "common.h"

#ifndef X
#define X float
#define MASK int // what comparing vectors of X gives
#endif
#ifndef HOLDS
#define HOLDS HOLDS_EQUALS
#define INPUTS 1
#endif
#define TILE 4096 // 64 lanes count to 64: so far a char goes
#ifndef TILES
#define TILES 4 // that a work-item or a group counts
#endif

#define X16 CONCAT(X, 16)
#define MASK16 CONCAT(MASK, 16)

// Of scalars or vectors, with the caller's value as one.
#define HOLDS_EQUALS(x, y, value) ((x) == (value))
#define HOLDS_TRUE(x, y, value) ((x) != (value)) // which is 0
#define HOLDS_DIFFERS(x, y, value) ((x) != (y))

#include "input.h"
#define AT(i) (HOLDS(x[i], SECOND[i], value) ? 1u : 0u)
#define AT16(i) HOLDS(vload16(0, x + (i)), vload16(0, SECOND + (i)), (X16)(value))

static inline uint count_tile(INPUT, const X value, const size_t begin, const size_t end) {
  MASK16 a = 0, b = 0, c = 0, d = 0; // true is -1
  size_t i = begin;
  for (; i + 64 <= end; i += 64) {
    a += AT16(i);
    b += AT16(i + 16);
    c += AT16(i + 32);
    d += AT16(i + 48);
  }
  MASK lanes[64];
  vstore16(a, 0, lanes);
  vstore16(b, 1, lanes);
  vstore16(c, 2, lanes);
  vstore16(d, 3, lanes);
  uint count = 0;
  for (size_t lane = 0; lane < 64; ++lane) count += (uint)(-(int)lanes[lane]);
  for (; i < end; ++i) count += AT(i);
  return count;
}

__kernel ONE_BY_ONE void count_cpu(INPUT, __global ulong *restrict out, const X value, const ulong n) {
  const size_t first = get_global_id(0) * TILES;
  for (size_t tile = first; tile < first + TILES && tile * TILE < n; ++tile)
    out[tile] = count_tile(INPUT_NAMES, value, tile * TILE, min((tile + 1) * TILE, (size_t)n));
}

// 64 work-items for each tile.
__kernel __attribute__((reqd_work_group_size(64 * TILES, 1, 1))) void count_gpu(INPUT, __global ulong *restrict out, const X value,
                                                                                const ulong n) {
  __local uint lanes[64 * TILES];
  const size_t at = get_local_id(0), lane = at % 64;
  const size_t tile = get_group_id(0) * TILES + at / 64;
  const size_t end = min((tile + 1) * TILE, (size_t)n);
  uint count = 0;
  for (size_t i = tile * TILE + lane; i < end; i += 64) count += AT(i);
  lanes[at] = count;
  for (size_t step = 32; step > 0; step /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < step) lanes[at] += lanes[at + step];
  }
  if (lane == 0 && tile * TILE < n) out[tile] = lanes[at];
}

// Where the extreme value of n is: for each tile of TILE the value and its index, then of those. Of equal values the first one;
// NaN counts for nothing beside a number.
#include "common.h"

#ifndef X
#define X float
#define ROW uint // unsigned, as wide as X
#define MASK int // what comparing vectors of X gives
#endif
#ifndef BEFORE
#define BEFORE(a, b) ((a) < (b)) // a is more extreme: of scalars or vectors
#endif
#define TILE 16384 // 256 rows of 64: so far a uchar goes
#ifndef WG
#define WG 256
#endif

#define X16 CONCAT(X, 16)
#define ROW16 CONCAT(ROW, 16)

// Lane by lane: v of row r instead of `best`.
#define TAKE(best, row, v, r)                                                                                                      \
  {                                                                                                                                \
    const X16 seen = v;                                                                                                            \
    const CONCAT(MASK, 16) better = BEFORE(seen, best) | ((best != best) & (seen == seen));                                        \
    best = select(best, seen, better);                                                                                             \
    row = select(row, (ROW16)(r), better);                                                                                         \
  }

// (v, i) instead of (best, at).
static inline bool is_better(const X v, const ulong i, const X best, const ulong at) {
  return BEFORE(v, best) || (best != best && v == v) || (v == best && i < at);
}

__kernel ONE_BY_ONE void extremum_cpu(__global const X *restrict x, __global X *restrict values, __global ulong *restrict indices,
                                      const ulong n) {
  const size_t tile = get_global_id(0), begin = tile * TILE, end = min(begin + TILE, (size_t)n);
  X best = x[begin];
  ulong at = begin;
  size_t i = begin;
  if (begin + 64 <= end) {
    X16 a = vload16(0, x + i), b = vload16(1, x + i), c = vload16(2, x + i), d = vload16(3, x + i);
    ROW16 ra = 0, rb = 0, rc = 0, rd = 0;
    uint r = 1;
    for (i += 64; i + 64 <= end; i += 64, ++r) {
      TAKE(a, ra, vload16(0, x + i), r);
      TAKE(b, rb, vload16(1, x + i), r);
      TAKE(c, rc, vload16(2, x + i), r);
      TAKE(d, rd, vload16(3, x + i), r);
    }
    X lanes[64];
    ROW rows[64];
    vstore16(a, 0, lanes), vstore16(b, 1, lanes), vstore16(c, 2, lanes), vstore16(d, 3, lanes);
    vstore16(ra, 0, rows), vstore16(rb, 1, rows), vstore16(rc, 2, rows), vstore16(rd, 3, rows);
    for (size_t lane = 0; lane < 64; ++lane) {
      const ulong there = begin + (ulong)rows[lane] * 64 + lane;
      if (is_better(lanes[lane], there, best, at)) best = lanes[lane], at = there;
    }
  }
  for (; i < end; ++i)
    if (is_better(x[i], i, best, at)) best = x[i], at = i;
  values[tile] = best;
  indices[tile] = at;
}

__kernel ONE_BY_ONE void extremum_of_tiles_cpu(__global const X *restrict values, __global const ulong *restrict indices,
                                               __global ulong *restrict out, const ulong n) {
  size_t best = 0;
  for (size_t i = 1; i < n; ++i)
    if (is_better(values[i], indices[i], values[best], indices[best])) best = i;
  out[0] = indices[best];
}

// The best of a group's work-items is then the first one's.
static inline void meet(X best, ulong at, __local X *lanes, __local ulong *places) {
  const size_t me = get_local_id(0);
  lanes[me] = best;
  places[me] = at;
  for (size_t step = WG / 2; step > 0; step /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (me >= step || !is_better(lanes[me + step], places[me + step], lanes[me], places[me])) continue;
    lanes[me] = lanes[me + step];
    places[me] = places[me + step];
  }
}

#define GROUPED __attribute__((reqd_work_group_size(WG, 1, 1)))

__kernel GROUPED void extremum_gpu(__global const X *restrict x, __global X *restrict values, __global ulong *restrict indices,
                                   const ulong n) {
  __local X lanes[WG];
  __local ulong places[WG];
  const size_t tile = get_group_id(0), begin = tile * TILE, end = min(begin + TILE, (size_t)n);
  ulong at = begin;
  X best = x[begin];
  for (size_t i = begin + get_local_id(0); i < end; i += WG)
    if (is_better(x[i], i, best, at)) best = x[i], at = i;
  meet(best, at, lanes, places);
  if (get_local_id(0) > 0) return;
  values[tile] = lanes[0];
  indices[tile] = places[0];
}

__kernel GROUPED void extremum_of_tiles_gpu(__global const X *restrict values, __global const ulong *restrict indices,
                                            __global ulong *restrict out, const ulong n) {
  __local X lanes[WG];
  __local ulong places[WG];
  ulong at = indices[0];
  X best = values[0];
  for (size_t i = get_local_id(0); i < n; i += WG)
    if (is_better(values[i], indices[i], best, at)) best = values[i], at = indices[i];
  meet(best, at, lanes, places);
  if (get_local_id(0) == 0) out[0] = places[0];
}

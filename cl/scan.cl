// Running folds: y[i] = x[0] OP ... OP x[i], or of those before x[i] alone, from an initial value on. y may be x.
//
// By tiles: the totals of tiles (scan_sums), their exclusive scan by the same kernels, and each tile from its carry on
// (scan_down). What fits one work-item or group is done by one (scan_one). scan_chain does all in one launch, for devices where
// work-items that have begun go on side by side: each takes the next tile, folds it, which brings it to the cache, waits for the
// carry of the tile before, which somebody who runs has taken, hands on its own, and scans.
// After Merrill and Garland, "Single-pass Parallel Prefix Scan with Decoupled Look-back", 2016, without looking back.
#include "common.h"

#ifndef OP
#define OP(a, b) ((a) + (b)) // of scalars or vectors; associative and commutative
#define NEUTRAL ((T)0)
#define IS_LOGICAL 0
#endif
#ifndef TILE
#define TILE 65536 // of a work-item; a multiple of 64
#endif
#ifndef WG
#define WG 256 // work-items of a group; a power of two
#endif
#if T_BITS == 64
#define ITEMS 4 // elements of each
#else
#define ITEMS 8
#endif
#define GROUP_TILE (WG * ITEMS)

#if IS_LOGICAL
#define VALUE(v) ((T)((v) != 0))
#else
#define VALUE(v) ((T)(v))
#endif

// ---- CPU: a tile for each work-item ----

// v with the lanes that come before: inclusive. `none` is NEUTRAL, but the compiler must not know: of a constant it makes masked
// expansions, which take twice as long as rotations. Macros: Oclgrind 21.10 dies of vectors as arguments.
#define SCAN16(none, v)                                                                                                            \
  v = OP(((T16)(none.sf, v.s0, v.s1, v.s2, v.s3, v.s4, v.s5, v.s6, v.s7, v.s8, v.s9, v.sa, v.sb, v.sc, v.sd, v.se)), v);           \
  v = OP(((T16)(none.se, none.sf, v.s0, v.s1, v.s2, v.s3, v.s4, v.s5, v.s6, v.s7, v.s8, v.s9, v.sa, v.sb, v.sc, v.sd)), v);        \
  v = OP(((T16)(none.sc, none.sd, none.se, none.sf, v.s0, v.s1, v.s2, v.s3, v.s4, v.s5, v.s6, v.s7, v.s8, v.s9, v.sa, v.sb)), v);  \
  v = OP(((T16)(none.s8, none.s9, none.sa, none.sb, none.sc, none.sd, none.se, none.sf, v.s0, v.s1, v.s2, v.s3, v.s4, v.s5, v.s6,  \
                v.s7)),                                                                                                            \
         v)

static inline T fold_range(__global const T *x, const size_t begin, const size_t end) {
  T sum = NEUTRAL;
  size_t i = begin;
#if !IS_LOGICAL
  T16 a = NEUTRAL, b = NEUTRAL, c = NEUTRAL, d = NEUTRAL;
  for (; i + 64 <= end; i += 64) {
    a = OP(a, vload16(0, x + i));
    b = OP(b, vload16(0, x + i + 16));
    c = OP(c, vload16(0, x + i + 32));
    d = OP(d, vload16(0, x + i + 48));
  }
  a = OP(a, b);
  c = OP(c, d);
  T lanes[16];
  vstore16(OP(a, c), 0, lanes);
  for (size_t lane = 0; lane < 16; ++lane) {
    const T value = lanes[lane];
    sum = (T)OP(sum, value);
  }
#endif
  for (; i < end; ++i) {
    const T value = VALUE(x[i]);
    sum = (T)OP(sum, value);
  }
  return sum;
}

static inline void scan_range(__global const T *x, __global T *y, const size_t begin, const size_t end, const T carry,
                              const T neutral, const uint exclusive) {
  size_t i = begin;
  T before = carry;
#if !IS_LOGICAL
  const T16 none = (T16)(neutral);
  T16 b = (T16)(carry);
  for (; i + 16 <= end; i += 16) {
    T16 v = vload16(0, x + i);
    SCAN16(none, v);
    const T16 all = OP(b, v);
    if (exclusive)
      vstore16((T16)(b.sf, all.s0, all.s1, all.s2, all.s3, all.s4, all.s5, all.s6, all.s7, all.s8, all.s9, all.sa, all.sb, all.sc,
                     all.sd, all.se),
               0, y + i);
    else
      vstore16(all, 0, y + i);
    b = OP(b, (T16)(v.sf));
  }
  before = b.sf;
#endif
  for (; i < end; ++i) {
    const T value = VALUE(x[i]), after = (T)OP(before, value);
    y[i] = exclusive ? before : after;
    before = after;
  }
}

__kernel ONE_BY_ONE void scan_sums_cpu(__global const T *x, __global T *restrict sums, const ulong n) {
  const size_t tile = get_global_id(0);
  sums[tile] = fold_range(x, tile * TILE, min((tile + 1) * TILE, (size_t)n));
}

__kernel ONE_BY_ONE void scan_down_cpu(__global const T *x, __global T *y, __global const T *restrict carries, const T neutral,
                                       const uint exclusive, const ulong n) {
  const size_t tile = get_global_id(0);
  scan_range(x, y, tile * TILE, min((tile + 1) * TILE, (size_t)n), carries[tile], neutral, exclusive);
}

__kernel ONE_BY_ONE void scan_one_cpu(__global const T *x, __global T *y, const T initial, const T neutral, const uint exclusive,
                                      const ulong n) {
  scan_range(x, y, 0, n, initial, neutral, exclusive);
}

// state: zeros, one more than there are tiles. [0]: tiles taken; [t + 1]: the carry of tile t is there.
__kernel ONE_BY_ONE void scan_chain_cpu(__global const T *x, __global T *y, __global volatile T *carries,
                                        __global volatile uint *state, const T initial, const T neutral, const uint exclusive,
                                        const ulong n) {
  const size_t tile = atomic_inc(state);
  const size_t begin = tile * TILE, end = min(begin + TILE, (size_t)n);
  const T total = fold_range(x, begin, end);
  T carry = initial;
  if (tile > 0) {
    while (state[tile] == 0) {}
    atomic_or(state + tile, 0); // a fence on every CPU
    carry = carries[tile - 1];
  }
  carries[tile] = (T)OP(carry, total);
  atomic_xchg(state + tile + 1, 1);
  scan_range(x, y, begin, end, carry, neutral, exclusive);
}

// ---- GPU: a tile for each group ----

// The tile to local memory, by neighbours together.
static inline void load_tile(__global const T *x, __local T *tile, const size_t begin, const size_t n) {
  for (size_t k = get_local_id(0); k < GROUP_TILE; k += WG) tile[k] = begin + k < n ? VALUE(x[begin + k]) : NEUTRAL;
  barrier(CLK_LOCAL_MEM_FENCE);
}

static inline T fold_items(__local const T *tile) {
  T sum = NEUTRAL;
  for (size_t k = 0; k < ITEMS; ++k) {
    const T value = tile[get_local_id(0) * ITEMS + k];
    sum = (T)OP(sum, value);
  }
  return sum;
}

// What the work-items up to this one have together. sums: room for 2 * WG.
static inline T scan_group(T sum, __local T *sums) {
  const size_t at = get_local_id(0);
  sums[at] = sum;
  barrier(CLK_LOCAL_MEM_FENCE);
  size_t from = 0;
  for (size_t step = 1; step < WG; step *= 2) {
    if (at >= step) {
      const T before = sums[from + at - step];
      sum = (T)OP(before, sum);
    }
    from = WG - from;
    sums[from + at] = sum;
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  return sum;
}

static inline void scan_tile(__global const T *x, __global T *y, __local T *tile, __local T *sums, const T carry,
                             const uint exclusive, const size_t n) {
  const size_t at = get_local_id(0), begin = get_group_id(0) * GROUP_TILE;
  load_tile(x, tile, begin, n);
  const T own = scan_group(fold_items(tile), sums);
  sums[at] = own; // of either half: all have read
  barrier(CLK_LOCAL_MEM_FENCE);
  const T left = at > 0 ? sums[at - 1] : NEUTRAL;
  T before = (T)OP(carry, left);
  for (size_t k = at * ITEMS; k < (at + 1) * ITEMS; ++k) {
    const T value = tile[k], after = (T)OP(before, value);
    tile[k] = exclusive ? before : after;
    before = after;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (size_t k = at; k < GROUP_TILE && begin + k < n; k += WG) y[begin + k] = tile[k];
}

#define GROUPED __attribute__((reqd_work_group_size(WG, 1, 1)))

__kernel GROUPED void scan_sums_gpu(__global const T *x, __global T *restrict sums, const ulong n) {
  __local T tile[GROUP_TILE], parts[2 * WG];
  load_tile(x, tile, get_group_id(0) * GROUP_TILE, n);
  const T all = scan_group(fold_items(tile), parts);
  if (get_local_id(0) == WG - 1) sums[get_group_id(0)] = all;
}

__kernel GROUPED void scan_down_gpu(__global const T *x, __global T *y, __global const T *restrict carries, const T neutral,
                                    const uint exclusive, const ulong n) {
  __local T tile[GROUP_TILE], sums[2 * WG];
  scan_tile(x, y, tile, sums, carries[get_group_id(0)], exclusive, n);
}

__kernel GROUPED void scan_one_gpu(__global const T *x, __global T *y, const T initial, const T neutral, const uint exclusive,
                                   const ulong n) {
  __local T tile[GROUP_TILE], sums[2 * WG];
  scan_tile(x, y, tile, sums, initial, exclusive, n);
}

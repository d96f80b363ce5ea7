// Running folds: y[i] = x[0] OP ... OP x[i], or of those before x[i] alone, from an initial value on. y may be x.
//
// By tiles: the totals of tiles (scan_sums), their exclusive scan by the same kernels, and each tile from its carry on
// (scan_down). What fits one work-item or group is done by one (scan_one). scan_chain does all in one launch, for devices where
// work-items may see each other's writes: each takes the next tile. Is the carry there, the tile is read and written in one go,
// and so is all that one thread does. Otherwise its total is folded, which brings the tile to the cache, and the carry usually
// is there by then. If not, after about a tile's time, the tile is left to the work-item that will bring the carry: that may
// not be running now, and nobody must wait for who does not run.
// After Merrill and Garland, "Single-pass Parallel Prefix Scan with Decoupled Look-back", 2016, without looking back.
#include "common.h"
#include "prefetch.h"

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

#ifndef GPU_ONLY
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

static inline T fold_lanes(const T *lanes) {
  T sum = lanes[0];
  for (size_t lane = 1; lane < 16; ++lane) {
    const T value = lanes[lane];
    sum = (T)OP(sum, value);
  }
  return sum;
}

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
  T lanes[16];
  vstore16(OP(OP(a, b), OP(c, d)), 0, lanes);
  sum = fold_lanes(lanes);
#endif
  for (; i < end; ++i) {
    const T value = VALUE(x[i]);
    sum = (T)OP(sum, value);
  }
  return sum;
}

// Past the caches, where the result is larger than those and aligned: they would first read what was there.
#define STORE(v, to) vstore16(v, 0, to)
#if defined(__has_builtin)
#if __has_builtin(__builtin_nontemporal_store)
#undef STORE
#define STORE(v, to) \
  if (streams) \
    __builtin_nontemporal_store(v, (__global T16 *)(to)); \
  else \
    vstore16(v, 0, to)
#endif
#endif

// 16 elements from i on: into y, and into the lanes of `total`.
#define SCAN_VECTOR(total, i) \
  { \
    FETCH_AHEAD(x + (i)); \
    T16 v = vload16(0, x + (i)); \
    total = OP(total, v); \
    SCAN16(none, v); \
    const T16 all = OP(carries, v); \
    const T16 result = exclusive ? (T16)(carries.sf, all.s0, all.s1, all.s2, all.s3, all.s4, all.s5, all.s6, all.s7, all.s8, \
                                         all.s9, all.sa, all.sb, all.sc, all.sd, all.se) \
                                 : all; \
    STORE(result, y + (i)); \
    carries = OP(carries, (T16)(v.sf)); \
  }

// Returns what fold_range would.
static inline T scan_range(__global const T *x, __global T *y, const size_t begin, const size_t end, const T carry,
                           const T neutral, const uint exclusive, const uint wants_streams) {
  size_t i = begin;
  T before = carry, sum = NEUTRAL;
#if !IS_LOGICAL
  const bool streams = wants_streams && ((size_t)(y + begin) & (sizeof(T16) - 1)) == 0;
  const T16 none = (T16)(neutral);
  T16 carries = (T16)(carry), a = NEUTRAL, b = NEUTRAL, c = NEUTRAL, d = NEUTRAL;
  for (; i + 64 <= end; i += 64) {
    SCAN_VECTOR(a, i)
    SCAN_VECTOR(b, i + 16)
    SCAN_VECTOR(c, i + 32)
    SCAN_VECTOR(d, i + 48)
  }
  before = carries.sf;
  T lanes[16];
  vstore16(OP(OP(a, b), OP(c, d)), 0, lanes);
  sum = fold_lanes(lanes);
#endif
  for (; i < end; ++i) {
    const T value = VALUE(x[i]), after = (T)OP(before, value);
    y[i] = exclusive ? before : after;
    before = after;
    sum = (T)OP(sum, value);
  }
  return sum;
}

__kernel ONE_BY_ONE void scan_sums_cpu(__global const T *x, __global T *restrict sums, const ulong n) {
  const size_t tile = get_global_id(0);
  sums[tile] = fold_range(x, tile * TILE, min((tile + 1) * TILE, (size_t)n));
}

__kernel ONE_BY_ONE void scan_down_cpu(__global const T *x, __global T *y, __global const T *restrict carries, const T neutral,
                                       const uint exclusive, const uint streams, const ulong n) {
  const size_t tile = get_global_id(0);
  (void)scan_range(x, y, tile * TILE, min((tile + 1) * TILE, (size_t)n), carries[tile], neutral, exclusive, streams);
}

__kernel ONE_BY_ONE void scan_one_cpu(__global const T *x, __global T *y, const T initial, const T neutral, const uint exclusive,
                                      const uint streams, const ulong n) {
  (void)scan_range(x, y, 0, n, initial, neutral, exclusive, streams);
}

#define HAS_CARRY 1 // carries[tile] is there
#define IS_LEFT 2   // totals[tile] is there, and who brings the carry scans the tile
#define MOST_LOOKS (TILE / 4) // for a carry; none where the tile before was left, as who should bring it does not run
#define LOOK(at) atomic_or(at, 0) // with what was written before: a fence on every CPU

// Carries for the tiles after `tile`, up to one that is not left behind: returns that.
static inline size_t hand_on(__global volatile T *carries, __global volatile T *totals, __global volatile uint *states,
                             size_t tile, T total, const size_t tiles) {
  T carry = carries[tile];
  while (++tile < tiles) {
    carry = (T)OP(carry, total);
    carries[tile] = carry;
    if ((atomic_or(states + tile, HAS_CARRY) & IS_LEFT) == 0) break;
    total = totals[tile];
  }
  return tile;
}

// states: zeros, one more than there are tiles. [0]: tiles taken; [t + 1]: what is there of tile t.
__kernel ONE_BY_ONE void scan_chain_cpu(__global const T *x, __global T *y, __global volatile T *carries,
                                        __global volatile T *totals, __global volatile uint *states, const T initial,
                                        const T neutral, const uint exclusive, const uint streams, const ulong n) {
  const size_t tiles = (n + TILE - 1) / TILE;
  size_t tile = atomic_inc(states), begin = tile * TILE, end = min(begin + TILE, (size_t)n);
  ++states;
  if (tile == 0) carries[0] = initial;
  if (tile == 0 || (LOOK(states + tile) & HAS_CARRY) != 0) {
    const T total = scan_range(x, y, begin, end, carries[tile], neutral, exclusive, streams);
    end = hand_on(carries, totals, states, tile, total, tiles);
    ++tile;
  } else {
    const T total = totals[tile] = fold_range(x, begin, end);
    const size_t most = tile > 1 && (states[tile - 1] & IS_LEFT) != 0 ? 0 : MOST_LOOKS;
    for (size_t looks = 0; looks < most && (states[tile] & HAS_CARRY) == 0; ++looks) {}
    if ((atomic_or(states + tile, IS_LEFT) & HAS_CARRY) == 0) return;
    end = hand_on(carries, totals, states, tile, total, tiles);
  }
  for (; tile < end; ++tile)
    (void)scan_range(x, y, tile * TILE, min((tile + 1) * TILE, (size_t)n), carries[tile], neutral, exclusive, streams);
}
#endif

#ifndef CPU_ONLY
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
                                    const uint exclusive, const uint streams, const ulong n) {
  __local T tile[GROUP_TILE], sums[2 * WG];
  scan_tile(x, y, tile, sums, carries[get_group_id(0)], exclusive, n);
}

__kernel GROUPED void scan_one_gpu(__global const T *x, __global T *y, const T initial, const T neutral, const uint exclusive,
                                   const uint streams, const ulong n) {
  __local T tile[GROUP_TILE], sums[2 * WG];
  scan_tile(x, y, tile, sums, initial, exclusive, n);
}
#endif

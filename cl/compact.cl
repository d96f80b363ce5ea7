// Elements that are kept, one behind the other and in their order; with REJECTED the others behind them, in theirs.
//
// How many of each tile are kept, the exclusive scan of that (cl/scan.cl), and each tile from its place on.
#include "common.h"
#include "prefetch.h"

#ifndef K
#define K uchar // of the array that decides
#endif
#ifndef KEEP
#define KEEP KEEP_FLAG
#endif
#ifndef REJECTED
#define REJECTED 0
#endif
#define TILE 16384 // of a work-item
#define WG 256     // work-items of a group
#define ITEMS 8    // elements of each
#define GROUP_TILE (WG * ITEMS)

#define KEEP_FLAG(i) (keys[i] != 0)
#define KEEP_NO_FLAG(i) (keys[i] == 0)
#define KEEP_FIRST(i) ((i) == 0 || keys[i] != keys[(i)-1])
#define KEEP_LAST(i) ((i) + 1 == n || keys[i] != keys[(i) + 1])
#define KEEP_IF(i) is_kept(keys[i]) // of compact_predicate.cl

static inline uint count_range(__global const K *keys, const size_t begin, const size_t end, const size_t n) {
  uint kept = 0;
  for (size_t i = begin; i < end; ++i) kept += KEEP(i) ? 1 : 0;
  return kept;
}

// From place `kept` on, up to `last`; `total` are kept in all. No branch depends on an element, as nobody can guess those: what
// is not kept is overwritten by what comes next.
static inline void write_range(__global const T *x, __global const K *keys, __global T *y, const size_t begin, const size_t end,
                               size_t kept, const size_t last, const size_t total, const size_t n) {
  for (size_t i = begin; i < end && (REJECTED || kept < last); ++i) {
    const bool keep = KEEP(i);
    FETCH_AHEAD(x + i);
    y[REJECTED && !keep ? total + (i - kept) : kept] = x[i];
    kept += keep ? 1 : 0;
  }
}

#ifndef GPU_ONLY
// counts: one more than there are tiles, the last one 0: the scan makes it the total.
__kernel ONE_BY_ONE void compact_count_cpu(__global const K *keys, __global ulong *restrict counts, const ulong n) {
  const size_t tile = get_global_id(0), end = min((tile + 1) * TILE, (size_t)n);
  counts[tile] = count_range(keys, tile * TILE, end, n);
  if (end == n) counts[tile + 1] = 0;
}

__kernel ONE_BY_ONE void compact_write_cpu(__global const T *x, __global const K *keys, __global T *y,
                                           __global const ulong *restrict places, const ulong tiles, const ulong n) {
  const size_t tile = get_global_id(0);
  write_range(x, keys, y, tile * TILE, min((tile + 1) * TILE, (size_t)n), places[tile], places[tile + 1],
              places[tiles], n);
}
#endif

#ifndef CPU_ONLY
// What the work-items before this one have together, and of all of them.
static inline uint scan_group(const uint own, __local uint *sums, uint *all) {
  const size_t at = get_local_id(0);
  sums[at] = own;
  for (size_t step = 1; step < WG; step *= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    const uint before = at >= step ? sums[at - step] : 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    sums[at] += before;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  *all = sums[WG - 1];
  return sums[at] - own;
}

#define GROUPED __attribute__((reqd_work_group_size(WG, 1, 1)))
#define BEGIN_OF_ITEM min(get_group_id(0) * GROUP_TILE + get_local_id(0) * ITEMS, (size_t)n)

__kernel GROUPED void compact_count_gpu(__global const K *keys, __global ulong *restrict counts, const ulong n) {
  __local uint sums[WG];
  const size_t begin = BEGIN_OF_ITEM, tile = get_group_id(0);
  uint all;
  scan_group(count_range(keys, begin, min(begin + ITEMS, (size_t)n), n), sums, &all);
  if (get_local_id(0) > 0) return;
  counts[tile] = all;
  if ((tile + 1) * GROUP_TILE >= n) counts[tile + 1] = 0;
}

__kernel GROUPED void compact_write_gpu(__global const T *x, __global const K *keys, __global T *y,
                                        __global const ulong *restrict places, const ulong tiles, const ulong n) {
  __local uint sums[WG];
  const size_t begin = BEGIN_OF_ITEM, end = min(begin + ITEMS, (size_t)n);
  uint all;
  const uint own = count_range(keys, begin, end, n), before = scan_group(own, sums, &all);
  const size_t first = places[get_group_id(0)] + before;
  write_range(x, keys, y, begin, end, first, first + own, places[tiles], n);
}
#endif

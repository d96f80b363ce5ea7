// Running folds that begin anew at each head: y[i] = x[h] OP ... OP x[i] from the last head h <= i on, or of those before x[i] alone
// and NEUTRAL at heads. Element 0 is a head. y may be x.
//
// Also the template of scan_kernel, which says what items, heads and results are: see scan_snippets.cl in front of it.
//
// By tiles: whether there is a head, and the fold since the last one; these are scanned by one work-item or group; then each tile
// from its carry on.
#include "common.h"

#ifndef OP
#define OP(a, b) ((a) + (b))
#define NEUTRAL ((T)0)
#define IS_LOGICAL 0
#endif
#ifndef K
#define K uchar // of the array that heads are seen in
#endif
#ifndef HEAD
#define HEAD HEAD_FLAG
#endif
#define TILE 16384 // of a work-item
#define WG 256     // work-items of a group
#define ITEMS 8    // elements of each
#define GROUP_TILE (WG * ITEMS)

#define HEAD_FLAG(i) ((i) == 0 || keys[i] != 0)
#define HEAD_CHANGE(i) ((i) == 0 || keys[i] != keys[(i)-1])

#if IS_LOGICAL
#define VALUE(v) ((T)((v) != 0))
#else
#define VALUE(v) ((T)(v))
#endif

#ifndef ARGUMENTS
#define READS __global const T *x, __global const K *keys
#define READ_NAMES x, keys
#define ARGUMENTS READS, __global T *y
#define ARGUMENT_NAMES READ_NAMES, y
#define ITEM(i) VALUE(x[i])
#define STORE(i, before, after) y[i] = exclusive ? before : after
#endif

static inline T fold(const T a, const T b) { return (T)OP(a, b); }

// What a range does to what comes into it: true when it has a head, and the fold since.
static inline uint sum_range(READS, const size_t begin, const size_t end, T *sum) {
  uint has_head = 0;
  *sum = NEUTRAL;
  for (size_t i = begin; i < end; ++i) {
    const bool head = HEAD(i);
    has_head |= head ? 1 : 0;
    const T item = ITEM(i);
    *sum = fold(head ? NEUTRAL : *sum, item);
  }
  return has_head;
}

static inline void scan_range(ARGUMENTS, const size_t begin, const size_t end,
                              T before, const uint exclusive) {
  for (size_t i = begin; i < end; ++i) {
    const bool head = HEAD(i);
    before = head ? NEUTRAL : before;
    const T after = fold(before, ITEM(i));
    STORE(i, before, after);
    before = after;
  }
}

#ifndef GPU_ONLY
// ---- CPU: a tile for each work-item ----

__kernel ONE_BY_ONE void segmented_sums_cpu(READS, __global T *restrict sums,
                                            __global uint *restrict heads, const ulong count) {
  const size_t tile = get_global_id(0);
  T sum;
  heads[tile] = sum_range(READ_NAMES, tile * TILE, min((tile + 1) * TILE, (size_t)count), &sum);
  sums[tile] = sum;
}

// The carry into each tile, in place.
__kernel ONE_BY_ONE void segmented_carries_cpu(__global T *sums, __global const uint *restrict heads, const ulong tiles) {
  T carry = NEUTRAL;
  for (size_t tile = 0; tile < tiles; ++tile) {
    const T sum = sums[tile];
    sums[tile] = carry;
    carry = heads[tile] != 0 ? sum : fold(carry, sum);
  }
}

__kernel ONE_BY_ONE void segmented_down_cpu(ARGUMENTS,
                                            __global const T *restrict carries, const uint exclusive, const ulong count) {
  const size_t tile = get_global_id(0);
  scan_range(ARGUMENT_NAMES, tile * TILE, min((tile + 1) * TILE, (size_t)count), carries[tile], exclusive);
}
#endif

#ifndef CPU_ONLY
// ---- GPU: a tile for each group, ITEMS neighbours for each of its work-items ----

// Inclusive over the group, of (has_head, sum) in `heads` and `sums`.
static inline void scan_group(__local T *sums, __local uint *heads) {
  const size_t at = get_local_id(0);
  for (size_t step = 1; step < WG; step *= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    const T before = at >= step ? sums[at - step] : NEUTRAL;
    const uint head_before = at >= step ? heads[at - step] : 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    if (heads[at] == 0) sums[at] = fold(before, sums[at]);
    heads[at] |= head_before;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
}

#define GROUPED __attribute__((reqd_work_group_size(WG, 1, 1)))
#define BEGIN_OF_ITEM min(get_group_id(0) * GROUP_TILE + get_local_id(0) * ITEMS, (size_t)count)

static inline void scan_items(READS, __local T *sums, __local uint *heads, const size_t count) {
  const size_t at = get_local_id(0), begin = BEGIN_OF_ITEM, end = min(begin + ITEMS, count);
  T sum;
  heads[at] = sum_range(READ_NAMES, begin, end, &sum);
  sums[at] = sum;
  scan_group(sums, heads);
}

__kernel GROUPED void segmented_sums_gpu(READS, __global T *restrict sums,
                                         __global uint *restrict heads, const ulong count) {
  __local T parts[WG];
  __local uint part_heads[WG];
  scan_items(READ_NAMES, parts, part_heads, count);
  if (get_local_id(0) < WG - 1) return;
  sums[get_group_id(0)] = parts[WG - 1];
  heads[get_group_id(0)] = part_heads[WG - 1];
}

__kernel GROUPED void segmented_carries_gpu(__global T *sums, __global const uint *restrict heads, const ulong tiles) {
  __local T parts[WG];
  __local uint part_heads[WG];
  const size_t at = get_local_id(0);
  T carry = NEUTRAL;
  for (size_t first = 0; first < tiles; first += WG) {
    parts[at] = first + at < tiles ? sums[first + at] : NEUTRAL;
    part_heads[at] = first + at < tiles ? heads[first + at] : 0;
    scan_group(parts, part_heads);
    const T before = at > 0 ? parts[at - 1] : NEUTRAL;
    const bool cut = at > 0 && part_heads[at - 1] != 0;
    if (first + at < tiles) sums[first + at] = cut ? before : fold(carry, before);
    carry = part_heads[WG - 1] != 0 ? parts[WG - 1] : fold(carry, parts[WG - 1]);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}

__kernel GROUPED void segmented_down_gpu(ARGUMENTS,
                                         __global const T *restrict carries, const uint exclusive, const ulong count) {
  __local T parts[WG];
  __local uint part_heads[WG];
  const size_t at = get_local_id(0), begin = BEGIN_OF_ITEM;
  scan_items(READ_NAMES, parts, part_heads, count);
  const T left = at > 0 ? parts[at - 1] : NEUTRAL, carry = carries[get_group_id(0)];
  const bool cut = at > 0 && part_heads[at - 1] != 0;
  scan_range(ARGUMENT_NAMES, begin, min(begin + ITEMS, (size_t)count), cut ? left : fold(carry, left), exclusive);
}
#endif

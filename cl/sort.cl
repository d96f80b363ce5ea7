// Stable radix sort, least significant digit first, of n keys and of the values that belong to them. Both shapes:
//
//   count    how many keys of each digit a tile has
//   scan     where a tile's keys of each digit go
//   scatter  keys and values to their places in the other arrays
//
// once for each digit of up to 8 of the bits [begin, end). A digit that all keys share moves nothing: the first count tells in
// which bits keys differ, and by that the later kernels know in which of the two arrays the keys are. `finish` brings them back.
//
// Many keys on cpu first are dealt into buckets by their highest digit, of a size that the caches hold, and each is sorted
// by one work-item. Where a bucket would be too large, as the first count tells, all passes are done instead.
//
// The cpu shape is not for devices that end a work-item's loops after some rounds, as llvmpipe does after 65535 in all.
//
// Arrays of keys (see key.h) and values are void*, as the same kernels move all types of one size.
#ifndef COUNT
#define COUNT uint // holds n
#endif
#ifndef WG
#define WG 64 // gpu: work-items per group, a power of two
#endif
#ifndef ITEMS
#define ITEMS 8 // gpu: keys per work-item; WG * ITEMS is a tile, 32768 at most
#endif

#include "common.h"
#include "key.h"
#include "sort_digit.h"
#include "sort_range.h"

#if VALUE_BYTES == 0
#define VALUES_FROM(values, first) ((global V*)(values))
#else
#define VALUES_FROM(values, first) ((global V*)(values) + (first))
#endif
#if VALUE_BYTES == 4 || VALUE_BYTES == 8
#define NUMBER(value, i) (value) = (V)(i)
#else
#define NUMBER(value, i)
#endif

#ifndef GPU_ONLY
// --- cpu ---------------------------------------------------------------------------------------------------------------

// Work-item i counts tile i; is_first: also the bits in which its keys differ from the first of all.
ONE_BY_ONE kernel void sort_count_cpu(global const void* a_, global const void* b_, global COUNT* counts, global ulong* differ,
                                      const ulong n, const ulong tiles, const uint tile, const uint begin, const uint shift,
                                      const uint end, const ulong flip, const uint is_first) {
  global const K* a = a_;
  global const K* b = b_;
  const size_t t = get_global_id(0), first = t * tile, last = min(first + tile, (size_t)n);
  const uint mask = mask_of(shift, end);
  if (is_first) {
    differ[t] = count_tile(a, counts + t * DIGITS, first, last, shift, mask, flip, ordered(a[0], flip));
  } else if (is_needed(differ[tiles], shift, end)) {
    global const K* keys = is_swapped(differ[tiles], begin, shift, end) ? b : a;
    (void)count_tile(keys, counts + t * DIGITS, first, last, shift, mask, flip, 0);
  }
}

// One work-item. After the first count also differ[tiles]: the bits in which any two keys differ. most: keys that a bucket may
// have, if this pass is to make some: then those bits are in differ[tiles + 1], with 0 for the other passes; else 0.
ONE_BY_ONE kernel void sort_scan_cpu(global COUNT* counts, global ulong* differ, const ulong tiles, const uint shift,
                                     const uint end, const uint is_first, const ulong most) {
  if (is_first) {
    ulong all = 0;
    for (size_t t = 0; t < tiles; ++t) all |= differ[t];
    differ[tiles] = all;
    differ[tiles + 1] = 0;
  }
  if (!is_needed(differ[tiles], shift, end)) return;
  COUNT next[DIGITS];
  for (uint d = 0; d < DIGITS; ++d) next[d] = 0;
  for (size_t t = 0; t < tiles; ++t)
    for (uint d = 0; d < DIGITS; ++d) next[d] += counts[t * DIGITS + d];
  COUNT sum = 0, largest = 0;
  for (uint d = 0; d < DIGITS; ++d) {
    const COUNT count = next[d];
    next[d] = sum;
    sum += count;
    largest = max(largest, count);
  }
  if (most > 0) {
    if (largest > most) return;
    differ[tiles + 1] = differ[tiles];
    differ[tiles] = 0;
  }
  for (size_t t = 0; t < tiles; ++t)
    for (uint d = 0; d < DIGITS; ++d) {
      const COUNT count = counts[t * DIGITS + d];
      counts[t * DIGITS + d] = next[d];
      next[d] += count;
    }
}

// Work-item i moves tile i. at: where in `differ` the bits are.
ONE_BY_ONE kernel void sort_scatter_cpu(global void* a_, global void* b_, global void* a_values_, global void* b_values_,
                                        global const COUNT* counts, global const ulong* differ, const ulong n,
                                        const ulong at, const uint tile, const uint begin, const uint shift,
                                        const uint end, const ulong flip, const uint streams) {
  global K* a = a_;
  global K* b = b_;
  global V* a_values = a_values_;
  global V* b_values = b_values_;
  if (!is_needed(differ[at], shift, end)) return;
  const size_t t = get_global_id(0), first = t * tile, last = min(first + tile, (size_t)n);
  const uint mask = mask_of(shift, end);
  const bool swapped = is_swapped(differ[at], begin, shift, end);
  global const K* from = swapped ? b : a;
  global const V* from_values = swapped ? b_values : a_values;
  global K* to = swapped ? a : b;
  global V* to_values = swapped ? a_values : b_values;
  if (streams)
    stream_tile(from, to, from_values, to_values, counts + t * DIGITS, first, last, shift, mask, flip);
  else
    scatter_tile(from, to, from_values, to_values, counts + t * DIGITS, first, last, shift, mask, flip);
}

ONE_BY_ONE kernel void sort_finish_cpu(global void* a_, global const void* b_, global void* a_values_, global const void* b_values_,
                                       global const ulong* differ, const ulong n, const ulong tiles, const uint tile,
                                       const uint begin, const uint end) {
  global K* a = a_;
  global const K* b = b_;
  global V* a_values = a_values_;
  global const V* b_values = b_values_;
  if (!is_swapped(differ[tiles], begin, end, end)) return;
  const size_t first = get_global_id(0) * tile;
  copy_tile(b, a, b_values, a_values, first, min(first + tile, (size_t)n));
}

// All of it by one work-item, for few keys.
ONE_BY_ONE kernel void sort_small_cpu(global void* a_, global void* b_, global void* a_values_, global void* b_values_, const uint n,
                                      const uint begin, const uint end, const ulong flip) {
  sort_range(a_, b_, a_values_, b_values_, n, begin, end, flip, false);
}

// Work-item d sorts bucket d, from b to a, by the digits up to `end`. counts: of tile 0, where buckets begin.
ONE_BY_ONE kernel void sort_bucket_cpu(global void* a_, global void* b_, global void* a_values_, global void* b_values_,
                                       global const COUNT* counts, global const ulong* differ, const ulong n, const ulong at,
                                       const uint begin, const uint end, const ulong flip) {
  const size_t d = get_global_id(0);
  if (differ[at] == 0) return;
  const size_t first = counts[d], last = d + 1 < DIGITS ? counts[d + 1] : n;
  global K* a = (global K*)a_ + first;
  global K* b = (global K*)b_ + first;
  global V* a_values = VALUES_FROM(a_values_, first);
  global V* b_values = VALUES_FROM(b_values_, first);
  sort_range(b, a, b_values, a_values, last - first, begin, end, flip, true);
}

// The keys, and who they are: item i copies tile i.
ONE_BY_ONE kernel void sort_number_cpu(global const void* keys_, global void* a_, global void* a_values_, const ulong n, const uint tile) {
  global const K* keys = keys_;
  global K* a = a_;
  global V* a_values = a_values_;
  const size_t first = get_global_id(0) * tile, last = min(first + tile, (size_t)n);
  for (size_t i = first; i < last; ++i) {
    a[i] = keys[i];
    NUMBER(a_values[i], i);
  }
}
#endif

#ifndef CPU_ONLY
// --- gpu ---------------------------------------------------------------------------------------------------------------
// Groups do not wait for each other: counts are summed in blocks, each group then adds up the blocks before its own.

#define TILE (WG * ITEMS)

// The sum of `mine` over the work-items before this one; *all: over all.
inline uint scan_group(const uint mine, local uint* sums, uint* all) {
  const uint lid = get_local_id(0);
  uint sum = mine;
  sums[lid] = sum;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint step = 1; step < WG; step *= 2) {
    const uint before = lid >= step ? sums[lid - step] : 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    sum += before;
    sums[lid] = sum;
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  *all = sums[WG - 1];
  barrier(CLK_LOCAL_MEM_FENCE);
  return sum - mine;
}

inline ulong or_group(const ulong mine, local ulong* all) {
  const uint lid = get_local_id(0);
  all[lid] = mine;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint half_of = WG / 2; half_of > 0; half_of /= 2) {
    if (lid < half_of) all[lid] |= all[lid + half_of];
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  return all[0];
}

// Group g counts tile g: counts[digit][tile].
kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void sort_count_gpu(global const void* a_, global const void* b_, global COUNT* counts, global ulong* differ, const ulong n,
                    const ulong tiles, const uint begin, const uint shift, const uint end, const ulong flip) {
  global const K* a = a_;
  global const K* b = b_;
  local uint count[DIGITS];
  local ulong differences[WG];
  if (shift != begin && !is_needed(differ[tiles], shift, end)) return;
  global const K* keys = shift != begin && is_swapped(differ[tiles], begin, shift, end) ? b : a;
  const uint lid = get_local_id(0), mask = mask_of(shift, end);
  const size_t g = get_group_id(0), first = g * TILE;
  for (uint d = lid; d < DIGITS; d += WG) count[d] = 0;
  barrier(CLK_LOCAL_MEM_FENCE);
  const K like = ordered(a[0], flip);
  K mine = 0;
  for (uint i = 0; i < ITEMS; ++i) {
    const size_t at = first + i * WG + lid;
    if (at >= n) break;
    const K key = ordered(keys[at], flip);
    mine |= key ^ like;
    atomic_inc(&count[(uint)(key >> shift) & mask]);
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint d = lid; d < DIGITS; d += WG) counts[d * tiles + g] = count[d];
  if (shift != begin) return;
  const ulong all = or_group(mine, differences);
  if (lid == 0) differ[g] = all;
}

// One group: differ[tiles].
kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void sort_differ_gpu(global ulong* differ, const ulong tiles) {
  local ulong differences[WG];
  const uint lid = get_local_id(0);
  ulong mine = 0;
  for (size_t t = lid; t < tiles; t += WG) mine |= differ[t];
  const ulong all = or_group(mine, differences);
  if (lid == 0) differ[tiles] = all;
}

// Group g sums counts [g * block, (g + 1) * block).
kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void sort_sums_gpu(global const COUNT* counts, global COUNT* sums, global const ulong* differ, const ulong tiles,
                   const uint block, const uint shift, const uint end) {
  local COUNT part[WG];
  if (!is_needed(differ[tiles], shift, end)) return;
  const uint lid = get_local_id(0);
  const size_t first = get_group_id(0) * (size_t)block, last = min(first + block, (size_t)(tiles * DIGITS));
  COUNT mine = 0;
  for (size_t i = first + lid; i < last; i += WG) mine += counts[i];
  part[lid] = mine;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint half_of = WG / 2; half_of > 0; half_of /= 2) {
    if (lid < half_of) part[lid] += part[lid + half_of];
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (lid == 0) sums[get_group_id(0)] = part[0];
}

// Group g: an exclusive scan of the same counts, in place.
kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void sort_scan_gpu(global COUNT* counts, global const COUNT* sums, global const ulong* differ, const ulong tiles,
                   const uint block, const uint shift, const uint end) {
  local uint part[WG];
  if (!is_needed(differ[tiles], shift, end)) return;
  const uint lid = get_local_id(0);
  const size_t first = get_group_id(0) * (size_t)block, last = min(first + block, (size_t)(tiles * DIGITS));
  COUNT before = 0;
  for (uint g = 0; g < get_group_id(0); ++g) before += sums[g];
  for (size_t i = first; i < last; i += WG) { // a tile's counts, TILE at most each, fit 32 bits
    const size_t at = i + lid;
    const uint count = at < last ? (uint)counts[at] : 0;
    uint all;
    const uint smaller = scan_group(count, part, &all);
    if (at < last) counts[at] = before + smaller;
    before += all;
  }
}

// Sorts the tile by four bits of its elements, stably: element i is of work-item i / ITEMS, whose counts of the 16 digits
// stand WG apart.
inline void sort_tile(local uint* tile, local ushort* count, local uint* sums, const uint shift) {
  const uint lid = get_local_id(0);
  uint mine[ITEMS];
  for (uint d = 0; d < 16; ++d) count[d * WG + lid] = 0;
  for (uint i = 0; i < ITEMS; ++i) {
    mine[i] = tile[lid * ITEMS + i];
    ++count[((mine[i] >> shift) & 15) * WG + lid];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  uint sum = 0, all;
  for (uint i = 0; i < 16; ++i) sum += count[lid * 16 + i];
  sum = scan_group(sum, sums, &all);
  for (uint i = 0; i < 16; ++i) {
    const uint here = count[lid * 16 + i];
    count[lid * 16 + i] = (ushort)sum;
    sum += here;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint i = 0; i < ITEMS; ++i) tile[count[((mine[i] >> shift) & 15) * WG + lid]++] = mine[i];
  barrier(CLK_LOCAL_MEM_FENCE);
}

// Group g moves tile g. In local memory it sorts only digits and where their keys come from: d << 16 | i.
kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void sort_scatter_gpu(global void* a_, global void* b_, global void* a_values_, global void* b_values_, global const COUNT* counts,
                      global const ulong* differ, const ulong n, const ulong tiles, const uint begin, const uint shift,
                      const uint end, const ulong flip) {
  global K* a = a_;
  global K* b = b_;
  global V* a_values = a_values_;
  global V* b_values = b_values_;
  local uint tile[TILE], sums[WG];
  local ushort count[16 * WG], begins[DIGITS];
  if (!is_needed(differ[tiles], shift, end)) return;
  const bool swapped = is_swapped(differ[tiles], begin, shift, end);
  global const K* from = swapped ? b : a;
  global const V* from_values = swapped ? b_values : a_values;
  global K* to = swapped ? a : b;
  global V* to_values = swapped ? a_values : b_values;
  const uint lid = get_local_id(0), mask = mask_of(shift, end);
  const size_t g = get_group_id(0), first = g * TILE;
  const uint held = (uint)min((size_t)TILE, (size_t)n - first);
  for (uint i = lid; i < TILE; i += WG) // what is missing goes to the end
    tile[i] = (i < held ? digit_of(from[first + i], flip, shift, mask) : 255u) << 16 | i;
  barrier(CLK_LOCAL_MEM_FENCE);
  sort_tile(tile, count, sums, 16);
  sort_tile(tile, count, sums, 20);
  for (uint i = lid; i < held; i += WG)
    if (i == 0 || tile[i] >> 16 != tile[i - 1] >> 16) begins[tile[i] >> 16] = (ushort)i;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint i = lid; i < held; i += WG) {
    const uint d = tile[i] >> 16;
    const size_t source = first + (tile[i] & 0xFFFF);
    const COUNT at = counts[d * tiles + g] + (i - begins[d]);
    to[at] = from[source];
    MOVE_VALUE(to_values[at], from_values[source]);
  }
}

kernel void sort_finish_gpu(global void* a_, global const void* b_, global void* a_values_, global const void* b_values_,
                            global const ulong* differ, const ulong n, const ulong tiles, const uint begin,
                            const uint end) {
  global K* a = a_;
  global const K* b = b_;
  global V* a_values = a_values_;
  global const V* b_values = b_values_;
  const size_t i = get_global_id(0);
  if (i < n && is_swapped(differ[tiles], begin, end, end)) copy_tile(b, a, b_values, a_values, i, i + 1);
}

kernel void sort_number_gpu(global const void* keys_, global void* a_, global void* a_values_, const ulong n) {
  global const K* keys = keys_;
  global K* a = a_;
  global V* a_values = a_values_;
  const size_t i = get_global_id(0);
  if (i >= n) return;
  a[i] = keys[i];
  NUMBER(a_values[i], i);
}
#endif

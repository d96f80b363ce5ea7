// Two sorted arrays of keys, `a` of `na` and `b` of `nb`, made one, with the values that belong to them. Equal keys of a come
// before those of b. `mask` is of the bits that count. Arrays of keys and values are void*, as the same kernels merge all types
// of one size.
//
// The first d elements of the result are the first i of a and the first d - i of b, for one i, which a binary search finds: so
// each tile of the result is made by itself. After Green, McColl and Bader, "GPU Merge Path", 2012.
#include "common.h"
#include "prefetch.h"
#include "key.h"

#ifndef TILE
#define TILE 16384 // cpu: elements of the result that a work-item makes
#endif
#ifndef WG
#define WG 64 // gpu: work-items of a group
#endif
#define ITEMS 8 // gpu: elements of the result that each makes
#define GROUP_TILE (WG * ITEMS)

// A difference, or 0: not by comparing, of which LLVM makes a subtraction that Oclgrind 21.10 does not know.
#define FROM_ZERO(type, difference) max((type)(difference), (type)0)

// How many of the first d are of a.
static inline size_t split_at(__global const K *a, const size_t na, __global const K *b, const size_t nb, const size_t d, const ulong flip,
                              const ulong mask) {
  size_t low = (size_t)FROM_ZERO(long, d - nb), high = min(d, na);
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (rank_of(a[middle], flip, mask) <= rank_of(b[d - 1 - middle], flip, mask))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

// The split of a tile's end, of arrays that are not sorted, too: the tile reads nothing that is not there.
static inline size_t split_of_end(const size_t found, const size_t first, const size_t begin, const size_t end, const size_t na,
                                  const size_t nb) {
  const size_t least = max(first, (size_t)FROM_ZERO(long, end - nb)), most = min(na, first + (end - begin));
  return min(max(found, least), most);
}

// What both shapes work on.
#define ARRAYS \
  global const void *a_, global const void *a_values_, const ulong na, global const void *b_, global const void *b_values_, \
      const ulong nb, global void *out_, global void *values_
#define TYPED_KEYS \
  global const K *a = a_; \
  global const K *b = b_; \
  global K *out = out_
#if VALUE_BYTES
#define TYPED_ARRAYS \
  TYPED_KEYS; \
  global const V *a_values = a_values_; \
  global const V *b_values = b_values_; \
  global V *values = values_
#else
#define TYPED_ARRAYS TYPED_KEYS
#endif

#ifndef GPU_ONLY
// --- cpu: work-item t makes tile t ---

// Element d is a's, or b's.
#if VALUE_BYTES
#define TAKE(d, takes_b) \
  out[d] = (takes_b) ? b[j] : a[i]; \
  values[d] = (takes_b) ? b_values[j] : a_values[i]
#else
#define TAKE(d, takes_b) out[d] = (takes_b) ? b[j] : a[i]
#endif

ONE_BY_ONE kernel void merge_cpu(ARRAYS, const ulong flip, const ulong mask) {
  TYPED_ARRAYS;
  size_t d = get_global_id(0) * TILE;
  const size_t end = min(d + TILE, (size_t)(na + nb));
  size_t i = split_at(a, na, b, nb, d, flip, mask), j = d - i;
  const size_t a_end = split_of_end(split_at(a, na, b, nb, end, flip, mask), i, d, end, na, nb), b_end = end - a_end;
  for (; i < a_end && j < b_end; ++d) {
    const bool takes_b = rank_of(b[j], flip, mask) < rank_of(a[i], flip, mask);
    FETCH_AHEAD(a + i);
    FETCH_AHEAD(b + j);
    TAKE(d, takes_b);
    i += takes_b ? 0 : 1;
    j += takes_b ? 1 : 0;
  }
  for (; i < a_end; ++i, ++d) {
    TAKE(d, false);
  }
  for (; j < b_end; ++j, ++d) {
    TAKE(d, true);
  }
}
#endif

#ifndef CPU_ONLY
// --- gpu: group g makes tile g, by way of the ranks and, in `from`, where its elements are ---

kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void merge_gpu(ARRAYS, const ulong flip, const ulong mask) {
  TYPED_ARRAYS;
  local K ranks[GROUP_TILE];
  local ushort from[GROUP_TILE];
  local ulong splits[2];
  const uint lid = get_local_id(0);
  const size_t begin = get_group_id(0) * GROUP_TILE, end = min(begin + GROUP_TILE, (size_t)(na + nb));
  if (lid < 2) splits[lid] = split_at(a, na, b, nb, lid == 0 ? begin : end, flip, mask);
  barrier(CLK_LOCAL_MEM_FENCE);
  const size_t first = splits[0], second = begin - first; // of a, and of b
  const uint held = (uint)(end - begin), of_a = (uint)(split_of_end(splits[1], first, begin, end, na, nb) - first);
  for (uint i = lid; i < held; i += WG) ranks[i] = rank_of(i < of_a ? a[first + i] : b[second + i - of_a], flip, mask);
  barrier(CLK_LOCAL_MEM_FENCE);
  const uint mine = min(lid * ITEMS, held), last = min(mine + ITEMS, held);
  uint low = (uint)FROM_ZERO(int, mine + of_a - held), high = min(mine, of_a);
  while (low < high) { // as split_at
    const uint middle = (low + high) / 2;
    if (ranks[middle] <= ranks[of_a + mine - 1 - middle])
      low = middle + 1;
    else
      high = middle;
  }
  uint i = low, j = of_a + mine - low;
  for (uint d = mine; d < last; ++d) {
    const bool takes_b = i == of_a || (j < held && ranks[j] < ranks[i]);
    from[d] = (ushort)(takes_b ? j++ : i++);
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint d = lid; d < held; d += WG) {
    const uint source = from[d];
    out[begin + d] = source < of_a ? a[first + source] : b[second + source - of_a];
#if VALUE_BYTES
    values[begin + d] = source < of_a ? a_values[first + source] : b_values[second + source - of_a];
#endif
  }
}
#endif

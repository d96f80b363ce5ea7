// The k first in order of n keys, by way of blocks: only the k blocks whose first keys are the first in order can have any.
// `best` finds the first key of each block, `gather` copies the blocks that were chosen, with the places of their keys, and `pick`
// makes the result of what sorting those has brought to the front; sorting is cl/sort.cl's business.
//
// Keys become what orders them, unsigned integers that ascend (see key.h). Arrays of keys are void*, as the same kernels do for
// all types of one size.
#include "common.h"
#include "key.h"

#ifndef I
#define I uint // of places
#endif
#define TILE 16384 // cpu: elements of a work-item, of best and gather
#define WG 64      // gpu: work-items of a group

#define K16 CONCAT(K16_, KEY_BYTES)
#define K16_1 uchar16
#define K16_2 ushort16
#define K16_4 uint16
#define K16_8 ulong16

// As ordered(), of vectors; a macro, as Oclgrind 21.10 dies of functions of vectors.
#if IS_FLOAT
#define ORDERED16(bits, flip) \
  ((((bits) ^ (((K16)0 - ((bits) >> (K16)(8 * KEY_BYTES - 1))) | (K16)SIGN)) - (K16)NEGATIVE_NANS) ^ (K16)(flip))
#else
#define ORDERED16(bits, flip) ((bits) ^ (K16)(flip))
#endif

static inline K best_of(__global const K *x, const size_t begin, const size_t end, const K flip) {
  size_t i = begin;
  K best = ordered(x[begin], flip);
  if (begin + 64 <= end) {
    K16 a = (K16)best, b = a, c = a, d = a;
    for (; i + 64 <= end; i += 64) {
      const K16 p = vload16(0, x + i), q = vload16(1, x + i), r = vload16(2, x + i), s = vload16(3, x + i);
      a = min(a, ORDERED16(p, flip));
      b = min(b, ORDERED16(q, flip));
      c = min(c, ORDERED16(r, flip));
      d = min(d, ORDERED16(s, flip));
    }
    K lanes[16];
    vstore16(min(min(a, b), min(c, d)), 0, lanes);
    for (uint lane = 0; lane < 16; ++lane) best = min(best, lanes[lane]);
  }
  for (; i < end; ++i) best = min(best, ordered(x[i], flip));
  return best;
}

// Work-item t does tile t: TILE / block blocks. Block is a power of two, TILE at most.
ONE_BY_ONE kernel void top_k_best_cpu(global const void *x_, global void *best_, const ulong n, const uint block, const ulong flip) {
  global const K *x = x_;
  global K *best = best_;
  const size_t begin = get_global_id(0) * TILE, end = min(begin + TILE, (size_t)n);
  for (size_t i = begin; i < end; i += block) best[i / block] = best_of(x, i, min(i + block, end), (K)flip);
}

// Copies element i of those that are gathered: what is missing of the last block is last in order, and behind all else.
static inline void gather_one(__global const K *x, __global const uint *blocks, __global K *keys, __global I *places, const size_t i,
                              const ulong n, const uint block, const ulong flip) {
  const size_t at = (size_t)blocks[i / block] * block + i % block;
  keys[i] = at < n ? ordered(x[at], (K)flip) : (K)(0 - (K)1);
  places[i] = (I)at;
}

ONE_BY_ONE kernel void top_k_gather_cpu(global const void *x_, global const uint *blocks, global void *keys_, global I *places, const ulong n,
                                        const uint block, const ulong count, const ulong flip) {
  global const K *x = x_;
  global K *keys = keys_;
  const size_t begin = get_global_id(0) * TILE, end = min(begin + TILE, (size_t)count);
  for (size_t i = begin; i < end; ++i) gather_one(x, blocks, keys, places, i, n, block, flip);
}

ONE_BY_ONE kernel void top_k_pick_cpu(global const void *x_, global const I *places, global void *values_, global I *indices, const ulong k) {
  global const K *x = x_;
  global K *values = values_;
  const size_t begin = get_global_id(0) * TILE, end = min(begin + TILE, (size_t)k);
  for (size_t i = begin; i < end; ++i) {
    values[i] = x[places[i]];
    if (indices) indices[i] = places[i];
  }
}

// Group g does block g.
kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void top_k_best_gpu(global const void *x_, global void *best_, const ulong n, const uint block, const ulong flip) {
  global const K *x = x_;
  global K *best = best_;
  local K bests[WG];
  const uint lid = get_local_id(0);
  const size_t begin = get_group_id(0) * block, end = min(begin + block, (size_t)n);
  K mine = (K)(0 - (K)1);
  for (size_t i = begin + lid; i < end; i += WG) mine = min(mine, ordered(x[i], (K)flip));
  bests[lid] = mine;
  for (uint step = WG / 2; step > 0; step /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lid < step) bests[lid] = min(bests[lid], bests[lid + step]);
  }
  if (lid == 0) best[get_group_id(0)] = bests[0];
}

// A work-item for each element.
kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void top_k_gather_gpu(global const void *x_, global const uint *blocks, global void *keys_, global I *places, const ulong n,
                      const uint block, const ulong count, const ulong flip) {
  const size_t i = get_global_id(0);
  if (i < count) gather_one(x_, blocks, keys_, places, i, n, block, flip);
}

kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void top_k_pick_gpu(global const void *x_, global const I *places, global void *values_, global I *indices, const ulong k) {
  global const K *x = x_;
  global K *values = values_;
  const size_t i = get_global_id(0);
  if (i >= k) return;
  values[i] = x[places[i]];
  if (indices) indices[i] = places[i];
}

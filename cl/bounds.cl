// Where each of `count` needles belongs in n sorted keys, one at least: places[i] is the first key that is not before needle i,
// or, where `upper` is 1, that is after it. `mask` is of the bits that count.
//
// Arrays of keys are void*, as the same kernels search all types of one size.
//
// Binary search without branches, of several needles side by side: each waits for memory, all of them at once.
#include "common.h"
#include "key.h"

#ifndef I
#define I uint // of places
#endif
#define TILE 1024 // cpu: needles of a work-item
#define LANES 8   // cpu: of them at once

#define IS_BEFORE(key, needle) (((key) < (needle)) | (((key) == (needle)) & upper))

static inline I place_of(__global const K *keys, const ulong n, const K needle, const ulong flip, const ulong mask, const uint upper) {
  size_t at = 0;
  for (size_t left = n; left > 1; left -= left / 2)
    at += IS_BEFORE(rank_of(keys[at + left / 2 - 1], flip, mask), needle) ? left / 2 : 0;
  return (I)(at + (IS_BEFORE(rank_of(keys[at], flip, mask), needle) ? 1 : 0));
}

__kernel ONE_BY_ONE void bounds_cpu(__global const void *keys_, __global const void *needles_, __global I *places, const ulong n,
                                    const ulong count, const ulong flip, const ulong mask, const uint upper) {
  __global const K *keys = keys_;
  __global const K *needles = needles_;
  size_t i = get_global_id(0) * TILE;
  const size_t end = min(i + TILE, (size_t)count);
  for (; i + LANES <= end; i += LANES) {
    K wanted[LANES];
    size_t at[LANES];
    for (uint lane = 0; lane < LANES; ++lane) {
      wanted[lane] = rank_of(needles[i + lane], flip, mask);
      at[lane] = 0;
    }
    for (size_t left = n; left > 1; left -= left / 2)
      for (uint lane = 0; lane < LANES; ++lane)
        at[lane] += IS_BEFORE(rank_of(keys[at[lane] + left / 2 - 1], flip, mask), wanted[lane]) ? left / 2 : 0;
    for (uint lane = 0; lane < LANES; ++lane)
      places[i + lane] = (I)(at[lane] + (IS_BEFORE(rank_of(keys[at[lane]], flip, mask), wanted[lane]) ? 1 : 0));
  }
  for (; i < end; ++i) places[i] = place_of(keys, n, rank_of(needles[i], flip, mask), flip, mask, upper);
}

// A work-item for each needle.
__kernel void bounds_gpu(__global const void *keys_, __global const void *needles_, __global I *places, const ulong n,
                         const ulong count, const ulong flip, const ulong mask, const uint upper) {
  __global const K *keys = keys_;
  __global const K *needles = needles_;
  const size_t i = get_global_id(0);
  if (i < count) places[i] = place_of(keys, n, rank_of(needles[i], flip, mask), flip, mask, upper);
}

// For kernels that go over the rows of arrays: what lies beyond the borders, and how much of a row is one's.
#ifndef CLOTHO_BORDER_H
#define CLOTHO_BORDER_H

#include "common.h"

#ifndef TILE
#define TILE 1024 // columns to a work-item of _cpu
#endif
#ifndef WG
#define WG 64 // columns to a group of _gpu
#endif

#ifndef BORDER
#define BORDER 0 // 0: the nearest element, 1: zero, 2: the other end, 3: nothing, such elements stay as they are
#endif

// Where element i of n is, -1: nowhere.
static inline long beyond(const long i, const long n) {
  if (i >= 0 && i < n) return i;
#if BORDER == 0
  return i < 0 ? 0 : n - 1;
#elif BORDER == 2
  const long rest = i % n;
  return rest < 0 ? rest + n : rest;
#else
  return -1;
#endif
}

#endif

// Adds a number, in both shapes.
#include "common.h"

ONE_BY_ONE kernel void add_cpu(global const T* from, global T* to, const T more, const ulong n, const uint tile) {
  const size_t first = get_global_id(0) * tile;
  const size_t end = min(first + tile, (size_t)n);
  for (size_t i = first; i < end; ++i) to[i] = from[i] + more;
}

kernel void add_gpu(global const T* from, global T* to, const T more, const ulong n) {
  const size_t i = get_global_id(0);
  if (i < n) to[i] = from[i] + more;
}

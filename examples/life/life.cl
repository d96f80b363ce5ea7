// Conway's game of life on a torus, one generation: a cell with 3 neighbours is alive next, with 2 it stays what it is.
// now, next: (h, w), 1 for cells that are alive, else 0.
// Launch: (w, h) work-items, one a cell, any local size.
__kernel void life(const uint w, const uint h, __global const uchar* restrict now, __global uchar* restrict next) {
  const size_t x = get_global_id(0), y = get_global_id(1);
  if (x >= w || y >= h) return;
  const size_t left = x > 0 ? x - 1 : w - 1, right = x + 1 < w ? x + 1 : 0;
  __global const uchar* above = now + (y > 0 ? y - 1 : h - 1) * w;
  __global const uchar* here = now + y * w;
  __global const uchar* below = now + (y + 1 < h ? y + 1 : 0) * w;
  const int neighbours = above[left] + above[x] + above[right] + here[left] + here[right] + below[left] + below[x] + below[right];
  next[y * w + x] = neighbours == 3 || (neighbours == 2 && here[x] != 0);
}

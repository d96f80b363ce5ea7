// How many points of the unit square lie within a quarter of the unit circle.
// Launch: one work-item for every 1024 points, the last has what is left; counts: one for each.
__kernel void count_inside(const ulong n, __global const float* restrict x, __global const float* restrict y,
                           __global uint* restrict counts) {
  const ulong from = get_global_id(0) * 1024, to = min(from + 1024, n);
  uint inside = 0;
  for (ulong i = from; i < to; ++i) inside += x[i] * x[i] + y[i] * y[i] < 1.0f ? 1u : 0u;
  counts[get_global_id(0)] = inside;
}

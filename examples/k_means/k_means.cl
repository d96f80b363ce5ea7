// The assignment of k-means: for each point the number of the centre that is nearest, the first of several.
// points: (n, 2). centres: (k, 2), k at least 1. Launch: one work-item a point, any range, any local size.
__kernel void assign(const uint n, const uint k, __global const float2* restrict points, __global const float2* restrict centres,
                     __global uint* restrict nearest) {
  const size_t i = get_global_id(0);
  if (i >= n) return;
  float least = INFINITY;
  uint best = 0;
  for (uint c = 0; c < k; ++c) {
    const float2 apart = points[i] - centres[c];
    const float distance = dot(apart, apart);
    best = distance < least ? c : best;
    least = fmin(distance, least);
  }
  nearest[i] = best;
}

// The heat equation, one explicit step: what flows in from the four neighbours. The border keeps its temperature.
// now, next: (h, w). r: diffusivity * time step / spacing^2; stable up to 0.25.
// Launch: (w, h) work-items, one a point, any local size.
__kernel void heat(const uint w, const uint h, const float r, __global const float* restrict now, __global float* restrict next) {
  const size_t x = get_global_id(0), y = get_global_id(1);
  if (x >= w || y >= h) return;
  const size_t i = y * w + x;
  if (x == 0 || y == 0 || x + 1 == w || y + 1 == h)
    next[i] = now[i];
  else
    next[i] = now[i] + r * (now[i - 1] + now[i + 1] + now[i - w] + now[i + w] - 4.0f * now[i]);
}

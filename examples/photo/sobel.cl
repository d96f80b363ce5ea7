// How steep a picture is at each pixel: Sobel's operator, scaled so that a step from 0 to 1 is 1.
// in, out: (h, w); out lies between 0 and the square root of 2. Beyond the edge the nearest pixel counts.
// Launch: (w, h) work-items, one a pixel, any local size.
__kernel void sobel(__global const float* restrict in, __global float* restrict out) {
  const size_t x = get_global_id(0), w = get_global_size(0);
  const size_t y = get_global_id(1), h = get_global_size(1);
  const size_t left = x > 0 ? x - 1 : x, right = x + 1 < w ? x + 1 : x;
  __global const float* above = in + (y > 0 ? y - 1 : y) * w;
  __global const float* here = in + y * w;
  __global const float* below = in + (y + 1 < h ? y + 1 : y) * w;
  const float across = above[right] + 2.0f * here[right] + below[right] - above[left] - 2.0f * here[left] - below[left];
  const float down = below[left] + 2.0f * below[x] + below[right] - above[left] - 2.0f * above[x] - above[right];
  out[y * w + x] = 0.25f * sqrt(across * across + down * down);
}

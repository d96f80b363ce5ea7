// The edges of a picture in two steps, in whole numbers, so that every device draws the same.
// Beyond the border the nearest pixel counts. Launch: (w, h) work-items, one a pixel, any local size.

// Blurred brightness (Rec. 709, weights of 256): 5 x 5 pixels, weighted 1 4 6 4 1 each way. rgb: (h, w, 3). out: (h, w).
__kernel void blur(const uint w, const uint h, __global const uchar* restrict rgb, __global uchar* restrict out) {
  const int x = (int)get_global_id(0), y = (int)get_global_id(1);
  if ((uint)x >= w || (uint)y >= h) return;
  const int weights[5] = {1, 4, 6, 4, 1};
  int sum = 0;
  for (int dy = -2; dy <= 2; ++dy)
    for (int dx = -2; dx <= 2; ++dx) {
      const size_t row = (size_t)clamp(y + dy, 0, (int)h - 1), column = (size_t)clamp(x + dx, 0, (int)w - 1);
      __global const uchar* p = rgb + 3 * (row * w + column);
      sum += weights[dy + 2] * weights[dx + 2] * ((54 * p[0] + 183 * p[1] + 19 * p[2]) >> 8);
    }
  out[(size_t)y * w + (size_t)x] = (uchar)(sum >> 8);
}

// Sobel's operator, drawn dark on white. in, out: (h, w).
__kernel void edges(const uint w, const uint h, __global const uchar* restrict in, __global uchar* restrict out) {
  const size_t x = get_global_id(0), y = get_global_id(1);
  if (x >= w || y >= h) return;
  const size_t left = x > 0 ? x - 1 : x, right = x + 1 < w ? x + 1 : x;
  __global const uchar* above = in + (y > 0 ? y - 1 : y) * w;
  __global const uchar* here = in + y * w;
  __global const uchar* below = in + (y + 1 < h ? y + 1 : y) * w;
  const int across = above[right] + 2 * here[right] + below[right] - above[left] - 2 * here[left] - below[left];
  const int down = below[left] + 2 * below[x] + below[right] - above[left] - 2 * above[x] - above[right];
  out[y * w + x] = (uchar)(255 - min(255, (int)(abs(across) + abs(down))));
}

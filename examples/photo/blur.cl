// Gaussian blur of a picture's luminance, in two passes: first along rows, then along columns.
// Beyond the edge the nearest pixel counts. A weight follows from the one before it, so each pixel costs one exp():
// exp(-(d+1)^2 / 2s^2) = exp(-d^2 / 2s^2) * r * q^d with r = exp(-1 / 2s^2) and q = r * r.
// Launch: (w, h) work-items, one a pixel, any local size.
#ifndef RADIUS
#define RADIUS 4  // pixels on each side that count; 3 * sigma loses nothing one can see
#endif

// How bright the eye finds an RGB pixel (Rec. 709), 0 to 1.
float luminance(__global const uchar* rgb) {
  return (0.2126f * rgb[0] + 0.7152f * rgb[1] + 0.0722f * rgb[2]) / 255.0f;
}

// rgb: (h, w, 3). out: (h, w).
__kernel void blur_rows(__global const uchar* restrict rgb, __global float* restrict out, const float sigma) {
  const int x = (int)get_global_id(0), w = (int)get_global_size(0);
  const size_t row = get_global_id(1) * get_global_size(0);
  float ratio = exp(-0.5f / (sigma * sigma));
  const float change = ratio * ratio;
  float sum = luminance(rgb + 3 * (row + (size_t)x)), total = 1.0f, k = 1.0f;
  for (int d = 1; d <= RADIUS; ++d, ratio *= change) {
    k *= ratio;
    sum += k * (luminance(rgb + 3 * (row + (size_t)max(x - d, 0))) + luminance(rgb + 3 * (row + (size_t)min(x + d, w - 1))));
    total += 2.0f * k;
  }
  out[row + (size_t)x] = sum / total;
}

// in, out: (h, w).
__kernel void blur_columns(__global const float* restrict in, __global float* restrict out, const float sigma) {
  const int y = (int)get_global_id(1), h = (int)get_global_size(1);
  const size_t x = get_global_id(0), w = get_global_size(0);
  float ratio = exp(-0.5f / (sigma * sigma));
  const float change = ratio * ratio;
  float sum = in[(size_t)y * w + x], total = 1.0f, k = 1.0f;
  for (int d = 1; d <= RADIUS; ++d, ratio *= change) {
    k *= ratio;
    sum += k * (in[(size_t)max(y - d, 0) * w + x] + in[(size_t)min(y + d, h - 1) * w + x]);
    total += 2.0f * k;
  }
  out[(size_t)y * w + x] = sum / total;
}

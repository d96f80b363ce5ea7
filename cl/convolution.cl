// Convolution of an array (rows, columns) with a filter (filter_rows, filter_columns), both row-major:
//   out[r][c] = sum over i, j of filter[i][j] * in[r + (filter_rows - 1) / 2 - i][c + (filter_columns - 1) / 2 - j]
// With one row of filter, or one column, this is a pass of a separable one.
// Launch: _cpu: (ceil(columns / TILE), rows); _gpu: (columns rounded up to WG, rows), groups of (WG, 1).
#include "border.h"

// Any element.
static inline T one(__global const T* restrict in, __global const T* restrict filter, const long row, const long c,
                    const long rows, const long columns, const long filter_rows, const long filter_columns) {
  T sum = 0;
  for (long i = 0; i < filter_rows; ++i) {
    const long y = beyond(row + (filter_rows - 1) / 2 - i, rows);
    if (y < 0) continue;
    for (long j = 0; j < filter_columns; ++j) {
      const long x = beyond(c + (filter_columns - 1) / 2 - j, columns);
      if (x >= 0) sum = MULTIPLY_ADD(in[y * columns + x], filter[i * filter_columns + j], sum);
    }
  }
  return sum;
}

// It has all its neighbours.
static inline bool fits(const long at, const long size, const long filter_size) {
  const long after = (filter_size - 1) / 2;
  return at >= filter_size - 1 - after && at < size - after;
}
#define ONE(c) one(in, filter, row, c, rows, columns, filter_rows, filter_columns)
#if BORDER == 3
#define EDGE(c) (fits(row, rows, filter_rows) && fits(c, columns, filter_columns) ? ONE(c) : in[row * columns + (c)])
#else
#define EDGE(c) ONE(c)
#endif

// COUNT * 16 elements from column c on, all of whose neighbours along the row are there.
#define STRIP(COUNT, c) { \
    T16 sum[COUNT]; \
    for (uint b = 0; b < COUNT; ++b) sum[b] = (T16)(0); \
    for (long i = 0; i < filter_rows; ++i) { \
      const long y = beyond(row + (filter_rows - 1) / 2 - i, rows); \
      if (y < 0) continue; \
      __global const T* at = in + y * columns + (c) + after; \
      for (long j = 0; j < filter_columns; ++j) { \
        const T16 w = filter[i * filter_columns + j]; \
        for (uint b = 0; b < COUNT; ++b) sum[b] = MULTIPLY_ADD(vload16(b, at - j), w, sum[b]); \
      } \
    } \
    for (uint b = 0; b < COUNT; ++b) vstore16(sum[b], b, out + row * columns + (c)); \
  }

ONE_BY_ONE __kernel void convolution_cpu(const long rows, const long columns, const long filter_rows,
                                         const long filter_columns, __global const T* restrict filter,
                                         __global const T* restrict in, __global T* restrict out) {
  const long from = get_global_id(0) * TILE, to = min(from + TILE, columns), row = get_global_id(1);
  const long after = (filter_columns - 1) / 2, before = filter_columns - 1 - after;
  long left = max(from, before), right = min(to, columns - after); // between them whole vectors
  if (right - left < 16) left = right = to;
#if BORDER == 3
  if (!fits(row, rows, filter_rows)) left = right = to;
#endif
  long c = left;
  for (; c + 64 <= right; c += 64) STRIP(4, c)
  for (; c < right; c += 16) { // the last ones come twice
    const long at_most = min(c, right - 16);
    STRIP(1, at_most)
  }
  for (c = from == left ? right : from; c < to; c = c + 1 == left ? right : c + 1) out[row * columns + c] = EDGE(c);
}

__kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void convolution_gpu(const long rows, const long columns, const long filter_rows, const long filter_columns,
                     __global const T* restrict filter, __global const T* restrict in, __global T* restrict out) {
  const long c = get_global_id(0), row = get_global_id(1);
  if (c >= columns) return;
  out[row * columns + c] = EDGE(c);
}

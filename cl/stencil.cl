// Weighted sums of the neighbours of each element of an array (planes, rows, columns), row-major: of 5 or 9 in a plane, of 7
// or 27 in space. The weights are in the order of the elements: before the element itself come those of the plane and row before.
// Launch: _cpu: (ceil(columns / TILE), planes * rows); _gpu: (columns rounded up to WG, planes * rows), groups of (WG, 1).
#ifndef POINTS
#define POINTS 5
#endif
#include "border.h"

// Lines of neighbours along a row: FULL(line, planes on, rows on, weight of the left one), CENTRE(line, ..., weight).
#if POINTS == 5
#define LINES 3
#define EACH_LINE(FULL, CENTRE) CENTRE(0, 0, -1, 0) FULL(1, 0, 0, 1) CENTRE(2, 0, 1, 4)
#elif POINTS == 9
#define LINES 3
#define EACH_LINE(FULL, CENTRE) FULL(0, 0, -1, 0) FULL(1, 0, 0, 3) FULL(2, 0, 1, 6)
#elif POINTS == 7
#define LINES 5
#define EACH_LINE(FULL, CENTRE) \
  CENTRE(0, -1, 0, 0) CENTRE(1, 0, -1, 1) FULL(2, 0, 0, 2) CENTRE(3, 0, 1, 5) CENTRE(4, 1, 0, 6)
#else
#define LINES 9
#define EACH_LINE(FULL, CENTRE) \
  FULL(0, -1, -1, 0) FULL(1, -1, 0, 3) FULL(2, -1, 1, 6) FULL(3, 0, -1, 9) FULL(4, 0, 0, 12) FULL(5, 0, 1, 15) \
  FULL(6, 1, -1, 18) FULL(7, 1, 0, 21) FULL(8, 1, 1, 24)
#endif
#define ALL_LINES ((1u << LINES) - 1)

// Where the lines around a row begin; a bit for each that is there.
static inline uint find_lines(const long plane, const long row, const long planes, const long rows, const long columns,
                              long* begin) {
  uint there = 0;
#define FIND(line, dz, dy, weight) { \
    const long z = beyond(plane + dz, planes), y = beyond(row + dy, rows); \
    begin[line] = (max(z, 0l) * rows + max(y, 0l)) * columns; \
    there |= z >= 0 && y >= 0 ? 1u << line : 0; \
  }
  EACH_LINE(FIND, FIND)
  return there;
}

// 16 elements from column c on, all of whose neighbours are there.
static inline T16 sixteen(__global const T* restrict in, const long* begin, const uint there, const long c, const T* w) {
  T16 sum = (T16)(0);
#define CENTRE16(line, dz, dy, i) \
  if (there & 1u << line) sum = MULTIPLY_ADD(vload16(0, in + begin[line] + c), (T16)(w[i]), sum);
#define FULL16(line, dz, dy, i) \
  if (there & 1u << line) { \
    __global const T* at = in + begin[line] + c; \
    sum = MULTIPLY_ADD(vload16(0, at - 1), (T16)(w[i]), sum); \
    sum = MULTIPLY_ADD(vload16(0, at), (T16)(w[i + 1]), sum); \
    sum = MULTIPLY_ADD(vload16(0, at + 1), (T16)(w[i + 2]), sum); \
  }
  EACH_LINE(FULL16, CENTRE16)
  return sum;
}

// Any element.
static inline T one(__global const T* restrict in, const long* begin, const uint there, const long c, const long columns,
                    const T* w) {
  const long left = beyond(c - 1, columns), right = beyond(c + 1, columns);
  T sum = 0;
#define CENTRE1(line, dz, dy, i) \
  if (there & 1u << line) sum = MULTIPLY_ADD(in[begin[line] + c], w[i], sum);
#define FULL1(line, dz, dy, i) \
  if (there & 1u << line) { \
    __global const T* at = in + begin[line]; \
    if (left >= 0) sum = MULTIPLY_ADD(at[left], w[i], sum); \
    sum = MULTIPLY_ADD(at[c], w[i + 1], sum); \
    if (right >= 0) sum = MULTIPLY_ADD(at[right], w[i + 2], sum); \
  }
  EACH_LINE(FULL1, CENTRE1)
  return sum;
}

// Which plane a row of all is in, and which row of that it is.
static inline void find_row(const long row_of_all, const long rows, long* plane, long* row) {
#if POINTS == 5 || POINTS == 9
  *plane = 0, *row = row_of_all;
#else
  volatile long quotient = row_of_all / rows; // compilers join / and % to what Oclgrind 21.10 does not know
  *plane = quotient, *row = row_of_all - *plane * rows;
#endif
}

#if BORDER == 3
#define EDGE(c) (whole && (c) > 0 && (c) < (long)columns - 1 ? one(in, begin, there, c, columns, w) : in[row_of_all * columns + (c)])
#else
#define EDGE(c) one(in, begin, there, c, columns, w)
#endif

ONE_BY_ONE __kernel void stencil_cpu(const ulong planes, const ulong rows, const ulong columns, const T16 first_weights,
                                     const T16 more_weights, __global const T* restrict in, __global T* restrict out) {
  const long from = get_global_id(0) * TILE, to = min(from + TILE, (long)columns), row_of_all = get_global_id(1);
  T w[32];
  vstore16(first_weights, 0, w), vstore16(more_weights, 1, w);
  long plane, row, begin[LINES];
  find_row(row_of_all, rows, &plane, &row);
  const uint there = find_lines(plane, row, planes, rows, columns, begin);
  const bool whole = there == ALL_LINES;
  out += row_of_all * columns;
  long left = max(from, 1l), right = min(to, (long)columns - 1); // between them whole vectors
  if (right - left < 16) left = right = to;
#if BORDER == 3
  if (!whole) left = right = to;
#endif
  if (whole) {
    for (long c = left; c < right; c += 16) { // the last ones come twice
      const long at = min(c, right - 16);
      vstore16(sixteen(in, begin, ALL_LINES, at, w), 0, out + at);
    }
  } else {
    for (long c = left; c < right; c += 16) {
      const long at = min(c, right - 16);
      vstore16(sixteen(in, begin, there, at, w), 0, out + at);
    }
  }
  for (long c = from == left ? right : from; c < to; c = c + 1 == left ? right : c + 1) out[c] = EDGE(c);
}

__kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void stencil_gpu(const ulong planes, const ulong rows, const ulong columns, const T16 first_weights, const T16 more_weights,
                 __global const T* restrict in, __global T* restrict out) {
  const long c = get_global_id(0), row_of_all = get_global_id(1);
  if (c >= (long)columns) return;
  T w[32];
  vstore16(first_weights, 0, w), vstore16(more_weights, 1, w);
  long plane, row, begin[LINES];
  find_row(row_of_all, rows, &plane, &row);
  const uint there = find_lines(plane, row, planes, rows, columns, begin);
  const bool whole = there == ALL_LINES;
  out[row_of_all * columns + c] = EDGE(c);
}

// y = alpha * A * x + beta * y for a sparse matrix A in compressed rows: row r has the elements row_starts[r] to
// row_starts[r + 1] of values, in the columns that column_indices says. Where beta is 0, y is not read.
//
// CPU shape: rows and elements together are dealt in equal parts (Merrill, Garland: Merge-based parallel sparse matrix-vector
// multiplication, SC 2016), so neither a long row nor many empty ones are one work-item's alone. What an item has of a row
// that it does not end is its carry, which spmv_carry_cpu adds. Launch: spmv_cpu: ceil((rows + elements) / TILE) work-items;
// spmv_carry_cpu: one.
// GPU shape: LANES work-items a row, side by side in groups of WG. Launch: rows * LANES, rounded up to groups.
#ifndef OFFSET
#define OFFSET uint // type of row_starts
#endif
#ifndef TILE
#define TILE 4096 // rows and elements to a work-item of _cpu
#endif
#ifndef WG
#define WG 64 // work-items to a group of _gpu
#endif
#ifndef LANES
#define LANES 1 // work-items to a row of _gpu, a power of two that is not more than WG
#endif

#include "common.h"
#include "prefetch.h"

#define T8 CONCAT(T, 8)

static inline T scaled(const T sum, const T alpha, const T beta, __global const T* y) {
  return beta == 0 ? alpha * sum : MULTIPLY_ADD(alpha, sum, beta * *y);
}

// Elements from to end of a row, times x.
static inline T part_of_row(ulong from, const ulong end, __global const uint* restrict column_indices,
                            __global const T* restrict values, __global const T* restrict x) {
  T sum = 0;
  FETCH_AHEAD(values + from);
  FETCH_AHEAD(column_indices + from);
  if (end - from >= 8) {
    T8 sums = (T8)(0);
    for (; from + 8 <= end; from += 8) {
      FETCH_AHEAD(values + from);
      FETCH_AHEAD(column_indices + from);
      T there[8];
      for (uint i = 0; i < 8; ++i) there[i] = x[column_indices[from + i]];
      sums = MULTIPLY_ADD(vload8(0, values + from), vload8(0, there), sums);
    }
    T lanes[8];
    vstore8(sums, 0, lanes);
    for (uint i = 0; i < 8; ++i) sum += lanes[i];
  }
  for (; from < end; ++from) sum = MULTIPLY_ADD(values[from], x[column_indices[from]], sum);
  return sum;
}

// How many rows end within the first `steps` steps of a walk along all elements, with a step more at each row's end.
static inline ulong rows_within(const ulong steps, const ulong rows, const ulong elements,
                                __global const OFFSET* restrict row_starts) {
  ulong low = max(steps, elements) - elements, high = min(steps, rows);
  while (low < high) {
    const ulong middle = low + (high - low) / 2;
    if (row_starts[middle + 1] < steps - middle)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

ONE_BY_ONE __kernel void spmv_cpu(const ulong rows, const ulong elements, const T alpha, const T beta,
                                  __global const OFFSET* restrict row_starts, __global const uint* restrict column_indices,
                                  __global const T* restrict values, __global const T* restrict x, __global T* restrict y,
                                  __global T* restrict carries) {
  const ulong from = get_global_id(0) * TILE, to = min(from + TILE, rows + elements);
  const ulong end = rows_within(to, rows, elements, row_starts);
  ulong row = rows_within(from, rows, elements, row_starts), at = from - row;
  for (; row < end; ++row) {
    const ulong next = row_starts[row + 1];
    y[row] = scaled(part_of_row(at, next, column_indices, values, x), alpha, beta, y + row);
    at = next;
  }
  carries[get_global_id(0)] = part_of_row(at, to - end, column_indices, values, x);
}

ONE_BY_ONE __kernel void spmv_carry_cpu(const ulong rows, const ulong elements, const T alpha,
                                        __global const OFFSET* restrict row_starts, __global const T* restrict carries,
                                        __global T* restrict y) {
  for (ulong to = TILE; to < rows + elements; to += TILE) {
    const ulong row = rows_within(to, rows, elements, row_starts);
    if (row < rows && to - row > row_starts[row]) y[row] = MULTIPLY_ADD(alpha, carries[to / TILE - 1], y[row]);
  }
}

__kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void spmv_gpu(const ulong rows, const T alpha, const T beta, __global const OFFSET* restrict row_starts,
              __global const uint* restrict column_indices, __global const T* restrict values, __global const T* restrict x,
              __global T* restrict y) {
  const ulong row = get_global_id(0) / LANES;
  const uint lane = get_local_id(0) % LANES;
  T sum = 0;
  if (row < rows)
    for (ulong at = row_starts[row] + lane; at < row_starts[row + 1]; at += LANES)
      sum = MULTIPLY_ADD(values[at], x[column_indices[at]], sum);
#if LANES > 1
  __local T sums[WG];
  sums[get_local_id(0)] = sum;
  for (uint half_lanes = LANES / 2; half_lanes > 0; half_lanes /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < half_lanes) sums[get_local_id(0)] += sums[get_local_id(0) + half_lanes];
  }
  sum = sums[get_local_id(0)]; // lane 0 wrote it itself
#endif
  if (lane == 0 && row < rows) y[row] = scaled(sum, alpha, beta, y + row);
}

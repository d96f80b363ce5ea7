// y = alpha * op(A) * x + beta * y, and A += alpha * x * y', for a row-major A. x, and y for the latter, come in a row, as S.
// Products are summed over parts of A first, each to an element of `partial`, and those by gemv_finish in order: so one long row
// keeps a device as busy as many short ones.
#include "common.h"
#include "real.h"

#ifndef GROUP
#define GROUP 64 // work-items that share a row, in the GPU shape; power of two
#endif
#define COLUMNS (16 * VECTOR) // of a transposed matrix, for an item of the CPU shape

// A vector whose elements lie apart, in a row.
kernel void gather(global const T* restrict x, const ulong first, const long step, global S* restrict to, const ulong n) {
  const ulong i = get_global_id(0);
  if (i < n) to[i] = LOAD_ONE(x + first + (long)i * step);
}

// The sum of a vector's elements, halves first.
INLINE S sum_of(const SV v) {
#if VECTOR == 16
  const CONCAT(S, 8) eight = v.lo + v.hi;
#else
  const CONCAT(S, 8) eight = v;
#endif
  const CONCAT(S, 4) four = eight.lo + eight.hi;
  const CONCAT(S, 2) two = four.lo + four.hi;
  return two.x + two.y;
}

// `rows` rows at once, at most 4; others repeat the last.
INLINE void dot_rows(global const T* a, const ulong ld, const uint rows, global const S* x, const uint columns, S result[4]) {
  global const T* row[4];
  SV sum[4];
#pragma unroll
  for (uint r = 0; r < 4; ++r) row[r] = a + min(r, rows - 1) * ld, sum[r] = (SV)0;
  uint j = 0;
  for (; j + VECTOR <= columns; j += VECTOR) {
    const SV factor = LOAD_SUM(x + j);
#pragma unroll
    for (uint r = 0; r < 4; ++r) sum[r] = fma(LOAD(row[r] + j), factor, sum[r]);
  }
#pragma unroll
  for (uint r = 0; r < 4; ++r) {
    result[r] = sum_of(sum[r]);
    for (uint k = j; k < columns; ++k) result[r] = fma((S)LOAD_ONE(row[r] + k), x[k], result[r]);
  }
}

// Items: (n / width, m / 4): `width` columns of 4 rows.
ONE_BY_ONE kernel void gemv_cpu(global const T* restrict a, const ulong ld, global const S* restrict x, global S* restrict partial,
                                const uint m, const uint n, const uint width) {
  const uint column = get_global_id(0) * width, row = get_global_id(1) * 4, rows = min(m - row, 4u);
  S result[4];
  dot_rows(a + row * ld + column, ld, rows, x + column, min(width, n - column), result);
  for (uint r = 0; r < rows; ++r) partial[get_global_id(0) * m + row + r] = result[r];
}

// The same for the transposed matrix, which is m x n as it lies. Items: (n / COLUMNS, m / height).
ONE_BY_ONE kernel void gemv_transposed_cpu(global const T* restrict a, const ulong ld, global const S* restrict x,
                                           global S* restrict partial, const uint m, const uint n, const uint height) {
  const uint column = get_global_id(0) * COLUMNS, first = get_global_id(1) * height, end = min(first + height, m);
  global S* const to = partial + get_global_id(1) * n + column;
  a += column;
  if (n - column < COLUMNS) {
    for (uint j = 0; j < n - column; ++j) to[j] = 0;
    for (uint i = first; i < end; ++i)
      for (uint j = 0; j < n - column; ++j) to[j] = fma((S)LOAD_ONE(a + i * ld + j), x[i], to[j]);
    return;
  }
  SV sum[16];
#pragma unroll
  for (uint v = 0; v < 16; ++v) sum[v] = (SV)0;
  for (uint i = first; i < end; ++i) {
    const SV factor = (SV)x[i];
#pragma unroll
    for (uint v = 0; v < 16; ++v) sum[v] = fma(LOAD(a + i * ld + v * VECTOR), factor, sum[v]);
  }
#pragma unroll
  for (uint v = 0; v < 16; ++v) STORE_SUM(sum[v], to + v * VECTOR);
}

// Groups: (n / width, m): `width` columns of a row.
kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void gemv_gpu(global const T* restrict a, const ulong ld,
                                                                       global const S* restrict x, global S* restrict partial,
                                                                       const uint m, const uint n, const uint width) {
  local S sums[GROUP];
  const uint id = get_local_id(0), row = get_group_id(1), first = get_group_id(0) * width, end = min(first + width, n);
  S sum = 0;
  for (uint j = first + id; j < end; j += GROUP) sum = fma((S)LOAD_ONE(a + row * ld + j), x[j], sum);
  sums[id] = sum;
  for (uint half_way = GROUP / 2; half_way > 0; half_way /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (id < half_way) sums[id] += sums[id + half_way];
  }
  if (id == 0) partial[get_group_id(0) * m + row] = sums[0];
}

// Groups: (n / GROUP, m / height): neighbours read neighbouring columns.
kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void gemv_transposed_gpu(global const T* restrict a, const ulong ld,
                                                                                  global const S* restrict x,
                                                                                  global S* restrict partial, const uint m,
                                                                                  const uint n, const uint height) {
  const uint column = get_global_id(0), first = get_group_id(1) * height, end = min(first + height, m);
  if (column >= n) return;
  S sum = 0;
  for (uint i = first; i < end; ++i) sum = fma((S)LOAD_ONE(a + i * ld + column), x[i], sum);
  partial[get_group_id(1) * n + column] = sum;
}

// y = alpha * sums of what there is for each element, + beta * y.
kernel void gemv_finish(global const S* restrict partial, const uint parts, const uint n, const S alpha, const S beta,
                        global T* restrict y, const ulong first, const long step) {
  const uint i = get_global_id(0);
  if (i >= n) return;
  S sum = 0;
  for (uint p = 0; p < parts; ++p) sum += partial[(size_t)p * n + i];
  update(y + first + (long)i * step, alpha * sum, beta);
}

// Items: (n / width, m): `width` columns of a row.
ONE_BY_ONE kernel void ger_cpu(const S alpha, global const S* restrict x, global const S* restrict y, global T* restrict a,
                               const ulong ld, const uint n, const uint width) {
  const uint first = get_global_id(0) * width, end = min(first + width, n);
  const S factor = alpha * x[get_global_id(1)];
  a += get_global_id(1) * ld;
  uint j = first;
  for (; j + VECTOR <= end; j += VECTOR) STORE(fma((SV)factor, LOAD_SUM(y + j), LOAD(a + j)), a + j);
  for (; j < end; ++j) STORE_ONE(fma(factor, y[j], (S)LOAD_ONE(a + j)), a + j);
}

kernel void ger_gpu(const S alpha, global const S* restrict x, global const S* restrict y, global T* restrict a, const ulong ld,
                    const uint n) {
  const uint j = get_global_id(0);
  if (j >= n) return;
  a += get_global_id(1) * ld;
  STORE_ONE(fma(alpha * x[get_global_id(1)], y[j], (S)LOAD_ONE(a + j)), a + j);
}

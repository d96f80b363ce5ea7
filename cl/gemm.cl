// C = alpha * op(A) * op(B) + beta * C, row-major, for a batch of matrices that lie `..._stride` elements apart.
// T: elements in memory; S: what is summed in, float for half. Each sum runs over k in order, with fma.
//
// CPU shape, after Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication (2008): A and B are packed into
// panels, MR rows and NR columns wide, with zeros past the edges, so that the innermost loop reads both in order and keeps an
// MR x NR tile of C in registers. Small matrices are left where they are.
// GPU shape: groups of WX x WY work-items, tiles of A and B in local memory, RM x RN elements of C for each item.
#include "common.h"

#ifndef MR
#define MR 12 // rows of C in registers
#endif
#ifndef NV
#define NV 2 // vectors of each
#endif
#ifndef WX
#define WX 16 // work-items of a group along a row of C
#define WY 16 // and along a column
#endif
#ifndef RM
#define RM 4 // elements of C for each, WY rows apart
#define RN 4 // and WX columns apart
#endif
#ifndef LAYER
#define LAYER 16 // rows of B in local memory
#endif
#define TM (WY * RM)
#define TN (WX * RN)

#include "prefetch.h"
#include "real.h"
#define NR (NV * VECTOR)

#define TILE_V SV
#define TILE_SIDE VECTOR
#include "tile.h"

// The first `width` elements; `width` is known when the kernel is compiled.
INLINE void store_packed(const SV v, global S* to, const uint width) {
  if (width == VECTOR) {
    STORE_SUM(v, to);
    return;
  }
  S row[VECTOR];
  STORE_SUM(v, row);
#pragma unroll
  for (uint i = 0; i < VECTOR; ++i)
    if (i < width) to[i] = row[i];
}

// A strip `width` wide is packed: element i of row l comes to to[l * pitch + i]. It is at from[l * ld + i] when rows lie in
// order, else at from[i * ld + l]. Of each row `count` elements exist, others become 0.
INLINE void pack_by_ones(global const T* from, const ulong ld, const uint in_order, const uint count, const uint depth,
                         global S* to, const uint pitch, const uint width) {
  for (uint l = 0; l < depth; ++l)
    for (uint i = 0; i < width; ++i)
      to[l * pitch + i] = i >= count ? (S)0 : (S)LOAD_ONE(from + (in_order ? l * ld + i : i * ld + l));
}

INLINE void pack_tile(global const T* from, const ulong ld, global S* to, const uint pitch, const uint width) {
  SV tile[VECTOR];
#pragma unroll
  for (uint i = 0; i < VECTOR; ++i) tile[i] = i < width ? LOAD(from + i * ld) : (SV)0;
  transpose_tile(tile);
#pragma unroll
  for (uint i = 0; i < VECTOR; ++i) store_packed(tile[i], to + i * pitch, width);
}

INLINE void pack_strip(global const T* from, const ulong ld, const uint in_order, const uint count, const uint depth,
                       global S* to, const uint pitch, const uint width) {
  uint l = 0;
  if (in_order && count >= VECTOR)
    for (; l < depth; ++l) store_packed(LOAD(from + l * ld), to + l * pitch, width);
  if (!in_order && count >= width)
    for (; l + VECTOR <= depth; l += VECTOR) pack_tile(from + l, ld, to + l * pitch, pitch, width);
  pack_by_ones(from + (in_order ? l * ld : l), ld, in_order, count, depth - l, to + l * pitch, pitch, width);
}

// How many there are of `all` from `first`.
INLINE uint count_from(const uint all, const uint first) { return max((int)all - (int)first, 0); }

#ifndef GPU_ONLY
// Packs rows [0, depth) of A, m wide, into panels MR wide. Panel p of a matrix begins at p * depth * MR. `in_order`: A is
// transposed. Items: (depth / step, panels / several) for all matrices.
ONE_BY_ONE kernel void gemm_pack_a_cpu(global const T* restrict a, const ulong offset, const ulong ld, const ulong stride,
                                       const uint in_order, global S* restrict packed, const uint m, const uint depth,
                                       const uint step, const uint several, const uint groups) {
  const uint l = get_global_id(0) * step, rows = min(step, depth - l), panels = (m + MR - 1) / MR;
  const size_t matrix = get_global_id(1) / groups;
  const uint first = (get_global_id(1) - matrix * groups) * several, end = min(first + several, panels);
  a += offset + matrix * stride + (in_order ? l * ld : l);
  for (uint p = first; p < end; ++p) {
    global S* const to = packed + ((matrix * panels + p) * depth + l) * MR;
#pragma unroll
    for (uint i = 0; i < MR; i += VECTOR) {
      const uint row = p * MR + i;
      pack_strip(a + (in_order ? row : row * ld), ld, in_order, count_from(m, row), rows, to + i, MR,
                 MR - i < VECTOR ? MR - i : VECTOR);
    }
  }
}

// The same for B, n wide, and panels NR wide. `in_order`: B is not transposed.
ONE_BY_ONE kernel void gemm_pack_b_cpu(global const T* restrict b, const ulong offset, const ulong ld, const ulong stride,
                                       const uint in_order, global S* restrict packed, const uint n, const uint depth,
                                       const uint step, const uint several, const uint groups) {
  const uint l = get_global_id(0) * step, rows = min(step, depth - l), panels = (n + NR - 1) / NR;
  const size_t matrix = get_global_id(1) / groups;
  const uint first = (get_global_id(1) - matrix * groups) * several, end = min(first + several, panels);
  b += offset + matrix * stride + (in_order ? l * ld : l);
  for (uint p = first; p < end; ++p) {
    global S* const to = packed + ((matrix * panels + p) * depth + l) * NR;
    for (uint v = 0; v < NV; ++v) {
      const uint column = p * NR + v * VECTOR;
      pack_strip(b + (in_order ? column : column * ld), ld, in_order, count_from(n, column), rows, to + v * VECTOR, NR,
                 VECTOR);
    }
  }
}

// sum += A * B over `depth`, of panels.
INLINE void multiply(global const S* a, global const S* b, const uint depth, SV sum[MR][NV]) {
  for (uint l = 0; l < depth; ++l, a += MR, b += NR) {
    SV row[NV];
#pragma unroll
    for (uint v = 0; v < NV; ++v) row[v] = LOAD_SUM(b + v * VECTOR);
#pragma unroll
    for (uint i = 0; i < MR; ++i) {
      const SV one = (SV)(a[i]);
#pragma unroll
      for (uint v = 0; v < NV; ++v) sum[i][v] = fma(one, row[v], sum[i][v]);
    }
  }
}

// C = alpha * sum + beta * C; does not read C when beta is 0.
INLINE void store_tile(SV sum[MR][NV], global T* c, const ulong ld, const S alpha, const S beta) {
#pragma unroll
  for (uint i = 0; i < MR; ++i)
#pragma unroll
    for (uint v = 0; v < NV; ++v) sum[i][v] *= (SV)alpha;
  if (beta != 0) {
#pragma unroll
    for (uint i = 0; i < MR; ++i)
#pragma unroll
      for (uint v = 0; v < NV; ++v) sum[i][v] = fma((SV)beta, LOAD(c + i * ld + v * VECTOR), sum[i][v]);
  }
#pragma unroll
  for (uint i = 0; i < MR; ++i)
#pragma unroll
    for (uint v = 0; v < NV; ++v) STORE(sum[i][v], c + i * ld + v * VECTOR);
}

// The same for a tile that reaches over the edge of C.
INLINE void store_part(SV sum[MR][NV], global T* c, const ulong ld, const uint rows, const uint columns, const S alpha,
                       const S beta) {
  S tile[MR * NR];
#pragma unroll
  for (uint i = 0; i < MR; ++i)
#pragma unroll
    for (uint v = 0; v < NV; ++v) STORE_SUM(sum[i][v], tile + i * NR + v * VECTOR);
  for (uint i = 0; i < min(rows, (uint)MR); ++i)
    for (uint j = 0; j < min(columns, (uint)NR); ++j) update(c + i * ld + j, alpha * tile[i * NR + j], beta);
}

// C = alpha * A * B + beta * C of matrices that were packed. Items: (panels of B, row blocks of all matrices); a block is
// `several` panels of A.
ONE_BY_ONE kernel void gemm_packed_cpu(global const S* restrict a, global const S* restrict b, global T* restrict c,
                                       const ulong offset, const ulong ld, const ulong stride, const uint m, const uint n,
                                       const uint depth, const uint several, const uint groups, const S alpha,
                                       const S beta) {
  const uint panels = (m + MR - 1) / MR, column = get_global_id(0) * NR;
  const size_t matrix = get_global_id(1) / groups;
  const uint first = (get_global_id(1) - matrix * groups) * several, end = min(first + several, panels);
  a += matrix * panels * depth * MR;
  b += (matrix * ((n + NR - 1) / NR) + get_global_id(0)) * depth * NR;
  c += offset + matrix * stride + column;
  for (uint p = first; p < end; ++p) {
    global T* const to = c + (size_t)p * MR * ld;
    const uint rows = m - p * MR, columns = n - column;
    const bool whole = rows >= MR && columns >= NR;
    SV sum[MR][NV];
#pragma unroll
    for (uint i = 0; i < MR; ++i)
#pragma unroll
      for (uint v = 0; v < NV; ++v) {
        if (whole) PREFETCH(to + i * ld + v * VECTOR, 1); // needed when its sums are ready; fetched by then, all takes a tenth less
        sum[i][v] = (SV)0;
      }
    multiply(a + (size_t)p * depth * MR, b, depth, sum);
    if (whole)
      store_tile(sum, to, ld, alpha, beta);
    else
      store_part(sum, to, ld, rows, columns, alpha, beta);
  }
}

#if T_BITS != 16
#define DIRECT_ROWS 8 // their addresses take registers, too

// Elements of a vector that begins at `begin`, from `first` on as far as there are.
INLINE void store_line(const SV scaled, global T* c, const uint begin, const uint first, const uint n, const S beta) {
  if (first == begin) {
    STORE(beta == 0 ? scaled : fma((SV)beta, LOAD(c + begin), scaled), c + begin);
    return;
  }
  S line[VECTOR];
  STORE_SUM(scaled, line);
  for (uint j = first; j < min(first + VECTOR, n); ++j) update(c + j, line[j - begin], beta);
}

// Small matrices, without packing: A where it is, element (i, l) at i * row_step + l * depth_step, and B as well, not transposed,
// whose n columns fill a vector at least. A vector that would reach over the edge begins earlier; what it shares with the one
// before is not stored. Items: (panels of B, m / DIRECT_ROWS of all matrices).
ONE_BY_ONE kernel void gemm_direct_cpu(global const T* restrict a, const ulong row_step, const ulong depth_step,
                                       const ulong a_stride, global const T* restrict b, const ulong b_ld,
                                       const ulong b_stride, global T* restrict c, const ulong c_ld, const ulong c_stride,
                                       const uint m, const uint n, const uint k, const S alpha, const S beta) {
  const uint panels = (m + DIRECT_ROWS - 1) / DIRECT_ROWS, column = get_global_id(0) * NR;
  const size_t matrix = get_global_id(1) / panels;
  const uint row = (get_global_id(1) - matrix * panels) * DIRECT_ROWS;
  global const T* from[DIRECT_ROWS];
  uint begin[NV];
  SV sum[DIRECT_ROWS][NV];
#pragma unroll
  for (uint i = 0; i < DIRECT_ROWS; ++i) {
    from[i] = a + matrix * a_stride + min(row + i, m - 1) * row_step;
#pragma unroll
    for (uint v = 0; v < NV; ++v) sum[i][v] = (SV)0;
  }
#pragma unroll
  for (uint v = 0; v < NV; ++v) begin[v] = min(column + v * VECTOR, n - VECTOR);
  b += matrix * b_stride;
  for (uint l = 0; l < k; ++l, b += b_ld) {
    SV line[NV];
#pragma unroll
    for (uint v = 0; v < NV; ++v) line[v] = LOAD(b + begin[v]);
#pragma unroll
    for (uint i = 0; i < DIRECT_ROWS; ++i) {
      const SV one = (SV)(from[i][l * depth_step]);
#pragma unroll
      for (uint v = 0; v < NV; ++v) sum[i][v] = fma(one, line[v], sum[i][v]);
    }
  }
  c += matrix * c_stride + row * c_ld;
#pragma unroll
  for (uint i = 0; i < DIRECT_ROWS; ++i)
#pragma unroll
    for (uint v = 0; v < NV; ++v)
      if (row + i < m) store_line(alpha * sum[i][v], c + i * c_ld, begin[v], column + v * VECTOR, n, beta);
}
#endif
#endif

#ifndef CPU_ONLY
// Tiles of A and B lie in local memory, `LAYER` rows deep; zeros past the edges.
INLINE void load_layer(global const T* from, const ulong ld, const uint in_order, const uint width, const uint depth,
                       local S* to, const uint pitch) {
  for (uint e = get_local_id(1) * WX + get_local_id(0); e < pitch * LAYER; e += WX * WY) {
    const uint i = in_order ? e % pitch : e / LAYER, l = in_order ? e / pitch : e % LAYER;
    to[l * (pitch + 1) + i] = i < width && l < depth ? (S)LOAD_ONE(from + (in_order ? l * ld + i : i * ld + l)) : (S)0;
  }
}

// Groups: (columns / TN, rows / TM of all matrices). The items of a group visit C so that neighbours lie side by side.
kernel __attribute__((reqd_work_group_size(WX, WY, 1))) void gemm_gpu(
    global const T* restrict a, const ulong a_offset, const ulong a_ld, const ulong a_stride, const uint a_transposed,
    global const T* restrict b, const ulong b_offset, const ulong b_ld, const ulong b_stride, const uint b_transposed,
    global T* restrict c, const ulong c_offset, const ulong c_ld, const ulong c_stride, const uint m, const uint n,
    const uint k, const uint groups, const S alpha, const S beta) {
  local S a_layer[LAYER * (TM + 1)], b_layer[LAYER * (TN + 1)];
  const uint x = get_local_id(0), y = get_local_id(1);
  const size_t matrix = get_group_id(1) / groups;
  const uint row = (get_group_id(1) - matrix * groups) * TM, column = get_group_id(0) * TN;
  a += a_offset + matrix * a_stride + (a_transposed ? row : row * a_ld);
  b += b_offset + matrix * b_stride + (b_transposed ? column * b_ld : column);
  c += c_offset + matrix * c_stride + row * c_ld + column;
  S sum[RM][RN];
#pragma unroll
  for (uint i = 0; i < RM; ++i)
#pragma unroll
    for (uint j = 0; j < RN; ++j) sum[i][j] = 0;
  for (uint l = 0; l < k; l += LAYER) {
    load_layer(a + (a_transposed ? l * a_ld : l), a_ld, a_transposed, m - row, k - l, a_layer, TM);
    load_layer(b + (b_transposed ? l : l * b_ld), b_ld, !b_transposed, n - column, k - l, b_layer, TN);
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint d = 0; d < LAYER; ++d) {
      S ones[RM], others[RN];
#pragma unroll
      for (uint i = 0; i < RM; ++i) ones[i] = a_layer[d * (TM + 1) + y + i * WY];
#pragma unroll
      for (uint j = 0; j < RN; ++j) others[j] = b_layer[d * (TN + 1) + x + j * WX];
#pragma unroll
      for (uint i = 0; i < RM; ++i)
#pragma unroll
        for (uint j = 0; j < RN; ++j) sum[i][j] = fma(ones[i], others[j], sum[i][j]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
#pragma unroll
  for (uint i = 0; i < RM; ++i)
#pragma unroll
    for (uint j = 0; j < RN; ++j)
      if (row + y + i * WY < m && column + x + j * WX < n)
        update(c + (y + i * WY) * c_ld + x + j * WX, alpha * sum[i][j], beta);
}
#endif

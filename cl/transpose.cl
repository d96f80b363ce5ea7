// out = transposed in, rows x columns elements, for a batch of matrices that lie one after the other. Elements are bits: T is an
// unsigned type of 1, 2, 4 or 8 bytes, or ulong2.
//
// CPU shape: an item takes a block, BLOCK x BLOCK elements, and that in tiles, which are transposed in registers; each line of
// memory is then read and written once, and as a whole, whatever the distance of the rows. GPU shape: a group takes a tile
// through local memory, whose rows are one element longer, so that a column of it lies in different banks.
#include "common.h"

#if T_BITS == 128
#define SIDE 1 // an element is what a store of half a line takes
#elif T_BITS == 64
#define SIDE 8
#else
#define SIDE 16
#endif
#ifndef BLOCK
#define BLOCK 256
#endif
#ifndef TILE
#define TILE 16 // of the GPU shape; work-items of a group: TILE x TILE
#endif

#if SIDE > 1
#define TV CONCAT(T, SIDE)
#define TILE_V TV
#define TILE_SIDE SIDE
#include "tile.h"
#define LOAD(p) CONCAT(vload, SIDE)(0, p)
#define STORE(v, p) CONCAT(vstore, SIDE)(v, 0, p)
#else
#define TV T
#define LOAD(p) (*(p))
#define STORE(v, p) (*(p) = (v))
inline void transpose_tile(TV tile[1]) {}
#endif

#define INLINE __attribute__((always_inline)) inline

// Past the caches: what is written is not read before, and drives out nothing. `to` begins a line.
INLINE void store_past(const TV v, global T* to) {
#ifdef __has_builtin
#if __has_builtin(__builtin_nontemporal_store)
  __builtin_nontemporal_store(v, (global TV*)to);
  return;
#endif
#endif
  STORE(v, to);
}

INLINE void load_tile(TV tile[SIDE], global const T* from, const size_t pitch) {
#pragma unroll
  for (uint i = 0; i < SIDE; ++i) tile[i] = LOAD(from + i * pitch);
}

INLINE void store_tile(TV tile[SIDE], global T* to, const size_t pitch, const uint past) {
  if (past) {
#pragma unroll
    for (uint i = 0; i < SIDE; ++i) store_past(tile[i], to + i * pitch);
  } else {
#pragma unroll
    for (uint i = 0; i < SIDE; ++i) STORE(tile[i], to + i * pitch);
  }
}

// `rows` x `columns` elements, at most SIDE of each.
INLINE void move_tile(global const T* from, const size_t from_pitch, global T* to, const size_t to_pitch, const uint rows,
                      const uint columns, const uint past) {
  if (rows >= SIDE && columns >= SIDE) {
    TV tile[SIDE];
    load_tile(tile, from, from_pitch);
    transpose_tile(tile);
    store_tile(tile, to, to_pitch, past);
    return;
  }
  for (uint j = 0; j < min(columns, (uint)SIDE); ++j)
    for (uint i = 0; i < min(rows, (uint)SIDE); ++i) to[j * to_pitch + i] = from[i * from_pitch + j];
}

#ifndef GPU_ONLY
// Items: (columns / BLOCK, rows / BLOCK of all matrices). `past`: the rows of `to` are as long as whole lines, and all of it is
// more than the caches should keep.
ONE_BY_ONE kernel void transpose_cpu(global const void* restrict from, global void* restrict to, const uint rows, const uint columns,
                                     const uint blocks, const uint past) {
  const size_t matrix = get_global_id(1) / blocks;
  const uint row = (get_global_id(1) - matrix * blocks) * BLOCK, column = get_global_id(0) * BLOCK;
  global const T* const in = (global const T*)from + matrix * rows * columns;
  global T* const out = (global T*)to + matrix * rows * columns;
  const uint whole_lines = past && (size_t)out % 64 == 0;
#if SIDE > 1 // along the rows: the processor fetches ahead of what is read in order
  for (uint i = row; i < min(row + BLOCK, rows); i += SIDE)
    for (uint j = column; j < min(column + BLOCK, columns); j += SIDE)
#else // what is written are parts of lines, which must come one after the other
  for (uint j = column; j < min(column + BLOCK, columns); j += SIDE)
    for (uint i = row; i < min(row + BLOCK, rows); i += SIDE)
#endif
      move_tile(in + (size_t)i * columns + j, columns, out + (size_t)j * rows + i, rows, rows - i, columns - j,
                whole_lines);
}

// Exchanges a tile above the diagonal of a square matrix with the one below; both are the same on the diagonal.
INLINE void swap_tiles(global T* above, global T* below, const size_t n, const uint rows, const uint columns) {
  if (rows >= SIDE && columns >= SIDE) {
    TV tile[SIDE], other[SIDE];
    load_tile(tile, above, n);
    load_tile(other, below, n);
#pragma unroll 1
    for (uint pass = 0; pass < 2; ++pass) { // once in the program: it is long
      transpose_tile(tile);
      store_tile(tile, pass == 0 ? below : above, n, 0);
      if (above == below) return;
#pragma unroll
      for (uint i = 0; i < SIDE; ++i) tile[i] = other[i];
    }
    return;
  }
  for (uint i = 0; i < min(rows, (uint)SIDE); ++i)
    for (uint j = above == below ? i + 1 : 0; j < min(columns, (uint)SIDE); ++j) {
      const T kept = above[i * n + j];
      above[i * n + j] = below[j * n + i];
      below[j * n + i] = kept;
    }
}

// Items: (n / BLOCK, n / BLOCK of all matrices); those below the diagonal have nothing to do.
ONE_BY_ONE kernel void transpose_square_cpu(global void* matrices, const uint n, const uint blocks) {
  const size_t matrix = get_global_id(1) / blocks;
  const uint row = (get_global_id(1) - matrix * blocks) * BLOCK, column = get_global_id(0) * BLOCK;
  if (column < row) return;
  global T* const m = (global T*)matrices + matrix * n * n;
  for (uint i = row; i < min(row + BLOCK, n); i += SIDE)
    for (uint j = max(column, i); j < min(column + BLOCK, n); j += SIDE)
      swap_tiles(m + (size_t)i * n + j, m + (size_t)j * n + i, n, n - i, n - j);
}
#endif

#ifndef CPU_ONLY
// Groups: (columns / TILE, rows / TILE of all matrices).
kernel __attribute__((reqd_work_group_size(TILE, TILE, 1))) void transpose_gpu(
    global const void* restrict from, global void* restrict to, const uint rows, const uint columns, const uint blocks, const uint past) {
  local T tile[TILE][TILE + 1];
  const size_t matrix = get_group_id(1) / blocks;
  const uint row = (get_group_id(1) - matrix * blocks) * TILE, column = get_group_id(0) * TILE;
  const uint x = get_local_id(0), y = get_local_id(1);
  global const T* const in = (global const T*)from + matrix * rows * columns;
  global T* const out = (global T*)to + matrix * rows * columns;
  if (row + y < rows && column + x < columns) tile[y][x] = in[(size_t)(row + y) * columns + column + x];
  barrier(CLK_LOCAL_MEM_FENCE);
  if (row + x < rows && column + y < columns) out[(size_t)(column + y) * rows + row + x] = tile[x][y];
}

kernel __attribute__((reqd_work_group_size(TILE, TILE, 1))) void transpose_square_gpu(global void* matrices, const uint n,
                                                                                     const uint blocks) {
  local T above[TILE][TILE + 1], below[TILE][TILE + 1];
  const size_t matrix = get_group_id(1) / blocks;
  const uint row = (get_group_id(1) - matrix * blocks) * TILE, column = get_group_id(0) * TILE;
  const uint x = get_local_id(0), y = get_local_id(1);
  global T* const m = (global T*)matrices + matrix * n * n;
  const bool is_above = column >= row; // the same for all of a group, as are the barriers that follow
  const bool here = is_above && row + y < n && column + x < n, there = is_above && column + y < n && row + x < n;
  if (here) above[y][x] = m[(size_t)(row + y) * n + column + x];
  if (there) below[y][x] = m[(size_t)(column + y) * n + row + x];
  barrier(CLK_LOCAL_MEM_FENCE);
  if (here) m[(size_t)(row + y) * n + column + x] = below[x][y];
  if (there && row != column) m[(size_t)(column + y) * n + row + x] = above[x][y];
}
#endif

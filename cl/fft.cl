// SPDX-License-Identifier: Apache-2.0
// Fourier transforms of any shape as passes over the data, each of which transforms short columns.
//
// A pass is Stockham's step with a large radix L: of x, seen as [L][m][s], it makes y, seen as [m][L][s]:
//     y[p][k][q] = w(m L)^(p k) * sum over j of x[j][p][q] w(L)^(j k),    w(n) = exp(-2 pi i / n).
// Passes whose lengths multiply to n, s growing from the number of inner columns, transform n points in order, with no
// reordering before or after. A tile is `lanes` columns next to each other; it is transformed in fast memory, by Stockham's
// steps with the radices 2, 3, 4, 5, 7 and 8.
//
// Numbers are complex, real and imaginary part next to each other. The inverse exchanges the two parts on the way in and out.
//
// CPU shape: a work-item transforms tiles of LANES columns in vectors of LANES numbers, real and imaginary parts apart. One
//   launch may do all passes of whole rows, so that a row stays in the caches from its first pass to its last.
// GPU shape: a work-group transforms a tile in local memory. Launch: local = WG, one group a tile.

#include "common.h"

#ifndef LANES
#define LANES 16 // columns in a vector; 1 for the GPU shape
#endif
#ifndef MAX_LENGTH
#define MAX_LENGTH 256 // of a pass, in the CPU shape
#endif
#ifndef TILE
#define TILE 1024 // points of a tile, in the GPU shape
#endif
#ifndef WG
#define WG 128 // work-items of a group, in the GPU shape
#endif

#if LANES == 1
typedef T V;
#else
#define HALF CONCAT(HALF_OF_, LANES)
#define HALF_OF_16 8
#define HALF_OF_8 4
typedef CONCAT(T, LANES) V;
typedef CONCAT(T, HALF) HV;
#endif

// What the host says about a pass: src/clotho/algo/detail/fft_passes.hpp.
typedef struct {
  uint length, radix_count, radix[8]; // L, and its factors
  uint positions, inner;              // m, s
  uint lanes, tiles;                  // columns of a tile; tiles of a row
  uint order;                         // which columns a tile has: IN_INNER, IN_POSITIONS or IN_ROWS
  uint row_in, row_out, rows;         // points from a row to the next, and how many rows there are
  uint roots;                         // where the radices' roots begin, in numbers
  uint twiddles;                      // where w(m L)^(p k) begin; NONE
  uint last;                          // 1: of all: the result is multiplied by `scale`
} pass;

// a % b where a / b is at hand. Oclgrind cannot follow what compilers make of both.
#define REST(a, b, quotient) ((a) - (quotient) * (b))

#define IN_INNER 0     // next to each other in q: p and w are the same for all
#define IN_POSITIONS 1 // next to each other in p, as s is 1: the result is transposed
#define IN_ROWS 2      // a row each: data and result are transposed
#define NONE 0xffffffffu

#include "fft_radix.h"

#if LANES > 1
// ---- CPU shape. A tile holds, for each of its rows, a vector of real parts and one of imaginary parts.

// Not copied into its callers: a first plan takes half as long to compile, and transforms as long as before.
#define APART __attribute__((noinline))

// Clang's own words for vectors in memory and for shuffles: what the language has for them makes its optimizer slow.
#ifdef __clang__
typedef struct __attribute__((packed)) {
  V v;
} anywhere;
#define LOAD(from) (((const __global anywhere*)(from))->v)
#define STORE(value, to) ((__global anywhere*)(to))->v = (value)
#else
#define LOAD(from) CONCAT(vload, LANES)(0, from)
#define STORE(value, to) CONCAT(vstore, LANES)(value, 0, to)
#endif

// EVEN and ODD: every other number of two vectors in a row. ZIP_LOW and ZIP_HIGH: a0 b0 a1 b1 ..., of the lower and the upper
// halves. PAIRS_LOW and PAIRS_HIGH: the same for pairs of numbers. ZIP_HALVES: of two half vectors.
#if defined(__clang__) && LANES == 16
#define SHUFFLE __builtin_shufflevector
#define EVEN(a, b) SHUFFLE(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define ODD(a, b) SHUFFLE(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#define ZIP_LOW(a, b) SHUFFLE(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define ZIP_HIGH(a, b) SHUFFLE(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define PAIRS_LOW(a, b) SHUFFLE(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23)
#define PAIRS_HIGH(a, b) SHUFFLE(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31)
#define ZIP_HALVES(a, b) SHUFFLE(a, b, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15)
#elif defined(__clang__)
#define SHUFFLE __builtin_shufflevector
#define EVEN(a, b) SHUFFLE(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODD(a, b) SHUFFLE(a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#define ZIP_LOW(a, b) SHUFFLE(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define ZIP_HIGH(a, b) SHUFFLE(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define PAIRS_LOW(a, b) SHUFFLE(a, b, 0, 1, 8, 9, 2, 3, 10, 11)
#define PAIRS_HIGH(a, b) SHUFFLE(a, b, 4, 5, 12, 13, 6, 7, 14, 15)
#define ZIP_HALVES(a, b) SHUFFLE(a, b, 0, 4, 1, 5, 2, 6, 3, 7)
#else
static V zip_halves(const HV a, const HV b) {
  V both;
  both.even = a;
  both.odd = b;
  return both;
}
static V zip_pairs(const HV a, const HV b) {
  V both; // numbers 0 and 1 of each four are of a, 2 and 3 of b
  both.even.even = a.even;
  both.odd.even = a.odd;
  both.even.odd = b.even;
  both.odd.odd = b.odd;
  return both;
}
#define EVEN(a, b) (V)((a).even, (b).even)
#define ODD(a, b) (V)((a).odd, (b).odd)
#define ZIP_LOW(a, b) zip_halves((a).lo, (b).lo)
#define ZIP_HIGH(a, b) zip_halves((a).hi, (b).hi)
#define PAIRS_LOW(a, b) zip_pairs((a).lo, (b).lo)
#define PAIRS_HIGH(a, b) zip_pairs((a).hi, (b).hi)
#define ZIP_HALVES(a, b) zip_halves(a, b)
#endif

// HALF vectors of HALF complex numbers, transposed: a perfect shuffle for each bit of an index.
static void transpose_square(V* rows) {
#pragma unroll
  for (int bit = 1; bit < HALF; bit *= 2) {
    V shuffled[HALF];
#pragma unroll
    for (int i = 0; i < HALF / 2; ++i) {
      shuffled[2 * i] = PAIRS_LOW(rows[i], rows[i + HALF / 2]);
      shuffled[2 * i + 1] = PAIRS_HIGH(rows[i], rows[i + HALF / 2]);
    }
#pragma unroll
    for (int i = 0; i < HALF; ++i) rows[i] = shuffled[i];
  }
}

// Columns that are next to each other in memory; `stride` points from a row of them to the next.
APART static void load_columns(V* tile, const __global T* from, const ulong stride, const uint rows, const uint exchange) {
  for (uint row = 0; row < rows; ++row) {
    const __global T* const at = from + 2 * row * stride;
    const V a = LOAD(at), b = LOAD(at + LANES);
    tile[2 * row + exchange] = EVEN(a, b);
    tile[2 * row + 1 - exchange] = ODD(a, b);
  }
}
APART static void store_columns(const V* tile, __global T* to, const ulong stride, const uint rows, const uint exchange) {
  for (uint row = 0; row < rows; ++row) {
    const V re = tile[2 * row + exchange], im = tile[2 * row + 1 - exchange];
    __global T* const at = to + 2 * row * stride;
    STORE(ZIP_LOW(re, im), at);
    STORE(ZIP_HIGH(re, im), at + LANES);
  }
}

// Columns that lie along memory, one `stride` points after the other: squares of HALF rows and half the columns. The last
// square may overlap the one before it.
APART static void load_transposed(V* tile, const __global T* from, const ulong stride, const uint rows, const uint exchange) {
  for (uint next = 0; next < rows; next += HALF) {
    const uint row = min(next, rows - HALF);
    for (uint half_of = 0; half_of < 2; ++half_of) {
      V square[HALF];
#pragma unroll
      for (uint i = 0; i < HALF; ++i) square[i] = LOAD(from + 2 * ((half_of * HALF + i) * stride + row));
      transpose_square(square);
      HV* const to = (HV*)(tile + 2 * row) + half_of;
#pragma unroll
      for (uint i = 0; i < HALF; ++i) {
        to[2 * (2 * i + exchange)] = square[i].even;
        to[2 * (2 * i + 1 - exchange)] = square[i].odd;
      }
    }
  }
}
APART static void store_transposed(const V* tile, __global T* to, const ulong stride, const uint rows, const uint exchange) {
  for (uint next = 0; next < rows; next += HALF) {
    const uint row = min(next, rows - HALF);
    for (uint half_of = 0; half_of < 2; ++half_of) {
      V square[HALF];
      const HV* const from = (const HV*)(tile + 2 * row) + half_of;
#pragma unroll
      for (uint i = 0; i < HALF; ++i)
        square[i] = ZIP_HALVES(from[2 * (2 * i + exchange)], from[2 * (2 * i + 1 - exchange)]);
      transpose_square(square);
#pragma unroll
      for (uint i = 0; i < HALF; ++i) STORE(square[i], to + 2 * ((half_of * HALF + i) * stride + row));
    }
  }
}

// The same number by number, for what is no full vector or square.
APART static void load_some(V* tile, const __global T* from, const ulong row_stride, const ulong stride, const uint rows,
                      const uint lanes, const uint exchange) {
  T* const parts = (T*)tile;
  for (uint row = 0; row < rows; ++row) {
    tile[2 * row] = 0; // all lanes are calculated with
    tile[2 * row + 1] = 0;
    for (uint lane = 0; lane < lanes; ++lane) {
      parts[(2 * row + exchange) * LANES + lane] = from[2 * (row * row_stride + lane * stride)];
      parts[(2 * row + 1 - exchange) * LANES + lane] = from[2 * (row * row_stride + lane * stride) + 1];
    }
  }
}
APART static void store_some(const V* tile, __global T* to, const ulong row_stride, const ulong stride, const uint rows,
                       const uint lanes, const uint exchange) {
  const T* const parts = (const T*)tile;
  for (uint row = 0; row < rows; ++row)
    for (uint lane = 0; lane < lanes; ++lane) {
      to[2 * (row * row_stride + lane * stride)] = parts[(2 * row + exchange) * LANES + lane];
      to[2 * (row * row_stride + lane * stride) + 1] = parts[(2 * row + 1 - exchange) * LANES + lane];
    }
}

#define SMALL_STEP(R)                                                                                                    \
  APART static void step_##R(const V* x, V* y, const uint positions, const uint inner,                                   \
                       const __global T* roots) {                                                                        \
    for (uint p = 0; p < positions; ++p, roots += 2 * (R - 1))                                                           \
      for (uint q = 0; q < inner; ++q) {                                                                                 \
        V re[R], im[R];                                                                                                  \
        _Pragma("unroll") for (int j = 0; j < R; ++j) {                                                                  \
          re[j] = x[2 * (q + inner * (p + positions * j))];                                                              \
          im[j] = x[2 * (q + inner * (p + positions * j)) + 1];                                                          \
        }                                                                                                                \
        twisted_##R(re, im, p, roots);                                                                                   \
        _Pragma("unroll") for (int k = 0; k < R; ++k) {                                                                  \
          y[2 * (q + inner * (R * p + k))] = re[k];                                                                      \
          y[2 * (q + inner * (R * p + k)) + 1] = im[k];                                                                  \
        }                                                                                                                \
      }                                                                                                                  \
  }
EACH_RADIX(SMALL_STEP)
#define STEP_CASE(R) case R: step_##R(x, y, positions, inner, roots); break;

// Transforms the columns of a tile; says where the result is, x or y.
static V* transform_tile(V* x, V* y, const __global pass* what, const __global T* roots) {
  uint inner = 1, positions = what->length;
  for (uint i = 0; i < what->radix_count; ++i) {
    const uint radix = what->radix[i];
    positions /= radix;
    switch (radix) {
      EACH_RADIX(STEP_CASE)
    }
    roots += 2 * (radix - 1) * positions;
    inner *= radix;
    V* const other = x;
    x = y;
    y = other;
  }
  return x;
}

// The same factor for all columns: one for each row.
APART static void twist_rows(V* tile, const uint rows, const __global T* factors) {
  for (uint row = 0; row < rows; ++row) {
    const T wr = factors[2 * row], wi = factors[2 * row + 1];
    const V re = tile[2 * row], im = tile[2 * row + 1];
    tile[2 * row] = re * wr - im * wi;
    tile[2 * row + 1] = re * wi + im * wr;
  }
}

// w^((first + lane) k) as w^(first k), in `coarse`, times w^(lane k), in `fine`: a table of all would be as large as the data.
APART static void twist_columns(V* tile, const uint rows, const __global T* fine, const __global T* coarse) {
  for (uint row = 0; row < rows; ++row) {
    const T cr = coarse[2 * row], ci = coarse[2 * row + 1];
    const V fr = LOAD(fine + 2 * row * LANES), fi = LOAD(fine + (2 * row + 1) * LANES);
    const V wr = fr * cr - fi * ci, wi = fr * ci + fi * cr;
    const V re = tile[2 * row], im = tile[2 * row + 1];
    tile[2 * row] = re * wr - im * wi;
    tile[2 * row + 1] = re * wi + im * wr;
  }
}

static void scale_tile(V* tile, const uint rows, const T scale) {
  for (uint i = 0; i < 2 * rows; ++i) tile[i] *= scale;
}

// Tile `index` of row `row`; of all rows, if it consists of rows.
static void do_tile(const __global pass* what, const ulong row, const uint index, const __global T* from, __global T* to,
                    const __global T* tables, const uint exchange, const T scale, V* x, V* y) {
  const uint length = what->length, positions = what->positions, inner = what->inner, order = what->order;
  const uint blocks = order == IN_INNER ? (inner + LANES - 1) / LANES : 1;
  const uint columns = order == IN_INNER ? inner : order == IN_POSITIONS ? positions : what->rows;
  const uint position = index / blocks; // or the tile, if there is one
  const uint column = (order == IN_INNER ? REST(index, blocks, position) : index) * LANES;
  const uint lanes = min((uint)LANES, columns - column);
  const ulong p = order == IN_INNER ? position : order == IN_POSITIONS ? column : 0;
  const ulong q = order == IN_INNER ? column : 0;
  const ulong first = order == IN_ROWS ? column : row;

  const bool squares = lanes == LANES && length >= HALF;
  const ulong stride_in = order == IN_ROWS ? 1 : (ulong)inner * positions;

  from += 2 * (first * what->row_in + q + inner * p);
  if (order == IN_ROWS && squares)
    load_transposed(x, from, what->row_in, length, exchange);
  else if (order != IN_ROWS && lanes == LANES)
    load_columns(x, from, stride_in, length, exchange);
  else
    load_some(x, from, stride_in, order == IN_ROWS ? what->row_in : 1, length, lanes, exchange);

  V* const result = transform_tile(x, y, what, tables + what->roots);
  const __global T* const twiddles = tables + what->twiddles;
  if (what->twiddles != NONE && order == IN_POSITIONS)
    twist_columns(result, length, twiddles, twiddles + 2 * length * (LANES + (ulong)index));
  else if (what->twiddles != NONE && p != 0)
    twist_rows(result, length, twiddles + 2 * p * length);
  if (what->last && scale != 1) scale_tile(result, length, scale);

  const ulong stride_out = order == IN_INNER ? 1 : order == IN_ROWS ? what->row_out : length;
  to += 2 * (first * what->row_out + q + inner * length * p);
  if (order != IN_INNER && squares)
    store_transposed(result, to, stride_out, length, exchange);
  else if (order == IN_INNER && lanes == LANES)
    store_columns(result, to, inner, length, exchange);
  else
    store_some(result, to, order == IN_INNER ? inner : 1, stride_out, length, lanes, exchange);
}

// Units [item * per_item, ...) of `units`. A unit is a tile of pass `begin`, or, if `whole_rows`, all tiles of a row in all
// passes [begin, end). `route`: for each pass, two bits for the array it reads and two for the one it writes.
__kernel ONE_BY_ONE void fft_cpu(const ulong units, const uint per_item, const uint whole_rows, const uint begin, const uint end, const uint route,
             const uint exchange, const T scale, const __global uint* passes, const __global T* tables, __global T* a,
             __global T* b, __global T* c) {
  V x[2 * MAX_LENGTH], y[2 * MAX_LENGTH];
  const ulong first = get_global_id(0) * per_item, last = min(units, first + per_item);
  for (ulong unit = first; unit < last; ++unit)
    for (uint i = begin; i < end; ++i) {
      const __global pass* const what = (const __global pass*)passes + i;
      const uint step = route >> 4 * (i - begin), from = step & 3, to = step >> 2 & 3;
      const ulong row = whole_rows ? unit : unit / what->tiles;
      const uint tile = whole_rows ? 0 : REST(unit, what->tiles, row), tiles = whole_rows ? what->tiles : tile + 1;
      for (uint t = tile; t < tiles; ++t)
        do_tile(what, row, t, from == 0 ? a : from == 1 ? b : c, to == 0 ? a : to == 1 ? b : c, tables, exchange, scale, x, y);
    }
}
#else
// ---- GPU shape. A tile holds its rows one after the other, `lanes` complex numbers each, in local memory.

#define SMALL_STEP(R)                                                                                                    \
  static void step_##R(const __local T* x, __local T* y, const uint positions, const uint inner, const uint lanes,       \
                       const __global T* roots) {                                                                        \
    for (uint i = get_local_id(0); i < positions * inner * lanes; i += WG) {                                             \
      const uint column = i / lanes, p = column / inner, lane = REST(i, lanes, column), q = REST(column, inner, p);      \
      T re[R], im[R];                                                                                                    \
      _Pragma("unroll") for (int j = 0; j < R; ++j) {                                                                    \
        const uint at = 2 * ((q + inner * (p + positions * j)) * lanes + lane);                                          \
        re[j] = x[at];                                                                                                   \
        im[j] = x[at + 1];                                                                                               \
      }                                                                                                                  \
      twisted_##R(re, im, p, roots + 2 * (R - 1) * p);                                                                   \
      _Pragma("unroll") for (int k = 0; k < R; ++k) {                                                                    \
        const uint at = 2 * ((q + inner * (R * p + k)) * lanes + lane);                                                  \
        y[at] = re[k];                                                                                                   \
        y[at + 1] = im[k];                                                                                               \
      }                                                                                                                  \
    }                                                                                                                    \
  }
EACH_RADIX(SMALL_STEP)
#define STEP_CASE(R) case R: step_##R(x, y, positions, inner, lanes, roots); break;

static __local T* transform_tile(__local T* x, __local T* y, const uint lanes, const __global pass* what,
                                 const __global T* roots) {
  uint inner = 1, positions = what->length;
  for (uint i = 0; i < what->radix_count; ++i) {
    const uint radix = what->radix[i];
    positions /= radix;
    switch (radix) {
      EACH_RADIX(STEP_CASE)
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    roots += 2 * (radix - 1) * positions;
    inner *= radix;
    __local T* const other = x;
    x = y;
    y = other;
  }
  return x;
}

// What w(m L)^(p k) is for a column, as the tables of the two orders have it.
static void twist(T* re, T* im, const __global pass* what, const __global T* twiddles, const uint index, const ulong p,
                  const uint row, const uint lane) {
  const uint length = what->length, lanes = what->lanes;
  T wr, wi;
  if (what->order == IN_POSITIONS) {
    const __global T* const fine = twiddles + 2 * row * lanes;
    const __global T* const coarse = twiddles + 2 * length * (lanes + (ulong)index) + 2 * row;
    wr = fine[lane] * coarse[0] - fine[lanes + lane] * coarse[1];
    wi = fine[lane] * coarse[1] + fine[lanes + lane] * coarse[0];
  } else {
    wr = twiddles[2 * (p * length + row)];
    wi = twiddles[2 * (p * length + row) + 1];
  }
  const T x = *re, y = *im;
  *re = x * wr - y * wi;
  *im = x * wi + y * wr;
}

// Tile g % tiles of row g / tiles in pass `number`, for group g.
__kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void fft_gpu(const uint number, const uint exchange, const T scale, const __global uint* passes, const __global T* tables,
             const __global T* from, __global T* to) {
  __local T x[2 * TILE], y[2 * TILE];
  const __global pass* const what = (const __global pass*)passes + number;
  const uint length = what->length, inner = what->inner, order = what->order, lanes = what->lanes;
  const ulong row_of_tile = get_group_id(0) / what->tiles;
  const uint index = REST(get_group_id(0), what->tiles, row_of_tile);
  const uint blocks = order == IN_INNER ? (inner + lanes - 1) / lanes : 1;
  const uint columns = order == IN_INNER ? inner : order == IN_POSITIONS ? what->positions : what->rows;
  const uint position = index / blocks;
  const uint column = (order == IN_INNER ? REST(index, blocks, position) : index) * lanes;
  const uint wanted = min(lanes, columns - column);
  const ulong p = order == IN_INNER ? position : order == IN_POSITIONS ? column : 0;
  const ulong q = order == IN_INNER ? column : 0;
  const ulong first = order == IN_ROWS ? column : row_of_tile;

  // Neighbours in memory go to neighbours in the group: the fastest index is the lane, or the row if the tile is transposed.
  from += 2 * (first * what->row_in + q + inner * p);
  const ulong row_in = order == IN_ROWS ? 1 : (ulong)inner * what->positions, lane_in = order == IN_ROWS ? what->row_in : 1;
  for (uint i = get_local_id(0); i < length * lanes; i += WG) {
    const uint width = order == IN_ROWS ? length : lanes, slow = i / width, fast = REST(i, width, slow);
    const uint lane = order == IN_ROWS ? slow : fast, row = order == IN_ROWS ? fast : slow;
    const ulong at = 2 * (row * row_in + lane * lane_in);
    const uint to_tile = 2 * (row * lanes + lane);
    x[to_tile + exchange] = lane < wanted ? from[at] : 0;
    x[to_tile + 1 - exchange] = lane < wanted ? from[at + 1] : 0;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  const __local T* const tile = transform_tile(x, y, lanes, what, tables + what->roots);

  to += 2 * (first * what->row_out + q + inner * length * p);
  const ulong row_out = order == IN_INNER ? inner : 1;
  const ulong lane_out = order == IN_INNER ? 1 : order == IN_ROWS ? what->row_out : length;
  const T factor = what->last ? scale : 1;
  for (uint i = get_local_id(0); i < length * lanes; i += WG) {
    const uint width = order == IN_INNER ? lanes : length, slow = i / width, fast = REST(i, width, slow);
    const uint lane = order == IN_INNER ? fast : slow, row = order == IN_INNER ? slow : fast;
    if (lane >= wanted) continue;
    T re = tile[2 * (row * lanes + lane)], im = tile[2 * (row * lanes + lane) + 1];
    if (what->twiddles != NONE) twist(&re, &im, what, tables + what->twiddles, index, p, row, lane);
    const ulong at = 2 * (row * row_out + lane * lane_out);
    to[at + exchange] = re * factor;
    to[at + 1 - exchange] = im * factor;
  }
}
#endif

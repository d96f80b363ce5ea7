// SPDX-License-Identifier: Apache-2.0
// What happens to the numbers of Fourier transforms before, between and after the passes of fft.cl, one by one.
//
// CPU shape: a work-item changes CHUNK numbers. GPU shape: one. Launch: local = WG.
#include "common.h"

#ifndef CHUNK
#define CHUNK 1024
#endif
#ifndef WG
#define WG 128
#endif

#define WIDEN 0      // real numbers to complex ones
#define NARROW 1     // rows to their first numbers
#define EXTEND 2     // half a spectrum of real numbers to all of it: `length` numbers
#define REAL_PART 3  // the real parts, times scale
#define UNPACK 4     // the transform of `length` pairs of real numbers to half the spectrum of all, in place: pairs k, length - k
#define PACK 5       // the other way round, times 2
#define CHIRP_IN 6   // rows of `length` times factors, and zeros
#define FACTORS 7    // times factors, in place
#define CHIRP_OUT 8  // rows to their first numbers, times factors, times scale

typedef struct {
  uint op, count, inner, length; // a row of the result has `count` times `inner` numbers
  ulong from_row, to_row;        // numbers (WIDEN, REAL_PART: real ones where they are) from a row to the next
  uint exchange;
  T scale;
} mapping;

static void put_product(const T re, const T im, const __global T* factor, const T scale, const uint exchange, __global T* to) {
  to[exchange] = (re * factor[0] - im * factor[1]) * scale;
  to[1 - exchange] = (re * factor[1] + im * factor[0]) * scale;
}

// The pair k, length - k: E and O are the transforms of the numbers at even and at odd places, W is O times w(2 length)^k.
static void unpack(const uint k, const uint length, const __global T* root, __global T* row) {
  __global T* const low = row + 2 * k;
  __global T* const high = row + 2 * (length - k);
  const __global T* const partner = k == 0 ? low : high;
  const T er = (low[0] + partner[0]) / 2, ei = (low[1] - partner[1]) / 2;
  const T our = (low[1] + partner[1]) / 2, oi = (partner[0] - low[0]) / 2;
  const T wr = our * root[0] - oi * root[1], wi = our * root[1] + oi * root[0];
  low[0] = er + wr;
  low[1] = ei + wi;
  high[0] = er - wr;
  high[1] = wi - ei;
}
static void pack(const uint k, const uint length, const __global T* root, const __global T* from, __global T* to) {
  const __global T* const low = from + 2 * k;
  const __global T* const high = from + 2 * (length - k);
  const T low_im = k == 0 ? 0 : low[1], high_im = k == 0 ? 0 : high[1]; // those are real, whatever is there
  const T er = low[0] + high[0], ei = low_im - high_im;
  const T wr = low[0] - high[0], wi = low_im + high_im;
  const T our = wr * root[0] + wi * root[1], oi = wi * root[0] - wr * root[1];
  if (k != 0) {
    to[2 * (length - k)] = er + oi;
    to[2 * (length - k) + 1] = our - ei;
  }
  to[2 * k] = er - oi;
  to[2 * k + 1] = ei + our;
}

static void map_one(const mapping how, const ulong row, const uint j, const uint q, const __global T* table,
                    const __global T* from, __global T* to) {
  const ulong source = row * how.from_row + (ulong)j * how.inner + q, target = row * how.to_row + (ulong)j * how.inner + q;
  switch (how.op) {
    case WIDEN:
      to[2 * target] = from[source];
      to[2 * target + 1] = 0;
      break;
    case NARROW:
      to[2 * target] = from[2 * source];
      to[2 * target + 1] = from[2 * source + 1];
      break;
    case EXTEND: {
      const uint mirrored = how.length - j;
      const ulong at = row * how.from_row + min(j, mirrored);
      to[2 * target] = from[2 * at];
      to[2 * target + 1] = j == 0 ? 0 : j < mirrored ? from[2 * at + 1] : -from[2 * at + 1];
      break;
    }
    case REAL_PART: to[target] = from[2 * source] * how.scale; break;
    case UNPACK: unpack(j, how.length, table + 2 * j, to + 2 * row * how.to_row); break;
    case PACK: pack(j, how.length, table + 2 * j, from + 2 * row * how.from_row, to + 2 * row * how.to_row); break;
    case CHIRP_IN:
      if (j < how.length) {
        put_product(from[2 * source + how.exchange], from[2 * source + 1 - how.exchange], table + 2 * j, 1, 0, to + 2 * target);
      } else {
        to[2 * target] = 0;
        to[2 * target + 1] = 0;
      }
      break;
    case FACTORS: put_product(to[2 * target], to[2 * target + 1], table + 2 * j, 1, 0, to + 2 * target); break;
    default:
      put_product(from[2 * source], from[2 * source + 1], table + 2 * j, how.scale, how.exchange, to + 2 * target);
      break;
  }
}

__kernel ONE_BY_ONE void fft_map_cpu(const uint op, const uint count, const uint inner, const uint length, const ulong total,
                                     const ulong from_row, const ulong to_row, const uint exchange, const T scale,
                                     const __global T* table, const __global T* from, __global T* to) {
  const mapping how = {op, count, inner, length, from_row, to_row, exchange, scale};
  ulong i = get_global_id(0) * CHUNK;
  const ulong end = min(i + CHUNK, total), width = (ulong)count * inner;
  ulong row = i / width;
  const ulong in_row = i - row * width; // not %: Oclgrind cannot follow what compilers make of / and %
  uint j = in_row / inner, q = in_row - j * inner;
  for (; i < end; ++i) {
    map_one(how, row, j, q, table, from, to);
    if (++q < inner) continue;
    q = 0;
    if (++j < count) continue;
    j = 0;
    ++row;
  }
}

__kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void fft_map_gpu(const uint op, const uint count, const uint inner, const uint length, const ulong total, const ulong from_row,
                 const ulong to_row, const uint exchange, const T scale, const __global T* table, const __global T* from,
                 __global T* to) {
  const mapping how = {op, count, inner, length, from_row, to_row, exchange, scale};
  const ulong i = get_global_id(0), width = (ulong)count * inner;
  if (i >= total) return;
  const ulong row = i / width, in_row = i - row * width;
  const uint j = in_row / inner;
  map_one(how, row, j, in_row - j * inner, table, from, to);
}

// Accelerations of n bodies that attract each other, all pairs, with G = 1:
//   a_i = sum over j of m_j (p_j - p_i) / (|p_j - p_i|^2 + softening)^(3/2)
// softening: the square of a length, above 0: what a body does to itself is then 0. x, y, z, m: positions and masses.
// Launch: _cpu: ceil(n / (LANES * BLOCKS)) work-items; _gpu: n rounded up to groups of WG.
#ifndef BLOCKS
#define BLOCKS 2 // vectors of bodies to a work-item of _cpu
#endif
#ifndef WG
#define WG 128 // work-items to a group of _gpu
#endif

#include "common.h"

#if T_BITS == 64
#define LANES 8
typedef double8 reals;
#define LOAD vload8
#define STORE vstore8
#else
#define LANES 16
typedef float16 reals;
#define LOAD vload16
#define STORE vstore16
#endif

// 1 / sqrt(v) for normal v: Lomont's first guess, from the exponent, and Newton's steps. Division and root are far slower.
static inline reals inverse_root(const reals v) {
  const reals half_v = (T)-0.5 * v;
#if T_BITS == 64
  reals r = as_double8(0x5fe6eb50c7b537a9ul - (as_ulong8(v) >> 1));
  for (int step = 0; step < 4; ++step) r *= MULTIPLY_ADD(half_v, r * r, (reals)(1.5));
#else
  // With constants by Walczyk, Moroz and Cieslinski, which centre the error: below 7e-7.
  reals r = as_float16(0x5f376908u - (as_uint16(v) >> 1));
  r *= MULTIPLY_ADD(half_v, r * r, (reals)(1.5008789f));
  r *= MULTIPLY_ADD(half_v, r * r, (reals)(1.5000006f));
#endif
  return r;
}

ONE_BY_ONE __kernel void n_body_cpu(const ulong n, const T softening, __global const T* restrict x, __global const T* restrict y,
                __global const T* restrict z, __global const T* restrict m, __global T* restrict ax, __global T* restrict ay,
                __global T* restrict az) {
  const ulong first = get_global_id(0) * (LANES * BLOCKS);
  reals px[BLOCKS], py[BLOCKS], pz[BLOCKS], sx[BLOCKS], sy[BLOCKS], sz[BLOCKS];
  T rest[3][LANES * BLOCKS]; // of the last bodies, which fill no vector
  const uint count = (uint)min(n - first, (ulong)(LANES * BLOCKS));
  const bool whole = count == LANES * BLOCKS;
  if (!whole)
    for (uint i = 0; i < LANES * BLOCKS; ++i) {
      const ulong from = first + min(i, count - 1);
      rest[0][i] = x[from], rest[1][i] = y[from], rest[2][i] = z[from];
    }
  for (uint b = 0; b < BLOCKS; ++b) {
    px[b] = whole ? LOAD(b, x + first) : LOAD(b, rest[0]);
    py[b] = whole ? LOAD(b, y + first) : LOAD(b, rest[1]);
    pz[b] = whole ? LOAD(b, z + first) : LOAD(b, rest[2]);
    sx[b] = sy[b] = sz[b] = (reals)(0);
  }
  for (ulong j = 0; j < n; ++j) {
    const reals xj = x[j], yj = y[j], zj = z[j], mj = m[j];
#pragma unroll
    for (uint b = 0; b < BLOCKS; ++b) {
      const reals dx = xj - px[b], dy = yj - py[b], dz = zj - pz[b];
      const reals r = inverse_root(MULTIPLY_ADD(dx, dx, MULTIPLY_ADD(dy, dy, MULTIPLY_ADD(dz, dz, (reals)(softening)))));
      const reals s = mj * r * (r * r);
      sx[b] = MULTIPLY_ADD(dx, s, sx[b]), sy[b] = MULTIPLY_ADD(dy, s, sy[b]), sz[b] = MULTIPLY_ADD(dz, s, sz[b]);
    }
  }
  for (uint b = 0; b < BLOCKS; ++b) {
    if (whole) {
      STORE(sx[b], b, ax + first), STORE(sy[b], b, ay + first), STORE(sz[b], b, az + first);
    } else {
      STORE(sx[b], b, rest[0]), STORE(sy[b], b, rest[1]), STORE(sz[b], b, rest[2]);
    }
  }
  if (!whole)
    for (uint i = 0; i < count; ++i) ax[first + i] = rest[0][i], ay[first + i] = rest[1][i], az[first + i] = rest[2][i];
}

__kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void n_body_gpu(const ulong n, const T softening, __global const T* restrict x, __global const T* restrict y,
                __global const T* restrict z, __global const T* restrict m, __global T* restrict ax, __global T* restrict ay,
                __global T* restrict az) {
  __local T tx[WG], ty[WG], tz[WG], tm[WG];
  const ulong i = get_global_id(0), mine = min(i, n - 1);
  const uint lane = get_local_id(0);
  const T px = x[mine], py = y[mine], pz = z[mine];
  T sx = 0, sy = 0, sz = 0;
  for (ulong tile = 0; tile < n; tile += WG) {
    const ulong other = min(tile + lane, n - 1);
    tx[lane] = x[other], ty[lane] = y[other], tz[lane] = z[other];
    tm[lane] = tile + lane < n ? m[other] : (T)0;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint j = 0; j < WG; ++j) {
      const T dx = tx[j] - px, dy = ty[j] - py, dz = tz[j] - pz;
      const T r = rsqrt(MULTIPLY_ADD(dx, dx, MULTIPLY_ADD(dy, dy, MULTIPLY_ADD(dz, dz, softening))));
      const T s = tm[j] * r * (r * r);
      sx = MULTIPLY_ADD(dx, s, sx), sy = MULTIPLY_ADD(dy, s, sy), sz = MULTIPLY_ADD(dz, s, sz);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (i < n) ax[i] = sx, ay[i] = sy, az[i] = sz;
}

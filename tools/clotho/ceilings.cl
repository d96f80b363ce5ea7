// What a device can do at most: bytes copied and multiply-adds, each in a shape for processors and one for graphics.
// SPDX-License-Identifier: Apache-2.0
//
// *_cpu: local = 1, an item for each tile of TILE vectors of 16. *_gpu: any local size, an item for each vector of 4.
#ifndef T
#define T float // of the multiply-adds
#endif
#ifndef TILE
#define TILE 256 // vectors of 16 floats
#endif
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define T4 JOIN(T, 4)
#define T16 JOIN(T, 16)

#if defined(T_IS_DOUBLE) && defined(cl_khr_fp64)
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif

__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void copy_cpu(__global const float16* restrict from, __global float16* restrict to, const ulong n) {
  const ulong begin = (ulong)get_global_id(0) * TILE, end = min(n, begin + TILE);
  for (ulong i = begin; i < end; ++i) to[i] = from[i];
}

// Past the caches, where the compiler can: what is written is not read before.
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void copy_streaming(__global const float16* restrict from, __global float16* restrict to, const ulong n) {
  const ulong begin = (ulong)get_global_id(0) * TILE, end = min(n, begin + TILE);
#ifdef __has_builtin
#if __has_builtin(__builtin_nontemporal_store)
#define STORE(value, at) __builtin_nontemporal_store(value, at)
#endif
#endif
#ifndef STORE
#define STORE(value, at) *(at) = (value)
#endif
  for (ulong i = begin; i < end; ++i) STORE(from[i], to + i);
}

__kernel void copy_gpu(__global const float4* restrict from, __global float4* restrict to, const ulong n) {
  const size_t i = get_global_id(0);
  if (i < n) to[i] = from[i];
}

// Eight chains hide the latency of four cycles of two units. x stays near c / (1 - f). Contracted where the device has the
// instruction: mad() may be two on PoCL, and fma() is a function where there is none.
#pragma OPENCL FP_CONTRACT ON
#define STEP(x) x = x * f + c
#define ROUND STEP(x0); STEP(x1); STEP(x2); STEP(x3); STEP(x4); STEP(x5); STEP(x6); STEP(x7)

__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void multiply_add_cpu(__global T* restrict out, const uint rounds, const T factor, const T summand) {
  const T16 f = factor, c = summand;
  T16 x0 = c, x1 = c + 1, x2 = c + 2, x3 = c + 3, x4 = c + 4, x5 = c + 5, x6 = c + 6, x7 = c + 7;
  for (uint i = 0; i < rounds; ++i) { ROUND; ROUND; }
  const T16 all = x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7;
  const T4 part = all.lo.lo + all.lo.hi + all.hi.lo + all.hi.hi;
  out[get_global_id(0)] = part.x + part.y + part.z + part.w;
}

__kernel void multiply_add_gpu(__global T* restrict out, const uint rounds, const T factor, const T summand) {
  const T f = factor, c = summand + (T)get_local_id(0);
  T x0 = c, x1 = c + 1, x2 = c + 2, x3 = c + 3, x4 = c + 4, x5 = c + 5, x6 = c + 6, x7 = c + 7;
  for (uint i = 0; i < rounds; ++i) { ROUND; ROUND; }
  out[get_global_id(0)] = x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7;
}

// What device code of clotho shares. T is the type of the elements; the host defines it, and T_BITS, T_IS_FLOAT, T_IS_SIGNED.
#ifndef CLOTHO_COMMON_H
#define CLOTHO_COMMON_H

#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif

#ifndef T
#define T float
#define T_BITS 32
#define T_IS_FLOAT 1
#define T_IS_SIGNED 1
#endif

#define CONCAT_(a, b) a##b
#define CONCAT(a, b) CONCAT_(a, b)
#define T16 CONCAT(T, 16)

// a * b + c, in one where that is fast: rusticl's software device takes a hundred instructions for fma, and PoCL's CPU
// devices have it without saying so.
#if defined(FP_FAST_FMAF) || defined(__FMA__)
#define MULTIPLY_ADD fma
#else
#define MULTIPLY_ADD mad
#endif

// Where code is made for the processor itself: fetches what comes after `from`, for loops that do so much with each element that
// the processor sees little of what comes, and would wait for memory at each line.
#if (defined(__x86_64__) || defined(__aarch64__)) && defined(__has_builtin)
#if __has_builtin(__builtin_prefetch)
#define FETCH_AHEAD(from) __builtin_prefetch((const void*)((size_t)(from) + 4096))
#endif
#endif
#ifndef FETCH_AHEAD
#define FETCH_AHEAD(from)
#endif

// Programs are built with CPU_ONLY or GPU_ONLY defined: where kernels are many, those of the other shape are left out.

// A kernel whose work-items work by themselves: the shape for CPU devices.
#define ONE_BY_ONE __attribute__((reqd_work_group_size(1, 1, 1)))

#endif

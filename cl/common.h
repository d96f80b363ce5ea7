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

// Programs are built with CPU_ONLY or GPU_ONLY defined: where kernels are many, those of the other shape are left out.

// A kernel whose work-items work by themselves: the shape for CPU devices.
#define ONE_BY_ONE __attribute__((reqd_work_group_size(1, 1, 1)))

#endif

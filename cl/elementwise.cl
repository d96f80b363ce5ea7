// A user's statement for each index i of n: y[i] = a * x[i] + y[i]. ARGUMENTS are the parameters that it uses.
// Launch: _cpu one item a TILE of indices, which the compiler makes vectors of; _gpu an item an index, rounded up.
#ifndef ARGUMENTS
#define ARGUMENTS const float a, __global const float *x, __global float *y
#define NO_SNIPPETS
#endif
#ifndef TILE
#define TILE 4096
#endif
#ifndef GROUP
#define GROUP 128
#endif

#ifdef __clang__
#pragma clang diagnostic ignored "-Wpass-failed" // a statement that loops itself is done one index at a time
#endif
#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void elementwise_cpu(const ulong n, ARGUMENTS) {
  const size_t clotho_first = get_global_id(0) * TILE;
  const size_t clotho_end = min(clotho_first + TILE, (size_t)n);
#ifdef __clang__
#pragma clang loop vectorize(enable)
#endif
  for (size_t i = clotho_first; i < clotho_end; ++i) {
#ifdef NO_SNIPPETS
    y[i] = a * x[i] + y[i];
#else
#pragma clotho snippet STATEMENT
    ;
#endif
  }
}

__attribute__((reqd_work_group_size(GROUP, 1, 1))) __kernel void elementwise_gpu(const ulong n, ARGUMENTS) {
  const size_t i = get_global_id(0);
  if (i < n) {
#ifdef NO_SNIPPETS
    y[i] = a * x[i] + y[i];
#else
#pragma clotho snippet STATEMENT
    ;
#endif
  }
}

// y = a * x + y for n values.
// Launch: one work-item a value, any local size.
//
// /// clotho
// kernel = "saxpy"
// global = ["n"]
// args = { n = 1048576, a = 2.0, x = "rand:n", y = "rand:n,seed=2" }
// print = ["y"]
// flops = "2*n"
// bytes = "12*n"
// ///
__kernel void saxpy(const uint n, const float a, __global const float* restrict x, __global float* restrict y) {
  const size_t i = get_global_id(0);
  if (i < n) y[i] = a * x[i] + y[i];
}

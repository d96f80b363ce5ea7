// Edge strengths as pencil on paper: none is white, `full` and more is black. gamma below 1 brings out faint
// edges. Launch: one work-item a pixel, any range, any local size.
__kernel void tone(__global const float* restrict strength, __global uchar* restrict out, const float full,
                   const float gamma) {
  const size_t i = get_global_id(1) * get_global_size(0) + get_global_id(0);
  const float part = clamp(strength[i] / full, 0.0f, 1.0f);
  const float dark = part > 0.0f ? exp(gamma * log(part)) : 0.0f;  // pow() is four times slower on CPUs
  out[i] = convert_uchar_sat_rte(255.0f * (1.0f - dark));
}

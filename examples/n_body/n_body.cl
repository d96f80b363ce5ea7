// Bodies that attract each other, a leapfrog step for a share of them: velocities change by the pull of all, times `kick`;
// then the share moves by its velocities, times `drift`. Gravity's constant is 1; pulls are softened below sqrt(softening2).
// bodies: (n), x, y, z and mass. velocities (w is 0), moved: of the share, which begins at body `first`.
// Launch: one work-item a body of the share, any local size.
__kernel void n_body(const uint n, const uint first, const float kick, const float drift, const float softening2,
                     __global const float4* restrict bodies, __global float4* restrict velocities, __global float4* restrict moved) {
  const size_t i = get_global_id(0);
  const float4 mine = bodies[first + i];
  float4 pull = (float4)(0.0f);
  for (uint j = 0; j < n; ++j) {
    float4 apart = bodies[j] - mine;
    apart.w = 0.0f; // of masses
    const float inverse = rsqrt(dot(apart, apart) + softening2);
    pull += bodies[j].w * inverse * inverse * inverse * apart;
  }
  const float4 velocity = velocities[i] + kick * pull;
  velocities[i] = velocity;
  moved[i] = mine + drift * velocity;
}

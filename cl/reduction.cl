// Reductions of what users write: cl/reduction_snippets.cl stands in front, with their functions. Up to four results in one reading,
// in the order of cl/reduce.cl: lanes of 64 over tiles of 4096 indices, then the results of tiles in the same way.
//
// Names end in _ where users' arguments are in scope.
#include "common.h"

#ifndef RESULTS
#define RESULTS 1
#define R0 float
#define ARGUMENTS __global const float *x
#define ARGUMENT_NAMES x
static inline float map_0(const size_t i, ARGUMENTS) { return x[i]; }
static inline float combine_0(const float a, const float b) { return a + b; }
static inline float neutral_0(void) { return 0; }
#endif
#define TILE 4096
#define TILES 4 // that a work-item or a group folds
#define LANES 64

// F(k) of each result; the same as a list behind others.
#if RESULTS == 1
#define EACH(F) F(0)
#elif RESULTS == 2
#define EACH(F) F(0) F(1)
#elif RESULTS == 3
#define EACH(F) F(0) F(1) F(2)
#else
#define EACH(F) F(0) F(1) F(2) F(3)
#endif

#define PARTS_PARAMETER(k) , __global R##k *restrict parts_##k
#define RESULT_PARAMETER(k) , __global R##k *restrict result_##k

#define LANES_OF(k)                                                                                                                \
  R##k lanes_##k[LANES];                                                                                                           \
  for (size_t lane_ = 0; lane_ < LANES; ++lane_) lanes_##k[lane_] = neutral_##k();
#define FOLD_ROW(k)                                                                                                                \
  for (size_t lane_ = 0; lane_ < LANES; ++lane_)                                                                                   \
    lanes_##k[lane_] = combine_##k(lanes_##k[lane_], map_##k(i_ + lane_, ARGUMENT_NAMES));
#define FOLD_REST(k)                                                                                                               \
  for (size_t lane_ = 0; i_ + lane_ < end_; ++lane_)                                                                               \
    lanes_##k[lane_] = combine_##k(lanes_##k[lane_], map_##k(i_ + lane_, ARGUMENT_NAMES));
#define FOLD_LANES(k)                                                                                                              \
  for (size_t step_ = LANES / 2; step_ > 0; step_ /= 2)                                                                            \
    for (size_t lane_ = 0; lane_ < step_; ++lane_) lanes_##k[lane_] = combine_##k(lanes_##k[lane_], lanes_##k[lane_ + step_]);

#define FIRST_PARAMETER const ulong tiles_

#ifndef GPU_ONLY
__kernel ONE_BY_ONE void reduction_cpu(ARGUMENTS EACH(PARTS_PARAMETER), const ulong count_) {
  const size_t first_ = get_global_id(0) * TILES;
  for (size_t tile_ = first_; tile_ < first_ + TILES && tile_ * TILE < count_; ++tile_) {
    const size_t end_ = min((tile_ + 1) * TILE, (size_t)count_);
    size_t i_ = tile_ * TILE;
    EACH(LANES_OF)
    for (; i_ + LANES <= end_; i_ += LANES) {
      EACH(FOLD_ROW)
    }
    EACH(FOLD_REST)
    EACH(FOLD_LANES)
#define STORE_PART(k) parts_##k[tile_] = lanes_##k[0];
    EACH(STORE_PART)
  }
}

#define FOLD_PARTS(k)                                                                                                              \
  {                                                                                                                                \
    LANES_OF(k)                                                                                                                    \
    for (size_t i_ = 0; i_ < tiles_; ++i_) lanes_##k[i_ % LANES] = combine_##k(lanes_##k[i_ % LANES], parts_##k[i_]);              \
    FOLD_LANES(k)                                                                                                                  \
    result_##k[0] = lanes_##k[0];                                                                                                  \
  }

__kernel ONE_BY_ONE void reduction_parts_cpu(FIRST_PARAMETER EACH(PARTS_PARAMETER) EACH(RESULT_PARAMETER)) { EACH(FOLD_PARTS) }
#endif

#ifndef CPU_ONLY
// ---- GPU: 64 work-items for each tile ----

#define LOCAL_LANES(k) __local R##k lanes_##k[LANES * TILES];
#define FOLD_ITEM(k)                                                                                                               \
  {                                                                                                                                \
    R##k own_ = neutral_##k();                                                                                                     \
    for (size_t i_ = tile_ * TILE + lane_; i_ < end_; i_ += LANES) own_ = combine_##k(own_, map_##k(i_, ARGUMENT_NAMES));          \
    lanes_##k[at_] = own_;                                                                                                         \
  }
#define FOLD_STEP(k) lanes_##k[at_] = combine_##k(lanes_##k[at_], lanes_##k[at_ + step_]);
#define STORE_RESULT_OF_TILE(k) parts_##k[tile_] = lanes_##k[at_];

__kernel __attribute__((reqd_work_group_size(LANES *TILES, 1, 1))) void reduction_gpu(ARGUMENTS EACH(PARTS_PARAMETER),
                                                                                      const ulong count_) {
  EACH(LOCAL_LANES)
  const size_t at_ = get_local_id(0), lane_ = at_ % LANES, tile_ = get_group_id(0) * TILES + at_ / LANES;
  const size_t end_ = min((tile_ + 1) * TILE, (size_t)count_);
  EACH(FOLD_ITEM)
  for (size_t step_ = LANES / 2; step_ > 0; step_ /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane_ < step_) {
      EACH(FOLD_STEP)
    }
  }
  if (lane_ == 0 && tile_ * TILE < count_) {
    EACH(STORE_RESULT_OF_TILE)
  }
}

#define FOLD_PARTS_OF_ITEM(k)                                                                                                      \
  {                                                                                                                                \
    R##k own_ = neutral_##k();                                                                                                     \
    for (size_t i_ = at_; i_ < tiles_; i_ += LANES) own_ = combine_##k(own_, parts_##k[i_]);                                       \
    lanes_##k[at_] = own_;                                                                                                         \
  }
#define LOCAL_LANES_OF_PARTS(k) __local R##k lanes_##k[LANES];
#define STORE_RESULT(k) result_##k[0] = lanes_##k[0];

__kernel __attribute__((reqd_work_group_size(LANES, 1, 1))) void
reduction_parts_gpu(FIRST_PARAMETER EACH(PARTS_PARAMETER) EACH(RESULT_PARAMETER)) {
  EACH(LOCAL_LANES_OF_PARTS)
  const size_t at_ = get_local_id(0);
  EACH(FOLD_PARTS_OF_ITEM)
  for (size_t step_ = LANES / 2; step_ > 0; step_ /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (at_ < step_) {
      EACH(FOLD_STEP)
    }
  }
  if (at_ == 0) {
    EACH(STORE_RESULT)
  }
}
#endif

// In front of reduction.cl: the user's part. Result k is combined of what its map says of each index; there are RESULTS.
#include "common.h"

#ifndef ARGUMENTS
#define BY_ITSELF
#define ARGUMENTS __global const float *x
#define ARGUMENT_NAMES x
#define RESULTS 4
#define R0 float
#define R1 float
#define R2 float
#define R3 float
#endif

#ifndef BY_ITSELF
#pragma clotho snippet preamble
#endif

#if RESULTS > 0
static inline R0 map_0(const size_t i, ARGUMENTS) {
  return (
#ifdef BY_ITSELF
      x[i]
#else
#pragma clotho snippet map_0
#endif
  );
}

static inline R0 combine_0(const R0 a, const R0 b) {
  return (
#ifdef BY_ITSELF
      a + b
#else
#pragma clotho snippet combine_0
#endif
  );
}

static inline R0 neutral_0(void) {
  return (
#ifdef BY_ITSELF
      0
#else
#pragma clotho snippet neutral_0
#endif
  );
}
#endif

#if RESULTS > 1
static inline R1 map_1(const size_t i, ARGUMENTS) {
  return (
#ifdef BY_ITSELF
      x[i]
#else
#pragma clotho snippet map_1
#endif
  );
}

static inline R1 combine_1(const R1 a, const R1 b) {
  return (
#ifdef BY_ITSELF
      a + b
#else
#pragma clotho snippet combine_1
#endif
  );
}

static inline R1 neutral_1(void) {
  return (
#ifdef BY_ITSELF
      0
#else
#pragma clotho snippet neutral_1
#endif
  );
}
#endif

#if RESULTS > 2
static inline R2 map_2(const size_t i, ARGUMENTS) {
  return (
#ifdef BY_ITSELF
      x[i]
#else
#pragma clotho snippet map_2
#endif
  );
}

static inline R2 combine_2(const R2 a, const R2 b) {
  return (
#ifdef BY_ITSELF
      a + b
#else
#pragma clotho snippet combine_2
#endif
  );
}

static inline R2 neutral_2(void) {
  return (
#ifdef BY_ITSELF
      0
#else
#pragma clotho snippet neutral_2
#endif
  );
}
#endif

#if RESULTS > 3
static inline R3 map_3(const size_t i, ARGUMENTS) {
  return (
#ifdef BY_ITSELF
      x[i]
#else
#pragma clotho snippet map_3
#endif
  );
}

static inline R3 combine_3(const R3 a, const R3 b) {
  return (
#ifdef BY_ITSELF
      a + b
#else
#pragma clotho snippet combine_3
#endif
  );
}

static inline R3 neutral_3(void) {
  return (
#ifdef BY_ITSELF
      0
#else
#pragma clotho snippet neutral_3
#endif
  );
}
#endif

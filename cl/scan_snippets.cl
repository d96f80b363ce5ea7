// In front of segmented_scan.cl for scan_kernel: the user's part.
#include "common.h"

#ifndef ARGUMENTS
#define BY_ITSELF
#define ARGUMENTS __global const float *x, __global float *y
#define ARGUMENT_NAMES x, y
#endif
#define READS ARGUMENTS
#define READ_NAMES ARGUMENT_NAMES

#ifndef BY_ITSELF
#pragma clotho snippet preamble
#endif

static inline T item_of(const size_t i, ARGUMENTS) {
  return (
#ifdef BY_ITSELF
      x[i]
#else
#pragma clotho snippet input
#endif
  );
}

static inline T combined(const T a, const T b) {
  return (
#ifdef BY_ITSELF
      a + b
#else
#pragma clotho snippet combine
#endif
  );
}

static inline T neutral_item(void) {
  return (
#ifdef BY_ITSELF
      0
#else
#pragma clotho snippet neutral
#endif
  );
}

static inline bool is_head(const size_t i, ARGUMENTS) {
  return (
#ifdef BY_ITSELF
      false
#else
#pragma clotho snippet head
#endif
  );
}

// before: what was folded up to i; item: with i.
static inline void store_item(const size_t i, const T before, const T item, ARGUMENTS) {
#ifdef BY_ITSELF
  y[i] = item;
#else
#pragma clotho snippet output
#endif
  ;
}

#define OP(a, b) combined(a, b)
#define NEUTRAL neutral_item()
#define IS_LOGICAL 0
#define HEAD(i) ((i) == 0 || is_head(i, ARGUMENT_NAMES))
#define ITEM(i) item_of(i, ARGUMENT_NAMES)
#define STORE(i, before, after) store_item(i, before, after, ARGUMENT_NAMES)

// In front of compact.cl: whether the user keeps an element.
#include "common.h"

#ifndef K
#define K float
#define BY_ITSELF
#endif

static inline bool is_kept(const K x) {
  return (
#ifdef BY_ITSELF
      x > 0
#else
#pragma clotho snippet predicate
#endif
  );
}

// axpy and scal, of elements that lie `step` apart, from `first` on.
#include "common.h"
#include "prefetch.h"
#include "real.h"

// CPU shape: an item does `tile` elements.
ONE_BY_ONE kernel void axpy_cpu(const S alpha, global const T* restrict x, const ulong x_first, const long x_step, global T* restrict y,
                                const ulong y_first, const long y_step, const ulong n, const uint tile) {
  ulong i = get_global_id(0) * tile;
  const ulong end = min(i + tile, n);
  x += x_first;
  y += y_first;
  if (x_step == 1 && y_step == 1)
    for (; i + VECTOR <= end; i += VECTOR) {
      FETCH_AHEAD(x + i);
      FETCH_AHEAD(y + i);
      STORE(fma((SV)alpha, LOAD(x + i), LOAD(y + i)), y + i);
    }
  for (; i < end; ++i) {
    global T* const at = y + (long)i * y_step;
    STORE_ONE(fma(alpha, (S)LOAD_ONE(x + (long)i * x_step), (S)LOAD_ONE(at)), at);
  }
}

ONE_BY_ONE kernel void scal_cpu(const S alpha, global T* restrict x, const ulong first, const long step, const ulong n, const uint tile) {
  ulong i = get_global_id(0) * tile;
  const ulong end = min(i + tile, n);
  x += first;
  if (step == 1)
    for (; i + VECTOR <= end; i += VECTOR) STORE((SV)alpha * LOAD(x + i), x + i);
  for (; i < end; ++i) STORE_ONE(alpha * (S)LOAD_ONE(x + (long)i * step), x + (long)i * step);
}

// GPU shape: an item does one.
kernel void axpy_gpu(const S alpha, global const T* restrict x, const ulong x_first, const long x_step, global T* restrict y,
                     const ulong y_first, const long y_step, const ulong n) {
  const ulong i = get_global_id(0);
  if (i >= n) return;
  global T* const at = y + y_first + (long)i * y_step;
  STORE_ONE(fma(alpha, (S)LOAD_ONE(x + x_first + (long)i * x_step), (S)LOAD_ONE(at)), at);
}

kernel void scal_gpu(const S alpha, global T* restrict x, const ulong first, const long step, const ulong n) {
  const ulong i = get_global_id(0);
  if (i >= n) return;
  global T* const at = x + first + (long)i * step;
  STORE_ONE(alpha * (S)LOAD_ONE(at), at);
}

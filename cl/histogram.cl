// How many of n elements belong to each of `bins` bins. RULE says which bin is whose; those of none are in bin `bins`, which is
// left out.
//
// Few bins are counted in private or local memory, a tile at a time. On CPUs each tile leaves a row of counts; on GPUs groups add
// theirs to a row by atomics, as work-items do for many bins: a row for each 2^31 elements, so that 32 bits hold a count. Rows
// are added up at the end.
#include "common.h"
#include "prefetch.h"

#define RULE_BYTES 0     // bin x of bytes
#define RULE_INTEGERS 1  // even bins: floor((x - low) * bins / width)
#define RULE_REALS 2     // even bins: trunc((x - low) * scale), rounded twice
#define RULE_EDGES 3     // edges[bin] <= x < edges[bin + 1]
#ifndef RULE
#define RULE RULE_REALS
#endif
#ifndef COUNT
#define COUNT uint // of the result
#endif
#ifndef MOST
#define MOST 4096 // bins that private and local memory have room for
#endif
#ifndef PARTS
#define PARTS 2 // counters of each bin, 2 or 4: equal neighbours would wait for each other
#endif
#define WG 256      // gpu: work-items of a group
#define ITEMS 128   // gpu: elements of each
#define FOLDED 64   // cpu: bins that a work-item adds up
#define ROW_BITS 31 // elements of a row, where several tiles share one

#if T_IS_FLOAT
#include "real.h"
#else
#define S T
#define LOAD_ONE(p) (*(p))
#endif

// What the host says of the bins: low, width and bins * 2^64 / width, rounded down; low, high and scale; or the edges. Not a
// struct: Oclgrind 21.10 dies of what LLVM makes of those in loops, and of restrict.
#if RULE == RULE_INTEGERS
#define R ulong
#elif RULE == RULE_REALS
#define R S
#else
#define R T
#endif
#if RULE == RULE_INTEGERS || RULE == RULE_REALS
#define BINS const R low, const R size, const R scale, const uint bins
#define BIN_NAMES low, size, scale, bins
#define TAKE_RULE const R low = rule[0], size = rule[1], scale = rule[2]
#else
#define BINS __global const R *edges, const uint bins
#define BIN_NAMES edges, bins
#define TAKE_RULE __global const R *edges = rule
#endif

// At most `bins`, which is: none.
static inline uint bin_of(const S value, BINS) {
#if RULE == RULE_BYTES
  return value;
#elif RULE == RULE_INTEGERS
  const ulong offset = (ulong)value - low; // too large for what is less
  if (offset >= size) return bins;
  const ulong bin = mul_hi(offset, scale); // or the one before
  const ulong next = (bin + 1) * size, next_high = mul_hi(bin + 1, size);
  const ulong wanted = offset * bins, wanted_high = mul_hi(offset, (ulong)bins);
  return (uint)bin + (next_high < wanted_high || (next_high == wanted_high && next <= wanted) ? 1 : 0);
#elif RULE == RULE_REALS
  return value >= low && value < size ? min((uint)((value - low) * scale), bins - 1) : bins;
#else
  if (!(value >= LOAD_ONE(edges) && value < LOAD_ONE(edges + bins))) return bins;
  uint bin = 0;
  for (uint left = bins; left > 1; left -= left / 2) bin += value >= LOAD_ONE(edges + bin + left / 2) ? left / 2 : 0;
  return bin;
#endif
}

static inline void count_one(__global const T *x, __global uint *row, BINS) {
  const uint bin = bin_of(LOAD_ONE(x), BIN_NAMES);
  if (bin < bins) atomic_inc(row + bin);
}

static inline COUNT fold_one(__global const uint *rows, const size_t bin, const uint bins, const ulong height) {
  COUNT sum = 0;
  for (size_t row = 0; row < height; ++row) sum += rows[row * bins + bin];
  return sum;
}

#ifndef GPU_ONLY
// --- cpu: work-item i counts tile i ---

#if RULE == RULE_BYTES
// Tiles begin at multiples of 8.
static inline size_t count_words(__global const T *x, size_t i, const size_t end, uint own[PARTS][MOST + 1]) {
  __global const ulong *words = (__global const ulong *)x;
  for (; i + 8 <= end; i += 8) {
    const ulong word = words[i / 8];
    ++own[0][word & 255];
    ++own[1][word >> 8 & 255];
    ++own[2][word >> 16 & 255];
    ++own[3][word >> 24 & 255];
    ++own[0][word >> 32 & 255];
    ++own[1][word >> 40 & 255];
    ++own[2][word >> 48 & 255];
    ++own[3][word >> 56];
  }
  return i;
}
#endif

__kernel ONE_BY_ONE void histogram_tile_cpu(__global const T *x, __global const R *rule, __global uint *rows, const uint bins,
                                            const uint tile, const ulong n) {
  uint own[PARTS][MOST + 1];
  TAKE_RULE;
  for (uint part = 0; part < PARTS; ++part)
    for (uint bin = 0; bin <= bins; ++bin) own[part][bin] = 0;
  const size_t t = get_global_id(0), end = min((t + 1) * tile, (size_t)n);
  size_t i = t * tile;
#if RULE == RULE_BYTES
  i = count_words(x, i, end, own);
#endif
  for (; i + 2 <= end; i += 2) {
    const uint even = bin_of(LOAD_ONE(x + i), BIN_NAMES), odd = bin_of(LOAD_ONE(x + i + 1), BIN_NAMES);
    FETCH_AHEAD(x + i);
    ++own[0][even];
    ++own[1][odd];
  }
  for (; i < end; ++i) ++own[0][bin_of(LOAD_ONE(x + i), BIN_NAMES)];
  for (uint bin = 0; bin < bins; ++bin) {
    uint sum = 0;
    for (uint part = 0; part < PARTS; ++part) sum += own[part][bin];
    rows[t * bins + bin] = sum;
  }
}

__kernel ONE_BY_ONE void histogram_many_cpu(__global const T *x, __global const R *rule, __global uint *rows, const uint bins,
                                            const uint tile, const ulong n) {
  TAKE_RULE;
  const size_t begin = get_global_id(0) * tile, end = min(begin + tile, (size_t)n);
  for (size_t i = begin; i < end; ++i) count_one(x + i, rows + (begin >> ROW_BITS) * bins, BIN_NAMES);
}

__kernel ONE_BY_ONE void histogram_fold_cpu(__global const uint *rows, __global COUNT *counts, const uint bins, const ulong height) {
  const size_t begin = get_global_id(0) * FOLDED;
  if (begin + FOLDED > bins) {
    for (size_t bin = begin; bin < bins; ++bin) counts[bin] = fold_one(rows, bin, bins, height);
    return;
  }
  COUNT sums[FOLDED];
  for (uint bin = 0; bin < FOLDED; ++bin) sums[bin] = 0;
  for (size_t row = 0; row < height; ++row)
    for (uint bin = 0; bin < FOLDED; ++bin) sums[bin] += rows[row * bins + begin + bin];
  for (uint bin = 0; bin < FOLDED; ++bin) counts[begin + bin] = sums[bin];
}
#endif

#ifndef CPU_ONLY
// --- gpu: group g counts tile g, of WG * ITEMS elements ---

#define GROUPED __attribute__((reqd_work_group_size(WG, 1, 1)))

__kernel GROUPED void histogram_tile_gpu(__global const T *x, __global const R *rule, __global uint *rows, const uint bins, const ulong n) {
  __local uint own[MOST];
  TAKE_RULE;
  const uint lid = (uint)get_local_id(0);
  for (uint bin = lid; bin < bins; bin += WG) own[bin] = 0;
  barrier(CLK_LOCAL_MEM_FENCE);
  const size_t begin = get_group_id(0) * WG * ITEMS, end = min(begin + WG * ITEMS, (size_t)n);
  for (size_t i = begin + lid; i < end; i += WG) {
    const uint bin = bin_of(LOAD_ONE(x + i), BIN_NAMES);
    if (bin < bins) atomic_inc(own + bin);
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint bin = lid; bin < bins; bin += WG)
    if (own[bin] != 0) atomic_add(rows + (begin >> ROW_BITS) * bins + bin, own[bin]);
}

__kernel GROUPED void histogram_many_gpu(__global const T *x, __global const R *rule, __global uint *rows, const uint bins, const ulong n) {
  TAKE_RULE;
  const size_t begin = get_group_id(0) * WG * ITEMS, end = min(begin + WG * ITEMS, (size_t)n);
  for (size_t i = begin + get_local_id(0); i < end; i += WG) count_one(x + i, rows + (begin >> ROW_BITS) * bins, BIN_NAMES);
}

__kernel GROUPED void histogram_fold_gpu(__global const uint *rows, __global COUNT *counts, const uint bins, const ulong height) {
  const size_t bin = get_global_id(0);
  if (bin >= bins) return;
  counts[bin] = fold_one(rows, bin, bins, height);
}
#endif

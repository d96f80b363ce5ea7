// Square tiles in registers: SIDE vectors of SIDE elements, transposed by log2(SIDE) stages of shuffles that are known when
// the kernel is compiled. Define TILE_V (the vector's type) and TILE_SIDE (8 or 16) before this is included.
#ifndef CLOTHO_TILE_H
#define CLOTHO_TILE_H

#ifndef TILE_V
#define TILE_V uint16
#define TILE_SIDE 16
#endif

// Each stage exchanges what lies beside the diagonal, of blocks half as large as the stage before.
#if TILE_SIDE == 16
#define SWAP_HALVES(a, b) \
  { const TILE_V p = (TILE_V)(a.lo, b.lo), q = (TILE_V)(a.hi, b.hi); a = p; b = q; }
#define SWAP_FOURS(a, b) \
  { const TILE_V p = (TILE_V)(a.s0123, b.s0123, a.s89ab, b.s89ab), q = (TILE_V)(a.s4567, b.s4567, a.scdef, b.scdef); a = p; b = q; }
#define SWAP_PAIRS(a, b) \
  { const TILE_V p = (TILE_V)(a.s01, b.s01, a.s45, b.s45, a.s89, b.s89, a.scd, b.scd), \
                 q = (TILE_V)(a.s23, b.s23, a.s67, b.s67, a.sab, b.sab, a.sef, b.sef); a = p; b = q; }
#define SWAP_ONES(a, b) \
  { const TILE_V p = (TILE_V)(a.s0, b.s0, a.s2, b.s2, a.s4, b.s4, a.s6, b.s6, a.s8, b.s8, a.sa, b.sa, a.sc, b.sc, a.se, b.se), \
                 q = (TILE_V)(a.s1, b.s1, a.s3, b.s3, a.s5, b.s5, a.s7, b.s7, a.s9, b.s9, a.sb, b.sb, a.sd, b.sd, a.sf, b.sf); a = p; b = q; }
#else
#define SWAP_FOURS(a, b) \
  { const TILE_V p = (TILE_V)(a.lo, b.lo), q = (TILE_V)(a.hi, b.hi); a = p; b = q; }
#define SWAP_PAIRS(a, b) \
  { const TILE_V p = (TILE_V)(a.s01, b.s01, a.s45, b.s45), q = (TILE_V)(a.s23, b.s23, a.s67, b.s67); a = p; b = q; }
#define SWAP_ONES(a, b) \
  { const TILE_V p = (TILE_V)(a.s0, b.s0, a.s2, b.s2, a.s4, b.s4, a.s6, b.s6), \
                 q = (TILE_V)(a.s1, b.s1, a.s3, b.s3, a.s5, b.s5, a.s7, b.s7); a = p; b = q; }
#endif

// Transposes the tile whose rows are r[0] to r[TILE_SIDE - 1].
inline __attribute__((always_inline)) void transpose_tile(TILE_V r[TILE_SIDE]) {
#if TILE_SIDE == 16
#pragma unroll
  for (int i = 0; i < 8; ++i) SWAP_HALVES(r[i], r[i + 8])
#endif
#pragma unroll
  for (int i = 0; i < TILE_SIDE; i += 8)
#pragma unroll
    for (int j = i; j < i + 4; ++j) SWAP_FOURS(r[j], r[j + 4])
#pragma unroll
  for (int i = 0; i < TILE_SIDE; i += 4)
#pragma unroll
    for (int j = i; j < i + 2; ++j) SWAP_PAIRS(r[j], r[j + 2])
#pragma unroll
  for (int i = 0; i < TILE_SIDE; i += 2) SWAP_ONES(r[i], r[i + 1])
}

#endif

// Elements T that are real numbers, and what is calculated with: S, float for half; SV, a vector of them as a CPU likes it.
#ifndef CLOTHO_REAL_H
#define CLOTHO_REAL_H

#if T_BITS == 64
#define S double
#define VECTOR 8
#else
#define S float
#define VECTOR 16
#endif
#define SV CONCAT(S, VECTOR)

#if T_BITS == 16
#define LOAD(p) CONCAT(vload_half, VECTOR)(0, p)
#define STORE(v, p) CONCAT(vstore_half, VECTOR)(v, 0, p)
#define LOAD_ONE(p) vload_half(0, p)
#define STORE_ONE(v, p) vstore_half(v, 0, p)
#else
#define LOAD(p) CONCAT(vload, VECTOR)(0, p)
#define STORE(v, p) CONCAT(vstore, VECTOR)(v, 0, p)
#define LOAD_ONE(p) (*(p))
#define STORE_ONE(v, p) (*(p) = (v))
#endif
#define LOAD_SUM(p) CONCAT(vload, VECTOR)(0, p)
#define STORE_SUM(v, p) CONCAT(vstore, VECTOR)(v, 0, p)

#define INLINE __attribute__((always_inline)) inline

// c = scaled + beta * c; does not read it when beta is 0.
INLINE void update(global T* c, const S scaled, const S beta) {
  STORE_ONE(beta == 0 ? scaled : fma(beta, (S)LOAD_ONE(c), scaled), c);
}

#endif

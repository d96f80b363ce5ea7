// SPDX-License-Identifier: Apache-2.0
// Transforms of a few numbers each. V is the type of a number, real and imaginary parts apart: a vector of T transforms
// as many columns at once.
#ifndef CLOTHO_FFT_RADIX_H
#define CLOTHO_FFT_RADIX_H

#define EACH_RADIX(DO) DO(2) DO(3) DO(4) DO(5) DO(7) DO(8)

static void dft_2(V* re, V* im) {
  const V a = re[1], b = im[1];
  re[1] = re[0] - a;
  im[1] = im[0] - b;
  re[0] += a;
  im[0] += b;
}

static void dft_3(V* re, V* im) {
  const V sr = re[1] + re[2], si = im[1] + im[2];
  const V dr = (re[1] - re[2]) * (T)0.86602540378443864676, di = (im[1] - im[2]) * (T)0.86602540378443864676;
  const V mr = re[0] - sr * (T)0.5, mi = im[0] - si * (T)0.5;
  re[0] += sr;
  im[0] += si;
  re[1] = mr + di;
  im[1] = mi - dr;
  re[2] = mr - di;
  im[2] = mi + dr;
}

static void dft_4(V* re, V* im) {
  const V ar = re[0] + re[2], ai = im[0] + im[2], br = re[0] - re[2], bi = im[0] - im[2];
  const V cr = re[1] + re[3], ci = im[1] + im[3], dr = re[1] - re[3], di = im[1] - im[3];
  re[0] = ar + cr;
  im[0] = ai + ci;
  re[1] = br + di;
  im[1] = bi - dr;
  re[2] = ar - cr;
  im[2] = ai - ci;
  re[3] = br - di;
  im[3] = bi + dr;
}

// One pair of results of an odd length: x0 and c are what the sums make, d what the differences make.
#define PAIR(k, r, cr, ci, dr, di) \
  re[k] = (cr) + (di);             \
  im[k] = (ci) - (dr);             \
  re[(r) - (k)] = (cr) - (di);     \
  im[(r) - (k)] = (ci) + (dr)

static void dft_5(V* re, V* im) {
  const T c1 = (T)0.30901699437494742410, c2 = (T)-0.80901699437494742410;
  const T s1 = (T)0.95105651629515357212, s2 = (T)0.58778525229247312917;
  const V ar = re[1] + re[4], ai = im[1] + im[4], br = re[2] + re[3], bi = im[2] + im[3];
  const V er = re[1] - re[4], ei = im[1] - im[4], fr = re[2] - re[3], fi = im[2] - im[3];
  const V xr = re[0], xi = im[0];
  re[0] = xr + ar + br;
  im[0] = xi + ai + bi;
  PAIR(1, 5, xr + ar * c1 + br * c2, xi + ai * c1 + bi * c2, er * s1 + fr * s2, ei * s1 + fi * s2);
  PAIR(2, 5, xr + ar * c2 + br * c1, xi + ai * c2 + bi * c1, er * s2 - fr * s1, ei * s2 - fi * s1);
}

static void dft_7(V* re, V* im) {
  const T c1 = (T)0.62348980185873353053, c2 = (T)-0.22252093395631440429, c3 = (T)-0.90096886790241912624;
  const T s1 = (T)0.78183148246802980871, s2 = (T)0.97492791218182360702, s3 = (T)0.43388373911755812048;
  const V ar = re[1] + re[6], ai = im[1] + im[6], br = re[2] + re[5], bi = im[2] + im[5], cr = re[3] + re[4], ci = im[3] + im[4];
  const V er = re[1] - re[6], ei = im[1] - im[6], fr = re[2] - re[5], fi = im[2] - im[5], gr = re[3] - re[4], gi = im[3] - im[4];
  const V xr = re[0], xi = im[0];
  re[0] = xr + ar + br + cr;
  im[0] = xi + ai + bi + ci;
  PAIR(1, 7, xr + ar * c1 + br * c2 + cr * c3, xi + ai * c1 + bi * c2 + ci * c3, er * s1 + fr * s2 + gr * s3,
       ei * s1 + fi * s2 + gi * s3);
  PAIR(2, 7, xr + ar * c2 + br * c3 + cr * c1, xi + ai * c2 + bi * c3 + ci * c1, er * s2 - fr * s3 - gr * s1,
       ei * s2 - fi * s3 - gi * s1);
  PAIR(3, 7, xr + ar * c3 + br * c1 + cr * c2, xi + ai * c3 + bi * c1 + ci * c2, er * s3 - fr * s1 + gr * s2,
       ei * s3 - fi * s1 + gi * s2);
}

static void dft_8(V* re, V* im) {
  const T h = (T)0.70710678118654752440;
  V er[4] = {re[0], re[2], re[4], re[6]}, ei[4] = {im[0], im[2], im[4], im[6]};
  V fr[4] = {re[1], re[3], re[5], re[7]}, fi[4] = {im[1], im[3], im[5], im[7]};
  dft_4(er, ei);
  dft_4(fr, fi);
  const V r1 = (fr[1] + fi[1]) * h, i1 = (fi[1] - fr[1]) * h;
  const V r3 = (fi[3] - fr[3]) * h, i3 = (fi[3] + fr[3]) * -h;
  re[0] = er[0] + fr[0];
  im[0] = ei[0] + fi[0];
  re[4] = er[0] - fr[0];
  im[4] = ei[0] - fi[0];
  re[1] = er[1] + r1;
  im[1] = ei[1] + i1;
  re[5] = er[1] - r1;
  im[5] = ei[1] - i1;
  re[2] = er[2] + fi[2];
  im[2] = ei[2] - fr[2];
  re[6] = er[2] - fi[2];
  im[6] = ei[2] + fr[2];
  re[3] = er[3] + r3;
  im[3] = ei[3] + i3;
  re[7] = er[3] - r3;
  im[7] = ei[3] - i3;
}

// Stockham's step with a small radix R makes, of x, seen as [R][positions][inner], y, seen as [positions][R][inner]. Its roots are
// w(positions R)^(p k) for each p, and k from 1. This is what happens between loading and storing.
#define TWISTED(R)                                                                                                       \
  static void twisted_##R(V* re, V* im, const uint p, const __global T* roots) {                                         \
    dft_##R(re, im);                                                                                                     \
    if (p == 0) return;                                                                                                  \
    _Pragma("unroll") for (int k = 1; k < R; ++k) {                                                                      \
      const T wr = roots[2 * (k - 1)], wi = roots[2 * (k - 1) + 1];                                                      \
      const V x = re[k], y = im[k];                                                                                      \
      re[k] = x * wr - y * wi;                                                                                           \
      im[k] = x * wi + y * wr;                                                                                           \
    }                                                                                                                    \
  }
EACH_RADIX(TWISTED)

#endif

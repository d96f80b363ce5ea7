// Random numbers by counters: Philox 4x32-10 and Threefry 4x32-20 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as
// easy as 1, 2, 3, SC 2011). A stream is a sequence of 32-bit words, four to a block: block b is the cipher of the counter
// (b low, b high, substream low, substream high) under the key. Element i of a fill is made of the words at its place in
// the stream alone, so neither the shape of a launch nor the width of vectors can be seen in the result.
//
// out: n elements, the first is element `lead` of those from block `first` on, a multiple of 16, so that counters of 16
// blocks differ in their last bits alone. Launch, with all = lead + n elements, of which BLOCK make a block: _cpu: a work-item
// for every CHUNKS * 16 blocks; _gpu: one for every block, in groups of WG. Little-endian devices.
#ifndef ENGINE
#define ENGINE 0 // 0: Philox, 1: Threefry
#endif
#ifndef LANES
#define LANES 16 // words that are turned into elements at once: 16 for _cpu, 4 for _gpu
#endif
#ifndef MAKE
#define MAKE 1 // 0: bits, 1: uniform, 2: normal, 3: integers of a range; T: an integer of 32 or 64 bits, float or double
#endif
#ifndef WG
#define WG 64 // work-items to a group of _gpu
#endif
#ifndef CHUNKS
#define CHUNKS 64 // of 16 blocks, to a work-item of _cpu
#endif

#include "common.h"

#pragma OPENCL FP_CONTRACT OFF // the same bits everywhere

#if LANES == 16
#define HALF(type) CONCAT(type, 8)
#define QUARTER(type) CONCAT(type, 4)
#define IN_HALF 8
#define IN_QUARTER 4
#else
#define HALF(type) CONCAT(type, 2)
#define QUARTER(type) type
#define IN_HALF 2
#define IN_QUARTER 1
#endif
#define FULL(type) CONCAT(type, LANES)
typedef FULL(uint) words; // consecutive words of the stream

// Words per element, and elements that LANES words make.
#if MAKE == 3
#define WORDS (T_BITS / 16)
#else
#define WORDS (T_BITS / 32)
#endif
#define BLOCK (4 / WORDS)
#if WORDS == 1
#define VECTOR(type) FULL(type)
#define WIDTH LANES
#elif WORDS == 2
#define VECTOR(type) HALF(type)
#define WIDTH IN_HALF
#else
#define VECTOR(type) QUARTER(type)
#define WIDTH IN_QUARTER
#endif

typedef VECTOR(T) elements;
#define AS_ELEMENTS CONCAT(as_, VECTOR(T))
#if LANES == 4 && WORDS == 4
#define STORE(values, at) (*(at) = (values))
#else
#define STORE(values, at) CONCAT(vstore, WIDTH)(values, 0, at)
#endif

// ---- from words to elements ----
// a, b: uniform: the result is b + u * a, at most `limit`; normal: b + z * a; integers: b + an integer below a, or any if a is 0.

#if MAKE == 0
static inline elements make(const words w, const T a, const T b, const T limit) {
  return AS_ELEMENTS(w);
}

#elif MAKE == 1
static inline elements make(const words w, const T a, const T b, const T limit) {
#if T_BITS == 32 // the upper 24 bits
  const elements u = CONCAT(convert_, FULL(float))(w >> 8) * 0x1p-24f;
#else // the upper 53 bits, of a low and a high word
  const elements u = CONCAT(convert_, HALF(double))(CONCAT(as_, HALF(ulong))(w) >> 11) * 0x1p-53;
#endif
  return fmin(u * a + b, (elements)(limit));
}

#elif MAKE == 2
// Box and Muller: two normals of two uniforms, u1 in (0, 1] and u2 in [0, 1): sqrt(-2 ln u1) times cos and sin of 2 pi u2.
#if T_BITS == 32
typedef HALF(float) reals;
typedef HALF(uint) naturals;
typedef HALF(int) integers;
#define AS_REALS CONCAT(as_, HALF(float))
#define AS_NATURALS CONCAT(as_, HALF(uint))
#define TO_REALS CONCAT(convert_, HALF(float))
#define TO_INTEGERS CONCAT(as_, HALF(int))
#define QUARTER_TURN 30 // a turn is 2^32: bits in a quarter
#if LANES == 16
#define INTERLEAVE(p, q) \
  (float16)((p).s0, (q).s0, (p).s1, (q).s1, (p).s2, (q).s2, (p).s3, (q).s3, (p).s4, (q).s4, (p).s5, (q).s5, (p).s6, \
            (q).s6, (p).s7, (q).s7)
#else
#define INTERLEAVE(p, q) (float4)((p).s0, (q).s0, (p).s1, (q).s1)
#endif
#else
typedef QUARTER(double) reals;
typedef QUARTER(ulong) naturals;
typedef QUARTER(long) integers;
#define AS_REALS CONCAT(as_, QUARTER(double))
#define AS_NATURALS CONCAT(as_, QUARTER(ulong))
#define TO_REALS CONCAT(convert_, QUARTER(double))
#define TO_INTEGERS CONCAT(as_, QUARTER(long))
#define QUARTER_TURN 62
#if LANES == 16
#define INTERLEAVE(p, q) (double8)((p).s0, (q).s0, (p).s1, (q).s1, (p).s2, (q).s2, (p).s3, (q).s3)
#else
#define INTERLEAVE(p, q) (double2)(p, q)
#endif
#endif
#define C(value) ((reals)(value))

// -2 ln u, for normal u in (0, 1].
static inline reals minus_two_ln(const reals u) {
#if T_BITS == 32
  // u = m * 2^e, m in [sqrt(1/2), sqrt(2)); polynomial of Cephes' logf, by Moshier.
  const naturals bits = AS_NATURALS(u) + (0x3f800000u - 0x3f3504f3u);
  const reals e = TO_REALS(TO_INTEGERS(bits >> 23) - 127);
  const reals x = AS_REALS((bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  const reals z = x * x;
  reals p = MULTIPLY_ADD(x, C(7.0376836292e-2f), C(-1.1514610310e-1f));
  p = MULTIPLY_ADD(p, x, C(1.1676998740e-1f));
  p = MULTIPLY_ADD(p, x, C(-1.2420140846e-1f));
  p = MULTIPLY_ADD(p, x, C(1.4249322787e-1f));
  p = MULTIPLY_ADD(p, x, C(-1.6668057665e-1f));
  p = MULTIPLY_ADD(p, x, C(2.0000714765e-1f));
  p = MULTIPLY_ADD(p, x, C(-2.4999993993e-1f));
  p = MULTIPLY_ADD(p, x, C(3.3333331174e-1f));
  p = MULTIPLY_ADD(e, C(-2.12194440e-4f), p * x * z);
  p = MULTIPLY_ADD(C(-0.5f), z, p);
  return -2.0f * MULTIPLY_ADD(e, C(0.693359375f), x + p);
#else
  return -2.0 * log(u);
#endif
}

// Sine and cosine of a part of a turn, turn / 2^32 (or 2^64); polynomials of Cephes' sinf, cosf, sin and cos.
static inline void sine_cosine(const naturals turn, reals* sine, reals* cosine) {
  const naturals quarter = (turn + ((naturals)(1) << (QUARTER_TURN - 1))) >> QUARTER_TURN;
  const reals rest = TO_REALS(TO_INTEGERS(turn - (quarter << QUARTER_TURN))); // of the nearest multiple of a quarter
#if T_BITS == 32
  const reals x = rest * 1.46291807926715968e-9f; // pi / 2^31
  const reals z = x * x;
  reals s = MULTIPLY_ADD(z, C(-1.9515295891e-4f), C(8.3321608736e-3f));
  s = MULTIPLY_ADD(s, z, C(-1.6666654611e-1f));
  s = MULTIPLY_ADD(s * z, x, x);
  reals c = MULTIPLY_ADD(z, C(2.443315711809948e-5f), C(-1.388731625493765e-3f));
  c = MULTIPLY_ADD(c, z, C(4.166664568298827e-2f));
  c = MULTIPLY_ADD(c * z, z, MULTIPLY_ADD(C(-0.5f), z, C(1.0f)));
#else
  const reals x = rest * 3.40612158008655459e-19; // pi / 2^63
  const reals z = x * x;
  reals s = MULTIPLY_ADD(z, C(1.58962301576546568060e-10), C(-2.50507477628578072866e-8));
  s = MULTIPLY_ADD(s, z, C(2.75573136213857245213e-6));
  s = MULTIPLY_ADD(s, z, C(-1.98412698295895385996e-4));
  s = MULTIPLY_ADD(s, z, C(8.33333333332211858878e-3));
  s = MULTIPLY_ADD(s, z, C(-1.66666666666666307295e-1));
  s = MULTIPLY_ADD(s * z, x, x);
  reals c = MULTIPLY_ADD(z, C(-1.13585365213876817300e-11), C(2.08757008419747316778e-9));
  c = MULTIPLY_ADD(c, z, C(-2.75573141792967388112e-7));
  c = MULTIPLY_ADD(c, z, C(2.48015872888517045348e-5));
  c = MULTIPLY_ADD(c, z, C(-1.38888888888730564116e-3));
  c = MULTIPLY_ADD(c, z, C(4.16666666666665929218e-2));
  c = MULTIPLY_ADD(c * z, z, MULTIPLY_ADD(C(-0.5), z, C(1.0)));
#endif
  const naturals odd = (naturals)(0) - (quarter & 1);
  const naturals sine_bits = AS_NATURALS(s), cosine_bits = AS_NATURALS(c), differ = (sine_bits ^ cosine_bits) & odd;
  const int sign = T_BITS - 2; // bit 1 of a number of quarters to the sign
  *sine = AS_REALS((sine_bits ^ differ) ^ ((quarter & 2) << sign));
  *cosine = AS_REALS((cosine_bits ^ differ) ^ (((quarter + 1) & 2) << sign));
}

static inline elements make(const words w, const T a, const T b, const T limit) {
#if T_BITS == 32
  const naturals first = w.even, second = w.odd;
  const reals u = TO_REALS(first) * 0x1p-32f + 0x1p-33f;
#else
  const HALF(ulong) both = CONCAT(as_, HALF(ulong))(w);
  const naturals first = both.even, second = both.odd;
  const reals u = TO_REALS(first >> 11) * 0x1p-53 + 0x1p-53;
#endif
  const reals radius = sqrt(minus_two_ln(u));
  reals sine, cosine;
  sine_cosine(second, &sine, &cosine);
  const reals first_of_two = radius * cosine, second_of_two = radius * sine;
  return INTERLEAVE(first_of_two, second_of_two) * a + b;
}

#else
// The upper half of the product of a number of twice the bits with the size of the range.
static inline elements make(const words w, const T a, const T b, const T limit) {
  const HALF(ulong) x = CONCAT(as_, HALF(ulong))(w);
#if T_BITS == 32
  const ulong count = (uint)a;
  const HALF(ulong) product = count == 0 ? x : (x >> 32) * count + (((x & 0xffffffffu) * count) >> 32);
  return AS_ELEMENTS(CONCAT(convert_, HALF(uint))(product >> 32) + (uint)b);
#else
  const QUARTER(ulong) low = x.even, high = x.odd;
  const ulong count = (ulong)a;
  const QUARTER(ulong) more = mul_hi(low, (QUARTER(ulong))(count)), product = high * count;
  // Not by a comparison: Oclgrind 21.10 makes 255 of what is true in a vector.
  const QUARTER(ulong) carry = ((product & more) | ((product | more) & ~(product + more))) >> 63;
  const QUARTER(ulong) chosen = count == 0 ? high : mul_hi(high, (QUARTER(ulong))(count)) + carry;
  return AS_ELEMENTS(chosen + (ulong)b);
#endif
}
#endif

// ---- from counters to words ----

// A round of Threefry, and the key after each fourth.
#define MIX(x0, x1, x2, x3, left, right) \
  x0 += x1, x2 += x3, x1 = rotate(x1, (LANE)(left)) ^ x0, x3 = rotate(x3, (LANE)(right)) ^ x2
#define KEY(a, b, c, d, r) x += a, y += b, z += c, w += d + r
#define THREEFRY \
  const uint k4 = 0x1BD11BDAu ^ k.x ^ k.y ^ k.z ^ k.w; \
  KEY(k.x, k.y, k.z, k.w, 0); \
  MIX(x, y, z, w, 10, 26); MIX(x, w, z, y, 11, 21); MIX(x, y, z, w, 13, 27); MIX(x, w, z, y, 23, 5); \
  KEY(k.y, k.z, k.w, k4, 1); \
  MIX(x, y, z, w, 6, 20); MIX(x, w, z, y, 17, 11); MIX(x, y, z, w, 25, 10); MIX(x, w, z, y, 18, 20); \
  KEY(k.z, k.w, k4, k.x, 2); \
  MIX(x, y, z, w, 10, 26); MIX(x, w, z, y, 11, 21); MIX(x, y, z, w, 13, 27); MIX(x, w, z, y, 23, 5); \
  KEY(k.w, k4, k.x, k.y, 3); \
  MIX(x, y, z, w, 6, 20); MIX(x, w, z, y, 17, 11); MIX(x, y, z, w, 25, 10); MIX(x, w, z, y, 18, 20); \
  KEY(k4, k.x, k.y, k.z, 4); \
  MIX(x, y, z, w, 10, 26); MIX(x, w, z, y, 11, 21); MIX(x, y, z, w, 13, 27); MIX(x, w, z, y, 23, 5); \
  KEY(k.x, k.y, k.z, k.w, 5)

#if LANES == 4
#define LANE uint
static inline uint4 block(const ulong counter, const uint2 substream, const uint4 k) {
  uint x = (uint)counter, y = (uint)(counter >> 32), z = substream.x, w = substream.y;
#if ENGINE == 1
  THREEFRY;
#else
  uint kx = k.x, ky = k.y;
  for (int round = 0; round < 10; ++round, kx += 0x9E3779B9u, ky += 0xBB67AE85u) {
    const uint high_x = mul_hi(0xD2511F53u, x), low_x = 0xD2511F53u * x;
    const uint high_z = mul_hi(0xCD9E8D57u, z), low_z = 0xCD9E8D57u * z;
    x = high_z ^ y ^ kx, y = low_z, z = high_x ^ w ^ ky, w = low_x;
  }
#endif
  return (uint4)(x, y, z, w);
}

__kernel __attribute__((reqd_work_group_size(WG, 1, 1)))
void random_gpu(const ulong n, const ulong first, const uint lead, const uint2 substream, const uint4 key, const T a,
                         const T b, const T limit, __global T* restrict out) {
  const ulong i = get_global_id(0);
  const elements made = make(block(first + i, substream, key), a, b, limit);
  const ulong begin = i * BLOCK; // counted from the first element of the first block
  if (begin >= lead && begin - lead + BLOCK <= n) {
    STORE(made, out + (begin - lead));
    return;
  }
  T each[BLOCK];
  STORE(made, each);
  for (uint j = 0; j < BLOCK; ++j)
    if (begin + j >= lead && begin + j - lead < n) out[begin + j - lead] = each[j];
}

#else
// Sixteen blocks in the order of the stream. Lanes hold blocks in such an order that only neighbours change places then.
#define EVEN(a, b) as_uint16((ulong8)(a.s0, b.s0, a.s2, b.s2, a.s4, b.s4, a.s6, b.s6))
#define ODD(a, b) as_uint16((ulong8)(a.s1, b.s1, a.s3, b.s3, a.s5, b.s5, a.s7, b.s7))
#if ENGINE == 1
#define LANE uint16
#define PAIRS_LOW(a, b) \
  as_ulong8((uint16)(a.s0, b.s0, a.s1, b.s1, a.s4, b.s4, a.s5, b.s5, a.s8, b.s8, a.s9, b.s9, a.sc, b.sc, a.sd, b.sd))
#define PAIRS_HIGH(a, b) \
  as_ulong8((uint16)(a.s2, b.s2, a.s3, b.s3, a.s6, b.s6, a.s7, b.s7, a.sa, b.sa, a.sb, b.sb, a.se, b.se, a.sf, b.sf))
static inline void blocks(const ulong counter, const uint2 substream, const uint4 k, words* made) {
  uint16 x = (uint)counter + (uint16)(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  uint16 y = (uint)(counter >> 32), z = substream.x, w = substream.y;
  THREEFRY;
  const ulong8 xy_low = PAIRS_LOW(x, y), xy_high = PAIRS_HIGH(x, y), zw_low = PAIRS_LOW(z, w), zw_high = PAIRS_HIGH(z, w);
  made[0] = EVEN(xy_low, zw_low);
  made[1] = ODD(xy_low, zw_low);
  made[2] = EVEN(xy_high, zw_high);
  made[3] = ODD(xy_high, zw_high);
}
#else
// Words in the lower halves of 64-bit lanes, where products need no moving about; upper halves may hold anything.
#define PRODUCT(v, factor) (((v) & 0xffffffffu) * (ulong)(factor))
static inline void eight_blocks(const ulong8 counter, const uint2 substream, const uint4 k, words* made) {
  ulong8 x = counter, y = counter.s0 >> 32, z = substream.x, w = substream.y;
  uint kx = k.x, ky = k.y;
#pragma unroll
  for (int round = 0; round < 10; ++round, kx += 0x9E3779B9u, ky += 0xBB67AE85u) {
    const ulong8 of_x = PRODUCT(x, 0xD2511F53u), of_z = PRODUCT(z, 0xCD9E8D57u);
    x = (of_z >> 32) ^ y ^ kx, y = of_z, z = (of_x >> 32) ^ w ^ ky, w = of_x;
  }
  const ulong8 xy = (x & 0xffffffffu) | (y << 32), zw = (z & 0xffffffffu) | (w << 32);
  made[0] = EVEN(xy, zw);
  made[1] = ODD(xy, zw);
}
static inline void blocks(const ulong counter, const uint2 substream, const uint4 k, words* made) {
  const ulong8 lane = (ulong8)(0, 4, 1, 5, 2, 6, 3, 7);
  eight_blocks(counter + lane, substream, k, made);
  eight_blocks(counter + 8 + lane, substream, k, made + 2);
}
#endif

ONE_BY_ONE __kernel void random_cpu(const ulong n, const ulong first, const uint lead, const uint2 substream, const uint4 key, const T a,
                const T b, const T limit, __global T* restrict out) {
  const ulong chunk = get_global_id(0) * CHUNKS;
  for (uint c = 0; c < CHUNKS; ++c) {
    const ulong begin = (chunk + c) * (16 * BLOCK); // counted from the first element of the first block
    if (begin >= lead + n) return;
    words made[4];
    blocks(first + (chunk + c) * 16, substream, key, made);
    if (begin >= lead && begin - lead + 16 * BLOCK <= n) {
      for (uint j = 0; j < 4; ++j) STORE(make(made[j], a, b, limit), out + (begin - lead) + j * WIDTH);
      continue;
    }
    T each[16 * BLOCK];
    for (uint j = 0; j < 4; ++j) STORE(make(made[j], a, b, limit), each + j * WIDTH);
    for (uint j = 0; j < 16 * BLOCK; ++j)
      if (begin + j >= lead && begin + j - lead < n) out[begin + j - lead] = each[j];
  }
}
#endif

// Vectors of LANES f32, one register each. They are the compilers' own vector types, so the same source compiles for
// AVX-512, AVX2, SSE and NEON. `a + b`, `a * b` and comparisons work lane by lane, as for numbers.
#pragma once
#include "wordvec.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__AVX512F__)
#define LANES 16
#define REGISTERS 32
#elif defined(__AVX__)
#define LANES 8
#define REGISTERS 16
#elif defined(__aarch64__)
#define LANES 4
#define REGISTERS 32
#else
#define LANES 4
#define REGISTERS 16
#endif
#define VECTOR_BYTES (4 * LANES)
#define LINE_BYTES 64  // a cache line, on every processor but Apple's, where it is 128

typedef f32 vec __attribute__((vector_size(VECTOR_BYTES)));
typedef i32 ivec __attribute__((vector_size(VECTOR_BYTES)));  // also the result of comparisons: 0 or -1 in each lane
typedef f32 loose_vec __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));

INLINE vec load(const f32 *from) { return *(const loose_vec *)from; }
INLINE void store(f32 *to, vec a) { *(loose_vec *)to = a; }
INLINE vec splat(f32 a) { return a - (vec){0}; }

// a * b + c, rounded once if the processor can (all but x86-64-v2).
INLINE vec multiply_add(vec a, vec b, vec c) {
#if defined(__AVX512F__)
  return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__)
  return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
  return (vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return a * b + c;
#endif
}

// Lane by lane: a where `condition` is true, b elsewhere.
INLINE vec choose(ivec condition, vec a, vec b) { return (vec)((condition & (ivec)a) | (~condition & (ivec)b)); }
INLINE vec absolute(vec a) { return (vec)((ivec)a & 0x7FFFFFFF); }
INLINE vec smaller(vec a, vec b) { return choose(a < b, a, b); }  // b where either is NaN

// 1 / sqrt(h) for normal h > 0: the processor's estimate, improved by Newton's method, e <- e (3 - h e^2) / 2. It is
// accurate to the last bits and much faster than a square root and a division. Estimates differ between vendors.
INLINE vec inverse_root(vec h) {
#if defined(__AVX512F__)
  vec e = (vec)_mm512_rsqrt14_ps((__m512)h);  // 14 bits
#elif defined(__AVX__)
  vec e = (vec)_mm256_rsqrt_ps((__m256)h);  // 12 bits
#elif defined(__aarch64__)
  vec e = (vec)vrsqrteq_f32((float32x4_t)h);  // 8 bits, so it takes one more step
  e = e * splat(-0.5f) * multiply_add(h * e, e, splat(-3.0f));
#else
  vec e = (vec)_mm_rsqrt_ps((__m128)h);  // 12 bits
#endif
  return e * splat(-0.5f) * multiply_add(h * e, e, splat(-3.0f));
}

// --- sums over lanes

// Halve the runs of `width` lanes of partial sums, so that the sums of a and b fit into one vector. For 4 lanes and
// width 4:  a0+a2 a1+a3 b2+b0 b3+b1. Half of the lanes stay in place, which is cheaper than moving all.
#if LANES == 16
#define FOLD16(a, b)                                                                                                  \
  (__builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 29, 30, 31) +                            \
   __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23))
#define FOLD8(a, b)                                                                                                   \
  (__builtin_shufflevector(a, b, 0, 1, 2, 3, 20, 21, 22, 23, 8, 9, 10, 11, 28, 29, 30, 31) +                          \
   __builtin_shufflevector(a, b, 4, 5, 6, 7, 16, 17, 18, 19, 12, 13, 14, 15, 24, 25, 26, 27))
#define FOLD4(a, b)                                                                                                   \
  (__builtin_shufflevector(a, b, 0, 1, 18, 19, 4, 5, 22, 23, 8, 9, 26, 27, 12, 13, 30, 31) +                          \
   __builtin_shufflevector(a, b, 2, 3, 16, 17, 6, 7, 20, 21, 10, 11, 24, 25, 14, 15, 28, 29))
#define FOLD2(a, b)                                                                                                   \
  (__builtin_shufflevector(a, b, 0, 17, 2, 19, 4, 21, 6, 23, 8, 25, 10, 27, 12, 29, 14, 31) +                         \
   __builtin_shufflevector(a, b, 1, 16, 3, 18, 5, 20, 7, 22, 9, 24, 11, 26, 13, 28, 15, 30))
#elif LANES == 8
#define FOLD8(a, b)                                                                                                   \
  (__builtin_shufflevector(a, b, 0, 1, 2, 3, 12, 13, 14, 15) +                                                        \
   __builtin_shufflevector(a, b, 4, 5, 6, 7, 8, 9, 10, 11))
#define FOLD4(a, b)                                                                                                   \
  (__builtin_shufflevector(a, b, 0, 1, 10, 11, 4, 5, 14, 15) +                                                        \
   __builtin_shufflevector(a, b, 2, 3, 8, 9, 6, 7, 12, 13))
#define FOLD2(a, b)                                                                                                   \
  (__builtin_shufflevector(a, b, 0, 9, 2, 11, 4, 13, 6, 15) +                                                         \
   __builtin_shufflevector(a, b, 1, 8, 3, 10, 5, 12, 7, 14))
#else
#define FOLD4(a, b)                                                                                                   \
  (__builtin_shufflevector(a, b, 0, 1, 6, 7) + __builtin_shufflevector(a, b, 2, 3, 4, 5))
#define FOLD2(a, b)                                                                                                   \
  (__builtin_shufflevector(a, b, 0, 5, 2, 7) + __builtin_shufflevector(a, b, 1, 4, 3, 6))
#endif

INLINE vec fold(vec a, vec b, int width) {
  switch (width) {
#if LANES >= 16
    case 16: return FOLD16(a, b);
#endif
#if LANES >= 8
    case 8: return FOLD8(a, b);
#endif
    case 4: return FOLD4(a, b);
    default: return FOLD2(a, b);
  }
}

// The sum of the lanes, by halving: always in the same order.
INLINE f32 sum_of_lanes(vec a) {
  for (int width = LANES; width > 1; width /= 2) a = fold(a, a, width);
  return a[0];
}

// --- exp, sigmoid, softplus and log, to float32 precision: by polynomials, without tables
//
// With e = exp(-|u|), which never overflows:
//   sigmoid(u)  = 1 / (1 + e) for u >= 0, e / (1 + e) below
//   softplus(u) = log(1 + exp(u)) = max(u, 0) + log(1 + e)          softplus(-u) = -log sigmoid(u)
// The minimax polynomials were fitted by reweighted least squares; their errors before rounding are 2e-9 and 5e-9.

#define LN2_HIGH 0.693359375f  // log(2) in two parts: n * LN2_HIGH is exact for small n
#define LN2_LOW -2.12194440e-4f

// exp(-size) for size >= 0: 2^n exp(r) with n the nearest integer to -size / log(2), |r| <= log(2) / 2. Sizes above 80
// are treated as 80: 1 + exp(-80) == 1, and products with exp(-80) are normal numbers, which are much faster.
INLINE vec exp_of_minus(vec size) {
  const vec x = -smaller(splat(80.0f), size);  // NaN stays NaN
  const vec round = splat(12582912.0f);        // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
  const vec shifted = multiply_add(x, splat(1.4426950408889634f), round);
  const vec n = shifted - round;
  const vec r = multiply_add(n, splat(-LN2_LOW), multiply_add(n, splat(-LN2_HIGH), x));
  vec p = splat(0.001383684579319851f);
  p = multiply_add(p, r, splat(0.008374815931446507f));
  p = multiply_add(p, r, splat(0.0416682255808011f));
  p = multiply_add(p, r, splat(0.16666420168348822f));
  p = multiply_add(p, r, splat(0.4999999207973143f));
  p = multiply_add(p, r, splat(1.0f));
  p = multiply_add(p, r, splat(1.0f));
  return (vec)((ivec)p + ((ivec)shifted << 23));
}

// log(1 + e) / e for 0 <= e <= 1.
INLINE vec log1p_over(vec e) {
  vec p = splat(0.003930451451692262f);
  p = multiply_add(p, e, splat(-0.02385543055803245f));
  p = multiply_add(p, e, splat(0.06808464499057726f));
  p = multiply_add(p, e, splat(-0.12690883134348935f));
  p = multiply_add(p, e, splat(0.18569815422793035f));
  p = multiply_add(p, e, splat(-0.24672686795728677f));
  p = multiply_add(p, e, splat(0.3328966793471502f));
  p = multiply_add(p, e, splat(-0.4999709427424776f));
  return multiply_add(p, e, splat(0.9999993280603052f));
}

// sigmoid(u), given e = exp(-|u|).
INLINE vec sigmoid(vec u, vec e) {
  const vec inverse = splat(1.0f) / (e + splat(1.0f));
  return choose(u >= splat(0.0f), inverse, e * inverse);
}

// log(1 + exp(u)), given e = exp(-|u|). NaN where u is NaN: the loss must show that training diverged.
INLINE vec softplus(vec u, vec e) { return multiply_add(e, log1p_over(e), choose(u < splat(0.0f), splat(0.0f), u)); }

// --- float16 in memory, f32 in registers: load_half and store_half, if the processor can convert (HAS_HALF)
#if defined(__AVX512F__)
#define HAS_HALF 1
INLINE vec load_half(const u16 *from) { return (vec)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)from)); }
INLINE void truncate_to_half(u16 *to, vec a) {
  _mm256_storeu_si256((__m256i *)to, _mm512_cvtps_ph((__m512)a, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC));
}
#elif defined(__F16C__)
#define HAS_HALF 1
INLINE vec load_half(const u16 *from) { return (vec)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)from)); }
INLINE void truncate_to_half(u16 *to, vec a) {
  _mm_storeu_si128((__m128i *)to, _mm256_cvtps_ph((__m256)a, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC));
}
#elif defined(__aarch64__)
#define HAS_HALF 1
INLINE vec load_half(const u16 *from) { return (vec)vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(from))); }
INLINE void truncate_to_half(u16 *to, vec a) {  // clears the bits that float16 lacks, so the conversion is exact
  const vec cut = (vec)((ivec)a & ~0x1FFF);
  vst1_u16(to, vreinterpret_u16_f16(vcvt_f16_f32((float32x4_t)cut)));
}
#else
#define HAS_HALF 0
#endif

typedef u32 uvec __attribute__((vector_size(VECTOR_BYTES)));

// 32 random bits for each lane: a hash of the lane's number, a key and the vector's column.
INLINE uvec random_bits(u32 key, i64 column) {
  uvec x;
#pragma GCC unroll 16
  for (u32 lane = 0; lane < LANES; lane++) x[lane] = lane * 0x9E3779B1u;
  x += key + (u32)column * 0x85EBCA6Bu;
  x = (x ^ (x >> 16)) * 0x7FEB352Du;
  x = (x ^ (x >> 15)) * 0x846CA68Bu;
  return x ^ (x >> 16);
}

#if HAS_HALF
// Store as float16, rounded up or down at random so that the mean is right (stochastic rounding): 13 random bits are
// added to the 13 bits that float16 lacks, and the result is truncated.
INLINE void store_half(u16 *to, vec a, uvec random) { truncate_to_half(to, (vec)((uvec)a + (random & 0x1FFF))); }
#endif

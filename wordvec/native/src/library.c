// Information about a build, and which builds the processor can run.
#include "wordvec.h"
#include "vectors.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

// The instruction set that this build was compiled for.
EXPORT const char *wordvec_isa(void) { return WORDVEC_ISA; }

// The checksum of the sources that it was compiled from.
EXPORT const char *wordvec_sources(void) { return WORDVEC_SOURCES; }

// The number of f32 in a vector of this build.
EXPORT i64 wordvec_lanes(void) { return LANES; }

// The number of the best build of its family that the processor can run, 0 for none. On x86-64, 1, 2 and 3 are -v2, -v3
// and -v4 (System V ABI for AMD64, section 3.1.1); 2 and 3 need an operating system that saves the wider registers.
EXPORT i64 wordvec_level(void) {
#if defined(__x86_64__)
  u32 a, b, c, d, low, high;
  const u32 v2_needs = bit_SSE3 | bit_SSSE3 | bit_SSE4_1 | bit_SSE4_2 | bit_POPCNT | bit_CMPXCHG16B;
  if (!__get_cpuid(1, &a, &b, &c, &d) || (c & v2_needs) != v2_needs) return 0;
  if (!(c & bit_OSXSAVE)) return 1;
  const u32 v3_first = bit_FMA | bit_MOVBE | bit_AVX | bit_F16C;
  bool v3 = (c & v3_first) == v3_first;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 1;
  const u32 v3_second = bit_AVX2 | bit_BMI | bit_BMI2;
  v3 = v3 && (b & v3_second) == v3_second && (low & 0x6) == 0x6;
  const u32 v4_needs = bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL;
  const bool v4 = v3 && (b & v4_needs) == v4_needs && (low & 0xE6) == 0xE6;
  if (__get_cpuid(0x80000001, &a, &b, &c, &d)) v3 = v3 && (c & bit_LZCNT);
  return v4 && v3 ? 3 : v3 ? 2 : 1;
#else
  return 1;
#endif
}

// Whether this build supports float16 tables.
EXPORT i64 wordvec_has_half(void) { return HAS_HALF; }

// Bytes of text: eight of them as one number, and which of 64 bytes are in a range, as the bits of a u64. All supported
// processors are little-endian: the first byte is in the lowest bits.
#pragma once
#include "vectors.h"

#define PADDING 128  // line feeds after every text, so that 64 bytes can be loaded wherever it ends

typedef u8 bytes __attribute__((vector_size(VECTOR_BYTES)));
typedef u8 loose_bytes __attribute__((vector_size(VECTOR_BYTES), aligned(1), may_alias));

INLINE u64 eight_bytes(const u8 *text) {
  u64 bits;
  memcpy(&bits, text, 8);
  return bits;
}

// The index of the lowest set bit, or 64 if none is set.
INLINE i64 lowest_bit(u64 bits) { return bits ? __builtin_ctzll(bits) : 64; }

// The number of set bits.
INLINE i64 bits_set(u64 bits) { return __builtin_popcountll(bits); }

INLINE bytes load_bytes(const u8 *text) { return *(const loose_bytes *)text; }

// 255 for each byte in first..last, 0 for any other. The bounds are constants, so the compiler keeps only one case.
INLINE bytes within(bytes part, u8 first, u8 last) {
  if (first == last) return (bytes)(part == first);
  if (last == 0xFF) return (bytes)(part >= first);
  return (bytes)(part - first <= (bytes){0} + (u8)(last - first));  // bytes below `first` wrap round to large numbers
}

#if VECTOR_BYTES == 64
// The same as bits. AVX-512 compares directly into bits; compilers do not discover that on their own.
INLINE u64 bits_within(bytes part, u8 first, u8 last) {
  if (first == last) return _mm512_cmpeq_epi8_mask((__m512i)part, _mm512_set1_epi8((char)first));
  if (last == 0xFF) return _mm512_cmpge_epu8_mask((__m512i)part, _mm512_set1_epi8((char)first));
  return _mm512_cmple_epu8_mask((__m512i)(part - first), _mm512_set1_epi8((char)(last - first)));
}

// Which of text[0..63] are in a..b or in c..d.
INLINE u64 bytes_in(const u8 *text, u8 a, u8 b, u8 c, u8 d) {
  const bytes part = load_bytes(text);
  return bits_within(part, a, b) | bits_within(part, c, d);
}
#else
// One bit for each byte of a comparison's result.
INLINE u64 bits_of(bytes found) {
#if VECTOR_BYTES == 32
  return (u32)_mm256_movemask_epi8((__m256i)found);
#elif defined(__x86_64__)
  return (u32)_mm_movemask_epi8((__m128i)found);
#else
  const bytes places = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t sums = (uint8x16_t)(found & places);
  for (int i = 0; i < 3; i++) sums = vpaddq_u8(sums, sums);  // adds neighbours: after three rounds, 8 bits in a byte
  return vgetq_lane_u16(vreinterpretq_u16_u8(sums), 0);
#endif
}

// Which of text[0..63] are in a..b or in c..d.
INLINE u64 bytes_in(const u8 *text, u8 a, u8 b, u8 c, u8 d) {
  u64 found = 0;
  for (int i = 0; i < 64; i += VECTOR_BYTES) {
    const bytes part = load_bytes(text + i);
    found |= bits_of(within(part, a, b) | within(part, c, d)) << i;
  }
  return found;
}
#endif

INLINE u64 line_feeds(const u8 *text) { return bytes_in(text, '\n', '\n', '\n', '\n'); }

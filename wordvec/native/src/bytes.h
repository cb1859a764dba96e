// Bytes of text: eight of them as a number, and which of 64 lie in a range, as the bits of a u64. All processors that
// the library is written for are little-endian: the first byte is in the lowest bits.
#pragma once
#include "vectors.h"

#define PADDING 128  // line feeds behind every text, so that 64 bytes can be loaded wherever it ends

typedef u8 bytes __attribute__((vector_size(VECTOR_BYTES)));
typedef u8 loose_bytes __attribute__((vector_size(VECTOR_BYTES), aligned(1), may_alias));

INLINE u64 eight_bytes(const u8 *text) {
  u64 bits;
  memcpy(&bits, text, 8);
  return bits;
}

// The number of the lowest bit that is set, 64 if there is none.
INLINE i64 lowest_bit(u64 bits) { return bits ? __builtin_ctzll(bits) : 64; }

// How many bits are set.
INLINE i64 bits_set(u64 bits) { return __builtin_popcountll(bits); }

// One bit for each byte of a comparison's result, each of which is 0 or 255.
INLINE u64 bits_of(bytes compared) {
#if VECTOR_BYTES == 64
  return _mm512_movepi8_mask((__m512i)compared);
#elif VECTOR_BYTES == 32
  return (u32)_mm256_movemask_epi8((__m256i)compared);
#elif defined(__x86_64__)
  return (u32)_mm_movemask_epi8((__m128i)compared);
#else
  const bytes places = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t sums = (uint8x16_t)(compared & places);
  for (int i = 0; i < 3; i++) sums = vpaddq_u8(sums, sums);  // of neighbours: 8 bits each in the end
  return vgetq_lane_u16(vreinterpretq_u16_u8(sums), 0);
#endif
}

// Which of text[0..63] lie in a..b or in c..d.
INLINE u64 bytes_in(const u8 *text, u8 a, u8 b, u8 c, u8 d) {
  u64 found = 0;
  for (int i = 0; i < 64; i += VECTOR_BYTES) {
    const bytes part = *(const loose_bytes *)(text + i);
    const bytes one = part - a, other = part - c;  // those below wrap round to large numbers
    found |= bits_of((bytes)(one <= (bytes){0} + (u8)(b - a)) | (bytes)(other <= (bytes){0} + (u8)(d - c))) << i;
  }
  return found;
}

INLINE u64 line_feeds(const u8 *text) { return bytes_in(text, 0x0A, 0x0A, 0x0A, 0x0A); }

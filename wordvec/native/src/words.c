// Packed words, concatenated UTF-8 with the end of each word. Called by corpus/words.py.
#include "wordvec.h"

#include <string.h>

#define MULTIPLIER 0x9E3779B97F4A7C15ull

// The share of each word: the sum of byte i (from 1) times MULTIPLIER ** i, modulo 2**64, mixed into one byte.
// Word i ends before ends[i]; the ends never fall and are at most words_size.
EXPORT void share_words(const u8 *words, i64 words_size, const i64 *ends, i64 ends_size, u8 *shares, i64 shares_size) {
  UNUSED(words_size), UNUSED(shares_size);
  i64 at = 0;
  for (i64 i = 0; i < ends_size; i++) {
    u64 sum = 0, power = MULTIPLIER;
    for (; at < ends[i]; at++, power *= MULTIPLIER) sum += words[at] * power;
    shares[i] = (u8)(((sum ^ (sum >> 32)) * MULTIPLIER) >> 56);
  }
}

// Copy the words at these positions into `taken`; copied word i ends before taken_ends[i].
EXPORT void copy_words(const u8 *words, i64 words_size, const i64 *ends, i64 ends_size, const i64 *positions,
                       i64 positions_size, u8 *taken, i64 taken_size, i64 *taken_ends, i64 taken_ends_size) {
  UNUSED(words_size), UNUSED(ends_size), UNUSED(taken_size), UNUSED(taken_ends_size);
  i64 end = 0;
  for (i64 i = 0; i < positions_size; i++) {
    const i64 position = positions[i], start = position > 0 ? ends[position - 1] : 0, length = ends[position] - start;
    memcpy(taken + end, words + start, (size_t)length);
    end += length;
    taken_ends[i] = end;
  }
}

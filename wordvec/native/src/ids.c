// From numbers of pieces to ids of words: the inner loops of corpus/blocks.py and corpus/encoding.py.
#include "wordvec.h"

// Put numbers[ids[i]] in the place of each ids[i].
EXPORT void look_up_ids(i32 *ids, i64 ids_size, const i32 *numbers, i64 numbers_size) {
  UNUSED(numbers_size);
#pragma GCC unroll 8
  for (i64 i = 0; i < ids_size; i++) ids[i] = numbers[ids[i]];
}

// Put in place of each token, piece ids[i] of a block, the words that piece numbers[ids[i]] stands for.
//
// Piece p stands for word_ids[word_starts[p] .. word_starts[p + 1]). Counts the words in counts, and fills
// expanded (words,) and expanded_ends (lines,), the words before each line end.
EXPORT void expand_ids(const i32 *ids, i64 ids_size, const i64 *line_ends, i64 line_ends_size, const i32 *numbers,
                       i64 numbers_size, const i64 *word_starts, i64 word_starts_size, const i32 *word_ids,
                       i64 word_ids_size, i64 *counts, i64 counts_size, i32 *expanded, i64 expanded_size,
                       i64 *expanded_ends, i64 expanded_ends_size) {
  UNUSED(numbers_size), UNUSED(word_starts_size), UNUSED(word_ids_size), UNUSED(counts_size);
  UNUSED(expanded_size), UNUSED(expanded_ends_size);
  i64 words = 0, line = 0;
  for (i64 token = 0; token < ids_size; token++) {
    for (; line < line_ends_size && line_ends[line] <= token; line++) expanded_ends[line] = words;
    const i64 piece = numbers[ids[token]];
    for (i64 i = word_starts[piece]; i < word_starts[piece + 1]; i++) {
      expanded[words++] = word_ids[i];
      counts[word_ids[i]]++;
    }
  }
  for (; line < line_ends_size; line++) expanded_ends[line] = words;
}

// Look up ids in final_id, where -1 leaves a word out.
//
// Fills kept (at most as many as ids, and room for one more) and kept_ends: how many are kept of the first ends[e] ids.
// Returns how many are kept of all.
EXPORT i64 renumber_ids(const i32 *ids, i64 ids_size, const i32 *final_id, i64 final_id_size, const i64 *ends,
                        i64 ends_size, i32 *kept, i64 kept_size, i64 *kept_ends, i64 kept_ends_size) {
  UNUSED(final_id_size), UNUSED(kept_size), UNUSED(kept_ends_size);
  i64 number = 0, i = 0;
  for (i64 e = 0; e <= ends_size; e++) {
    const i64 stop = e < ends_size ? ends[e] : ids_size;
    for (; i < stop; i++) {
      const i32 word_id = final_id[ids[i]];
      kept[number] = word_id;
      number += word_id >= 0;
    }
    if (e < ends_size) kept_ends[e] = number;
  }
  return number;
}

// From piece numbers to word ids: the inner loops of corpus/encode/scanning.py.
#include "wordvec.h"

// Replace each ids[i] by numbers[ids[i]].
EXPORT void look_up_ids(i32 *ids, i64 ids_size, const i32 *numbers, i64 numbers_size) {
  UNUSED(numbers_size);
#pragma GCC unroll 8
  for (i64 i = 0; i < ids_size; i++) ids[i] = numbers[ids[i]];
}

// Replace each token, piece ids[i] of a block, by the words of piece numbers[ids[i]].
//
// The words of piece p are word_ids[word_starts[p] .. word_starts[p + 1]). Counts the words in counts, and fills
// expanded (words,) and expanded_ends (lines,), the number of words before each line end.
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

// Replace ids by final_id[id]; words with final_id -1 are dropped.
//
// Fills kept (which has room for one more than ids) and kept_ends: how many of the first ends[e] ids are kept.
// Returns how many are kept in all.
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

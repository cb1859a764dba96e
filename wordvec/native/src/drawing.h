// What draws.c draws for a block of positions and examples.c makes examples of: one thread's working space.
#pragma once
#include "training.h"

enum { AT_ONCE = 8 };  // words that are copied together, wanted or not: a loop of unknown length takes longer
enum { POOL_GROUPS = 32, POOL_BLOCK = 128 };  // see wordvec/corpus/draws/sampling.py

struct drawing {
  const struct training *training;
  struct shape shape;
  i64 size;            // places: a block, and what its windows reach on both sides
  u64 *keys;           // of the kept tokens' positions; before that, the positions
  i32 *ids;            // kept tokens
  u8 *flags;           // whether a position of the block is kept
  i32 *latest_repeat;  // see find_repeated_words
  i32 *first, *last;   // where the sentence of each token begins and ends
  i32 *reach;          // the window drawn for each token
  i64 *sentence;       // the number of the sentence of each token, where sentences have tags
  i32 *listed;         // contexts of a token there: the tags, then the words of its window
  i32 *negatives;      // (draws, size)
  i64 draws;           // negatives of a centre: K, or K for each of its contexts where pairs have their own
  i32 *met;            // (2 COUNTERS,) quarters of a meeting, by class of rows of W_in, then of W_out
  i32 *repeats;        // (COUNTERS,) zero between uses
  i32 *pool;           // words that negatives come from, as they are for block `pool_block` of POOL_BLOCK positions
  i64 pool_block;
  struct parts_drawing *parts;  // see parts.h; 0 without subwords
};

// The kept tokens of positions begin .. end - 1, with those that their windows reach. Returns how many come before
// `begin`; *count becomes how many come before `end`.
i64 list_kept_tokens(struct drawing *d, i64 begin, i64 end, i64 *count);

// Windows and negatives of the listed tokens begin .. end - 1; replaces their positions by their keys.
void draw_numbers(struct drawing *d, i64 begin, i64 end);

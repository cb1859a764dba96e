// One thread's working space: what draws.c draws for a block of positions, from which examples.c makes examples.
#pragma once
#include "training.h"

enum { AT_ONCE = 8 };  // words copied together, even if fewer are needed: a loop of variable length is slower
enum { POOL_GROUPS = 32, POOL_BLOCK = 128 };  // see wordvec/corpus/draws/sampling.py

struct drawing {
  const struct training *training;
  struct shape shape;
  i64 size;            // length of the arrays: a block and the reach of its windows on both sides
  u64 *keys;           // first the kept tokens' positions, later the keys of these positions
  i32 *ids;            // kept tokens
  u8 *flags;           // whether a position of the block is kept
  i32 *latest_repeat;  // see find_repeated_words
  i32 *first, *last;   // where each token's sentence begins and ends
  i32 *reach;          // the window drawn for each token
  i64 *sentence;       // the number of each token's sentence, if sentences have tags
  i32 *listed;         // with tags: the contexts of one token, first the tags, then the words of its window
  i32 *negatives;      // (draws, size)
  i64 draws;           // negatives of a centre: K, or K for each of its contexts if each pair has its own
  i32 *met;            // (2 COUNTERS,) quarters of a meeting, by class of rows: first of W_in, then of W_out
  i32 *repeats;        // (COUNTERS,) zero between uses
  i32 *pool;           // the words that negatives are drawn from in block `pool_block` of POOL_BLOCK positions
  i64 pool_block;
  struct parts_drawing *parts;  // see below; 0 without subwords
};

// List the kept tokens of positions begin .. end - 1, and the tokens around them that their windows reach. Returns the
// number of listed tokens before `begin`; sets *count to the number before `end`.
i64 list_kept_tokens(struct drawing *d, i64 begin, i64 end, i64 *count);

// Draw the windows and negatives of the listed tokens begin .. end - 1; replaces the tokens' positions by keys.
void draw_numbers(struct drawing *d, i64 begin, i64 end);

// Words composed of parts: the functions of subwords.c that examples.c and training.c call.

enum { PARTS_AHEAD = 16 };  // how many parts before its use a row is prefetched

INLINE bool has_parts(const struct training *t) { return t->part_starts != 0; }

// The most different words that the contexts of a block can be.
i64 most_words(const struct training *t);
// The most different rows that the parts of these words can be.
i64 most_rows(const struct training *t);

struct parts_drawing *new_parts_drawing(const struct training *t);
void free_parts_drawing(struct parts_drawing *p);

// List the words of a drawn block in e->words, and replace its contexts by their places in that list. Also list the
// words' parts and each part's share of a word's change.
void list_words(struct drawing *d, struct examples *e);

// Compose the block's words from the columns of one slice of the table: their rows go to `words`, a copy to `before`.
void compose_words(const struct examples *e, const struct slice *table, f32 *words, f32 *before);

// Add each word's change, words - before, to the word's parts.
void give_back_changes(const struct examples *e, const struct slice *table, const f32 *words, const f32 *before);

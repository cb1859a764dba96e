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
  i32 *contexts;       // the tokens as contexts: `ids`, or with subwords their places among the block's words
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

// Where the window of a listed token begins and ends.
INLINE i64 window_begin(const struct drawing *d, i64 k) { return max_i64(d->first[k], k - d->reach[k]); }
INLINE i64 window_end(const struct drawing *d, i64 k) { return min_i64(d->last[k], k + d->reach[k] + 1); }

// Draw the windows and negatives of the listed tokens begin .. end - 1; replaces the tokens' positions by keys.
void draw_numbers(struct drawing *d, i64 begin, i64 end);

// Words composed of parts: the functions of subwords.c that examples.c and training.c call.

enum { PARTS_AHEAD = 16 };  // how many parts before its use a row is prefetched

INLINE bool has_parts(const struct training *t) { return t->part_starts != 0; }

// The most different words that the contexts of a block can be.
i64 most_words(const struct training *t);

// Working space for blocks in which at most `tokens` tokens are listed.
struct parts_drawing *new_parts_drawing(const struct training *t, i64 tokens);
void free_parts_drawing(struct parts_drawing *p);

// List in e->words the words that are contexts of the listed tokens begin .. end - 1, and set d->contexts to each
// token's place in that list.
void number_words(struct drawing *d, struct examples *e, i64 begin, i64 end);
// List these words' parts, and how much of a word's change each part gets. The block's examples are drawn already.
void list_parts(struct drawing *d, struct examples *e);

// Compose the block's words from the columns of one band of the table: their rows go to `words`, a copy to `before`.
void compose_words(const struct examples *e, const struct slice *table, f32 *words, f32 *before);

// Add each word's change, words - before, to the word's parts.
void give_back_changes(const struct examples *e, const struct slice *table, const f32 *words, const f32 *before);

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
  struct parts_drawing *parts;  // see below; 0 without subwords
};

// The kept tokens of positions begin .. end - 1, with those that their windows reach. Returns how many come before
// `begin`; *count becomes how many come before `end`.
i64 list_kept_tokens(struct drawing *d, i64 begin, i64 end, i64 *count);

// Windows and negatives of the listed tokens begin .. end - 1; replaces their positions by their keys.
void draw_numbers(struct drawing *d, i64 begin, i64 end);

// What subwords.c does for examples.c and training.c: words that are made of parts.

enum { PARTS_AHEAD = 16 };  // the row of the part that comes so many later is asked for

INLINE bool has_parts(const struct training *t) { return t->part_starts != 0; }

// Words that the contexts of a block may be at most.
i64 most_words(const struct training *t);
// Rows that their parts may be at most.
i64 most_rows(const struct training *t);

struct parts_drawing *new_parts_drawing(const struct training *t);
void free_parts_drawing(struct parts_drawing *p);

// List the words of a drawn block in e->words, number its contexts by their places there, and list the words' parts and
// how much of a word's change each of them gets.
void list_words(struct drawing *d, struct examples *e);

// Compose the block's words from the columns of one slice of the table, into rows side by side, twice.
void compose_words(const struct examples *e, const struct slice *table, f32 *words, f32 *before);

// Add what they changed by to their parts.
void give_back_changes(const struct examples *e, const struct slice *table, const f32 *words, const f32 *before);

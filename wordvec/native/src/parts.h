// Words composed of parts: the functions of subwords.c that examples.c and training.c call.
#pragma once
#include "drawing.h"

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

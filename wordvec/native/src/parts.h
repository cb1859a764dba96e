// What subwords.c does for examples.c and training.c: words that are made of parts.
#pragma once
#include "drawing.h"

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

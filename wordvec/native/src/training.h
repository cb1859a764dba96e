// Skip-gram and CBOW: declarations shared by training.c, examples.c, skipgram.c and cbow.c.
//
// They compute what wordvec/kernels/reference.py computes. An epoch goes through the corpus in blocks of positions. The
// examples of a block are drawn and cut into steps (examples.c). A step computes all scores first, then makes all
// updates, example by example (skipgram.c, cbow.c). Each thread has its own columns of the tables (training.c).
#pragma once
#include "vectors.h"
#include "wordvec.h"

enum { SKIPGRAM, SKIPGRAM_PAIRS, CBOW };  // architectures; PAIRS: each context has its own negatives
enum {
  COUNTERS = 1024,     // classes of rows whose meetings are counted, see wordvec/corpus/draws/steps.py
  MOST_EXAMPLES = 128  // in a step
};

// Some columns of both tables, a whole number of vectors of f32 or float16. The last row of each table is zero and
// represents absent words.
//
// The tables are divided in two ways. A score is the sum of the scores of all slices, which depend on the dimension
// alone; so every number of threads gives the same bytes. A band is some neighbouring slices in one array, the columns
// that one thread updates: no column of an update depends on another one, and long rows are quicker.
struct slice {
  void *in, *out;    // its columns of the first row
  i64 row_floats;    // from one row to the next: the numbers in a row of its band
  i64 columns;
  i64 first_column;  // index of its first column in the whole table
};

// A part of a word: a row of the input table.
struct part {
  i32 row;
  f32 share;  // the number of merged rows that it represents; in a block, its share of the word's change
};

// The arguments of one call. wordvec/native/training.py fills in the fields, in this order.
struct training {
  // the corpus: ids (N,), sentence_starts (S + 1,)
  const i32 *ids;
  const i64 *sentence_starts;
  i64 sentences;
  // drawing: keep_thresholds (V,); negative_table (V,), see NegativeTable.packed
  const u64 *keep_thresholds;
  const u64 *negative_table;
  i64 words;
  u64 epoch_key;
  i64 window, shrink_window;
  i64 negatives;
  i64 reach;  // most contexts on each side: the window, or less if no sentence is as long
  i64 pool;   // negatives come from a pool of this many words; 0: from the whole table
  // the Huffman tree: path_starts (V + 1,) into path_nodes and path_signs (+1 left, -1 right); 0 without a tree
  const i64 *path_starts;
  const i32 *path_nodes;
  const f32 *path_signs;
  i64 longest_path;
  // tags of documents: the rows of W_in from `first_tag` on. A sentence's tags are contexts of all its words.
  // tag_starts (S + 1,) into tags; 0 without tags. With tags, `reach` may be 0: then no context is a word.
  const i64 *tag_starts;
  const i32 *tags;
  i64 most_tags;  // of a sentence
  i64 first_tag;
  // examples and steps: most contexts of an example; the bound on meetings and how much each one counts, in quarters
  i64 group;
  i64 bound;
  i64 context_quarters, centre_quarters, negative_quarters, node_quarters, tag_quarters;
  i64 most_repeats;  // how often the words of a CBOW window may repeat before its contexts' gradient is cut
  // what is trained: blocks first_block .. last_block - 1 of `block` positions, up to position `end`
  i64 architecture;
  i64 first_block, last_block, block, end;
  f64 done_before, positions;  // positions in the epochs before, and in the whole training
  f64 learning_rate;
  i64 divide;  // CBOW: divide the gradient of a context by the number of contexts
  // the tables
  const struct slice *slices, *bands;
  i64 slice_count, band_count;
  i64 half;  // whether the tables are float16
  i64 absent_input, absent_output;  // the rows of zeros
  // subwords, 0 without: word w is the mean of the rows that parts part_starts[w] .. part_starts[w + 1] - 1 represent
  const i64 *part_starts;  // (V + 1,)
  const struct part *parts;
  i64 table_rows;
  i64 most_parts;     // parts of all words of a block, at most
  i64 part_quarters;  // how much a context counts for the parts of its word, in quarters of a meeting
  i64 threads;
};

INLINE bool has_tags(const struct training *t) { return t->tag_starts != 0; }
INLINE i64 contexts_at_most(const struct training *t) { return 2 * t->reach + t->most_tags; }
INLINE bool has_tree(const struct training *t) { return t->path_starts != 0; }
// Skip-gram's contexts are in tiles: a repeated word is listed once, with weight 2 if it occurs twice.
INLINE bool has_tiles(const struct training *t) { return t->architecture == SKIPGRAM; }

// --- outputs and their scores
//
// The outputs of an example (the centre and its negatives, or the nodes of a path) are divided into groups of `tile`
// rows, at most 8. The numbers of a group (scores, gradients or weights) are a strip of 4 or 8 floats. Output j is at
// place_in_strip(j), where sums_of_lanes leaves its sum. In lists of ids a group takes OUTPUT_STEP places.
enum { OUTPUT_STEP = 8, MOST_TILE_CONTEXTS = 4 };

struct shape {
  i64 tile;    // outputs in a group
  i64 groups;  // groups in an example, at most
  i64 strip;   // floats in a strip: 8, or 4 for tiles of up to 4
};

struct shape shape_of(const struct training *t);

INLINE int strip_floats(int tile) { return tile > 4 ? 8 : 4; }

INLINE int place_in_strip(int j, int strip) {
  return strip == 8 ? (j & 1) * 4 + (j & 2) + (j >> 2 & 1) : (j & 1) * 2 + (j >> 1 & 1);
}

// --- examples of a block
//
// Each slot holds one example: it has `most_contexts` places for contexts and `most_outputs` for outputs.
struct examples {
  i64 most_slots, most_contexts, most_outputs, most_groups;
  i64 weight_floats;     // floats of output_weights in a slot
  i32 *contexts;         // rows of W_in
  i32 *context_counts;
  u32 *keys;             // for the random bits that round float16 tables
  u8 *merged;            // whether a word is repeated among the contexts, and so listed once with its weight
  f32 *context_weights;  // how often each context occurs; valid only if `merged`
  i32 *outputs;         // rows of W_out; unused places hold the absent row
  f32 *output_weights;  // one strip per group: +1 for a target, minus its count for a negative, 0 if absent
  i32 *group_counts;    // groups in use (of each context, if pairs have their own negatives)
  f32 *context_shares;  // CBOW without `divide`: the fraction of the gradient that is left after cutting
  i32 *step_ends;       // the slot after the last one of each step
  // with subwords: the block's words, whose places here are the contexts; and their parts, word by word
  i32 *words, *part_ends;
  struct part *parts;
  f32 *word_scales;  // 1 / the number of rows that the word is the mean of
  i32 *rows;         // the rows that are parts of these words, each listed once
  i64 word_count, row_count;
  i64 rows_a_slot;  // row_count / slots, rounded up
  i64 steps, slots;
  i64 stopped;  // drawn after a request to stop: neither this block nor any later one is trained
  i64 centres, predictions, terms;
};

struct drawing;  // one thread's working space for drawing a block

struct drawing *new_drawing(const struct training *t);
void free_drawing(struct drawing *d);
bool new_examples(struct examples *e, const struct training *t);
void free_examples(struct examples *e);
// Draw the examples of block `number` (counted from the start of the corpus) and cut them into steps.
void draw_block(struct drawing *d, struct examples *e, i64 number);

// --- a step

// How many lines of a row are prefetched a block ahead: of a row of a word, and of a row of a part.
struct lines_ahead {
  i64 of_word, of_part;
};

// scores: (slices, most_examples, floats), the partial scores of each slice; the strips of an example take `floats`.
struct step {
  const struct training *training;
  const struct examples *examples;
  struct shape shape;
  i64 first, last;    // slots
  f32 *scores;        // of the first slice
  i64 slice_floats;   // from the scores of one slice to those of the next
  i64 example_floats;  // from one example to the next
  i64 first_slice, last_slice;  // this thread's slices, for scores
  i64 first_band, last_band;    // this thread's bands, for updates
  f32 rate;
  const struct slice *table;  // with subwords: the table of parts, by band; else 0
  const struct examples *ahead;  // the next block's examples, whose rows are prefetched, or 0
  struct lines_ahead lines;      // how much of them
  f32 *gradients;                // this thread's room for the gradients of RUN examples
  f32 *stage;                    // room for some columns of all contexts
  void **rows;                   // room for the addresses of an example's rows
  f64 *losses;                   // (LANES,) sums of losses; 0 if another thread sums them
};

enum { RUN = 16 };  // gradients of this many examples come before their updates, so that neither waits for the other

// Scores and updates of each architecture, for f32 and float16 tables.
#define DECLARE(name)               \
  void name(const struct step *s);  \
  void name##_half(const struct step *s);
DECLARE(score_skipgram)
DECLARE(update_skipgram)
DECLARE(score_cbow)
DECLARE(update_cbow)
DECLARE(score_pairs)
DECLARE(update_pairs)

INLINE const i32 *contexts_of(const struct examples *e, i64 slot) { return e->contexts + slot * e->most_contexts; }
INLINE const i32 *outputs_of(const struct examples *e, i64 slot) { return e->outputs + slot * e->most_outputs; }
INLINE const f32 *output_weights_of(const struct examples *e, i64 slot) {
  return e->output_weights + slot * e->weight_floats;
}
INLINE f32 *scores_of(const struct step *s, i64 slice, i64 slot) {
  return s->scores + slice * s->slice_floats + (slot - s->first) * s->example_floats;
}

// --- rows
//
// skipgram.c and cbow.c are compiled twice, the second time by half.c with HALF defined. Then the numbers of a row are
// float16, stored with random rounding. With f32 the random bits are unused, and the compiler removes them.
#ifdef HALF
typedef u16 number;
#define NAME(name) name##_half
INLINE vec load_row(const number *from) { return load_half(from); }
INLINE void store_row(number *to, vec a, uvec random) { store_half(to, a, random); }
#else
typedef f32 number;
#define NAME(name) name
INLINE vec load_row(const number *from) { return load(from); }
INLINE void store_row(number *to, vec a, uvec random) {
  UNUSED(random);
  store(to, a);
}
#endif

INLINE number *row_in(const struct slice *slice, i32 id) { return (number *)slice->in + id * slice->row_floats; }
INLINE number *row_out(const struct slice *slice, i32 id) { return (number *)slice->out + id * slice->row_floats; }

// Random bits for the next row that an example changes.
INLINE uvec next_bits(uvec random) { return random << 5 | random >> 27; }

// --- functions used by all kernels

// Sum the lanes of T vectors for each of `together` contexts; returns their strips, one after another. Two vectors fold
// into one vector that holds the half-sums of both, and so on: summing one vector alone would waste most lanes.
INLINE vec sums_of_lanes(vec (*sums)[OUTPUT_STEP], int together, int T) {
  vec folded[OUTPUT_STEP];
  const int strip = strip_floats(T);
#pragma GCC unroll 8
  for (int j = 0; j < OUTPUT_STEP; j++) {
    if (j >= T) folded[j] = (vec){0};
    else if (together == 1) folded[j] = sums[0][j];
    else if (together == 2) folded[j] = fold(sums[0][j], sums[1][j], LANES);
    else folded[j] = fold(fold(sums[0][j], sums[2][j], LANES), fold(sums[1][j], sums[3][j], LANES), LANES / 2);
  }
#pragma GCC unroll 4
  for (int width = strip; width > 1; width /= 2)
#pragma GCC unroll 4
    for (int k = 0; k < width / 2; k++) folded[k] = fold(folded[2 * k], folded[2 * k + 1], width);
  return folded[0];
}

enum { MOST_COLUMNS = 5 };  // vectors of a row in registers at a time: a slice at 300 dimensions has this many

// Add the changes held in the stage to the rows of an example's contexts, C vectors of each row.
INLINE void add_stage(const struct step *s, const struct slice *slice, i64 slot, i64 column, int C) {
  const struct examples *e = s->examples;
  uvec random[MOST_COLUMNS];
#pragma GCC unroll 5
  for (int c = 0; c < C; c++) random[c] = random_bits(~e->keys[slot], slice->first_column + column + c * LANES);
  for (i64 i = 0; i < e->context_counts[slot]; i++) {
    number *x = row_in(slice, contexts_of(e, slot)[i]) + column;
#pragma GCC unroll 5
    for (int c = 0; c < C; c++) {
      store_row(x + c * LANES, load_row(x + c * LANES) + load(s->stage + (i * C + c) * LANES), random[c]);
      random[c] = next_bits(random[c]);
    }
  }
}

// Prefetch the beginnings of an example's share of the rows that the next block's words are composed of.
INLINE void prefetch_rows(const struct step *s, const struct slice *table, i64 slot) {
  const struct examples *e = s->ahead;
  const i64 first = slot * e->rows_a_slot, last = min_i64(first + e->rows_a_slot, e->row_count);
  const i64 line = LINE_BYTES / (i64)sizeof(f32), columns = min_i64(table->columns, s->lines.of_part * line);
  for (i64 i = first; i < last; i++) {
    const f32 *row = (const f32 *)table->in + e->rows[i] * table->row_floats;
    for (i64 column = 0; column < columns; column += line) prefetch_for_later(row + column);
  }
}

// Prefetch the rows that an example of the next block needs and earlier ones did not: outputs, and the last context.
// They arrive while the updates run, in time for the scores that follow.
INLINE void prefetch_ahead(const struct step *s, const struct slice *band, i64 slot, int T) {
  const struct examples *e = s->ahead;
  if (!e || slot >= e->slots) return;
  const i32 *outputs = outputs_of(e, slot);
  if (s->table) prefetch_rows(s, s->table + (band - s->training->bands), slot);
  const number *newest = row_in(band, contexts_of(e, slot)[e->context_counts[slot] - 1]);
  const i64 line = LINE_BYTES / (i64)sizeof(number), columns = min_i64(band->columns, s->lines.of_word * line);
  for (i64 column = 0; column < columns; column += line) {
#pragma GCC unroll 8
    for (int j = 0; j < T; j++) prefetch_for_later(row_out(band, outputs[j]) + column);
    prefetch_for_later(newest + column);
  }
}

// Prefetch the first group of outputs of the step's next example.
INLINE void prefetch_next(const struct step *s, const struct slice *slice, i64 slot, int T) {
  if (slot + 1 >= s->last) return;
  const i32 *outputs = outputs_of(s->examples, slot + 1);
  for (i64 column = 0; column < slice->columns; column += LINE_BYTES / (i64)sizeof(number))
#pragma GCC unroll 8
    for (int j = 0; j < T; j++) prefetch(row_out(slice, outputs[j]) + column);
}

// Define a function of a step that calls `body` with the number of outputs in a tile as a constant.
#if LANES == 4
#define WIDER_TILES(body)
#else
#define WIDER_TILES(body)             \
      case 5: body(s, 5); break;      \
      case 6: body(s, 6); break;      \
      case 7: body(s, 7); break;      \
      case 8: body(s, 8); break;
#endif
#define FOR_EACH_TILE(name, body)     \
  void NAME(name)(const struct step *s) { \
    switch (s->shape.tile) {          \
      case 1: body(s, 1); break;      \
      case 2: body(s, 2); break;      \
      case 3: body(s, 3); break;      \
      case 4: body(s, 4); break;      \
      WIDER_TILES(body)               \
      default: break;                 \
    }                                 \
  }

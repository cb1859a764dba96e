// Skip-gram and CBOW: what the files training.c, examples.c, skipgram.c and cbow.c share.
//
// The meaning is that of wordvec/kernels/reference.py: an epoch is a walk over the corpus in blocks of positions; a
// block's examples are drawn (examples.c) and cut into steps; in a step all scores come first, then all updates,
// example by example (skipgram.c, cbow.c); threads share the columns of the tables (training.c).
#pragma once
#include "vectors.h"
#include "wordvec.h"

enum { SKIPGRAM, SKIPGRAM_PAIRS, CBOW };  // architectures; PAIRS: each context has negatives of its own
enum {
  COUNTERS = 1024,     // classes of rows whose meetings are counted, see wordvec/corpus/draws/steps.py
  MOST_EXAMPLES = 128  // in a step
};

// Some columns of both tables: rows of whole vectors, side by side, of f32 or of float16. The last row of each is zero
// and stands for words that are absent.
struct slice {
  void *in, *out;
  i64 row_floats;    // numbers in a row
  i64 first_column;  // of all columns
};

// All that one call trains: filled in by wordvec/native/training.py, field by field in this order.
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
  i64 reach;  // contexts on each side at most: the window, or less where no sentence is as long
  i64 pool;   // negatives come from a pool of this many words, 0: from the whole table
  // the Huffman tree: path_starts (V + 1,) into path_nodes and path_signs (+1 left, -1 right); 0 without one
  const i64 *path_starts;
  const i32 *path_nodes;
  const f32 *path_signs;
  i64 longest_path;
  // tags of documents: rows of W_in, `first_tag` and those after it, that are contexts of every word of a sentence.
  // tag_starts (S + 1,) into tags; 0 without them. `reach` may be 0 then: no context is a word.
  const i64 *tag_starts;
  const i32 *tags;
  i64 most_tags;  // of a sentence
  i64 first_tag;
  // examples and steps: contexts of an example at most; the bound on meetings and what each meeting counts, in quarters
  i64 group;
  i64 bound;
  i64 context_quarters, centre_quarters, negative_quarters, node_quarters, tag_quarters;
  i64 most_repeats;  // how often the words of a CBOW window may repeat before its contexts' gradient is cut
  // what is trained: blocks first_block .. last_block - 1, positions up to `end`
  i64 architecture;
  i64 first_block, last_block, block, end;
  f64 done_before, positions;  // positions of the epochs before, of the whole training
  f64 learning_rate;
  i64 divide;  // CBOW: the gradient of a context is divided by their number
  // the tables
  const struct slice *slices;
  i64 slice_count;
  i64 half;  // whether they are of float16
  i64 absent_input, absent_output;  // the rows of zeros
  // subwords, 0 without: word w is the mean of rows part_rows[k] of the input table, part_starts[w] <= k < part_starts[w + 1]
  const i64 *part_starts;  // (V + 1,)
  const i32 *part_rows;
  const f32 *row_times;    // (table_rows,) how many rows each of them stands for
  i64 table_rows;
  i64 most_parts;     // of the words of a block, together
  i64 part_quarters;  // of a meeting, that a context counts for the parts of its word
  i64 threads;
};

INLINE bool has_tags(const struct training *t) { return t->tag_starts != 0; }
INLINE i64 contexts_at_most(const struct training *t) { return 2 * t->reach + t->most_tags; }
INLINE bool has_tree(const struct training *t) { return t->path_starts != 0; }
// Contexts of skip-gram are in tiles, where a word that occurs twice stands once, with weight 2.
INLINE bool has_tiles(const struct training *t) { return t->architecture == SKIPGRAM; }

// --- outputs and their scores
//
// The outputs of an example (the centre and its negatives, or the nodes of a path) come in groups of `tile` rows, at
// most 8. The numbers that belong to a group (scores, gradients, weights) are a strip of 4 or 8 floats, output j at
// place_in_strip(j), which is where sums over lanes leave it. A group takes OUTPUT_STEP places in lists of ids.
enum { OUTPUT_STEP = 8, MOST_TILE_CONTEXTS = 4 };

struct shape {
  i64 tile;    // outputs of a group
  i64 groups;  // groups of an example at most
  i64 strip;   // floats of a group's numbers: 8, or 4 for tiles of up to 4
};

struct shape shape_of(const struct training *t);

INLINE int strip_floats(int tile) { return tile > 4 ? 8 : 4; }

INLINE int place_in_strip(int j, int strip) {
  return strip == 8 ? (j & 1) * 4 + (j & 2) + (j >> 2 & 1) : (j & 1) * 2 + (j >> 1 & 1);
}

// --- examples of a block
//
// Slot by slot, an example each: `most_contexts` places for contexts, `most_outputs` for outputs.
struct examples {
  i64 most_slots, most_contexts, most_outputs, most_groups;
  i64 weight_floats;     // of output_weights of a slot
  i32 *contexts;         // rows of W_in
  i32 *context_counts;
  u32 *keys;             // for random bits, where the tables are rounded
  u8 *merged;            // whether some word occurred twice among the contexts and stands once, with its weight
  f32 *context_weights;  // how often the context occurs; nothing where none does twice
  i32 *outputs;         // rows of W_out; the absent row where there is none
  f32 *output_weights;  // a strip a group: +1 for a target, minus how often for a negative, 0 for an absent one
  i32 *group_counts;    // groups in use (of each context, where pairs have their own)
  f32 *context_shares;  // what is left of the undivided gradient of CBOW's contexts
  i32 *step_ends;       // the slot after the last one of each step
  // with subwords: the words that contexts are numbers of, and their parts (places in `rows`), one word's after the other's
  i32 *words, *part_ends, *parts;
  f32 *word_scales;  // 1 / how many rows the word is the mean of
  i32 *rows;         // those that are parts, each once
  f32 *row_changes;  // how many times the change of a word each of them gets
  i64 word_count, row_count;
  i64 rows_a_slot;  // row_count / slots, rounded up
  i64 steps, slots;
  i64 stopped;  // drawn after the call was asked to stop: this block and those after it are not trained
  i64 centres, predictions, terms;
};

struct drawing;  // working space of one thread for drawing a block

struct drawing *new_drawing(const struct training *t);
void free_drawing(struct drawing *d);
bool new_examples(struct examples *e, const struct training *t);
void free_examples(struct examples *e);
// Draw the examples of a block, numbered from the start of the corpus, and cut them into steps.
void draw_block(struct drawing *d, struct examples *e, i64 number);

// --- a step
//
// scores: (slices, most_examples, floats) parts of scores; strips of one example: `floats` floats.
struct step {
  const struct training *training;
  const struct examples *examples;
  struct shape shape;
  i64 first, last;    // slots
  f32 *scores;        // of the first slice
  i64 slice_floats;   // from the scores of one slice to those of the next
  i64 example_floats;  // from one example to the next
  i64 first_slice, last_slice;  // those of this thread
  f32 rate;
  const struct slice *table;  // with subwords: the slices of parts that belong to the pieces; else 0
  const struct examples *ahead;  // the next block's examples, whose rows are asked for ahead, or 0
  f32 *gradients;                // room for RUN examples, of this thread
  f32 *stage;                    // room for some columns of all contexts
  f64 *losses;                   // (LANES,) where losses are added up; 0: another thread does it
};

enum { RUN = 16 };  // gradients are made for this many examples before their updates, so that neither waits for the other

// Scores and updates of each architecture, for tables of f32 and of float16.
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
// skipgram.c and cbow.c are compiled twice, the second time with HALF (by half.c): then a number of a row is a float16,
// and is stored with random rounding. With f32, random bits are asked for and thrown away, which the compiler sees.
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

// Other bits for the next row that an example changes.
INLINE uvec next_bits(uvec random) { return random << 5 | random >> 27; }

// --- what the kernels of all architectures use

// The sums of the lanes of `together` rows of T vectors, as strips side by side. Two vectors fold into one that holds
// half-sums of both, and so on: adding up one vector alone would waste most of the adder.
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

enum { MOST_COLUMNS = 5 };  // vectors of a row that are in registers at a time: so many has a slice at 300 dimensions

// Add what C vectors of an example's contexts change by, which lies in the stage, to their rows.
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

// Ask for an example's share of the rows that the next block's words are composed of.
INLINE void prefetch_rows(const struct slice *table, const struct examples *e, i64 slot) {
  const i64 first = slot * e->rows_a_slot, last = min_i64(first + e->rows_a_slot, e->row_count);
  for (i64 i = first; i < last; i++) {
    const f32 *row = (const f32 *)table->in + e->rows[i] * table->row_floats;
    for (i64 column = 0; column < table->row_floats; column += LINE_BYTES / (i64)sizeof *row)
      prefetch_for_later(row + column);
  }
}

// Ask for rows that an example of the next block needs and those before it did not: outputs, and the last context.
// The updates leave the memory time for it, and the scores that come next find what they need.
INLINE void prefetch_ahead(const struct step *s, const struct slice *slice, i64 slot, int T) {
  const struct examples *e = s->ahead;
  if (!e || slot >= e->slots) return;
  const i32 *outputs = outputs_of(e, slot);
  if (s->table) prefetch_rows(s->table + (slice - s->training->slices), e, slot);
  const number *newest = row_in(slice, contexts_of(e, slot)[e->context_counts[slot] - 1]);
  for (i64 column = 0; column < slice->row_floats; column += LINE_BYTES / (i64)sizeof(number)) {
#pragma GCC unroll 8
    for (int j = 0; j < T; j++) prefetch_for_later(row_out(slice, outputs[j]) + column);
    prefetch_for_later(newest + column);
  }
}

// Ask the second-level cache for the first outputs of the next example of the step.
INLINE void prefetch_next(const struct step *s, const struct slice *slice, i64 slot, int T) {
  if (slot + 1 >= s->last) return;
  const i32 *outputs = outputs_of(s->examples, slot + 1);
  for (i64 column = 0; column < slice->row_floats; column += LINE_BYTES / (i64)sizeof(number))
#pragma GCC unroll 8
    for (int j = 0; j < T; j++) prefetch(row_out(slice, outputs[j]) + column);
}

// A function of a step that calls `body` with the number of outputs in a tile as a constant.
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

// Subwords: a word's row of W_in is the mean of its parts, rows of a larger table T (its own row and its n-grams').
//
//   x_w = 1 / n_w  sum over its parts u of T[u]                  at the start of a block, for each word of its contexts
//   x_w is trained in the block's steps like any row of W_in
//   T[u] += times_u share_u (x_w - x_w at the start)             at the end of the block, for each part
//
// wordvec/kernels/word_parts.py explains `times` and `share`. Within a block, words are numbered in the order of their
// first appearance. Their rows are contiguous in a small table of this team, which the kernels use like any other.
#include "drawing.h"
#include "memory.h"

// --- listing the words of a block, and the shares of their parts

// The fields of a word, or of a row of the table, are together: access is random, so each should take one cache line.
struct word_state {
  i64 first;  // place of its first part in part_rows
  i32 parts;  // number of parts
  i32 place;  // 1 + its place among the block's words, or 0 if it is not among them
};
struct row_state {
  i32 place;  // 1 + its place among the block's rows, or 0
  f32 times;  // how many merged rows it represents
};

struct parts_drawing {
  struct word_state *words;  // (V,)
  struct row_state *rows;    // (table_rows,)
  i64 *met, *sizes;          // by place of a word: quarters of a meeting; the number of rows it is the mean of
  i64 *sums, *weights;       // by place of a row: the sum of `met` over the words that have this part; sum * times
  i64 *most;                 // by place of a row: the largest such `met`; zero between uses
  u8 *in_danger;             // by place of a row: see mark_danger; zero between uses
};

i64 most_words(const struct training *t) { return min_i64(t->words, t->block + 2 * t->reach); }

i64 most_rows(const struct training *t) { return min_i64(t->table_rows, t->most_parts); }

void free_parts_drawing(struct parts_drawing *p) {
  if (!p) return;
  void *parts[] = {p->words, p->rows, p->met, p->sizes, p->sums, p->weights, p->most, p->in_danger, p};
  for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) free(parts[k]);
}

struct parts_drawing *new_parts_drawing(const struct training *t) {
  struct parts_drawing *p = new_zeros(1, sizeof *p);
  if (!p) return 0;
  p->words = new_zeros(t->words, sizeof *p->words);
  p->rows = new_zeros(t->table_rows, sizeof *p->rows);
  p->met = new_zeros(most_words(t), 8);
  p->sizes = new_zeros(most_words(t), 8);
  p->sums = new_zeros(most_rows(t), 8);
  p->weights = new_zeros(most_rows(t), 8);
  p->most = new_zeros(most_rows(t), 8);
  p->in_danger = new_zeros(most_rows(t), 1);
  if (!(p->words && p->rows && p->met && p->sizes && p->sums && p->weights && p->most && p->in_danger)) {
    free_parts_drawing(p);
    return 0;
  }
  for (i64 word = 0; word < t->words; word++) {
    const i64 first = t->part_starts[word];
    p->words[word] = (struct word_state){first, (i32)(t->part_starts[word + 1] - first), 0};
  }
  for (i64 row = 0; row < t->table_rows; row++) p->rows[row].times = t->row_times[row];
  return p;
}

INLINE const i32 *last_context(const struct examples *e, i64 slot) {
  return contexts_of(e, slot) + e->context_counts[slot] - 1;
}

// Replace the contexts by the words' places in e->words, and count how often each word is met.
static void number_contexts(const struct training *t, struct parts_drawing *p, struct examples *e) {
  struct word_state *words = p->words;
  i64 *met = p->met;
  i32 count = 0;
  for (i64 slot = 0; slot < e->slots; slot++) prefetch(words + *last_context(e, slot));
  for (i64 slot = 0; slot < e->slots; slot++) {
    i32 *contexts = e->contexts + slot * e->most_contexts;
    const f32 *weights = e->context_weights + slot * e->most_contexts;
    const i32 *end = last_context(e, slot);
    const bool merged = e->merged[slot];
    for (; contexts <= end; contexts++, weights++) {
      struct word_state *word = words + *contexts;
      if (!word->place) {
        prefetch(t->part_rows + word->first);
        prefetch(t->part_rows + word->first + LINE_BYTES / 4);
        e->words[count] = *contexts;
        met[count] = 0;
        word->place = ++count;
      }
      *contexts = word->place - 1;
      met[*contexts] += t->part_quarters * (merged ? (i64)*weights : 1);
    }
  }
  e->word_count = count;
}

// Concatenate the words' lists of parts, number their rows, and sum how often each row is met.
static void list_parts(const struct training *t, struct parts_drawing *p, struct examples *e) {
  enum { WORDS_AHEAD = 2 };
  struct row_state *states = p->rows;
  i32 *parts = e->parts, count = 0;
  for (i64 k = 0; k < e->word_count; k++) {
    struct word_state *word = p->words + e->words[k];
    const i32 *rows = t->part_rows + word->first, *end = rows + word->parts;
    const i64 met = p->met[k];
    i64 size = 0;
    if (k + WORDS_AHEAD < e->word_count) {
      const struct word_state *later = p->words + e->words[k + WORDS_AHEAD];
      for (i64 i = 0; i < later->parts; i++) prefetch(states + t->part_rows[later->first + i]);
    }
    for (; rows < end; rows++, parts++) {
      struct row_state *row = states + *rows;
      if (!row->place) {
        e->rows[count] = *rows;
        e->row_changes[count] = row->times;
        p->sums[count] = 0;
        row->place = ++count;
      }
      *parts = row->place - 1;
      p->sums[*parts] += met;
      size += (i64)row->times;
    }
    e->part_ends[k] = (i32)(parts - e->parts);
    p->sizes[k] = size;
    e->word_scales[k] = 1 / (f32)size;
    word->place = 0;
  }
  for (i64 i = 0; i < count; i++) states[e->rows[i]].place = 0;
  for (i64 i = 0; i < PARTS_AHEAD; i++) parts[i] = 0;
  e->row_count = count;
  e->rows_a_slot = e->slots ? (count + e->slots - 1) / e->slots : 0;
}

// Mark the parts of words that would move as if they were met too often; returns whether there are any.
static bool mark_danger(const struct training *t, struct parts_drawing *p, const struct examples *e) {
  bool any = false;
  for (i64 row = 0; row < e->row_count; row++) p->weights[row] = (i64)e->row_changes[row] * p->sums[row];
  for (i64 k = 0, i = 0; k < e->word_count; k++) {
    const i64 first = i, end = e->part_ends[k];
    i64 sum = 0;
    for (; i < end; i++) sum += p->weights[e->parts[i]];
    if (sum <= max_i64(t->bound, p->met[k]) * p->sizes[k]) continue;
    any = true;
    for (i64 j = first; j < end; j++) p->in_danger[e->parts[j]] = 1;
  }
  return any;
}

// Reduce the changes of the marked parts.
static void cut_changes(const struct training *t, struct parts_drawing *p, struct examples *e) {
  for (i64 k = 0, i = 0; k < e->word_count; k++)
    for (; i < e->part_ends[k]; i++) p->most[e->parts[i]] = max_i64(p->most[e->parts[i]], p->met[k]);
  for (i64 row = 0; row < e->row_count; row++) {
    const i64 few = max_i64(t->bound, p->most[row]), sum = p->sums[row];
    if (p->in_danger[row] && sum > few) e->row_changes[row] *= (f32)((f64)few / (f64)sum);
    p->most[row] = p->in_danger[row] = 0;
  }
}

void list_words(struct drawing *d, struct examples *e) {
  const struct training *t = d->training;
  struct parts_drawing *p = d->parts;
  number_contexts(t, p, e);
  list_parts(t, p, e);
  if (mark_danger(t, p, e)) cut_changes(t, p, e);
}

// --- composing and giving back, in the columns of one slice

enum { COLUMNS = 8 };  // vectors of a row that are summed together

INLINE f32 *table_row(const struct slice *table, i32 row) { return (f32 *)table->in + row * table->row_floats; }

// Prefetch columns of the row of the part that comes PARTS_AHEAD later.
INLINE void prefetch_part(const struct slice *table, const struct examples *e, i64 part, i64 column, int C) {
  const f32 *later = table_row(table, e->rows[e->parts[part + PARTS_AHEAD]]) + column;
#pragma GCC unroll 8
  for (int c = 0; c < C; c += LINE_BYTES / VECTOR_BYTES) prefetch(later + c * LANES);
}

INLINE void compose_columns(const struct slice *table, const struct examples *e, i64 first, i64 end, f32 scale, i64 column,
                            f32 *row, f32 *before, int C) {
  vec sum[COLUMNS];
#pragma GCC unroll 8
  for (int c = 0; c < C; c++) sum[c] = (vec){0};
  for (i64 i = first; i < end; i++) {
    const f32 *part = table_row(table, e->rows[e->parts[i]]) + column;
    prefetch_part(table, e, i, column, C);
#pragma GCC unroll 8
    for (int c = 0; c < C; c++) sum[c] += load(part + c * LANES);
  }
#pragma GCC unroll 8
  for (int c = 0; c < C; c++) {
    sum[c] *= splat(scale);
    store(row + column + c * LANES, sum[c]);
    store(before + column + c * LANES, sum[c]);
  }
}

INLINE void give_back_columns(const struct slice *table, const struct examples *e, i64 first, i64 end, i64 column,
                              const f32 *row, const f32 *before, int C) {
  vec change[COLUMNS];
#pragma GCC unroll 8
  for (int c = 0; c < C; c++) change[c] = load(row + column + c * LANES) - load(before + column + c * LANES);
  for (i64 i = first; i < end; i++) {
    f32 *part = table_row(table, e->rows[e->parts[i]]) + column;
    const vec by = splat(e->row_changes[e->parts[i]]);
    prefetch_part(table, e, i, column, C);
#pragma GCC unroll 8
    for (int c = 0; c < C; c++) store(part + c * LANES, multiply_add(by, change[c], load(part + c * LANES)));
  }
}

// Run BODY for all columns of a slice, COLUMNS vectors at a time, then once for the vectors that remain.
#define FOR_COLUMNS(row_floats, BODY)                                                  \
  do {                                                                                 \
    i64 column = 0;                                                                    \
    for (; column + COLUMNS * LANES <= row_floats; column += COLUMNS * LANES) BODY(8); \
    switch ((row_floats - column) / LANES) {                                           \
      case 7: BODY(7); break;                                                          \
      case 6: BODY(6); break;                                                          \
      case 5: BODY(5); break;                                                          \
      case 4: BODY(4); break;                                                          \
      case 3: BODY(3); break;                                                          \
      case 2: BODY(2); break;                                                          \
      case 1: BODY(1); break;                                                          \
      default: break;                                                                  \
    }                                                                                  \
  } while (0)

void compose_words(const struct examples *e, const struct slice *table, f32 *words, f32 *before) {
  for (i64 k = 0, first = 0; k < e->word_count; k++, words += table->row_floats, before += table->row_floats) {
    const i64 end = e->part_ends[k];
#define BODY(C) compose_columns(table, e, first, end, e->word_scales[k], column, words, before, C)
    FOR_COLUMNS(table->row_floats, BODY);
#undef BODY
    first = end;
  }
}

void give_back_changes(const struct examples *e, const struct slice *table, const f32 *words, const f32 *before) {
  for (i64 k = 0, first = 0; k < e->word_count; k++, words += table->row_floats, before += table->row_floats) {
    const i64 end = e->part_ends[k];
#define BODY(C) give_back_columns(table, e, first, end, column, words, before, C)
    FOR_COLUMNS(table->row_floats, BODY);
#undef BODY
    first = end;
  }
}

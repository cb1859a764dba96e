// Subwords: a word's row of W_in is the mean of its parts, rows of a larger table (its own and its n-grams').
//
//   x_w = 1 / n_w  sum over its parts u of T[u]                  at the start of a block, for each word of its contexts
//   x_w is trained in the block's steps like any row of W_in
//   T[u] += times_u share_u (x_w - x_w at the start)             at the end, for each part
//
// wordvec/kernels/word_parts.py says what `times` and `share` are. Inside a block, contexts are numbered by the order in
// which they are met: their rows lie side by side in a small table of this team, and the kernels need not know.
#include "drawing.h"
#include "memory.h"
#include "parts.h"

// --- listing the words of a block, and the shares of their parts

struct parts_drawing {
  i32 *places;      // (V,) 1 + where a word stands among the block's; 0: not there
  i64 *met;         // by place: quarters of a meeting
  i64 *sums, *most;  // (table_rows,) of `met` over the words that have a part; zero between uses
  u8 *in_danger;     // (table_rows,) likewise
};

i64 most_words(const struct training *t) { return min_i64(t->words, t->block + 2 * t->reach); }

void free_parts_drawing(struct parts_drawing *p) {
  if (!p) return;
  void *parts[] = {p->places, p->met, p->sums, p->most, p->in_danger, p};
  for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) free(parts[k]);
}

struct parts_drawing *new_parts_drawing(const struct training *t) {
  struct parts_drawing *p = new_zeros(1, sizeof *p);
  if (!p) return 0;
  p->places = new_zeros(t->words, 4);
  p->met = new_zeros(most_words(t), 8);
  p->sums = new_zeros(t->table_rows, 8);
  p->most = new_zeros(t->table_rows, 8);
  p->in_danger = new_zeros(t->table_rows, 1);
  if (p->places && p->met && p->sums && p->most && p->in_danger) return p;
  free_parts_drawing(p);
  return 0;
}

INLINE i64 parts_of(const struct training *t, i32 word, const i32 **rows, const f32 **times) {
  const i64 first = t->part_starts[word];
  *rows = t->part_rows + first, *times = t->part_times + first;
  return t->part_starts[word + 1] - first;
}

// Number the contexts by the words' places in e->words, and count how often each word is met.
static void number_contexts(struct parts_drawing *p, struct examples *e, i64 quarters) {
  e->word_count = 0;
  for (i64 slot = 0; slot < e->slots; slot++) {
    i32 *contexts = e->contexts + slot * e->most_contexts;
    const f32 *weights = e->context_weights + slot * e->most_contexts;
    for (i64 i = 0; i < e->context_counts[slot]; i++) {
      const i32 word = contexts[i];
      if (!p->places[word]) {
        e->words[e->word_count] = word;
        p->met[e->word_count++] = 0;
        p->places[word] = (i32)e->word_count;
      }
      contexts[i] = p->places[word] - 1;
      p->met[contexts[i]] += quarters * (e->merged[slot] ? (i64)weights[i] : 1);
    }
  }
}

// Mark the parts of words that would move as if they were met too often; says whether there are any.
static bool mark_danger(const struct training *t, struct parts_drawing *p, const struct examples *e) {
  const i32 *rows;
  const f32 *times;
  bool any = false;
  for (i64 k = 0; k < e->word_count; k++) {
    const i64 count = parts_of(t, e->words[k], &rows, &times);
    for (i64 i = 0; i < count; i++) {
      p->sums[rows[i]] += p->met[k];
      p->most[rows[i]] = max_i64(p->most[rows[i]], p->met[k]);
    }
  }
  for (i64 k = 0; k < e->word_count; k++) {
    const i64 count = parts_of(t, e->words[k], &rows, &times), limit = max_i64(t->bound, p->met[k]);
    i64 size = 0, sum = 0;
    for (i64 i = 0; i < count; i++) size += (i64)times[i], sum += (i64)times[i] * p->sums[rows[i]];
    if (sum <= limit * size) continue;
    any = true;
    for (i64 i = 0; i < count; i++) p->in_danger[rows[i]] = 1;
  }
  return any;
}

void list_words(struct drawing *d, struct examples *e) {
  const struct training *t = d->training;
  struct parts_drawing *p = d->parts;
  const i32 *rows;
  const f32 *times;
  number_contexts(p, e, t->part_quarters);
  const bool any = mark_danger(t, p, e);
  f32 *changes = e->part_changes;
  for (i64 k = 0; k < e->word_count; k++) {
    const i64 count = parts_of(t, e->words[k], &rows, &times);
    memcpy(changes, times, (size_t)count * sizeof *changes);
    for (i64 i = 0; any && i < count; i++) {
      const i64 few = max_i64(t->bound, p->most[rows[i]]), sum = p->sums[rows[i]];
      if (p->in_danger[rows[i]] && sum > few) changes[i] *= (f32)((f64)few / (f64)sum);
    }
    changes += count;
  }
  for (i64 k = 0; k < e->word_count; k++) {
    const i64 count = parts_of(t, e->words[k], &rows, &times);
    for (i64 i = 0; i < count; i++) p->sums[rows[i]] = p->most[rows[i]] = p->in_danger[rows[i]] = 0;
    p->places[e->words[k]] = 0;
  }
}

// --- composing and giving back, in the columns of one slice

enum { COLUMNS = 8 };  // vectors of a row that are summed up together

INLINE const f32 *table_row(const struct slice *table, i32 row) { return (const f32 *)table->in + row * table->row_floats; }

// Ask for the parts of a word that comes soon.
INLINE void prefetch_parts(const struct training *t, const struct slice *table, i32 word) {
  for (i64 k = t->part_starts[word]; k < t->part_starts[word + 1]; k++)
    for (i64 column = 0; column < table->row_floats; column += LINE_BYTES / 4)
      prefetch(table_row(table, t->part_rows[k]) + column);
}

INLINE void compose_columns(const struct slice *table, const i32 *rows, i64 count, f32 scale, i64 column, f32 *row,
                            f32 *before, int C) {
  vec sum[COLUMNS];
#pragma GCC unroll 8
  for (int c = 0; c < C; c++) sum[c] = (vec){0};
  for (i64 i = 0; i < count; i++) {
    const f32 *part = table_row(table, rows[i]) + column;
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

INLINE void give_back_columns(const struct slice *table, const i32 *rows, const f32 *changes, i64 count, i64 column,
                              const f32 *row, const f32 *before, int C) {
  vec change[COLUMNS];
#pragma GCC unroll 8
  for (int c = 0; c < C; c++) change[c] = load(row + column + c * LANES) - load(before + column + c * LANES);
  for (i64 i = 0; i < count; i++) {
    f32 *part = (f32 *)table->in + rows[i] * table->row_floats + column;
    const vec by = splat(changes[i]);
#pragma GCC unroll 8
    for (int c = 0; c < C; c++) store(part + c * LANES, multiply_add(by, change[c], load(part + c * LANES)));
  }
}

// Call a piece of code for all columns of a slice, up to COLUMNS vectors at a time, the last ones in one piece.
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

void compose_words(const struct training *t, const struct examples *e, const struct slice *table, f32 *words, f32 *before) {
  const i32 *rows;
  const f32 *times;
  for (i64 k = 0; k < e->word_count; k++, words += table->row_floats, before += table->row_floats) {
    const i64 count = parts_of(t, e->words[k], &rows, &times);
    const f32 scale = t->part_scales[e->words[k]];
    if (k + 1 < e->word_count) prefetch_parts(t, table, e->words[k + 1]);
#define BODY(C) compose_columns(table, rows, count, scale, column, words, before, C)
    FOR_COLUMNS(table->row_floats, BODY);
#undef BODY
  }
}

void give_back_changes(const struct training *t, const struct examples *e, const struct slice *table, const f32 *words,
                       const f32 *before) {
  const i32 *rows;
  const f32 *times, *changes = e->part_changes;
  for (i64 k = 0; k < e->word_count; k++, words += table->row_floats, before += table->row_floats) {
    const i64 count = parts_of(t, e->words[k], &rows, &times);
    if (k + 1 < e->word_count) prefetch_parts(t, table, e->words[k + 1]);
#define BODY(C) give_back_columns(table, rows, changes, count, column, words, before, C)
    FOR_COLUMNS(table->row_floats, BODY);
#undef BODY
    changes += count;
  }
}

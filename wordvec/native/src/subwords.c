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
  i32 *row_places;  // (table_rows,) 1 + where a row stands among the block's; 0: not there
  i32 *part_places;  // of each part, where its row stands there
  i64 *sums, *most;  // by place of a row: of `met` over the words that have it as a part
  f32 *shares;       // likewise
};

i64 most_words(const struct training *t) { return min_i64(t->words, t->block + 2 * t->reach); }

i64 most_rows(const struct training *t) { return min_i64(t->table_rows, t->most_parts); }

void free_parts_drawing(struct parts_drawing *p) {
  if (!p) return;
  void *parts[] = {p->places, p->met, p->row_places, p->part_places, p->sums, p->most, p->shares, p};
  for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) free(parts[k]);
}

struct parts_drawing *new_parts_drawing(const struct training *t) {
  struct parts_drawing *p = new_zeros(1, sizeof *p);
  if (!p) return 0;
  p->places = new_zeros(t->words, 4);
  p->met = new_zeros(most_words(t), 8);
  p->row_places = new_zeros(t->table_rows, 4);
  p->part_places = new_zeros(t->most_parts, 4);
  p->sums = new_zeros(most_rows(t), 8);
  p->most = new_zeros(most_rows(t), 8);
  p->shares = new_zeros(most_rows(t), 4);
  if (p->places && p->met && p->row_places && p->part_places && p->sums && p->most && p->shares) return p;
  free_parts_drawing(p);
  return 0;
}

// Number the contexts by the words' places in e->words, and count how often each word is met.
static void number_contexts(struct parts_drawing *p, struct examples *e, i64 quarters) {
  i32 *places = p->places, *words = e->words, word_count = 0;
  i64 *met = p->met;
  for (i64 slot = 0; slot < e->slots; slot++) {
    i32 *contexts = e->contexts + slot * e->most_contexts;
    const f32 *weights = e->context_weights + slot * e->most_contexts;
    const i64 count = e->context_counts[slot];
    const bool merged = e->merged[slot];
    for (i64 i = 0; i < count; i++) {
      const i32 word = contexts[i];
      if (!places[word]) {
        words[word_count] = word;
        met[word_count++] = 0;
        places[word] = word_count;
      }
      contexts[i] = places[word] - 1;
      met[contexts[i]] += quarters * (merged ? (i64)weights[i] : 1);
    }
  }
  for (i64 k = 0; k < word_count; k++) places[words[k]] = 0;
  e->word_count = word_count;
}

// Lay the words' lists of parts side by side. What is far apart in memory is asked for some steps ahead.
static void list_parts(const struct training *t, const struct parts_drawing *p, struct examples *e) {
  enum { WORDS_AHEAD = 4 };
  const i64 words = e->word_count;
  i64 place = 0;
  for (i64 k = 0; k < words; k++) {
    if (k + 2 * WORDS_AHEAD < words) prefetch(t->part_starts + e->words[k + 2 * WORDS_AHEAD]);
    if (k + WORDS_AHEAD < words) {
      const i64 later = t->part_starts[e->words[k + WORDS_AHEAD]];
      for (i64 line = 0; line < 2; line++) {
        prefetch((const char *)(t->part_rows + later) + line * LINE_BYTES);
        prefetch((const char *)(t->part_times + later) + line * LINE_BYTES);
      }
    }
    const i64 first = t->part_starts[e->words[k]], count = t->part_starts[e->words[k] + 1] - first;
    memcpy(e->parts + place, t->part_rows + first, (size_t)count * sizeof *e->parts);
    memcpy(e->part_changes + place, t->part_times + first, (size_t)count * sizeof *e->part_changes);
    for (i64 i = 0; i < count; i++) prefetch(p->row_places + t->part_rows[first + i]);
    e->part_ends[k] = (i32)(place += count);
  }
  for (i64 i = 0; i < PARTS_AHEAD; i++) e->parts[place + i] = 0;
}

// Number the rows that are parts, and sum up how often each is met.
static void number_rows(struct parts_drawing *p, struct examples *e) {
  i32 *row_places = p->row_places, *rows = e->rows, row_count = 0;
  for (i64 k = 0, i = 0; k < e->word_count; k++) {
    const i64 met = p->met[k], end = e->part_ends[k];
    for (; i < end; i++) {
      const i32 row = e->parts[i];
      i32 place = row_places[row] - 1;
      if (place < 0) {
        place = row_count++;
        rows[place] = row;
        p->sums[place] = p->most[place] = 0;
        row_places[row] = row_count;
      }
      p->part_places[i] = place;
      p->sums[place] += met;
    }
  }
  for (i64 k = 0; k < row_count; k++) row_places[rows[k]] = 0;
  e->row_count = row_count;
}

// Words that would move as if they were met too often: has the rows of their parts get less. Says whether there are any.
static bool bound_rows(const struct training *t, struct parts_drawing *p, struct examples *e) {
  bool any = false;
  for (i64 k = 0, i = 0; k < e->word_count; k++) {
    const i64 first = i, end = e->part_ends[k];
    i64 size = 0, sum = 0;
    for (; i < end; i++) {
      const i64 times = (i64)e->part_changes[i];
      size += times, sum += times * p->sums[p->part_places[i]];
    }
    e->word_scales[k] = 1.0f / (f32)size;
    if (sum <= max_i64(t->bound, p->met[k]) * size) continue;
    if (!any) for (i64 row = 0; row < e->row_count; row++) p->shares[row] = 1;
    any = true;
    for (i64 j = first; j < end; j++) p->shares[p->part_places[j]] = 0;  // to be found
  }
  return any;
}

// Cut the changes of parts that shares have been asked for.
static void cut_changes(const struct training *t, struct parts_drawing *p, struct examples *e) {
  i64 i = 0;
  for (i64 k = 0; k < e->word_count; k++)
    for (; i < e->part_ends[k]; i++) p->most[p->part_places[i]] = max_i64(p->most[p->part_places[i]], p->met[k]);
  const i64 parts = i;
  for (i64 row = 0; row < e->row_count; row++) {
    if (p->shares[row] != 0) continue;
    const i64 few = max_i64(t->bound, p->most[row]), sum = p->sums[row];
    p->shares[row] = sum > few ? (f32)((f64)few / (f64)sum) : 1;
  }
  for (i = 0; i < parts; i++) e->part_changes[i] *= p->shares[p->part_places[i]];
}

void list_words(struct drawing *d, struct examples *e) {
  const struct training *t = d->training;
  struct parts_drawing *p = d->parts;
  number_contexts(p, e, t->part_quarters);
  list_parts(t, p, e);
  number_rows(p, e);
  if (bound_rows(t, p, e)) cut_changes(t, p, e);
}

// --- composing and giving back, in the columns of one slice

enum { COLUMNS = 8 };  // vectors of a row that are summed up together

INLINE f32 *table_row(const struct slice *table, i32 row) { return (f32 *)table->in + row * table->row_floats; }

// Ask for columns of the row that comes PARTS_AHEAD parts later.
INLINE void prefetch_part(const struct slice *table, const i32 *rows, i64 column, int C) {
  const f32 *later = table_row(table, rows[PARTS_AHEAD]) + column;
#pragma GCC unroll 8
  for (int c = 0; c < C; c += LINE_BYTES / VECTOR_BYTES) prefetch(later + c * LANES);
}

INLINE void compose_columns(const struct slice *table, const i32 *rows, i64 count, f32 scale, i64 column, f32 *row,
                            f32 *before, int C) {
  vec sum[COLUMNS];
#pragma GCC unroll 8
  for (int c = 0; c < C; c++) sum[c] = (vec){0};
  for (i64 i = 0; i < count; i++) {
    const f32 *part = table_row(table, rows[i]) + column;
    prefetch_part(table, rows + i, column, C);
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
    f32 *part = table_row(table, rows[i]) + column;
    const vec by = splat(changes[i]);
    prefetch_part(table, rows + i, column, C);
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

void compose_words(const struct examples *e, const struct slice *table, f32 *words, f32 *before) {
  for (i64 k = 0, first = 0; k < e->word_count; k++, words += table->row_floats, before += table->row_floats) {
    const i64 count = e->part_ends[k] - first;
    const i32 *rows = e->parts + first;
    const f32 scale = e->word_scales[k];
#define BODY(C) compose_columns(table, rows, count, scale, column, words, before, C)
    FOR_COLUMNS(table->row_floats, BODY);
#undef BODY
    first += count;
  }
}

void give_back_changes(const struct examples *e, const struct slice *table, const f32 *words, const f32 *before) {
  for (i64 k = 0, first = 0; k < e->word_count; k++, words += table->row_floats, before += table->row_floats) {
    const i64 count = e->part_ends[k] - first;
    const i32 *rows = e->parts + first;
    const f32 *changes = e->part_changes + first;
#define BODY(C) give_back_columns(table, rows, changes, count, column, words, before, C)
    FOR_COLUMNS(table->row_floats, BODY);
#undef BODY
    first += count;
  }
}

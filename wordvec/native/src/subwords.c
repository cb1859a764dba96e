// Subwords: a word's row of W_in is the mean of its parts, rows of a larger table T (its own row and its n-grams').
//
//   x_w = 1 / n_w  sum over its parts u of T[u]                  at the start of a block, for each word of its contexts
//   x_w is trained in the block's steps like any row of W_in
//   T[u] += times_u share_u (x_w - x_w at the start)             at the end of the block, for each part
//
// wordvec/kernels/word_parts.py explains `times` and `share`. Within a block, words are numbered in the order of their
// first occurrence as a context. Their rows are contiguous in a small table of this team, which the kernels use like any
// other.
#include "drawing.h"
#include "memory.h"

// --- listing the words of a block, and the shares of their parts

struct word_state {
  i64 first;  // place of its first part
  i32 parts;  // number of parts
  i32 size;   // the number of rows that it is the mean of
};

// How often a part was met, in quarters of a meeting: the sum over the words with this part, and the most of one word.
struct row_state {
  f32 sum, most;
};

struct parts_drawing {
  struct word_state *words;  // (V,)
  i32 *numbers;              // (V,) 1 + its place among the block's words; zero between uses
  struct row_state *rows;    // (table_rows,) zero between uses
  i64 *met;                  // by place of a word: quarters of a meeting
  i32 *uses;                 // by listed token: of how many centres it is a context
};

i64 most_words(const struct training *t) { return min_i64(t->words, t->block + 2 * t->reach); }

void free_parts_drawing(struct parts_drawing *p) {
  if (!p) return;
  void *parts[] = {p->words, p->numbers, p->rows, p->met, p->uses, p};
  for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) free(parts[k]);
}

struct parts_drawing *new_parts_drawing(const struct training *t, i64 tokens) {
  struct parts_drawing *p = new_zeros(1, sizeof *p);
  if (!p) return 0;
  p->words = new_zeros(t->words, sizeof *p->words);
  p->numbers = new_zeros(t->words, 4);
  p->rows = new_zeros(t->table_rows, sizeof *p->rows);
  p->met = new_zeros(most_words(t) + 1, 8);
  p->uses = new_zeros(tokens + 1, 4);
  if (!(p->words && p->numbers && p->rows && p->met && p->uses)) {
    free_parts_drawing(p);
    return 0;
  }
  for (i64 word = 0; word < t->words; word++) {
    const i64 first = t->part_starts[word], end = t->part_starts[word + 1];
    f32 size = 0;
    for (i64 i = first; i < end; i++) size += t->parts[i].share;
    p->words[word] = (struct word_state){first, (i32)(end - first), (i32)size};
  }
  return p;
}

// Count for each listed token of how many of the centres begin .. end - 1 it is a context; returns the number of tokens.
// A window adds 1 where it begins and takes it away where it ends: the counts are the running sums.
static i64 count_uses(const struct drawing *d, i64 begin, i64 end) {
  i32 *uses = d->parts->uses, now = 0;
  i64 tokens = 0;
  for (i64 k = begin; k < end; k++) {
    const i64 low = window_begin(d, k), high = window_end(d, k);
    uses[low]++, uses[high]--;
    tokens = max_i64(tokens, high);
  }
  for (i64 k = 0; k <= tokens; k++) now += uses[k], uses[k] = now;
  for (i64 k = begin; k < end; k++) uses[k]--;  // a centre is not its own context
  return tokens;
}

void number_words(struct drawing *d, struct examples *e, i64 begin, i64 end) {
  const struct training *t = d->training;
  struct parts_drawing *p = d->parts;
  const i64 tokens = count_uses(d, begin, end);
  i32 count = 0;
  for (i64 k = 0; k < tokens; k++) prefetch(p->words + d->ids[k]);
  for (i64 k = 0; k < tokens; k++) {  // no branch: whether a word is new cannot be predicted
    const i32 word = d->ids[k], number = p->numbers[word], uses = p->uses[k];
    const bool is_new = !number & (uses > 0);
    const i32 place = is_new ? count : number - 1;
    const struct part *parts = t->parts + p->words[word].first;
    prefetch(parts);
    prefetch(parts + LINE_BYTES / sizeof *parts);
    e->words[count] = word;
    p->met[count] = 0;
    count += is_new;
    p->numbers[word] = place + 1;
    d->contexts[k] = place < 0 ? 0 : place;  // unused if no window holds this token
    p->met[d->contexts[k]] += (i64)t->part_quarters * uses;
    p->uses[k] = 0;
  }
  p->uses[tokens] = 0;
  for (i32 k = 0; k < count; k++) p->numbers[e->words[k]] = 0;
  e->word_count = count;
}

// Concatenate the words' lists of parts.
static void concatenate_parts(const struct training *t, const struct parts_drawing *p, struct examples *e) {
  i64 count = 0;
  for (i64 k = 0; k < e->word_count; k++) {
    const struct word_state word = p->words[e->words[k]];
    memcpy(e->parts + count, t->parts + word.first, (size_t)word.parts * sizeof *e->parts);
    count += word.parts;
    e->part_ends[k] = (i32)count;
    e->word_scales[k] = 1 / (f32)word.size;
  }
  for (i64 i = 0; i < PARTS_AHEAD; i++) e->parts[count + i].row = 0;
}

// List the rows of these parts, each once, and sum how often each is met.
static void sum_meetings(struct parts_drawing *p, struct examples *e) {
  i32 count = 0;
  for (i64 k = 0, i = 0; k < e->word_count; k++) {
    const f32 met = (f32)p->met[k];
    const i64 end = e->part_ends[k];
    for (; i < end; i++) {
      struct row_state *row = p->rows + e->parts[i].row;
      prefetch(p->rows + e->parts[i + PARTS_AHEAD].row);
      e->rows[count] = e->parts[i].row;
      count += row->sum == 0;
      row->sum += met;
      row->most = row->most > met ? row->most : met;
    }
  }
  e->row_count = count;
  e->rows_a_slot = e->slots ? (count + e->slots - 1) / e->slots : 0;
}

void list_parts(struct drawing *d, struct examples *e) {
  const struct training *t = d->training;
  struct parts_drawing *p = d->parts;
  concatenate_parts(t, p, e);
  sum_meetings(p, e);
  const i64 parts = e->word_count ? e->part_ends[e->word_count - 1] : 0;
  for (i64 i = 0; i < parts; i++) {
    const struct row_state row = p->rows[e->parts[i].row];
    const f32 few = row.most > (f32)t->bound ? row.most : (f32)t->bound;
    e->parts[i].share *= row.sum > few ? few / row.sum : 1;
  }
  for (i64 k = 0; k < e->row_count; k++) p->rows[e->rows[k]] = (struct row_state){0, 0};
}

// --- composing and giving back, in the columns of one band

enum { COLUMNS = 8 };  // vectors of a row that are summed together

INLINE f32 *table_row(const struct slice *table, i32 row) { return (f32 *)table->in + row * table->row_floats; }

// Prefetch columns of the row of the part that comes PARTS_AHEAD later.
INLINE void prefetch_part(const struct slice *table, const struct examples *e, i64 part, i64 column, int C) {
  const f32 *later = table_row(table, e->parts[part + PARTS_AHEAD].row) + column;
#pragma GCC unroll 8
  for (int c = 0; c < C; c += LINE_BYTES / VECTOR_BYTES) prefetch(later + c * LANES);
}

INLINE void compose_columns(const struct slice *table, const struct examples *e, i64 first, i64 end, f32 scale, i64 column,
                            f32 *row, f32 *before, int C) {
  vec sum[COLUMNS];
#pragma GCC unroll 8
  for (int c = 0; c < C; c++) sum[c] = (vec){0};
  for (i64 i = first; i < end; i++) {
    const f32 *part = table_row(table, e->parts[i].row) + column;
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
    f32 *part = table_row(table, e->parts[i].row) + column;
    const vec by = splat(e->parts[i].share);
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
  for (i64 k = 0, first = 0; k < e->word_count; k++, words += table->columns, before += table->columns) {
    const i64 end = e->part_ends[k];
#define BODY(C) compose_columns(table, e, first, end, e->word_scales[k], column, words, before, C)
    FOR_COLUMNS(table->columns, BODY);
#undef BODY
    first = end;
  }
}

void give_back_changes(const struct examples *e, const struct slice *table, const f32 *words, const f32 *before) {
  for (i64 k = 0, first = 0; k < e->word_count; k++, words += table->columns, before += table->columns) {
    const i64 end = e->part_ends[k];
#define BODY(C) give_back_columns(table, e, first, end, column, words, before, C)
    FOR_COLUMNS(table->columns, BODY);
#undef BODY
    first = end;
  }
}

// GloVe's training: the cells of the co-occurrence matrix in tiles, and an AdaGrad step for one cell after another.
// wordvec/kernels/glove/reference.py computes the same with layers; wordvec/kernels/glove/cells.py explains the tiles.
//
//   loss of a cell    f(X) (w . c + b_i + b_j - log X)^2           f(X) = min(1, (X / x_max)^alpha)
//   d = 2 f(X) (w . c + b_i + b_j - log X)      the gradient is d c for w and d w for c
//   for each column   h += gradient^2           W -= learning_rate gradient / sqrt(h)
//
// A row of a table holds weights, then as many sums of squares h; each half is a whole number of vectors:
//
//   word      w_1 .. w_D   b_i   1     0 ..  |  h of each
//   context   c_1 .. c_D   1     b_j   0 ..  |  h of each
//
// so that one dot product is w . c + b_i + b_j, and the biases are trained like any other column. The two ones must not
// change: their h is 1e30, so their steps are lost in rounding. The tables of words and contexts form one array,
// (2, T, rows of a band, row).
//
// The tiles of a round share no row, and rounds follow one another, so the result has the same bytes for any number of
// threads. Builds differ in the last bits: the number of partial sums of a dot product depends on the width of vectors.
#include "random.h"
#include "team.h"
#include "vectors.h"

enum {
  STRIP = 64,  // cells whose weights, logarithms and addresses are computed together
  AHEAD = 2,   // how many cells ahead rows are prefetched
  DOTS = 4,    // independent sums of a dot product: a single sum would wait for each addition
};
enum { CLAIMED, DONE, STOP };  // a team's counters

// --- cells into tiles: row i and column j go to bands i mod T and j mod T, at places i / T and j / T

// Count the cells of some rows, the first being row `first`: starts[t + 1] grows by the number of cells in tile t.
EXPORT void count_tiles(const i64 *indptr, i64 indptr_size, const i32 *indices, i64 indices_size, i64 first, i64 bands,
                        i64 *starts, i64 starts_size) {
  UNUSED(indices_size), UNUSED(starts_size);
  for (i64 row = 0; row < indptr_size - 1; row++) {
    i64 *of_row = starts + 1 + (first + row) % bands * bands;
    for (i64 place = indptr[row]; place < indptr[row + 1]; place++) of_row[(u32)indices[place] % (u32)bands]++;
  }
}

// Put these cells into their tiles: the next cell of tile t goes to packed[free[t]], 16 bits for each place in a band
// and 32 bits for the count.
EXPORT void place_cells(const i64 *indptr, i64 indptr_size, const i32 *indices, i64 indices_size, const f32 *data,
                        i64 data_size, i64 first, i64 bands, i64 *free, i64 free_size, u64 *packed, i64 packed_size) {
  UNUSED(indices_size), UNUSED(data_size), UNUSED(free_size), UNUSED(packed_size);
  for (i64 row = 0; row < indptr_size - 1; row++) {
    i64 *of_row = free + (first + row) % bands * bands;
    const u64 row_place = (u64)((first + row) / bands) << 48;
    for (i64 place = indptr[row]; place < indptr[row + 1]; place++) {
      const u32 column = (u32)indices[place];
      u32 bits;
      memcpy(&bits, &data[place], sizeof bits);
      packed[of_row[column % (u32)bands]++] = row_place | (u64)(column / (u32)bands) << 32 | bits;
    }
  }
}

// --- a cell

// log(x) = n log(2) + log(1 + e) for x = 2^n (1 + e), 0 <= e < 1, x positive and normal.
INLINE vec logarithm(vec x) {
  const ivec bits = (ivec)x;
  const vec n = __builtin_convertvector((bits >> 23) - 127, vec);
  const vec e = (vec)((bits & 0x7FFFFF) | 0x3F800000) - splat(1.0f);
  return multiply_add(n, splat(LN2_HIGH), multiply_add(e, log1p_over(e), n * splat(LN2_LOW)));
}

// Compute f(X) and log X of counts; `size` is a multiple of LANES.
EXPORT void weights_and_logs(const f32 *counts, i64 size, f32 x_max, f32 alpha, f32 *weights, i64 weights_size,
                             f32 *logs, i64 logs_size) {
  UNUSED(weights_size), UNUSED(logs_size);
  for (i64 k = 0; k < size; k += LANES) {
    const vec X = load(counts + k);
    const vec share = smaller(X * splat(1.0f / x_max), splat(1.0f));
    store(logs + k, logarithm(X));
    store(weights + k, exp_of_minus(splat(alpha) * -logarithm(share)));
  }
}

INLINE f32 dot(const f32 *w, const f32 *c, i64 vectors) {
  vec sums[DOTS];
  for (int k = 0; k < DOTS; k++) sums[k] = splat(0.0f);
  i64 v = 0;
  for (; v + DOTS <= vectors; v += DOTS)
    for (int k = 0; k < DOTS; k++)
      sums[k] = multiply_add(load(w + (v + k) * LANES), load(c + (v + k) * LANES), sums[k]);
  for (int k = 0; k < DOTS - 1 && v + k < vectors; k++)
    sums[k] = multiply_add(load(w + (v + k) * LANES), load(c + (v + k) * LANES), sums[k]);
  return sum_of_lanes((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

// AdaGrad on one vector of a row: `old` holds its weights, h its sums of squares.
INLINE void step(f32 *row, f32 *h, vec old, vec gradient, vec rate) {
  const vec squares = multiply_add(gradient, gradient, load(h));
  store(h, squares);
  store(row, old - rate * gradient * inverse_root(squares));
}

// The step of one cell; both rows are updated from their old values. Returns the loss before the step.
INLINE f64 step_of_cell(f32 *w, f32 *c, i64 vectors, f32 weight, f32 log, f32 learning_rate) {
  const f32 error = dot(w, c, vectors) - log, weighted = weight * error;
  const vec d = splat(weighted + weighted), rate = splat(learning_rate);
  f32 *w_squares = w + vectors * LANES, *c_squares = c + vectors * LANES;
  for (i64 k = 0; k < vectors * LANES; k += LANES) {
    const vec word = load(w + k), context = load(c + k);
    step(w + k, w_squares + k, word, d * context, rate);
    step(c + k, c_squares + k, context, d * word, rate);
  }
  return weighted * error;
}

// --- tiles and rounds

typedef struct {
  const u64 *packed;  // cells, see place_cells
  const i64 *starts;  // (T T + 1,): tile t has cells starts[t] .. starts[t + 1] - 1
  f32 *words, *contexts;
  i64 bands, rows_of_band, row_floats;
  u64 key;
  f32 x_max, alpha, learning_rate;
} training;

// The order of a tile's cells (a Fisher-Yates shuffle, Durstenfeld 1964): order_in_tile in kernels/glove/cells.py.
static void shuffle(u32 *order, i64 count, u64 key) {
  for (i64 k = 0; k < count; k++) order[k] = (u32)k;
  for (i64 last = count - 1; last > 0; last--) {
    const i64 chosen = (i64)below(draw(key, (u64)last), (u64)last + 1);
    const u32 moved = order[last];
    order[last] = order[chosen];
    order[chosen] = moved;
  }
}

// Train on cells packed[order[0 .. size - 1]] of a tile; its bands begin at `words` and `contexts`.
static f64 train_strip(const training *t, const u64 *packed, const u32 *order, i64 size, f32 *words, f32 *contexts) {
  f32 counts[STRIP], weights[STRIP], logs[STRIP];
  f32 *w[STRIP + AHEAD], *c[STRIP + AHEAD];
  for (i64 k = 0; k < size; k++) {
    const u64 cell = packed[order[k]];
    const u32 bits = (u32)cell;
    w[k] = words + (i64)(cell >> 48) * t->row_floats;
    c[k] = contexts + (i64)(cell >> 32 & 0xFFFF) * t->row_floats;
    memcpy(&counts[k], &bits, sizeof bits);
  }
  for (i64 k = size; k < size + AHEAD; k++) w[k] = w[0], c[k] = c[0];
  for (i64 k = size; k % LANES != 0; k++) counts[k] = 1.0f;
  const i64 rounded = (size + LANES - 1) / LANES * LANES;
  weights_and_logs(counts, rounded, t->x_max, t->alpha, weights, rounded, logs, rounded);
  const i64 vectors = t->row_floats / (2 * LANES);
  f64 loss = 0.0;
  for (i64 k = 0; k < size; k++) {
    for (i64 column = 0; column < t->row_floats; column += LINE_BYTES / 4) prefetch(w[k + AHEAD] + column);
    for (i64 column = 0; column < t->row_floats; column += LINE_BYTES / 4) prefetch(c[k + AHEAD] + column);
    loss += step_of_cell(w[k], c[k], vectors, weights[k], logs[k], t->learning_rate);
  }
  return loss;
}

// Train on all cells of one tile, in the epoch's order; returns the sum of their losses.
static f64 train_tile(const training *t, i64 tile, u32 *order) {
  const i64 begin = t->starts[tile], count = t->starts[tile + 1] - begin;
  const i64 band_floats = t->rows_of_band * t->row_floats;
  f32 *words = t->words + tile / t->bands * band_floats, *contexts = t->contexts + tile % t->bands * band_floats;
  shuffle(order, count, item_key(t->key, (u64)tile));
  f64 loss = 0.0;
  for (i64 k = 0; k < count; k += STRIP)
    loss += train_strip(t, t->packed + begin, order + k, min_i64(STRIP, count - k), words, contexts);
  return loss;
}

// Train on rounds first .. last - 1, each with the tiles tiles[round, 0 .. T - 1], together with all threads that call
// this with the same counters. losses[round, n] becomes the loss of the round's tile n. Each thread has its own
// `order`, with room for the largest tile. Returns early, between two tiles, if counter STOP is raised.
EXPORT void train_rounds(const i64 *tiles, i64 tiles_size, const u64 *packed, i64 packed_size, const i64 *starts,
                         i64 starts_size, f32 *tables, i64 tables_size, f64 *losses, i64 losses_size, i64 *shared,
                         i64 shared_size, u32 *order, i64 order_size, i64 first, i64 last, i64 bands, i64 rows_of_band,
                         i64 row_floats, u64 key, f32 x_max, f32 alpha, f32 learning_rate) {
  UNUSED(tiles_size), UNUSED(packed_size), UNUSED(starts_size), UNUSED(losses_size);
  UNUSED(shared_size), UNUSED(order_size);
  const training t = {packed, starts, tables, tables + tables_size / 2, bands, rows_of_band, row_floats,
                      key,    x_max,  alpha,  learning_rate};
  counter *counters = (counter *)(void *)shared;
  for (i64 round = first; round < last; round++) {
    const i64 limit = (round - first + 1) * bands;
    for (i64 piece; value_of(&counters[STOP]) == 0 && (piece = claim(&counters[CLAIMED], limit)) >= 0;) {
      const i64 number = round * bands + piece % bands;
      losses[number] = train_tile(&t, tiles[number], order);
      add(&counters[DONE], 1);
    }
    wait_for(&counters[DONE], limit, &counters[STOP]);
    if (value_of(&counters[STOP]) != 0) return;
  }
}

// The rows of a matrix nearest to some targets. Products, division and selection of the best are one pass, so the
// scores never leave the registers.
//
//   score[q, r] = (sum over d of targets[q, d] * rows[r, d]) / divisors[r]
//
// Targets are stored in panels of STRIP: panel p, dimension d, lane l is target p * STRIP + l; lanes past the last
// target are 0. Each product is one sum in the order of d, so it depends neither on which targets are searched together
// nor on the width of a vector. Builds without a fused multiply_add (x86-64-v2) also round each product.
#include "vectors.h"

#include <string.h>

enum {
  STRIP = 16,  // targets in a panel
  VECTORS = STRIP / LANES,
  TILE = 12 / VECTORS,  // rows whose sums are in registers together: 12 sums, enough to hide the latency of each step
  BLOCK = 96            // rows that stay in the second-level cache while all panels pass over them
};

typedef struct {
  i64 k;
  i64 *ids;     // (Q, k), best first
  f32 *scores;  // (Q, k); -inf where no row has been found yet
  const i64 *excluded, *ends;  // target q excludes rows excluded[ends[q - 1] .. ends[q] - 1]
} found;

INLINE bool is_excluded(const found *to, i64 q, i64 row) {
  bool is = false;
  for (i64 e = q ? to->ends[q - 1] : 0; e < to->ends[q]; e++) is |= to->excluded[e] == row;
  return is;
}

// Insert a row after those that are as good or better; the last one drops out.
static void insert(const found *to, i64 q, i64 row, f32 score) {
  i64 *ids = to->ids + q * to->k, place = to->k - 1;
  f32 *scores = to->scores + q * to->k;
  if (is_excluded(to, q, row)) return;
  while (place > 0 && score > scores[place - 1]) place--;
  memmove(ids + place + 1, ids + place, (size_t)(to->k - 1 - place) * sizeof *ids);
  memmove(scores + place + 1, scores + place, (size_t)(to->k - 1 - place) * sizeof *scores);
  ids[place] = row, scores[place] = score;
}

// The products of TILE rows with a panel. Only `many` rows exist; the others repeat the last one.
INLINE void multiply_tile(const f32 *rows, i64 many, i64 dim, const f32 *panel, vec sums[TILE][VECTORS]) {
  const f32 *row[TILE];
  for (int t = 0; t < TILE; t++) row[t] = rows + min_i64(t, many - 1) * dim;
  for (int t = 0; t < TILE; t++)
    for (int v = 0; v < VECTORS; v++) sums[t][v] = splat(0.0f);
  for (i64 d = 0; d < dim; d++) {
    vec targets[VECTORS];
    for (int v = 0; v < VECTORS; v++) targets[v] = load(panel + d * STRIP + v * LANES);
    for (int t = 0; t < TILE; t++) {
      const vec value = splat(row[t][d]);
      for (int v = 0; v < VECTORS; v++) sums[t][v] = multiply_add(value, targets[v], sums[t][v]);
    }
  }
}

// Prefetch TILE rows that begin at `rows`; they may be past the last row.
INLINE void prefetch_tile(const f32 *rows, i64 dim) {
  for (i64 at = 0; at < TILE * dim; at += LINE_BYTES / 4) prefetch_for_later(rows + at);
}

// Offer the rows first, first + 1, ... of a tile to the targets of a panel. `least` (STRIP,) is the score that a row
// must exceed, infinity for lanes without a target.
INLINE void offer_tile(vec sums[TILE][VECTORS], const f32 *divisors, i64 many, i64 first, i64 panel, f32 *least,
                       const found *to) {
  for (i64 t = 0; t < many; t++) {
    f32 scores[STRIP];
    ivec better = {0};
    for (int v = 0; v < VECTORS; v++) {
      const vec score = sums[t][v] / splat(divisors[t]);
      better |= score > load(least + v * LANES);
      store(scores + v * LANES, score);
    }
    i32 any = 0;
    for (int lane = 0; lane < LANES; lane++) any |= better[lane];
    if (!any) continue;
    for (i64 lane = 0; lane < STRIP; lane++) {
      const i64 q = panel * STRIP + lane;
      if (!(scores[lane] > least[lane])) continue;
      insert(to, q, first + t, scores[lane]);
      least[lane] = to->scores[q * to->k + to->k - 1];
    }
  }
}

// Update the k best rows of each target with the rows first, first + 1, ...; of equal scores the lower row wins.
//
// Shapes: rows (R, D), divisors (R,), panels (P, D, STRIP); excluded, one list per target that ends at ends (Q,); ids
// and scores (Q, k); least (P, STRIP) is working space.
EXPORT void keep_nearest(const f32 *rows, i64 rows_size, const f32 *divisors, i64 number, const f32 *panels,
                         i64 panels_size, const i64 *excluded, i64 excluded_size, const i64 *ends, i64 targets,
                         i64 first, i64 k, i64 *ids, i64 ids_size, f32 *scores, i64 scores_size, f32 *least,
                         i64 least_size) {
  UNUSED(panels_size), UNUSED(excluded_size), UNUSED(ids_size), UNUSED(scores_size);
  const found to = {k, ids, scores, excluded, ends};
  const i64 dim = number ? rows_size / number : 0;
  for (i64 q = 0; q < least_size; q++) least[q] = q < targets ? scores[q * k + k - 1] : __builtin_inff();
  for (i64 block = 0; block < number; block += BLOCK) {
    const i64 stop = min_i64(block + BLOCK, number);
    for (i64 panel = 0; panel * STRIP < targets; panel++)
      for (i64 row = block; row < stop; row += TILE) {
        const i64 many = min_i64(TILE, stop - row);
        vec sums[TILE][VECTORS];
        if (panel == 0) prefetch_tile(rows + (row + BLOCK) * dim, dim);  // of the next block
        multiply_tile(rows + row * dim, many, dim, panels + panel * STRIP * dim, sums);
        offer_tile(sums, divisors + row, many, first + row, panel, least + panel * STRIP, &to);
      }
  }
}

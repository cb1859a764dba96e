// Skip-gram in which all contexts of a centre share its outputs: the scores, then the updates of a step.
//
// The scores of a centre form a small matrix, with contexts down and outputs (the centre and its negatives) across. A
// tile is the part of the matrix that is in registers at one time:
//
//                         T outputs (rows of W_out)
//                        y0   y1   y2   y3   y4   y5
//       P contexts  x0 |  .    .    .    .    .    .  |      score:   s[p, j] = x_p . y_j
//       (of W_in)   x1 |  .    .    .    .    .    .  |      update:  x_p += sum_j g[p, j] y_j
//                                                                     y_j += sum_p g[p, j] x_p
//
// Both sums of an update use the rows from before it. No row occurs twice among the contexts or among the outputs of an
// example: examples.c merges repeated rows.
//
// T and P are constants wherever these functions are inlined, so the compiler unrolls the loops over them and keeps the
// sums in registers. FOR_EACH_TILE at the end of the file makes one case for each T.
#include "gradient.h"
#include "training.h"

// --- scores

// scores[p] = the strip of x_p . y_j, for the P contexts of one tile, over the columns of one slice.
INLINE void score_tile(const struct slice *slice, const i32 *contexts, const number *const *y, f32 *scores, int P, int T) {
  const number *x[MOST_TILE_CONTEXTS];
  vec sums[MOST_TILE_CONTEXTS][OUTPUT_STEP];
  const int strip = strip_floats(T), together = LANES / strip > 1 ? LANES / strip : 1;
#pragma GCC unroll 4
  for (int p = 0; p < P; p++) {
    x[p] = row_in(slice, contexts[p]);
#pragma GCC unroll 8
    for (int j = 0; j < OUTPUT_STEP; j++) sums[p][j] = (vec){0};
  }
  for (i64 column = 0; column < slice->columns; column += LANES) {
    vec of_context[MOST_TILE_CONTEXTS];
#pragma GCC unroll 4
    for (int p = 0; p < P; p++) of_context[p] = load_row(x[p] + column);
#pragma GCC unroll 8
    for (int j = 0; j < T; j++) {
      const vec of_output = load_row(y[j] + column);
#pragma GCC unroll 4
      for (int p = 0; p < P; p++) sums[p][j] = multiply_add(of_context[p], of_output, sums[p][j]);
    }
  }
#pragma GCC unroll 4
  for (int p = 0; p < P; p += together) store(scores + p * strip, sums_of_lanes(sums + p, together, T));
}

INLINE void score_example(const struct step *s, const struct slice *slice, i64 slot, f32 *scores, int P, int T) {
  const struct examples *e = s->examples;
  const i32 *contexts = contexts_of(e, slot);
  const i64 count = e->context_counts[slot], strip = strip_floats(T);
  for (i64 group = 0; group < e->group_counts[slot]; group++) {
    const i32 *outputs = outputs_of(e, slot) + group * OUTPUT_STEP;
    f32 *of_group = scores + group * e->most_contexts * strip;
    const number *y[OUTPUT_STEP];
#pragma GCC unroll 8
    for (int j = 0; j < T; j++) y[j] = row_out(slice, outputs[j]);
    for (i64 first = 0; first < count; first += P)
      score_tile(slice, contexts + first, y, of_group + first * strip, P, T);
  }
}

INLINE void score_skipgram_all(const struct step *s, int T) {
  const int strip = strip_floats(T), P = LANES / strip > 2 ? LANES / strip : 2;
  for (i64 slot = s->first; slot < s->last; slot++)
    for (i64 k = s->first_slice; k < s->last_slice; k++) {
      prefetch_next(s, s->training->slices + k, slot, T);
      score_example(s, s->training->slices + k, slot, scores_of(s, k, slot), P, T);
    }
}

// --- gradients

INLINE void gradients_of_example(const struct step *s, i64 slot, f32 *gradients, int T, bool wants_loss) {
  const struct examples *e = s->examples;
  const int strip = strip_floats(T);
  const f32 *weights = output_weights_of(e, slot), *repeats = e->context_weights + slot * e->most_contexts;
  const bool merged = e->merged[slot];
  const f32 *scores = scores_of(s, 0, slot);
  const i64 slices = s->training->slice_count, count = e->context_counts[slot];
  const vec rate = splat(s->rate);
  vec loss = {0};
  for (i64 group = 0; group < e->group_counts[slot]; group++) {
    const i64 begin = group * e->most_contexts * strip;
    const vec of_outputs = repeat_strip(load(weights + group * strip), strip);
    for (i64 k = 0; k < count * strip; k += LANES) {
      vec score = load(scores + begin + k);  // summed over the slices, in order
      for (i64 slice = 1; slice < slices; slice++) score += load(scores + slice * s->slice_floats + begin + k);
      vec weight = of_outputs;
      if (merged) weight *= spread_over_strips(load(repeats + k / strip), strip);
      else if (k + LANES > count * strip) weight = first_lanes(weight, (int)(count * strip - k));
      store(gradients + begin + k, gradients_of(score, weight, rate, wants_loss ? &loss : 0));
    }
  }
  if (wants_loss) add_loss(s->losses, loss);
}

// --- updates

// Look up the addresses of the rows of an example, once for all columns: first the outputs, group by group, then the
// contexts.
INLINE void find_rows(const struct step *s, const struct slice *slice, i64 slot, int T) {
  const struct examples *e = s->examples;
  const i64 groups = e->group_counts[slot], count = e->context_counts[slot];
  for (i64 group = 0; group < groups; group++)
    for (int j = 0; j < T; j++) s->rows[group * T + j] = row_out(slice, outputs_of(e, slot)[group * OUTPUT_STEP + j]);
  for (i64 i = 0; i < count; i++) s->rows[groups * T + i] = row_in(slice, contexts_of(e, slot)[i]);
}

// Update an example with one group of outputs, in C vectors of each row from `column` on. With a stage, the changes of
// the contexts are summed there instead of being added to their rows.
INLINE void update_columns(const struct step *s, const struct slice *slice, i64 slot, i64 group, const f32 *gradients,
                           i64 column, f32 *stage, int T, int C) {
  const struct examples *e = s->examples;
  void *const *outputs = s->rows + group * T, *const *contexts = s->rows + e->group_counts[slot] * T;
  const int strip = strip_floats(T);
  const i64 count = e->context_counts[slot];
  number *of_output[OUTPUT_STEP];
  uvec random[2];
  vec y[OUTPUT_STEP][2], change[OUTPUT_STEP][2];
#pragma GCC unroll 2
  for (int c = 0; c < C; c++) random[c] = random_bits(e->keys[slot] + (u32)group, slice->first_column + column + c * LANES);
#pragma GCC unroll 8
  for (int j = 0; j < T; j++) {
    of_output[j] = (number *)outputs[j] + column;
#pragma GCC unroll 2
    for (int c = 0; c < C; c++) y[j][c] = load_row(of_output[j] + c * LANES), change[j][c] = (vec){0};
  }
  for (i64 i = 0; i < count; i++) {
    number *of_context = (number *)contexts[i] + column;
    vec x[2], x_change[2];
#pragma GCC unroll 2
    for (int c = 0; c < C; c++) x[c] = load_row(of_context + c * LANES);
#pragma GCC unroll 8
    for (int j = 0; j < T; j++) {
      const vec g = splat(gradients[i * strip + place_in_strip(j, strip)]);
#pragma GCC unroll 2
      for (int c = 0; c < C; c++) {
        x_change[c] = j ? multiply_add(g, y[j][c], x_change[c]) : g * y[j][c];
        change[j][c] = multiply_add(g, x[c], change[j][c]);
      }
    }
    // The change is summed before it is added to the row: the row is larger, so fewer bits are lost.
#pragma GCC unroll 2
    for (int c = 0; c < C; c++) {
      f32 *gathered = stage + (i * C + c) * LANES;
      if (stage) store(gathered, load(gathered) + x_change[c]);
      else store_row(of_context + c * LANES, x[c] + x_change[c], random[c]), random[c] = next_bits(random[c]);
    }
  }
#pragma GCC unroll 8
  for (int j = 0; j < T; j++)
#pragma GCC unroll 2
    for (int c = 0; c < C; c++) {
      store_row(of_output[j] + c * LANES, y[j][c] + change[j][c], random[c]);
      random[c] = next_bits(random[c]);
    }
}

// The same for several groups of outputs. All groups must use the old contexts, so the contexts' changes are summed in
// the stage and added at the end.
INLINE void update_groups(const struct step *s, const struct slice *slice, i64 slot, const f32 *gradients, i64 column,
                          int T, int C) {
  const struct examples *e = s->examples;
  const int strip = strip_floats(T);
  const i64 count = e->context_counts[slot];
  memset(s->stage, 0, (size_t)(count * C * VECTOR_BYTES));
  for (i64 group = 0; group < e->group_counts[slot]; group++)
    update_columns(s, slice, slot, group, gradients + group * e->most_contexts * strip, column, s->stage, T, C);
  add_stage(s, slice, slot, column, C);
}

INLINE void update_example(const struct step *s, const struct slice *slice, i64 slot, const f32 *gradients, int T) {
  const int C = 4 * T + 5 <= REGISTERS ? 2 : 1;  // vectors of a row that fit in registers: 2 (T + T) and a few more
  const bool single = s->examples->group_counts[slot] == 1;
  i64 column = 0;
  find_rows(s, slice, slot, T);
  for (; column + C * LANES <= slice->columns; column += C * LANES)
    if (single) update_columns(s, slice, slot, 0, gradients, column, 0, T, C);
    else update_groups(s, slice, slot, gradients, column, T, C);
  if (column < slice->columns) {
    if (single) update_columns(s, slice, slot, 0, gradients, column, 0, T, 1);
    else update_groups(s, slice, slot, gradients, column, T, 1);
  }
}

INLINE void update_skipgram_all(const struct step *s, int T) {
  for (i64 begin = s->first; begin < s->last; begin += RUN) {
    const i64 end = min_i64(begin + RUN, s->last);
    for (i64 slot = begin; slot < end; slot++) {
      f32 *gradients = s->gradients + (slot - begin) * s->example_floats;
      if (s->losses) gradients_of_example(s, slot, gradients, T, true);
      else gradients_of_example(s, slot, gradients, T, false);
    }
    for (i64 slot = begin; slot < end; slot++)
      for (i64 k = s->first_band; k < s->last_band; k++) {
        prefetch_ahead(s, s->training->bands + k, slot, T);
        update_example(s, s->training->bands + k, slot, s->gradients + (slot - begin) * s->example_floats, T);
      }
  }
}

FOR_EACH_TILE(score_skipgram, score_skipgram_all)
FOR_EACH_TILE(update_skipgram, update_skipgram_all)

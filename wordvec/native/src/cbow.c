// CBOW, and skip-gram with separate negatives for each context (as in word2vec.c): one hidden vector h is scored
// against a group of outputs. For CBOW it is the mean of the contexts' rows,
//
//   h = sum_i W_in[contexts[i]] / count          score[j] = h . W_out[outputs[j]]
//
//   update:  dh = sum_j g[j] W_out[outputs[j]]            W_out[outputs[j]] += g[j] h
//            W_in[contexts[i]] += share dh                share = 1 / count (the gradient) or 1 (word2vec's sum)
//
// and for pairs it is one context's row. h sums only a few rows, so computing it again for the update is cheaper than
// storing it. T, the number of outputs in a group, and C, the number of column vectors taken together, are constants
// wherever these functions are inlined.
#include "gradient.h"
#include "training.h"

// Compute C vectors of h, `scale` times the sum of the rows.
INLINE void mean_of_rows(const struct slice *slice, const i32 *contexts, i64 count, f32 scale, i64 column, vec *h, int C) {
#pragma GCC unroll 5
  for (int c = 0; c < C; c++) h[c] = (vec){0};
  for (i64 i = 0; i < count; i++) {
    const number *x = row_in(slice, contexts[i]) + column;
#pragma GCC unroll 5
    for (int c = 0; c < C; c++) h[c] += load_row(x + c * LANES);
  }
#pragma GCC unroll 5
  for (int c = 0; c < C; c++) h[c] *= splat(scale);
}

// Run BODY for all columns of a slice or band, MOST_COLUMNS vectors at a time, then once for the vectors that remain.
#define FOR_COLUMNS(slice, column, BODY)                                                              \
  do {                                                                                                \
    i64 column = 0;                                                                                   \
    for (; column + MOST_COLUMNS * LANES <= slice->columns; column += MOST_COLUMNS * LANES) BODY(5); \
    switch ((slice->columns - column) / LANES) {                                                   \
      case 4: BODY(4); break;                                                                         \
      case 3: BODY(3); break;                                                                         \
      case 2: BODY(2); break;                                                                         \
      case 1: BODY(1); break;                                                                         \
      default: break;                                                                                 \
    }                                                                                                 \
  } while (0)

// --- scores

INLINE void add_scores(const struct slice *slice, const i32 *contexts, i64 count, f32 scale, const i32 *outputs,
                       i64 column, vec *sums, int T, int C) {
  vec h[MOST_COLUMNS];
  mean_of_rows(slice, contexts, count, scale, column, h, C);
#pragma GCC unroll 8
  for (int j = 0; j < T; j++) {
    const number *y = row_out(slice, outputs[j]) + column;
#pragma GCC unroll 5
    for (int c = 0; c < C; c++) sums[j] = multiply_add(h[c], load_row(y + c * LANES), sums[j]);
  }
}

// sums[j] = the products of h with output j, lane by lane.
INLINE void score_group(const struct slice *slice, const i32 *contexts, i64 count, f32 scale, const i32 *outputs,
                        vec *sums, int T) {
#pragma GCC unroll 8
  for (int j = 0; j < OUTPUT_STEP; j++) sums[j] = (vec){0};
#define BODY(C) add_scores(slice, contexts, count, scale, outputs, column, sums, T, C)
  FOR_COLUMNS(slice, column, BODY);
#undef BODY
}

// Compute one strip of scores.
INLINE void score_strip(const struct slice *slice, const i32 *contexts, i64 count, f32 scale, const i32 *outputs,
                        f32 *scores, int T) {
  vec sums[MOST_TILE_CONTEXTS][OUTPUT_STEP] = {{{0}}};
  score_group(slice, contexts, count, scale, outputs, sums[0], T);
  const vec strip = sums_of_lanes(sums, LANES / strip_floats(T) > 1 ? LANES / strip_floats(T) : 1, T);
  memcpy(scores, &strip, strip_floats(T) * sizeof(f32));
}

// Score two examples together. Each has one group and both strips fit into one vector, which halves the lane sums.
INLINE void score_two(const struct step *s, i64 k, i64 slot, int T) {
  const struct examples *e = s->examples;
  const struct slice *slice = s->training->slices + k;
  vec sums[MOST_TILE_CONTEXTS][OUTPUT_STEP];
#pragma GCC unroll 2
  for (int p = 0; p < 2; p++) {
    const i64 count = e->context_counts[slot + p];
    score_group(slice, contexts_of(e, slot + p), count, 1.0f / (f32)count, outputs_of(e, slot + p), sums[p], T);
  }
  store(scores_of(s, k, slot), sums_of_lanes(sums, 2, T));
}

INLINE void score_cbow_all(const struct step *s, int T) {
  const struct examples *e = s->examples;
  const bool in_twos = s->shape.groups == 1 && LANES == 2 * strip_floats(T);
  i64 slot = s->first;
  for (; in_twos && slot + 1 < s->last; slot += 2)
    for (i64 k = s->first_slice; k < s->last_slice; k++) {
      prefetch_next(s, s->training->slices + k, slot + 1, T);
      prefetch_next(s, s->training->slices + k, slot + 2, T);
      score_two(s, k, slot, T);
    }
  for (; slot < s->last; slot++)
    for (i64 k = s->first_slice; k < s->last_slice; k++)
      for (i64 group = 0; group < e->group_counts[slot]; group++) {
        const i64 count = e->context_counts[slot];
        score_strip(s->training->slices + k, contexts_of(e, slot), count, 1.0f / (f32)count,
                    outputs_of(e, slot) + group * OUTPUT_STEP, scores_of(s, k, slot) + group * strip_floats(T), T);
      }
}

INLINE void score_pairs_all(const struct step *s, int T) {
  const struct examples *e = s->examples;
  for (i64 slot = s->first; slot < s->last; slot++)
    for (i64 k = s->first_slice; k < s->last_slice; k++)
      for (i64 i = 0; i < e->context_counts[slot]; i++)
        for (i64 group = i * s->shape.groups; group < (i + 1) * s->shape.groups; group++)
          score_strip(s->training->slices + k, contexts_of(e, slot) + i, 1, 1.0f,
                      outputs_of(e, slot) + group * OUTPUT_STEP, scores_of(s, k, slot) + group * strip_floats(T), T);
}

// --- gradients

// The gradients of consecutive strips, the first of them at `slot`.
INLINE void gradients_of_strips(const struct step *s, i64 slot, i64 strips, f32 *gradients, int T, bool wants_loss) {
  const i64 slices = s->training->slice_count, floats = strips * strip_floats(T);
  const f32 *scores = scores_of(s, 0, slot), *weights = output_weights_of(s->examples, slot);
  const vec rate = splat(s->rate);
  vec loss = {0};
  for (i64 k = 0; k < floats; k += LANES) {
    vec score = load(scores + k);  // the sum over slices, in their order
    for (i64 slice = 1; slice < slices; slice++) score += load(scores + slice * s->slice_floats + k);
    vec weight = load(weights + k);
    if (k + LANES > floats) weight = first_lanes(weight, (int)(floats - k));
    store(gradients + k, gradients_of(score, weight, rate, wants_loss ? &loss : 0));
  }
  if (wants_loss) add_loss(s->losses, loss);
}

// Compute the gradients of examples begin .. end - 1 into s->gradients. Examples of one group each are contiguous.
INLINE void gradients_of_run(const struct step *s, i64 begin, i64 end, int T, bool pairs, bool wants_loss) {
  const struct examples *e = s->examples;
  if (s->shape.groups == 1 && !pairs) {
    gradients_of_strips(s, begin, end - begin, s->gradients, T, wants_loss);
    return;
  }
  for (i64 slot = begin; slot < end; slot++) {
    const i64 strips = pairs ? e->context_counts[slot] * s->shape.groups : e->group_counts[slot];
    gradients_of_strips(s, slot, strips, s->gradients + (slot - begin) * s->example_floats, T, wants_loss);
  }
}

// --- updates of CBOW: within an example outputs are all different, contexts may repeat

INLINE void update_cbow_columns(const struct step *s, const struct slice *slice, i64 slot, const f32 *gradients, i64 column,
                                int T, int C) {
  const struct examples *e = s->examples;
  const i32 *contexts = contexts_of(e, slot), *outputs = outputs_of(e, slot);
  const i64 count = e->context_counts[slot];
  const f32 scale = 1.0f / (f32)count, share = s->training->divide ? scale : e->context_shares[slot];
  vec h[MOST_COLUMNS], dh[MOST_COLUMNS];
  uvec random[MOST_COLUMNS];
  mean_of_rows(slice, contexts, count, scale, column, h, C);
#pragma GCC unroll 5
  for (int c = 0; c < C; c++) {
    dh[c] = (vec){0};
    random[c] = random_bits(e->keys[slot], slice->first_column + column + c * LANES);
  }
  for (i64 group = 0; group < e->group_counts[slot]; group++)
#pragma GCC unroll 8
    for (int j = 0; j < T; j++) {
      const vec g = splat(gradients[group * strip_floats(T) + place_in_strip(j, strip_floats(T))]);
      number *y = row_out(slice, outputs[group * OUTPUT_STEP + j]) + column;
#pragma GCC unroll 5
      for (int c = 0; c < C; c++) {
        const vec old = load_row(y + c * LANES);
        dh[c] = multiply_add(g, old, dh[c]);
        store_row(y + c * LANES, multiply_add(g, h[c], old), random[c]);
        random[c] = next_bits(random[c]);
      }
    }
#pragma GCC unroll 5
  for (int c = 0; c < C; c++) dh[c] *= splat(share);
  for (i64 i = 0; i < count; i++) {
    number *x = row_in(slice, contexts[i]) + column;
#pragma GCC unroll 5
    for (int c = 0; c < C; c++) {
      store_row(x + c * LANES, load_row(x + c * LANES) + dh[c], random[c]);
      random[c] = next_bits(random[c]);
    }
  }
}

INLINE void update_cbow_example(const struct step *s, const struct slice *slice, i64 slot, const f32 *gradients, int T) {
#define BODY(C) update_cbow_columns(s, slice, slot, gradients, column, T, C)
  FOR_COLUMNS(slice, column, BODY);
#undef BODY
}

// --- updates of pairs: first the changes of the contexts, from the old outputs; then the outputs, from the old
// contexts; then the contexts. This order is right even if words repeat.

INLINE void update_pairs_columns(const struct step *s, const struct slice *slice, i64 slot, const f32 *gradients,
                                 i64 column, int T, int C) {
  const struct examples *e = s->examples;
  const i32 *contexts = contexts_of(e, slot), *outputs = outputs_of(e, slot);
  const i64 count = e->context_counts[slot], groups = s->shape.groups;
  for (i64 i = 0; i < count; i++) {
    vec change[MOST_COLUMNS] = {{0}};
    for (i64 group = i * groups; group < (i + 1) * groups; group++)
      for (int j = 0; j < T; j++) {
        const vec g = splat(gradients[group * strip_floats(T) + place_in_strip(j, strip_floats(T))]);
        const number *y = row_out(slice, outputs[group * OUTPUT_STEP + j]) + column;
#pragma GCC unroll 5
        for (int c = 0; c < C; c++) change[c] = multiply_add(g, load_row(y + c * LANES), change[c]);
      }
#pragma GCC unroll 5
    for (int c = 0; c < C; c++) store(s->stage + (i * C + c) * LANES, change[c]);
  }
  uvec random[MOST_COLUMNS];
#pragma GCC unroll 5
  for (int c = 0; c < C; c++) random[c] = random_bits(e->keys[slot], slice->first_column + column + c * LANES);
  for (i64 i = 0; i < count; i++) {
    const number *x = row_in(slice, contexts[i]) + column;
    for (i64 group = i * groups; group < (i + 1) * groups; group++)
      for (int j = 0; j < T; j++) {
        const vec g = splat(gradients[group * strip_floats(T) + place_in_strip(j, strip_floats(T))]);
        number *y = row_out(slice, outputs[group * OUTPUT_STEP + j]) + column;
#pragma GCC unroll 5
        for (int c = 0; c < C; c++) {
          store_row(y + c * LANES, multiply_add(g, load_row(x + c * LANES), load_row(y + c * LANES)), random[c]);
          random[c] = next_bits(random[c]);
        }
      }
  }
  add_stage(s, slice, slot, column, C);
}

INLINE void update_pairs_example(const struct step *s, const struct slice *slice, i64 slot, const f32 *gradients, int T) {
#define BODY(C) update_pairs_columns(s, slice, slot, gradients, column, T, C)
  FOR_COLUMNS(slice, column, BODY);
#undef BODY
}

INLINE void update_all(const struct step *s, int T, bool pairs) {
  for (i64 begin = s->first; begin < s->last; begin += RUN) {
    const i64 end = min_i64(begin + RUN, s->last);
    if (s->losses) gradients_of_run(s, begin, end, T, pairs, true);
    else gradients_of_run(s, begin, end, T, pairs, false);
    for (i64 slot = begin; slot < end; slot++)
      for (i64 k = s->first_band; k < s->last_band; k++) {
        const struct slice *band = s->training->bands + k;
        const f32 *gradients = s->gradients + (slot - begin) * s->example_floats;
        prefetch_ahead(s, band, slot, T);
        if (pairs) update_pairs_example(s, band, slot, gradients, T);
        else update_cbow_example(s, band, slot, gradients, T);
      }
  }
}

INLINE void update_cbow_all(const struct step *s, int T) { update_all(s, T, false); }
INLINE void update_pairs_all(const struct step *s, int T) { update_all(s, T, true); }

FOR_EACH_TILE(score_cbow, score_cbow_all)
FOR_EACH_TILE(update_cbow, update_cbow_all)
FOR_EACH_TILE(score_pairs, score_pairs_all)
FOR_EACH_TILE(update_pairs, update_pairs_all)

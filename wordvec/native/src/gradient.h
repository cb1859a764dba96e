// From scores to gradients: the logistic loss of negative sampling and of hierarchical softmax (Mikolov et al. 2013b,
// equations 3 and 4), lane by lane.
//
// Each score s has a signed weight w: +m for a target, -m for a negative, where m is how often that pair of context and
// output occurs among the centre's terms (0 if it does not). With u = -sign(w) s the terms are
//
//   loss      |w| softplus(u)                    -log sigmoid(s) for a target, -log sigmoid(-s) for a negative
//   gradient  learning_rate w sigmoid(u)         the factor of the other side's row in the update, downhill
#pragma once
#include "vectors.h"

// The gradients of LANES scores; adds their losses to *loss unless `loss` is 0.
INLINE vec gradients_of(vec score, vec weight, vec rate, vec *loss) {
  const ivec sign = (ivec)weight & (i32)0x80000000;
  const vec u = (vec)((ivec)score ^ sign ^ (i32)0x80000000);
  const vec e = exp_of_minus(absolute(u));
  if (loss) *loss = multiply_add(absolute(weight), softplus(u, e), *loss);
  return rate * weight * sigmoid(u, e);
}

typedef f64 wide_vec __attribute__((vector_size(2 * VECTOR_BYTES)));

// Add a loss, lane by lane, to LANES sums.
INLINE void add_loss(f64 *sums, vec loss) {
  wide_vec total;
  memcpy(&total, sums, sizeof total);
  total += __builtin_convertvector(loss, wide_vec);
  memcpy(sums, &total, sizeof total);
}

// Repeat the first `strip` numbers: the weights of outputs, for all contexts whose strips share a vector.
INLINE vec repeat_strip(vec a, int strip) {
#if LANES == 16
  return strip == 8 ? __builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7)
                    : __builtin_shufflevector(a, a, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
#elif LANES == 8
  return strip == 8 ? a : __builtin_shufflevector(a, a, 0, 1, 2, 3, 0, 1, 2, 3);
#else
  UNUSED(strip);
  return a;
#endif
}

// Repeat each of the first numbers `strip` times: the weights of contexts.
INLINE vec spread_over_strips(vec a, int strip) {
#if LANES == 16
  return strip == 8 ? __builtin_shufflevector(a, a, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)
                    : __builtin_shufflevector(a, a, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
#elif LANES == 8
  return strip == 8 ? splat(a[0]) : __builtin_shufflevector(a, a, 0, 0, 0, 0, 1, 1, 1, 1);
#else
  UNUSED(strip);
  return splat(a[0]);
#endif
}

// Keep the first `number` lanes and set the others to zero.
INLINE vec first_lanes(vec a, int number) {
  ivec lane;
  for (int k = 0; k < LANES; k++) lane[k] = k;
  return choose(lane < number, a, (vec){0});
}

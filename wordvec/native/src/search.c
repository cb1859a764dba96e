// The best candidates of analogy questions, from cosines: the inner loops of evaluation/analogy/answers.py.
//
// With a, b, c the cosines of a candidate with the question's three words, the score depends on `method`:
//   0  3CosAdd         b - a + c
//   1  3CosMul         b * c / (a + 0.001), for cosines in [0, 1]
//   2  pair direction  (b - a - offset) / sqrt(max(2 * (1 - c), 1e-12))
// Every step is rounded to f32 separately, so all builds give the same results.
#include "wordvec.h"

#include <math.h>

enum { TILE = 64 };  // candidates that are skipped together if none of them is good enough

INLINE f32 score(i64 method, f32 a, f32 b, f32 c, f32 offset) {
  if (method == 0) return b - a + c;
  if (method == 1) return b * c / (a + 1e-3f);
  const f32 length = 2.0f * (1.0f - c);  // squared, of candidate - c
  return (b - a - offset) / sqrtf(length > 1e-12f ? length : 1e-12f);
}

// The number of the `many` candidates that score better than `than`.
INLINE i64 better_than(f32 than, i64 method, const f32 *a, const f32 *b, const f32 *c, f32 offset, i64 many) {
  i32 better = 0;
  if (many == TILE)  // a constant number of steps, so that the compiler can vectorize
    for (i64 j = 0; j < TILE; j++) better += score(method, a[j], b[j], c[j], offset) > than;
  else
    for (i64 j = 0; j < many; j++) better += score(method, a[j], b[j], c[j], offset) > than;
  return better;
}

INLINE bool is_among(i64 candidate, const i64 *excluded, i64 many) {
  bool found = false;
  for (i64 e = 0; e < many; e++) found |= excluded[e] == candidate;
  return found;
}

typedef struct {
  f32 top, second;  // the two best scores
  i64 answer;       // the best candidate
} best_two;

// Update the best two of one question with the candidates first, first + 1, ... whose cosines are in a, b and c.
INLINE best_two search_row(best_two best, i64 method, const f32 *a, const f32 *b, const f32 *c, f32 offset, i64 size,
                           i64 first, const i64 *excluded, i64 excluded_size) {
  for (i64 begin = 0; begin < size; begin += TILE) {
    const i64 many = min_i64(TILE, size - begin);
    if (!better_than(best.second, method, a + begin, b + begin, c + begin, offset, many)) continue;
    for (i64 j = begin; j < begin + many; j++) {
      const f32 value = score(method, a[j], b[j], c[j], offset);
      if (!(value > best.second) || is_among(first + j, excluded, excluded_size)) continue;
      if (value > best.top)
        best = (best_two){value, best.top, first + j};
      else
        best.second = value;
    }
  }
  return best;
}

// Update the best candidate, its score and the second best score of each question with a block of candidates.
//
// Shapes: table (U, C) cosines of the questions' words with the candidates first, first + 1, ...; slots (Q, 3) rows of
// the table; offsets (Q,) cos(c, b) - cos(c, a); excluded (Q, E) candidates that may not be the answer; answers,
// best_scores and second_scores (Q,).
EXPORT void search_answers(const f32 *table, i64 table_size, i64 candidates, const i64 *slots, i64 slots_size,
                           const f32 *offsets, i64 questions, i64 method, i64 first, const i64 *excluded,
                           i64 excluded_size, i64 *answers, i64 answers_size, f32 *best_scores, i64 best_scores_size,
                           f32 *second_scores, i64 second_scores_size) {
  UNUSED(table_size), UNUSED(slots_size), UNUSED(answers_size), UNUSED(best_scores_size), UNUSED(second_scores_size);
  for (i64 q = 0; q < questions; q++) {
    const f32 *a = table + slots[3 * q] * candidates, *b = table + slots[3 * q + 1] * candidates;
    const f32 *c = table + slots[3 * q + 2] * candidates;
    const i64 each = excluded_size / questions;
    const i64 *mine = excluded + q * each;
    best_two best = {best_scores[q], second_scores[q], answers[q]};
    if (method == 0)  // compiles each method's loop separately
      best = search_row(best, 0, a, b, c, offsets[q], candidates, first, mine, each);
    else if (method == 1)
      best = search_row(best, 1, a, b, c, offsets[q], candidates, first, mine, each);
    else
      best = search_row(best, 2, a, b, c, offsets[q], candidates, first, mine, each);
    best_scores[q] = best.top, second_scores[q] = best.second, answers[q] = best.answer;
  }
}

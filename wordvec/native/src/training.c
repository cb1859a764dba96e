// The threads of a training run: draw, score, update, step after step.
//
// Every thread runs all blocks. A thread that is free draws the examples of a whole block, mostly ahead of time, and
// cuts them into steps. In a step every thread works on its own bands of columns and their slices:
//
//   score    computes their part of all scores from the current rows, then waits for all threads
//   update   computes gradients from the summed scores and updates the rows, example by example in corpus order
//
// Threads wait for each other once a step, after the scores. A thread that would wait there draws later blocks. After
// its update a thread continues without waiting, since the scores of its slices need no other thread. A thread writes
// only to its own slices of the tables, so the result does not depend on how threads are scheduled.
#include "training.h"
#include "drawing.h"
#include "memory.h"
#include "team.h"
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#if HAS_HALF
#define HALF_KERNELS(name) {name##_skipgram_half, name##_pairs_half, name##_cbow_half}
#else
#define HALF_KERNELS(name) {0, 0, 0}
#endif

enum {
  AHEAD = 2,   // blocks drawn ahead, so that the next one is ready when its rows are prefetched
  BUFFERS = 4  // blocks of examples: one in use, two drawn ahead, one that a slower thread still reads
};

struct team {
  struct training training;
  struct shape shape;
  counter claimed, scored, stop, abandoned, drawn[BUFFERS];
  struct examples examples[BUFFERS];
  f32 *scores;  // (2, slices, examples of a step, floats): for two steps, as a thread may be one step ahead
  i64 example_floats, slice_floats, turn_floats;
  struct member *members;
  const struct slice *table;  // with subwords: the table of parts
  struct slice *of_words;     // with subwords: bands with a row for each word of a block, then their slices
};

// The working space of one thread.
struct member {
  struct drawing *drawing;
  f32 *gradients, *stage;
  void **rows;
  f64 losses[LANES];
  i64 predictions, terms, centres;
};

// The tile for the outputs of an example: as few groups as the registers allow, evenly filled. The paths of a tree vary
// in length, so they take small groups.
struct shape shape_of(const struct training *t) {
  const bool shared = t->architecture == SKIPGRAM;
  const i64 most = LANES == 4 ? 4 : !shared || REGISTERS == 32 ? 8 : 6;
  const i64 outputs = has_tree(t) ? t->longest_path : t->negatives + 1;
  i64 tile = shared ? 4 : most;
  if (!has_tree(t)) {
    const i64 groups = (outputs + most - 1) / most;
    tile = (outputs + groups - 1) / groups;
  }
  return (struct shape){tile, (outputs + tile - 1) / tile, strip_floats((int)tile)};
}

// How much of the next block's rows to prefetch. Intel's cores hold few requests for lines at a time, so that more of
// them make updates wait for their own rows; and they fetch the lines that follow by themselves. AMD's cores hold more.
static struct lines_ahead lines_ahead(void) {
#if defined(__x86_64__)
  unsigned most, vendor, ecx, edx;
  if (__get_cpuid(0, &most, &vendor, &ecx, &edx) && vendor == signature_INTEL_ebx) return (struct lines_ahead){6, 3};
#endif
  return (struct lines_ahead){12, 12};
}

// The learning rate at the start of a block. It falls linearly over the whole training, but never to zero.
static f32 rate_at(const struct training *t, i64 block) {
  const f64 left = 1.0 - (t->done_before + (f64)(block * t->block)) / t->positions;
  return (f32)(t->learning_rate * (left > 1e-4 ? left : 1e-4));
}

EXPORT void training_free(struct team *team) {
  if (!team) return;
  for (i64 k = 0; team->of_words && k < team->training.band_count; k++) free_aligned(team->of_words[k].in);
  free(team->of_words);
  for (int b = 0; b < BUFFERS; b++) free_examples(team->examples + b);
  for (i64 k = 0; team->members && k < team->training.threads; k++) {
    free_drawing(team->members[k].drawing);
    free_aligned(team->members[k].gradients);
    free_aligned(team->members[k].stage);
    free(team->members[k].rows);
  }
  free(team->members);
  free_aligned(team->scores);
  free_aligned(team);
}

// The number of slices in the first `bands` bands.
static i64 slices_before(const struct training *t, i64 bands) {
  i64 slices = 0;
  while (slices < t->slice_count && (bands == t->band_count || t->slices[slices].first_column < t->bands[bands].first_column))
    slices++;
  return slices;
}

// With subwords: allocate a row for each word of a block, for the kernels to train, and a copy of it as composed.
static bool new_rows_of_words(struct team *team) {
  struct training *t = &team->training;
  if (!has_parts(t)) return true;
  team->table = t->bands;
  t->absent_input = most_words(t);
  team->of_words = new_zeros(t->band_count + t->slice_count, sizeof *team->of_words);
  if (!team->of_words) return false;
  struct slice *bands = team->of_words, *slices = bands + t->band_count;
  memcpy(slices, t->slices, (size_t)t->slice_count * sizeof *slices);
  for (i64 k = 0, n = 0; k < t->band_count; k++) {
    bands[k] = t->bands[k];
    bands[k].in = new_aligned(2 * (most_words(t) + 1) * bands[k].columns * 4);
    if (!bands[k].in) return false;
    for (; n < slices_before(t, k + 1); n++) slices[n].in = (f32 *)bands[k].in + slices[n].first_column - bands[k].first_column;
  }
  t->slices = slices, t->bands = bands;
  return true;
}

INLINE f32 *words_before(const struct training *t, i64 band) {
  return (f32 *)t->bands[band].in + (most_words(t) + 1) * t->bands[band].columns;
}

// Allocate everything a call needs, for training->threads threads; returns 0 if memory is short.
EXPORT struct team *training_new(const struct training *training) {
  struct team *team = new_aligned(sizeof *team);
  if (!team) return 0;
  team->training = *training;
  const struct training *t = &team->training;
  const struct shape shape = team->shape = shape_of(t);
  bool complete = new_rows_of_words(team);
  for (int b = 0; b < BUFFERS; b++) complete = new_examples(team->examples + b, t) && complete;
  const struct examples *e = team->examples;
  const i64 contexts = e->most_contexts;
  team->example_floats = t->architecture == CBOW ? shape.groups * shape.strip : contexts * shape.groups * shape.strip;
  team->slice_floats = min_i64(e->most_slots, MOST_EXAMPLES) * team->example_floats + LANES;
  team->turn_floats = t->slice_count * team->slice_floats;
  team->scores = new_aligned(2 * team->turn_floats * 4);
  team->members = new_zeros(t->threads, sizeof *team->members);
  for (i64 k = 0; team->members && k < t->threads; k++) {
    struct member *m = team->members + k;
    m->drawing = new_drawing(t);
    m->gradients = new_aligned((RUN * team->example_floats + LANES) * 4);
    m->stage = new_aligned(contexts * MOST_COLUMNS * VECTOR_BYTES);
    m->rows = new_zeros(contexts + shape.groups * shape.tile, sizeof *m->rows);
    complete = complete && m->drawing && m->gradients && m->stage && m->rows;
  }
  if (complete && team->members && team->scores) return team;
  training_free(team);
  return 0;
}

// Draw blocks while any of the first `limit` are unclaimed.
static void draw_blocks(struct team *team, struct member *m, i64 limit) {
  for (i64 number; (number = claim(&team->claimed, limit)) >= 0;) {
    struct examples *e = team->examples + number % BUFFERS;
    e->stopped = value_of(&team->stop) != 0;
    if (!e->stopped) {
      draw_block(m->drawing, e, team->training.first_block + number);
      m->predictions += e->predictions, m->terms += e->terms, m->centres += e->centres;
    }
    add(&team->drawn[number % BUFFERS], 1);
  }
}

typedef void kernel(const struct step *s);

// The kernels by architecture, for f32 and float16 tables.
static kernel *const SCORE[][3] = {{score_skipgram, score_pairs, score_cbow}, HALF_KERNELS(score)};
static kernel *const UPDATE[][3] = {{update_skipgram, update_pairs, update_cbow}, HALF_KERNELS(update)};

// Do one thread's part of all blocks. The threads of a team call it at the same time, with 0 .. threads - 1. After
// training_stop all of them end before the same block, and the tables are as trained up to that block.
EXPORT void training_run(struct team *team, i64 thread) {
  const struct training *t = &team->training;
  struct member *m = team->members + thread;
  const i64 blocks = t->last_block - t->first_block;
  i64 steps_done = 0;
  struct step s = {.training = t, .shape = team->shape, .table = team->table};
  s.lines = lines_ahead();
  s.gradients = m->gradients, s.stage = m->stage, s.rows = m->rows;
  s.slice_floats = team->slice_floats, s.example_floats = team->example_floats;
  s.first_band = t->band_count * thread / t->threads, s.last_band = t->band_count * (thread + 1) / t->threads;
  s.first_slice = slices_before(t, s.first_band), s.last_slice = slices_before(t, s.last_band);
  s.losses = thread == t->threads - 1 ? m->losses : 0;  // the last thread has the fewest columns
  for (i64 number = 0; number < blocks; number++) {
    const struct examples *e = s.examples = team->examples + number % BUFFERS;
    counter *drawn_next = &team->drawn[(number + 1) % BUFFERS];
    draw_blocks(team, m, number + 1);
    wait_for(&team->drawn[number % BUFFERS], number / BUFFERS + 1, &team->abandoned);
    if (e->stopped || value_of(&team->abandoned)) return;
    s.rate = rate_at(t, t->first_block + number);
    for (i64 k = s.first_band; has_parts(t) && k < s.last_band; k++)
      compose_words(e, team->table + k, t->bands[k].in, words_before(t, k));
    for (i64 step = 0; step < e->steps; step++) {
      s.first = step ? e->step_ends[step - 1] : 0, s.last = e->step_ends[step];
      s.scores = team->scores + steps_done++ % 2 * team->turn_floats;
      SCORE[t->half][t->architecture](&s);
      add(&team->scored, 1);
      if (step == 0) draw_blocks(team, m, min_i64(number + 1 + AHEAD, blocks));
      wait_for(&team->scored, steps_done * t->threads, &team->abandoned);
      if (value_of(&team->abandoned)) return;
      const bool is_drawn = value_of(drawn_next) >= (number + 1) / BUFFERS + 1;
      s.ahead = is_drawn && !team->examples[(number + 1) % BUFFERS].stopped ? team->examples + (number + 1) % BUFFERS : 0;
      UPDATE[t->half][t->architecture](&s);
    }
    for (i64 k = s.first_band; has_parts(t) && k < s.last_band; k++)
      give_back_changes(e, team->table + k, t->bands[k].in, words_before(t, k));
  }
}

// Make all threads end before a block that none of them has drawn yet.
EXPORT void training_stop(struct team *team) { add(&team->stop, 1); }

// Make all threads end immediately, because one of them never started. The tables are then unusable.
EXPORT void training_abandon(struct team *team) { add(&team->abandoned, 1); }

// Set numbers (3,) to the predictions, terms and centres that were trained; returns the sum of the losses.
EXPORT f64 training_result(const struct team *team, i64 *numbers, i64 numbers_size) {
  f64 loss = 0;
  UNUSED(numbers_size);
  numbers[0] = numbers[1] = numbers[2] = 0;
  for (i64 k = 0; k < team->training.threads; k++) {
    const struct member *m = team->members + k;
    numbers[0] += m->predictions, numbers[1] += m->terms, numbers[2] += m->centres;
    for (int lane = 0; lane < LANES; lane++) loss += m->losses[lane];
  }
  return loss;
}

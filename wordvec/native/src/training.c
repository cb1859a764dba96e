// The threads of a training run: draw, score, update, step after step.
//
// Every thread runs all blocks. Whoever is free draws the examples of a whole block, mostly ahead of time, and cuts
// them into steps. The work of a step is shared in one of two ways, which compute the same.
//
// Where each thread can have as many slices as the others, it keeps to its own columns:
//
//   score    its own slices: their part of all scores, from the rows as they are; then all wait for all
//   update   its own slices: gradients from the summed scores, example by example in corpus order
//
// Threads wait for each other once a step, after the scores, and a thread that would wait there draws later blocks.
// After its update a thread continues at once: the scores of its slices need no other thread.
//
// More threads share the examples for the scores and all columns for the updates:
//
//   score    its own examples: their scores and gradients, which all can read; then all wait for all
//   update   its own vectors of each row, example by example in corpus order; then all wait for all
//
// A sum is never cut differently and a row's column is always changed by one thread, so the result cannot depend on how
// many threads there are or how they take turns.
#include "training.h"
#include "gradient.h"
#include "memory.h"
#include "parts.h"
#include "team.h"

#if HAS_HALF
#define HALF_KERNELS(name) {name##_skipgram_half, name##_pairs_half, name##_cbow_half}
#else
#define HALF_KERNELS(name) {0, 0, 0}
#endif

enum {
  AHEAD = 2,   // blocks drawn before they are needed: the next one is then ready when its rows are asked for
  BUFFERS = 4  // blocks of examples: one in use, two drawn ahead, one a slower thread still reads
};

struct team {
  struct training training;
  struct shape shape;
  counter claimed, scored, updated, stop, abandoned, drawn[BUFFERS];
  struct examples examples[BUFFERS];
  f32 *scores;  // (2, slices, examples of a step, floats): of two steps, as a thread may be one step ahead
  i64 example_floats, slice_floats, turn_floats;
  bool by_examples;         // how threads share a step
  f32 *gradients, *losses;  // by examples: (examples of a step, floats), (runs of a step, LANES)
  struct member *members;
  const struct slice *table;  // with subwords: of parts; training.slices are then these, with a row for each word of a block
  struct slice *of_words;
};

// What one thread has for itself.
struct member {
  struct drawing *drawing;
  f32 *scores;  // by examples: (slices, RUN, floats)
  f32 *gradients, *stage;
  struct slice *pieces;  // that it updates
  i64 piece_count;
  f64 losses[LANES];
  i64 predictions, terms, centres;
};

// The tile for the outputs of an example: as few groups as the registers allow, evenly filled. Paths of a tree
// vary in length, so they take small groups.
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

// The learning rate at the start of a block: it falls in a straight line over the whole training, but never to zero.
static f32 rate_at(const struct training *t, i64 block) {
  const f64 left = 1.0 - (t->done_before + (f64)(block * t->block)) / t->positions;
  return (f32)(t->learning_rate * (left > 1e-4 ? left : 1e-4));
}

EXPORT void training_free(struct team *team) {
  if (!team) return;
  for (i64 k = 0; team->of_words && k < team->training.slice_count; k++) free_aligned(team->of_words[k].in);
  free(team->of_words);
  for (int b = 0; b < BUFFERS; b++) free_examples(team->examples + b);
  for (i64 k = 0; team->members && k < team->training.threads; k++) {
    free_drawing(team->members[k].drawing);
    free_aligned(team->members[k].scores);
    free_aligned(team->members[k].gradients);
    free_aligned(team->members[k].stage);
    free(team->members[k].pieces);
  }
  free(team->members);
  free_aligned(team->scores);
  free_aligned(team->gradients);
  free_aligned(team->losses);
  free_aligned(team);
}

// With subwords: have the kernels work on rows of a block's words, of which each is kept as it was composed, too.
static bool new_rows_of_words(struct team *team) {
  struct training *t = &team->training;
  if (!has_parts(t)) return true;
  team->table = t->slices;
  t->absent_input = most_words(t);
  team->of_words = new_zeros(t->slice_count, sizeof *team->of_words);
  for (i64 k = 0; team->of_words && k < t->slice_count; k++) {
    team->of_words[k] = t->slices[k];
    team->of_words[k].in = new_aligned(2 * (most_words(t) + 1) * t->slices[k].row_floats * 4);
    if (!team->of_words[k].in) return false;
  }
  t->slices = team->of_words;
  return team->of_words != 0;
}

INLINE f32 *words_before(const struct training *t, i64 slice) {
  return (f32 *)t->slices[slice].in + (most_words(t) + 1) * t->slices[slice].row_floats;
}

// What thread number `thread` updates: its slices, or its part of all vectors of a row.
static bool new_pieces(struct team *team, i64 thread) {
  const struct training *t = &team->training;
  struct member *m = team->members + thread;
  const i64 bytes = t->half ? 2 : 4;
  i64 vectors = 0, begin = 0;
  for (i64 k = 0; k < t->slice_count; k++) vectors += t->slices[k].row_floats / LANES;
  const i64 first = LANES * (vectors * thread / t->threads), last = LANES * (vectors * (thread + 1) / t->threads);
  m->pieces = new_zeros(t->slice_count, sizeof *m->pieces);
  for (i64 k = 0; m->pieces && k < t->slice_count; begin += t->slices[k++].row_floats) {
    const struct slice *slice = t->slices + k;
    const i64 low = max_i64(first - begin, 0), high = min_i64(last - begin, slice->row_floats);
    if (team->by_examples && low < high)
      m->pieces[m->piece_count++] = (struct slice){(char *)slice->in + low * bytes, (char *)slice->out + low * bytes,
                                                   high - low, slice->first_column + low, slice->stride};
    else if (!team->by_examples && k >= t->slice_count * thread / t->threads && k < t->slice_count * (thread + 1) / t->threads)
      m->pieces[m->piece_count++] = *slice;
  }
  return m->pieces != 0;
}

static bool new_member(struct team *team, i64 thread) {
  const struct training *t = &team->training;
  struct member *m = team->members + thread;
  m->drawing = new_drawing(t);
  if (team->by_examples) m->scores = new_aligned((t->slice_count * (RUN * team->example_floats + LANES)) * 4);
  m->gradients = new_aligned((RUN * team->example_floats + LANES) * 4);
  m->stage = new_aligned(team->examples->most_contexts * 4 * VECTOR_BYTES);
  return new_pieces(team, thread) && m->drawing && m->gradients && m->stage && (m->scores || !team->by_examples);
}

// Everything a call needs, for training->threads threads; 0 when memory is short.
EXPORT struct team *training_new(const struct training *training) {
  struct team *team = new_aligned(sizeof *team);
  if (!team) return 0;
  team->training = *training;
  const struct training *t = &team->training;
  const struct shape shape = team->shape = shape_of(t);
  team->by_examples = t->slice_count % t->threads != 0 && !has_parts(t);
  bool complete = new_rows_of_words(team);
  for (int b = 0; b < BUFFERS; b++) complete = new_examples(team->examples + b, t) && complete;
  const struct examples *e = team->examples;
  const i64 most = min_i64(e->most_slots, MOST_EXAMPLES);
  team->example_floats = t->architecture == CBOW ? shape.groups * shape.strip : e->most_contexts * shape.groups * shape.strip;
  team->slice_floats = most * team->example_floats + LANES;
  team->turn_floats = t->slice_count * team->slice_floats;
  if (team->by_examples) {
    team->gradients = new_aligned(team->slice_floats * 4);
    team->losses = new_aligned((most / RUN + 1) * VECTOR_BYTES);
    complete = complete && team->gradients && team->losses;
  } else {
    team->scores = new_aligned(2 * team->turn_floats * 4);
    complete = complete && team->scores;
  }
  team->members = new_zeros(t->threads, sizeof *team->members);
  for (i64 k = 0; team->members && k < t->threads; k++) complete = new_member(team, k) && complete;
  if (complete && team->members) return team;
  training_free(team);
  return 0;
}

// Draw blocks, as long as any of the first `limit` are left to claim.
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

// The kernels by architecture, for tables of f32 and of float16.
static kernel *const SCORE[][3] = {{score_skipgram, score_pairs, score_cbow}, HALF_KERNELS(score)};
static kernel *const GRADIENTS[][3] = {{gradients_skipgram, gradients_pairs, gradients_cbow}, HALF_KERNELS(gradients)};
static kernel *const UPDATE[][3] = {{update_skipgram, update_pairs, update_cbow}, HALF_KERNELS(update)};

// Wait for all threads of the team; false when the call is abandoned.
static bool meet_all(struct team *team, const counter *here, i64 steps) {
  wait_for(here, steps * team->training.threads, &team->abandoned);
  return value_of(&team->abandoned) == 0;
}

// By columns: gradients and updates of a step whose scores are there, some examples at a time.
static void update_own_slices(struct member *m, struct step s, bool wants_loss) {
  const struct training *t = s.training;
  f32 loss[LANES];
  s.gradients = m->gradients, s.losses = wants_loss ? loss : 0;
  for (const i64 last = s.last; s.first < last; s.first += RUN, s.scores += RUN * s.example_floats) {
    s.last = min_i64(s.first + RUN, last);
    GRADIENTS[t->half][t->architecture](&s);
    if (wants_loss) add_loss(m->losses, load(loss));
    UPDATE[t->half][t->architecture](&s);
  }
}

// By examples: scores and gradients of this thread's part of a step's runs.
static void score_own_examples(struct team *team, struct member *m, struct step s, i64 thread) {
  const struct training *t = s.training;
  const i64 first = s.first, last = s.last, runs = (last - first + RUN - 1) / RUN;
  s.scores = m->scores, s.slice_floats = RUN * s.example_floats + LANES;
  for (i64 run = runs * thread / t->threads; run < runs * (thread + 1) / t->threads; run++) {
    s.first = first + run * RUN, s.last = min_i64(s.first + RUN, last);
    s.gradients = m->gradients, s.losses = team->losses + run * LANES;
    SCORE[t->half][t->architecture](&s);
    GRADIENTS[t->half][t->architecture](&s);
    memcpy(team->gradients + run * RUN * s.example_floats, s.gradients, (size_t)((s.last - s.first) * s.example_floats) * 4);
  }
}

// By examples: the updates of this thread's columns.
static void update_own_columns(struct team *team, struct member *m, struct step s, bool wants_loss) {
  const struct training *t = s.training;
  s.gradients = team->gradients;
  for (i64 run = 0; wants_loss && run * RUN < s.last - s.first; run++) add_loss(m->losses, load(team->losses + run * LANES));
  UPDATE[t->half][t->architecture](&s);
}

// One thread's part of all blocks; the threads of a team call it with 0 .. threads - 1, all at the same time. After
// training_stop all end before the same block, and the tables are those of the blocks before it.
EXPORT void training_run(struct team *team, i64 thread) {
  const struct training *t = &team->training;
  struct member *m = team->members + thread;
  const i64 blocks = t->last_block - t->first_block;
  const bool wants_loss = thread == t->threads - 1;  // that thread has the fewest columns
  i64 steps_done = 0;
  struct step s = {.training = t, .shape = team->shape, .pieces = m->pieces, .piece_count = m->piece_count, .stage = m->stage};
  s.slice_floats = team->slice_floats, s.example_floats = team->example_floats;
  s.first_slice = team->by_examples ? 0 : t->slice_count * thread / t->threads;
  s.last_slice = team->by_examples ? t->slice_count : t->slice_count * (thread + 1) / t->threads;
  s.table = team->table ? team->table + s.first_slice : 0;
  for (i64 number = 0; number < blocks; number++) {
    const struct examples *e = s.examples = team->examples + number % BUFFERS;
    counter *drawn_next = &team->drawn[(number + 1) % BUFFERS];
    draw_blocks(team, m, number + 1);
    wait_for(&team->drawn[number % BUFFERS], number / BUFFERS + 1, &team->abandoned);
    if (e->stopped || value_of(&team->abandoned)) return;
    s.rate = rate_at(t, t->first_block + number);
    for (i64 k = s.first_slice; has_parts(t) && k < s.last_slice; k++)
      compose_words(e, team->table + k, t->slices[k].in, words_before(t, k));
    for (i64 step = 0; step < e->steps; step++) {
      s.first = step ? e->step_ends[step - 1] : 0, s.last = e->step_ends[step];
      s.scores = team->scores + steps_done++ % 2 * team->turn_floats;
      if (team->by_examples) score_own_examples(team, m, s, thread);
      else SCORE[t->half][t->architecture](&s);
      add(&team->scored, 1);
      if (step == 0) draw_blocks(team, m, min_i64(number + 1 + AHEAD, blocks));
      if (!meet_all(team, &team->scored, steps_done)) return;
      const bool is_drawn = value_of(drawn_next) >= (number + 1) / BUFFERS + 1;
      s.ahead = is_drawn && !team->examples[(number + 1) % BUFFERS].stopped ? team->examples + (number + 1) % BUFFERS : 0;
      if (!team->by_examples) {
        update_own_slices(m, s, wants_loss);
        continue;
      }
      update_own_columns(team, m, s, wants_loss);
      add(&team->updated, 1);
      if (!meet_all(team, &team->updated, steps_done)) return;
    }
    for (i64 k = s.first_slice; has_parts(t) && k < s.last_slice; k++)
      give_back_changes(e, team->table + k, t->slices[k].in, words_before(t, k));
  }
}

// Ask all threads to end before a block that none of them has drawn yet.
EXPORT void training_stop(struct team *team) { add(&team->stop, 1); }

// Let all threads end at once, because one of them never started; the tables are then good for nothing.
EXPORT void training_abandon(struct team *team) { add(&team->abandoned, 1); }

// Predictions, terms and centres of what was trained into numbers (3,); returns the sum of the losses.
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

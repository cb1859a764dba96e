// The training examples of a block, and its steps: the same as in wordvec/corpus/draws/examples.py and steps.py.
#include "drawing.h"
#include "memory.h"

void free_examples(struct examples *e) {
  void *parts[] = {e->contexts, e->context_weights, e->context_counts, e->keys, e->merged, e->outputs,
                   e->output_weights, e->group_counts, e->context_shares, e->step_ends, e->words, e->part_ends, e->parts, e->word_scales,
                   e->rows};
  for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) free(parts[k]);
  *e = (struct examples){0};  // so that what new_examples has freed is not freed again with the team
}

// Allocate room for the examples of a block; outputs never drawn stay absent. Returns false if memory is short.
bool new_examples(struct examples *e, const struct training *t) {
  const struct shape shape = shape_of(t);
  const i64 most = min_i64(contexts_at_most(t), t->group);
  const i64 sets = t->architecture == SKIPGRAM_PAIRS ? most : 1;
  *e = (struct examples){0};
  e->most_slots = t->block * ((contexts_at_most(t) + most - 1) / most);
  e->most_contexts = (most + MOST_TILE_CONTEXTS - 1) / MOST_TILE_CONTEXTS * MOST_TILE_CONTEXTS;
  e->most_groups = sets * shape.groups;
  e->most_outputs = e->most_groups * OUTPUT_STEP;
  e->weight_floats = e->most_groups * shape.strip;
  e->contexts = new_zeros(e->most_slots * e->most_contexts + 2 * AT_ONCE, 4);
  e->keys = new_zeros(e->most_slots, 4);
  e->merged = new_zeros(e->most_slots, 1);
  e->context_weights = new_zeros(e->most_slots * e->most_contexts + LANES, 4);  // read in whole vectors
  e->context_counts = new_zeros(e->most_slots, 4);
  e->outputs = new_zeros(e->most_slots * e->most_outputs, 4);
  e->output_weights = new_zeros(e->most_slots * e->weight_floats + LANES, 4);
  e->group_counts = new_zeros(e->most_slots, 4);
  e->context_shares = new_zeros(e->most_slots, 4);
  e->step_ends = new_zeros(e->most_slots + 1, 4);
  e->words = new_zeros(has_parts(t) ? most_words(t) + 1 : 0, 4);  // one more, which number_words may write to
  e->part_ends = new_zeros(has_parts(t) ? most_words(t) : 0, 4);
  e->parts = new_zeros(t->most_parts + PARTS_AHEAD, sizeof *e->parts);
  e->word_scales = new_zeros(has_parts(t) ? most_words(t) : 0, 4);
  e->rows = new_zeros(t->most_parts + 1, 4);  // one more, which list_parts may write to
  if (!(e->contexts && e->keys && e->merged && e->context_weights && e->context_counts && e->outputs && e->output_weights &&
        e->group_counts && e->context_shares && e->step_ends && e->words && e->part_ends &&
        e->parts && e->word_scales && e->rows)) {
    free_examples(e);
    return false;
  }
  for (i64 k = 0; k < e->most_slots * e->most_contexts; k++) e->contexts[k] = (i32)t->absent_input;
  for (i64 k = 0; k < e->most_slots * e->most_outputs; k++) e->outputs[k] = (i32)t->absent_output;
  return true;
}

// --- contexts of an example

INLINE u32 class_of(i32 row) { return (u32)row % COUNTERS; }

// List the tokens begin .. end - 1 without the centre, each word once, weighted by how often it occurs.
static i64 merge_contexts(const struct drawing *d, i32 *contexts, f32 *weights, i64 centre, i64 begin, i64 end) {
  i64 count = 0;
  for (i64 k = begin; k < end; k++) {
    if (k == centre) continue;
    i64 other = 0;
    while (other < count && contexts[other] != d->contexts[k]) other++;
    if (other == count) contexts[count] = d->contexts[k], weights[count++] = 0;
    weights[other] += 1;
  }
  return count;
}

// The share of a context's gradient that is kept: cbow_shares in wordvec/corpus/draws/steps.py. The contexts are the
// tokens begin .. end - 1 without the centre, `count` of them.
static f32 share_of_repeats(struct drawing *d, i64 centre, i64 begin, i64 end, i64 count) {
  i64 squares = 0;
  for (i64 k = begin; k < end; k++) d->repeats[class_of(d->ids[k])] += k != centre;
  for (i64 k = begin; k < end; k++) {
    i32 *repeats = d->repeats + class_of(d->ids[k]);
    squares += (i64)*repeats * *repeats;
    *repeats = 0;
  }
  const f64 share = (f64)(d->training->most_repeats * count) / (f64)squares;
  return share < 1.0 ? (f32)share : 1.0f;
}

// List the contexts of a token whose sentence has tags: the tags, then the words low .. high - 1 without the centre.
// Returns their number.
static i64 list_contexts(struct drawing *d, i64 centre, i64 low, i64 high) {
  const struct training *t = d->training;
  const i64 begin = t->tag_starts[d->sentence[centre]], end = t->tag_starts[d->sentence[centre] + 1];
  i64 count = 0;
  for (i64 k = begin; k < end; k++) d->listed[count++] = t->tags[k];
  for (i64 k = low; k < high; k++)
    if (k != centre) d->listed[count++] = d->ids[k];
  return count;
}

// Place the listed contexts first .. last - 1 in a slot, each row once, weighted by how often it occurs.
static void place_listed(struct drawing *d, struct examples *e, i64 slot, i64 first, i64 last) {
  i32 *contexts = e->contexts + slot * e->most_contexts;
  f32 *weights = e->context_weights + slot * e->most_contexts;
  i64 count = 0;
  memset(weights, 0, (size_t)e->most_contexts * sizeof *weights);
  for (i64 i = first; i < last; i++) {
    i64 other = 0;
    while (other < count && contexts[other] != d->listed[i]) other++;
    if (other == count) contexts[count++] = d->listed[i];
    weights[other] += 1;
  }
  e->merged[slot] = count < last - first;
  e->context_counts[slot] = (i32)count;
  for (i64 i = 0; i < MOST_TILE_CONTEXTS - 1; i++) contexts[count + i] = (i32)d->training->absent_input;
}

// Place contexts first .. last - 1 in a slot, counting from token `low` and leaving out the centre.
INLINE void place_contexts(struct drawing *d, struct examples *e, i64 slot, i64 centre, i64 low, i64 first, i64 last) {
  const struct training *t = d->training;
  i32 *contexts = e->contexts + slot * e->most_contexts;
  if (has_tags(t)) {
    place_listed(d, e, slot, first, last);
    return;
  }
  const i64 left = centre - low;
  const i64 begin = low + first + (first >= left), end = low + last + (last > left);
  i64 count = last - first;
  e->merged[slot] = has_tiles(t) && d->latest_repeat[end - 1] >= begin;  // a word is repeated in begin .. end - 1
  if (e->merged[slot]) {
    f32 *weights = e->context_weights + slot * e->most_contexts;
    memset(weights, 0, (size_t)e->most_contexts * sizeof *weights);
    count = merge_contexts(d, contexts, weights, centre, begin, end);
  } else if (t->reach <= AT_ONCE && 2 * t->reach <= t->group) {
    memcpy(contexts, d->contexts + low, AT_ONCE * sizeof *contexts);
    memcpy(contexts + left, d->contexts + centre + 1, AT_ONCE * sizeof *contexts);
  } else {
    for (i64 i = first; i < last; i++) contexts[i - first] = d->contexts[low + i + (low + i >= centre)];
  }
  e->context_counts[slot] = (i32)count;
  if (has_tiles(t))  // fill up the last tile
    for (i64 i = 0; i < MOST_TILE_CONTEXTS - 1; i++) contexts[count + i] = (i32)t->absent_input;
  else e->context_shares[slot] = count > t->most_repeats ? share_of_repeats(d, centre, begin, end, count) : 1;
}

// --- outputs of an example

struct outputs {
  i32 *ids;      // OUTPUT_STEP places per group
  f32 *weights;  // one strip per group
  int tile, strip;
};

// The next place: groups of `tile` places begin at multiples of OUTPUT_STEP.
INLINE i64 next_place(struct outputs o, i64 place) {
  return (place + 1) % OUTPUT_STEP < o.tile ? place + 1 : place - o.tile + 1 + OUTPUT_STEP;
}

INLINE f32 *weight_at(struct outputs o, i64 place) {
  return o.weights + place / OUTPUT_STEP * o.strip + place_in_strip((int)(place % OUTPUT_STEP), o.strip);
}

INLINE void put(struct outputs o, i64 place, i32 id, f32 weight) {
  o.ids[place] = id;
  *weight_at(o, place) = weight;
}

// Merge repeated negatives and drop negatives equal to the centre; returns the number of terms they make.
static i64 merge_negatives(const struct drawing *d, struct outputs o) {
  const i32 absent = (i32)d->training->absent_output;
  i64 terms = 0, place = 0;
  for (i64 j = 0; j < d->training->negatives; j++) {
    place = next_place(o, place);
    const i32 word = o.ids[place];
    i64 earlier = 0;
    while (o.ids[earlier] != word) earlier = next_place(o, earlier);
    if (earlier == place) {
      terms++;
      continue;
    }
    put(o, place, absent, 0);
    if (earlier == 0) continue;  // the centre
    *weight_at(o, earlier) -= 1;
    terms++;
  }
  return terms;
}

// Place the centre and its negatives: a repeated negative counts twice, a negative equal to the centre not at all.
// Returns the number of terms that each context has. `known` is the number of negatives as a constant, or 0.
INLINE i64 place_negatives(const struct drawing *d, struct outputs o, i64 centre, int known) {
  const i64 negatives = known ? known : d->training->negatives;
  const i32 *drawn = d->negatives + centre, target = d->ids[centre];
  bool special = false;
  i64 place = 0;
  put(o, 0, target, 1);
#pragma GCC unroll 8
  for (i64 j = 0; j < negatives; j++) {
    const i32 word = drawn[j * d->size];
    special |= word == target;
#pragma GCC unroll 8
    for (i64 other = 0; other < j; other++) special |= word == drawn[other * d->size];
    place = next_place(o, place);
    put(o, place, word, -1);
  }
  return 1 + (special ? merge_negatives(d, o) : negatives);
}

static i64 place_shared(const struct drawing *d, struct outputs o, i64 centre) {
  if (d->training->negatives == 5 && o.tile == 6) {  // the default, without divisions and with unrolled loops
    o.tile = 6, o.strip = 8;
    return place_negatives(d, o, centre, 5);
  }
  return place_negatives(d, o, centre, 0);
}

// Place the centre and K negatives for each of the contexts first .. last - 1; returns the number of terms.
static i64 place_pairs(const struct drawing *d, struct outputs o, i64 groups, i64 centre, i64 first, i64 last) {
  const i64 negatives = d->training->negatives;
  const i32 target = d->ids[centre];
  i64 terms = last - first;
  for (i64 i = first; i < last; i++) {
    i64 place = 0;
    put(o, 0, target, 1);
    for (i64 j = 0; j < negatives; j++) {
      place = next_place(o, place);
      const i32 word = d->negatives[(i * negatives + j) * d->size + centre];
      const bool counts = word != target;
      put(o, place, counts ? word : (i32)d->training->absent_output, counts ? -1 : 0);
      terms += counts;
    }
    o.ids += groups * OUTPUT_STEP, o.weights += groups * o.strip;
  }
  return terms;
}

// Place the inner nodes on the centre's path through the Huffman tree; returns their number.
static i64 place_path(const struct training *t, struct outputs o, i32 target, i32 *groups) {
  const i64 first = t->path_starts[target], length = t->path_starts[target + 1] - first;
  i64 place = 0;
  for (i64 k = first; k < first + length; k++, place = next_place(o, place))
    put(o, place, t->path_nodes[k], t->path_signs[k]);
  for (; place % OUTPUT_STEP; place = next_place(o, place)) put(o, place, (i32)t->absent_output, 0);
  *groups = (i32)(place / OUTPUT_STEP);
  return length;
}

// --- steps

// Count the meetings of an example, contexts first .. last - 1 of a centre; returns whether any exceeds the bound.
INLINE bool meet(struct drawing *d, i64 centre, i64 first, i64 last) {
  const struct training *t = d->training;
  i32 *met = d->met, most = 0, partners = 1;
  const i32 target = d->ids[centre];
  if (t->architecture == CBOW) {
    most = met[class_of(target)] += (i32)(t->context_quarters * (last - first));
  } else {
    partners = (i32)(last - first);
  }
  met += COUNTERS;
  if (has_tree(t)) {
    for (i64 k = t->path_starts[target]; k < t->path_starts[target + 1]; k++) {
      const i32 now = met[class_of(t->path_nodes[k])] += partners * (i32)t->node_quarters;
      most = now > most ? now : most;
    }
    return most > t->bound;
  }
  for (i64 i = first; i < last && has_tags(t); i++) {
    if (d->listed[i] < t->first_tag) continue;
    const i32 now = d->met[class_of(d->listed[i])] += (i32)t->tag_quarters;
    most = now > most ? now : most;
  }
  const i32 of_centre = met[class_of(target)] += partners * (i32)t->centre_quarters;
  most = of_centre > most ? of_centre : most;
  const bool pairs = t->architecture == SKIPGRAM_PAIRS;
  const i64 begin = pairs ? first * t->negatives : 0, end = pairs ? last * t->negatives : t->negatives;
  const i32 times = (pairs ? 1 : partners) * (i32)t->negative_quarters;
  for (i64 j = begin; j < end; j++) {
    const i32 word = d->negatives[j * d->size + centre];
    const i32 now = met[class_of(word)] += word != target ? times : 0;
    most = now > most ? now : most;
  }
  return most > t->bound;
}

static void forget_meetings(struct drawing *d) {
  for (i64 k = 0; k < 2 * COUNTERS; k++) d->met[k] = 0;
}

// Place one example in a slot: contexts first .. last - 1 of a centre, counting from token `low`.
INLINE void place_example(struct drawing *d, struct examples *e, i64 slot, i64 centre, i64 low, i64 first, i64 last) {
  const struct training *t = d->training;
  const struct outputs o = {e->outputs + slot * e->most_outputs, e->output_weights + slot * e->weight_floats,
                            (int)d->shape.tile, (int)d->shape.strip};
  i64 terms;
  place_contexts(d, e, slot, centre, low, first, last);
  e->group_counts[slot] = (i32)d->shape.groups;
  e->keys[slot] = (u32)(d->keys[centre] >> 32) + (u32)first;
  if (has_tree(t)) terms = place_path(t, o, d->ids[centre], e->group_counts + slot);
  else if (t->architecture == SKIPGRAM_PAIRS) terms = place_pairs(d, o, d->shape.groups, centre, first, last);
  else terms = place_shared(d, o, centre);
  e->terms += has_tiles(t) ? (last - first) * terms : terms;
  e->predictions += t->architecture == CBOW ? 1 : last - first;
}

void draw_block(struct drawing *d, struct examples *e, i64 number) {
  const struct training *t = d->training;
  const i64 begin = number * t->block, end = min_i64(begin + t->block, t->end);
  i64 last_token, slot = 0, first_slot = 0;
  const i64 first_token = list_kept_tokens(d, begin, end, &last_token);
  draw_numbers(d, first_token, last_token);
  if (has_parts(t)) number_words(d, e, first_token, last_token);
  e->steps = e->centres = e->predictions = e->terms = 0;
  forget_meetings(d);
  bool full = false;  // a step whose only example exceeds the bound takes no other example
  for (i64 k = first_token; k < last_token; k++) {
    const i64 low = window_begin(d, k), high = window_end(d, k);
    const i64 contexts = has_tags(t) ? list_contexts(d, k, low, high) : high - low - 1;
    if (contexts < 1) continue;
    e->centres++;
    i64 fill = contexts;
    if (contexts > t->group) {
      const i64 groups = (contexts + t->group - 1) / t->group;
      fill = (contexts + groups - 1) / groups;
    }
    for (i64 first = 0; first < contexts; first += fill, slot++) {
      const i64 last = min_i64(first + fill, contexts);
      place_example(d, e, slot, k, low, first, last);
      full |= meet(d, k, first, last);
      if (slot > first_slot && (full || first > 0 || slot - first_slot == MOST_EXAMPLES)) {
        e->step_ends[e->steps++] = (i32)slot;
        first_slot = slot;
        forget_meetings(d);
        full = meet(d, k, first, last);
      }
    }
  }
  e->step_ends[e->steps++] = (i32)slot;
  e->slots = slot;
  if (has_parts(t)) list_parts(d, e);
}

// Draw the examples of one block of a training, for inspection; returns 0 if memory is short.
EXPORT struct examples *examples_draw(const struct training *t, i64 number) {
  struct examples *e = new_zeros(1, sizeof *e);
  struct drawing *d = new_drawing(t);
  if (e && d && new_examples(e, t)) {
    draw_block(d, e, number);
    free_drawing(d);
    return e;
  }
  free_drawing(d);
  free(e);
  return 0;
}

EXPORT void examples_free(struct examples *e) {
  free_examples(e);
  free(e);
}

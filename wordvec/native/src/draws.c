// Random draws: which tokens are kept, how far windows reach, which words are negatives. They are the same as in
// wordvec/corpus/draws/examples.py and sampling.py.
//
// Every draw is a function of (seed, epoch, position), so any thread can draw any block at any time. A block is drawn
// in separate simple loops over arrays, which compilers vectorize.
#include "drawing.h"
#include "memory.h"
#include "random.h"

void free_drawing(struct drawing *d) {
  if (!d) return;
  free_parts_drawing(d->parts);
  void *parts[] = {d->keys, d->ids, d->flags, d->latest_repeat, d->first, d->last,
                   d->reach, d->negatives, d->met, d->repeats, d->pool, d->sentence, d->listed, has_parts(d->training) ? d->contexts : 0, d};
  for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) free(parts[k]);
}

struct drawing *new_drawing(const struct training *t) {
  struct drawing *d = new_zeros(1, sizeof *d);
  if (!d) return 0;
  d->training = t;
  d->shape = shape_of(t);
  d->size = t->block + 4 * t->reach + AT_ONCE;
  d->draws = has_tree(t) ? 0 : t->architecture == SKIPGRAM_PAIRS ? 2 * t->reach * t->negatives : t->negatives;
  d->keys = new_zeros(d->size, 8);
  d->ids = new_zeros(d->size, 4);
  d->contexts = has_parts(t) ? new_zeros(d->size, 4) : d->ids;
  d->flags = new_zeros(d->size, 1);
  d->latest_repeat = new_zeros(d->size, 4);
  d->first = new_zeros(d->size, 4);
  d->last = new_zeros(d->size, 4);
  d->reach = new_zeros(d->size, 4);
  d->sentence = new_zeros(has_tags(t) ? d->size : 1, 8);
  d->listed = new_zeros(contexts_at_most(t), 4);
  d->negatives = new_zeros(d->draws * d->size, 4);
  d->met = new_zeros(2 * COUNTERS, 4);
  d->repeats = new_zeros(COUNTERS, 4);
  d->pool = new_zeros(t->pool, 4);
  d->pool_block = -1;
  if (has_parts(t)) d->parts = new_parts_drawing(t, d->size);
  if ((has_parts(t) && !d->parts) ||
      !(d->keys && d->ids && d->contexts && d->flags && d->latest_repeat && d->first && d->last && d->reach && d->negatives && d->met &&
        d->repeats && d->pool && d->sentence && d->listed)) {
    free_drawing(d);
    return 0;
  }
  return d;
}

// --- kept tokens

INLINE bool is_kept(const struct training *t, i64 position) {
  return (draw(item_key(t->epoch_key, (u64)position), SUBSAMPLE) >> 32) < t->keep_thresholds[t->ids[position]];
}

// The sentence that contains a position: the last one that starts at or before it.
static i64 sentence_of(const struct training *t, i64 position) {
  i64 low = 0, high = t->sentences;
  while (high - low > 1) {
    const i64 middle = (low + high) / 2;
    if (t->sentence_starts[middle] <= position) low = middle;
    else high = middle;
  }
  while (low + 1 < t->sentences && t->sentence_starts[low + 1] <= position) low++;
  return low;
}

// latest_repeat[k]: the largest place whose word occurs again up to `distance` places later and not after k, or -1.
// So the tokens low .. high - 1 (a window) are all different if latest_repeat[high - 1] < low.
static void find_repeated_words(struct drawing *d, i64 count, i64 distance) {
  i32 *restrict latest = d->latest_repeat;
  const i32 *restrict ids = d->ids;
  for (i64 k = 0; k < count; k++) latest[k] = -1;
  for (i64 step = min_i64(distance, count - 1); step > 0; step--)
    for (i64 k = step; k < count; k++) latest[k] = ids[k - step] == ids[k] ? (i32)(k - step) : latest[k];
  for (i64 k = 1; k < count; k++) latest[k] = latest[k - 1] > latest[k] ? latest[k - 1] : latest[k];
}

// Note that the listed tokens begin .. end - 1 belong to `sentence`, whose listed tokens end at `last`.
static void note_sentence(struct drawing *d, i64 sentence, i64 begin, i64 end, i64 last) {
  for (i64 k = begin; k < end; k++) d->first[k] = (i32)begin, d->last[k] = (i32)last;
  if (has_tags(d->training))
    for (i64 k = begin; k < end; k++) d->sentence[k] = sentence;
}

// Up to `reach` kept tokens are added on each side, from the same sentence.
i64 list_kept_tokens(struct drawing *d, i64 begin, i64 end, i64 *count) {
  const struct training *t = d->training;
  const i64 reach = t->reach, *starts = t->sentence_starts;
  i64 sentence = sentence_of(t, begin), left = 0, right, sentence_first = 0;
  for (i64 p = begin - 1; p >= starts[sentence] && left < reach; p--)
    if (is_kept(t, p)) d->ids[left++] = t->ids[p];
  for (i64 k = 0; k < left / 2; k++) {  // they were found backwards
    const i32 id = d->ids[k];
    d->ids[k] = d->ids[left - 1 - k];
    d->ids[left - 1 - k] = id;
  }
  const i32 *restrict ids = t->ids + begin;
  u8 *restrict flags = d->flags;
  u64 *restrict bits = d->keys;  // the keys come later
  for (i64 k = 0; k < end - begin; k++) bits[k] = draw(item_key(t->epoch_key, (u64)(begin + k)), SUBSAMPLE) >> 32;
  for (i64 k = 0; k < end - begin; k++) flags[k] = bits[k] < t->keep_thresholds[(u32)ids[k]];
  i64 kept = left, position = begin;
  while (position < end) {
    const i64 stop = min_i64(end, starts[sentence + 1]);
    for (i64 p = position; p < stop; p++) {  // writes every token, kept or not: no branch to mispredict
      d->ids[kept] = t->ids[p];
      d->keys[kept] = (u64)p;
      kept += flags[p - begin];
    }
    if (stop == end) break;
    note_sentence(d, sentence, sentence_first, kept, kept);
    sentence_first = kept, position = stop, sentence++;
  }
  right = kept;
  for (i64 p = end; p < starts[sentence + 1] && right < kept + reach; p++)
    if (is_kept(t, p)) d->ids[right++] = t->ids[p];
  note_sentence(d, sentence, sentence_first, kept, right);
  if (has_tiles(t)) find_repeated_words(d, right, min_i64(2 * reach, t->group));
  *count = kept;
  return left;
}

// --- windows and negatives

// The word that 64 random bits choose from the alias table (NegativeTable.words_of).
INLINE i32 word_of(const struct training *t, u64 bits) {
  const u64 slot = below(bits, (u64)t->words), entry = t->negative_table[slot];
  return (bits & 0xFFFFFFFF) < entry >> 32 ? (i32)slot : (i32)(u32)entry;
}

// Renew the pool for the block of POOL_BLOCK positions at `position`: from_pool in wordvec/corpus/draws/sampling.py.
static void renew_pool(struct drawing *d, i64 position) {
  const struct training *t = d->training;
  const i64 block = position / POOL_BLOCK, renewed = t->pool / POOL_GROUPS, before = d->pool_block;
  const bool goes_on = before >= 0 && before <= block && block - before < POOL_GROUPS;
  const u64 pool_key = mix(t->epoch_key + RNG_H);
  for (i64 b = goes_on ? before + 1 : block - POOL_GROUPS + 1; b <= block; b++) {
    i32 *words = d->pool + (b + POOL_GROUPS) % POOL_GROUPS * renewed;
    const u64 key = item_key(pool_key, (u64)b);
    for (i64 k = 0; k < renewed; k++) words[k] = word_of(t, draw(key, (u64)k));
  }
  d->pool_block = block;
}

// Draw negatives for the listed tokens begin .. end - 1; with a pool, all are in one POOL_BLOCK.
static void draw_negatives(struct drawing *d, i64 begin, i64 end) {
  const struct training *t = d->training;
  const u64 *restrict keys = d->keys;
  for (i64 j = 0; j < d->draws; j++) {
    i32 *restrict negatives = d->negatives + j * d->size;
    const u64 number = (u64)(FIRST_NEGATIVE + j);
    if (t->pool)
      for (i64 k = begin; k < end; k++) negatives[k] = d->pool[below(draw(keys[k], number), (u64)t->pool)];
    else
      for (i64 k = begin; k < end; k++) negatives[k] = word_of(t, draw(keys[k], number));
  }
}

void draw_numbers(struct drawing *d, i64 begin, i64 end) {
  const struct training *t = d->training;
  u64 *restrict keys = d->keys;
  i32 *restrict reach = d->reach;
  for (i64 first = begin; first < end;) {
    i64 last = end;
    if (t->pool) {
      renew_pool(d, (i64)keys[first]);
      for (last = first; last < end && (i64)keys[last] / POOL_BLOCK == d->pool_block;) last++;
    }
    for (i64 k = first; k < last; k++) keys[k] = item_key(t->epoch_key, keys[k]);
    draw_negatives(d, first, last);
    first = last;
  }
  for (i64 k = begin; k < end; k++) reach[k] = (i32)t->reach;
  if (t->shrink_window)
    for (i64 k = begin; k < end; k++) {
      const i64 drawn = (i64)(1 + below(draw(keys[k], WINDOW), (u64)t->window));
      reach[k] = (i32)min_i64(drawn, t->reach);
    }
}

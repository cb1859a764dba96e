// Splitting text at white space and numbering the pieces by first appearance: the inner loops of
// corpus/encode/scanning.py.
//
// Text is scanned 64 bytes at a time. The pieces found are numbered with a hash table, many at a time, so that their
// waits for memory overlap. All builds give the same results.
//
// The table is an array of places of two u64 each: the key of a piece and its number. A piece of up to 7 bytes is its
// own key, with its length in the uppermost byte, so that one comparison finds it. The key of a longer piece is a hash
// with 255 in the uppermost byte; its bytes are compared as well. Key 0 marks an empty place. A new piece takes the
// first empty place from (key * MULTIPLIER) >> shift on. The number of places is a power of two.
//
// The bytes of the pieces are in `store`, in the order of their numbers, each followed by a line feed: piece p is
// store[starts[p] .. starts[p + 1] - 1). The first starts at FIRST_START, so eight bytes can be loaded before any end.
//
// The caller owns all memory. When half of the places are taken, a function returns early, to be called again with a
// larger table (`rehash`); progress[] records how far it is.
#include "bytes.h"
#include "wordvec.h"

enum { BATCH = 1024, FIRST_START = 16 };  // BATCH: pieces numbered together
enum { AT, TOKENS, LINES, KNOWN, OPEN, AFTER_SPACE, REST };  // indices of progress[]

#define MULTIPLIER 0x9E3779B97F4A7C15ull
#define LONG (0xFFull << 56)

typedef struct {
  u64 *table, mask;
  i64 shift, known;
  u8 *store;
  i64 *starts;
} pieces;

typedef struct {
  i64 from[BATCH], to[BATCH];  // piece i of the batch is text[from[i] .. to[i])
} batch;

static pieces pieces_of(u64 *table, i64 table_size, i64 known, u8 *store, i64 *starts) {
  const u64 places = (u64)table_size / 2;
  return (pieces){table, places - 1, 64 - lowest_bit(places), known, store, starts};
}

static bool is_half_full(const pieces *p) { return 2 * (u64)p->known > p->mask + 1; }

INLINE u64 place_of(u64 key, i64 shift) { return (key * MULTIPLIER) >> shift; }

// The key of a piece of up to 7 bytes; meaningless for a longer piece.
INLINE u64 short_key(const u8 *piece, u64 length) {
  const u64 rest = (1ull << ((length & 7) << 3)) - 1;
  return (eight_bytes(piece) & rest) | (length << 56);
}

// The key of a piece of 8 bytes or more.
INLINE u64 long_key(const u8 *piece, i64 length) {
  u64 hashed = (u64)length * MULTIPLIER;
  for (i64 at = 0; at < length - 8; at += 8) {
    hashed = (hashed ^ eight_bytes(piece + at)) * MULTIPLIER;
    hashed ^= hashed >> 32;
  }
  hashed = (hashed ^ eight_bytes(piece + length - 8)) * MULTIPLIER;  // may hash some bytes twice
  return (hashed ^ (hashed >> 32)) | LONG;
}

// Whether two pieces of the same length, 8 bytes or more, are equal.
INLINE bool is_equal(const u8 *one, const u8 *other, i64 length) {
  for (i64 at = 0; at < length - 8; at += 8)
    if (eight_bytes(one + at) != eight_bytes(other + at)) return false;
  return eight_bytes(one + length - 8) == eight_bytes(other + length - 8);
}

// The number of a piece; a new piece gets the next number. The table must have an empty place.
static u64 find_or_add(pieces *p, const u8 *piece, i64 length, u64 key) {
  u64 place = place_of(key, p->shift);
  for (; p->table[2 * place] != 0; place = (place + 1) & p->mask) {
    if (p->table[2 * place] != key) continue;
    const u64 number = p->table[2 * place + 1];
    if (key < LONG) return number;
    const i64 start = p->starts[number];
    if (p->starts[number + 1] - start == length + 1 && is_equal(piece, p->store + start, length)) return number;
  }
  const u64 number = (u64)p->known++;
  const i64 start = p->starts[number];
  memcpy(p->store + start, piece, (size_t)length);
  p->store[start + length] = 0x0A;
  p->starts[number + 1] = start + length + 1;
  p->table[2 * place] = key;
  p->table[2 * place + 1] = number;
  return number;
}

// Number the pieces text[from[i] .. to[i]), i < many <= BATCH. The table must have `many` empty places, and `store` and
// `starts` room for all of them.
//
// Mispredicted branches cost most here. So the work that most pieces need is done for all of them, and pieces that need
// more are only listed: first the long pieces, then those not found at the first place.
static void number_batch(pieces *p, const u8 *text, const i64 *from, const i64 *to, i64 many, i32 *numbers) {
  u64 keys[BATCH], found[BATCH];
  i32 listed[BATCH + 1];
  i64 rest = 0;
  for (i64 i = 0; i < many; i++) {
    const i64 length = to[i] - from[i];
    keys[i] = short_key(text + from[i], (u64)length);
    listed[rest] = (i32)i;
    rest += length > 7;
  }
  for (i64 j = 0; j < rest; j++) {
    const i64 i = listed[j];
    keys[i] = long_key(text + from[i], to[i] - from[i]);
  }
  for (i64 i = 0; i < many; i++) {
    const u64 place = place_of(keys[i], p->shift);
    found[i] = p->table[2 * place];
    numbers[i] = (i32)p->table[2 * place + 1];
  }
  for (i64 j = 0; j < rest; j++) {  // compares pieces of 8 to 16 bytes; longer ones are left to find_or_add
    const i64 i = listed[j], length = to[i] - from[i], start = p->starts[numbers[i]];
    const i64 end = max_i64(p->starts[numbers[i] + 1], FIRST_START) - 1;  // an empty table has no pieces yet
    const u8 *piece = text + from[i];
    const u64 differs = (u64)(end - start - length) | (u64)(length > 16) |
                        (eight_bytes(piece) ^ eight_bytes(p->store + start)) |
                        (eight_bytes(piece + length - 8) ^ eight_bytes(p->store + end - 8));
    found[i] = differs ? 0 : found[i];
  }
  rest = 0;
  for (i64 i = 0; i < many; i++) {
    listed[rest] = (i32)i;
    rest += found[i] != keys[i];
  }
  for (i64 j = 0; j < rest; j++) {
    const i64 i = listed[j];
    numbers[i] = (i32)find_or_add(p, text + from[i], to[i] - from[i], keys[i]);
  }
}

// The length in bytes of the non-ASCII white space that begins here, or 0 if there is none. It covers the characters
// that str.split() treats as white space: U+0085, 00A0, 1680, 2000 to 200A, 2028, 2029, 202F, 205F, 3000.
static i64 space_length(const u8 *text) {
  const u8 first = text[0], second = text[1], third = text[2];
  if (first == 0xC2) return second == 0x85 || second == 0xA0 ? 2 : 0;
  if (first == 0xE1) return second == 0x9A && third == 0x80 ? 3 : 0;
  if (first == 0xE2 && second == 0x80)
    return third <= 0x8A || third == 0xA8 || third == 0xA9 || third == 0xAF ? 3 : 0;
  if (first == 0xE2) return second == 0x81 && third == 0x9F ? 3 : 0;
  return first == 0xE3 && second == 0x80 && third == 0x80 ? 3 : 0;
}

// Which of text[0..63] are white space. A white-space character may continue into the next 64 bytes: *rest marks the
// bytes that belong to one begun before, and is set for the next call.
INLINE u64 white_space(const u8 *text, u64 *rest) {
  u64 spaces = bytes_in(text, 0x09, 0x0D, 0x1C, 0x20) | *rest;
  *rest = 0;
  for (u64 wide = bytes_in(text, 0xC2, 0xC2, 0xE1, 0xE3); wide != 0; wide &= wide - 1) {
    const i64 bit = lowest_bit(wide), length = space_length(text + bit);
    const u64 space = (1ull << length) - 1;
    spaces |= space << bit;
    if (bit + length > 64) *rest = space >> (64 - bit);
  }
  return spaces;
}

// Number and count the pieces of text[0..size).
//
// progress (7,): where to continue; the numbers of tokens, lines and pieces; where an unfinished piece begins; whether
// white space precedes (1 or 0); and `rest` of white_space. It starts as zeros, except KNOWN, and AFTER_SPACE = 1.
// Fills ids (tokens,) and line_ends (lines,), the tokens before each line feed; adds to counts (pieces,).
// Returns 1 if all text was read, 0 if it must be called again with a larger table.
EXPORT i64 scan_text(const u8 *text, i64 text_size, i64 size, i64 *progress, i64 progress_size, u64 *table,
                     i64 table_size, u8 *store, i64 store_size, i64 *starts, i64 starts_size, i64 *counts,
                     i64 counts_size, i32 *ids, i64 ids_size, i64 *line_ends, i64 line_ends_size) {
  UNUSED(text_size), UNUSED(progress_size), UNUSED(store_size), UNUSED(starts_size), UNUSED(counts_size);
  UNUSED(ids_size), UNUSED(line_ends_size);
  pieces p = pieces_of(table, table_size, progress[KNOWN], store, starts);
  batch b;
  i64 at = progress[AT], tokens = progress[TOKENS], lines = progress[LINES];
  u64 after_space = (u64)progress[AFTER_SPACE], rest = (u64)progress[REST];
  i64 begun = !after_space, ended = 0;  // how many pieces of this batch have begun, and have ended
  b.from[0] = progress[OPEN];
  while (at <= size && !is_half_full(&p)) {
    const u64 spaces = white_space(text + at, &rest), before = (spaces << 1) | after_space;
    u64 starting = before & ~spaces, ending = spaces & ~before;
    after_space = spaces >> 63;
    for (u64 feeds = line_feeds(text + at); feeds != 0; feeds &= feeds - 1) {
      const i64 bit = lowest_bit(feeds);
      if (at + bit >= size) break;  // the padding
      line_ends[lines++] = tokens + ended + bits_set(ending & ((2ull << bit) - 1));
    }
    const i64 starts_here = bits_set(starting), ends_here = bits_set(ending);
    for (i64 i = 0; i < max_i64(starts_here, ends_here); i++) {  // entries past the last are overwritten later
      b.from[begun + i] = at + lowest_bit(starting);
      b.to[ended + i] = at + lowest_bit(ending);
      starting &= starting - 1;
      ending &= ending - 1;
    }
    begun += starts_here;
    ended += ends_here;
    at += 64;
    if (ended <= BATCH - 64 && at <= size) continue;
    number_batch(&p, text, b.from, b.to, ended, ids + tokens);
    for (i64 i = 0; i < ended; i++) counts[ids[tokens + i]]++;
    tokens += ended;
    b.from[0] = b.from[ended];
    begun -= ended;
    ended = 0;
  }
  progress[AT] = at, progress[TOKENS] = tokens, progress[LINES] = lines, progress[KNOWN] = p.known;
  progress[OPEN] = b.from[0], progress[AFTER_SPACE] = (i64)after_space, progress[REST] = (i64)rest;
  return at > size;
}

// Find or number the pieces stored[bounds[i] .. bounds[i + 1] - behind); fills numbers (pieces,). `behind` is 1 if a line
// feed follows each piece, as in another table, and 0 if nothing is between them.
// Of progress (see scan_text), AT and KNOWN are used. Returns 1 if all pieces are numbered, 0 to be called again.
EXPORT i64 absorb_pieces(const u8 *stored, i64 stored_size, const i64 *bounds, i64 bounds_size, i64 behind,
                         i64 *progress, i64 progress_size, u64 *table, i64 table_size, u8 *store, i64 store_size, i64 *starts,
                         i64 starts_size, i32 *numbers, i64 numbers_size) {
  UNUSED(stored_size), UNUSED(bounds_size), UNUSED(progress_size), UNUSED(store_size), UNUSED(starts_size);
  pieces p = pieces_of(table, table_size, progress[KNOWN], store, starts);
  i64 to[BATCH];
  i64 first = progress[AT];
  while (first < numbers_size && !is_half_full(&p)) {
    const i64 many = min_i64(BATCH, numbers_size - first);
    for (i64 i = 0; i < many; i++) to[i] = bounds[first + i + 1] - behind;
    number_batch(&p, stored, bounds + first, to, many, numbers + first);
    first += many;
  }
  progress[AT] = first, progress[KNOWN] = p.known;
  return first >= numbers_size;
}

// Copy the pieces of a table into a larger, empty one.
EXPORT void rehash(const u64 *table, i64 table_size, u64 *larger, i64 larger_size) {
  const pieces p = pieces_of(larger, larger_size, 0, NULL, NULL);
  for (i64 old = 0; old < table_size; old += 2) {
    if (table[old] == 0) continue;
    u64 place = place_of(table[old], p.shift);
    while (larger[2 * place] != 0) place = (place + 1) & p.mask;
    larger[2 * place] = table[old];
    larger[2 * place + 1] = table[old + 1];
  }
}

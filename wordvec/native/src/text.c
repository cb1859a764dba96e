// Passes over text before it is split: validation, counting lines, and replacing bytes.
//
// A text is UTF-8: `size` bytes followed by PADDING line feeds. All builds give the same results.
#include "bytes.h"
#include "wordvec.h"

enum { NOT_TEXT = 1, RETURNS = 2 };  // results of look_through

// The length in bytes of the non-ASCII character that begins here, or 0 if it is not UTF-8 (Unicode 15, table 3-7).
static i64 character_length(const u8 *text) {
  const u8 first = text[0], second = text[1];
  if (first < 0xC2 || first > 0xF4 || (second & 0xC0) != 0x80) return 0;
  if (first < 0xE0) return 2;
  if ((text[2] & 0xC0) != 0x80) return 0;
  if (first < 0xF0) return (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ? 0 : 3;
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
  return (text[3] & 0xC0) == 0x80 ? 4 : 0;
}

// Returns NOT_TEXT if text[0..size) has a zero byte or is not UTF-8, else RETURNS if it has carriage returns, else 0.
EXPORT i64 look_through(const u8 *text, i64 text_size, i64 size) {
  UNUSED(text_size);
  i64 character = 0, found = 0;  // the next non-ASCII character is at `character` or later
  for (i64 at = 0; at < size; at += 64) {
    const u64 zeros_and_returns = bytes_in(text + at, 0x00, 0x00, '\r', '\r');
    const u64 others = bytes_in(text + at, 0x80, 0xFF, 0x80, 0xFF);
    if (!(zeros_and_returns | others)) continue;
    if (zeros_and_returns && bytes_in(text + at, 0x00, 0x00, 0x00, 0x00)) return NOT_TEXT;
    if (zeros_and_returns) found = RETURNS;
    if (!others) continue;
    character = max_i64(character, at);
    while (character < at + 64) {
      const i64 length = text[character] < 0x80 ? 1 : character_length(text + character);
      if (length == 0) return NOT_TEXT;
      character += length;
    }
  }
  return found;
}

// The number of line feeds in text[0..size), at most 64 too many because `size` is rounded up.
EXPORT i64 count_feeds(const u8 *text, i64 text_size, i64 size) {
  UNUSED(text_size);
  i64 feeds = 0;
  for (i64 at = 0; at < size; at += 64) feeds += bits_set(line_feeds(text + at));
  return feeds;
}

// Replace each carriage return in text[0..size) by a line feed, or by a space if a line feed follows it.
EXPORT void feeds_for_returns(u8 *text, i64 text_size, i64 size) {
  UNUSED(text_size);
  const i64 last = size - 1;
  for (i64 i = 0; i < last; i++) {
    const u8 other = text[i + 1] == '\n' ? ' ' : '\n';
    text[i] = text[i] == '\r' ? other : text[i];
  }
  if (size > 0 && text[last] == '\r') text[last] = '\n';  // only padding follows
}

// Change text[0..size) so that it has fewer different pieces, from which the tokenizer `words` makes the same words.
// ASCII letters become lower case. Other ASCII characters become spaces, except digits, ', _, line feeds, and points
// and commas that may be inside a number because a digit or a non-ASCII byte follows.
EXPORT void prepare_for_words(u8 *text, i64 text_size, i64 size) {
  UNUSED(text_size);
  for (i64 i = 0; i < size; i += VECTOR_BYTES) {  // changes no line feeds, so none of the padding
    const bytes part = load_bytes(text + i), behind = load_bytes(text + i + 1), small = part | 0x20;
    const bytes letter = within(small, 'a', 'z');
    const bytes in_number = within(behind, 0x80, 0xFF) | within(behind, '0', '9');
    const bytes point = (bytes)(part == '.') | (bytes)(part == ',');
    const bytes kept = within(part, 0x80, 0xFF) | within(part, '0', '9') | (bytes)(part == '\'') |
                       (bytes)(part == '_') | (bytes)(part == '\n') | (point & in_number);
    *(loose_bytes *)(text + i) = (letter & small) | (~letter & kept & part) | (~letter & ~kept & ' ');
  }
}

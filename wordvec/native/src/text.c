// Looking through text before it is cut: is it text, how many lines, and bytes put in place of others.
//
// A text is UTF-8, `size` bytes with PADDING line feeds behind them. The same results in every build.
#include "bytes.h"
#include "wordvec.h"

enum { NOT_TEXT = 1, RETURNS = 2 };  // what look_through finds

// Bytes of the character outside ASCII that begins here, 0 if it is not UTF-8 (Unicode 15, table 3-7).
static i64 character_length(const u8 *text) {
  const u8 first = text[0], second = text[1];
  if (first < 0xC2 || first > 0xF4 || (second & 0xC0) != 0x80) return 0;
  if (first < 0xE0) return 2;
  if ((text[2] & 0xC0) != 0x80) return 0;
  if (first < 0xF0) return (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ? 0 : 3;
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
  return (text[3] & 0xC0) == 0x80 ? 4 : 0;
}

// NOT_TEXT if a byte of text[0..size) is 0 or not UTF-8; else RETURNS if there are carriage returns, or 0.
EXPORT i64 look_through(const u8 *text, i64 text_size, i64 size) {
  UNUSED(text_size);
  i64 character = 0, found = 0;  // the next character outside ASCII is at `character` or later
  for (i64 at = 0; at < size; at += 64) {
    const u64 special = bytes_in(text + at, 0x00, 0x00, 0x0D, 0x0D);
    if (special) {
      if (bytes_in(text + at, 0x00, 0x00, 0x00, 0x00)) return NOT_TEXT;
      found = RETURNS;
    }
    if (!bytes_in(text + at, 0x80, 0xFF, 0x80, 0xFF)) continue;
    character = max_i64(character, at);
    while (character < at + 64) {
      const i64 length = text[character] < 0x80 ? 1 : character_length(text + character);
      if (length == 0) return NOT_TEXT;
      character += length;
    }
  }
  return found;
}

// How many line feeds there are in text[0..size), at most 64 too many: `size` is rounded up.
EXPORT i64 count_feeds(const u8 *text, i64 text_size, i64 size) {
  UNUSED(text_size);
  i64 feeds = 0;
  for (i64 at = 0; at < size; at += 64) feeds += bits_set(line_feeds(text + at));
  return feeds;
}

// Put a line feed for each carriage return in text[0..size), or a space where a line feed follows it.
EXPORT void feeds_for_returns(u8 *text, i64 text_size, i64 size) {
  UNUSED(text_size);
  for (i64 i = 0; i < size; i++)
    if (text[i] == 0x0D) text[i] = text[i + 1] == 0x0A && i + 1 < size ? 0x20 : 0x0A;
}

// Put small_or_space[b] for each byte b of text[0..size), and a space for a point or comma before an ASCII character
// that is no digit.
EXPORT void prepare_for_words(u8 *text, i64 text_size, i64 size, const u8 *small_or_space, i64 small_or_space_size) {
  UNUSED(text_size);
  UNUSED(small_or_space_size);
  for (i64 i = 0; i < size; i++) {
    const u8 byte = small_or_space[text[i]], behind = text[i + 1];
    const bool in_number = (behind >= 0x80) | ((u8)(behind - '0') <= 9);
    text[i] = ((byte == '.') | (byte == ',')) & !in_number ? ' ' : byte;
  }
}

// Rows of text, a word and its decimals; each decimal becomes the nearest f32. For vectors/files/text_file.py.
//
// A decimal's first 19 digits are an integer m, so its value is m * 10^e. In f64 that is wrong by at most a few units
// in the last place. Rounding it to f32 is right unless it is that near to the midpoint between two f32. Lines with
// such a number, or with anything else that is not plain, are left to Python. All builds give the same results.
#include "wordvec.h"

#include <string.h>

enum { MOST_DIGITS = 19, MOST_ZEROS = 64 };  // MOST_ZEROS: the largest power of ten
#define DOUBTFUL 16                          // units in the last place of f64, on either side of the midpoint
#define SMALLEST (0x1p-126 * 1.0001)         // an f32 of full precision
#define LARGEST 3.4e38                       // an f32 that is certainly finite

static const f64 powers[MOST_ZEROS + 1] = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28, 1e29, 1e30, 1e31, 1e32, 1e33, 1e34, 1e35, 1e36, 1e37, 1e38,
    1e39, 1e40, 1e41, 1e42, 1e43, 1e44, 1e45, 1e46, 1e47, 1e48, 1e49, 1e50, 1e51, 1e52, 1e53, 1e54, 1e55, 1e56, 1e57,
    1e58, 1e59, 1e60, 1e61, 1e62, 1e63, 1e64,
};

typedef struct {
  u64 mantissa;
  i64 exponent;
  bool negative;
} decimal;  // mantissa * 10^exponent

INLINE bool is_digit(u8 byte) { return (u8)(byte - '0') <= 9; }

// White space other than a line feed.
INLINE bool is_space(u8 byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\v' || byte == '\f'; }

// Read digits into an integer: up to MOST_DIGITS of them, not counting leading zeros. Returns where they end.
INLINE const u8 *read_digits(const u8 *at, u64 *number, i64 *digits, i64 *left_out) {
  for (; is_digit(*at); at++) {
    if (*digits < MOST_DIGITS) {
      *number = *number * 10 + (u64)(*at - '0');
      *digits += *number > 0;
    } else {
      ++*left_out;
    }
  }
  return at;
}

// Read the power of ten after an e. Returns where it ends, or NULL if there is none.
INLINE const u8 *read_exponent(const u8 *at, i64 *exponent) {
  const bool below = *at == '-';
  at += below || *at == '+';
  u64 written = 0;
  i64 digits = 0, left_out = 0;
  const u8 *end = read_digits(at, &written, &digits, &left_out);
  if (end == at || digits > 4) return NULL;
  *exponent += below ? -(i64)written : (i64)written;
  return end;
}

// Read a decimal followed by white space. Returns where it ends, or NULL if there is none.
INLINE const u8 *read_decimal(const u8 *at, decimal *number) {
  number->negative = *at == '-';
  at += number->negative || *at == '+';
  i64 digits = 0, left_out = 0;
  number->mantissa = 0;
  const u8 *first = at;
  at = read_digits(at, &number->mantissa, &digits, &left_out);
  i64 seen = at - first;
  number->exponent = left_out;
  if (*at == '.') {
    first = ++at;
    left_out = 0;
    at = read_digits(at, &number->mantissa, &digits, &left_out);
    seen += at - first;
    number->exponent -= at - first - left_out;
  }
  if (seen == 0) return NULL;
  if ((*at | 32) == 'e' && !(at = read_exponent(at + 1, &number->exponent))) return NULL;
  return *at == '\n' || is_space(*at) ? at : NULL;
}

// Set *to to the f32 nearest to a decimal; returns false if that is not certain.
INLINE bool nearest(decimal number, f32 *to) {
  const i64 e = number.exponent;
  if (e < -MOST_ZEROS || e > MOST_ZEROS) return false;
  const f64 value = e < 0 ? (f64)number.mantissa / powers[-e] : (f64)number.mantissa * powers[e];
  u64 bits;
  memcpy(&bits, &value, 8);
  const i64 from_middle = (i64)(bits & ((1ull << 29) - 1)) - (1ll << 28);  // f64 has 29 bits more than f32
  const bool doubtful = (-DOUBTFUL <= from_middle && from_middle <= DOUBTFUL) || value < SMALLEST || value > LARGEST;
  if (doubtful && value != 0.0) return false;
  *to = (f32)(number.negative ? -value : value);
  return true;
}

// Read `dim` decimals and the white space around them. Returns where they end, or NULL if one is not plain.
INLINE const u8 *read_row(const u8 *at, i64 dim, f32 *row) {
  for (i64 place = 0; place < dim; place++) {
    while (is_space(*at)) at++;
    decimal number;
    at = read_decimal(at, &number);
    if (at == NULL || !nearest(number, &row[place])) return NULL;
  }
  while (is_space(*at)) at++;
  return at;
}

// Read lines of a word and `dim` numbers; text (n,) ends with a line feed.
//
// Fills rows (., dim) with the numbers of plain lines, one line after another. For every line it also sets where the
// word starts and ends in the text; an end of -1 means that the line is not plain. A plain line has at least
// 2 * dim + 2 bytes, and rows must have room for n / (2 * dim + 2) + 1.
EXPORT void read_rows(const u8 *text, i64 text_size, i64 dim, f32 *rows, i64 rows_size, i64 *word_starts,
                      i64 word_starts_size, i64 *word_ends, i64 word_ends_size) {
  UNUSED(rows_size), UNUSED(word_starts_size), UNUSED(word_ends_size);
  const u8 *at = text, *const stop = text + text_size;
  for (i64 line = 0; at < stop; line++) {
    const u8 *word = at;
    while (*at != '\n' && !is_space(*at)) at++;
    const u8 *word_end = at;
    const u8 *row_end = word_end > word ? read_row(at, dim, rows) : NULL;
    const bool plain = row_end != NULL && *row_end == '\n';
    word_starts[line] = word - text;
    word_ends[line] = plain ? word_end - text : -1;
    rows += plain ? dim : 0;
    at = (const u8 *)memchr(plain ? row_end : at, '\n', (size_t)(stop - at)) + 1;
  }
}

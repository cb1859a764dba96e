"""Reading rows of text, compiled: words and decimals, each decimal as the float32 nearest to it.

A decimal's first 19 digits are a whole number m, so its value is m * 10^e. In float64 that is wrong by a few units in
the last place at most, and rounding it to float32 is right unless it lies that near to the middle between two float32.
Lines with such a number, and with anything else that is not plain, are left to the plain reader.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
from numba import njit

NEWLINE, PLUS, MINUS, POINT, ZERO, SMALL_E = 10, 43, 45, 46, 48, 101
MOST_ZEROS = 64  # the largest power of ten
POWERS = np.array([float(f"1e{k}") for k in range(MOST_ZEROS + 1)])
MOST_DIGITS = 19
DOUBTFUL = 16  # units in the last place of float64 on either side of the middle
SMALLEST, LARGEST = 2.0**-126 * 1.0001, 3.4e38  # float32 with all its bits, and without doubt finite
SOURCE = zlib.crc32(Path(__file__).read_bytes())


@njit(inline="always")
def is_space(byte):  # type: ignore[no-untyped-def]
    """White space other than a newline."""
    return byte == 32 or byte == 9 or byte == 13 or byte == 11 or byte == 12


@njit(inline="always")
def digits_from(text, at, mantissa, digits):  # type: ignore[no-untyped-def]
    """Read decimal digits: where they end, the number so far, its digits without leading zeros, those left out."""
    dropped = 0
    while True:
        digit = text[at] - np.uint8(ZERO)  # wraps round below zero
        if digit > 9:
            return at, mantissa, digits, dropped
        if digits < MOST_DIGITS:
            mantissa = mantissa * np.uint64(10) + np.uint64(digit)
            digits += mantissa > 0
        else:
            dropped += 1
        at += 1


@njit(inline="always")
def decimal_from(text, at):  # type: ignore[no-untyped-def]
    """Read a decimal: where it ends, its whole number and power of ten, its sign, and whether it is one."""
    negative = text[at] == MINUS
    if negative or text[at] == PLUS:
        at += 1
    first = at
    at, mantissa, digits, exponent = digits_from(text, at, np.uint64(0), 0)
    seen = at - first
    if text[at] == POINT:
        first = at + 1
        at, mantissa, digits, dropped = digits_from(text, first, mantissa, digits)
        exponent -= at - first - dropped
        seen += at - first
    if seen > 0 and (text[at] | 32) == SMALL_E:
        at += 1
        below = text[at] == MINUS
        if below or text[at] == PLUS:
            at += 1
        first = at
        at, written, written_digits, _ = digits_from(text, at, np.uint64(0), 0)
        if at == first or written_digits > 4:
            seen = 0
        exponent += -np.int64(written) if below else np.int64(written)
    return at, mantissa, exponent, negative, seen > 0 and (text[at] == NEWLINE or is_space(text[at]))


def parse_rows(text, dim, rows, word_starts, word_ends, scratch, bits):  # type: ignore[no-untyped-def]
    """Read lines of a word and `dim` numbers; text (n,) uint8 ends with a newline.

    Fills rows (., dim) with those of plain lines, one after another, and for every line where its word starts and
    ends in the text; an end of -1 says that the line was not plain. scratch (1,) float64 and bits, its view as
    uint64. Returns the number of lines.
    """
    at, line, row, size = 0, 0, 0, len(text)
    while at < size:
        word_starts[line] = at
        word_ends[line] = -1
        while text[at] != NEWLINE and not is_space(text[at]):
            at += 1
        end = at
        plain = end > word_starts[line]
        for place in range(dim):
            while is_space(text[at]):
                at += 1
            at, mantissa, exponent, negative, is_number = decimal_from(text, at)
            if not is_number or exponent < -MOST_ZEROS or exponent > MOST_ZEROS:
                plain = False
                break
            value = np.float64(mantissa)  # the decimal's, but for its sign
            value = value / POWERS[-exponent] if exponent < 0 else value * POWERS[exponent]
            scratch[0] = value
            from_middle = np.int64(bits[0] & np.uint64((1 << 29) - 1)) - (1 << 28)
            if (-DOUBTFUL <= from_middle <= DOUBTFUL or value < SMALLEST or value > LARGEST) and value != 0.0:
                plain = False
                break
            rows[row, place] = -value if negative else value
        while is_space(text[at]):
            at += 1
        if plain and text[at] == NEWLINE:
            word_ends[line] = end
            row += 1
        while text[at] != NEWLINE:
            at += 1
        at += 1
        line += 1
    return line


parse_rows.__qualname__ = f"parse_rows_{SOURCE:08x}"  # names the cache's file: that of older code is never opened
try:
    parse_rows = njit(nogil=True, cache=True, error_model="numpy")(parse_rows)
except RuntimeError:  # neither the package's folder nor the user's cache folder can be written to
    parse_rows = njit(nogil=True, error_model="numpy")(parse_rows)

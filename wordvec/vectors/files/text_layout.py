"""The layout of text files of vectors, from their first lines; and decimals as numbers."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wordvec.errors import describe
from wordvec.vectors.files.reading import Reading

if TYPE_CHECKING:
    from fractions import Fraction


BASE64 = b"B64:"  # Deeplearning4j writes it before words in base 64
SPARSE = re.compile(rb"\d+:[+-]?(\d|\.\d)")


class TextLayout(NamedTuple):
    """`rows` is the number in the header, or None without one; the rows begin at byte `start` of the text."""

    rows: int | None
    dim: int
    start: int
    base64: bool


def text_layout(text: bytes) -> TextLayout:
    r"""Determine the layout from the first lines. `dim` is below 1 if the first line is neither a header nor a row.

    >>> [text_layout(text)[:2] for text in (b"2 3\nthe 1 2 3\n", b"the 1 2 3\n", b"4 3 7200\na 1 2 3\n")]
    [(2, 3), (None, 3), (4, 3)]
    """
    first, newline, rest = text.partition(b"\n")
    second = rest.partition(b"\n")[0]
    table = floret_header(first)
    header = parse_header(first) or _three_numbers(first, second) or (table and table[:2])
    if header is None:
        return TextLayout(None, len(first.split()) - 1, 0, first.startswith(BASE64))
    return TextLayout(header[0], header[1], len(first) + len(newline), second.startswith(BASE64))


def _three_numbers(first: bytes, second: bytes) -> tuple[int, int] | None:
    """Deeplearning4j's header "V D N", which could be a row of two numbers: the second line decides."""
    fields = first.split()
    if len(fields) != 3 or not all(field.isdigit() and len(field) < 19 for field in fields):
        return None
    rows, dim = int(fields[0]), int(fields[1])
    as_row = second.split()
    fits = len(as_row) > dim > 0 and are_numbers(as_row[-dim:])
    return (rows, dim) if fits and (dim > 2 or as_row[0].startswith(BASE64)) else None


def floret_header(line: bytes) -> tuple[int, ...] | None:
    """The six numbers of floret's header "buckets dimensions minn maxn hashes seed < >"; None for any other line.

    >>> floret_header(b"50000 300 4 5 2 2166136261 < >")
    (50000, 300, 4, 5, 2, 2166136261)
    """
    fields = line.split()
    if len(fields) != 8 or not all(field.isdigit() and len(field) < 19 for field in fields[:6]):
        return None
    return None if are_numbers(fields[6:]) else tuple(int(field) for field in fields[:6])


def from_base64(reading: Reading, word: bytes, line: int) -> bytes:
    """Decode a word written as ``B64:...``; others are returned unchanged. Raises VectorsFileError if damaged."""
    if not word.startswith(BASE64):
        return word
    try:
        return base64.b64decode(word.removeprefix(BASE64), validate=True)
    except binascii.Error:
        raise reading.error(f"line {line}: expected a word in base 64 after B64:; got {describe(word)}") from None


def unread_text(head: bytes) -> str | None:
    """A message with a way out for text that wordvec recognizes but does not read; None for any other text."""
    fields, second = (line.split() for line in [*head.split(b"\n", 2), b""][:2])
    values = fields[1 : fields.index(b"#") if b"#" in fields else None]  # svmlight may end its lines with a comment
    if values and values[0].startswith(b"qid:"):
        values = values[1:]
    if values and all(SPARSE.match(field) for field in values):
        return (
            "sparse rows (column:value), as of svmlight: wordvec reads rows with all their numbers; make them dense "
            "in Python, write numpy.savez(path, words=words, matrix=sparse.toarray()), or fewer dimensions with an SVD"
        )
    numbers = _numbers_at_end(fields)
    if len(fields) - 1 > numbers > 1 and _numbers_at_end(second) >= numbers:
        first = describe(b" ".join(fields[:-numbers]))
        return (
            f"GloVe text whose first word has spaces ({first}), so that its dimensions cannot be told: write a line "
            f"with the numbers of rows and of dimensions above it (echo $(grep -c '' FILE) {numbers} | "
            "cat - FILE > NEW), or move another row to the top"
        )
    return None


def _numbers_at_end(fields: Sequence[bytes]) -> int:
    return next((n for n, field in enumerate(reversed(fields)) if not are_numbers([field])), len(fields))


# Numbers in text: the header "V D", and decimals as the float32 nearest to them.


NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,9})?\Z")
NOT_FINITE = re.compile(rb"[+-]?(nan|inf|infinity)\Z", re.IGNORECASE)
LONGEST = 1000  # bytes of a number
HALFWAY, BELOW = np.uint64(1 << 28), np.uint64((1 << 29) - 1)  # bits of a float64 that do not fit in a float32
SMALLEST_NORMAL = 2.0**-126


def parse_header(line: bytes) -> tuple[int, int] | None:
    """Return (V, D) if the line is exactly two whole numbers, else None.

    >>> parse_header(b"3 100"), parse_header(b"the 0.1 0.2")
    ((3, 100), None)
    """
    fields = line.split()
    if len(fields) == 2 and all(field.isdigit() and len(field) < 19 for field in fields):
        return int(fields[0]), int(fields[1])
    return None


def are_numbers(fields: Sequence[bytes]) -> bool:
    """Whether every field is a decimal number, nan or infinity.

    >>> are_numbers([b"-1.5e-3", b"nan"]), are_numbers([b"1_000"]), are_numbers([b"0x1p3"])
    (True, False, False)
    """
    return all(len(field) <= LONGEST and (NUMBER.match(field) or NOT_FINITE.match(field)) for field in fields)


def nearest_float32(fields: Sequence[bytes]) -> np.ndarray:
    """Return the float32 nearest to each decimal (n,); ties go to the even one, too large numbers become infinity.

    Converting through float64 rounds twice; if this could matter, the exact fraction is compared.
    The fields must be numbers, see `are_numbers`.

    >>> nearest_float32([b"0.1", b"1.00000005960464477540"]).tolist()
    [0.10000000149011612, 1.0000001192092896]
    """
    wide = np.array([float(field) for field in fields], np.float64)
    with np.errstate(over="ignore", under="ignore"):
        narrow = wide.astype(np.float32)
    halfway = (wide.view(np.uint64) & BELOW) == HALFWAY
    tiny = (np.abs(wide) < SMALLEST_NORMAL) & (wide != 0)
    for i in np.flatnonzero((halfway & np.isfinite(wide)) | tiny).tolist():
        narrow[i] = _nearest(fields[i], narrow[i])
    return narrow


def _nearest(field: bytes, guess: np.float32) -> np.float32:
    """The float32 nearest to a decimal: the guess or one of its two neighbours."""
    from fractions import Fraction  # seldom needed, and slow to import

    exact = Fraction(field.decode("ascii"))
    with np.errstate(over="ignore", under="ignore"):
        beside = [np.nextafter(guess, np.float32(side)) for side in (-np.inf, np.inf)]
    return min([guess, *beside], key=lambda x: (abs(_fraction(x) - exact), int(x.view(np.uint32)) & 1))


def _fraction(x: np.float32) -> Fraction:
    """The number as a fraction; for infinity 2**128, the number that would follow the largest float32."""
    from fractions import Fraction

    return Fraction(float(x)) if np.isfinite(x) else Fraction(2**128) * int(np.sign(x))

"""Collects words and rows in blocks while a file is read: selects, checks, repairs and narrows them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from wordvec.errors import describe
from wordvec.vectors.files.chunks import check_memory
from wordvec.vectors.files.reading import MANY, NOT_FINITE, NOT_UTF8, TWICE, Reading
from wordvec.vectors.rows import narrow_rows
from wordvec.vectors.word_bytes import LazyWords, is_utf8, repeated_words
from wordvec.vectors.word_rows import WordRows

FIRST_ROWS = 64
FLOAT32 = np.dtype(np.float32)
NO_NUMBER = "holds nan, infinity or a number too large for float32"
TOO_LARGE = "holds a number too large for float16, which ends at 65,504"


class GrowingRows:
    """An array whose first axis grows; `expected` rows are reserved (untouched memory costs nothing)."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype, expected: int | None) -> None:
        self._array = np.empty((FIRST_ROWS if expected is None else expected, *shape), dtype)
        self.length = 0

    def append(self, rows: np.ndarray) -> None:
        """Append rows."""
        end = self.length + len(rows)
        if end > len(self._array):
            self._resize(max(end, len(self._array) + len(self._array) // 8))
        self._array[self.length : end] = rows
        self.length = end

    def drop(self, rows: Sequence[int]) -> None:
        """Remove some rows, given in order; the rows after them move up, in place."""
        target = rows[0] if rows else self.length
        for row, following in zip(rows, [*rows[1:], self.length]):
            moved = following - row - 1
            self._array[target : target + moved] = self._array[row + 1 : following]
            target += moved
        self.length = target

    def array(self) -> np.ndarray:
        """The rows; nothing may be appended after this."""
        if len(self._array) != self.length:
            self._resize(self.length)
        return self._array

    def _resize(self, length: int) -> None:
        self._array.resize((length, *self._array.shape[1:]), refcheck=False)  # no other references exist yet


class RowBuilder:
    """Takes the rows of a reader and builds WordRows.

    `unit` is the unit of the rows' places, such as "line" or "byte". `expected` is the number of rows, if the file's
    size confirms it; without it the matrix grows.
    """

    def __init__(self, reading: Reading, dim: int, unit: str, expected: int | None = None) -> None:
        self.reading, self.unit = reading, unit
        self.seen = self.left_out = 0
        self.dtype = reading.dtype or FLOAT32
        self.dim, self._size = dim, os.path.getsize(reading.path)
        wanted = len(reading.words) if reading.words is not None else None
        reserved = expected and min(n for n in (expected, reading.limit, wanted) if n is not None)
        self._matrix = GrowingRows((dim,), self.dtype, reserved)
        self._scales = GrowingRows((), FLOAT32, None)
        self._ends = GrowingRows((), np.dtype(np.int64), None)
        self._places = GrowingRows((), np.dtype(np.int64), None)
        self._text = bytearray()

    @property
    def full(self) -> bool:
        """Whether the limit is reached: further rows would be ignored."""
        return self.reading.limit is not None and self.seen >= self.reading.limit

    @property
    def kept(self) -> int:
        """The number of rows seen that were not left out."""
        return self.seen - self.left_out

    def add(self, words: list[bytes], rows: np.ndarray, places: np.ndarray) -> None:
        """Add words, their rows (n, D) float32 and their places in the file.

        Rows with nan or infinity are left out. Raises VectorsFileError for numbers too large for float16.
        """
        if self.reading.limit is not None and self.seen + len(words) > self.reading.limit:
            room = self.reading.limit - self.seen
            words, rows, places = words[:room], rows[:room], places[:room]
        self.seen += len(words)
        words = self._readable(words, places)
        if self.reading.words is not None:
            wanted = [i for i, word in enumerate(words) if word in self.reading.words]
            words, rows, places = [words[i] for i in wanted], rows[wanted], places[wanted]
        words, rows, places = self._finite(words, rows, places)
        if not words:
            return
        kept, scales = narrow_rows(rows, self.dtype)
        if self.dtype == np.float16 and not np.isfinite(kept).all():
            row = int(np.argmin(np.isfinite(kept).all(axis=1)))
            raise self.reading.error(self._bad_row(words[row], places[row], TOO_LARGE))
        self._check_memory(len(kept))
        self._matrix.append(kept)
        if scales is not None:
            self._scales.append(scales)
        self._ends.append(len(self._text) + np.cumsum([len(word) for word in words]))
        self._places.append(places)
        self._text += b"".join(words)

    @property
    def places(self) -> np.ndarray:
        """The places of the kept rows (V,); call it after `finish`."""
        return self._places.array()

    def finish(self, info: dict[str, Any] | None = None, **more: Any) -> WordRows:
        """Return the vectors without repeated words, and report the repairs."""
        self.reading.check_left_out(self.kept)
        self._drop_repeated()
        if not self._matrix.length:
            wanted = self.reading.words
            raise self.reading.error(
                "no rows in it" if wanted is None else f"none of the {len(wanted):,} wanted words is in it"
            )
        info = dict(info or {})
        self.reading.report(info)
        words = LazyWords(np.frombuffer(self._text, np.uint8), self._ends.array(), str(self.reading.path))
        scales = self._scales.array() if self.dtype == np.int8 else None
        return WordRows(words, self._matrix.array(), info=info, scales=scales, **more)

    def _check_memory(self, more: int) -> None:
        """Refuse to take memory out of proportion to the file, as packed and short rows ("0 0 0") may."""
        takes = (self._matrix.length + more) * self.dim * self.dtype.itemsize + len(self._text)
        way_out = "unpack it first if it is packed, or read fewer words (--words, --limit) or as --dtype int8"
        check_memory(self.reading.path, self._size, takes, "what is in it", way_out)

    def _readable(self, words: list[bytes], places: np.ndarray) -> list[bytes]:
        r"""The words; bytes that are not UTF-8 are written as ``\x`` and two digits."""
        joined = b"".join(words)
        if joined.isascii() or (is_utf8(joined) and not any(0x80 <= word[0] < 0xC0 for word in words)):
            return words
        for i, word in enumerate(words):
            if not is_utf8(word):
                message = f"{self._where(places[i])}: a word that is not UTF-8: {word[:40]!r}"
                self.reading.repair(NOT_UTF8, message)
                words[i] = word.decode("utf-8", "backslashreplace").encode("utf-8")
        return words

    def _finite(
        self, words: list[bytes], rows: np.ndarray, places: np.ndarray
    ) -> tuple[list[bytes], np.ndarray, np.ndarray]:
        """The rows without nan and infinity; the others are left out and reported."""
        finite = np.isfinite(rows).all(axis=1)
        if finite.all():
            return words, rows, places
        for row in np.flatnonzero(~finite).tolist():
            self.reading.repair(NOT_FINITE, self._bad_row(words[row], places[row], NO_NUMBER))
            self.left_out += 1
            self.reading.check_left_out(self.kept, at_least=MANY)
        return [words[row] for row in np.flatnonzero(finite).tolist()], rows[finite], places[finite]

    def _bad_row(self, word: bytes, place: Any, what: str) -> str:
        return f"{self._where(place)}: the vector of {describe(word.decode('utf-8', 'replace'))} {what}"

    def _drop_repeated(self) -> None:
        ends = self._ends.array()
        text = np.frombuffer(self._text, np.uint8)
        repeated = repeated_words(text, ends)
        places = self._places.array()
        for row, first in repeated:
            word = text[ends[row - 1] : ends[row]][:60].tobytes().decode("utf-8", "replace")
            self.reading.repair(
                TWICE, f"{self._where(places[row])}: the word {word!r} is at {self._where(places[first])} already"
            )
        if repeated:
            words = LazyWords(text, ends).encoded(0, len(ends))
            dropped = {row for row, _ in repeated}
            for rows in (self._matrix, self._places, *([self._scales] if self.dtype == np.int8 else [])):
                rows.drop([row for row, _ in repeated])
            words = [word for row, word in enumerate(words) if row not in dropped]
            self._text = bytearray(b"".join(words))
            self._ends = GrowingRows((), np.dtype(np.int64), None)
            self._ends.append(np.cumsum([len(word) for word in words]))

    def _where(self, place: Any) -> str:
        return f"{self.unit} {int(place):,}" if self.unit == "byte" else f"{self.unit} {int(place)}"

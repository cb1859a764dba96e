"""The options of one call of `load`, the repairs of its file, and the selection of the requested rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from wordvec.argument_types import check_whole_number
from wordvec.errors import OptionError, VectorsFileError, counted, describe
from wordvec.progress import warn
from wordvec.vectors.rows import float_rows, narrow_rows
from wordvec.vectors.word_bytes import BLOCK as WORDS_BLOCK
from wordvec.vectors.word_bytes import LazyWords, encode_word, join_bytes, repeated_words
from wordvec.vectors.word_rows import WordRows

DTYPES = ("float32", "float16", "int8")
MOST_LEFT_OUT = 10  # one row in this many may be left out; with more, the file is probably something else
MANY = 100  # rows left out before reading a file with few good rows stops
NOT_UTF8 = "words that are not UTF-8, their bytes written out"
TWICE = "words that appear twice, the first row kept"
ANOTHER_LENGTH = "rows of another length, left out"
NOT_NUMBERS = "rows in which something is no number, left out"
NOT_FINITE = "rows with nan or infinity, left out"
OTHER_COUNT = "headers that are one row off"
WITH_SPACES = "words with spaces, recognized by the rows after them"
LEFT_OUT = (ANOTHER_LENGTH, NOT_NUMBERS, NOT_FINITE)
NO_NEWLINE = "last lines without a newline"


class Reading:
    """The options of one `load`, and counts of repairs by kind.

    `words` is None or the UTF-8 bytes of the words to keep; `dtype` None keeps the file's number type.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        limit: int | None = None,
        words: Iterable[str] | str | os.PathLike[str] | None = None,
        words_from: str | os.PathLike[str] | None = None,
        dtype: Any = None,
        strict: bool = False,
        on_repair: Callable[[str], None] | None = None,
    ) -> None:
        if limit is not None:
            check_whole_number("limit", limit)
        self.words_from = words_from
        self.path, self.limit, self.strict, self.on_repair = path, limit, strict, on_repair
        self.words = None if words is None else _wanted(words)
        self.dtype = None if dtype is None else _dtype(dtype)
        self.repairs: dict[str, int] = {}
        self._first: dict[str, str] = {}

    def error(self, message: str) -> VectorsFileError:
        """The error for something that cannot be repaired; `message` says where."""
        return VectorsFileError(f"{self.path}: {message}")

    def repair(self, kind: str, message: str) -> None:
        """Count one repair; `message` says where and what. Raises VectorsFileError if strict."""
        if self.strict:
            raise self.error(message)
        self.repairs[kind] = self.repairs.get(kind, 0) + 1
        self._first.setdefault(kind, message)
        if self.on_repair is not None:
            self.on_repair(f"{self.path}: {message}")

    def check_left_out(self, kept: int, at_least: int = 1) -> None:
        """Raise VectorsFileError if so many rows were left out that the file is probably not one of vectors."""
        left_out = sum(self.repairs.get(kind, 0) for kind in LEFT_OUT)
        if left_out >= at_least and left_out * MOST_LEFT_OUT > kept:
            first = next(message for kind, message in self._first.items() if kind in LEFT_OUT)
            many = f"; so are {counted(left_out, 'row')}, and {kept:,} are not" if left_out > 1 else ""
            raise self.error(f"{first}{many}")

    def check_count(self, declared: int, found: int, cut_off: str) -> None:
        """Record a header that is one row off. Raises VectorsFileError for any other difference, or if strict."""
        message = f"the header declares {counted(declared, 'word')}, but {found:,} rows follow"
        if abs(declared - found) == 1 and found > 0:
            self.repair(OTHER_COUNT, message)
        elif declared != found:
            way_out = f"; limit={found} (--limit) reads what is there" if found else ""
            raise self.error(f"{message}: {cut_off}{way_out}")

    def report(self, info: dict[str, Any]) -> None:
        """Put the repairs into info["repairs"], and warn about them once unless `on_repair` took them."""
        if not self.repairs:
            return
        info["repairs"] = dict(self.repairs)
        if self.on_repair is None:
            found = "; ".join(f"{kind}: {n:,} (first: {self._first[kind]})" for kind, n in self.repairs.items())
            warn(f"{self.path}: repaired: {found}; strict (--strict) makes this an error")


def _wanted(words: Iterable[str] | str | os.PathLike[str]) -> frozenset[bytes]:
    if isinstance(words, (str, os.PathLike)):
        from wordvec.corpus.wordlists import read_word_list

        words = read_word_list(words)
    wanted = list(words)
    wrong = next((word for word in wanted if not isinstance(word, str)), None)
    if wrong is not None or not wanted:
        raise OptionError(f"words must be some words or a file of them, one a line; got {wrong!r}")
    return frozenset(encode_word(word) for word in wanted)


def _dtype(dtype: Any) -> np.dtype:
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = np.dtype(object)
    if found.name not in DTYPES:
        raise OptionError(f"dtype must be one of {', '.join(DTYPES)}; got {dtype!r}")
    return np.dtype(found.name)


# Selecting the requested rows of open vectors, and converting them to the requested type.


BLOCK = 4_096  # rows
Rows = slice | np.ndarray


def choose(
    reading: Reading,
    words: LazyWords,
    matrix: np.ndarray,
    *,
    look: bool = False,
    scales: np.ndarray | None = None,
    counts: np.ndarray | None = None,
    context_matrix: np.ndarray | None = None,
    **more: Any,
) -> WordRows:
    """Return WordRows with the rows and the number type that `reading` requests.

    Without options nothing is copied or read, and errors in words or rows are found when they are used.
    `reading.strict` checks everything now. With `look`, or if a number type is requested, rows with nan or infinity are
    left out and reported. Raises VectorsFileError.
    """
    if reading.strict:
        _check(reading, words, matrix, scales, counts)
    rows = _rows(reading, words)
    if look or reading.dtype is not None:
        rows = _finite_rows(reading, words, matrix, scales, rows)
    if rows is not None:
        words = _chosen_words(words, rows)
        counts = None if counts is None else counts[rows]
        context_matrix = None if context_matrix is None else context_matrix[rows]
    dtype = reading.dtype
    if dtype is not None and dtype != matrix.dtype:
        chosen = slice(0, len(matrix)) if rows is None else rows
        matrix, scales = _narrowed(reading, words, matrix, scales, chosen, dtype)
        if context_matrix is not None and dtype != np.int8:  # int8 would need its own scales
            context_matrix = context_matrix.astype(dtype, copy=False)
    elif rows is not None:
        matrix, scales = matrix[rows], None if scales is None else scales[rows]
    more["info"] = dict(more.get("info") or {})
    reading.report(more["info"])
    vectors = WordRows(words, matrix, context_matrix=context_matrix, scales=scales, **more)
    vectors.counts = counts  # not through the constructor, which would read all of them from disk
    return vectors


def _rows(reading: Reading, words: LazyWords) -> Rows | None:
    """The requested rows; None for all."""
    limit = min(len(words), reading.limit or len(words))
    if reading.words is None:
        return slice(0, limit) if limit < len(words) else None
    found: list[int] = []
    for first in range(0, limit, WORDS_BLOCK):
        block = words.encoded(first, min(first + WORDS_BLOCK, limit))
        found += [first + i for i, word in enumerate(block) if word in reading.words]
    if not found:
        raise reading.error(f"none of the {len(reading.words):,} wanted words is in it")
    return np.array(found)


def _finite_rows(
    reading: Reading, words: LazyWords, matrix: np.ndarray, scales: np.ndarray | None, rows: Rows | None
) -> Rows | None:
    """The requested rows without nan and infinity; the others are reported."""
    numbers = np.arange(len(words))[slice(None) if rows is None else rows]
    bad: list[int] = []
    for first in range(0, len(numbers), BLOCK):
        block = numbers[first : first + BLOCK]
        finite = np.isfinite(float_rows(matrix, scales, block)).all(axis=1)
        bad += block[~finite].tolist()
    for row in bad:
        reading.repair(NOT_FINITE, f"row {row}: the vector of {describe(words[row])} holds nan or infinity")
    reading.check_left_out(len(numbers) - len(bad))
    return np.setdiff1d(numbers, bad) if bad else rows


def _chosen_words(words: LazyWords, rows: Rows) -> LazyWords:
    if isinstance(rows, slice):
        return LazyWords(words.data, words.ends[rows], words.name)
    return LazyWords(*join_bytes([words.encoded(row, row + 1)[0] for row in rows.tolist()]), words.name)


def _narrowed(
    reading: Reading, words: LazyWords, matrix: np.ndarray, scales: np.ndarray | None, rows: Rows, dtype: np.dtype
) -> tuple[np.ndarray, np.ndarray | None]:
    """The chosen rows in another type, block by block; `words` are their words."""
    narrowed = np.empty((len(words), matrix.shape[1]), dtype)
    new_scales = np.empty(len(words), np.float32) if dtype == np.int8 else None
    for first in range(0, len(words), BLOCK):
        here = slice(first, min(first + BLOCK, len(words)))
        block = float_rows(matrix, scales, here if isinstance(rows, slice) else rows[here])
        kept, its_scales = narrow_rows(block, dtype)
        _check_finite(reading, words, kept, first, f"holds a number too large for {dtype}")
        narrowed[here] = kept
        if new_scales is not None and its_scales is not None:
            new_scales[here] = its_scales
    return narrowed, new_scales


def _check(
    reading: Reading, words: LazyWords, matrix: np.ndarray, scales: np.ndarray | None, counts: np.ndarray | None
) -> None:
    """Check everything: words, numbers, counts. Raises VectorsFileError."""
    words.check()
    empty = np.flatnonzero(np.diff(words.ends, prepend=0) == 0)
    if len(empty):
        raise reading.error(f"the word of row {empty[0]} is empty")
    repeated = repeated_words(np.asarray(words.data), np.asarray(words.ends))
    if repeated:
        row, first = repeated[0]
        raise reading.error(f"the word {describe(words[row])} appears twice, in rows {first} and {row}")
    for start in range(0, len(words), BLOCK):
        rows = float_rows(matrix, scales, slice(start, start + BLOCK))
        _check_finite(reading, words, rows, start, "holds nan or infinity")
    if counts is not None and counts.min() < 0:
        raise reading.error(f"the count of {words[int(counts.argmin())]!r} is {counts.min()}")


def _check_finite(reading: Reading, words: LazyWords, rows: np.ndarray, first: int, what: str) -> None:
    finite = np.isfinite(rows)
    if not finite.all():
        row = first + int(np.argmin(finite.all(axis=1)))
        raise reading.error(f"row {row}: the vector of {describe(words[row])} {what}")

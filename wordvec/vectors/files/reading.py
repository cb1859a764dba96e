"""What one call of `load` asks for, and what it meets in the file that has to be repaired."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from wordvec.errors import OptionError, VectorsFileError
from wordvec.vectors.word_bytes import encode_word

DTYPES = ("float32", "float16", "int8")
MOST_LEFT_OUT = 10  # one row in this many may be left out; more, and the file is something else
MANY = 100  # rows left out, after which a file that has few others is given up
NOT_UTF8 = "words that are not UTF-8, their bytes written out"
TWICE = "words that appear twice, the first row kept"
ANOTHER_LENGTH = "rows of another length, left out"
NOT_NUMBERS = "rows in which something is no number, left out"
NOT_FINITE = "rows with nan or infinity, left out"
OTHER_COUNT = "headers that are one row off"
WITH_SPACES = "words with spaces, told by the rows behind them"
LEFT_OUT = (ANOTHER_LENGTH, NOT_NUMBERS, NOT_FINITE)
NO_NEWLINE = "last lines without a newline"


class Reading:
    """The options of one `load`, and a count of what was repaired, by kind.

    `words` is None or the UTF-8 bytes of the words to keep; `dtype` None leaves numbers as the file has them.
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
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
            raise OptionError(f"limit must be a whole number of at least 1; got {limit!r}")
        self.words_from = words_from
        self.path, self.limit, self.strict, self.on_repair = path, limit, strict, on_repair
        self.words = None if words is None else _wanted(words)
        self.dtype = None if dtype is None else _dtype(dtype)
        self.repairs: dict[str, int] = {}
        self._first: dict[str, str] = {}

    def error(self, message: str) -> VectorsFileError:
        """The error for what cannot be repaired; `message` says where."""
        return VectorsFileError(f"{self.path}: {message}")

    def repair(self, kind: str, message: str) -> None:
        """Count one repair; `message` says where and what. Raises VectorsFileError when strict."""
        if self.strict:
            raise self.error(message)
        self.repairs[kind] = self.repairs.get(kind, 0) + 1
        self._first.setdefault(kind, message)
        if self.on_repair is not None:
            self.on_repair(f"{self.path}: {message}")

    def check_left_out(self, kept: int, at_least: int = 1) -> None:
        """Raise VectorsFileError when too many rows were left out for the file to be one of vectors."""
        left_out = sum(self.repairs.get(kind, 0) for kind in LEFT_OUT)
        if left_out >= at_least and left_out * MOST_LEFT_OUT > kept:
            first = next(message for kind, message in self._first.items() if kind in LEFT_OUT)
            many = f"; so are {left_out:,} rows, and {kept:,} are not" if left_out > 1 else ""
            raise self.error(f"{first}{many}")

    def check_count(self, declared: int, found: int, cut_off: str) -> None:
        """Note a header that is one row off. Raises VectorsFileError for any other difference, or when strict."""
        message = f"the header declares {declared:,} words, but {found:,} rows follow"
        if abs(declared - found) == 1 and found > 0:
            self.repair(OTHER_COUNT, message)
        elif declared != found:
            raise self.error(f"{message}: {cut_off}; limit={max(1, found)} (--limit) reads what is there")

    def report(self, info: dict[str, Any]) -> None:
        """Put the repairs into info["repairs"], and warn about them once unless `on_repair` took them."""
        if not self.repairs:
            return
        info["repairs"] = dict(self.repairs)
        if self.on_repair is None:
            found = "; ".join(f"{kind}: {n:,} (first: {self._first[kind]})" for kind, n in self.repairs.items())
            warnings.warn(f"{self.path}: repaired: {found}; strict (--strict) makes this an error", stacklevel=4)


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

"""Work on packed words (see `pack_words`) without making strings: in C, or in numpy without the C library."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from wordvec.corpus.building import can_compile
from wordvec.corpus.words import Packed, pack_words, unpack_words

SHARES = 256
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def shares_of(data: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The share of each packed word, (words,) uint8: a polynomial in its bytes modulo 2**64, mixed into one byte.

    >>> shares_of(*pack_words(["you", "say", "you"])).tolist()
    [221, 0, 221]
    """
    if can_compile():
        return _scanning().shares_of(data, ends)
    if not len(ends):
        return np.zeros(0, np.uint8)
    lengths = np.diff(ends, prepend=0)
    powers = np.full(int(lengths.max()), MULTIPLIER)
    np.cumprod(powers, out=powers)
    terms = powers[np.arange(len(data)) - np.repeat(ends - lengths, lengths)]
    terms *= data
    sums = np.add.reduceat(terms, ends - lengths)
    return (((sums ^ (sums >> np.uint64(32))) * MULTIPLIER) >> np.uint64(56)).astype(np.uint8)


def take_words(data: np.ndarray, ends: np.ndarray, positions: np.ndarray) -> Packed:
    """The packed words at these positions, in this order, packed again.

    >>> unpack_words(*take_words(*pack_words(["you", "é", "say"]), np.array([2, 1])))
    ['say', 'é']
    """
    if can_compile():
        return _scanning().take_words(data, ends, positions)
    lengths = np.diff(ends, prepend=0)[positions]
    taken_ends = np.cumsum(lengths)
    places = np.repeat(ends[positions] - taken_ends, lengths)
    places += np.arange(len(places))
    return data[places], taken_ends


def have_inside(data: np.ndarray, ends: np.ndarray, text: str) -> np.ndarray:
    """Which packed words contain a text of some letters, (words,) bool.

    >>> have_inside(*pack_words(["a_b", "c_", "_", "ab"]), "_b").tolist()
    [True, False, False, False]
    """
    wanted = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    begins = np.flatnonzero(data[: max(0, len(data) - len(wanted) + 1)] == wanted[0])
    for i, byte in enumerate(wanted.tolist()):
        begins = begins[data[begins + i] == byte]
    words = np.searchsorted(ends, begins, side="right")
    found = np.zeros(len(ends), bool)
    found[words[begins + len(wanted) <= ends[words]]] = True
    return found


def new_table(line_feeds: bool) -> Any:
    """An empty table that numbers words and adds up their counts; `line_feeds` says that some hold line feeds."""
    return WordTable() if line_feeds or not can_compile() else _scanning().PieceTable()


class WordTable:
    """The same as `scanning.PieceTable`, in plain Python; words may contain line feeds."""

    def __init__(self) -> None:
        self._number_of: defaultdict[str, int] = defaultdict()
        self._number_of.default_factory = self._number_of.__len__  # a new word gets the number of words so far
        self.counts = np.zeros(0, np.int64)

    @property
    def size(self) -> int:
        """How many words there are."""
        return len(self._number_of)

    def add(self, words: np.ndarray, ends: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """See PieceTable."""
        numbers = np.fromiter(map(self._number_of.__getitem__, unpack_words(words, ends)), np.int32, len(ends))
        self.counts = np.concatenate([self.counts, np.zeros(self.size - len(self.counts), np.int64)])
        self.counts[numbers] += counts
        return numbers

    def packed(self) -> Packed:
        """See PieceTable."""
        return pack_words(self._number_of)


def _scanning() -> Any:
    from wordvec.corpus.encode import scanning

    return scanning

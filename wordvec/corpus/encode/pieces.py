"""All different pieces of a text, numbered by first appearance, in little room."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from wordvec.corpus.words import unpack_words


class Growing:
    """An array that grows at its end."""

    def __init__(self, dtype: type[np.generic]) -> None:
        self._room = np.zeros(1 << 10, dtype)
        self.size = 0

    def room(self, more: int) -> np.ndarray:
        """The whole array, with room for `more` values after the first `size`."""
        if self.size + more > len(self._room):
            grown = np.zeros(max(self.size + more, 2 * len(self._room)), self._room.dtype)
            grown[: self.size] = self._room[: self.size]
            self._room = grown
        return self._room

    def extend(self, values: Any) -> None:
        """Append values."""
        self.room(len(values))[self.size : self.size + len(values)] = values
        self.size += len(values)

    @property
    def array(self) -> np.ndarray:
        """The values."""
        return self._room[: self.size]


class PieceTable:
    """Different pieces, each with its number and its count. Texts must come in their order."""

    def __init__(self) -> None:
        from wordvec.corpus.encode import scanning

        self.size = 0
        self._table = scanning.HashTable()
        self._store, self._starts, self._counts = Growing(np.uint8), Growing(np.int64), Growing(np.int64)
        self._store.size = scanning.FIRST_START
        self._starts.extend([scanning.FIRST_START])  # the next piece's is always there, too

    @property
    def counts(self) -> np.ndarray:
        """How often each piece was seen, (size,) int64."""
        return self._counts.array

    def scan(self, text: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the pieces of text[:size], (tokens,) int32, and how many of them come before each line end.

        `text` is UTF-8 in bytes, with `scanning.PADDING` line feeds behind `size`.
        """
        most = size // 2 + 1  # pieces, of one byte and with one byte between them
        room = self._store.room(size + 16), self._starts.room(most), self._counts.room(most)
        ids, line_ends, known = self._table.scan(text, size, self.size, *room)
        self._has(known)
        return ids, line_ends

    def absorb(self, other: PieceTable) -> np.ndarray:
        """Add the pieces and counts of another table; returns their numbers in this one, (other.size,) int32."""
        from wordvec.corpus.encode import scanning

        return self._absorb(other._store.room(scanning.PADDING), other._starts.array, other.counts)

    def add(self, words: np.ndarray, ends: np.ndarray, counts: np.ndarray) -> np.ndarray:
        r"""Add different words as `pack_words` gives them, none with a line feed; returns their numbers here.

        >>> table = PieceTable()
        >>> table.add(np.frombuffer(b"youso", np.uint8), np.array([3, 5]), np.array([1, 2])).tolist(), table.pieces()
        ([0, 1], ['you', 'so'])
        """
        from wordvec.corpus.encode import scanning

        starts = np.arange(len(ends) + 1)  # a line feed stands behind each
        starts[1:] += ends
        stored = np.full(int(starts[-1]) + scanning.PADDING, 0x0A, np.uint8)
        stored[np.arange(len(words)) + np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))] = words
        return self._absorb(stored, starts, counts)

    def _absorb(self, stored: np.ndarray, starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
        room = self._store.room(int(starts[-1]) + 16), self._starts.room(len(counts) + 1)
        self._counts.room(len(counts))
        numbers, known = self._table.absorb(stored, starts, self.size, *room)
        self._has(known)
        self.counts[numbers] += counts
        return numbers

    def _has(self, known: int) -> None:
        self.size = self._counts.size = known
        self._starts.size = known + 1
        self._store.size = int(self._starts.array[-1])

    def forget(self) -> None:
        """Give the memory back; the table must not be used again."""
        del self._table, self._store, self._starts, self._counts

    def pieces(self, first: int = 0) -> list[str]:
        """The pieces from number `first` on."""
        if first == self.size:
            return []
        stored = self._store.array[self._starts.array[first] :]
        return stored.tobytes().decode("utf-8", "surrogatepass").split("\n")[:-1]


class WordTable:
    """What `PieceTable.add` does, in plain Python, for words with line feeds too."""

    def __init__(self) -> None:
        self._number_of: defaultdict[str, int] = defaultdict()
        self._number_of.default_factory = self._number_of.__len__  # a new word gets the number of words so far
        self.counts = np.zeros(0, np.int64)

    def add(self, words: np.ndarray, ends: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """See PieceTable."""
        numbers = np.fromiter(map(self._number_of.__getitem__, unpack_words(words, ends)), np.int32, len(ends))
        self.counts = np.concatenate([self.counts, np.zeros(len(self._number_of) - len(self.counts), np.int64)])
        self.counts[numbers] += counts
        return numbers

    def pieces(self) -> list[str]:
        """All words."""
        return list(self._number_of)

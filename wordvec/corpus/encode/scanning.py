"""Calls the C code that cuts text at white space, numbers the pieces and renumbers ids.

Each function checks the sizes of its arrays and calls its namesake in ``wordvec/native/src/`` (text.c, pieces.c,
ids.c, words.c), which documents how it works. Text is UTF-8 in an array of `size` bytes, followed by PADDING line
feeds. Modules import this one inside functions, because small corpora are built without it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wordvec.errors import ShapeError
from wordvec.native import functions

PADDING = 128
NOT_TEXT, RETURNS = 1, 2  # results of `look_through`
FIRST_START = 16  # where the first piece in a store begins
SMALLEST_TABLE = 1 << 13  # two values per slot; a half-full table has room for the pieces numbered in one go
AT, TOKENS, LINES, KNOWN, OPEN, AFTER_SPACE, REST = range(7)  # indices into C's progress array


def _need(condition: bool, what: str) -> None:
    if not condition:
        raise ShapeError(f"{what}; this is an error in wordvec")


def _check_text(text: np.ndarray, size: int) -> None:
    _need(0 <= size <= len(text) - PADDING, f"a text of {size} bytes must be followed by {PADDING} line feeds")


def look_through(text: np.ndarray, size: int) -> int:
    """NOT_TEXT if a byte of text[:size] is 0 or not UTF-8; else RETURNS if there are carriage returns, or 0."""
    _check_text(text, size)
    return int(functions.look_through(text, size))


def feeds_for_returns(text: np.ndarray, size: int) -> None:
    """Replace each carriage return in text[:size] by a line feed, or by a space if a line feed follows it."""
    _check_text(text, size)
    functions.feeds_for_returns(text, size)


def prepare_for_words(text: np.ndarray, size: int) -> None:
    """Reduce the number of distinct pieces without changing what `words` makes of them.

    "The (first) word." becomes "the  first  word ". ASCII letters become lowercase, and most other ASCII characters
    become spaces. Points and commas do too, unless a digit (ASCII or not) follows, since they may belong to a number.
    """
    _check_text(text, size)
    functions.prepare_for_words(text, size)


class HashTable:
    """Growing hash table of pieces. The caller owns the pieces' bytes, `store`, and their offsets, `starts`.

    Numpy owns the table's memory: C returns when half of the slots are taken, and continues with a larger table.
    """

    def __init__(self) -> None:
        self._places = np.zeros(SMALLEST_TABLE, np.uint64)

    def scan(
        self, text: np.ndarray, size: int, known: int, store: np.ndarray, starts: np.ndarray, counts: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, int]:
        """Number and count the pieces of text[:size].

        `known` pieces exist already; the rest of `store`, `starts` and `counts` is for new ones.
        Returns ids (tokens,) int32, line_ends (lines,) int64, the tokens before each line feed, and the new number of
        pieces.
        """
        _check_text(text, size)
        most = size // 2 + 1  # pieces, of one byte and with one byte between them
        self._check_room(known, most, size + 1, store, starts)
        _need(len(counts) >= known + most, "no room for the counts of new pieces")
        ids, line_ends = np.empty(most, np.int32), np.empty(functions.count_feeds(text, size), np.int64)
        progress = np.zeros(7, np.int64)
        progress[[KNOWN, AFTER_SPACE]] = known, 1
        while not functions.scan_text(text, size, progress, self._places, store, starts, counts, ids, line_ends):
            self._grow()
        return ids[: progress[TOKENS]], line_ends[: progress[LINES]], int(progress[KNOWN])

    def absorb(
        self, stored: np.ndarray, bounds: np.ndarray, behind: int, known: int, store: np.ndarray, starts: np.ndarray
    ) -> tuple[np.ndarray, int]:
        """Find or number the pieces stored[bounds[i] : bounds[i + 1] - behind]; see `scan`.

        Returns their numbers (len(bounds) - 1,) int32, and the new number of pieces.
        """
        _check_text(stored, int(bounds[-1]))
        numbers = np.empty(len(bounds) - 1, np.int32)
        more = int(bounds[-1] - bounds[0]) + (1 - behind) * len(numbers)  # with a line feed behind each
        self._check_room(known, len(numbers), more, store, starts)
        progress = np.zeros(7, np.int64)
        progress[KNOWN] = known
        while not functions.absorb_pieces(stored, bounds, behind, progress, self._places, store, starts, numbers):
            self._grow()
        return numbers, int(progress[KNOWN])

    def _check_room(self, known: int, more: int, more_bytes: int, store: np.ndarray, starts: np.ndarray) -> None:
        _need(len(starts) > known + more, "no room for the starts of new pieces")
        _need(len(store) >= starts[known] + more_bytes + 8, "no room for new pieces")  # eight bytes are read at a time

    def _grow(self) -> None:
        larger = np.zeros(4 * len(self._places), np.uint64)
        functions.rehash(self._places, larger)
        self._places = larger


def look_up(ids: np.ndarray, numbers: np.ndarray) -> None:
    """Replace each ids[i] by numbers[ids[i]], in place."""
    functions.look_up_ids(ids, numbers)


def expand(
    ids: np.ndarray, line_ends: np.ndarray, numbers: np.ndarray, word_starts: np.ndarray, word_ids: np.ndarray,
    counts: np.ndarray, words: int,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Expand the tokens of a block into its `words` words, and count how many of them precede each line end.

    Token `i` is piece p = numbers[ids[i]], made of word_ids[word_starts[p] : word_starts[p + 1]]. Also adds to
    `counts`.
    """
    expanded, expanded_ends = np.empty(words, np.int32), np.empty_like(line_ends)
    functions.expand_ids(ids, line_ends, numbers, word_starts, word_ids, counts, expanded, expanded_ends)
    return expanded, expanded_ends


def renumber(ids: np.ndarray, final_id: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Replace ids by final_id[ids] and drop those that become -1.

    Returns the kept ids, and for each of the ascending `ends` how many of the first ends[e] ids are kept.
    """
    _need(not len(ends) or 0 <= ends[0] <= ends[-1] <= len(ids), "ends must lie among the ids")
    kept, kept_ends = np.empty(len(ids) + 1, np.int32), np.empty(len(ends), np.int64)
    return kept[: functions.renumber_ids(ids, final_id, ends, kept, kept_ends)], kept_ends


# Words as `pack_words` gives them.


def check_words(words: np.ndarray, ends: np.ndarray) -> None:
    """Raise ShapeError unless the ends rise within the words."""
    rise = not len(ends) or (0 <= ends[0] and ends[-1] <= len(words) and bool((ends[1:] >= ends[:-1]).all()))
    _need(rise, "the ends of words must not fall, and must be within the words")


def shares_of(words: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """See `words.shares_of`."""
    check_words(words, ends)
    shares = np.empty(len(ends), np.uint8)
    functions.share_words(words, ends, shares)
    return shares


def take_words(words: np.ndarray, ends: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """See `words.take_words`."""
    check_words(words, ends)
    _need(not len(positions) or positions.min() >= 0, "positions of words must not be negative")
    size = int(np.diff(ends, prepend=0)[positions].sum())  # IndexError for a position beyond the end
    taken, taken_ends = np.empty(size, np.uint8), np.empty(len(positions), np.int64)
    functions.copy_words(words, ends, positions, taken, taken_ends)
    return taken, taken_ends


# All distinct pieces of a text, numbered by first appearance, in compact form.


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
    """Distinct pieces with their numbers and counts. Texts must be scanned in order."""

    def __init__(self) -> None:
        self.size = 0
        self._table = HashTable()
        self._store, self._starts, self._counts = Growing(np.uint8), Growing(np.int64), Growing(np.int64)
        self._store.size = FIRST_START
        self._starts.extend([FIRST_START])  # always holds the next piece's start, too

    @property
    def counts(self) -> np.ndarray:
        """How often each piece was seen, (size,) int64."""
        return self._counts.array

    def scan(self, text: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the pieces of text[:size], (tokens,) int32, and how many of them precede each line end.

        `text` is UTF-8, with `scanning.PADDING` line feeds after `size` bytes.
        """
        most = size // 2 + 1  # pieces, of one byte and with one byte between them
        room = self._store.room(size + 16), self._starts.room(most), self._counts.room(most)
        ids, line_ends, known = self._table.scan(text, size, self.size, *room)
        self._has(known)
        return ids, line_ends

    def absorb(self, other: PieceTable) -> np.ndarray:
        """Add the pieces and counts of another table; returns their numbers in this one, (other.size,) int32."""
        return self._absorb(other._store.room(PADDING), other._starts.array, 1, other.counts)

    def add(self, words: np.ndarray, ends: np.ndarray, counts: np.ndarray) -> np.ndarray:
        r"""Add distinct words as packed by `pack_words`, without line feeds; returns their numbers here.

        >>> table = PieceTable()
        >>> table.add(np.frombuffer(b"youso", np.uint8), np.array([3, 5]), np.array([1, 2])).tolist(), table.pieces()
        ([0, 1], ['you', 'so'])
        """
        check_words(words, ends)
        stored = np.concatenate([words, np.full(PADDING, 0x0A, np.uint8)])
        return self._absorb(stored, np.concatenate([np.zeros(1, np.int64), ends]), 0, counts)

    def _absorb(self, stored: np.ndarray, bounds: np.ndarray, behind: int, counts: np.ndarray) -> np.ndarray:
        room = self._store.room(int(bounds[-1]) + len(counts) + 16), self._starts.room(len(counts) + 1)
        self._counts.room(len(counts))
        numbers, known = self._table.absorb(stored, bounds, behind, self.size, *room)
        self._has(known)
        self.counts[numbers] += counts
        return numbers

    def _has(self, known: int) -> None:
        self.size = self._counts.size = known
        self._starts.size = known + 1
        self._store.size = int(self._starts.array[-1])

    def forget(self) -> None:
        """Release the memory; the table must not be used again."""
        del self._table, self._store, self._starts, self._counts

    def packed(self) -> tuple[np.ndarray, np.ndarray]:
        """All pieces, as `pack_words` gives them."""
        stored, starts = self._store.array[FIRST_START:], self._starts.array
        return stored[stored != 0x0A], starts[1:] - FIRST_START - np.arange(1, len(starts))

    def pieces(self, first: int = 0) -> list[str]:
        """The pieces from number `first` on."""
        if first == self.size:
            return []
        stored = self._store.array[self._starts.array[first] :]
        return stored.tobytes().decode("utf-8", "surrogatepass").split("\n")[:-1]

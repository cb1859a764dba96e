"""Vectors of words from their character n-grams, as fastText makes them (Bojanowski et al. 2017, section 3.2).

A word is written between < and >; its n-grams of `shortest` to `longest` characters are numbered by a hash (FNV-1a of
32 bits, in which fastText takes each byte with its sign), modulo the number of buckets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from wordvec.errors import VectorsFileError, describe

FNV_START, FNV_PRIME = np.uint32(2166136261), np.uint32(16777619)
END_OF_SENTENCE = b"</s>"  # has no n-grams
LONGEST_NGRAM = 32  # characters; fastText uses 6, and the work grows with it
EXACT = 2**32 - 1  # buckets: each hash has one of its own, but for the largest and 0, which share theirs
LONGEST_WORD = 4_096  # bytes of a word whose n-grams are read from a file
TOGETHER, MOST_TOGETHER = 128, 1 << 18  # words whose n-grams are looked up together, and their n-grams
NUMBERS = 1 << 22  # of rows that are added up together


class Rows(Protocol):
    """Rows that can be read by number: an array, or one that is decoded as it goes."""

    def __getitem__(self, ids: Any) -> np.ndarray:
        """Return the rows (n, D) float32 of some ids (n,)."""


class Subwords:
    """Gives a vector to any word: the mean of the rows of its n-grams.

    `rows` holds a row for each bucket, from number `first` on. `kept`, where not None, tells which buckets have a row
    (those that were seen in training, or that a pruned model has kept): it maps them to their rows, or is an array of
    the bucket of each row. N-grams in other buckets are passed over.

    >>> rows = np.arange(20, dtype=np.float32).reshape(10, 2)
    >>> Subwords(rows, buckets=10, shortest=3, longest=3).vector("cat").round(2).tolist()
    [9.329999923706055, 10.329999923706055]
    """

    def __init__(
        self,
        rows: Rows,
        buckets: int,
        shortest: int,
        longest: int,
        first: int = 0,
        kept: Mapping[int, int] | np.ndarray | None = None,
    ) -> None:
        self.rows, self.buckets, self.shortest, self.longest = rows, buckets, shortest, longest
        self.first, self.kept = first, None if kept is None else KeptBuckets(kept)

    def vector(self, word: str) -> np.ndarray | None:
        """Return the vector (D,) float32 of a word, or None when it has no n-gram with a row that is not zero.

        Raises VectorsFileError when the rows of its n-grams, which are not looked at before, are not finite.
        """
        _, ids = self.ids([word.encode("utf-8", "replace")])
        if not len(ids):
            return None
        with np.errstate(over="ignore", invalid="ignore"):
            vector: np.ndarray = np.asarray(self.rows[ids], np.float32).mean(axis=0)
        if not np.isfinite(vector).all():
            raise VectorsFileError(
                f"the n-grams of {describe(word)} have rows with nan, infinity or numbers too large to add: the file "
                "of these vectors is damaged; fetch or train it again"
            )
        return vector if vector.any() else None

    def mean_with(self, own: np.ndarray, words: Sequence[bytes]) -> np.ndarray:
        """Return the mean of each word's own row, given as (n, D), and the rows of its n-grams."""
        word, ids = self.ids(words)
        number = np.bincount(word, minlength=len(words))
        summed = np.array(own, np.float32)
        piece = max(1, NUMBERS // summed.shape[1])
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is for others to find
            for first in range(0, len(ids), piece):
                its_words, starts = np.unique(word[first : first + piece], return_index=True)
                summed[its_words] += np.add.reduceat(self.rows[ids[first : first + piece]], starts, axis=0)
            return summed / (number[:, None] + 1).astype(np.float32)

    def ids(self, words: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
        """The n-grams of some words: for each which word it is of (n,), in order, and its row (n,)."""
        if self.longest < 1 or self.buckets < 1:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        word, hashes = ngram_hashes(words, self.shortest, self.longest)
        ids = (hashes % np.uint32(self.buckets)).astype(np.int64)
        if self.kept is not None:
            rows = self.kept.rows_of(ids)
            word, ids = word[rows >= 0], rows[rows >= 0]
        return word, ids + self.first


class KeptBuckets:
    """The buckets (n,) that have a row, and which row that is (n,), both int64.

    >>> KeptBuckets({7: 0, 2: 1}).rows_of(np.array([2, 3, 7])).tolist()
    [1, -1, 0]
    """

    def __init__(self, kept: Mapping[int, int] | np.ndarray) -> None:
        if isinstance(kept, np.ndarray):
            self.buckets, self.rows = kept, np.arange(len(kept))
        else:
            self.buckets = np.fromiter(kept, np.int64, len(kept))
            self.rows = np.fromiter(kept.values(), np.int64, len(kept))

    def __len__(self) -> int:
        return len(self.buckets)

    def rows_of(self, buckets: np.ndarray) -> np.ndarray:
        """The row of each bucket (n,), -1 for those without."""
        sorted_buckets, rows = self._sorted
        if not len(rows):
            return np.full(len(buckets), -1)
        place = np.minimum(np.searchsorted(sorted_buckets, buckets), len(rows) - 1)
        return np.where(sorted_buckets[place] == buckets, rows[place], -1)

    @cached_property
    def _sorted(self) -> tuple[np.ndarray, np.ndarray]:
        if len(self) < 2 or (self.buckets[1:] > self.buckets[:-1]).all():
            return self.buckets, self.rows
        order = np.argsort(self.buckets, kind="stable")
        return self.buckets[order], self.rows[order]


def word_blocks(words: Sequence[bytes], longest: int) -> Iterator[slice]:
    """Cut words into blocks whose n-grams of up to `longest` characters fit into little memory.

    >>> list(word_blocks([b"a"] * 200, 6))
    [slice(0, 128, None), slice(128, 200, None)]
    """
    first = ngrams = 0
    for place, word in enumerate(words):
        own = (len(word) + 2) * longest
        if place > first and (ngrams + own > MOST_TOGETHER or place - first == TOGETHER):
            yield slice(first, place)
            first, ngrams = place, 0
        ngrams += own
    if first < len(words):
        yield slice(first, len(words))


def ngram_hashes(words: Sequence[bytes], shortest: int, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """Return for each n-gram of some words which word it is of (n,), in order, and its hash (n,) uint32.

    All n-grams of all words grow together by one character at a time. A single character at either end is no n-gram:
    it is < or >.

    >>> ngram_hashes([b"a"], 2, 3)[1].tolist()  # <a, <a> and a>
    [1761008750, 2359087600, 287614806]
    """
    marked = [b"<" + word + b">" if word != END_OF_SENTENCE else b"" for word in words]
    text = np.frombuffer(b"".join(marked) + b"\0", np.uint8)  # the last byte is looked at, and never used
    ends = np.cumsum([len(word) for word in marked], dtype=np.int64)
    inner = (text & 0xC0) == 0x80  # bytes that continue a character
    signed = text.view(np.int8).astype(np.uint32)  # with the sign drawn out to 32 bits
    start = np.flatnonzero(~inner[:-1])
    at, hashes = start.copy(), np.full(len(start), FNV_START)
    word = np.searchsorted(ends, start, side="right")
    starts_found, hashes_found = [start[:0]], [hashes[:0]]
    for length in range(1, longest + 1):
        alive = at < ends[word]
        start, at, hashes, word = start[alive], at[alive], hashes[alive], word[alive]
        if not len(at):
            break
        growing = np.ones(len(at), bool)
        while growing.any():
            hashes[growing] = (hashes[growing] ^ signed[at[growing]]) * FNV_PRIME
            at += growing
            growing &= (at < ends[word]) & inner[at]
        if length >= shortest:
            whole = np.ones(len(at), bool)
            if length == 1:
                whole = (start != np.concatenate([[0], ends])[word]) & (at != ends[word])
            starts_found.append(start[whole])
            hashes_found.append(hashes[whole])
    all_starts = np.concatenate(starts_found)
    in_order = np.argsort(all_starts, kind="stable")
    return np.searchsorted(ends, all_starts[in_order], side="right"), np.concatenate(hashes_found)[in_order]

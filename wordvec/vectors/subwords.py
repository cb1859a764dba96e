"""Vectors of words from their character n-grams, as in fastText (Bojanowski et al. 2017, section 3.2).

A word is written between < and >; its n-grams of `shortest` to `longest` characters have numbers: see `ngrams.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from wordvec.argument_types import check_seed
from wordvec.errors import VectorsFileError, describe
from wordvec.progress import warn
from wordvec.vectors.ngrams import FLORET_SEED, Ngrams

LONGEST_NGRAM = 32  # characters; fastText uses 6, and the cost grows with it
EXACT = 2**32 - 1  # buckets: one for each hash, except that the largest hash and 0 share one
LONGEST_WORD = 4_096  # bytes of a word in a file with n-grams
NUMBERS = 1 << 22  # numbers in rows that are added together


class Rows(Protocol):
    """Rows that can be read by number: an array, or rows decoded on request."""

    def __getitem__(self, ids: Any) -> np.ndarray:
        """Return the rows (n, D) float32 of some ids (n,)."""


class Subwords:
    """Gives a vector to any word: the mean of the rows of its n-grams.

    `rows` holds a row for each bucket, from number `first` on. If `kept` is not None, only some buckets have a row
    (those seen in training, or kept by a pruned model): it maps buckets to rows, or is an array with the bucket of each
    row. N-grams in other buckets are ignored. `jamo`, `hashes` and `seed`: see `Ngrams`.

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
        *,
        jamo: bool = False,
        hashes: int = 0,
        seed: int = FLORET_SEED,
    ) -> None:
        check_seed(seed, largest=2**32 - 1)
        self.ngrams = Ngrams(shortest, longest, buckets, jamo, hashes, seed)
        self.rows, self.buckets, self.shortest, self.longest = rows, buckets, shortest, longest
        self.first, self.kept = first, None if kept is None else KeptBuckets(kept)

    def vector(self, word: str) -> np.ndarray | None:
        """Return the vector (D,) float32 of a word, or None if it has no n-gram with a non-zero row.

        Raises VectorsFileError if the rows of its n-grams, which are not checked before, are not finite.
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
        summed, number = self._added(np.array(own, np.float32), words)
        with np.errstate(over="ignore", invalid="ignore"):  # callers check for infinity
            return summed / (number + 1)

    def means(self, words: Sequence[bytes]) -> np.ndarray:
        """Return the mean of the rows of each word's n-grams (n, D) float32, zeros for a word without any."""
        width = np.asarray(self.rows[np.zeros(1, np.int64)]).shape[1]
        summed, number = self._added(np.zeros((len(words), width), np.float32), words)
        with np.errstate(over="ignore", invalid="ignore"):
            return summed / np.maximum(number, 1)

    def _added(self, summed: np.ndarray, words: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
        """Add the rows of each word's n-grams to its row; returns the sums (n, D) and the numbers of n-grams (n, 1)."""
        word, ids = self.ids(words)
        piece = max(1, NUMBERS // summed.shape[1])
        with np.errstate(over="ignore", invalid="ignore"):
            for first in range(0, len(ids), piece):
                its_words, starts = np.unique(word[first : first + piece], return_index=True)
                summed[its_words] += np.add.reduceat(self.rows[ids[first : first + piece]], starts, axis=0)
        return summed, np.bincount(word, minlength=len(words)).astype(np.float32)[:, None]

    def ids(self, words: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
        """For each n-gram of some words, in order, the index of its word (n,) and its row (n,)."""
        word, ids = self.ngrams.of(words)
        if self.kept is not None:
            rows = self.kept.rows_of(ids)
            word, ids = word[rows >= 0], rows[rows >= 0]
        return word, ids + self.first


class KeptBuckets:
    """The buckets (n,) that have a row, and their rows (n,), both int64.

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
        """The row of each bucket (n,), -1 for a bucket without a row."""
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


def info_without_ngrams(info: Mapping[str, Any]) -> dict[str, Any]:
    """The info of vectors whose n-grams are left out: without "subwords", the facts about these.

    >>> info_without_ngrams({"trainer": "svd", "subwords": {"ngrams": 7}})
    {'trainer': 'svd'}
    """
    return {name: value for name, value in info.items() if name != "subwords"}


def warn_of_ngrams(where: str, *models: Any) -> None:
    """Warn, if one of the models has n-grams, that what is made of them has none."""
    if any(model.subwords is not None for model in models):
        warn(f"the vectors of unseen words (subwords) are not in {where}")


class MappedSubwords:
    """Subwords whose vectors go through the same map as the rows, (n, D) float64 to (n, E) float64."""

    def __init__(self, subwords: Any, row_map: Callable[[np.ndarray], np.ndarray]) -> None:
        self.subwords, self.row_map = subwords, row_map

    def vector(self, word: str) -> np.ndarray | None:
        """Return a mapped vector (E,) float32, or None if the word has no known n-gram."""
        made = self.subwords.vector(word)
        return None if made is None else self.row_map(made[None, :].astype(np.float64))[0].astype(np.float32)

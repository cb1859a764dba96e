"""The rows of the input table that make up a word: its own, and those of its n-grams (Bojanowski et al. 2017).

With subwords a row of W_in is no longer a parameter. It is the mean of rows of a table,

    x_w = 1 / n_w  sum over the parts u of w of  T[u]

and training adds the whole change of x_w to each of its n_w parts, as fastText does, so that x_w itself changes by
just that (if none of its parts is repeated or shared).

**A block.** At the start of a block each word among its contexts is composed once. The block's steps train the composed
rows like any rows of W_in. At the end the change of each is added to its parts.

**The bound.** The words of a block are trained separately, and a part that m of them share gets the sum of their m
changes. Even if each change is right by itself, the sum may be far too large. Let q_w be how often w was met in the
block, S_u the sum of q_w over the words with part u (as often as they have it), and L_u the largest q_w among them. A
part moves as if it had been met S_u times at once. It gets min(1, max(meetings, L_u) / S_u) of its sum, with `meetings`
of `corpus/draws/steps.py`. So no part, and no word, which is the mean of its parts, moves further than `meetings` at
once would move it, or than the training of some word that shares parts with it, whichever is larger. On English text a
twentieth of the parts is cut (measured); on item numbers with a common prefix those of the prefix are, in every block.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wordvec.corpus.draws.steps import WHOLE


@dataclass(frozen=True)
class WordParts:
    """Word w is made of the rows ``rows[starts[w] : starts[w + 1]]`` of a table of `table_rows`.

    starts (V + 1,) int64; rows (n,) int32, where a row that the word has twice is listed twice; times (n,) float32,
    how many original rows each listed row stands for: 1, unless `merged` joined several.

    >>> parts = WordParts.of_rows(np.array([0, 2, 5]), np.array([0, 2, 1, 2, 2]), table_rows=3)
    >>> parts.sizes.tolist()
    [2.0, 3.0]
    >>> parts.composed(np.array([[2.0], [6.0], [0.0]], np.float32)).tolist()
    [[1.0], [2.0]]
    """

    starts: np.ndarray
    rows: np.ndarray
    times: np.ndarray
    table_rows: int

    @classmethod
    def of_rows(cls, starts: np.ndarray, rows: np.ndarray, table_rows: int) -> WordParts:
        """Parts of which each stands for one row."""
        starts, rows = np.ascontiguousarray(starts, np.int64), np.ascontiguousarray(rows, np.int32)
        return cls(starts, rows, np.ones(len(rows), np.float32), table_rows)

    @property
    def words(self) -> int:
        """V, the number of words."""
        return len(self.starts) - 1

    @cached_property
    def sizes(self) -> np.ndarray:
        """(V,) float32: n_w, the number of rows that each word is the mean of."""
        owner = np.repeat(np.arange(self.words), np.diff(self.starts))
        return np.bincount(owner, self.times, minlength=self.words).astype(np.float32)

    @cached_property
    def packed(self) -> np.ndarray:
        """(n, 2) int32, ``struct part`` of the library: each part's row, and the bits of its `times`."""
        return np.column_stack([self.rows.astype(np.int32), self.times.astype(np.float32).view(np.int32)])

    def most_of(self, words: int) -> int:
        """The most parts that this many different words can have together."""
        numbers = self._falling_numbers
        return int(numbers[: max(1, words)].sum())

    @cached_property
    def _falling_numbers(self) -> np.ndarray:
        return np.sort(np.diff(self.starts))[::-1]

    def composed(self, table: np.ndarray) -> np.ndarray:
        """The row of each word (V, D) float32, for a table (`table_rows`, D)."""
        from scipy.sparse import csr_array

        ones = np.ones(len(self.rows), np.float32)
        summing = csr_array((ones, self.rows, self.starts), shape=(self.words, self.table_rows))
        return np.asarray((summing @ table) / self.sizes[:, None], np.float32)

    def merged(self, counts: np.ndarray) -> tuple[WordParts, np.ndarray]:
        """The same with fewer rows: those that belong to the same words, equally often, change alike and are joined.

        A row of the new table is the sum of the rows it stands for. The rows that words with these counts (V,) use
        most come first, so that they are close in memory. Returns the parts, and the new row of each old one.

        >>> parts = WordParts.of_rows(np.array([0, 3, 5]), np.array([0, 2, 3, 1, 2]), table_rows=4)
        >>> fewer, place = parts.merged(np.array([5, 1]))
        >>> place.tolist(), fewer.rows.tolist(), fewer.times.tolist()  # 0 and 3 are parts of the first word alone
        ([1, 2, 0, 1], [1, 0, 2, 0], [2.0, 1.0, 1.0, 1.0])
        """
        owner = np.repeat(np.arange(self.words, dtype=np.int32), np.diff(self.starts))
        place, kept = _classes(owner, self.rows, self.table_rows)
        mass = np.bincount(place[self.rows], np.asarray(counts, np.float64)[owner], minlength=len(kept))
        order = np.argsort(-mass / np.bincount(place, minlength=len(kept)), kind="stable")
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        place, kept = rank[place], kept[order]
        first = np.zeros(self.table_rows, bool)
        first[kept] = True
        stays = first[self.rows]  # the first row of each class stands for all
        rows = place[self.rows[stays]].astype(np.int32)
        numbers = np.bincount(owner[stays], minlength=self.words)
        starts = np.concatenate([[0], np.cumsum(numbers)]).astype(np.int64)
        times = np.bincount(place, minlength=len(kept)).astype(np.float32)
        return WordParts(starts, rows, times[rows], len(kept)), place

    def shares(self, words: np.ndarray, quarters: np.ndarray, meetings: int) -> list[np.ndarray]:
        """The share of a word's change that each of its parts gets, (n_w,) for each word: 1, or less by the bound.

        quarters   how often each word was met in the block, in quarters of a meeting, int64
        """
        lists = [self.rows[self.starts[word] : self.starts[word + 1]] for word in words]
        sums, most = np.zeros(self.table_rows, np.int64), np.zeros(self.table_rows, np.int64)
        for rows, met in zip(lists, quarters):
            np.add.at(sums, rows, met)
            np.maximum.at(most, rows, met)
        few = np.maximum(most, WHOLE * meetings)
        shares = np.minimum(1, few / np.maximum(sums, 1)).astype(np.float32)
        return [shares[rows] for rows in lists]


def _classes(owner: np.ndarray, rows: np.ndarray, table_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """The class of each row (rows that the same words have equally often), and the first row of each class.

    Two rows with different words have equal sums of 128 random bits with probability 2^-128.
    """
    bits = np.random.default_rng(0).integers(0, 2**64, (2, int(owner.max(initial=0)) + 1), np.uint64)
    signatures = np.zeros((2, table_rows), np.uint64)
    for signature, key in zip(signatures, bits):
        np.add.at(signature, rows, key[owner])
    by_signature = np.lexsort(signatures)
    in_order = signatures[:, by_signature]
    new = np.concatenate([[True], (in_order[:, 1:] != in_order[:, :-1]).any(axis=0)])
    place = np.empty(table_rows, np.int64)
    place[by_signature] = np.cumsum(new) - 1
    return place, np.minimum.reduceat(by_signature, np.flatnonzero(new))

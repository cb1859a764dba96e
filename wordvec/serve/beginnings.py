"""Words by their beginning."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors

LAST = "\U0010ffff"  # sorts after every continuation of a beginning


class Beginnings:
    """Finds words by their beginning, ignoring case: sorted once, then searched by bisection.

    >>> from wordvec.vectors import WordVectors
    >>> Beginnings(WordVectors(["tea", "Ten", "to"], np.eye(3))).rows("te", limit=5)
    [0, 1]
    """

    def __init__(self, vectors: WordVectors) -> None:
        folded = sorted((word.casefold(), row) for row, word in enumerate(vectors.words))
        self.folded = [word for word, _ in folded]
        self.sorted_rows = np.array([row for _, row in folded], np.int64)
        # rank[row]: 0 for the most frequent word
        order = np.arange(len(vectors)) if vectors.counts is None else np.argsort(-vectors.counts, kind="stable")
        self.rank = np.empty(len(vectors), np.int64)
        self.rank[order] = np.arange(len(vectors))

    def rows(self, text: str, limit: int) -> list[int]:
        """Rows of words that begin with `text`: the word itself first, then by descending frequency."""
        start = text.casefold()
        first, after = bisect_left(self.folded, start), bisect_left(self.folded, start + LAST)
        same = bisect_left(self.folded, start + "\0") - first
        found = self.sorted_rows[first:after]
        order = np.lexsort((self.rank[found], np.arange(len(found)) >= same))
        return [int(row) for row in found[order[:limit]]]

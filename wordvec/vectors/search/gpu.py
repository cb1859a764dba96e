"""Exact search on the GPU: the rows of a large vocabulary stay there, and thousands of queries are answered together.

The GPU finds a few more candidates than requested. Their cosines are then computed and sorted as in `WordVectors`, so
the results equal those of `WordVectors.most_similar` and `nearest_to_each`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wordvec.arrays import Array, array_module, device_module, gpu_memory_errors, to_numpy
from wordvec.errors import counted
from wordvec.vectors import queries
from wordvec.vectors.neighbours import Neighbours
from wordvec.vectors.search import check_k
from wordvec.vectors.word_rows import WordOrVector
from wordvec.vectors.word_vectors import Positive, WordVectors

QUERIES = 1024  # answered at a time
SCORES = 2**26  # held at a time: 256 MiB
MORE = 8  # extra candidates, because rounding decides which of two nearly equal cosines is larger
UPLOAD = 2**16  # rows copied at a time
LOWER = "search on the CPU, or load fewer words (load(path, limit=...))"


class GPUSearch:
    """The unit rows of `vectors` on the GPU, and the queries of WordVectors that read all rows.

    Raises DeviceUnavailableError without a GPU, OptionError if its memory is too small for the rows.
    """

    def __init__(self, vectors: WordVectors) -> None:
        xp = device_module("gpu")
        self.vectors = vectors
        what = f"searching {counted(len(vectors), 'word')} in {counted(vectors.dim, 'dimension')}"
        with gpu_memory_errors(what, 4 * (len(vectors) * vectors.dim + 2 * SCORES), lower=LOWER):
            self._unit = xp.empty((len(vectors), vectors.dim), xp.float32)
            for first in range(0, len(vectors), UPLOAD):
                part = slice(first, min(first + UPLOAD, len(vectors)))
                self._unit[part] = xp.asarray(vectors.unit_rows_of(part))

    def most_similar(self, positive: Positive, negative: Positive = (), k: int = 10) -> Neighbours:
        """Return the result of `WordVectors.most_similar`."""
        return self.most_similar_each([(positive, negative)], k)[0]

    def most_similar_each(self, questions: Sequence[tuple[Positive, Positive]], k: int = 10) -> list[Neighbours]:
        """Return the result of `WordVectors.most_similar_each`; `questions` are pairs of (positive, negative)."""
        asked = [(queries.as_list(positive), queries.as_list(negative)) for positive, negative in questions]
        targets = [queries.direction(self.vectors, given, taken) for given, taken in asked]
        return self.nearest(targets, [queries.given_rows(self.vectors, given + taken) for given, taken in asked], k)

    def nearest_to_each(self, items: Sequence[WordOrVector], k: int = 10) -> list[Neighbours]:
        """Return the result of `WordVectors.nearest_to_each`."""
        targets = [self.vectors.unit_of(item) for item in items]
        return self.nearest(targets, [self.vectors.known_ids([item]) for item in items], k)

    def nearest(
        self, targets: Sequence[np.ndarray], excluded: Sequence[Sequence[int]], k: int = 10
    ) -> list[Neighbours]:
        """Return the result of `wordvec.vectors.queries.nearest`: the `k` words nearest to each unit vector.

        `excluded[q]` lists the rows that target q must not return. A zero vector is similar to nothing.
        """
        check_k(k)
        stacked = np.array(targets, np.float32).reshape(len(targets), self.vectors.dim)
        answers: list[Neighbours] = []
        for first in range(0, len(stacked), QUERIES):
            part = slice(first, min(first + QUERIES, len(stacked)))
            most = min(len(self.vectors), k + max(map(len, excluded[part])) + MORE)
            with gpu_memory_errors(f"searching for {part.stop - first} words at once", lower=LOWER):
                found = best_rows(self._unit, array_module(self._unit).asarray(stacked[part]), most)
            answers += [
                queries.nearest_among(self.vectors, target, np.setdiff1d(rows, left_out), k)
                for target, rows, left_out in zip(stacked[part], found, excluded[part])
            ]
        return answers


def best_rows(unit: Array, targets: Array, most: int) -> list[np.ndarray]:
    """At least the `most` rows of `unit` (V, D) with the largest products with each of `targets` (Q, D), in any order.

    Blocks are not sorted. Their columns are distributed over groups; the `most`-th largest maximum of the groups is a
    threshold that at least `most` products reach, and few others. Memory is bounded by SCORES.
    """
    xp, queries_asked = array_module(unit, targets), len(targets)
    width = max(most, SCORES // max(1, queries_asked))
    threshold = xp.full(queries_asked, -np.inf, xp.float32)
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for first in range(0, len(unit), width):
        scores = targets @ unit[first : first + width].T
        threshold = xp.maximum(threshold, reached_by(scores, most))
        hits = xp.flatnonzero(scores >= threshold[:, None])
        query, row = hits // scores.shape[1], hits % scores.shape[1]
        found.append((to_numpy(query), to_numpy(row) + first, to_numpy(scores[query, row])))
    query, row, score = (np.concatenate(parts) for parts in zip(*found))
    reached = score >= to_numpy(threshold)[query]
    query, row = query[reached], row[reached]
    order = np.argsort(query, kind="stable")
    borders = np.searchsorted(query[order], np.arange(1, queries_asked))
    return np.split(row[order], borders)


def reached_by(scores: Array, most: int) -> Array:
    """A threshold for each row of scores (Q, R) that at least `most` of them reach; -inf if there are no more scores.

    >>> reached_by(np.float32([[1, 5, 2, 4, 3, 6]]), most=2).tolist()  # groups (1, 4), (5, 3), (2, 6): 6 and 5
    [5.0]
    """
    xp, width = array_module(scores), scores.shape[1]
    if width <= most:
        return xp.full(len(scores), -np.inf, xp.float32)
    groups = min(width, max(most, min(4 * most, width // 2)))
    size = width // groups
    maxima = scores[:, : groups * size].reshape(len(scores), size, groups).max(axis=1)
    return xp.sort(maxima, axis=1)[:, groups - most]

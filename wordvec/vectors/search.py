"""Exact search: the best rows for many queries, in blocks, so memory does not grow with the vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from wordvec.errors import OptionError

ROWS = 16_384  # rows scored at a time
QUERIES = 256  # queries answered at a time: ROWS * QUERIES float32 scores are 16 MiB

ScoreRows = Callable[[slice, slice], np.ndarray]


def best_rows(
    score: ScoreRows, queries: int, rows: int, k: int, excluded: Sequence[Sequence[int]]
) -> list[list[tuple[int, float]]]:
    """Return, for each query, its `k` best (row, score) pairs, best first; equal scores by lower row.

    ``score(query_slice, row_slice)`` returns a fresh (queries, rows) float array of scores, the larger the better.
    `excluded[q]` names the rows that query q must not return. Fewer than `k` pairs come back when fewer rows remain.
    Raises OptionError for k < 1.

    >>> scores = np.array([[0.1, 0.9, 0.9, 0.5]])
    >>> best_rows(lambda q, r: scores[q, r].copy(), queries=1, rows=4, k=2, excluded=[[]])
    [[(1, 0.9), (2, 0.9)]]
    """
    if not isinstance(k, (int, np.integer)) or k < 1:
        raise OptionError(f"k, the number of neighbours, must be a whole number of at least 1; got {k!r}")
    answers: list[list[tuple[int, float]]] = []
    for first in range(0, queries, QUERIES):
        block = slice(first, min(first + QUERIES, queries))
        answers += _best_rows_of_block(score, block, rows, k, excluded)
    return answers


def _best_rows_of_block(
    score: ScoreRows, block: slice, rows: int, k: int, excluded: Sequence[Sequence[int]]
) -> list[list[tuple[int, float]]]:
    nothing = (np.empty(0, np.int64), np.empty(0, np.float64))
    best = [nothing for _ in range(block.stop - block.start)]
    for first in range(0, rows, ROWS):
        row_slice = slice(first, min(first + ROWS, rows))
        scores = score(block, row_slice)
        for i in range(len(best)):
            best[i] = _merge(best[i], scores[i], first, k, excluded[block.start + i])
    return [list(zip(ids.tolist(), values.tolist())) for ids, values in best]


def _merge(
    best: tuple[np.ndarray, np.ndarray], scores: np.ndarray, first: int, k: int, excluded: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """The k best of `best` and of the scores of rows first, first + 1, ...; later rows must be strictly better."""
    ids, values = best
    for row in excluded:
        if 0 <= row - first < len(scores):
            scores[row - first] = -np.inf
    found = np.flatnonzero(scores > (values[-1] if len(values) == k else -np.inf))
    if len(found) > k:
        threshold = np.partition(scores[found], len(found) - k)[len(found) - k]
        found = found[scores[found] >= threshold]
    ids = np.concatenate([ids, found + first])
    values = np.concatenate([values, scores[found].astype(np.float64)])
    order = np.lexsort((ids, -values))[:k]
    return ids[order], values[order]

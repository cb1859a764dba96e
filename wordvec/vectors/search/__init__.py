"""Exact search: the best rows for many queries, in blocks, so memory does not grow with the vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from wordvec.errors import OptionError

# Scores held at a time: 16 MiB of float32. One query is scored in one product or a few, a hundred in products of 40,000
# rows: large enough that BLAS's threads seldom wait for each other.
SCORES = 1 << 22
ROWS = 65_536  # scores looked through at a time, in the cache
GATHERED = 16_384  # rows at a time that do not lie side by side: these are copied
GROUPS_PER_K = 8  # groups of scores for each row asked for: more make a tighter bound
QUERIES = 512  # queries answered at a time: with more, blocks of rows would be small

RowSelector = slice | np.ndarray
ScoreRows = Callable[[slice, RowSelector], np.ndarray]
Best = tuple[np.ndarray, np.ndarray]  # row numbers (n,) int64 and their scores (n,) float64, best first


def best_rows(
    score: ScoreRows,
    queries: int,
    rows: int,
    k: int,
    excluded: Sequence[Sequence[int]],
    candidates: np.ndarray | None = None,
    size: int | None = None,
) -> list[list[tuple[int, float]]]:
    """Return, for each query, its `k` best (row, score) pairs, best first; equal scores by lower row.

    ``score(query_slice, row_selector)`` returns a fresh (queries, rows) float array of scores, the larger the better;
    the selector is a slice or an array of row numbers. `excluded[q]` names the rows that query q must not return.
    `candidates` are the only rows to be returned, rising (n,) int64; None for all. Fewer than `k` pairs come back
    when fewer rows remain. At most `size` rows are scored at a time. Raises OptionError for k < 1.

    >>> scores = np.array([[0.1, 0.9, 0.9, 0.5]])
    >>> best_rows(lambda q, r: scores[q, r].copy(), queries=1, rows=4, k=2, excluded=[[]])
    [[(1, 0.9), (2, 0.9)]]
    """
    check_k(k)
    answers: list[list[tuple[int, float]]] = []
    for first in range(0, queries, QUERIES):
        block = slice(first, min(first + QUERIES, queries))
        best = [(np.empty(0, np.int64), np.empty(0, np.float64)) for _ in range(block.stop - first)]
        for piece in row_blocks(rows, candidates, min(size or SCORES, rows_at_a_time(len(best)))):
            scores = score(block, piece)
            for i in range(len(best)):
                _exclude(scores[i], piece, excluded[first + i])
                for start in range(0, len(scores[i]), ROWS):
                    best[i] = _merge(best[i], scores[i, start : start + ROWS], piece, start, k)
        answers += [list(zip(ids.tolist(), values.tolist())) for ids, values in best]
    return answers


def check_k(k: int) -> None:
    """Raise OptionError unless k, a number of neighbours, is a whole number of at least 1."""
    if not isinstance(k, (int, np.integer)) or k < 1:
        hint = "; for all words, k=len(vectors), or their cosines by vectors.unit @ vectors.unit_of(word)" * (k is None)
        raise OptionError(f"k, the number of neighbours, must be a whole number of at least 1; got {k!r}{hint}")


def rows_at_a_time(queries: int) -> int:
    """Return how many rows to score at once, so that the scores of all queries fit SCORES."""
    return max(1, SCORES // max(1, queries))


def row_blocks(rows: int, candidates: np.ndarray | None, size: int) -> list[RowSelector]:
    """Cut all rows, or the candidates (rising), into blocks of at most `size`; neighbouring rows become a slice.

    Candidates have at most GATHERED in a block, since rows that do not lie side by side are copied.

    >>> row_blocks(5, None, 3), row_blocks(9, np.array([3, 4, 5, 8]), 3)
    ([slice(0, 3, None), slice(3, 5, None)], [slice(3, 6, None), array([8])])
    """
    if candidates is None:
        return [slice(first, min(first + size, rows)) for first in range(0, rows, size)]
    blocks: list[RowSelector] = []
    size = min(size, GATHERED)
    for first in range(0, len(candidates), size):
        piece = candidates[first : first + size]
        together = len(piece) > 1 and piece[-1] - piece[0] + 1 == len(piece)
        blocks.append(slice(int(piece[0]), int(piece[-1]) + 1) if together else piece)
    return blocks


def _exclude(scores: np.ndarray, piece: RowSelector, excluded: Sequence[int]) -> None:
    """Take some rows out of the scores (n,) of the rows of `piece`."""
    for row in excluded:
        place = row - piece.start if isinstance(piece, slice) else int(np.searchsorted(piece, row))
        if 0 <= place < len(scores) and (isinstance(piece, slice) or piece[place] == row):
            scores[place] = -np.inf


def _merge(best: Best, scores: np.ndarray, piece: RowSelector, start: int, k: int) -> Best:
    """The k best of `best` and of the scores of `piece` from its `start` on; later rows must be strictly better."""
    ids, values = best
    least = scores.dtype.type(values[-1] if len(values) == k else -np.inf)  # a float64 would widen all scores
    floor = least if len(values) == k else _floor(scores, k)
    found = np.flatnonzero(scores >= floor if floor > least else scores > least)
    if len(found) > k:
        threshold = np.partition(scores[found], len(found) - k)[len(found) - k]
        found = found[scores[found] >= threshold]
    rows = found + start
    ids = np.concatenate([ids, rows + piece.start if isinstance(piece, slice) else piece[rows]])
    values = np.concatenate([values, scores[found].astype(np.float64)])
    order = np.lexsort((ids, -values))[:k]
    return ids[order], values[order]


def _floor(scores: np.ndarray, k: int) -> np.floating:
    """A score that at least k of the scores reach, and few more: the k-th largest of the maxima of groups of them.

    -inf where there are too few scores for groups.
    """
    groups = GROUPS_PER_K * k
    width = len(scores) // groups
    if width < 2:
        return scores.dtype.type(-np.inf)
    maxima = np.fmax.reduce(scores[: width * groups].reshape(width, groups))
    return np.partition(maxima, groups - k)[groups - k]

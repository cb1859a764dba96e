"""Exact search: the rows with the highest cosines for many queries.

It works in blocks, so memory does not grow with the vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import OptionError
from wordvec.native import functions, library

if TYPE_CHECKING:
    from wordvec.vectors.word_rows import WordRows


# Scores held at a time: 16 MiB of float32. One query is scored in one product or a few, a hundred queries in products
# of 40,000 rows: large enough that BLAS's threads seldom wait for each other.
SCORES = 1 << 22
ROWS = 65_536  # scores searched at a time, within the cache
GATHERED = 16_384  # non-adjacent rows at a time, which are copied
GROUPS_PER_K = 8  # groups of scores for each requested row; more groups give a tighter bound
QUERIES = 512  # queries answered at a time; with more, blocks of rows would be small

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

    ``score(query_slice, row_selector)`` returns a new (queries, rows) float array of scores, where larger is better;
    the selector is a slice or an array of row numbers. `excluded[q]` lists the rows that query q must not return.
    `candidates` restricts the rows that may be returned, ascending (n,) int64; None means all. Fewer than `k` pairs are
    returned if fewer rows remain. At most `size` rows are scored at a time. Raises OptionError for k < 1.

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
    """Return how many rows to score at a time, so that all queries together have at most SCORES scores."""
    return max(1, SCORES // max(1, queries))


def row_blocks(rows: int, candidates: np.ndarray | None, size: int) -> list[RowSelector]:
    """Divide all rows, or the candidates (ascending), into blocks of at most `size`; adjacent rows become a slice.

    Blocks of candidates have at most GATHERED rows, since non-adjacent rows are copied.

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
    """Exclude some rows from the scores (n,) of the rows of `piece`."""
    for row in excluded:
        place = row - piece.start if isinstance(piece, slice) else int(np.searchsorted(piece, row))
        if 0 <= place < len(scores) and (isinstance(piece, slice) or piece[place] == row):
            scores[place] = -np.inf


def _merge(best: Best, scores: np.ndarray, piece: RowSelector, start: int, k: int) -> Best:
    """The k best of `best` and `scores`, which belong to `piece` from `start`; later rows must be strictly better."""
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
    """A lower bound that at least k scores reach, and few more: the k-th largest maximum of groups of scores.

    -inf if there are too few scores for groups.
    """
    groups = GROUPS_PER_K * k
    width = len(scores) // groups
    if width < 2:
        return scores.dtype.type(-np.inf)
    maxima = np.fmax.reduce(scores[: width * groups].reshape(width, groups))
    return np.partition(maxima, groups - k)[groups - k]


# Compiled exact search for a few targets together: one pass over the rows, without writing scores to memory.


STRIP = 16  # targets compared with a row at a time; equals STRIP in native/src/nearest.c
# More than MOST targets are faster with BLAS's threads. A single target is a product of a matrix and a vector, which
# takes half the time of a strip. In between, this takes less time on one core than BLAS's product alone (measured).
MOST = 64
PRODUCTS = 1 << 28  # numbers multiplied in one call: tens of milliseconds, after which Ctrl-C takes effect


def is_for_few(vectors: WordRows, targets: int) -> bool:
    """Whether `nearest_together` supports this many targets, and is the fastest method for them."""
    matrix = vectors.matrix
    plain = matrix.dtype == np.float32 and matrix.flags.c_contiguous and matrix.flags.aligned
    return 1 < targets <= MOST and plain and library.is_available() and not has_extreme_rows(vectors.divisors)


def nearest_together(
    vectors: WordRows,
    targets: np.ndarray,
    k: int,
    excluded: Sequence[Sequence[int]],
    candidates: np.ndarray | None = None,
) -> list[list[tuple[int, float]]]:
    """Return, for each unit target of (n, D), its `k` best (row, cosine) pairs, like `best_rows` with cosines.

    A cosine depends only on its target and its row, not on the other targets. `excluded[q]` lists rows that target q
    must not return; `candidates` restricts the rows that may be returned, ascending. Raises OptionError for k < 1.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["a", "b", "c"], np.array([[2.0, 0.0], [0.0, 1.0], [3.0, 4.0]]))
    >>> nearest_together(vectors, np.eye(2, dtype=np.float32), 1, [[0], []])
    [[(2, 0.6000000238418579)], [(1, 1.0)]]
    """
    check_k(k)
    k = min(k, len(vectors))
    panels = _side_by_side(targets)
    places = [_places(rows, candidates) for rows in excluded]
    left_out, ends = np.array([each for some in places for each in some], np.int64), np.cumsum([*map(len, places)])
    ids, scores = np.full((len(targets), k), -1, np.int64), np.full((len(targets), k), -np.inf, np.float32)
    room = np.empty(len(panels) * STRIP, np.float32)
    first = 0  # index of a piece among the candidates
    for piece in row_blocks(len(vectors), candidates, max(1, PRODUCTS // max(1, panels.size))):
        rows, divisors = vectors.matrix[piece], vectors.divisors[piece]
        functions.keep_nearest(rows, divisors, panels, left_out, ends, first, k, ids, scores, room)
        first += len(rows)
    numbers = ids if candidates is None else candidates[ids]
    answers = []
    for i, s, is_found in zip(numbers, scores, scores > -np.inf):
        answers.append(list(zip(i[is_found].tolist(), s[is_found].tolist())))
    return answers


def _places(rows: Sequence[int], candidates: np.ndarray | None) -> list[int]:
    """The positions of some rows among the candidates; other rows are ignored."""
    if candidates is None:
        return list(rows)
    return np.flatnonzero(np.isin(candidates, rows)).tolist() if len(rows) else []


def _side_by_side(targets: np.ndarray) -> np.ndarray:
    """Targets (n, D) as panels (P, D, STRIP), in which a dimension of STRIP targets is contiguous; padded with 0."""
    number, dim = targets.shape
    padded = np.zeros((-(-number // STRIP) * STRIP, dim), np.float32)
    padded[:number] = targets
    return np.ascontiguousarray(padded.reshape(-1, STRIP, dim).transpose(0, 2, 1))


# Rows of float16 or int8 converted to float32 at a time. For one target they are few enough to stay in the cache and
# for BLAS to use one thread: on a busy machine its threads would wait for each other longer than the products take.
BLOCK_FOR_ONE, BLOCK_FOR_MANY = 512, 4_096
SHORTEST, LONGEST = 1e-15, 1e15  # products of rows with other lengths may overflow or vanish in float32


def cosines(vectors: WordRows, targets: np.ndarray, rows: RowSelector) -> np.ndarray:
    """Return the cosines (n, R) float32 of unit targets (n, D) with some rows; 0 for a zero row.

    The products are divided by the rows' lengths, which `vectors` keeps. This takes one pass over the rows, without an
    array of their size. Raises InputError for a row with nan or infinity, naming its word.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["a", "b", "zero"], np.array([[3.0, 4.0], [0.0, -2.0], [0.0, 0.0]]))
    >>> cosines(vectors, np.float32([[0, 1]]), slice(0, 3)).tolist()
    [[0.800000011920929, -1.0, 0.0]]
    """
    kept, divisors = vectors.matrix[rows], vectors.divisors[rows]
    extreme = has_extreme_rows(divisors)
    if kept.dtype == np.float32 and not extreme:
        products = _products(targets, kept)
        products /= divisors
        return products
    found = np.empty((len(targets), len(kept)), np.float32)
    size = BLOCK_FOR_ONE if len(targets) == 1 and not extreme else BLOCK_FOR_MANY
    numbers = np.arange(len(vectors))[rows] if extreme else None
    for first in range(0, len(kept), size):
        part = slice(first, first + size)
        if numbers is not None:
            found[:, part] = _products(targets, vectors.unit_rows_of(numbers[part]))
        else:
            np.divide(_products(targets, kept[part].astype(np.float32)), divisors[part], out=found[:, part])
    return found


def has_extreme_rows(divisors: np.ndarray) -> bool:
    """Whether float32 products with some rows of these lengths may overflow or vanish."""
    return bool(divisors.min(initial=1.0) < SHORTEST or divisors.max(initial=1.0) > LONGEST)


def _products(targets: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Targets (n, D) times rows (R, D), as (n, R); for n = 1 as matrix times vector, which reads the rows once."""
    return (rows @ targets[0])[None, :] if len(targets) == 1 else targets @ rows.T

"""Exact search for a few targets at once, compiled: one pass over the rows, and no score is written to memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordvec.native import functions, library
from wordvec.vectors.cosines import has_extreme_rows
from wordvec.vectors.search import check_k, row_blocks

if TYPE_CHECKING:
    from wordvec.vectors.word_rows import WordRows

STRIP = 16  # targets that pass over a row side by side: of native/src/nearest.c
# More than MOST are better off with BLAS's threads; a single one is a product of a matrix with a vector, which takes
# half the time that a strip does. In between, this takes less time on one core than BLAS's product alone (measured).
MOST = 64
PRODUCTS = 1 << 28  # numbers multiplied in one call: some tens of milliseconds, after which Ctrl-C gets through


def is_for_few(vectors: WordRows, targets: int) -> bool:
    """Whether `nearest_together` can answer so many targets, and is the fastest that can."""
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
    """Return, for each unit target of (n, D), its `k` best (row, cosine) pairs, as `best_rows` of their cosines.

    A cosine depends on its target and its row alone, not on which targets are asked together. `excluded[q]` names
    rows that target q must not return; `candidates` are the only rows to be returned, rising. Raises OptionError for
    k < 1.

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
    first = 0  # place of a piece among the candidates
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
    """Where some rows stand among the candidates; those that do not are passed over."""
    if candidates is None:
        return list(rows)
    return np.flatnonzero(np.isin(candidates, rows)).tolist() if len(rows) else []


def _side_by_side(targets: np.ndarray) -> np.ndarray:
    """Targets (n, D) as panels (P, D, STRIP): the same dimension of STRIP targets side by side; 0 past the last."""
    number, dim = targets.shape
    padded = np.zeros((-(-number // STRIP) * STRIP, dim), np.float32)
    padded[:number] = targets
    return np.ascontiguousarray(padded.reshape(-1, STRIP, dim).transpose(0, 2, 1))

"""The nearest rows of every row, for whole models: blocked products, and a threshold instead of a sort.

A block of rows is multiplied by all others. In each row of scores, the columns are divided into groups. At least k
columns reach the k-th largest maximum of the groups, so only the few columns that reach it are sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from wordvec.progress import progress

SCORES = 1 << 23  # held at a time: 32 MiB of float32
GROUPS_PER_K = 8  # groups of columns for each requested neighbour; more groups give a tighter threshold

Rows = Callable[[slice], np.ndarray]


def nearest_rows(
    queries: Rows,
    number: int,
    table: np.ndarray,
    k: int,
    *,
    own_rows: np.ndarray | None = None,
    show_progress: bool | None = False,
    what: str = "comparing",
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Yield blocks of queries with the `k` rows of `table` with the largest products: (block, rows, scores).

    ``queries(block)`` returns rows (block, D) float32, of `number` queries; table (n, D) float32. rows and scores are
    (block, k), best first, equal scores by lower row, with fewer columns if the table has fewer candidates.
    `own_rows` (number,) gives for each query the row of the table that it must not find, itself.

    >>> table = np.eye(3, dtype=np.float32)
    >>> for _, rows, scores in nearest_rows(lambda block: table[block], 3, table, k=1, own_rows=np.arange(3)):
    ...     print(rows.ravel().tolist())
    [1, 0, 0]
    """
    size = max(1, SCORES // max(1, len(table)))
    k = min(k, len(table) - (own_rows is not None))
    transposed = table.T
    with progress(number, what, "words", show=show_progress) as bar:
        for first in range(0, number, size):
            block = slice(first, min(first + size, number))
            scores = queries(block) @ transposed
            if own_rows is not None:
                scores[np.arange(len(scores)), own_rows[block]] = -np.inf
            yield (block, *best_of(scores, k))
            bar.update(len(scores))


def best_of(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The `k` largest of each row: their columns (n, k) int64 and values (n, k), ties by lower column.

    >>> best_of(np.float32([[1, 3, 2, 3]]), 3)[0].tolist()
    [[1, 3, 2]]
    """
    number = len(scores)
    found = np.empty((number, k), np.int64)
    values = np.empty((number, k), scores.dtype)
    if not k:
        return found, values
    for i, threshold in enumerate(_thresholds(scores, k)):
        candidates = np.flatnonzero(scores[i] >= threshold)
        of_candidates = scores[i, candidates]
        order = np.argsort(-of_candidates, kind="stable")[:k]
        found[i], values[i] = candidates[order], of_candidates[order]
    return found, values


def _thresholds(scores: np.ndarray, k: int) -> Any:
    """For each row a value that at least k columns reach, and few others."""
    number, columns = scores.shape
    width = columns // (GROUPS_PER_K * k)  # columns in a group
    if width < 2:
        return np.partition(scores, columns - k, axis=1)[:, columns - k]
    groups = columns // width
    maxima = scores[:, : groups * width].reshape(number, width, groups).max(axis=1)
    return np.partition(maxima, groups - k, axis=1)[:, groups - k]

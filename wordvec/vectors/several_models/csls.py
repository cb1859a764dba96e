"""Cosines corrected for hubs: CSLS, cross-domain similarity local scaling (Conneau et al. 2018, section 2.3).

::

    CSLS(x, y) = 2 cos(x, y) - r_T(x) - r_S(y)

r_T(x) is the mean cosine of the mapped source row x with its K nearest target rows, r_S(y) that of the target row y
with its K nearest mapped source rows. A hub, near to everything, has a large r and so no advantage.
"""

from __future__ import annotations

import numpy as np

from wordvec.vectors.rows import row_lengths, unit_rows
from wordvec.vectors.search.nearest_rows import nearest_rows

NEIGHBOURS = 10  # K
SCORES = 1 << 23  # held at a time: 32 MiB of float32


def mean_similarity(
    rows: np.ndarray, others: np.ndarray, neighbours: int, show_progress: bool | None = False
) -> np.ndarray:
    """The mean cosine of each row with its nearest rows among `others`: r of CSLS, (n,) float32.

    Shapes: rows (n, D) and others (m, D), of unit length.

    >>> x = np.float32([[1, 0], [0, 1]])
    >>> mean_similarity(x, np.float32([[1, 0], [0.6, 0.8], [-1, 0]]), 2).round(3).tolist()
    [0.800000011920929, 0.4000000059604645]
    """
    result = np.empty(len(rows), np.float32)
    blocks = nearest_rows(
        lambda block: rows[block], len(rows), others, neighbours, show_progress=show_progress, what="finding hubs"
    )
    for block, _, cosines in blocks:
        result[block] = cosines.mean(axis=1)
    return result


def csls(cosines: np.ndarray, neighbours: int = NEIGHBOURS) -> np.ndarray:
    """CSLS of a whole matrix of cosines (sources, targets), by its definition: the form to check the fast one by.

    >>> csls(np.array([[0.9, 0.8], [0.1, 0.8]]), neighbours=1).round(2).tolist()
    [[0.0, -0.1], [-1.5, 0.0]]
    """
    of_source = np.sort(cosines, axis=1)[:, -neighbours:].mean(axis=1)
    of_target = np.sort(cosines, axis=0)[-neighbours:].mean(axis=0)
    return 2 * cosines - of_source[:, None] - of_target


def best_by_csls(rows: np.ndarray, others: np.ndarray, hubness: np.ndarray) -> np.ndarray:
    """For each row the one of `others` with the largest CSLS, (n,) int64: r of the row itself is the same for all.

    Shapes: rows (n, D) and others (m, D), of unit length; hubness (m,), r of the others.
    """
    best = np.empty(len(rows), np.int64)
    size = max(1, SCORES // max(1, len(others)))
    for first in range(0, len(rows), size):
        best[first : first + size] = (2 * (rows[first : first + size] @ others.T) - hubness).argmax(axis=1)
    return best


def around(rows: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Rows taken from a mean and divided by their length, (n, D) float32; zero stays zero.

    >>> around(np.array([[4.0, 5.0], [1.0, 1.0]]), np.array([1.0, 1.0])).astype(float).round(3).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    moved = (rows - mean).astype(np.float32)
    return unit_rows(moved, row_lengths(moved))

"""`merging.merged_rows` row by row and number by number in float64: to read, and to test the other against."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from wordvec.kernels.merging import RATE


def merged_rows(
    start: np.ndarray, changes: Sequence[np.ndarray], terms: Sequence[np.ndarray], learning_rate: float
) -> np.ndarray:
    """See `merging.merged_rows`; float64.

    >>> merged_rows(np.zeros((1, 1)), [np.ones((1, 1))] * 2, [np.zeros(1)] * 2, 0.025).tolist()
    [[2.0]]
    """
    merged = np.array(start, np.float64)
    for row in range(len(start)):
        way_of_all = 1 - math.exp(-RATE * learning_rate * sum(float(n[row]) for n in terms))
        ways = sum(1 - math.exp(-RATE * learning_rate * float(n[row])) for n in terms)
        scale = way_of_all / ways if ways > 0 else 1.0
        for column in range(start.shape[1]):
            merged[row, column] += scale * sum(float(change[row, column]) for change in changes)
    return merged

"""The interval of an analogy score when its word pairs, not its questions, are drawn anew.

Google's 19,544 questions are made of some 550 word pairs, each in dozens of questions: which pairs someone happened to
choose decides more than an interval over questions shows.
"""

from __future__ import annotations

import numpy as np

from wordvec.evaluation.statistics import Interval, percentile_interval, times_drawn


def interval_over_pairs(
    section_of: np.ndarray, first: np.ndarray, second: np.ndarray, correct: np.ndarray, resamples: int, seed: int
) -> Interval | None:
    """Return the 95 % interval of the accuracy over resampled word pairs; None where all or no answers are right.

    In each resample the pairs of every section are drawn with replacement, and the question made of pairs i and j
    counts w_i w_j times, w being how often each was drawn (the pigeonhole bootstrap, Owen 2007).
    Shapes: section_of (Q,), first and second (Q,) the numbers of a question's two pairs in its section, correct (Q,).

    >>> section_of, first, second = np.zeros(6, int), np.array([0, 0, 1, 1, 2, 2]), np.array([1, 2, 0, 2, 0, 1])
    >>> interval_over_pairs(section_of, first, second, np.array([1, 1, 1, 0, 1, 0]), resamples=200, seed=1)
    (0.0, 1.0)
    """
    from scipy.sparse import csr_array

    if len(correct) == 0 or correct.all() or not correct.any():
        return None
    asked, right = np.zeros(resamples), np.zeros(resamples)
    for section in np.unique(section_of):
        here = section_of == section
        pairs, places = np.unique(np.concatenate([first[here], second[here]]), return_inverse=True)
        i, j = places.reshape(2, -1)
        drawn = times_drawn(seed + 1_000_003 * (int(section) + 1), 0, resamples, len(pairs))
        for total, values in ((asked, np.ones(len(i))), (right, correct[here].astype(np.float64))):
            table = csr_array((values, (i, j)), shape=(len(pairs), len(pairs)))
            total += np.einsum("rn,rn->r", drawn @ table, drawn)
    return percentile_interval(np.divide(right, asked, out=np.full(resamples, np.nan), where=asked > 0))

"""How many neighbours two lists have in common, and how surprising that is."""

from __future__ import annotations

import numpy as np

LISTS = 4_096  # compared at a time
PEERS = 1_000  # words nearest in frequency that a word is judged by


def count_common(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How many numbers row i of `a` shares with row i of `b`, (n,) int64. Shapes: a, b (n, k), different in each row.

    >>> count_common(np.array([[1, 2, 3], [4, 5, 6]]), np.array([[3, 1, 9], [7, 8, 9]])).tolist()
    [2, 0]
    """
    common = np.empty(len(a), np.int64)
    for first in range(0, len(a), LISTS):
        block = slice(first, first + LISTS)
        both = np.sort(np.concatenate([a[block], b[block]], axis=1), axis=1)
        common[block] = (both[:, 1:] == both[:, :-1]).sum(axis=1)
    return common


def tail_probabilities(values: np.ndarray, noise: np.ndarray, peers: int = PEERS) -> np.ndarray:
    """For each value how probable one as low is under noise: (1 + noise values <= it) / (1 + noise values), (n,).

    The noise values of word i are those of the `peers` words around it in the order of frequency, in all baselines.
    Shapes: values (n,), in order of frequency; noise (baselines, n).

    >>> tail_probabilities(np.array([0, 5]), np.array([[3, 4]])).round(3).tolist()
    [0.333, 1.0]
    """
    n = len(values)
    half = min(n, peers) // 2
    result = np.empty(n)
    for i in range(n):
        first = max(0, min(i - half, n - 2 * half - 1))
        of_peers = noise[:, first : first + 2 * half + 1]
        result[i] = (1 + np.count_nonzero(of_peers <= values[i])) / (1 + of_peers.size)
    return result


def false_discovery_rates(p: np.ndarray) -> np.ndarray:
    """q-values of Benjamini and Hochberg (1995): min over larger p of p n / rank, (n,).

    >>> false_discovery_rates(np.array([0.01, 0.5, 0.02])).round(3).tolist()
    [0.03, 0.5, 0.03]
    """
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    rates = np.empty(len(p))
    rates[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return rates

"""How many neighbours two lists have in common, and how surprising that is."""

from __future__ import annotations

import numpy as np

LISTS = 4_096  # compared at a time
PEERS = 1_000  # words nearest in frequency whose noise a word is judged by
SMALLEST = 0.5  # neighbours: added to deviations, so that peers who all agree do not make every difference enormous
TIES = 1e-9  # numbers this near are equal: they differ by rounding


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
    """For each value how probable one as low is under noise, (n,): (1 + noise values as low) / (1 + noise values).

    Noise depends on frequency, so every number is first taken from the mean of the noise of its `peers`, the words
    around it in the order of frequency, and divided by their standard deviation. Then it is compared with those of all
    words: so the smallest p is 1 / (1 + n * baselines).
    Shapes: values (n,), in order of frequency; noise (baselines, n).

    >>> tail_probabilities(np.array([0, 5]), np.array([[3, 4]])).round(3).tolist()
    [0.333, 1.0]
    """
    mean, deviation = _of_peers(noise, peers)
    null = np.sort(((noise - mean) / deviation).ravel())
    at_most = np.searchsorted(null, (values - mean) / deviation + TIES, side="right")
    return np.asarray((1 + at_most) / (1 + null.size))


def _of_peers(noise: np.ndarray, peers: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of the noise of the words around each, (n,) and (n,)."""
    baselines, n = noise.shape
    half = min(n, peers) // 2
    first = np.clip(np.arange(n) - half, 0, max(0, n - 2 * half - 1))
    end = np.minimum(first + 2 * half + 1, n)
    sums, squares = (np.concatenate([[0.0], np.cumsum((noise.astype(float) ** power).sum(axis=0))]) for power in (1, 2))
    size = baselines * (end - first)
    mean = (sums[end] - sums[first]) / size
    variance = np.maximum(0.0, (squares[end] - squares[first]) / size - mean**2)
    return mean, np.sqrt(variance) + SMALLEST


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

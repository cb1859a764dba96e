"""How many neighbours two lists have in common, and how probable so few would be."""

from __future__ import annotations

import numpy as np

LISTS = 4_096  # compared at a time
PEERS = 1_000  # words nearest in frequency, whose noise a word is judged by
SMALLEST = 0.05  # added to the size of noise, so that peers who all agree do not make every difference enormous
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


def tail_probabilities(common: np.ndarray, noise: np.ndarray, peers: int = PEERS) -> tuple[np.ndarray, np.ndarray]:
    """How far each word's common neighbours with B fall below those with the baselines, and how probable that is.

    The fall is d = sqrt(common) - mean over baselines of sqrt(noise): square roots give counts about the same noise
    whether they are small or large. Were B another baseline, it could have changed places with any of them. So the
    falls of each baseline below the others are what chance does; of a single baseline, which falls below B as often as
    B below it, these are -d. Both are divided by the mean size of the noise of the `peers`, the words around a word
    in the order of frequency, and then p = (1 + falls of chance as deep) / (1 + falls of chance), over all words: the
    smallest p is 1 / (1 + n * baselines).
    Shapes: common (n,), in order of frequency; noise (baselines, n) -> d (n,), negative for a fall, and p (n,).

    >>> d, p = tail_probabilities(np.array([1, 9, 16, 36]), np.array([[4, 9, 16, 25]]))
    >>> d.tolist(), p.tolist()
    ([-1.0, 0.0, 0.0, 1.0], [0.4, 0.8, 0.8, 1.0])
    """
    roots = np.sqrt(noise.astype(np.float64))
    falls = np.sqrt(common.astype(np.float64)) - roots.mean(axis=0)
    baselines = len(noise)
    if baselines == 1:
        chance = -falls[None, :]
    else:
        chance = roots - (roots.sum(axis=0) - roots) / (baselines - 1)
    scale = _mean_of_peers(np.abs(chance).mean(axis=0), peers) + SMALLEST
    null = np.sort((chance / scale).ravel())
    as_deep = np.searchsorted(null, falls / scale + TIES, side="right")
    return falls, np.asarray((1 + as_deep) / (1 + null.size))


def _mean_of_peers(values: np.ndarray, peers: int) -> np.ndarray:
    """The mean over the words around each, (n,)."""
    half, n = min(len(values), peers) // 2, len(values)
    first = np.clip(np.arange(n) - half, 0, max(0, n - 2 * half - 1))
    end = np.minimum(first + 2 * half + 1, n)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return (sums[end] - sums[first]) / (end - first)


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

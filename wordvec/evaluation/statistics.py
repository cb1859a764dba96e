"""Rank correlation, correlation and bootstrap intervals."""

from __future__ import annotations

import numpy as np

from wordvec.errors import OptionError
from wordvec.rng import BOOTSTRAP, U64, below, draw, item_key, key_of

Interval = tuple[float, float]
TAILS = (0.025, 0.975)  # a 95 % interval
FEWEST = 8  # items: with 3, 4 and 5, a nominal 95 % interval contains the true value in 54, 80, 85 % of cases
BLOCK = 1 << 19  # resampled items in memory: a few arrays of 4 MiB


def pearson(x: np.ndarray, y: np.ndarray) -> float | None:
    """Return the correlation of two (N,) arrays, or None if one is constant or N < 2.

    >>> round(pearson(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0])), 4)
    0.982
    """
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:  # the rounded mean of equal values may differ from them
        return None
    x, y = (np.ldexp(z, -np.frexp(np.abs(z).max())[1]) for z in (x, y))  # by powers of two: squares do not overflow
    dx, dy = x - x.mean(), y - y.mean()
    scale = np.sqrt((dx @ dx) * (dy @ dy))
    return float(np.clip((dx @ dy) / scale, -1.0, 1.0)) if scale > 0 else None


def average_ranks(x: np.ndarray) -> np.ndarray:
    """Return the ranks 1 .. N of (N,) values; equal values share the mean of their ranks.

    >>> average_ranks(np.array([10.0, 30.0, 10.0, 20.0])).tolist()
    [1.5, 4.0, 1.5, 3.0]
    """
    _, group, size = np.unique(x, return_inverse=True, return_counts=True)
    return (np.cumsum(size) - (size - 1) / 2)[group]


def spearman(x: np.ndarray, y: np.ndarray) -> float | None:
    """Return Spearman's rho of two (N,) arrays: the correlation of their ranks (Spearman 1904); None as in `pearson`.

    >>> spearman(np.array([1.0, 2.0, 3.0]), np.array([1.0, 20.0, 400.0]))
    1.0
    """
    return pearson(average_ranks(x), average_ranks(y))


def spearman_as_scipy(x: np.ndarray, y: np.ndarray) -> float | None:
    """Return `spearman` in the arithmetic of scipy.stats.spearmanr, equal to the last bit.

    >>> spearman_as_scipy(np.array([1.0, 2.0, 3.0]), np.array([1.0, 20.0, 400.0]))
    1.0
    """
    ranks = np.column_stack((average_ranks(x), average_ranks(y)))
    if len(x) < 2 or bool((ranks == ranks[0]).all(axis=0).any()):
        return None
    return float(np.corrcoef(ranks, rowvar=False)[1, 0])


def bootstrap_spearman(x: np.ndarray, y: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Return Spearman's rho of `resamples` samples of N items, drawn with replacement (Efron 1979), (R,) float64.

    A resample with one side constant has no rho and gives nan. A resample is described by how often each item was
    drawn; ranks follow from these counts without sorting again.
    """
    if resamples < 1:
        raise OptionError(f"resamples must be at least 1; got {resamples}")
    size = len(x)
    block = max(1, BLOCK // max(size, 1))
    return np.concatenate(
        [
            _weighted_spearman(x, y, times_drawn(seed, first, min(block, resamples - first), size))
            for first in range(0, resamples, block)
        ]
    )


def bootstrap_mean(values: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Return the means of `resamples` samples of size N from the (N,) values, with replacement, (R,) float64.

    The resamples are those of `bootstrap_spearman` with the same seed and N.
    """
    if resamples < 1:
        raise OptionError(f"resamples must be at least 1; got {resamples}")
    size = len(values)
    block = max(1, BLOCK // max(size, 1))
    parts = [
        times_drawn(seed, first, min(block, resamples - first), size) @ values for first in range(0, resamples, block)
    ]
    return np.concatenate(parts) / size


def times_drawn(seed: int, first: int, resamples: int, size: int) -> np.ndarray:
    """Return how often each of `size` items is in resamples first, first + 1, ...: (resamples, size) float64.

    >>> times_drawn(seed=1, first=0, resamples=3, size=5).sum(axis=1).tolist()
    [5.0, 5.0, 5.0]
    """
    keys = item_key(key_of(seed, BOOTSTRAP), np.arange(first, first + resamples, dtype=U64))
    items = below(draw(keys[:, None], np.arange(size, dtype=U64)[None, :]), U64(size)).astype(np.int64)
    items += np.arange(resamples)[:, None] * size
    return np.bincount(items.ravel(), minlength=resamples * size).reshape(resamples, size).astype(np.float64)


def _weighted_spearman(x: np.ndarray, y: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Spearman's rho of the items, each repeated `times` (R, N) times: (R,)."""
    middle = (len(x) + 1) / 2  # the mean rank, with or without ties
    rx, ry = _weighted_ranks(x, times) - middle, _weighted_ranks(y, times) - middle
    weighted = times * rx
    covariance, variance_x = np.einsum("rn,rn->r", weighted, ry), np.einsum("rn,rn->r", weighted, rx)
    scale = np.sqrt(variance_x * np.einsum("rn,rn,rn->r", times, ry, ry))
    return np.divide(covariance, scale, out=np.full(len(times), np.nan), where=scale > 0)


def _weighted_ranks(x: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Average rank of each item in each resample (R, N)."""
    _, group, size = np.unique(x, return_inverse=True, return_counts=True)
    order = np.argsort(group, kind="stable")
    drawn = np.add.reduceat(times[:, order], np.cumsum(size) - size, axis=1)  # draws of each distinct value
    return (np.cumsum(drawn, axis=1) - (drawn - 1) / 2)[:, group]


def percentile_interval(values: np.ndarray) -> Interval | None:
    """Return the 2.5th and 97.5th percentiles of bootstrap values without nan; None if none is left.

    >>> percentile_interval(np.arange(1001.0))
    (25.0, 975.0)
    """
    values = values[~np.isnan(values)]
    if len(values) == 0:
        return None
    low, high = np.quantile(values, TAILS)
    return float(low), float(high)


def resampled_interval(values: np.ndarray, items: int) -> Interval | None:
    """Return `percentile_interval` of bootstrap values from `items` items; None for fewer than 8.

    Resamples of a few items hardly differ, so the interval would be far too narrow.

    >>> resampled_interval(np.arange(1001.0), items=8), resampled_interval(np.arange(1001.0), items=7)
    ((25.0, 975.0), None)
    """
    return percentile_interval(values) if items >= FEWEST else None


def mean_interval(values: np.ndarray, resamples: int, seed: int) -> Interval | None:
    """Return the bootstrap interval of the mean of (N,) values from 0 to 1; None for fewer than 8 items.

    If all are 0 or all are 1, `accuracy_interval` is used: its interval is wide enough for values in between, too.

    >>> low, high = mean_interval(np.ones(20), resamples=100, seed=1)
    >>> print(round(low, 3), high)
    0.832 1.0
    """
    if len(values) and values[0] in (0.0, 1.0) and np.ptp(values) == 0:
        return accuracy_interval(int(values.sum()), len(values))
    return resampled_interval(bootstrap_mean(values, resamples, seed), len(values)) if len(values) else None


def accuracy_interval(correct: int, items: int) -> Interval | None:
    """Return the bootstrap percentile interval of an accuracy; None without items.

    The mean of N draws with replacement from N hits and misses is Binomial(N, correct / N) / N, so the limit of the
    resampling interval is computed from that distribution. Resampling only hits can never show a miss. So if all or
    none are correct, the inner end is the exact one of Clopper and Pearson (1934): 0.025 ** (1 / N), or 1 minus that.

    >>> accuracy_interval(50, 100)
    (0.4, 0.6)
    >>> low, high = accuracy_interval(20, 20)
    >>> print(round(low, 3), high)
    0.832 1.0
    """
    if items == 0:
        return None
    if correct in (0, items):
        end = TAILS[0] ** (1.0 / items)
        return (end, 1.0) if correct else (0.0, 1.0 - end)
    from scipy.special import bdtr

    below_or_at = bdtr(np.arange(items + 1, dtype=np.float64), items, correct / items)
    low, high = np.searchsorted(below_or_at, TAILS) / items
    return float(low), float(high)

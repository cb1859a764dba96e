"""k-means on directions, with nothing to tune: the number of clusters and a seed decide everything."""

from __future__ import annotations

import numpy as np

from wordvec.rng import U64, draw, item_key, key_of, uniform

CLUSTERS = U64(2**40 + 100)  # stream of the draws
ITERATIONS = 300


def spherical_kmeans(unit: np.ndarray, clusters: int, restarts: int = 20, seed: int = 1) -> np.ndarray:
    """Return the cluster of each row (N,): the split with the largest sum of cosines of rows with their centre.

    Spherical k-means (Dhillon and Modha 2001) from `restarts` starts by k-means++ (Arthur and Vassilvitskii 2007),
    of which the one with the best sum wins, the first of equals. Shapes: unit (N, D) rows of length 1.

    >>> unit = np.array([[1.0, 0.0], [0.0, 1.0], [0.8, 0.6], [0.6, 0.8]])
    >>> labels = spherical_kmeans(unit, 2)
    >>> bool(labels[0] == labels[2] != labels[1] == labels[3])
    True
    """
    unit = unit.astype(np.float64)
    clusters = min(clusters, len(unit))
    best, labels = -np.inf, np.zeros(len(unit), np.int64)
    for restart in range(restarts):
        found, total = _one_run(unit, _starts(unit, clusters, seed, restart))
        if total > best + 1e-9:  # sums that differ by rounding alone are equal
            best, labels = total, found
    return labels


def _starts(unit: np.ndarray, clusters: int, seed: int, restart: int) -> np.ndarray:
    """k-means++: each further centre is a row drawn by its distance 1 - cosine from the nearest one so far."""
    key = item_key(key_of(seed, CLUSTERS), np.array([restart], U64))
    chances = uniform(draw(key, np.arange(clusters, dtype=U64)))
    chosen = [int(chances[0] * len(unit))]
    distance = np.full(len(unit), np.inf)
    for chance in chances[1:]:
        distance = np.minimum(distance, np.maximum(1 - unit @ unit[chosen[-1]], 0))
        distance[chosen] = 0
        total = np.cumsum(distance)
        if total[-1] > 0:
            chosen.append(int(np.searchsorted(total, chance * total[-1], side="right")))
        else:  # all rows are centres' copies
            chosen.append(next(row for row in range(len(unit)) if row not in chosen))
    return unit[chosen]


def _one_run(unit: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, float]:
    labels = np.full(len(unit), -1, np.int64)
    for _ in range(ITERATIONS):
        cosines = unit @ centres.T
        nearest = cosines.argmax(axis=1)
        for cluster in np.setdiff1d(np.arange(len(centres)), nearest):  # an empty one takes the worst placed row
            worst = int(cosines[np.arange(len(unit)), nearest].argmin())
            nearest[worst], cosines[worst] = cluster, 2.0
        if np.array_equal(nearest, labels):
            break
        labels = nearest
        sums = np.zeros_like(centres)
        np.add.at(sums, labels, unit)
        lengths = np.sqrt(np.einsum("kd,kd->k", sums, sums))
        centres = np.where(lengths[:, None] > 0, sums / np.where(lengths > 0, lengths, 1)[:, None], centres)
    return labels, float(np.einsum("nd,nd->", unit, centres[labels]))

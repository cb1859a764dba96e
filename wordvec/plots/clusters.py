"""k-means, small and deterministic, to colour words that belong together."""

from __future__ import annotations

import numpy as np

from wordvec.rng import SHUFFLE, uniform_matrix

ROUNDS = 50


def kmeans(points: np.ndarray, clusters: int, seed: int = 1) -> np.ndarray:
    """Put each point into one of `clusters` groups, (N,) int64, numbered by falling size; deterministic by `seed`.

    Lloyd's iteration from k-means++ centres (Arthur and Vassilvitskii 2007): each next centre is a point drawn with
    probability proportional to its squared distance from the centres so far.

    Shapes: points (N, D) -> (N,). Fewer distinct points than clusters give fewer groups.

    >>> kmeans(np.array([[0.0], [0.1], [9.0], [0.2]]), clusters=2).tolist()
    [0, 0, 1, 0]
    """
    points = np.asarray(points, np.float64)
    centres = _starting_centres(points, clusters, seed)
    group = np.full(len(points), -1)
    for _ in range(ROUNDS):
        nearest = _squared_distances(points, centres).argmin(axis=1)
        if (nearest == group).all():
            break
        group = nearest
        members = np.bincount(group, minlength=len(centres))
        sums = np.zeros_like(centres)
        np.add.at(sums, group, points)
        centres = np.where(members[:, None] > 0, sums / np.maximum(members, 1)[:, None], centres)
    by_size = np.argsort(-np.bincount(group, minlength=len(centres)), kind="stable")
    return np.argsort(by_size)[group]


def _starting_centres(points: np.ndarray, clusters: int, seed: int) -> np.ndarray:
    draws = uniform_matrix(seed, SHUFFLE, (1, clusters))[0]
    chosen = [int(draws[0] * len(points))]
    for draw in draws[1:]:
        distance = _squared_distances(points, points[chosen]).min(axis=1)
        distance[chosen] = 0
        if not distance.sum() > 0:
            break
        chosen.append(int(np.searchsorted(np.cumsum(distance), draw * distance.sum(), side="right")))
    return points[chosen]


def _squared_distances(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(N, D), (K, D) -> (N, K); |p - c|^2 = |p|^2 - 2 p c + |c|^2, at least 0 in spite of rounding."""
    squares = np.square(points).sum(axis=1)[:, None] + np.square(centres).sum(axis=1)
    return np.maximum(squares - 2 * points @ centres.T, 0)

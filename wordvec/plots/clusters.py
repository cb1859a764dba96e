"""k-means, small and deterministic, to colour words that belong together."""

from __future__ import annotations

import numpy as np

from wordvec.rng import SHUFFLE, uniform_matrix

STARTS = 8  # the best of as many, since one may end in a poor local optimum
ROUNDS = 50
BLOCK = 8_192
SAMPLE = 2_000  # points that centres are found from; the others join the nearest


def kmeans(points: np.ndarray, clusters: int, seed: int = 1) -> np.ndarray:
    """Put each point into one of `clusters` groups, (N,) int64, numbered by falling size; deterministic by `seed`.

    Lloyd's iteration from k-means++ centres (Arthur and Vassilvitskii 2007): each next centre is a point drawn with
    probability proportional to its squared distance from the centres so far.

    The centres of more than 2,000 points are those of every n-th point, which takes no longer for 100,000.

    Shapes: points (N, D) -> (N,). Fewer distinct points than clusters give fewer groups.

    >>> kmeans(np.array([[0.0], [0.1], [9.0], [0.2]]), clusters=2).tolist()
    [0, 0, 1, 0]
    """
    from threadpoolctl import threadpool_limits

    points = np.asarray(points)
    with threadpool_limits(1, user_api="blas"):  # the products are small: more threads would wait for each other
        return _kmeans(points, clusters, seed)


def most_telling(
    unit: np.ndarray, candidates: np.ndarray, centres: np.ndarray, cluster: int, words: int = 3
) -> np.ndarray:
    """The `candidates` (row numbers) that tell a cluster best from the others, best first.

    Those whose cosine with the cluster's centre exceeds the largest cosine with another centre by most: a word that is
    near all centres names none. Shapes: unit (N, D), centres (K, D), of length 1.

    >>> centres = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> most_telling(np.array([[0.8, 0.6], [1.0, 0.0]]), np.array([0, 1]), centres, cluster=0).tolist()
    [1, 0]
    """
    lead = unit[candidates] @ centres[cluster]
    others = np.delete(centres, cluster, axis=0)
    if len(others):
        lead = lead - (unit[candidates] @ others.T).max(axis=1)
    return np.asarray(candidates[np.argsort(-lead, kind="stable")[:words]])


def unit_centres(unit: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The directions (K, D) of the means of groups 0 to K - 1; zero where a group's rows cancel out."""
    sums = np.stack([unit[group == number].sum(axis=0) for number in range(int(group.max()) + 1)])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.where(lengths > 0, lengths, 1))


def _kmeans(points: np.ndarray, clusters: int, seed: int) -> np.ndarray:
    sample = points[:: -(-len(points) // SAMPLE) or 1].astype(np.float64)
    draws = uniform_matrix(seed, SHUFFLE, (STARTS, clusters))
    runs = [_lloyd(sample, _starting_centres(sample, row)) for row in draws]
    centres, _ = min(runs, key=lambda run: run[1])
    group = np.concatenate(
        [_squared_distances(points[i : i + BLOCK], centres).argmin(axis=1) for i in range(0, len(points), BLOCK)]
    )
    by_size = np.argsort(-np.bincount(group, minlength=clusters), kind="stable")
    return np.argsort(by_size)[group]


def _lloyd(points: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, float]:
    """Move each centre to the mean of the points nearest to it until nothing changes: centres, sum of squares."""
    group, centres = np.full(len(points), -1), centres.copy()
    for _ in range(ROUNDS):
        squares = _squared_distances(points, centres)
        nearest = squares.argmin(axis=1)
        if (nearest == group).all():
            break
        group = nearest
        for k in np.unique(group):
            centres[k] = points[group == k].mean(axis=0)
    return centres, float(squares.min(axis=1).sum())


def _starting_centres(points: np.ndarray, draws: np.ndarray) -> np.ndarray:
    chosen = [int(draws[0] * len(points))]
    for draw in draws[1:]:
        distance = _squared_distances(points, points[chosen]).min(axis=1)
        distance[_equal_to_any(points, chosen)] = 0  # rounding would leave them a chance
        if not distance.any():
            break
        sums = np.cumsum(distance)
        next_one = int(np.searchsorted(sums, draw * sums[-1], side="right"))
        chosen.append(min(next_one, int(np.flatnonzero(distance)[-1])))  # rounding could step past the last
    return points[chosen]


def _equal_to_any(points: np.ndarray, chosen: list[int]) -> np.ndarray:
    return np.any([(points == points[i]).all(axis=1) for i in chosen], axis=0)


def _squared_distances(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(N, D), (K, D) -> (N, K); |p - c|^2 = |p|^2 - 2 p c + |c|^2, at least 0 in spite of rounding."""
    squares = np.square(points).sum(axis=1)[:, None] + np.square(centres).sum(axis=1)
    return np.maximum(squares - 2 * points @ centres.T, 0)

"""Clusters for colour, and words that name them."""

from __future__ import annotations

import numpy as np

CLUSTERS = 8  # the number of colours that colour-blind readers can distinguish
SAMPLE = 3_000  # rows used by k-means; the others join the nearest centre
NAMED_AMONG = 1_000  # clusters are named by words among this many most frequent ones, which readers know
NAME_WORDS = 3


def cluster_rows(unit: np.ndarray, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's cluster (N,) uint8, numbered by falling size, and the clusters' unit centres (K, D) float32.

    k-means runs on the first rows, those of the most frequent words; each further row joins the nearest centre by
    cosine. There are at most 8 clusters, fewer for fewer words.

    >>> cluster_rows(np.float32([[1, 0], [0.8, 0.6], [0.6, 0.8], [0, 1], [-1, 0]]))[0].tolist()
    [0, 1, 2, 3, 4]
    """
    from wordvec.plots.groups import kmeans, unit_centres

    sample = unit[:SAMPLE]
    found = kmeans(sample, min(CLUSTERS, len(sample)), seed)
    centres = unit_centres(sample, found).astype(np.float32)
    group = np.argmax(unit @ centres.T, axis=1)
    used, first, sizes = np.unique(group, return_index=True, return_counts=True)
    order = used[np.lexsort((first, -sizes))]  # of clusters of one size, the one with the most frequent word first
    number = np.zeros(len(centres), np.uint8)
    number[order] = np.arange(len(order))
    return number[group], centres[order]


def cluster_names(
    unit: np.ndarray, groups: np.ndarray, centres: np.ndarray, passed: np.ndarray | None = None
) -> list[list[int]]:
    """Return, for each cluster, the rows of three frequent words that best distinguish it from the other clusters.

    `wordvec.plots.groups.most_telling` finds these words among the 1,000 most common. Rows are in order of falling
    frequency; a cluster without frequent words is named by its first words. Rows in `passed`, such as those of function
    words, are not used if there are others.

    >>> cluster_names(np.float32([[1, 0], [0.8, 0.6], [0, 1]]), np.array([0, 0, 1]), np.float32([[0.9, 0.4], [0, 1]]))
    [[0, 1], [2]]
    """
    from wordvec.plots.groups import most_telling

    names = []
    for group in range(len(centres)):
        members = np.flatnonzero(groups == group)
        if passed is not None and not np.isin(members, passed).all():
            members = members[~np.isin(members, passed)]
        frequent = members[members < NAMED_AMONG]
        if len(frequent) < NAME_WORDS:
            frequent = members[:NAME_WORDS]
        names.append([int(row) for row in most_telling(unit, frequent, centres, group, NAME_WORDS)])
    return names

"""Is a word's company in some groups of documents more different than documents are among themselves?

A permutation test over documents: the occurrences in one document are not independent of one another, so documents
are what is permuted. Only those that have the word take part, so that each group keeps its number of documents and a
word that became rarer is not taken for one that changed. The statistic compares the distances between the groups with
what the documents in them vary::

    T = mean over pairs of groups of |v_p - v_q|^2 / (e_p^2 + e_q^2)
    e_p^2 = k/(k - 1) sum over d of |s_d - n_d v_p|^2 / (sum over d of n_d)^2

v_p is the group's vector, s_d and n_d the sum and number of the occurrences in document d, k the group's number of
documents; e_p is the standard error of a mean over clusters. Without a change T is about 1, however rare the word is.
A statistic that is divided by its standard error keeps the test near its level where groups vary differently (Janssen
1997, "Studentized permutation tests for non-i.i.d. hypotheses").
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from wordvec.rng import U64, draw, item_key, key_of

FEWEST_DOCUMENTS = 3  # of a group: of two, the variation is hardly known
HALVINGS = 20
PERMUTATIONS, HALVES, RESAMPLES = 2**41, 2**42, 2**43  # streams of draws, one for each word from there on
ENOUGH = 30
CELLS_AT_A_TIME = 1 << 21


class Measured(NamedTuple):
    """Distances and their significance.

    distance   mean over pairs of groups of 1 - cosine of their vectors
    halves     the same of two halves of the documents of a group, the mean over groups and HALVINGS halvings
    ratio      T: how many times the squared distance is what documents vary
    p          share of the permutations, this order included, with a ratio as large; where ENOUGH of them had one,
               no more were looked at, and p is ENOUGH over their number (Besag and Clifford 1991, "Sequential Monte
               Carlo p-values"), which is as valid and much faster
    """

    distance: float
    halves: float
    ratio: float
    p: float


def smallest_p(sizes: Sequence[int]) -> float:
    """The smallest p that groups of this many documents can get: one over the number of ways to deal them out.

    Ways that only exchange groups of one size have the same T.

    >>> [round(smallest_p(sizes), 4) for sizes in ([3, 3], [5, 5], [3, 4])]
    [0.1, 0.0079, 0.0286]
    """
    of_factorial = lambda number: math.lgamma(number + 1)  # noqa: E731  as logarithms: there may be thousands
    same = sum(map(of_factorial, Counter(sizes).values()))
    return math.exp(same + sum(map(of_factorial, sizes)) - of_factorial(sum(sizes)))


def measure_groups(
    counts: np.ndarray, sums: np.ndarray, labels: np.ndarray, groups: int, permutations: int, seed: int, word: int
) -> Measured:
    """Test one word.

    Shapes: counts (k,), sums (k, D), labels (k,) in 0 .. groups - 1, of the documents that have it. `word` is its
    number, which together with `seed` decides the permutations.

    >>> rng = np.random.default_rng(0)
    >>> here, there = rng.normal(size=(8, 5)) + 3, rng.normal(size=(8, 5)) - 3
    >>> found = measure_groups(np.ones(16), np.concatenate([here, there]), np.repeat([0, 1], 8), 2, 999, 1, 0)
    >>> found.p, found.distance > 1.5, found.halves < 0.5
    (0.001, True, True)
    """
    if len(sums) < sums.shape[1]:  # coordinates in the space that the documents span: fewer, and the same distances
        sums = np.linalg.qr(sums.T)[1].T
    observed = float(_ratios(counts, sums, labels[None, :], groups)[0])
    p = _share_as_large(counts, sums, labels, groups, observed, permutations, key_of(seed, PERMUTATIONS + word))
    vectors = np.stack([sums[labels == group].sum(axis=0) for group in range(groups)])
    return Measured(
        _mean_distance(vectors),
        _between_halves(counts, sums, labels, groups, key_of(seed, HALVES + word)),
        observed,
        p,
    )


def _share_as_large(
    counts: np.ndarray, sums: np.ndarray, labels: np.ndarray, groups: int, observed: float, permutations: int, key: Any
) -> float:
    larger = 0
    looked_at = 0
    for permuted in _permuted(labels, permutations, key):
        is_larger = _ratios(counts, sums, permuted, groups) >= observed * (1 - 1e-9)
        if larger + is_larger.sum() >= ENOUGH:
            last = int(np.flatnonzero(is_larger)[ENOUGH - larger - 1])
            return ENOUGH / (looked_at + last + 1)
        larger += int(is_larger.sum())
        looked_at += len(permuted)
    return (1 + larger) / (1 + permutations)


def _permuted(labels: np.ndarray, permutations: int, key: np.ndarray) -> Iterator[np.ndarray]:
    """Labels in random order, in blocks (r, k), each twice as large as the one before."""
    numbers = np.arange(len(labels), dtype=U64)[None, :]
    first, block = 0, 64
    while first < permutations:
        block = max(1, min(2 * block, CELLS_AT_A_TIME // len(labels)))
        keys = item_key(key, np.arange(first, min(first + block, permutations), dtype=U64))
        yield labels[np.argsort(draw(keys[:, None], numbers), axis=1)]
        first += block


def _ratios(counts: np.ndarray, sums: np.ndarray, labels: np.ndarray, groups: int) -> np.ndarray:
    """T for each row of labels (r, k): (r,)."""
    squares, cross = np.einsum("kd,kd->k", sums, sums), counts[:, None] * sums
    means, errors = [], []
    for group in range(groups):
        inside = (labels == group).astype(np.float64)
        total, documents = inside @ counts, inside.sum(axis=1)
        mean = inside @ sums / total[:, None]
        spread = (
            inside @ squares
            - 2 * np.einsum("rd,rd->r", mean, inside @ cross)
            + np.einsum("rd,rd->r", mean, mean) * (inside @ counts**2)
        )
        means.append(mean)
        errors.append(np.maximum(spread, 0) * documents / (documents - 1) / total**2)
    tiny = 1e-12 * (squares.sum() / counts.sum() ** 2 + 1e-300)
    ratios = np.zeros(len(labels))
    for p in range(groups):
        for q in range(p):
            apart = means[p] - means[q]
            ratios += np.einsum("rd,rd->r", apart, apart) / (errors[p] + errors[q] + tiny)
    return np.asarray(ratios / (groups * (groups - 1) / 2))


def _between_halves(counts: np.ndarray, sums: np.ndarray, labels: np.ndarray, groups: int, key: np.ndarray) -> float:
    distances = []
    for group in range(groups):
        members = np.flatnonzero(labels == group)
        half = np.arange(len(members)) < len(members) // 2
        keys = item_key(key + U64(group), np.arange(HALVINGS, dtype=U64))
        for order in np.argsort(draw(keys[:, None], np.arange(len(members), dtype=U64)[None, :]), axis=1):
            parts = (sums[members[order[half]]].sum(axis=0), sums[members[order[~half]]].sum(axis=0))
            distances.append(_mean_distance(np.stack(parts)))
    return float(np.mean(distances))


def _mean_distance(vectors: np.ndarray) -> float:
    """Mean over pairs of rows of 1 - cosine."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths > 0, lengths, 1)
    cosines = (unit @ unit.T)[np.triu_indices(len(unit), 1)]
    return float(1 - np.clip(cosines, -1, 1).mean())

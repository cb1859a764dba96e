"""Tests whether a word's contexts differ more between groups of documents than between documents of one group.

This is a permutation test over documents, because occurrences in one document are not independent. Only documents with
the word take part, so that each group keeps its number of documents and a word that became rarer is not mistaken for
one that changed. The statistic compares the distance between two groups with the variation of documents within them::

    T = |v_p - v_q|^2 / (e_p^2 + e_q^2)
    e_p^2 = k/(k - 1) sum over d of |s_d - w_d v_p|^2 / (sum over d of w_d)^2

v_p is the group's vector, the mean over its documents with the weights w_d of `wordvec.change.space`; s_d is w_d times
the document's vector; k is the group's number of documents; e_p is the standard error of a mean over clusters. Without
a change T is about 1, however rare the word is. Dividing the statistic by its standard error keeps the test near its
level if groups vary differently (Janssen 1997, "Studentized permutation tests for non-i.i.d. hypotheses").

For more than two groups there are two statistics. "pairs" is the mean of T over all pairs of groups. "cut", for groups
ordered in time, compares all documents before a moment with all after it. It is the largest T over the moments that
leave at least SMALLER_SIDE of the documents on each side; permuted documents are cut in the same ways, so p allows for
the choice. Ten decades of six documents show little pair by pair, but as much as two halves when cut.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from wordvec.rng import U64, draw, item_key, key_of

FEWEST_DOCUMENTS = 3  # in a group: two say almost nothing about the variation
SMALLER_SIDE = 0.25  # of the documents; T of a few documents against all others is often large by chance
HALVINGS = 20
PERMUTATIONS, HALVES, RESAMPLES = 2**41, 2**42, 2**43  # the first streams of draws; each word has its own
ENOUGH = 30
CELLS_AT_A_TIME = 1 << 21

Statistic = Callable[[np.ndarray], np.ndarray]  # of labels (r, k): (r,)


class Measured(NamedTuple):
    """Distances and their significance.

    distance   1 - cosine of the vectors of two groups: the mean over pairs of groups, or before and after the cut
    halves     the distance of two halves of the documents of one group (or side of the cut), the mean over the groups
               and over HALVINGS halvings
    ratio      T: the squared distance divided by the variation of documents
    p          share of the permutations, this order included, with a ratio as large; after ENOUGH of them the test
               stops, and p is ENOUGH over the number examined (Besag and Clifford 1991, "Sequential Monte Carlo
               p-values"), which is as valid and much faster
    cut        the first group after the cut; None for pairs
    """

    distance: float
    halves: float
    ratio: float
    p: float
    cut: int | None


def smallest_p(sizes: Sequence[int]) -> float:
    """The smallest possible p for groups of these sizes: one over the number of ways to assign the documents.

    Assignments that only exchange groups of equal size have the same T and count once.

    >>> [round(smallest_p(sizes), 4) for sizes in ([3, 3], [5, 5], [3, 4])]
    [0.1, 0.0079, 0.0286]
    """
    of_factorial = lambda number: math.lgamma(number + 1)  # noqa: E731  as logarithms: there may be thousands
    same = sum(map(of_factorial, Counter(sizes).values()))
    return math.exp(same + sum(map(of_factorial, sizes)) - of_factorial(sum(sizes)))


def cuts_of(sizes: Sequence[int]) -> list[int]:
    """The possible cuts of groups of these sizes, in order of time, each given by the first group of the later side.

    Both sides have at least FEWEST_DOCUMENTS, and SMALLER_SIDE of all documents unless no cut leaves that many.

    >>> cuts_of([2, 2, 2, 2, 2]), cuts_of([1, 9, 1]), cuts_of([4, 20]), cuts_of([1, 1, 1])
    ([2, 3], [], [1], [])
    """
    before = np.cumsum(sizes)[:-1]
    smaller = np.minimum(before, sum(sizes) - before)
    enough = smaller >= FEWEST_DOCUMENTS
    wide = enough & (smaller >= SMALLER_SIDE * sum(sizes))
    if not wide.any() and enough.any():
        wide = smaller == smaller.max()
    return [int(at) + 1 for at in np.flatnonzero(wide)]


def measure_groups(
    weights: np.ndarray,
    sums: np.ndarray,
    labels: np.ndarray,
    groups: int,
    permutations: int,
    seed: int,
    word: int,
    cuts: Sequence[int] = (),
) -> Measured:
    """Test one word: by the best of `cuts` (see `cuts_of`), or by pairs of groups if there are none.

    Shapes: weights (k,), sums (k, D), labels (k,) in 0 .. groups - 1, of the documents that have it. `word` is its
    number, which together with `seed` determines the permutations.

    >>> rng = np.random.default_rng(0)
    >>> here, there = rng.normal(size=(8, 5)) + 3, rng.normal(size=(8, 5)) - 3
    >>> found = measure_groups(np.ones(16), np.concatenate([here, there]), np.repeat([0, 1], 8), 2, 999, 1, 0)
    >>> found.p, found.distance > 1.5, found.halves < 0.5
    (0.001, True, True)
    """
    if len(sums) < sums.shape[1]:  # coordinates in the space spanned by the documents: fewer, with the same distances
        sums = np.linalg.qr(sums.T)[1].T
    statistic = _statistic(weights, sums, groups, cuts)
    observed = float(statistic(labels[None, :])[0])
    p = _share_as_large(statistic, labels, groups, observed, permutations, key_of(seed, PERMUTATIONS + word))
    cut = None
    if cuts:
        ratios = [float(_statistic(weights, sums, groups, [each])(labels[None, :])[0]) for each in cuts]
        cut = cuts[int(np.argmax(ratios))]
        labels, groups = (labels >= cut).astype(np.int64), 2
    vectors = np.stack([sums[labels == group].sum(axis=0) for group in range(groups)])
    halves = _between_halves(sums, labels, groups, key_of(seed, HALVES + word))
    return Measured(_mean_distance(vectors), halves, observed, p, cut)


def _share_as_large(
    statistic: Statistic, labels: np.ndarray, groups: int, observed: float, permutations: int, key: np.ndarray
) -> float:
    larger = 0
    looked_at = 0
    for permuted in _permuted(labels, groups, permutations, key):
        is_larger = statistic(permuted) >= observed * (1 - 1e-9)
        if larger + is_larger.sum() >= ENOUGH:
            last = int(np.flatnonzero(is_larger)[ENOUGH - larger - 1])
            return ENOUGH / (looked_at + last + 1)
        larger += int(is_larger.sum())
        looked_at += len(permuted)
    return (1 + larger) / (1 + permutations)


def _permuted(labels: np.ndarray, groups: int, permutations: int, key: np.ndarray) -> Iterator[np.ndarray]:
    """Labels in random order, in blocks (r, k), each twice as large as the previous one."""
    numbers = np.arange(len(labels), dtype=U64)[None, :]
    first, block = 0, 64
    while first < permutations:
        block = max(1, min(2 * block, CELLS_AT_A_TIME // (len(labels) * groups)))
        keys = item_key(key, np.arange(first, min(first + block, permutations), dtype=U64))
        yield labels[np.argsort(draw(keys[:, None], numbers), axis=1)]
        first += block


def _statistic(weights: np.ndarray, sums: np.ndarray, groups: int, cuts: Sequence[int]) -> Statistic:
    """The largest T over `cuts`; without them, the mean of T over pairs of groups."""
    squares, cross = np.einsum("kd,kd->k", sums, sums), weights[:, None] * sums
    scalars = np.stack([np.ones(len(weights)), weights, weights**2, squares], axis=1)
    tiny = 1e-12 * (squares.sum() / weights.sum() ** 2 + 1e-300)

    def totals(inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Vectors v (r, D) and squared errors e^2 (r,) of the documents `inside` (r, k) bool."""
        inside = inside.astype(np.float64)
        documents, total, total_of_squares, length = (inside @ scalars).T
        mean = inside @ sums / total[:, None]
        spread = length - 2 * np.einsum("rd,rd->r", mean, inside @ cross)
        spread += np.einsum("rd,rd->r", mean, mean) * total_of_squares
        return mean, np.maximum(spread, 0) * documents / (documents - 1) / total**2

    def ratio(one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        apart = one[0] - other[0]
        return np.asarray(np.einsum("rd,rd->r", apart, apart) / (one[1] + other[1] + tiny))

    def largest(labels: np.ndarray) -> np.ndarray:
        return np.max([ratio(totals(labels < cut), totals(labels >= cut)) for cut in cuts], axis=0)

    def mean_over_pairs(labels: np.ndarray) -> np.ndarray:
        of_group = [totals(labels == group) for group in range(groups)]
        return np.mean([ratio(*pair) for pair in itertools.combinations(of_group, 2)], axis=0)

    return largest if cuts else mean_over_pairs


def _between_halves(sums: np.ndarray, labels: np.ndarray, groups: int, key: np.ndarray) -> float:
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

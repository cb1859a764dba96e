"""Merging the changes from pieces of a text that were trained separately from the same weights.

The sum of the pieces' changes overshoots if every piece has moved a row all the way; their mean moves a row that only
one piece met by just a K-th of its way. So rows are scaled one by one: W += s(w) (d_1 + ... + d_K), with

    s(w) = (1 - exp(-a N)) / ((1 - exp(-a n_1)) + ... + (1 - exp(-a n_K))),   a = RATE * learning rate,

n_k the number of loss terms by which piece k is expected to have moved row w, and N their sum. A row moved n times
goes about 1 - exp(-a n) of its way, so s is 1 for rows hardly met and 1 / K for rows that every piece has moved as far
as they go. This needs only counts, and changes are added in a fixed order: the bytes depend on the pieces, not on who
trained them.

`merged_rows` has a readable twin, `merged_rows_by_number`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from wordvec.errors import ShapeError

RATE = 0.1  # chosen on 17 million words in 8 pieces: 0.06 overshoots, 0.15 loses more


def merged_rows(
    start: np.ndarray, changes: Sequence[np.ndarray], terms: Sequence[np.ndarray], learning_rate: float
) -> np.ndarray:
    """Rows (n, D) float32 from the common start, (n, D), and each piece's changes, (n, D), and terms, (n,).

    Raises ShapeError for arrays that do not fit together.

    >>> start, change = np.zeros((2, 1), np.float32), np.ones((2, 1), np.float32)
    >>> merged_rows(start, [change, change], [np.array([0.0, 1e9])] * 2, 0.025).ravel().tolist()
    [2.0, 1.0]
    """
    shapes = {start.shape, *(change.shape for change in changes)}
    if not changes or len(changes) != len(terms) or len(shapes) != 1 or {len(n) for n in terms} != {len(start)}:
        raise ShapeError(f"merging: changes of the rows' shape {start.shape} and terms for each row expected")
    return start + scales(np.stack(terms), learning_rate).astype(np.float32)[:, None] * tree_sum(changes)


def scales(terms: np.ndarray, learning_rate: float) -> np.ndarray:
    """s(w) of each row, from each piece's terms: (K, n) -> (n,)."""
    rate = RATE * learning_rate
    ways = -np.expm1(-rate * terms).sum(axis=0)
    return np.where(ways > 0, -np.expm1(-rate * terms.sum(axis=0)) / np.where(ways > 0, ways, 1), 1.0)


def tree_sum(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """The sum by a binary tree over the arrays in order: ((0 + 1) + (2 + 3)) + ..."""
    arrays = list(arrays)
    while len(arrays) > 1:
        pairs = [left + right for left, right in zip(arrays[::2], arrays[1::2])]
        arrays = pairs + arrays[2 * len(pairs) :]
    return arrays[0]


def expected_terms(
    occurrences: np.ndarray, negatives: np.ndarray, negatives_drawn: int, inputs: float, predictions: float
) -> tuple[np.ndarray, np.ndarray]:
    """Expected number of loss terms that move each row of W_in and W_out, (V,) each, on a stretch of text.

    occurrences      (V,), expected number of kept tokens of each word
    negatives        (V,), relative frequency of each word as a negative
    negatives_drawn  negatives per prediction
    inputs           predictions that move a token's row of W_in: as many as its contexts, or 1 if they share one move
    predictions      predictions per centre: as many as its contexts in skip-gram, 1 in CBOW

    >>> W_in, W_out = expected_terms(np.array([10.0, 0.0]), np.array([1.0, 3.0]), 5, inputs=6.0, predictions=6.0)
    >>> W_in.tolist(), W_out.tolist()
    ([360.0, 0.0], [135.0, 225.0])
    """
    drawn = negatives_drawn * occurrences.sum() * negatives / negatives.sum()
    return inputs * (1 + negatives_drawn) * occurrences, predictions * (occurrences + drawn)


def expected_terms_of_tree(
    occurrences: np.ndarray, starts: np.ndarray, nodes: np.ndarray, inputs: float, predictions: float
) -> tuple[np.ndarray, np.ndarray]:
    """The same for hierarchical softmax, where rows of W_out are the V - 1 inner nodes of a tree.

    The nodes on the way to word w are nodes[starts[w] : starts[w + 1]]: one loss term for each.

    >>> starts, nodes = np.array([0, 1, 3, 5]), np.array([1, 1, 0, 1, 0])
    >>> W_in, W_out = expected_terms_of_tree(np.array([4.0, 2.0, 2.0]), starts, nodes, inputs=6.0, predictions=6.0)
    >>> W_in.tolist(), W_out.tolist()
    ([36.0, 18.0, 18.0], [24.0, 48.0])
    """
    lengths = np.diff(starts)
    met = np.bincount(nodes, weights=np.repeat(occurrences, lengths), minlength=len(lengths) - 1)
    on_average = float(occurrences @ lengths) / max(float(occurrences.sum()), 1.0)
    return inputs * on_average * occurrences, predictions * met


# `merged_rows` row by row and number by number in float64: to read, and to test the fast form against.


def merged_rows_by_number(
    start: np.ndarray, changes: Sequence[np.ndarray], terms: Sequence[np.ndarray], learning_rate: float
) -> np.ndarray:
    """See `merged_rows`; float64.

    >>> merged_rows(np.zeros((1, 1)), [np.ones((1, 1))] * 2, [np.zeros(1)] * 2, 0.025).tolist()
    [[2.0]]
    """
    merged = np.array(start, np.float64)
    for row in range(len(start)):
        way_of_all = 1 - math.exp(-RATE * learning_rate * sum(float(n[row]) for n in terms))
        ways = sum(1 - math.exp(-RATE * learning_rate * float(n[row])) for n in terms)
        scale = way_of_all / ways if ways > 0 else 1.0
        for column in range(start.shape[1]):
            merged[row, column] += scale * sum(float(change[row, column]) for change in changes)
    return merged

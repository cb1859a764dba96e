"""Rows of whole numbers, small enough for a page, and how well their neighbours agree with those of the vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordvec.rng import SHUFFLE, uniform_matrix
from wordvec.vectors.search import best_rows

LARGEST = {8: 127, 16: 32_767}
TYPES = {8: np.int8, 16: np.int16}
GOOD = 0.9  # with an overlap below this, 16 bits replace 8
TOLERANCE = 1e-6  # float32 rounding of a cosine: words this near to the last neighbour count as equal


@dataclass(frozen=True)
class Agreement:
    """The mean share, over `words` words, of the `k` neighbours found with small rows that are among the exact ones."""

    overlap: float
    k: int
    words: int


def small_rows(unit: np.ndarray, bits: int = 8) -> np.ndarray:
    """Return each row scaled to a largest entry of 127 (8 bits) or 32,767 (16 bits), rounded to whole numbers.

    A cosine does not depend on the length of a row, so the factor need not be kept. A zero row stays zero.

    Shapes: unit (N, D) float -> (N, D) int8 or int16.

    >>> small_rows(np.array([[0.6, -0.8], [0.0, 0.0]])).tolist()
    [[95, -127], [0, 0]]
    """
    largest = np.abs(unit).max(axis=1, keepdims=True)
    factors = LARGEST[bits] / np.where(largest > 0, largest, 1)
    return np.rint(unit * factors).astype(TYPES[bits])


def small_lengths(rows: np.ndarray) -> np.ndarray:
    """Euclidean lengths of rows of whole numbers (N,) float64; 1 for a zero row, to allow division."""
    wide = rows.astype(np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", wide, wide))
    return np.where(lengths > 0, lengths, 1.0)


def agreement(unit: np.ndarray, rows: np.ndarray, k: int = 10, sample: int = 300, seed: int = 1) -> Agreement:
    """Compare the neighbours that the page will find with the exact ones, for `sample` words drawn by `seed`.

    The arithmetic is that of queries.js: products of whole numbers divided by both lengths, in float64. A neighbour
    agrees if its exact cosine is at least that of the exact k-th neighbour, so that ties do not count as errors.

    Shapes: unit (N, D) float32 of length 1, rows (N, D) whole numbers. With fewer other words than k, all are compared.
    """
    k = min(k, len(unit) - 1)
    chosen = np.sort(np.argsort(uniform_matrix(seed, SHUFFLE, (1, len(unit)))[0], kind="stable")[:sample])
    lengths, excluded = small_lengths(rows), [[int(i)] for i in chosen]
    queries = rows[chosen].astype(np.float64) / lengths[chosen, None]
    exact = best_rows(lambda q, r: unit[chosen[q]] @ unit[r].T, len(chosen), len(unit), k, excluded)
    found = best_rows(
        lambda q, r: queries[q] @ rows[r].astype(np.float64).T / lengths[r], len(chosen), len(rows), k, excluded
    )
    agreeing = 0
    for i, best, page in zip(chosen, exact, found):
        cosines = unit[[row for row, _ in page]] @ unit[i]
        agreeing += int(np.count_nonzero(cosines >= best[-1][1] - TOLERANCE))
    return Agreement(overlap=agreeing / (k * len(chosen)), k=k, words=len(chosen))


def rows_for_page(unit: np.ndarray, seed: int = 1) -> tuple[np.ndarray, Agreement]:
    """Return int8 rows and their agreement; int16 rows if int8 loses more than one neighbour in ten.

    That happens if all vectors have nearly the same direction and differ little.
    """
    rows = small_rows(unit, bits=8)
    agreed = agreement(unit, rows, seed=seed)
    if agreed.overlap < GOOD:
        rows = small_rows(unit, bits=16)
        agreed = agreement(unit, rows, seed=seed)
    return rows, agreed

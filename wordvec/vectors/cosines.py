"""Cosines of vectors with rows, straight from the form the rows are kept in: no second copy of the matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wordvec.vectors.search import RowSelector

if TYPE_CHECKING:
    from wordvec.vectors.word_rows import WordRows

# Rows of float16 or int8 that become float32 at a time. For one target so few that they stay in the cache and BLAS uses
# one thread: on a busy machine its threads would wait for each other longer than the products take.
BLOCK_FOR_ONE, BLOCK_FOR_MANY = 512, 4_096
SHORTEST, LONGEST = 1e-15, 1e15  # products of rows of other lengths may leave float32


def cosines(vectors: WordRows, targets: np.ndarray, rows: RowSelector) -> np.ndarray:
    """Return the cosines (n, R) float32 of unit targets (n, D) with some rows; 0 for a zero row.

    The products are divided by the rows' lengths, which `vectors` keeps: one pass over the rows, and nothing of
    their size is made. Raises InputError for a row that holds nan or infinity, naming its word.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["a", "b", "zero"], np.array([[3.0, 4.0], [0.0, -2.0], [0.0, 0.0]]))
    >>> cosines(vectors, np.float32([[0, 1]]), slice(0, 3)).tolist()
    [[0.800000011920929, -1.0, 0.0]]
    """
    kept, divisors = vectors.matrix[rows], vectors.divisors[rows]
    extreme = has_extreme_rows(divisors)
    if kept.dtype == np.float32 and not extreme:
        products = _products(targets, kept)
        products /= divisors
        return products
    found = np.empty((len(targets), len(kept)), np.float32)
    size = BLOCK_FOR_ONE if len(targets) == 1 and not extreme else BLOCK_FOR_MANY
    numbers = np.arange(len(vectors))[rows] if extreme else None
    for first in range(0, len(kept), size):
        part = slice(first, first + size)
        if numbers is not None:
            found[:, part] = _products(targets, vectors.unit_rows_of(numbers[part]))
        else:
            np.divide(_products(targets, kept[part].astype(np.float32)), divisors[part], out=found[:, part])
    return found


def has_extreme_rows(divisors: np.ndarray) -> bool:
    """Whether float32 products with some rows of these lengths may overflow or vanish."""
    return bool(divisors.min(initial=1.0) < SHORTEST or divisors.max(initial=1.0) > LONGEST)


def _products(targets: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Targets (n, D) times rows (R, D), as (n, R): matrix times vector, which reads the rows once, where n is 1."""
    return (rows @ targets[0])[None, :] if len(targets) == 1 else targets @ rows.T

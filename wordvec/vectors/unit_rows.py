"""Rows divided by their length, so that a product of two of them is their cosine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wordvec.errors import InputError

BLOCK = 8_192  # rows taken to float64 at a time
UNIT_TOLERANCE = 1e-5  # rows whose length is this near 1 are left as they are


def unit_rows(matrix: np.ndarray, words: Sequence[str]) -> np.ndarray:
    """Return `matrix` (V, D) with each row divided by its length, in float32; a zero row stays zero.

    When every float32 row already has length 1 (or 0), the matrix itself comes back: no copy.
    Raises InputError for a row that holds nan or infinity, naming its word.

    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32), ["a", "b"]).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    lengths = np.concatenate([_lengths(matrix[i : i + BLOCK]) for i in range(0, len(matrix), BLOCK)])
    if not np.isfinite(lengths).all():
        row = int(np.flatnonzero(~np.isfinite(lengths))[0])
        raise InputError(f"the vector of {words[row]!r} (row {row}) holds nan or infinity; retrain or repair the file")
    lengths[lengths == 0] = 1.0
    if matrix.dtype == np.float32 and bool((np.abs(lengths - 1.0) <= UNIT_TOLERANCE).all()):
        return matrix
    unit = np.empty(matrix.shape, np.float32)
    for i in range(0, len(matrix), BLOCK):
        unit[i : i + BLOCK] = matrix[i : i + BLOCK].astype(np.float64) / lengths[i : i + BLOCK, None]
    return unit


def unit_vector(vector: np.ndarray) -> np.ndarray:
    """Return a float32 vector divided by its length; the zero vector as it is. Raises InputError for nan or infinity.

    >>> unit_vector(np.array([0.0, 2.0])).tolist()
    [0.0, 1.0]
    """
    (length,) = _lengths(np.asarray(vector)[None, :])
    if not np.isfinite(length):
        raise InputError("the vector holds nan or infinity")
    return (np.asarray(vector, np.float64) / (length or 1.0)).astype(np.float32)


def _lengths(rows: np.ndarray) -> np.ndarray:
    """Euclidean lengths in float64, in which no float32 square overflows or vanishes."""
    wide = rows.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        return np.sqrt(np.einsum("ij,ij->i", wide, wide))

"""Rows as float32 numbers, whatever they are kept as: float32, float16, or int8 with one scale a row; and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wordvec.errors import InputError

BLOCK = 8_192  # rows taken to float64 at a time
UNIT_TOLERANCE = 1e-5  # rows whose length is this near 1 are left as they are


def float_rows(matrix: np.ndarray, scales: np.ndarray | None, rows: slice | np.ndarray | Sequence[int]) -> np.ndarray:
    """Return some rows as float32 (n, D): of an int8 matrix, row i times scales[i].

    A slice of a float32 matrix is a view of it; anything else is a copy.

    >>> float_rows(np.array([[127, 0], [-1, 2]], np.int8), np.array([0.5, 2.0], np.float32), slice(1, 2)).tolist()
    [[-2.0, 4.0]]
    """
    chosen: np.ndarray = matrix[rows].astype(np.float32, copy=False)
    if scales is not None:
        with np.errstate(over="ignore", invalid="ignore"):  # of damaged scales: found when lengths are taken
            chosen *= scales[rows][:, None]
    return chosen


def row_lengths(matrix: np.ndarray, scales: np.ndarray | None = None) -> np.ndarray:
    """Return the Euclidean length of each row (V,) float64, in which no float32 square overflows or vanishes.

    >>> row_lengths(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)).tolist()
    [5.0, 0.0]
    """
    lengths = np.empty(len(matrix))
    for first in range(0, len(matrix), BLOCK):
        rows = slice(first, first + BLOCK)
        with np.errstate(invalid="ignore", over="ignore"):
            lengths[rows] = np.sqrt(np.einsum("ij,ij->i", matrix[rows], matrix[rows], dtype=np.float64))
    return lengths if scales is None else lengths * scales


def unit_rows(rows: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return float32 rows (n, D) divided by their lengths (n,); a zero row stays zero.

    When every length is 1 (or 0), the rows themselves come back: no copy.

    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32), np.array([5.0, 0.0])).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    divisors = np.where(lengths == 0, 1.0, lengths)
    if bool((np.abs(divisors - 1.0) <= UNIT_TOLERANCE).all()):
        return rows
    unit = np.empty(rows.shape, np.float32)
    for first in range(0, len(rows), BLOCK):
        block = slice(first, first + BLOCK)
        unit[block] = rows[block] / divisors[block, None]  # divided in float64: lengths may lie outside float32
    return unit


def unit_vector(vector: np.ndarray) -> np.ndarray:
    """Return a float32 vector divided by its length; the zero vector as it is. Raises InputError for nan or infinity.

    >>> unit_vector(np.array([0.0, 2.0])).tolist()
    [0.0, 1.0]
    """
    (length,) = row_lengths(np.asarray(vector, np.float64)[None, :])
    if not np.isfinite(length):
        raise InputError("the vector holds nan or infinity")
    return (np.asarray(vector, np.float64) / (length or 1.0)).astype(np.float32)


# Rows in fewer bytes: float16, or int8 with one scale a row.


LARGEST_INT8 = 127


def narrow_rows(rows: np.ndarray, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray | None]:
    """Return finite float rows (n, D) as `dtype`, and for int8 their scales (n,) float32, else None.

    int8 is symmetric: scale = max|x| / 127 of the row, and x is kept as round(x / scale), so that it comes back as
    that times the scale with an error of at most half a scale. What is too large for float16 becomes infinity.

    >>> kept, scales = narrow_rows(np.array([[1.0, -0.5, 0.0]], np.float32), np.dtype(np.int8))
    >>> kept.tolist(), scales.tolist() == [np.float32(1 / 127)]
    ([[127, -64, 0]], True)
    """
    if dtype != np.int8:
        with np.errstate(over="ignore"):
            return rows.astype(dtype, copy=False), None
    scales = (np.abs(rows).max(axis=1).astype(np.float64) / LARGEST_INT8).astype(np.float32)
    divisors = np.where(scales > 0, scales, np.inf).astype(np.float64)  # a row of zeros, or nearly, becomes zeros
    rounded = np.rint(rows / divisors[:, None])
    return np.clip(rounded, -LARGEST_INT8, LARGEST_INT8).astype(np.int8), scales

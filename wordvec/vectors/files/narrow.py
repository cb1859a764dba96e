"""Rows in fewer bytes: float16, or int8 with one scale a row."""

from __future__ import annotations

import numpy as np

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

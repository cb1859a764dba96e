"""Vectors in fewer bytes: float16 (a half of float32) and int8 (a quarter), with the error that brings recorded."""

from __future__ import annotations

import numpy as np

from wordvec.errors import InputError
from wordvec.vectors.files.narrow import narrow_rows
from wordvec.vectors.postprocessing import BLOCK, recorded
from wordvec.vectors.word_vectors import WordVectors


def to_float16(vectors: WordVectors) -> WordVectors:
    """Return the vectors in float16: 11 bits of each number are kept.

    Raises InputError for a number beyond 65,504, the largest that float16 has: `unit` makes vectors short first.

    >>> half = to_float16(WordVectors(["a"], np.array([[1.0, 1 / 3]])))
    >>> half.matrix.dtype, half.info["post_processing"]
    (dtype('float16'), [{'step': 'float16', 'relative_error': 7.72e-05}])
    """
    matrix, _, error = _narrowed(vectors, np.dtype(np.float16))
    for name, array in (("", matrix), ("context ", _context(vectors))):
        if array is not None and not np.isfinite(array).all():
            row = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
            raise InputError(
                f"float16: the {name}vector of {vectors.words[row]!r} (row {row}) has a number beyond 65,504, the "
                "largest float16; make the vectors short first (unit), or use int8"
            )
    return _kept(vectors, matrix, None, "float16", error)


def to_int8(vectors: WordVectors) -> WordVectors:
    """Return the vectors in int8, each row with a scale of its own: x is kept as round(x / scale), scale max|x| / 127.

    Context vectors are kept in float16.

    >>> small = to_int8(WordVectors(["a"], np.array([[1.0, 1 / 3]])))
    >>> small.matrix.tolist(), small.info["post_processing"]
    ([[127, 42]], [{'step': 'int8', 'relative_error': 0.00249}])
    """
    matrix, scales, error = _narrowed(vectors, np.dtype(np.int8))
    return _kept(vectors, matrix, scales, "int8", error)


def _narrowed(vectors: WordVectors, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray | None, float]:
    """The rows as `dtype`, their scales, and |rows - kept rows| / |rows| over all of them."""
    vectors.lengths  # noqa: B018  # finds nan and infinity, and names the word
    matrix = np.empty(vectors.matrix.shape, dtype)
    scales = np.empty(len(vectors), np.float32) if dtype == np.int8 else None
    lost = 0.0
    for first in range(0, len(vectors), BLOCK):
        block = slice(first, first + BLOCK)
        rows = vectors.rows(block)
        matrix[block], of_rows = narrow_rows(rows, dtype)
        kept = matrix[block].astype(np.float64)
        if scales is not None and of_rows is not None:
            scales[block] = of_rows
            kept *= scales[block, None]
        with np.errstate(invalid="ignore", over="ignore"):  # infinity is looked for behind this
            lost += float(np.square(rows - kept).sum())
    whole = float(np.square(vectors.lengths).sum())
    return matrix, scales, np.sqrt(lost / whole) if whole > 0 else 0.0


def _kept(vectors: WordVectors, matrix: np.ndarray, scales: np.ndarray | None, step: str, error: float) -> WordVectors:
    return WordVectors(
        vectors.words,
        matrix,
        vectors.counts,
        recorded(vectors, step, relative_error=float(f"{error:.3g}")),
        _context(vectors),
        scales=scales,
        subwords=vectors.subwords,
        rare=vectors.rare,
    )


def _context(vectors: WordVectors) -> np.ndarray | None:
    if vectors.context_matrix is None:
        return None
    with np.errstate(over="ignore"):
        return vectors.context_matrix.astype(np.float16)

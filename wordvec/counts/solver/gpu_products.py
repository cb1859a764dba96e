"""Products of a sparse matrix with a block of columns on the GPU, with the same bytes every time.

cuSPARSE, as CuPy calls it, wants the block column by column, so that each cell fetches its numbers from as many places
as there are columns, and does not promise the same sums from run to run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from wordvec.arrays import C_TYPES, THREADS, Array, array_module, gpu_kernel

SOURCE = Path(__file__).with_suffix(".cu")
WIDTH = 32  # columns multiplied at a time, a lane of a warp each
PIECE = 256  # cells that are added up one after the other


class GPUProduct:
    """X -> matrix @ X for a CSR matrix (R, C) on the GPU, float32 or float64; X (C, any number of columns)."""

    def __init__(self, matrix: Any) -> None:
        xp = array_module(matrix.data)
        row_starts = matrix.indptr.astype(xp.int64)
        pieces = (row_starts[1:] - row_starts[:-1] + (PIECE - 1)) // PIECE  # of each row
        self._first = xp.zeros(len(row_starts), xp.int64)
        self._first[1:] = xp.cumsum(pieces)
        self._pieces = int(self._first[-1])
        number = xp.arange(self._pieces)
        row = xp.searchsorted(self._first, number, side="right") - 1
        self._starts = xp.empty(self._pieces + 1, xp.int64)
        self._starts[:-1] = row_starts[row] + PIECE * (number - self._first[row])
        self._starts[-1:] = row_starts[-1:]  # pieces follow one another: each ends where the next begins
        self._xp, self._data, self._rows = xp, matrix.data, matrix.shape[0]
        self._indices = matrix.indices.astype(xp.int32, copy=False)
        macros = {"REAL": C_TYPES[matrix.dtype.str[1:]], "WIDTH": WIDTH}
        self._multiply, self._add = (
            gpu_kernel(xp, SOURCE, name, **macros) for name in ("multiply_pieces", "add_pieces")
        )

    def __call__(self, X: Array) -> Array:
        """The product, (R, columns)."""
        rows, columns = self._rows, X.shape[1]
        blocks = [self._of_block(X[:, first : first + WIDTH]) for first in range(0, columns, WIDTH)]
        if not blocks:
            return self._xp.zeros((rows, 0), X.dtype)
        return blocks[0] if len(blocks) == 1 else self._xp.concatenate(blocks, axis=1)

    def _of_block(self, X: Array) -> Array:
        xp, rows, columns = self._xp, self._rows, X.shape[1]
        if columns < WIDTH:
            padded = xp.zeros((len(X), WIDTH), X.dtype)
            padded[:, :columns] = X
            X = padded
        result = xp.empty((rows, WIDTH), X.dtype)
        partial = xp.empty((max(1, self._pieces), WIDTH), X.dtype)
        pieces, X = np.int64(self._pieces), xp.ascontiguousarray(X)
        given = (self._data, self._indices, self._starts, pieces, X, partial)
        self._multiply((self._blocks(self._pieces),), (THREADS,), given)
        self._add((self._blocks(rows),), (THREADS,), (partial, self._first, np.int64(rows), result))
        return result[:, :columns]

    @staticmethod
    def _blocks(warps: int) -> int:
        return max(1, -(-warps * WIDTH // THREADS))

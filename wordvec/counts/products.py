"""Products of a sparse matrix with a block of columns, on the CPU and on the GPU: where the SVD spends its time.

scipy multiplies a sparse matrix by a dense one on one thread, cell by cell through memory. Here a row of the result
stays in vector registers while the row's cells are added, and rows of the block are prefetched. A row is always
summed in one piece, so the number of threads changes the time and not the sums.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.arrays import C_TYPES, THREADS, Array, array_module, gpu_kernel
from wordvec.errors import ShapeError
from wordvec.native import library

if TYPE_CHECKING:
    from scipy.sparse import csr_array


PIECES = 32  # units of work for threads, each with about the same number of cells
COLUMNS = 16  # columns that the library takes at a time: STRIP in products.c

Product = Callable[[np.ndarray], np.ndarray]


def product_with(matrix: csr_array, pool: Executor | None = None) -> Product:
    """X -> matrix @ X by blocks of rows in parallel, or in this thread; by the C library if it is there and the
    matrix is float32.

    >>> from scipy.sparse import csr_array
    >>> product_with(csr_array(np.array([[0, 2], [3, 0]], np.float32)))(np.eye(2, dtype=np.float32)).tolist()
    [[0.0, 2.0], [3.0, 0.0]]
    """
    cells = np.linspace(0, matrix.nnz, (PIECES if pool else 1) + 1)[1:-1]
    borders = np.unique([0, *np.searchsorted(matrix.indptr, cells), matrix.shape[0]]).tolist()
    in_order = pool.map if pool else map
    compiled = matrix.dtype == np.float32 and library.is_available()
    multiply, columns = (_compiled(matrix), COLUMNS) if compiled else (_plain(matrix), 1)

    def product(X: np.ndarray) -> np.ndarray:
        rows, width = X.shape
        if rows != matrix.shape[1]:
            raise ShapeError(f"a block of {matrix.shape[1]} rows expected; got {rows}")
        block = X
        if width % columns or X.dtype != matrix.dtype or not X.flags.c_contiguous:
            block = np.zeros((rows, -(-width // columns) * columns), matrix.dtype)
            block[:, :width] = X
        result = np.empty((matrix.shape[0], block.shape[1]), matrix.dtype)
        list(in_order(lambda piece: multiply(block, result, *piece), pairwise(borders)))
        return np.ascontiguousarray(result[:, :width])

    return product


def _plain(matrix: csr_array) -> Callable[..., None]:
    """result[first:stop] = matrix[first:stop] @ X by scipy, which releases the interpreter's lock."""
    from scipy.sparse import csr_array

    def multiply(X: np.ndarray, result: np.ndarray, first: int, stop: int) -> None:
        begin, end = matrix.indptr[first], matrix.indptr[stop]
        rows = (matrix.data[begin:end], matrix.indices[begin:end], matrix.indptr[first : stop + 1] - begin)
        result[first:stop] = csr_array(rows, shape=(stop - first, matrix.shape[1])) @ X

    return multiply


def _compiled(matrix: csr_array) -> Callable[..., None]:
    """The same by the C library (``native/src/products.c``), for blocks of a multiple of COLUMNS columns."""
    from wordvec.native import functions

    indptr = np.ascontiguousarray(matrix.indptr, np.int64)
    indices, data = np.ascontiguousarray(matrix.indices, np.int32), np.ascontiguousarray(matrix.data)
    if indptr[0] != 0 or (indptr[1:] < indptr[:-1]).any() or not indptr[-1] == len(indices) == len(data):
        raise ShapeError(f"a CSR matrix whose indptr rises from 0 to {len(data)} expected")
    if len(indices) and not (0 <= indices.min() and indices.max() < matrix.shape[1]):
        raise ShapeError(f"a CSR matrix with indices in 0 .. {matrix.shape[1] - 1} expected")

    def multiply(X: np.ndarray, result: np.ndarray, first: int, stop: int) -> None:
        functions.multiply_rows(indptr, indices, data, X, result, X.shape[1], first, stop)

    return multiply


# Products of a sparse matrix with a block of columns on the GPU, with the same bytes every time. cuSPARSE, as CuPy
# calls it, needs a column-major block, so each cell reads from as many places as there are columns; and it does not
# promise the same sums from run to run.


SOURCE = Path(__file__).with_suffix(".cu")
WIDTH = 32  # columns multiplied at a time, one per lane of a warp
PIECE = 256  # cells that are added up in sequence


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

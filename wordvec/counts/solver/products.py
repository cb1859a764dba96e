"""Products of a sparse matrix with a block of columns, compiled and in parallel: what the SVD spends its time on.

scipy multiplies a sparse matrix with a dense one on one thread, cell by cell through memory. Here a row of the result
stays in vector registers while the row's cells are walked over, and rows of the block are asked for ahead. A row is
always summed in one piece, so the number of threads changes the time and not the sums.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import ShapeError
from wordvec.native import library

if TYPE_CHECKING:
    from scipy.sparse import csr_array

PIECES = 32  # units of work for threads, of about as many cells each
COLUMNS = 16  # that the library takes at a time: STRIP in products.c

Product = Callable[[np.ndarray], np.ndarray]


def product_with(matrix: csr_array, pool: Executor) -> Product:
    """X -> matrix @ X by blocks of rows in parallel; compiled where the library is here and the matrix float32.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from scipy.sparse import csr_array
    >>> with ThreadPoolExecutor(2) as pool:
    ...     product_with(csr_array(np.array([[0, 2], [3, 0]], np.float32)), pool)(np.eye(2, dtype=np.float32)).tolist()
    [[0.0, 2.0], [3.0, 0.0]]
    """
    cells = np.linspace(0, matrix.nnz, PIECES + 1)[1:-1]
    borders = np.unique([0, *np.searchsorted(matrix.indptr, cells), matrix.shape[0]]).tolist()
    pieces = list(zip(borders[:-1], borders[1:]))
    compiled = matrix.dtype == np.float32 and library.is_available()
    multiply, columns = (_compiled(matrix), COLUMNS) if compiled else (_plain(matrix), 1)

    def product(X: np.ndarray) -> np.ndarray:
        rows, width = X.shape
        if rows != matrix.shape[1]:
            raise ShapeError(f"a block of {matrix.shape[1]} rows expected; got {rows}")
        block = np.zeros((rows, -(-width // columns) * columns), matrix.dtype)
        block[:, :width] = X
        result = np.empty((matrix.shape[0], block.shape[1]), matrix.dtype)
        list(pool.map(lambda piece: multiply(block, result, *piece), pieces))
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

"""Products of a sparse matrix with a block of columns, compiled and in parallel: what the SVD spends its time on.

scipy multiplies a sparse matrix with a dense one on one thread, cell by cell through memory. Here a row of the result
stays in vector registers while the row's cells are walked over, and rows of the block are asked for ahead. A row is
always summed in one piece, so the number of threads changes the time and not the sums.
"""

from __future__ import annotations

import functools
import importlib.util
import zlib
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array

PIECES = 64  # units of work for threads, of about as many cells each
COLUMNS = 16  # of the block, in registers at a time: one cache line of its row
AHEAD = 16  # cells between asking for a row of the block and using it

Product = Callable[[np.ndarray], np.ndarray]


def product_with(matrix: csr_array, pool: Executor) -> Product:
    """X -> matrix @ X by blocks of rows in parallel; compiled where numba is installed and the matrix float32.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from scipy.sparse import csr_array
    >>> with ThreadPoolExecutor(2) as pool:
    ...     product_with(csr_array(np.array([[0, 2], [3, 0]], np.float32)), pool)(np.eye(2, dtype=np.float32)).tolist()
    [[0.0, 2.0], [3.0, 0.0]]
    """
    cells = np.linspace(0, matrix.nnz, PIECES + 1)[1:-1]
    borders = np.unique([0, *np.searchsorted(matrix.indptr, cells), matrix.shape[0]]).tolist()
    pieces = list(zip(borders[:-1], borders[1:]))
    compiled = matrix.dtype == np.float32 and importlib.util.find_spec("numba") is not None
    multiply, columns = (_compiled(matrix), COLUMNS) if compiled else (_plain(matrix), 1)

    def product(X: np.ndarray) -> np.ndarray:
        rows, width = X.shape
        block = np.zeros((rows, -(-width // columns) * columns), matrix.dtype)
        block[:, :width] = X
        result = np.empty((matrix.shape[0], block.shape[1]), matrix.dtype)
        list(pool.map(lambda piece: multiply(block, result, *piece), pieces))
        return np.ascontiguousarray(result[:, :width])

    return product


def _plain(matrix: csr_array) -> Callable[..., None]:
    """result[first:stop] = matrix[first:stop] @ X by scipy, which lets go of the interpreter's lock."""
    from scipy.sparse import csr_array

    def multiply(X: np.ndarray, result: np.ndarray, first: int, stop: int) -> None:
        begin, end = matrix.indptr[first], matrix.indptr[stop]
        rows = (matrix.data[begin:end], matrix.indices[begin:end], matrix.indptr[first : stop + 1] - begin)
        result[first:stop] = csr_array(rows, shape=(stop - first, matrix.shape[1])) @ X

    return multiply


def _compiled(matrix: csr_array) -> Callable[..., None]:
    """The same by a vector kernel, COLUMNS columns at a time."""
    kernel = compile_rows(_checksum())
    indptr = matrix.indptr.astype(np.int64)
    indices, data = np.ascontiguousarray(matrix.indices, np.int32), np.ascontiguousarray(matrix.data)

    def multiply(X: np.ndarray, result: np.ndarray, first: int, stop: int) -> None:
        for column in range(0, X.shape[1], COLUMNS):
            kernel(indptr, indices, data, X[:, column:], result[:, column:], first, stop)

    return multiply


@functools.cache
def compile_rows(source: int) -> Callable[..., None]:
    """The compiled loop over rows; `source`, a checksum of the code, names the files of numba's cache."""
    from numba import njit, types
    from numba.extending import intrinsic

    from wordvec.kernels.vector_ir import Vectors, host_lanes, no_value

    lanes = host_lanes()

    @intrinsic
    def multiply_row(context, indices, data, X, target, row_bytes, count):  # type: ignore[no-untyped-def]
        """target[c] = sum over k < count of data[k] * X[indices[k], c]; the first four are addresses."""

        def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
            indices, data, X, target, row_bytes, count = arguments
            v = Vectors(builder, lanes)
            sums = [v.register(v.zero()) for _ in range(COLUMNS // lanes)]
            last = builder.sub(count, v.number(1))
            with v.loop(count) as k:
                ahead = v.plus(k, AHEAD)
                ahead = builder.select(builder.icmp_signed("<", ahead, last), ahead, last)
                v.prefetch(v.row(X, indices, ahead, row_bytes))
                place, value = v.row(X, indices, k, row_bytes), v.load_splat(v.element(data, k, 4))
                for c, total in enumerate(sums):
                    total.set(v.multiply_add(value, v.load(place, c * v.bytes), total.get()))
            for c, total in enumerate(sums):
                v.store(total.get(), target, c * v.bytes)
            return no_value()

        return types.void(*[types.int64] * 6), generate

    def multiply_rows(indptr, indices, data, X, result, first, stop):  # type: ignore[no-untyped-def]
        row_bytes = X.strides[0]
        for row in range(first, stop):
            begin, count = indptr[row], indptr[row + 1] - indptr[row]
            target = result.ctypes.data + row * row_bytes
            multiply_row(
                indices.ctypes.data + 4 * begin, data.ctypes.data + 4 * begin, X.ctypes.data, target, row_bytes, count
            )

    multiply_rows.__qualname__ = f"multiply_rows_{source:08x}"
    try:
        return njit(cache=True, nogil=True)(multiply_rows)  # type: ignore[no-any-return]
    except RuntimeError:  # neither the package's folder nor the user's cache folder can be written to
        return njit(nogil=True)(multiply_rows)  # type: ignore[no-any-return]


def _checksum() -> int:
    """Of this file and the one that emits its vector instructions, and the vector width."""
    from wordvec.kernels import vector_ir

    sources = Path(__file__).read_bytes() + Path(vector_ir.__file__).read_bytes()
    return zlib.crc32(sources, vector_ir.host_lanes())

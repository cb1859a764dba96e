"""The large steps of the Lanczos iteration: products with a sparse matrix and with tall blocks, on the CPU or the GPU.

On the CPU rows are cut into pieces that depend on nothing else, so that sums over them are the same for any number of
threads. On the GPU sums are taken in another order, always the same on one card.
"""

from __future__ import annotations

import functools
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from wordvec.arrays import Array, array_module, to_numpy
from wordvec.counts.solver.gpu_products import WIDTH, GPUProduct
from wordvec.counts.solver.products import product_with

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ROWS_AT_ONCE = 4096
LARGE = 256  # rows of a symmetric matrix from which on the GPU finds its eigenvectors faster than a copy takes


class Arithmetic(Protocol):
    """All arrays but the small ones of numpy lie where the matrix does."""

    block: int  # columns multiplied at a time
    lazy_memory: bool  # whether memory is only taken as it is written to

    def product(self, X: Array) -> Array:
        """A X."""

    def transposed_product(self, X: Array) -> Array:
        """A^T X."""

    def array(self, values: np.ndarray) -> Array:
        """A numpy array, in the matrix's type, where the matrix is."""

    def empty(self, shape: tuple[int, int], used: Array | None = None) -> Array:
        """Room for columns (Fortran's order), with those that are `used` copied into it."""

    def times(self, Q: Array, W: Array) -> Array:
        """Q W for a tall Q; W may be numpy's."""

    def transposed_times(self, Q: Array, Y: Array) -> Array:
        """Q^T Y for tall Q and Y."""

    def roughly(self, Q: Array, Y: Array) -> np.ndarray:
        """The same for small blocks, to float64."""

    def exactly(self, Q: Array, Y: Array) -> np.ndarray:
        """The same summed up in float64."""

    def eigenvectors(self, symmetric: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Eigenvalues, rising, and eigenvectors."""


class OnCPU:
    """See Arithmetic."""

    block = 16  # fewer waste memory bandwidth, more need a larger space
    lazy_memory = True

    def __init__(self, matrix: csr_array, pool: Executor) -> None:
        self._pool, self._dtype = pool, matrix.dtype
        self.product, self.transposed_product = product_with(matrix, pool), product_with(matrix.T.tocsr(), pool)

    def array(self, values: np.ndarray) -> np.ndarray:
        """In the matrix's type."""
        return values.astype(self._dtype)

    def empty(self, shape: tuple[int, int], used: np.ndarray | None = None) -> np.ndarray:
        """Takes memory as its columns are written."""
        return np.empty(shape, self._dtype, order="F")

    def times(self, Q: np.ndarray, W: np.ndarray) -> np.ndarray:
        """Rows in parallel."""
        return np.concatenate(list(self._pool.map(lambda piece: Q[piece] @ W, _pieces(len(Q)))))

    def transposed_times(self, Q: np.ndarray, Y: np.ndarray) -> np.ndarray:
        """Summed over pieces of rows in their order."""
        return self._summed(Q, Y, self._dtype)

    def roughly(self, Q: np.ndarray, Y: np.ndarray) -> np.ndarray:
        """In one piece."""
        return (Q.T @ Y).astype(np.float64)

    def exactly(self, Q: np.ndarray, Y: np.ndarray) -> np.ndarray:
        """Summed over pieces of rows in float64."""
        return self._summed(Q, Y, np.float64)

    def _summed(self, Q: np.ndarray, Y: np.ndarray, dtype: Any) -> np.ndarray:
        parts = self._pool.map(lambda piece: Q[piece].T.astype(dtype) @ Y[piece].astype(dtype), _pieces(len(Q)))
        return functools.reduce(np.add, parts)

    def eigenvectors(self, symmetric: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """By LAPACK."""
        return tuple(np.linalg.eigh(symmetric))  # type: ignore[return-value]


def _pieces(rows: int) -> list[slice]:
    return [slice(first, first + ROWS_AT_ONCE) for first in range(0, rows, ROWS_AT_ONCE)]


class OnGPU:
    """See Arithmetic."""

    block = WIDTH
    lazy_memory = False

    def __init__(self, matrix: Any) -> None:
        self._xp, self._dtype = array_module(matrix.data), matrix.dtype
        # The transpose is made once: rows of a sparse matrix are summed faster than columns.
        self.product, self.transposed_product = GPUProduct(matrix), GPUProduct(matrix.T.tocsr())

    def array(self, values: np.ndarray) -> Array:
        """Copied to the GPU."""
        return self._xp.asarray(values.astype(self._dtype))

    def empty(self, shape: tuple[int, int], used: Array | None = None) -> Array:
        """Takes its memory at once."""
        room = self._xp.empty(shape[::-1], self._dtype).T
        if used is not None:
            room[:, : used.shape[1]] = used
        return room

    def times(self, Q: Array, W: Array) -> Array:
        """By cuBLAS."""
        return Q @ (self.array(W) if isinstance(W, np.ndarray) else W)

    def transposed_times(self, Q: Array, Y: Array) -> Array:
        """By cuBLAS."""
        return Q.T @ Y

    def roughly(self, Q: Array, Y: Array) -> np.ndarray:
        """By cuBLAS."""
        return to_numpy(Q.T @ Y).astype(np.float64)

    def exactly(self, Q: Array, Y: Array) -> np.ndarray:
        """In float64."""
        return to_numpy(Q.T.astype(np.float64) @ Y.astype(np.float64))

    def eigenvectors(self, symmetric: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """By cuSOLVER where it pays."""
        if len(symmetric) < LARGE:
            return tuple(np.linalg.eigh(symmetric))  # type: ignore[return-value]
        values, vectors = self._xp.linalg.eigh(self._xp.asarray(symmetric))
        return to_numpy(values), to_numpy(vectors)

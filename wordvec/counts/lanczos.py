"""Block Lanczos iteration: the largest singular triples of a sparse matrix from few products with it.

Source: Golub and Underwood 1977, "The block Lanczos method for computing eigenvalues", applied to A A^T, with full
reorthogonalisation. It searches the space spanned by A X, A A^T A X, ... for a block X of random columns; that space
holds everything power iterations would find after as many products, and much more (Musco and Musco 2015,
"Randomized block Krylov methods for stronger and faster approximate singular value decomposition").
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from wordvec.arrays import Array, array_module, to_numpy
from wordvec.blas import one_blas_thread
from wordvec.counts.products import WIDTH, GPUProduct, product_with
from wordvec.progress import warn
from wordvec.rng import PROJECTION, normal_matrix

if TYPE_CHECKING:
    from scipy.sparse import csr_array


TOLERANCE = 3e-4  # residual relative to s**2 at which a triple counts as found: what ARPACK reaches in float32
ROOM = 4  # times the triples: columns that memory is first allocated for on the GPU


def largest_singular_triples(
    matrix: Any, dim: int, seed: int, threads: int, tolerance: float = TOLERANCE
) -> tuple[Array, Array, Array]:
    """U (rows, dim), S (dim,), V (columns, dim) of a matrix that is not zero; fewer than `dim` if its rank is smaller.

    The matrix is scipy's, or cupyx's on the GPU, where the result then is, too.
    """
    if array_module(matrix.data) is not np:
        return search(OnGPU(matrix), matrix.shape, dim, seed, tolerance)
    with one_blas_thread(), ThreadPoolExecutor(threads) as pool:
        return search(OnCPU(matrix, pool), matrix.shape, dim, seed, tolerance)


def search(on: Arithmetic, shape: tuple[int, int], dim: int, seed: int, tolerance: float) -> tuple[Array, Array, Array]:
    """The triples, by the large steps of `on`.

    Q holds an orthonormal basis of the space searched, T = Q^T A A^T Q is small and block tridiagonal, and its
    eigenvectors w give the best u = Q w. The part of A A^T Q outside the span of Q, (next block) R, gives the error of
    each u: ||A A^T u - s^2 u|| = ||R w[last block]||.
    """
    limit = min(*shape, max(10 * dim, 40 * on.block))
    Q = on.empty((shape[0], limit if on.lazy_memory else min(limit, ROOM * dim + on.block)))
    T = np.zeros((limit, limit))
    size, last, next_check = 0, 0, 2 * dim  # columns of Q in use; how many of them are in the last block
    random_blocks = _random_blocks(on, shape[1], seed)
    image = on.product(next(random_blocks))
    while True:
        block = _new_directions(on, image, Q[:, :size], Q[:, max(0, size - 2 * on.block) : size])
        if not block.shape[1]:  # A A^T maps Q into Q: start afresh outside it, if there is an outside
            block = _new_directions(on, on.product(next(random_blocks)), Q[:, :size], Q[:, :size])
        R = on.roughly(block, image[:, :last])
        exhausted = not block.shape[1] or size == limit
        if exhausted or size >= next_check:
            weights, residual = _best_directions(on, T[:size, :size], R, dim)
            if exhausted or residual <= tolerance:
                break
            next_check = int(1.15 * size)
        new = slice(size, min(limit, size + block.shape[1]))
        block, R = block[:, : new.stop - size], R[: new.stop - size]
        T[new, size - last : size], T[size - last : size, new] = R, R.T
        projected = on.transposed_product(block)
        T[new, new] = on.roughly(projected, projected)
        if new.stop > Q.shape[1]:
            Q = on.empty((shape[0], min(limit, Q.shape[1] * 3 // 2 + on.block)), used=Q[:, :size])
        Q[:, new] = block
        image = on.product(projected)
        size, last = new.stop, block.shape[1]
    if residual > tolerance:
        warn(
            f"truncated_svd: after {size} directions the residual of {dim} triples is {residual:.1e}, not "
            f"{tolerance:.0e}; their singular values lie very close together",
        )
    return _triples(on, on.times(Q[:, :size], on.array(weights)))


def _random_blocks(on: Arithmetic, rows: int, seed: int) -> Iterator[Array]:
    """Blocks of standard normal numbers, (rows, block) each; nearly always only the first is needed."""
    number = 1
    while True:
        yield on.array(normal_matrix(seed, PROJECTION, (number * rows, on.block))[-rows:])
        number += 1


def _new_directions(on: Arithmetic, image: Array, Q: Array, overlapping: Array) -> Array:
    """An orthonormal basis of what `image` adds to the span of `Q`; fewer columns than `image` if it adds less.

    In exact arithmetic `image` overlaps only with the last two blocks of Q, `overlapping` (the three-term recurrence);
    what rounding leaves of the other blocks is removed in a second step over all of Q.
    """
    negligible = 100 * float(np.finfo(image.dtype).eps) * float(array_module(image).linalg.norm(image))
    rest = image - on.times(overlapping, on.transposed_times(overlapping, image))
    block = _orthonormal(on, rest, negligible)
    block = block - on.times(Q, on.transposed_times(Q, block))
    return _orthonormal(on, block, 0.5)  # a column that was only rounding error has shrunk by now


def _orthonormal(on: Arithmetic, block: Array, negligible: float) -> Array:
    """Orthonormal columns with the span of `block`, without directions shorter than `negligible`.

    By the eigenvectors of block^T block, in float64: far faster than QR for a few long columns.
    """
    squares, directions = on.eigenvectors(on.exactly(block, block))
    kept = squares > negligible**2
    return on.times(block, on.array(directions[:, kept] / np.sqrt(squares[kept])))


def _best_directions(on: Arithmetic, T: np.ndarray, R: np.ndarray, dim: int) -> tuple[np.ndarray, float]:
    """The `dim` leading eigenvectors of T, (size, dim), and the largest residual among them relative to s**2."""
    squares, weights = on.eigenvectors(T)
    squares, weights = squares[::-1][:dim], weights[:, ::-1][:, :dim]
    residuals = np.linalg.norm(R @ weights[len(T) - R.shape[1] :], axis=0)
    return weights, float((residuals / np.maximum(squares, np.finfo(np.float64).tiny)).max())


def _triples(on: Arithmetic, U: Array) -> tuple[Array, Array, Array]:
    """Turn a basis U of the leading space, orthonormal but for rounding, into singular triples exact within that space.

    With Z = A^T U and Z^T Z = X diag(S^2) X^T: U <- U X, V = Z X / S, so that A^T U = V diag(S) and V^T V = I.
    """
    U = _orthonormal(on, U, 0.5)
    Z = on.transposed_product(U)
    squares, rotation = on.eigenvectors(on.exactly(Z, Z))
    S = np.sqrt(np.maximum(squares[::-1], 0))
    rotation = rotation[:, ::-1]
    V = on.times(Z, on.array(rotation / np.where(S > 0, S, 1)))
    return on.times(U, on.array(rotation)), on.array(S), V


# The large steps of the Lanczos iteration: products with a sparse matrix and with tall blocks, on the CPU or the GPU.
# On the CPU, rows are cut into fixed pieces, so sums over them are the same for any number of threads. On the GPU, sums
# are taken in another order, which is always the same on one card.


ROWS_AT_ONCE = 4096
LARGE = 256  # rows from which the GPU is faster for the eigenvectors of a symmetric matrix, copies included


class Arithmetic(Protocol):
    """The arrays are on the matrix's device, except small ones, which are numpy's."""

    block: int  # columns multiplied at a time
    lazy_memory: bool  # whether memory is only taken once it is written to

    def product(self, X: Array) -> Array:
        """A X."""

    def transposed_product(self, X: Array) -> Array:
        """A^T X."""

    def array(self, values: np.ndarray) -> Array:
        """A numpy array converted to the matrix's type and device."""

    def empty(self, shape: tuple[int, int], used: Array | None = None) -> Array:
        """Room for columns (Fortran order), with the first `used` ones copied."""

    def times(self, Q: Array, W: Array) -> Array:
        """Q W for a tall Q; W may be numpy's."""

    def transposed_times(self, Q: Array, Y: Array) -> Array:
        """Q^T Y for tall Q and Y."""

    def roughly(self, Q: Array, Y: Array) -> np.ndarray:
        """The same for small blocks, to float64."""
        ...

    def exactly(self, Q: Array, Y: Array) -> np.ndarray:
        """The same, summed in float64."""
        ...

    def eigenvectors(self, symmetric: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Eigenvalues, ascending, and eigenvectors."""
        ...


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
        """Room that takes memory as its columns are written."""
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
        """Room that takes its memory at once."""
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

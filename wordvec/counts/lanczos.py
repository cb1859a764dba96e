"""Block Lanczos iteration: the largest singular triples of a sparse matrix from few products with it.

Source: Golub and Underwood 1977, "The block Lanczos method for computing eigenvalues", applied to A A^T, with full
reorthogonalisation. It searches the space spanned by A X, A A^T A X, ... for a block X of random columns; that space
holds everything power iterations would find after as many products, and much more (Musco and Musco 2015,
"Randomized block Krylov methods for stronger and faster approximate singular value decomposition").
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from wordvec.counts.products import Product, product_with
from wordvec.rng import PROJECTION, normal_matrix

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BLOCK = 16  # columns multiplied at a time: fewer waste memory bandwidth, more need a larger space
ROWS_AT_ONCE = 4096
TOLERANCE = 3e-4  # residual relative to s**2 at which a triple counts as found: as near as ARPACK comes in float32


def largest_singular_triples(
    matrix: csr_array, dim: int, seed: int, threads: int, tolerance: float = TOLERANCE
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """U (rows, dim), S (dim,), V (columns, dim) of a matrix that is not zero; fewer than `dim` if its rank is smaller.

    Q holds an orthonormal basis of the space searched, T = Q^T A A^T Q is small and block tridiagonal, and its
    eigenvectors w give the best u = Q w. What of A A^T Q sticks out of Q, (next block) R, tells how far each u is
    from being exact: ||A A^T u - s^2 u|| = ||R w[last block]||.
    """
    limit = min(*matrix.shape, max(10 * dim, 40 * BLOCK))
    Q = np.empty((matrix.shape[0], limit), matrix.dtype, order="F")  # takes memory as its columns are written
    T = np.zeros((limit, limit))
    size, last, next_check = 0, 0, 2 * dim  # columns of Q in use, how many of them are the last block's
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        A, At = product_with(matrix, pool), product_with(matrix.T.tocsr(), pool)
        random_blocks = _random_blocks(matrix.shape[1], seed, matrix.dtype)
        image = A(next(random_blocks))
        while True:
            block = _new_directions(image, Q[:, :size], Q[:, max(0, size - 2 * BLOCK) : size], pool)
            if not block.shape[1]:  # A A^T maps Q into Q: start afresh outside it, if there is an outside
                block = _new_directions(A(next(random_blocks)), Q[:, :size], Q[:, :size], pool)
            R = (block.T @ image[:, :last]).astype(np.float64)
            exhausted = not block.shape[1] or size == limit
            if exhausted or size >= next_check:
                weights, residual = _best_directions(T[:size, :size], R, dim)
                if exhausted or residual <= tolerance:
                    break
                next_check = int(1.15 * size)
            new = slice(size, min(limit, size + block.shape[1]))
            block, R = block[:, : new.stop - size], R[: new.stop - size]
            T[new, size - last : size], T[size - last : size, new] = R, R.T
            projected = At(block)
            T[new, new] = projected.T @ projected
            Q[:, new] = block
            image = A(projected)
            size, last = new.stop, block.shape[1]
        if residual > tolerance:
            warnings.warn(
                f"truncated_svd: after {size} directions the residual of {dim} triples is {residual:.1e}, not "
                f"{tolerance:.0e}; their singular values lie very close together",
                stacklevel=3,
            )
        return _triples(_times(Q[:, :size], weights.astype(Q.dtype), pool), At, pool)


def _random_blocks(rows: int, seed: int, dtype: np.dtype) -> Iterator[np.ndarray]:
    """Blocks of standard normal numbers, (rows, BLOCK) each: the first is nearly always the only one needed."""
    number = 1
    while True:
        yield normal_matrix(seed, PROJECTION, (number * rows, BLOCK))[-rows:].astype(dtype)
        number += 1


def _pieces(rows: int) -> list[slice]:
    """Rows in pieces that depend on nothing else, so that sums over them are the same for any number of threads."""
    return [slice(first, first + ROWS_AT_ONCE) for first in range(0, rows, ROWS_AT_ONCE)]


def _times(Q: np.ndarray, W: np.ndarray, pool: Executor) -> np.ndarray:
    """Q W for a tall Q, its rows in parallel."""
    return np.concatenate(list(pool.map(lambda piece: Q[piece] @ W, _pieces(len(Q)))))


def _transposed_times(Q: np.ndarray, Y: np.ndarray, pool: Executor, dtype: type | None = None) -> np.ndarray:
    """Q^T Y for tall Q and Y, summed over pieces of rows in their order; `dtype` float64 for more exact sums."""
    parts = pool.map(
        lambda piece: Q[piece].T.astype(dtype or Q.dtype) @ Y[piece].astype(dtype or Y.dtype), _pieces(len(Q))
    )
    return functools.reduce(np.add, parts)


def _new_directions(image: np.ndarray, Q: np.ndarray, overlapping: np.ndarray, pool: Executor) -> np.ndarray:
    """An orthonormal basis of what `image` adds to the span of `Q`; fewer columns than `image` if it adds less.

    In exact arithmetic `image` overlaps only with the last two blocks of Q, `overlapping` (the three-term recurrence);
    what rounding leaves of the others goes in a second step over all of Q.
    """
    negligible = 100 * np.finfo(image.dtype).eps * np.linalg.norm(image)
    rest = image - _times(overlapping, _transposed_times(overlapping, image, pool), pool)
    block = _orthonormal(rest, negligible, pool)
    block = block - _times(Q, _transposed_times(Q, block, pool), pool)
    return _orthonormal(block, 0.5, pool)  # a column that was all rounding error has shrunk by now


def _orthonormal(block: np.ndarray, negligible: float, pool: Executor) -> np.ndarray:
    """Orthonormal columns with the span of `block`, without directions shorter than `negligible`.

    By the eigenvectors of block^T block, in float64: far faster than QR for a few long columns.
    """
    lengths, directions = np.linalg.eigh(_transposed_times(block, block, pool, np.float64))
    kept = lengths > negligible**2
    return _times(block, (directions[:, kept] / np.sqrt(lengths[kept])).astype(block.dtype), pool)


def _best_directions(T: np.ndarray, R: np.ndarray, dim: int) -> tuple[np.ndarray, float]:
    """The `dim` leading eigenvectors of T, (size, dim), and the largest residual among them relative to s**2."""
    squares, weights = np.linalg.eigh(T)
    squares, weights = squares[::-1][:dim], weights[:, ::-1][:, :dim]
    residuals = np.linalg.norm(R @ weights[len(T) - R.shape[1] :], axis=0)
    return weights, float((residuals / np.maximum(squares, np.finfo(np.float64).tiny)).max())


def _triples(U: np.ndarray, At: Product, pool: Executor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Turn a basis U of the leading space, orthonormal but for rounding, into singular triples exact within that space.

    With Z = A^T U and Z^T Z = X diag(S^2) X^T: U <- U X, V = Z X / S, so that A^T U = V diag(S) and V^T V = I.
    """
    U = _orthonormal(U, 0.5, pool)
    Z = At(U)
    squares, rotation = np.linalg.eigh(_transposed_times(Z, Z, pool, np.float64))
    S = np.sqrt(np.maximum(squares[::-1], 0))
    rotation = rotation[:, ::-1]
    V = _times(Z, (rotation / np.where(S > 0, S, 1)).astype(Z.dtype), pool)
    return _times(U, rotation.astype(U.dtype), pool), S.astype(U.dtype), V

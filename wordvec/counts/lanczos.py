"""Block Lanczos iteration: the largest singular triples of a sparse matrix from few products with it.

Source: Golub and Underwood 1977, "The block Lanczos method for computing eigenvalues", applied to A A^T, with full
reorthogonalisation. It searches the space spanned by A X, A A^T A X, ... for a block X of random columns; that space
holds everything power iterations would find after as many products, and much more (Musco and Musco 2015,
"Randomized block Krylov methods for stronger and faster approximate singular value decomposition").
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from wordvec.counts.products import Product, product_with
from wordvec.rng import PROJECTION, normal_matrix

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BLOCK = 16  # columns multiplied at a time: fewer waste memory bandwidth, more need a larger space
TOLERANCE = 1e-3  # residual relative to s**2 at which a triple counts as found: as near as ARPACK comes in float32


def largest_singular_triples(
    matrix: csr_array, dim: int, seed: int, threads: int
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
    with ThreadPoolExecutor(threads) as pool:
        A, At = product_with(matrix, pool), product_with(matrix.T.tocsr(), pool)
        random_blocks = _random_blocks(matrix.shape[1], seed, matrix.dtype)
        image = A(next(random_blocks))
        while True:
            block = _new_directions(image, Q[:, :size])
            if not block.shape[1]:  # A A^T maps Q into Q: start afresh outside it, if there is an outside
                block = _new_directions(A(next(random_blocks)), Q[:, :size])
            R = (block.T @ image[:, :last]).astype(np.float64)
            exhausted = not block.shape[1] or size == limit
            if exhausted or size >= next_check:
                weights, residual = _best_directions(T[:size, :size], R, dim)
                if exhausted or residual <= TOLERANCE:
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
        if residual > TOLERANCE:
            warnings.warn(
                f"truncated_svd: after {size} directions the residual of {dim} triples is {residual:.1e}, not "
                f"{TOLERANCE:.0e}; their singular values lie very close together",
                stacklevel=3,
            )
        return _triples(Q[:, :size] @ weights.astype(Q.dtype), At)


def _random_blocks(rows: int, seed: int, dtype: np.dtype) -> Iterator[np.ndarray]:
    """Blocks of standard normal numbers, (rows, BLOCK) each: the first is nearly always the only one needed."""
    number = 1
    while True:
        yield normal_matrix(seed, PROJECTION, (number * rows, BLOCK))[-rows:].astype(dtype)
        number += 1


def _new_directions(image: np.ndarray, Q: np.ndarray) -> np.ndarray:
    """An orthonormal basis of what `image` adds to the span of `Q`; fewer columns than `image` if it adds less."""
    negligible = 100 * np.finfo(image.dtype).eps * np.linalg.norm(image)
    block = _orthonormal(image - Q @ (Q.T @ image), negligible)
    block = block - Q @ (Q.T @ block)  # twice is enough; with once only, errors of Q grow from block to block
    return _orthonormal(block, negligible=0.5)  # a column that was all rounding error has shrunk by now


def _orthonormal(block: np.ndarray, negligible: float) -> np.ndarray:
    """Orthonormal columns with the span of `block`, without directions shorter than `negligible`.

    By the eigenvectors of block^T block, in float64: far faster than QR for a few long columns.
    """
    wide = block.astype(np.float64)
    lengths, directions = np.linalg.eigh(wide.T @ wide)
    kept = lengths > negligible**2
    return block @ (directions[:, kept] / np.sqrt(lengths[kept])).astype(block.dtype)


def _best_directions(T: np.ndarray, R: np.ndarray, dim: int) -> tuple[np.ndarray, float]:
    """The `dim` leading eigenvectors of T, (size, dim), and the largest residual among them relative to s**2."""
    squares, weights = np.linalg.eigh(T)
    squares, weights = squares[::-1][:dim], weights[:, ::-1][:, :dim]
    residuals = np.linalg.norm(R @ weights[len(T) - R.shape[1] :], axis=0)
    return weights, float((residuals / np.maximum(squares, np.finfo(np.float64).tiny)).max())


def _triples(U: np.ndarray, At: Product) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Turn a basis U of the leading space, orthonormal but for rounding, into singular triples exact within that space.

    With Z = A^T U and Z^T Z = X diag(S^2) X^T: U <- U X, V = Z X / S, so that A^T U = V diag(S) and V^T V = I.
    """
    U = _orthonormal(U, negligible=0.5)
    Z = At(U)
    gram = np.zeros((Z.shape[1], Z.shape[1]))
    for first in range(0, len(Z), 8192):  # in float64, without a float64 copy of the whole
        rows = Z[first : first + 8192].astype(np.float64)
        gram += rows.T @ rows
    squares, rotation = np.linalg.eigh(gram)
    S = np.sqrt(np.maximum(squares[::-1], 0))
    rotation = rotation[:, ::-1]
    V = Z @ (rotation / np.where(S > 0, S, 1)).astype(Z.dtype)
    return U @ rotation.astype(U.dtype), S.astype(U.dtype), V

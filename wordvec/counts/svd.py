"""Truncated singular value decomposition of sparse matrices, and word vectors from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.argument_types import typed
from wordvec.arrays import Array, array_module, gpu_memory_errors
from wordvec.blas import one_blas_thread
from wordvec.counts.gpu import on_gpu
from wordvec.counts.lanczos import TOLERANCE, largest_singular_triples
from wordvec.errors import OptionError, ShapeError
from wordvec.memory import available_cores

if TYPE_CHECKING:
    from scipy.sparse import csr_array

DENSE_LIMIT = 1024  # up to this many rows or columns LAPACK takes about a second


class SVD(NamedTuple):
    """The largest singular values of A and their vectors: A is about (U * S) @ V.T.

    ``U`` (V, dim) belongs to the rows (words), ``V`` (C, dim) to the columns (contexts); ``S`` (dim,) is descending.
    """

    U: Array
    S: Array
    V: Array


@typed
def truncated_svd(
    matrix: csr_array,
    dim: int,
    seed: int = 1,
    method: str = "auto",
    threads: int | None = None,
    tolerance: float = TOLERANCE,
) -> SVD:
    """The `dim` largest singular triples of a sparse matrix, A u = s v.

    `method` is "dense" (LAPACK; memory for rows * columns numbers), "krylov" (block Lanczos iteration, see
    wordvec.counts.lanczos; memory for some 5 * dim columns), or "auto": dense up to 1,024 rows or columns.
    A matrix on the GPU (cupyx's, as `wordvec.counts.ppmi` makes there) is factorised there, where the result stays;
    its last bits differ from the CPU's. Precision: float64 for a float64 matrix, float32 for others; singular values
    below 1e-4 of the largest are inaccurate in float32.

    Sign convention: in each column of U the entry of largest absolute value is positive. `seed` draws the starting
    block of "krylov"; "dense" needs none. `threads` (default: all cores) changes the time, not the result: the same
    seed gives the same bytes on one machine with one numpy; elsewhere rounding may differ, and S agrees to about 1e-5.

    Raises OptionError when `dim` exceeds the number of rows or columns or the rank; ShapeError for a matrix that is
    not sparse or not finite. Warns (UserWarning) where "krylov" stops before the smallest triples have converged.

    >>> from scipy.sparse import csr_array
    >>> U, S, V = truncated_svd(csr_array(np.array([[3.0, 0.0], [0.0, -2.0], [0.0, 0.0]])), dim=2)
    >>> S.tolist(), U.tolist(), V.diagonal().tolist()
    ([3.0, 2.0], [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], [1.0, -1.0])
    """
    if method not in ("auto", "dense", "krylov"):
        raise OptionError(f"method must be 'auto', 'dense' or 'krylov'; got {method!r}")
    if threads is not None and threads < 1:
        raise OptionError(f"threads must be at least 1; got {threads}")
    matrix = _checked_matrix(matrix, dim)
    if method == "dense" or (method == "auto" and min(matrix.shape) <= DENSE_LIMIT):
        with one_blas_thread():  # LAPACK rounds differently on more threads
            U, S, Vt = array_module(matrix.data).linalg.svd(matrix.toarray(), full_matrices=False)
        U, S, V = U[:, :dim], S[:dim], Vt[:dim].T
    else:
        with gpu_memory_errors(f"truncated_svd of {matrix.nnz:,} cells", device="gpu" if on_gpu(matrix) else "cpu"):
            U, S, V = largest_singular_triples(matrix, dim, seed, threads or available_cores(), tolerance)
    return finished(U, S, V, dim, matrix.shape)


def finished(U: Array, S: Array, V: Array, dim: int, shape: tuple[int, int]) -> SVD:
    """The triples with their signs fixed. Raises OptionError where the rank is below `dim`."""
    rank = int((S > 100 * float(np.finfo(S.dtype).eps) * S[0]).sum())
    if rank < dim:
        raise OptionError(f"dim is {dim}, but this {shape} matrix has rank {rank} only; choose dim <= {rank}")
    return with_fixed_signs(U, S, V)


def _checked_matrix(matrix: Any, dim: int) -> Any:
    from scipy.sparse import csr_array, issparse

    there = on_gpu(matrix)
    if not (issparse(matrix) or there):
        raise ShapeError(f"truncated_svd: a scipy sparse matrix expected; got {type(matrix).__name__}")
    check_dim(dim, matrix.shape)
    dtype = np.float64 if matrix.dtype == np.float64 else np.float32
    matrix = matrix.astype(dtype) if there else csr_array(matrix, dtype=dtype)
    if not bool(array_module(matrix.data).isfinite(matrix.data).all()):
        raise ShapeError("truncated_svd: the matrix holds values that are not finite")
    if not matrix.data.any():
        raise OptionError(f"truncated_svd: this {matrix.shape} matrix has no cell other than 0, so it has no dimension")
    return matrix


def check_dim(dim: int, shape: tuple[int, int]) -> None:
    """Raise OptionError for a number of dimensions that a matrix of this shape cannot have."""
    if isinstance(dim, bool) or not isinstance(dim, (int, np.integer)) or dim < 1:
        raise OptionError(f"dim must be a whole number of dimensions, at least 1; got {dim!r}")
    if dim > min(shape):
        raise OptionError(
            f"dim is {dim}, but a {shape} matrix has at most {min(shape)} dimensions; "
            "choose a smaller dim, or a larger vocabulary (more text, a lower min_count)"
        )


def with_fixed_signs(U: Array, S: Array, V: Array) -> SVD:
    """Turn each pair (u, v) so that the entry of u with the largest absolute value (the first of them) is positive."""
    xp = array_module(U, S, V)
    largest = abs(U).argmax(axis=0)
    signs = xp.where(U[largest, xp.arange(U.shape[1])] < 0, -1, 1).astype(U.dtype)
    return SVD(xp.ascontiguousarray(U * signs), S, xp.ascontiguousarray(V * signs))


@typed
def word_vectors(factors: SVD, power: float = 0.5, add_context: bool = False) -> Array:
    """Word vectors W = U * S**power, or with `add_context` (U + V) * S**power.

    `power` 1 keeps the dot products of the matrix's rows, 0.5 divides S between words and contexts as skip-gram
    does, 0 weights all dimensions alike (Levy, Goldberg and Dagan 2015, section 3.3). `add_context` needs as many
    contexts as words.

    Shapes: U (V, dim), S (dim,), V (C, dim) -> (V, dim), in the dtype of U.

    >>> factors = SVD(U=np.eye(2), S=np.array([4.0, 1.0]), V=np.eye(2))
    >>> word_vectors(factors, power=0.5).tolist(), word_vectors(factors, power=0, add_context=True).tolist()
    ([[2.0, 0.0], [0.0, 1.0]], [[2.0, 0.0], [0.0, 2.0]])
    """
    U, S, V = factors
    if not np.isfinite(power):
        raise OptionError(f"power must be a finite number (usually 0, 0.5 or 1); got {power!r}")
    if add_context and U.shape != V.shape:
        raise ShapeError(f"adding context vectors needs a context for each word; got {len(U)} words, {len(V)} contexts")
    return (U + V if add_context else U) * (S**power).astype(U.dtype)

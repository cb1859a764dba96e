"""Positive pointwise mutual information: how much more often than by chance two words meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.counts.cooccurrence import Cooccurrence
from wordvec.errors import OptionError, ShapeError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

CELLS_PER_BLOCK = 2**22  # bounds the memory of intermediate values, in float64, to some 100 MB


def ppmi(
    counts: Cooccurrence | csr_array,
    context_smoothing: float = 0.75,
    shift: float = 1.0,
    minimum_count: float = 0.0,
    dtype: Any = np.float32,
) -> csr_array:
    """Shifted positive pointwise mutual information, on a sparse matrix without ever making it dense.

    PPMI(w, c) = max(0, log(P(w, c) / (P(w) P_a(c))) - log k),  P_a(c) = #(c)**a / sum over c' of #(c')**a

    with a = `context_smoothing` and k = `shift` (Levy, Goldberg and Dagan 2015, "Improving distributional similarity
    with lessons learned from word embeddings", sections 3.1 and 3.2). P(w, c) = counts[w, c] / sum, P(w) from row
    sums, #(c) from column sums. a = 0.75 tames rare contexts, whose PMI is too high; a = 1 is plain PPMI. k > 1 is
    the number of negative samples of the skip-gram model that factorises this matrix (Levy and Goldberg 2014).
    Cells below `minimum_count` become 0; they still count in the sums.

    Shapes: counts (V, C), a Cooccurrence or a sparse matrix of counts >= 0 -> (V, C) CSR of `dtype`, positive cells
    only. The input stays as it is. Raises OptionError for options out of range, ShapeError for a matrix that is not
    sparse or holds negative or non-finite counts.

    >>> from scipy.sparse import csr_array
    >>> counts = csr_array(np.array([[0, 4], [4, 8]]))
    >>> values = ppmi(counts, context_smoothing=1.0, dtype=np.float64)  # log((4/16) / (4/16 * 12/16)) = log(4/3)
    >>> values.toarray().round(4).tolist()
    [[0.0, 0.2877], [0.2877, 0.0]]
    """
    from scipy.sparse import csr_array

    _check_options(context_smoothing, shift, minimum_count)
    matrix = _checked_counts(counts.matrix if isinstance(counts, Cooccurrence) else counts)
    log_rows = _log_or_zero(np.asarray(matrix.sum(axis=1, dtype=np.float64)).ravel())
    column_sums = np.asarray(matrix.sum(axis=0, dtype=np.float64)).ravel()
    log_columns = context_smoothing * _log_or_zero(column_sums)
    # log(P(w,c) / (P(w) P_a(c))) = log #(w,c) + log(sum of #(c)**a) - log #(w) - a log #(c): the total cancels, and
    # logarithms cannot overflow where products of counts would.
    log_normaliser = _log_sum_exp(log_columns[column_sums > 0]) - np.log(shift)

    values, columns, row_sizes = [], [], []
    for first, last in _row_blocks(matrix.indptr):
        cells = slice(matrix.indptr[first], matrix.indptr[last])
        count, column = matrix.data[cells].astype(np.float64), matrix.indices[cells]
        row = np.repeat(np.arange(first, last), np.diff(matrix.indptr[first : last + 1]))
        value = _log_or_zero(count)
        value += log_normaliser
        value -= log_rows[row]
        value -= log_columns[column]
        kept = (value > 0) & (count > 0) & (count >= minimum_count)
        values.append(value[kept].astype(dtype))
        columns.append(column[kept])
        row_sizes.append(np.bincount(row[kept] - first, minlength=last - first))
    index_type = matrix.indices.dtype
    row_starts = np.concatenate([[0], np.cumsum(np.concatenate(row_sizes))]).astype(index_type)
    return csr_array((np.concatenate(values), np.concatenate(columns), row_starts), shape=matrix.shape)


def _check_options(context_smoothing: float, shift: float, minimum_count: float) -> None:
    if not 0 <= context_smoothing <= 1:
        raise OptionError(f"context_smoothing must be in [0, 1] (0.75 is usual, 1 is none); got {context_smoothing!r}")
    if not 0 < shift < np.inf:
        raise OptionError(f"shift is k in 'minus log k' and must be positive (1 is none); got {shift!r}")
    if not 0 <= minimum_count < np.inf:
        raise OptionError(f"minimum_count must be at least 0; got {minimum_count!r}")


def _checked_counts(matrix: Any) -> csr_array:
    from scipy.sparse import csr_array, issparse

    if not issparse(matrix):
        raise ShapeError(f"ppmi: a scipy sparse matrix or a Cooccurrence expected; got {type(matrix).__name__}")
    if 0 in matrix.shape:
        raise ShapeError(f"ppmi: at least one row and one column expected; got {matrix.shape}")
    matrix = csr_array(matrix)
    if not matrix.has_canonical_format:  # the same cell twice would have two logarithms
        matrix = matrix.copy()
        matrix.sum_duplicates()
    if matrix.nnz and not (np.isfinite(matrix.data).all() and matrix.data.min() >= 0):
        raise ShapeError("ppmi: counts must be finite and not negative")
    return matrix


def _log_or_zero(values: np.ndarray) -> np.ndarray:
    """The logarithm where positive, 0 elsewhere: an empty row has no cell that would use it."""
    return np.log(values, out=np.zeros(len(values)), where=values > 0)


def _log_sum_exp(values: np.ndarray) -> float:
    """log(sum(exp(values))) without overflow; 0 for no values."""
    if not len(values):
        return 0.0
    largest = values.max()
    return float(largest + np.log(np.exp(values - largest).sum()))


def _row_blocks(row_starts: np.ndarray) -> Iterator[tuple[int, int]]:
    """Ranges of rows with at most CELLS_PER_BLOCK cells (or one row) each; they cover all rows, at least one."""
    first, rows = 0, len(row_starts) - 1
    while first < rows:
        last = int(np.searchsorted(row_starts, int(row_starts[first]) + CELLS_PER_BLOCK, side="right")) - 1
        last = min(max(last, first + 1), rows)
        yield first, last
        first = last

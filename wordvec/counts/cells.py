"""Sparse matrices cell by cell, in blocks, never dense; and logarithms, probabilities and ratios of counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.argument_types import typed
from wordvec.counts.cooccurrence import Cooccurrence
from wordvec.errors import ShapeError
from wordvec.growing_array import GrowingArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array


CELLS_PER_BLOCK = 2**17  # intermediate values in float64 stay in a core's cache


class Block(NamedTuple):
    """Some cells: counts (float64), rows and columns, (n,) each."""

    counts: np.ndarray
    rows: np.ndarray
    columns: np.ndarray


def map_cells(
    matrix: csr_array,
    measure: Callable[[Block], tuple[np.ndarray, np.ndarray]],
    dtype: Any,
    in_place: bool = False,
) -> csr_array:
    """Apply `measure` to the cells of `matrix`: it returns new values and which of them to store.

    With `in_place` the result reuses the memory of `matrix`, which must hold float64 and is emptied.

    >>> from scipy.sparse import csr_array
    >>> counts = csr_array(np.array([[1, 2, 3]]))
    >>> odd = map_cells(counts, lambda block: (-block.counts, block.counts % 2 > 0), np.float32)
    >>> odd.nnz, odd.toarray().tolist()
    (2, [[-1.0, 0.0, -3.0]])
    """
    from scipy.sparse import csr_array

    shape, old_starts = matrix.shape, matrix.indptr
    target: Overwriting | Growing = Overwriting(matrix, dtype) if in_place else Growing(matrix, dtype)
    row_starts = np.zeros(shape[0] + 1, old_starts.dtype)
    for first, last in _row_blocks(old_starts):
        begin, end = int(old_starts[first]), int(old_starts[last])
        rows = np.repeat(np.arange(first, last), np.diff(old_starts[first : last + 1]))
        counts, columns = target.read(begin, end)
        values, stored = measure(Block(counts, rows, columns))
        target.write(values[stored], columns[stored])
        row_starts[first + 1 : last + 1] = np.bincount(rows[stored] - first, minlength=last - first)
    values, columns = target.finish()
    return csr_array((values, columns, np.cumsum(row_starts, dtype=row_starts.dtype)), shape=shape)


class Growing:
    """Reads the cells of one matrix and writes those of another."""

    def __init__(self, matrix: csr_array, dtype: Any) -> None:
        self._matrix = matrix
        room = len(matrix.data)  # the result never has more cells
        self._values, self._columns = GrowingArray(dtype, room=room), GrowingArray(matrix.indices.dtype, room=room)

    def read(self, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        """Counts and columns."""
        return self._matrix.data[begin:end].astype(np.float64), self._matrix.indices[begin:end]

    def write(self, values: np.ndarray, columns: np.ndarray) -> None:
        """Append values and columns."""
        self._values.append(values)
        self._columns.append(columns)

    def finish(self) -> tuple[np.ndarray, np.ndarray]:
        """Everything written."""
        return self._values.finish(), self._columns.finish()


class Overwriting:
    """The same in the matrix's own memory: writing never overtakes reading, as the result has no more cells."""

    def __init__(self, matrix: csr_array, dtype: Any) -> None:
        if matrix.data.dtype != np.float64 or np.dtype(dtype) not in (np.float32, np.float64):
            raise ShapeError(f"in place only float64 becomes float32 or float64; got {matrix.data.dtype} to {dtype}")
        self._counts, self._columns, self._dtype, self._size = matrix.data, matrix.indices, np.dtype(dtype), 0
        matrix.data, matrix.indices = self._counts[:0].copy(), self._columns[:0].copy()
        matrix.indptr = np.zeros_like(matrix.indptr)

    def read(self, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        """Counts and columns, as copies: writing may overwrite them."""
        return self._counts[begin:end].copy(), self._columns[begin:end].copy()

    def write(self, values: np.ndarray, columns: np.ndarray) -> None:
        """Append values and columns."""
        end = self._size + len(values)
        self._counts.view(self._dtype)[self._size : end] = values
        self._columns[self._size : end] = columns
        self._size = end

    def finish(self) -> tuple[np.ndarray, np.ndarray]:
        """Everything written; spare memory is released if the arrays own it (rather than map it from a file)."""
        if self._counts.flags.owndata and self._columns.flags.owndata:
            numbers = -(-self._size * self._dtype.itemsize // self._counts.itemsize)
            self._counts.resize(numbers, refcheck=False)
            self._columns.resize(self._size, refcheck=False)
        return self._counts.view(self._dtype)[: self._size], self._columns[: self._size]


def checked_counts(counts: Any, who: str) -> csr_array:
    """A CSR matrix of counts, each cell once. Raises ShapeError, beginning with `who`, for anything else."""
    from scipy.sparse import csr_array, issparse

    matrix = counts.matrix if isinstance(counts, Cooccurrence) else counts
    if not issparse(matrix):
        raise ShapeError(f"{who}: a scipy sparse matrix or a Cooccurrence expected; got {type(matrix).__name__}")
    if 0 in matrix.shape:
        raise ShapeError(f"{who}: at least one row and one column expected; got {matrix.shape}")
    matrix = matrix if isinstance(matrix, csr_array) else csr_array(matrix)
    if not matrix.has_canonical_format:  # a duplicated cell would get two logarithms
        matrix = matrix.copy()
        matrix.sum_duplicates()
    if matrix.nnz and not (np.isfinite(matrix.data.sum()) and matrix.data.min() >= 0):
        raise ShapeError(f"{who}: counts must be finite and not negative")
    if not matrix.nnz or not matrix.data.max() > 0:
        raise ShapeError(
            f"{who}: no count in this {matrix.shape} matrix is above 0: no two words meet in a window; "
            "give a text with sentences of two words or more"
        )
    return matrix


def log_or_zero(values: np.ndarray) -> np.ndarray:
    """The logarithm of positive values, 0 for others (an empty row has no cell that would use it)."""
    return np.log(values, out=np.zeros(len(values)), where=values > 0)


def _row_blocks(row_starts: np.ndarray) -> Iterator[tuple[int, int]]:
    """Ranges of rows with at most CELLS_PER_BLOCK cells (or one row) each; they cover all rows, at least one."""
    first, rows = 0, len(row_starts) - 1
    while first < rows:
        last = int(np.searchsorted(row_starts, int(row_starts[first]) + CELLS_PER_BLOCK, side="right")) - 1
        last = min(max(last, first + 1), rows)
        yield first, last
        first = last


# Other views of counts: logarithms, probabilities of contexts, and their ratios.


def log_counts(counts: Cooccurrence | csr_array, dtype: Any = np.float32) -> csr_array:
    """log(1 + count): dampens frequent words; words that never meet keep a 0.

    Shapes: counts (V, C) -> (V, C) CSR of `dtype`. Raises ShapeError as `ppmi` does.

    >>> from scipy.sparse import csr_array
    >>> log_counts(csr_array(np.array([[0, 1, 3]])), dtype=np.float64).toarray().round(4).tolist()
    [[0.0, 0.6931, 1.3863]]
    """
    return map_cells(
        checked_counts(counts, "log_counts"), lambda block: (np.log1p(block.counts), block.counts > 0), dtype
    )


def conditional_probabilities(counts: Cooccurrence | csr_array, dtype: Any = np.float64) -> csr_array:
    """P(c | w) = counts[w, c] / sum over c' of counts[w, c']: which contexts a word has (Pennington et al. 2014).

    Shapes: counts (V, C) -> (V, C) CSR of `dtype`; rows that have counts sum to 1. Raises ShapeError as `ppmi` does.

    >>> from scipy.sparse import csr_array
    >>> conditional_probabilities(csr_array(np.array([[0, 1, 3], [2, 0, 0]]))).toarray().tolist()
    [[0.0, 0.25, 0.75], [1.0, 0.0, 0.0]]
    """
    matrix = checked_counts(counts, "conditional_probabilities")
    sums = np.asarray(matrix.sum(axis=1, dtype=np.float64)).ravel()

    def share(block: Block) -> tuple[np.ndarray, np.ndarray]:
        return block.counts / np.where(block.counts > 0, sums[block.rows], 1.0), block.counts > 0

    return map_cells(matrix, share, dtype)


@typed
def probability_ratios(probabilities: csr_array, word: int, other: int) -> np.ndarray:
    """P(c | word) / P(c | other) for every context c: what GloVe is derived from (Pennington et al. 2014, table 1).

    For ice and steam: large for solid, small for gas, near 1 for water and fashion. A context that only `word` has
    gets infinity, one that neither has gets nan.

    Shapes: probabilities (V, C) from `conditional_probabilities`, two row numbers -> (C,) float64. Raises ShapeError
    for a row that is not there.

    >>> from scipy.sparse import csr_array
    >>> shares = conditional_probabilities(csr_array(np.array([[8, 1, 0, 0, 1], [1, 1, 0, 8, 0]])))
    >>> probability_ratios(shares, 0, 1).tolist()
    [8.0, 1.0, nan, 0.0, inf]
    """
    for row in (word, other):
        if not 0 <= row < probabilities.shape[0]:
            raise ShapeError(f"probability_ratios: rows are 0 to {probabilities.shape[0] - 1}; got {row}")
    numerator, denominator = (probabilities[[row]].toarray().ravel().astype(np.float64) for row in (word, other))
    missing = np.where(numerator > 0, np.inf, np.nan)
    return np.divide(numerator, denominator, out=missing, where=denominator > 0)

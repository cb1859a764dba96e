"""Co-occurrence counts and PPMI on the GPU: keys are sorted and equal ones added up, in whole numbers as on the CPU.

A pair of words at distance d becomes one 64-bit key, (row, column, d). The text is taken in pieces as long as fit in
half of the free memory; each piece gives sorted cells, which are merged with those of the pieces before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.arrays import Array, array_module, device_module, free_memory, sparse_module, sum_rows_by_id, to_device
from wordvec.errors import OptionError, ShapeError

if TYPE_CHECKING:
    from wordvec.growing_array import GrowingArray

BYTES_OF_A_PAIR = 64  # keys, room to sort them, weights and their running sums
MOST_CELLS = 2**31 - 1  # sparse matrices on the GPU have 32-bit indices
LOWER = "take a smaller window or fewer words (--min-count), or count on the CPU"


class Cells(NamedTuple):
    """Sorted cells of a matrix: row * V + column, and the sum of weights, (n,) int64 each."""

    places: Array
    sums: Array


def on_gpu(matrix: Any) -> bool:
    """Whether a sparse matrix lies on the GPU."""
    return array_module(getattr(matrix, "data", None)) is not np


def matrix_on(matrix: Any, device: str) -> Any:
    """The same sparse matrix on ``"cpu"`` or ``"gpu"``, copied if necessary."""
    from scipy.sparse import csr_array, csr_matrix

    if on_gpu(matrix) == (device == "gpu"):
        return matrix
    if device == "cpu":
        return csr_array(matrix.get())
    if matrix.nnz > MOST_CELLS:
        raise OptionError(_too_many(matrix.nnz))
    matrix = csr_matrix(matrix)
    parts = matrix.data, matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    arrays = tuple(to_device(part, device) for part in parts)
    return sparse_module(device_module(device)).csr_matrix(arrays, shape=matrix.shape)


def _too_many(cells: int) -> str:
    return f"{cells:,} cells are more than the {MOST_CELLS:,} of a sparse matrix on the GPU: {LOWER}"


def count_on_gpu(
    stream: GrowingArray,
    size: int,
    weights: np.ndarray,
    sides: tuple[int, int],
    unit: int,
    update: Callable[[int], None],
) -> Any:
    """The matrix (V, V) of `wordvec.counts.count_cooccurrences`, float64, on the GPU.

    `stream` is from `text_stream`, `weights` and `unit` from `weights_of`; `sides` are the windows to the left and
    to the right, one of which may be 0; `update` is called with the number of positions done.
    """
    window, words = len(weights) - 1, len(stream)
    stretch = max(window, free_memory() // 2 // (BYTES_OF_A_PAIR * window))
    found: Cells | None = None
    for begin in range(0, words, stretch):
        end = min(begin + stretch, words)
        part = to_device(stream.read(begin, min(end + window, words)), "gpu")
        cells = cells_of(part, end - begin, size, to_device(weights, "gpu"), sides)
        found = cells if found is None else merged(found, cells)
        update(end - begin)
    assert found is not None  # a stream has at least one border
    return csr_of(with_mirror_image(found, size) if all(sides) else found, size, unit)


def cells_of(words: Array, count: int, size: int, weights: Array, sides: tuple[int, int]) -> Cells:
    """Cells of pairs whose first word is one of the first `count`; with both sides only those with row <= column."""
    xp = array_module(words, weights)
    sentences = xp.cumsum(words == size, dtype=xp.int32)
    bits = len(weights).bit_length()
    keys = [xp.empty(0, xp.int64)]
    for distance in range(1, len(weights)):
        first = words[: max(0, min(count, len(words) - distance))]
        second = words[distance : distance + len(first)]
        together = sentences[: len(first)] == sentences[distance : distance + len(first)]
        together &= (first < size) & (second < size)  # neither borders nor words left out
        first, second = first[together].astype(xp.int64), second[together].astype(xp.int64)
        if all(sides):
            first, second = xp.minimum(first, second), xp.maximum(first, second)
        elif sides[0]:  # contexts before the word: the second is the word
            first, second = second, first
        keys.append(((first * size + second) << bits) | distance)
    ordered = xp.concatenate(keys)
    ordered.sort()
    return added_up(ordered >> bits, weights[ordered & (2**bits - 1)])


def added_up(places: Array, values: Array) -> Cells:
    """Add up the whole numbers of repeated cells, which are sorted."""
    xp = array_module(places, values)
    if not len(places):
        return Cells(places, values)
    is_last = xp.ones(len(places), bool)
    is_last[:-1] = places[1:] != places[:-1]
    ends = xp.flatnonzero(is_last)
    totals = xp.cumsum(values)[ends]
    sums = totals.copy()
    sums[1:] -= totals[:-1]
    return Cells(places[ends], sums)


def merged(one: Cells, other: Cells) -> Cells:
    """The cells of both."""
    xp = array_module(*one)
    places, sums = (xp.concatenate(parts) for parts in zip(one, other))
    order = xp.argsort(places)
    return added_up(places[order], sums[order])


def with_mirror_image(half: Cells, size: int) -> Cells:
    """A symmetric matrix from one half; two neighbours of the same word are each other's context, so count twice."""
    rows, columns = half.places // size, half.places % size
    return merged(half, Cells(columns * size + rows, half.sums))


def csr_of(cells: Cells, size: int, unit: int) -> Any:
    """Cells as a sparse matrix (V, V) of sums / unit."""
    xp = array_module(*cells)
    if len(cells.places) > MOST_CELLS:
        raise OptionError(_too_many(len(cells.places)))
    columns = (cells.places % size).astype(xp.int32)
    row_starts = xp.searchsorted(cells.places, xp.arange(size + 1) * size).astype(xp.int32)
    return sparse_module(xp).csr_matrix((cells.sums / unit, columns, row_starts), shape=(size, size))


def ppmi_on_gpu(matrix: Any, context_smoothing: float, shift: float, minimum_count: float, dtype: Any) -> Any:
    """See `wordvec.counts.ppmi`; the matrix and the result are on the GPU. The sums always have the same bytes."""
    xp = array_module(matrix.data)
    counts = matrix.data.astype(xp.float64)
    _check_counts(xp, counts, matrix.shape)
    rows = xp.searchsorted(matrix.indptr, xp.arange(matrix.nnz), side="right") - 1
    of_rows, _ = _logs_of_sums(xp, rows, counts, matrix.shape[0])
    of_columns, present = _logs_of_sums(xp, matrix.indices, counts, matrix.shape[1])
    largest = context_smoothing * present.max()
    shared = largest + xp.log(xp.exp(context_smoothing * present - largest).sum()) - float(np.log(shift))
    values = xp.log(xp.where(counts > 0, counts, 1.0)) + shared
    values -= of_rows[rows]
    values -= context_smoothing * of_columns[matrix.indices]
    stored = (values > 0) & (counts > 0) & (counts >= minimum_count)
    before = xp.zeros(matrix.nnz + 1, xp.int32)
    before[1:] = xp.cumsum(stored, dtype=xp.int32)
    parts = values[stored].astype(dtype), matrix.indices[stored], before[matrix.indptr]
    return sparse_module(xp).csr_matrix(parts, shape=matrix.shape)


def _check_counts(xp: Any, counts: Array, shape: tuple[int, int]) -> None:
    if counts.size and not (bool(xp.isfinite(counts).all()) and float(counts.min()) >= 0):
        raise ShapeError("ppmi: counts must be finite and not negative")
    if not counts.size or not float(counts.max()) > 0:
        raise ShapeError(
            f"ppmi: no count in this {shape} matrix is above 0: no two words meet in a window; "
            "give a text with sentences of two words or more"
        )


def _logs_of_sums(xp: Any, ids: Array, counts: Array, size: int) -> tuple[Array, Array]:
    """The logarithm of the sum of each id's counts, (size,), 0 where the sum is 0; and only those of sums above 0."""
    found, sums = sum_rows_by_id(ids, counts[:, None])
    above = sums[:, 0] > 0
    logs = xp.zeros(size)
    logs[found[above]] = present = xp.log(sums[:, 0][above])
    return logs, present

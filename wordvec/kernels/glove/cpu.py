"""GloVe on the CPU, by the C library (``native/src/glove.c``): `glove_reference.py` says what it means.

`train_glove` trains some rounds of one epoch. The result has the same bytes for any number of threads and for any
cut of an epoch into calls: tiles of one round share no row (see `glove_cells`), and rounds follow one another.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wordvec import rng
from wordvec.errors import ShapeError
from wordvec.kernels.glove.cells import Cells, check_call, check_options, schedule
from wordvec.kernels.glove.tables import Tables, row_bytes
from wordvec.native import functions
from wordvec.native.together import new_counters, run_together

CELLS_AT_ONCE = 2**22  # that are packed: Ctrl-C waits for a call, and their copies in C's types take memory
FLOAT_BYTES = 4
STOP, COUNTERS = 2, 3  # as in glove.c


def pack_cells(indptr: np.ndarray, indices: np.ndarray, data: np.ndarray, bands: int) -> tuple[np.ndarray, np.ndarray]:
    """`packed` and `starts` of `Cells` for the arrays of a square CSR matrix; raises ShapeError for another."""
    size = len(indptr) - 1
    if indptr[0] != 0 or (indptr[1:] < indptr[:-1]).any() or not indptr[-1] == len(indices) == len(data):
        raise ShapeError(f"Cells: a CSR matrix whose indptr rises from 0 to {len(data)} expected")
    if len(indices) and not (0 <= indices.min() and indices.max() < size):
        raise ShapeError(f"Cells: a CSR matrix with indices in 0 .. {size - 1} expected")
    packed, starts = np.empty(len(indices), np.uint64), np.zeros(bands * bands + 1, np.int64)
    for first, offsets, part in _row_blocks(indptr):
        functions.count_tiles(offsets, _as(np.int32, indices[part]), first, bands, starts)
    np.cumsum(starts, out=starts)
    free = starts[:-1].copy()
    for first, offsets, part in _row_blocks(indptr):
        columns, counts = _as(np.int32, indices[part]), _as(np.float32, data[part])
        functions.place_cells(offsets, columns, counts, first, bands, free, packed)
    return packed, starts


def _row_blocks(indptr: np.ndarray) -> Iterator[tuple[int, np.ndarray, slice]]:
    """Blocks of rows with about CELLS_AT_ONCE cells: the first row, where rows begin in the block, all its cells."""
    cuts = np.searchsorted(indptr, np.arange(CELLS_AT_ONCE, indptr[-1], CELLS_AT_ONCE))
    borders = np.unique([0, *cuts, len(indptr) - 1]).tolist()
    for first, last in zip(borders, borders[1:]):
        offsets = indptr[first : last + 1].astype(np.int64)
        yield first, offsets - offsets[0], slice(int(offsets[0]), int(offsets[-1]))


def _as(dtype: type, array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array, dtype)


def train_glove(
    tables: Tables,
    cells: Cells,
    *,
    first: int,
    last: int,
    epoch: int,
    seed: int,
    learning_rate: float = 1.0,
    x_max: float = 100.0,
    alpha: float = 0.75,
    threads: int = 1,
) -> float:
    """Train on rounds first .. last - 1 of an epoch, in place; returns the sum of the cells' losses before each step.

    Semantics, shapes and errors: `wordvec.kernels.glove.reference.train_glove`. KeyboardInterrupt ends it between two
    tiles; tables are then in the middle of a round.
    """
    check_call(tables, cells, first, last, threads)
    check_options(x_max, alpha)
    losses, counters = np.zeros((cells.bands, cells.bands)), new_counters(COUNTERS)
    longest = int(np.diff(cells.starts).max())
    plan = (schedule(cells.bands, seed, epoch), cells.packed, cells.starts, tables.tables, losses, counters)
    options = (
        *(first, last, cells.bands, tables.rows_of_band, row_bytes(tables.dimension) // FLOAT_BYTES),
        *(int(rng.key_of(seed, epoch)[0]), x_max, alpha, learning_rate),
    )
    jobs = [(*plan, np.empty(longest, np.uint32), *options) for _ in range(threads)]
    run_together(functions.train_rounds, jobs, lambda _: counters[STOP].fill(1))
    return float(losses.sum())

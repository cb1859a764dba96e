"""GloVe on the CPU, compiled: the same call as `glove_reference.py`, which says what it means.

`train_glove` trains some rounds of one epoch. The result has the same bytes for any number of threads and for any
cut of an epoch into calls: tiles of one round share no row (see `glove_cells`), and rounds follow one another.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit

from wordvec import rng
from wordvec.kernels import threads as team
from wordvec.kernels.cpu import source_checksum
from wordvec.kernels.draws import draw, item_key
from wordvec.kernels.glove_cells import Cells, check_call, check_options, schedule
from wordvec.kernels.glove_tables import Tables, row_bytes
from wordvec.kernels.tables import aligned_zeros
from wordvec.kernels.threads import COMPILE, COUNTER_SPACING, ENTRY
from wordvec.kernels.tiles_glove import prefetch_row, step_of_cell, weights_and_logs
from wordvec.kernels.vector_ir import LINE_BYTES

STRIP = 64  # cells whose weights, logarithms and addresses are made in one go
AHEAD = 2  # cells: how early rows are asked for
CLAIMED, DONE, STOP = range(3)  # counters of a team
HIGH, MIDDLE, LOW16, LOW32 = np.uint64(48), np.uint64(32), np.uint64(0xFFFF), np.uint64(0xFFFFFFFF)


def pack_cells(indptr: np.ndarray, indices: np.ndarray, data: np.ndarray, bands: int) -> tuple[np.ndarray, np.ndarray]:
    """`packed` and `starts` of `Cells` for the arrays of a CSR matrix."""
    packed, starts = np.empty(len(indices), np.uint64), np.zeros(bands * bands + 1, np.int64)
    pack = compile_packing(source_checksum())
    pack(np.ascontiguousarray(indptr, np.int64), _constant(indices), _constant(data), bands, starts, packed)
    return packed, starts


def _constant(array: np.ndarray) -> np.ndarray:
    """A read-only view: numba compiles again for arrays that can be written to, and memory-mapped ones can't."""
    view = np.ascontiguousarray(array).view(np.ndarray).view()
    view.flags.writeable = False
    return view


def warm_up(indices: np.ndarray, data: np.ndarray) -> None:
    """Compile (or load from numba's cache) what packing and training cells of these dtypes will run."""
    one = np.zeros((1, 1), np.float32)
    tables = Tables(one, one, one[0], one[0], bands=1, accumulator=1.0, bias_accumulator=1.0)
    cells = Cells(*pack_cells(np.zeros(2, np.int64), indices[:0], data[:0], 1), size=1, bands=1)
    train_glove(tables, cells, first=0, last=1, epoch=0, seed=0)


class Plan(NamedTuple):
    """What one call trains, in compiled code: rounds first .. last - 1; `tiles` (T, T) are those of each round."""

    first: int
    last: int
    tiles: np.ndarray
    packed: np.ndarray
    starts: np.ndarray
    words: int  # addresses of the tables
    contexts: int
    row_bytes: int
    band_bytes: int
    vectors: int
    key: np.uint64
    x_max: np.float32
    alpha: np.float32
    learning_rate: np.float32
    losses: np.ndarray


class Scratch(NamedTuple):
    """What one thread works with. The first is as long as the longest tile, the others as a strip and AHEAD more."""

    order: np.ndarray
    counts: np.ndarray
    weights: np.ndarray
    logs: np.ndarray
    words: np.ndarray
    contexts: np.ndarray


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

    Semantics, shapes and errors: `wordvec.kernels.glove_reference.train_glove`.
    """
    check_call(tables, cells, first, last, threads)
    check_options(x_max, alpha)
    run = compile_glove(tables.lanes, source_checksum())
    bytes_of_row = row_bytes(tables.dimension)
    losses = np.zeros((tables.bands, tables.bands))
    plan = Plan(
        first,
        last,
        schedule(cells.bands, seed, epoch),
        cells.packed,
        cells.starts,
        tables.tables[0].ctypes.data,
        tables.tables[1].ctypes.data,
        bytes_of_row,
        bytes_of_row * tables.rows_of_band,
        tables.vectors,
        rng.key_of(seed, epoch)[0],
        np.float32(x_max),
        np.float32(alpha),
        np.float32(learning_rate),
        losses,
    )
    counters = team.new_counters(STOP + 1)
    longest = int(np.diff(cells.starts).max())
    _run_together(run, [(plan, counters, _new_scratch(longest)) for _ in range(threads)])
    return float(losses.sum())


def _new_scratch(longest: int) -> Scratch:
    floats = [aligned_zeros((STRIP,), kind) for kind in (np.uint32, np.float32, np.float32)]
    return Scratch(np.empty(longest, np.uint32), *floats, *(np.zeros(STRIP + AHEAD, np.int64) for _ in range(2)))


def _run_together(run: Callable[..., None], jobs: list[tuple]) -> None:
    """Run all jobs at the same time, the first in this thread."""
    helpers = [threading.Thread(target=run, args=job, daemon=True) for job in jobs[1:]]
    started = []
    try:
        for helper in helpers:
            helper.start()
            started.append(helper)
        run(*jobs[0])
    except BaseException:
        for _, counters, _ in jobs:  # nobody may wait for a thread that never came
            counters[STOP * COUNTER_SPACING] = 1
        raise
    finally:
        for helper in started:
            helper.join()


@functools.cache
def compile_glove(lanes: int, source: int) -> Callable[..., None]:
    """The function that the threads of a call run together; `source` as in `wordvec.kernels.team.compile_team`."""

    def run_glove(plan, counters, scratch):  # type: ignore[no-untyped-def]
        _ = source
        bands = plan.tiles.shape[0]
        for number in range(plan.first, plan.last):
            limit = (number - plan.first + 1) * bands
            while True:
                piece = team.claim(counters, CLAIMED, limit)
                if piece < 0:
                    break
                tile = plan.tiles[number, piece % bands]
                plan.losses[number, piece % bands] = train_tile(lanes, plan, scratch, tile)
                team.add(counters, DONE, 1)
            team.wait_for(counters, DONE, limit, STOP)
            if team.read(counters, STOP) != 0:
                return

    return _entry(run_glove, source)


@functools.cache
def compile_packing(source: int) -> Callable[..., None]:
    """The function that puts the cells of a CSR matrix in their tiles."""

    def pack(indptr, indices, data, bands, starts, packed):  # type: ignore[no-untyped-def]
        _ = source
        for row in range(len(indptr) - 1):  # first count: starts[t + 1] is the number of cells in tile t
            first_tile = row % bands * bands
            for place in range(indptr[row], indptr[row + 1]):
                starts[first_tile + indices[place] % bands + 1] += 1
        for tile in range(bands * bands):
            starts[tile + 1] += starts[tile]
        free = starts.copy()
        count = np.empty(1, np.float32)
        bits = count.view(np.uint32)
        for row in range(len(indptr) - 1):
            first_tile, row_place = row % bands * bands, np.uint64(row // bands) << HIGH
            for place in range(indptr[row], indptr[row + 1]):
                tile = first_tile + indices[place] % bands
                count[0] = data[place]
                column_place = np.uint64(indices[place] // bands) << MIDDLE
                packed[free[tile]] = row_place | column_place | np.uint64(bits[0])
                free[tile] += 1

    return _entry(pack, source)


def _entry(function: Callable[..., None], source: int) -> Callable[..., None]:
    """Compile; the name says which source it was made from, so that a cache of older code is never opened."""
    function.__qualname__ = f"{function.__name__}_{source:08x}"
    options = {**ENTRY, "_nrt": True}
    try:
        return njit(**options)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache folder can be written to
        return njit(**{**options, "cache": False})(function)


@njit(**COMPILE)
def train_tile(lanes, plan, scratch, tile):  # type: ignore[no-untyped-def]
    """Train on all cells of one tile, in the order of the epoch; returns the sum of their losses."""
    bands = plan.tiles.shape[0]
    start, end = plan.starts[tile], plan.starts[tile + 1]
    words = plan.words + (tile // bands) * plan.band_bytes
    contexts = plan.contexts + (tile % bands) * plan.band_bytes
    lines = plan.row_bytes // LINE_BYTES
    shuffle(scratch.order, end - start, item_key(plan.key, tile))
    loss = 0.0
    for begin in range(0, end - start, STRIP):
        size = min(STRIP, end - start - begin)
        for k in range(size):
            cell = plan.packed[start + scratch.order[begin + k]]
            scratch.words[k] = words + np.int64(cell >> HIGH) * plan.row_bytes
            scratch.contexts[k] = contexts + np.int64(cell >> MIDDLE & LOW16) * plan.row_bytes
            scratch.counts[k] = np.uint32(cell & LOW32)
        for k in range(size, size + AHEAD):
            scratch.words[k], scratch.contexts[k] = scratch.words[0], scratch.contexts[0]
        weights_and_logs(
            lanes, scratch.counts.ctypes.data, -(-size // lanes), plan.x_max, plan.alpha,
            scratch.weights.ctypes.data, scratch.logs.ctypes.data,
        )  # fmt: skip
        for k in range(size):
            prefetch_row(scratch.words[k + AHEAD], lines)
            prefetch_row(scratch.contexts[k + AHEAD], lines)
            loss += step_of_cell(
                lanes, scratch.words[k], scratch.contexts[k], plan.vectors,
                scratch.weights[k], scratch.logs[k], plan.learning_rate,
            )  # fmt: skip
    return loss


@njit(**COMPILE)
def shuffle(order, count, key):  # type: ignore[no-untyped-def]
    """See `glove_cells.order_in_tile`."""
    for k in range(count):
        order[k] = k
    for last in range(count - 1, 0, -1):
        chosen = ((draw(key, last) >> np.uint64(32)) * np.uint64(last + 1)) >> np.uint64(32)
        order[last], order[chosen] = order[chosen], order[last]

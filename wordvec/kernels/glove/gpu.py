"""GloVe on the GPU: the same call as `reference.py`, which defines it.

Tiles that share no row are trained at once, a warp each, and cells of a tile one after another, so the result has the
same bytes every time. With the bands of the CPU's kernel the result is also the CPU's except for rounding; by default
the GPU takes more and smaller tiles, to keep thousands of warps busy.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from wordvec import rng
from wordvec.arrays import THREADS, array_module, device_module, gpu_kernel, to_device, to_numpy
from wordvec.errors import OptionError, ShapeError
from wordvec.kernels.glove.cells import (
    FEWEST_BANDS,
    MOST_ROWS,
    Cells,
    check_call,
    check_counts,
    check_options,
    check_square,
    check_tables,
    schedule,
)

SOURCE = Path(__file__).with_suffix(".cu")
CELLS_A_TILE = 32  # on average: so few that the longest tile of a round is short
MOST_BANDS = 2048
LANES, WARPS = 32, 4  # threads in a warp, warps in a block of them
LARGEST_DIMENSION = 2048  # a warp's lane holds 1/32 of four rows in registers


def bands_for(size: int, cells: int) -> int:
    """T for `size` words and so many cells.

    >>> bands_for(70_000, 39_000_000), bands_for(6, 30), bands_for(500_000_000, 10)
    (1103, 6, 7630)
    """
    wanted = min(math.isqrt(cells // CELLS_A_TILE), MOST_BANDS)
    return max(1, min(size, max(FEWEST_BANDS, wanted, -(-size // MOST_ROWS))))


def cut_cells(matrix: Any, bands: int) -> Cells:
    """Cut the cells of a square CSR matrix on the GPU (cupyx) into tiles there, as `Cells.from_matrix` does.

    Raises ShapeError for a matrix that is not square, OptionError for a count that is not positive.
    """
    xp = array_module(matrix.data)
    size = check_square(matrix.shape, bands)
    if len(matrix.data):
        check_counts(float(matrix.data.min()), float(matrix.data.max()))
    rows = xp.searchsorted(matrix.indptr, xp.arange(len(matrix.data)), side="right") - 1
    columns = matrix.indices.astype(xp.int64)
    tiles = rows % bands * bands + columns % bands
    order = xp.argsort(tiles)  # stable: cells of a tile stay in their order
    starts = xp.searchsorted(tiles[order], xp.arange(bands * bands + 1))
    packed = ((rows // bands).astype(xp.uint64) << 48) | ((columns // bands).astype(xp.uint64) << 32)
    packed |= matrix.data.astype(xp.float32).view(xp.uint32).astype(xp.uint64)
    return Cells(packed[order], starts, size, bands)


class Tables:
    """Both tables with their biases and AdaGrad's accumulators, on the GPU.

    Arguments and errors: `wordvec.kernels.glove.reference.Tables`; all arrays float32.
    """

    def __init__(
        self,
        W_in: np.ndarray,
        W_out: np.ndarray,
        b_in: np.ndarray,
        b_out: np.ndarray,
        *,
        bands: int,
        accumulator: float,
        bias_accumulator: float,
    ) -> None:
        arrays = W_in, W_out, b_in, b_out
        check_tables(*arrays, bands, (accumulator, bias_accumulator))
        if any(array.dtype != np.float32 for array in arrays):
            raise ShapeError(f"Tables: the GPU's kernel computes in float32; got {W_in.dtype}, {W_out.dtype}")
        if W_in.shape[1] > LARGEST_DIMENSION:
            raise OptionError(
                f"GloVe: the GPU's kernel has rows of up to {LARGEST_DIMENSION} dimensions; got {W_in.shape[1]}: "
                "take fewer, or the CPU"
            )
        xp = device_module("gpu")
        (self.size, self.dimension), self.bands = W_in.shape, bands
        # A copy: training must not write into the caller's array, even if that is on the GPU already.
        self.params = [xp.ascontiguousarray(to_device(array, "gpu")).copy() for array in arrays]
        starts = (accumulator, accumulator, bias_accumulator, bias_accumulator)
        self.accumulators = [xp.full_like(array, start) for array, start in zip(self.params, starts)]

    def unpack(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Copies of W_in, W_out (V, D), b_in and b_out (V,) as they are now, as numpy arrays."""
        return tuple(to_numpy(array) for array in self.params)  # type: ignore[return-value]

    def sums(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Copies of AdaGrad's sums of squares for the four, in the same order and shapes, as numpy arrays."""
        return tuple(to_numpy(array) for array in self.accumulators)  # type: ignore[return-value]

    def write_sums(self, *sums: np.ndarray) -> None:
        """Overwrite the sums of squares with what `sums` gave."""
        for array, saved in zip(self.accumulators, sums):
            array[...] = to_device(saved, "gpu")


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
    """Train on rounds first .. last - 1 of an epoch, in place; return the sum of the cells' losses before each step.

    Semantics, shapes and errors: `wordvec.kernels.glove.reference.train_glove`; `cells` are from `cut_cells`.
    """
    check_call(tables, cells, first, last, threads)
    check_options(x_max, alpha)
    if first == last:
        return 0.0
    xp, bands = array_module(cells.packed), cells.bands
    tiles = xp.asarray(schedule(bands, seed, epoch)[first:last])
    order = xp.empty(max(1, len(cells)), xp.uint32)
    shuffle = gpu_kernel(xp, SOURCE, "shuffle_tiles", DIMENSION=tables.dimension)
    key = rng.key_of(seed, epoch)[0]
    shuffle((-(-tiles.size // THREADS),), (THREADS,), (tiles, np.int64(tiles.size), cells.starts, key, order))
    train = gpu_kernel(xp, SOURCE, "train_round", DIMENSION=tables.dimension)
    (W_in, W_out, b_in, b_out), (H_in, H_out, h_in, h_out) = tables.params, tables.accumulators
    weights = W_in, W_out, H_in, H_out, b_in, b_out, h_in, h_out
    numbers = np.float32(x_max), np.float32(alpha), np.float32(learning_rate)
    losses = xp.empty((last - first, bands), xp.float64)
    text = np.int32(bands), np.int32(bands), cells.packed, cells.starts, order
    for number in range(last - first):
        train((-(-bands // WARPS),), (WARPS * LANES,), (tiles[number], *text, *weights, *numbers, losses[number]))
    return float(to_numpy(losses).sum())

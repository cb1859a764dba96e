"""GloVe on the CPU, by the C library (``native/src/glove.c``); `reference.py` defines it.

`train_glove` trains some rounds of one epoch. The result has the same bytes for any number of threads and however an
epoch is cut into calls: tiles of one round share no row (see `cells.py`), and rounds come one after another.
"""

from __future__ import annotations

import numpy as np

from wordvec import rng
from wordvec.errors import ShapeError
from wordvec.kernels.glove.cells import Cells, check_call, check_options, check_tables, schedule
from wordvec.kernels.tables import aligned_zeros
from wordvec.native import functions
from wordvec.native.library import lanes
from wordvec.native.together import new_counters, run_together

FLOAT_BYTES = 4
FROZEN = 1e30  # sum of squares of a column that must not change: its steps are lost in rounding
STOP, COUNTERS = 2, 3  # as in glove.c


def row_bytes(dimension: int) -> int:
    """Bytes of a table row: D weights, a bias and a one, padded to whole vectors; and as many accumulators."""
    width = lanes()
    return 2 * -(-(dimension + 2) // width) * width * FLOAT_BYTES


class Tables:
    """Both tables with their biases and AdaGrad's accumulators, in the kernel's layout (see ``native/src/glove.c``).

    Band k holds the rows of words k, k + T, k + 2 T, ... in sequence.

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
        check_tables(W_in, W_out, b_in, b_out, bands, (accumulator, bias_accumulator))
        if any(array.dtype != np.float32 for array in (W_in, W_out, b_in, b_out)):
            raise ShapeError(f"Tables: the CPU kernels compute in float32; got {W_in.dtype}, {W_out.dtype}")
        size, dimension = W_in.shape
        self._make_room(size, dimension, bands)
        self.tables[..., 1, :] = 1.0  # absent columns: never 0 / 0
        for side, (W, b) in enumerate(((W_in, b_in), (W_out, b_out))):
            own, other = dimension + side, dimension + 1 - side
            self.tables[side, :, :, 1, :dimension] = accumulator
            self.tables[side, :, :, 1, own] = bias_accumulator
            self.tables[side, :, :, 0, other] = 1.0
            self.tables[side, :, :, 1, other] = FROZEN
            for band in range(bands):
                part = self.tables[side, band, : len(W[band::bands]), 0]
                part[:, :dimension] = W[band::bands]
                part[:, own] = b[band::bands]

    @classmethod
    def empty(cls, size: int, dimension: int, bands: int) -> Tables:
        """Room for tables whose bands the caller writes; untouched parts take no memory."""
        tables = cls.__new__(cls)
        tables._make_room(size, dimension, bands)
        return tables

    def _make_room(self, size: int, dimension: int, bands: int) -> None:
        self.size, self.dimension, self.bands = self.shape = size, dimension, bands
        self.rows_of_band = -(-size // bands)
        shape = (2, bands, self.rows_of_band, 2, row_bytes(dimension) // (2 * FLOAT_BYTES))
        self.tables = aligned_zeros(shape, np.float32)

    def unpack(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Copies of W_in, W_out (V, D), b_in and b_out (V,) as they are now."""
        return self._collected_of(0)

    def sums(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Copies of AdaGrad's sums of squares for the four, in the same order and shapes."""
        return self._collected_of(1)

    def write_sums(self, H_in: np.ndarray, H_out: np.ndarray, h_in: np.ndarray, h_out: np.ndarray) -> None:
        """Overwrite the sums of squares with what `sums` gave."""
        for side, (H, h) in enumerate(((H_in, h_in), (H_out, h_out))):
            for band in range(self.bands):
                part = self.tables[side, band, : len(H[band :: self.bands]), 1]
                part[:, : self.dimension] = H[band :: self.bands]
                part[:, self.dimension + side] = h[band :: self.bands]

    def _collected_of(self, part: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The four arrays of weights (part 0) or of sums of squares (part 1)."""
        matrix, bias = (self.size, self.dimension), (self.size,)
        columns = slice(0, self.dimension)
        return (
            self._collected(0, part, columns, matrix),
            self._collected(1, part, columns, matrix),
            self._collected(0, part, self.dimension, bias),
            self._collected(1, part, self.dimension + 1, bias),
        )

    def _collected(self, side: int, part: int, columns: int | slice, shape: tuple[int, ...]) -> np.ndarray:
        collected = np.empty(shape, np.float32)
        for band in range(self.bands):
            rows = collected[band :: self.bands]
            rows[...] = self.tables[side, band, : len(rows), part, columns]
        return collected


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

    Semantics, shapes and errors: `wordvec.kernels.glove.reference.train_glove`. KeyboardInterrupt stops it between two
    tiles; the tables are then in the middle of a round.
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

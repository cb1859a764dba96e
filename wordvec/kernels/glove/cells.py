"""The non-zero cells of a co-occurrence matrix, cut into tiles that threads can train on without meeting.

Rows and columns are divided into T bands each, word i going to band i mod T, so that every band has its share of
frequent words. A tile is where one band of rows meets one band of columns. T tiles that share no band, such as those of
a diagonal, touch different rows of both tables: such a *round* of tiles can be trained in any order or all at once
(Gemulla, Nijkamp, Haas and Sismanis 2011, "Large-scale matrix factorization with distributed stochastic gradient
descent"). T rounds are an epoch. T follows from the size of the tables, never from the threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec import rng
from wordvec.errors import OptionError, ShapeError
from wordvec.native import functions

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BAND_BYTES = 2**20  # of the rows of one band: two bands should stay in a core's own cache
FEWEST_BANDS, MOST_BANDS = 8, 256
MOST_ROWS = 2**16  # in a band: places in a band are kept in 16 bits
CELLS_AT_ONCE = 2**16  # cells checked at a time: they stay in a cache
PACKED_AT_ONCE = 2**22  # cells packed per call: Ctrl-C waits for a call, and copies in C's types take memory
SMALLEST_COUNT = float(np.finfo(np.float32).tiny)
SCHEDULES = 2**41  # first of the random streams for the order of tiles, two per epoch


@dataclass(frozen=True)
class Cells:
    """Cells (i, j, X_ij) of a (V, V) matrix, tile after tile; tile r T + c has row band r and column band c.

    packed  (N,) uint64: place of the row in its band (16 bits), of the column (16), and X as float32 (32)
    starts  (T T + 1,) int64: where each tile begins; last N
    """

    packed: np.ndarray
    starts: np.ndarray
    size: int
    bands: int

    def __post_init__(self) -> None:
        """Raise ShapeError for places and tiles that would lead a kernel outside its tables."""
        if isinstance(self.packed, np.ndarray):  # cells on the GPU are made there, by cut_cells
            check_cells(self.packed, self.starts, self.size, self.bands)

    @classmethod
    def from_matrix(cls, matrix: csr_array, bands: int) -> Cells:
        """The stored cells of a CSR matrix (V, V), all above 0.

        Raises ShapeError for a matrix that is not square, OptionError for a count that is not positive.
        """
        size = check_square(matrix.shape, bands)
        if len(matrix.data):
            check_counts(matrix.data.min(), matrix.data.max())
        packed, starts = pack_cells(matrix.indptr, matrix.indices, matrix.data, bands)
        return cls(packed, starts, size, bands)

    def __len__(self) -> int:
        return len(self.packed)

    def tile(self, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows, columns (int64) and counts (float32) of one tile."""
        packed = self.packed[self.starts[number] : self.starts[number + 1]]
        rows = (packed >> np.uint64(48)).astype(np.int64) * self.bands + number // self.bands
        columns = (packed >> np.uint64(32) & np.uint64(0xFFFF)).astype(np.int64) * self.bands + number % self.bands
        return rows, columns, packed.astype(np.uint32).view(np.float32)


def pack_cells(
    indptr: np.ndarray, indices: np.ndarray, data: np.ndarray, bands: int, first_row: int = 0, size: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """`packed` and `starts` of `Cells` for the arrays of a square CSR matrix; raises ShapeError for any other.

    With the `size` of the matrix, the arrays may hold only some of its rows, of which `first_row` is the first.
    """
    size = len(indptr) - 1 if size is None else size
    if indptr[0] != 0 or (indptr[1:] < indptr[:-1]).any() or not indptr[-1] == len(indices) == len(data):
        raise ShapeError(f"Cells: a CSR matrix whose indptr rises from 0 to {len(data)} expected")
    if len(indices) and not (0 <= indices.min() and indices.max() < size):
        raise ShapeError(f"Cells: a CSR matrix with indices in 0 .. {size - 1} expected")
    packed, starts = np.empty(len(indices), np.uint64), np.zeros(bands * bands + 1, np.int64)
    for first, offsets, part in _row_blocks(indptr):
        functions.count_tiles(offsets, _as(np.int32, indices[part]), first_row + first, bands, starts)
    np.cumsum(starts, out=starts)
    free = starts[:-1].copy()
    for first, offsets, part in _row_blocks(indptr):
        columns, counts = _as(np.int32, indices[part]), _as(np.float32, data[part])
        functions.place_cells(offsets, columns, counts, first_row + first, bands, free, packed)
    return packed, starts


def _row_blocks(indptr: np.ndarray) -> Iterator[tuple[int, np.ndarray, slice]]:
    """Blocks of rows with about PACKED_AT_ONCE cells: first row, row starts within the block, and its cells."""
    cuts = np.searchsorted(indptr, np.arange(PACKED_AT_ONCE, indptr[-1], PACKED_AT_ONCE))
    borders = np.unique([0, *cuts, len(indptr) - 1]).tolist()
    for first, last in zip(borders, borders[1:]):
        offsets = indptr[first : last + 1].astype(np.int64)
        yield first, offsets - offsets[0], slice(int(offsets[0]), int(offsets[-1]))


def _as(dtype: type, array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array, dtype)


def bands_for(size: int, row_bytes: int) -> int:
    """T for tables of `size` rows.

    >>> bands_for(6, 1024), bands_for(100, 1024), bands_for(60_000, 1024), bands_for(4_000_000, 1024)
    (6, 8, 59, 256)
    """
    wanted = min(-(-size * row_bytes // BAND_BYTES), MOST_BANDS)
    return max(1, min(size, max(FEWEST_BANDS, wanted, -(-size // MOST_ROWS))))


def orders(bands: int, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """P and q of an epoch's `schedule`: the column band at each place, and the place where each row band begins."""
    p, q = (rng.permutation(seed, SCHEDULES + 2 * epoch + k, bands) for k in range(2))
    return p, q


def schedule(bands: int, seed: int, epoch: int) -> np.ndarray:
    """Tiles of each round, (T, T): in round s row band r meets column band p[(q[r] + s) mod T]; see `orders`.

    >>> schedule(2, seed=1, epoch=0).tolist() in ([[0, 3], [1, 2]], [[1, 2], [0, 3]])
    True
    """
    p, q = orders(bands, seed, epoch)
    rounds = np.arange(bands)[:, None]
    return np.arange(bands) * bands + p[(q + rounds) % bands]


def order_in_tile(count: int, tile: int, seed: int, epoch: int) -> np.ndarray:
    """The order in which an epoch takes the cells of a tile (Fisher-Yates shuffle, Durstenfeld 1964)."""
    order = np.arange(count)
    key = rng.item_key(rng.key_of(seed, epoch), np.array([tile], np.uint64))
    limits = np.arange(1, count + 1, dtype=np.uint64)
    chosen = rng.below(rng.draw(key, limits - np.uint64(1)), limits).astype(np.int64)
    for last in range(count - 1, 0, -1):
        order[last], order[chosen[last]] = order[chosen[last]], order[last]
    return order


def check_square(shape: tuple[int, int], bands: int) -> int:
    """V, for a matrix (V, V) that can be cut into this many bands; raises ShapeError for another."""
    size = shape[0]
    if shape != (size, size) or not 1 <= bands <= max(1, size) or size > bands * MOST_ROWS:
        raise ShapeError(f"Cells: a square matrix and 1 to V bands expected; got {shape} and {bands} bands")
    return size


def check_cells(packed: np.ndarray, starts: np.ndarray, size: int, bands: int) -> None:
    """Raise ShapeError unless cells are within tiles and their places within bands."""
    rows = -(-size // bands) if bands else 0
    fits = packed.shape == packed.shape[:1] and starts.shape == (bands * bands + 1,)
    if not fits or starts[0] != 0 or starts[-1] != len(packed) or (np.diff(starts) < 0).any():
        raise ShapeError(f"Cells: starts must rise from 0 to {len(packed)} in {bands} x {bands} steps")
    for first in range(0, len(packed), CELLS_AT_ONCE):
        part = packed[first : first + CELLS_AT_ONCE]
        if max(int(part.max() >> np.uint64(48)), int((part >> np.uint64(32) & np.uint64(0xFFFF)).max())) >= rows:
            raise ShapeError(f"Cells: a place in a band must be below {rows}")


def check_counts(least: float, most: float) -> None:
    """Raise OptionError unless the smallest and the largest count, and so all, are positive float32 numbers."""
    smallest, largest = SMALLEST_COUNT, float(np.finfo(np.float32).max)
    if not (least >= smallest and most <= largest):
        raise OptionError(
            f"GloVe: counts must be above 0 (their logarithm is taken), from {smallest:.1g} to {largest:.1g} as "
            f"float32 has them; got {least} to {most}: leave out the zeros"
        )


def check_options(x_max: float, alpha: float) -> None:
    """Raise OptionError unless x_max and alpha define a weighting function."""
    if not (x_max > 0 and alpha >= 0):
        raise OptionError(f"GloVe: x_max must be above 0 and alpha at least 0; got {x_max} and {alpha}")


def check_tables(
    W_in: np.ndarray,
    W_out: np.ndarray,
    b_in: np.ndarray,
    b_out: np.ndarray,
    bands: int,
    accumulators: tuple[float, float],
) -> None:
    """Raise ShapeError for shapes that do not fit, OptionError for accumulators of 0 or below."""
    shape = W_in.shape
    if W_in.ndim != 2 or W_out.shape != shape or b_in.shape != shape[:1] or b_out.shape != shape[:1]:
        found = ", ".join(str(array.shape) for array in (W_in, W_out, b_in, b_out))
        raise ShapeError(f"Tables: W_in and W_out (V, D), b_in and b_out (V,) expected; got {found}")
    if not 1 <= bands <= shape[0]:
        raise ShapeError(f"Tables: bands must be in 1 .. {shape[0]}, the number of rows; got {bands}")
    if not all(0 < accumulator < np.inf for accumulator in accumulators):
        raise OptionError(f"Tables: AdaGrad's sums of squares must start above 0; got {accumulators}")


def check_call(tables: Any, cells: Cells, first: int, last: int, threads: int) -> None:
    """Raise ShapeError when tables and cells do not fit, OptionError for rounds out of range."""
    if (tables.size, tables.bands) != (cells.size, cells.bands):
        raise ShapeError(
            f"tables of {tables.size} rows in {tables.bands} bands "
            f"and cells of {cells.size} rows in {cells.bands} bands do not fit"
        )
    if not 0 <= first <= last <= cells.bands:
        raise OptionError(f"first and last must be rounds in 0 .. {cells.bands}; got {first}, {last}")
    if threads < 1:
        raise OptionError(f"threads must be at least 1; got {threads}")

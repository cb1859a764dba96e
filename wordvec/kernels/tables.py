"""W_in and W_out as the CPU kernels hold them: cut into bands of columns, rows padded to whole vectors.

Threads update the same rows at the same time, each its own band: an array of some columns. So there is a band for each
thread, as long as there are enough columns. A score is the sum of the scores of slices, of which a band has one or
more. Their number depends only on the dimension and the vector width, never on the threads: with other slices a score
would round differently.
"""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np

from wordvec.errors import OptionError, ShapeError
from wordvec.native import library

HUGE_PAGE = 1 << 21
ROWS_AT_ONCE = 1 << 13


def slice_vectors(dimension: int, lanes: int, slices: int | None = None) -> list[int]:
    """Vectors in each slice of a row, as even as possible.

    By default one slice up to 16 columns, two up to 256, four up to 512, then eight: with fewer, threads would
    have nothing to do; with more, a row's part is so short that reaching it costs more than using it.

    >>> slice_vectors(100, lanes=16), slice_vectors(300, lanes=16), slice_vectors(100, lanes=8)
    ([4, 3], [5, 5, 5, 4], [7, 6])
    """
    vectors = -(-dimension // lanes)
    if slices is None:
        slices = next((count for count, most in ((1, 16), (2, 256), (4, 512)) if dimension <= most), 8)
    slices = min(slices, vectors)
    return [vectors // slices + (1 if k < vectors % slices else 0) for k in range(slices)]


class Tables:
    """Both matrices in the kernels' layout; made once per training, read back with `unpack`.

    threads: how many threads will train: a band for each, but at most one for each slice; None: one for each slice.
    slices: None for the default; 1 keeps rows whole, which is quicker, and of no use to several threads but Hogwild's.
    precision: "float16" keeps the numbers in half the memory. Each is rounded up or down at random, so that small
    changes count on average (stochastic rounding, Gupta et al. 2015); the arithmetic is in float32.

    >>> tables = Tables(np.ones((3, 20), np.float32), np.zeros((3, 20), np.float32))
    >>> W_in, W_out = tables.unpack()
    >>> bool((W_in == 1).all()), W_in.shape, W_out.shape
    (True, (3, 20), (3, 20))
    """

    def __init__(
        self,
        W_in: np.ndarray,
        W_out: np.ndarray,
        *,
        threads: int | None = None,
        slices: int | None = None,
        precision: str = "float32",
    ) -> None:
        if W_in.ndim != 2 or W_out.ndim != 2 or W_in.shape[1] != W_out.shape[1]:
            raise ShapeError(f"Tables: W_in (V, D) and W_out (U, D) expected; got {W_in.shape} and {W_out.shape}")
        if W_in.dtype != np.float32 or W_out.dtype != np.float32:
            raise ShapeError(f"Tables: the CPU kernels compute in float32; got {W_in.dtype} and {W_out.dtype}")
        self.dimension, self.lanes = W_in.shape[1], library.lanes()
        self.shapes, self.dtype = (W_in.shape, W_out.shape), np.dtype(precision)
        if self.half and not library.has_half():
            raise OptionError(
                f"precision float16 needs a processor that converts it (F16C); this one is {library.isa()}"
            )
        self.vectors = np.array(slice_vectors(self.dimension, self.lanes, slices), np.int64)
        bands = min(threads or len(self.vectors), len(self.vectors))
        self._band_starts = [len(self.vectors) * band // bands for band in range(bands)]  # in slices
        widths = (np.add.reduceat(self.vectors, self._band_starts) * self.lanes).tolist()
        self.input_bands = [_new_band(len(W_in), width, self.dtype) for width in widths]
        self.output_bands = [_new_band(len(W_out), width, self.dtype) for width in widths]
        for matrix, parts in ((W_in, self.input_bands), (W_out, self.output_bands)):
            if matrix.any():  # memory is zero already, and takes no space before it is written to
                for columns, part in zip(self._columns(), parts):
                    part[: len(matrix), : columns.stop - columns.start] = matrix[:, columns]

    @property
    def half(self) -> bool:
        """Whether the numbers are float16."""
        return self.dtype == np.float16

    def unpack(self) -> tuple[np.ndarray, np.ndarray]:
        """Copies of W_in (V, D) and W_out (U, D) as they are now."""
        return self._joined(self.input_bands, self.shapes[0]), self._joined(self.output_bands, self.shapes[1])

    def take(self) -> tuple[np.ndarray, np.ndarray]:
        """`unpack` for the last time: memory is released row by row, so two full copies never exist at once."""
        W_in = self._joined(self.input_bands, self.shapes[0], keep=False)
        W_out = self._joined(self.output_bands, self.shapes[1], keep=False)
        self.input_bands, self.output_bands = [], []
        return W_in, W_out

    def _joined(self, parts: list[np.ndarray], shape: tuple[int, int], keep: bool = True) -> np.ndarray:
        matrix = np.empty(shape, np.float32)
        for first in range(0, len(matrix), ROWS_AT_ONCE):
            rows = slice(first, min(first + ROWS_AT_ONCE, len(matrix)))
            for columns, part in zip(self._columns(), parts):
                matrix[rows, columns] = part[rows, : columns.stop - columns.start]
                if not keep:
                    give_back(part[rows])
        return matrix

    def largest(self) -> float:
        """The largest absolute value in either matrix; nan where there is one."""
        parts = [
            part[first : first + ROWS_AT_ONCE]
            for part in (*self.input_bands, *self.output_bands)
            for first in range(0, len(part), ROWS_AT_ONCE)
        ]
        return float(np.max([max(part.max(), -part.min()) for part in parts]))

    def write_rows(
        self, input_ids: np.ndarray, rows_in: np.ndarray, output_ids: np.ndarray, rows_out: np.ndarray
    ) -> None:
        """Overwrite some rows of W_in and of W_out."""
        for columns, inputs, outputs in zip(self._columns(), self.input_bands, self.output_bands):
            width = columns.stop - columns.start
            inputs[input_ids, :width] = rows_in[:, columns]
            outputs[output_ids, :width] = rows_out[:, columns]

    def bands(self) -> np.ndarray:
        """``struct slice`` of the library for each band, (bands, 5) int64.

        The addresses of W_in's and W_out's first row, numbers in a row, columns, first column.
        """
        inputs, outputs = ([part.ctypes.data for part in parts] for parts in (self.input_bands, self.output_bands))
        widths = [part.shape[1] for part in self.input_bands]
        columns = [inputs, outputs, widths, widths, np.cumsum(widths) - widths]
        return np.column_stack([np.array(column, np.int64) for column in columns])

    def slices(self) -> np.ndarray:
        """The same for each slice, (slices, 5): its row length is that of its band."""
        widths = self.vectors * self.lanes
        first = np.cumsum(widths) - widths
        bands = self.bands()
        of_band = bands[np.searchsorted(self._band_starts, np.arange(len(widths)), side="right") - 1]
        starts = of_band[:, :2] + ((first - of_band[:, 4]) * self.dtype.itemsize)[:, None]
        return np.column_stack([starts, of_band[:, 2], widths, first])

    def _columns(self) -> list[slice]:
        ends = np.minimum(np.cumsum([part.shape[1] for part in self.input_bands]), self.dimension).tolist()
        return [slice(start, end) for start, end in zip([0, *ends[:-1]], ends)]


def aligned_zeros(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Zeros that start at a cache line, in huge pages if the system has them."""
    size = max(1, int(np.prod(shape)) * np.dtype(dtype).itemsize)
    private = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
    memory = mmap.mmap(-1, size, **private)  # it starts at a page, and parts of it can be released
    if size >= HUGE_PAGE and hasattr(mmap, "MADV_HUGEPAGE"):
        memory.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(memory, dtype, int(np.prod(shape))).reshape(shape)


def give_back(part: np.ndarray) -> None:
    """Return the whole pages within these rows of an `aligned_zeros` to the system; they must not be read again."""
    base: Any = part
    while isinstance(base, np.ndarray):
        base = base.base
    memory = base.obj  # the mmap behind numpy's view of it
    start = part.ctypes.data - np.frombuffer(memory, np.uint8).ctypes.data
    first, last = -(-start // mmap.PAGESIZE) * mmap.PAGESIZE, (start + part.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE
    if last > first and hasattr(mmap, "MADV_DONTNEED"):
        memory.madvise(mmap.MADV_DONTNEED, first, last - first)


def _new_band(rows: int, width: int, dtype: np.dtype) -> np.ndarray:
    """One band, with a row of zeros at the end that stands for absent words."""
    return aligned_zeros((rows + 1, width), dtype)

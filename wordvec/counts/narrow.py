"""Rows of a matrix of whole numbers in the store, 8 bytes a cell: the lower 32 bits of sums; higher bits are apart.

Few sums need more than 32 bits. Cells of all pieces of a text are written and read once, so their size is the cost.
"""

from __future__ import annotations

import numpy as np

from wordvec.store import NewEntry, Store

BITS = 32
DTYPES = {"sizes": np.int32, "columns": np.int32, "sums": np.uint32, "high_at": np.int64, "high": np.int64}


class NarrowRows:
    """Rows first .. last - 1 of rows that come in order, for an entry with arrays of DTYPES."""

    def __init__(self, entry: NewEntry, first: int, last: int) -> None:
        self._arrays, self._first, self._last = entry.arrays, first, last
        self._row = self.cells = 0

    def append(self, sizes: np.ndarray, columns: np.ndarray, sums: np.ndarray) -> None:
        """Add the next rows. Sums must not be negative; rows outside first .. last must be empty."""
        if len(sums) and sums.max() >> BITS:
            at = np.flatnonzero(sums >> BITS)
            self._arrays["high_at"].append(at + self.cells)
            self._arrays["high"].append(sums[at] >> BITS)
        self._arrays["sizes"].append(sizes[max(0, self._first - self._row) : max(0, self._last - self._row)])
        self._arrays["columns"].append(columns)
        self._arrays["sums"].append(sums.astype(np.uint32))  # the lower bits
        self._row += len(sizes)
        self.cells += len(columns)


def read_sums(store: Store, name: str, begin: int = 0, end: int | None = None) -> np.ndarray:
    """The sums of cells begin .. end - 1 of an entry, in 32 bits if all of them fit."""
    sums, high_at = np.asarray(store.read(name, "sums", begin, end)), np.asarray(store.read(name, "high_at"))
    first, last = np.searchsorted(high_at, [begin, begin + len(sums)])
    if first == last:
        return sums
    wide = sums.astype(np.int64)
    wide[high_at[first:last] - begin] += np.asarray(store.read(name, "high", int(first), int(last))) << BITS
    return wide

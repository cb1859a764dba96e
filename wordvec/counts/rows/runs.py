"""Rows of a matrix one after the other, in memory or in temporary files."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from wordvec.growing_array import LIMITLESS, GrowingArray

Cells = tuple[np.ndarray, np.ndarray, np.ndarray]  # of some rows in order: cells in each, their columns, their sums


class Run(NamedTuple):
    """Rows in order: cells in each, their columns and their sums."""

    row_sizes: GrowingArray
    columns: GrowingArray
    sums: GrowingArray

    @classmethod
    def in_memory(cls, limit: int, value_type: Any, room: int) -> Run:
        """An empty run for up to `room` cells, which are held in memory up to `limit` bytes together."""
        columns, sums = (limit, limit) if limit == LIMITLESS else (limit // 3, 2 * limit // 3)  # of 4 and 8 bytes
        return cls(GrowingArray(np.int32), GrowingArray(np.int32, columns, room), GrowingArray(value_type, sums, room))

    @classmethod
    def on_disk(cls) -> Run:
        """An empty run in three temporary files."""
        return cls(GrowingArray(np.int32, 0), GrowingArray(np.int32, 0), GrowingArray(np.int64, 0))

    def append(self, sizes: np.ndarray, columns: np.ndarray, sums: np.ndarray) -> None:
        """Add rows at the end."""
        self.row_sizes.append(sizes)
        self.columns.append(columns)
        self.sums.append(sums)

    def close(self) -> None:
        """Release its files."""
        for array in self:
            array.close()

"""How much of a box is covered by other boxes, in constant time: a picture of them and its summed-area table."""

from __future__ import annotations

import numpy as np


class Coverage:
    """Boxes laid over each other on a grid of pixels.

    The table holds at (y, x) the sum of all pixels below and left of it (Crow 1984, "Summed-area tables for texture
    mapping"), so the sum over any box takes four look-ups, whatever its size.

    Boxes are (N, 4): left, bottom, right, top in pixels. Edges are rounded inwards, so a box never covers a pixel that
    it only touches.

    >>> Coverage(np.array([[0, 0, 2, 2], [1, 1, 3, 3]]), width=4, height=4).within(np.array([[1, 1, 4, 4]])).tolist()
    [5]
    """

    def __init__(self, boxes: np.ndarray, width: int, height: int) -> None:
        self.shape = (max(int(height), 1), max(int(width), 1))
        left, bottom, right, top = self._edges(boxes)
        depth = np.zeros((self.shape[0] + 1, self.shape[1] + 1), np.int64)  # of boxes over a pixel, as differences
        np.add.at(depth, (bottom, left), 1)
        np.add.at(depth, (bottom, right), -1)
        np.add.at(depth, (top, left), -1)
        np.add.at(depth, (top, right), 1)
        depth = depth.cumsum(axis=0).cumsum(axis=1)[:-1, :-1]
        self._table = np.zeros((self.shape[0] + 1, self.shape[1] + 1), np.int64)
        self._table[1:, 1:] = depth.cumsum(axis=0).cumsum(axis=1)

    def within(self, boxes: np.ndarray) -> np.ndarray:
        """How many pixels of the covering boxes lie within each box, (N,); one covered twice counts twice."""
        left, bottom, right, top = self._edges(boxes)
        table = self._table
        total: np.ndarray = table[top, right] - table[bottom, right] - table[top, left] + table[bottom, left]
        return total

    def _edges(self, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
        height, width = self.shape
        left, bottom = (
            np.clip(np.ceil(boxes[:, i]), 0, size).astype(np.int64) for i, size in ((0, width), (1, height))
        )
        right, top = (np.clip(np.floor(boxes[:, i]), 0, size).astype(np.int64) for i, size in ((2, width), (3, height)))
        return left, bottom, np.maximum(left, right), np.maximum(bottom, top)

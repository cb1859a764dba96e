"""Vectorized geometry of boxes, discs and lines: distances, crossings, and how much of a box others cover.

Boxes are left, bottom, right, top; all in pixels.
"""

from __future__ import annotations

import numpy as np

# Possible places of a label, best first, as the direction from the point to the label's centre.
DIRECTIONS = (
    *((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)),
    *((1, 0.5), (1, -0.5), (-1, 0.5), (-1, -0.5), (0.5, 1), (-0.5, 1), (0.5, -1), (-0.5, -1)),
)
SLANTED = 0.75  # share of the reach along both axes for diagonal boxes: no nearer than boxes above or beside


def places(positions: np.ndarray, reach: np.ndarray, sizes: np.ndarray, rings: int, ring: float) -> np.ndarray:
    """Boxes (N, 16 * rings, 4) around points, with the near edge at least `reach` away.

    Shapes: positions (N, 2), reach (N,), sizes (N, 2) widths and heights.
    """
    directions = np.array(DIRECTIONS, np.float64)
    slanted = np.abs(directions).sum(axis=1) == 2
    half = sizes[:, None, :] / 2
    parts = []
    for number in range(rings):
        away = (reach[:, None] + ring * number) * np.where(slanted, SLANTED, 1.0)  # (N, 8)
        centres = positions[:, None, :] + directions * (away[:, :, None] + half)
        parts.append(np.concatenate([centres - half, centres + half], axis=2))
    return np.concatenate(parts, axis=1)


def inside(boxes: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """Which boxes (..., 4) are inside the frame (4,)."""
    within: np.ndarray = np.all(boxes[..., :2] >= frame[:2], axis=-1) & np.all(boxes[..., 2:] <= frame[2:], axis=-1)
    return within


def near(boxes: np.ndarray, other: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """Which boxes (..., 4) are nearer than `gap` (2,) to others (..., 4), with broadcasting."""
    close: np.ndarray = (boxes[..., :2] < other[..., 2:] + gap) & (boxes[..., 2:] > other[..., :2] - gap)
    return np.asarray(close.all(axis=-1))


def distances(boxes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The distances from boxes (P, 4) to points (N, 2), (P, N); 0 for a point inside.

    >>> distances(np.array([[0, 0, 2, 2]]), np.array([[1, 1], [5, 6], [-3, 1]])).tolist()
    [[0.0, 5.0, 3.0]]
    """
    low, high = boxes[:, None, :2] - points, points - boxes[:, None, 2:]
    return np.asarray(np.linalg.norm(np.maximum(np.maximum(low, high), 0), axis=-1), np.float64)


def distances_from_lines(lines: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The distances from line segments (P, 4) of x0, y0, x1, y1 to points (N, 2), (P, N).

    >>> distances_from_lines(np.array([[0, 0, 4, 0]]), np.array([[2, 1], [7, 4]])).tolist()
    [[1.0, 5.0]]
    """
    start, way = lines[:, None, :2], (lines[:, 2:] - lines[:, :2])[:, None, :]
    length = np.maximum((way * way).sum(axis=-1), 1e-12)
    along = np.clip(((points - start) * way).sum(axis=-1) / length, 0, 1)
    return np.asarray(np.linalg.norm(points - start - along[..., None] * way, axis=-1), np.float64)


def lines_meet_boxes(lines: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Which line segments (P, 4) meet which boxes (N, 4), (P, N), by Liang and Barsky 1984.

    >>> boxes = np.array([[1, 1, 2, 2], [4, 0, 5, 1]])
    >>> lines_meet_boxes(np.array([[0, 0, 3, 3], [0, 2, 4.5, 2]]), boxes).tolist()
    [[True, False], [True, False]]
    """
    start, way = lines[:, None, :2].astype(np.float64), (lines[:, 2:] - lines[:, :2])[:, None, :]
    still = np.abs(way) < 1e-12
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = (boxes[None, :, :2] - start) / way, (boxes[None, :, 2:] - start) / way
    between = (start >= boxes[None, :, :2]) & (start <= boxes[None, :, 2:])
    enter = np.where(still, np.where(between, -np.inf, np.inf), np.minimum(low, high)).max(axis=-1)
    leave = np.where(still, np.where(between, np.inf, -np.inf), np.maximum(low, high)).min(axis=-1)
    return np.asarray(np.maximum(enter, 0) <= np.minimum(leave, 1))


def lines_cross(lines: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which line segments (P, 4) cross which others (N, 4), (P, N); touching does not count.

    >>> lines_cross(np.array([[0, 0, 2, 2]]), np.array([[0, 2, 2, 0], [3, 0, 5, 0]])).tolist()
    [[True, False]]
    """
    a, b = lines[:, None, :2], lines[:, None, 2:]
    c, d = others[None, :, :2], others[None, :, 2:]
    return np.asarray((_side(a, b, c) * _side(a, b, d) < 0) & (_side(c, d, a) * _side(c, d, b) < 0))


def _side(start: np.ndarray, end: np.ndarray, point: np.ndarray) -> np.ndarray:
    """The side of a line that a point is on: the sign of the cross product."""
    way, there = end - start, point - start
    return np.asarray(np.sign(way[..., 0] * there[..., 1] - way[..., 1] * there[..., 0]))


# How much of a box is covered by other boxes, in constant time: an image of them and its summed-area table.


class Coverage:
    """Overlapping boxes on a grid of pixels.

    The table has at (y, x) the sum of all pixels below and left of it (Crow 1984, "Summed-area tables for texture
    mapping"), so the sum over a box of any size takes four look-ups.

    Boxes are (N, 4): left, bottom, right, top in pixels. Edges are rounded inwards, so a box never covers a pixel that
    it only touches.

    >>> Coverage(np.array([[0, 0, 2, 2], [1, 1, 3, 3]]), width=4, height=4).within(np.array([[1, 1, 4, 4]])).tolist()
    [5]
    """

    def __init__(self, boxes: np.ndarray, width: int, height: int) -> None:
        self.shape = (max(int(height), 1), max(int(width), 1))
        left, bottom, right, top = self._edges(boxes)
        depth = np.zeros((self.shape[0] + 1, self.shape[1] + 1), np.int64)  # boxes over each pixel, as differences
        np.add.at(depth, (bottom, left), 1)
        np.add.at(depth, (bottom, right), -1)
        np.add.at(depth, (top, left), -1)
        np.add.at(depth, (top, right), 1)
        depth = depth.cumsum(axis=0).cumsum(axis=1)[:-1, :-1]
        self._table = np.zeros((self.shape[0] + 1, self.shape[1] + 1), np.int64)
        self._table[1:, 1:] = depth.cumsum(axis=0).cumsum(axis=1)

    def within(self, boxes: np.ndarray) -> np.ndarray:
        """The number of covered pixels within each box, (N,); a pixel covered twice counts twice."""
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

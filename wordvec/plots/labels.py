"""Labels beside points, as many as fit without overlapping: the important first, the rest left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordvec.plots.figure import root_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

GAP = 1.0  # points (1/72 inch) between a point's edge and its label
LABEL_GAP = (2.5, 1.0)  # between labels side by side, and one above the other; hinting moves edges by a pixel

# Where a label may stand, best first, as the direction from the point to the label's centre.
DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))


def place_labels(
    axes: Axes,
    points: np.ndarray,
    labels: Sequence[str],
    sizes: np.ndarray,
    colours: Sequence[str],
    areas: np.ndarray,
    families: Sequence[str],
) -> list[Annotation]:
    """Write labels beside their points where no label covers another; return those that found a place.

    Greedy: in the order given, each label takes, among eight places around its point that lie inside the axes and
    touch no earlier label, the one that covers the fewest points; where all eight are taken it is left out. The
    places hold for the present limits and size of the axes: call this last.

    Shapes: points (N, 2) in data coordinates; labels, sizes (font, pt), colours, areas (of the points, pt^2): N each.
    """
    from matplotlib.patheffects import AbstractPathEffect, withStroke

    # A label stays readable on points it covers.
    halo: list[AbstractPathEffect] = [withStroke(linewidth=1.5, foreground="white", alpha=0.8)]
    figure = root_figure(axes)
    figure.draw_without_rendering()  # settles the layout, on which the room for labels depends
    pixels_per_point = figure.dpi / 72
    positions = axes.transData.transform(points)
    radii = np.sqrt(areas) / 2 * pixels_per_point
    gap = GAP * pixels_per_point
    frame = np.asarray(axes.bbox.extents)
    between = np.array(LABEL_GAP) * pixels_per_point
    taken = np.empty((0, 4))
    placed = []

    def free_places(boxes: np.ndarray) -> np.ndarray:
        return _inside(boxes, frame) & ~_overlapping(boxes, taken, between)

    for i, label in enumerate(labels):
        least = sizes[i] * pixels_per_point / 2  # no label is smaller: where not even this fits, do not measure
        if not free_places(_places(positions[i], radii[i] + gap, least, least)).any():
            continue
        text = axes.annotate(
            label, points[i], (0, 0), textcoords="offset points", ha="left", va="bottom",
            fontsize=sizes[i], color=colours[i], fontfamily=list(families), parse_math=False,
        )  # fmt: skip
        text.set_in_layout(False)
        text.set_path_effects(halo)
        extent = text.get_window_extent(_renderer(axes))
        boxes = _places(positions[i], radii[i] + gap, extent.width, extent.height)
        free = free_places(boxes)
        if not free.any():
            text.remove()
            continue
        covered = np.where(free, _points_covered(boxes, positions, radii), len(points) + 1)
        box = boxes[covered.argmin()]
        text.set_position(tuple((box[:2] - positions[i]) / pixels_per_point))
        taken = np.vstack([taken, box])
        placed.append(text)
    return placed


def _renderer(axes: Axes):  # type: ignore[no-untyped-def]  # matplotlib's renderer, Agg's whatever the canvas is
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = root_figure(axes)
    canvas = figure.canvas
    return (canvas if isinstance(canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)).get_renderer()


def _places(position: np.ndarray, distance: float, width: float, height: float) -> np.ndarray:
    """Boxes (8, 4) of left, bottom, right, top around a point, their near edge `distance` away."""
    directions = np.array(DIRECTIONS, np.float64)
    reach = np.where(np.abs(directions).sum(axis=1, keepdims=True) > 1, distance * 0.7, distance)
    centres = position + directions * (reach + np.array([width, height]) / 2)
    half = np.array([width, height]) / 2
    return np.hstack([centres - half, centres + half])


def _inside(boxes: np.ndarray, frame: np.ndarray) -> np.ndarray:
    inside: np.ndarray = np.all(boxes[:, :2] >= frame[:2], axis=1) & np.all(boxes[:, 2:] <= frame[2:], axis=1)
    return inside


def _overlapping(boxes: np.ndarray, taken: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """Which boxes (M, 4) come nearer than `gap` (2,) to any of `taken` (K, 4)."""
    near: np.ndarray = (boxes[:, None, :2] < taken[:, 2:] + gap) & (boxes[:, None, 2:] > taken[:, :2] - gap)
    return np.any(np.all(near, axis=2), axis=1)


def _points_covered(boxes: np.ndarray, positions: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """How many points each box (M, 4) touches."""
    low, high = positions - radii[:, None], positions + radii[:, None]
    touched: np.ndarray = (boxes[:, None, :2] < high) & (boxes[:, None, 2:] > low)
    return np.sum(np.all(touched, axis=2), axis=1)

"""Labels beside points: as many as fit without overlapping, the most important first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from wordvec.plots.figure import renderer_of, root_figure, settle
from wordvec.plots.fonts import boxes_allowed, least_widths
from wordvec.plots.label_geometry import (
    DIRECTIONS,
    Coverage,
    distances,
    distances_from_lines,
    inside,
    lines_cross,
    lines_meet_boxes,
    near,
    places,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.text import Annotation

GAP = 1.3  # points (1/72 inch) between a point's edge and its label
HALO = 0.9  # points of white around a letter, which would also cover dots: half the stroke in label_artist
DOUBTFUL = 2.0  # times the gap: another dot this near makes it ambiguous which point is labelled
DOUBT_COST = 30.0  # cost of an ambiguous place, in square points of covered ink
LABEL_GAP = (2.5, 1.0)  # between labels side by side, and one above the other; hinting moves edges by a pixel
RING = 9.0  # points between one ring of places and the next
RING_COST = 60.0  # cost of a place one ring further out, in square points of covered ink
LEAST_HEIGHT = 0.88  # height of a label, in font sizes
STEPS = 40  # boxes along a line
ATTEMPTS = 5  # orders tried for few labels
CHUNK = 5_000  # labels examined together
CLEAR = 1_000  # up to this many points, no label may cover one; with more there would be hardly any labels
Style = dict[str, object]


def place_labels(
    axes: Axes,
    points: np.ndarray,
    labels: Sequence[str],
    sizes: np.ndarray,
    colours: Sequence[str],
    areas: np.ndarray,
    families: Sequence[str],
    rings: int = 1,
    avoid: np.ndarray | None = None,
    density: float | None = None,
) -> list[Annotation]:
    """Write labels beside their points so that none covers another; return those that could be placed.

    The method is greedy, in the given order. Each label has 16 places around its point; among those inside the axes
    that touch no earlier label, it takes the one that covers the least of the points and of the boxes to `avoid`. With
    several `rings`, places further out are used, with a thin line to the point, if nearer ones are taken or cover much.
    With up to 1,000 points, no label covers a point, and no line passes through another point; with more, they cover as
    little as possible. Lines cross neither labels nor each other. A label's size is that of its ink, which may extend
    beyond the text's box (a "j" does), and its halo.

    A label without a free place is left out (with several `rings`, after further attempts in which it comes first), and
    so are labels beyond `density` per square inch of the axes. Places depend on the limits and size of the axes: call
    this last.

    Shapes: points (N, 2) in data coordinates; labels, sizes (font, pt), colours, areas (of the points' circles as in
    scatter: diameters squared, pt^2): N each; avoid (M, 4) boxes in pixels.
    """
    least = np.column_stack([sizes * least_widths(labels), sizes * LEAST_HEIGHT])
    styles = [
        {"fontsize": size, "color": colour, "fontfamily": list(families), "ha": "left", "va": "bottom"}
        for size, colour in zip(sizes.tolist(), colours)
    ]
    with boxes_allowed():
        placer = _Placer(axes, points, areas, rings, avoid)
        most = len(labels) if density is None else ceil(density * placer.square_inches)
        return _place(placer, labels, styles, least, most) if rings == 1 else _place_all(placer, labels, styles, least)


def _place_all(placer: _Placer, labels: Sequence[str], styles: list[Style], least: np.ndarray) -> list[Annotation]:
    """Place few labels: those without a place come first in the next attempt; the best attempt counts."""
    order = np.arange(len(labels))
    best, most = order, -1
    for _ in range(ATTEMPTS):
        placed = _place(placer, labels, styles, least, len(labels), order)
        if len(placed) == len(labels):
            return placed
        if len(placed) > most:
            best, most = order, len(placed)
        left = ~np.isin(order, list(placer.placed))
        placer.undo()
        order = np.concatenate([order[left], order[~left]])
    return _place(placer, labels, styles, least, len(labels), best)


def _place(
    placer: _Placer,
    labels: Sequence[str],
    styles: list[Style],
    least: np.ndarray,
    most: int,
    order: np.ndarray | None = None,
) -> list[Annotation]:
    """Place labels in this order (default: as given) until there are `most`."""
    order = np.arange(len(labels)) if order is None else order
    for first in range(0, len(order), CHUNK):
        for i in placer.may_fit(order[first : first + CHUNK], least):
            placer.try_label(i, labels[i], **styles[i])
            if len(placer.placed) == most:
                break
        if len(placer.placed) == most:
            break
    return list(placer.placed.values())


def along(axes: Axes, lines: np.ndarray) -> np.ndarray:
    """Small boxes in pixels (M, 4) along straight lines (N, 2, 2) in data coordinates, for labels to avoid."""
    settle(axes)
    steps = np.linspace(0, 1, STEPS)[:, None]
    pixels = axes.transData.transform(np.concatenate([start + steps * (end - start) for start, end in lines]))
    return np.hstack([pixels - 3, pixels + 3])


class _Placer:
    """The state of one call of `place_labels`, in pixels: the positions of points, labels and connecting lines."""

    def __init__(self, axes: Axes, points: np.ndarray, areas: np.ndarray, rings: int, avoid: np.ndarray | None) -> None:
        figure = root_figure(axes)
        settle(axes)  # the room for labels depends on the layout
        self.axes, self.rings, self.points = axes, rings, points
        self.scale = figure.dpi / 72  # pixels per point
        self.positions = axes.transData.transform(points)
        self.radii = np.sqrt(areas) / 2 * self.scale
        self.frame = _widened(np.asarray(axes.bbox.extents), -GAP * self.scale)
        self.square_inches = float(axes.bbox.width * axes.bbox.height) / figure.dpi**2
        self.size = (int(np.ceil(figure.bbox.width)), int(np.ceil(figure.bbox.height)))
        self.clear = slice(0, len(points) if len(points) <= CLEAR else 0)  # the dots that nothing may cover
        squares = np.hstack([self.positions - self.radii[:, None], self.positions + self.radii[:, None]])
        self.ink = Coverage(np.vstack([squares, _boxes(avoid)]), *self.size)
        self.taken, self.leads = np.empty((0, 4)), np.empty((0, 4))
        self.between = np.array(LABEL_GAP) * self.scale
        self.placed: dict[int, Annotation] = {}
        self.lines: list[Line2D] = []
        self.measured: dict[int, tuple[float, float, float]] = {}

    def undo(self) -> None:
        """Remove all labels and lines."""
        for artist in (*self.placed.values(), *self.lines):
            artist.remove()
        self.placed, self.lines = {}, []
        self.taken, self.leads = np.empty((0, 4)), np.empty((0, 4))

    def may_fit(self, numbers: np.ndarray, least: np.ndarray) -> Iterator[int]:
        """Yield the labels that may find a place, given their `least` widths and heights (pt), while places are taken.

        It does not measure: a few labels that do not fit are included, but none that fits is missing.
        """
        reach = self.radii[numbers] + GAP * self.scale
        boxes = places(self.positions[numbers], reach, least[numbers] * self.scale, self.rings, RING * self.scale)
        wide = boxes + np.concatenate([-self.between, self.between])
        labels = Coverage(self.taken, *self.size)  # a first filter, by whole pixels
        free = inside(boxes, self.frame) & (labels.within(wide.reshape(-1, 4)).reshape(boxes.shape[:2]) == 0)
        left = np.flatnonzero(free.any(axis=1))
        numbers, boxes, free = numbers[left], boxes[left], free[left]
        for other in self.taken:
            free &= ~near(boxes, other, self.between)
        known = len(self.taken)
        for at, number in enumerate(numbers.tolist()):
            if len(self.taken) > known:
                known = len(self.taken)
                free[at:] &= ~near(boxes[at:], self.taken[-1], self.between)
            if free[at].any():
                yield number

    def free_places(self, i: int, width: float, height: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The places (16 per ring, 4) around point `i`, which of them are inside and free, and which are ambiguous."""
        reach = self.radii[i : i + 1] + GAP * self.scale
        boxes = places(self.positions[i : i + 1], reach, np.array([[width, height]]), self.rings, RING * self.scale)[0]
        free = inside(boxes, self.frame) & ~near(boxes[:, None], self.taken, self.between).any(axis=1)
        edges = distances(boxes, self.positions[self.clear]) - self.radii[self.clear]
        free &= (edges >= HALO * self.scale).all(axis=1)
        if len(self.leads):
            free &= ~lines_meet_boxes(self.leads, _widened(boxes, self.scale)).any(axis=0)
        further = np.flatnonzero(free[len(DIRECTIONS) :]) + len(DIRECTIONS)
        if len(further):
            free[further] = self._may_lead(i, self._lead(i, boxes[further]))
        edges[:, i : i + 1] = np.inf
        return boxes, free, (edges < DOUBTFUL * GAP * self.scale).any(axis=1)

    def _lead(self, i: int, boxes: np.ndarray) -> np.ndarray:
        """Lines (P, 4) from the edge of point `i` to just before the nearest edges of boxes further out.

        A pixel further than the halo: hinting makes letters higher at one resolution than at another.
        """
        ends = np.clip(self.positions[i], boxes[:, :2], boxes[:, 2:])
        way = ends - self.positions[i]
        way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
        return np.hstack([self.positions[i] + way * self.radii[i], ends - way * (HALO * self.scale + 1)])

    def _may_lead(self, i: int, lines: np.ndarray) -> np.ndarray:
        """Which lines from point `i` meet no label, no other line, and no dot except those that touch its own."""
        crossed = lines_meet_boxes(lines, _widened(self.taken, self.scale)).any(axis=1)
        crossed |= lines_cross(lines, self.leads).any(axis=1)
        apart = np.linalg.norm(self.positions[self.clear] - self.positions[i], axis=1)
        others = np.flatnonzero(apart > self.radii[self.clear] + self.radii[i])
        dots = distances_from_lines(lines, self.positions[others]) - self.radii[others]
        return np.asarray(~crossed & (dots > 0.5 * self.scale).all(axis=1))

    def try_label(self, i: int, label: str, **style: object) -> None:
        """Write the label of point `i` at the best free place, if there is one."""
        from wordvec.plots.label_artist import add_label

        left, width, height = self._measured(i, label, style)
        boxes, free, doubtful = self.free_places(i, width, height)
        if not free.any():
            return
        rings = np.arange(len(boxes)) // len(DIRECTIONS)
        cost = self.ink.within(boxes) + self.scale**2 * (RING_COST * rings + DOUBT_COST * doubtful)
        best = int(np.where(free, cost, np.inf).argmin())
        box = boxes[best]
        offset = (box[:2] + (left, 0) - self.positions[i]) / self.scale
        self.placed[i] = add_label(self.axes, label, self.points[i], (offset[0], offset[1]), **style)
        self.taken = np.vstack([self.taken, box])
        if rings[best]:
            self._draw_lead(self._lead(i, box[None]))

    def _measured(self, i: int, label: str, style: Mapping[str, object]) -> tuple[float, float, float]:
        """How far a label's ink extends left of its origin, its width and its height, in pixels; measured once."""
        from wordvec.plots.label_artist import add_label, ink_beyond

        if i not in self.measured:
            text = add_label(self.axes, label, self.points[i], (0.0, 0.0), **style)
            extent = text.get_window_extent(renderer_of(self.axes))
            left, right = (part * self.scale for part in ink_beyond(text, extent.width / self.scale))
            text.remove()
            self.measured[i] = left, extent.width + left + right, extent.height
        return self.measured[i]

    def _draw_lead(self, line: np.ndarray) -> None:
        """Draw a thin line from a point to its label."""
        self.leads = np.vstack([self.leads, line])
        (x0, y0), (x1, y1) = self.axes.transData.inverted().transform(line.reshape(2, 2))
        (drawn,) = self.axes.plot(
            [x0, x1], [y0, y1], color="#999999", linewidth=0.5, zorder=1.5, scalex=False, scaley=False
        )
        drawn.set_in_layout(False)
        self.lines.append(drawn)


def _widened(boxes: np.ndarray, by: float) -> np.ndarray:
    return np.asarray(boxes + np.array([-by, -by, by, by]))


def _boxes(avoid: np.ndarray | None) -> np.ndarray:
    return np.empty((0, 4)) if avoid is None else np.asarray(avoid, np.float64).reshape(-1, 4)

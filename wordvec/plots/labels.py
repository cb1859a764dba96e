"""Labels beside points, as many as fit without overlapping: the important first, the rest left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from wordvec.plots.coverage import Coverage
from wordvec.plots.figure import root_figure
from wordvec.plots.fonts import boxes_allowed, least_widths

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

GAP = 1.0  # points (1/72 inch) between a point's edge and its label
LABEL_GAP = (2.5, 1.0)  # between labels side by side, and one above the other; hinting moves edges by a pixel
RING = 9.0  # points by which the next ring of places lies further out
RING_COST = 60.0  # square points of ink that a label rather covers than stand one ring further out
LEAST_HEIGHT = 0.88  # of a label, in font sizes
STEPS = 40  # boxes along a line
CHUNK = 5_000  # labels looked at together
CLEAR = 1_000  # points up to which no label may cover one; among more there would be hardly any label

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
    rings: int = 1,
    avoid: np.ndarray | None = None,
    density: float | None = None,
) -> list[Annotation]:
    """Write labels beside their points where no label covers another; return those that found a place.

    Greedy: in the order given, each label takes, among eight places around its point that lie inside the axes and
    touch no earlier label, the one that covers the least of the points and of the boxes to `avoid`; with several
    `rings` also among places further out, with a thin line to its point, where those nearer are taken or cover much.
    Among up to 1,000 points, no label covers any point at all; among more, labels may, as little as they can.

    Where no place is free the label is left out, and so are all beyond `density` labels a square inch of the axes. The
    places hold for the present limits and size of the axes: call this last.

    Shapes: points (N, 2) in data coordinates; labels, sizes (font, pt), colours, areas (of the points, pt^2): N each;
    avoid (M, 4) boxes in pixels.
    """
    with boxes_allowed():
        return _place(_Placer(axes, points, areas, rings, avoid), labels, sizes, colours, list(families), density)


def _place(
    placer: _Placer,
    labels: Sequence[str],
    sizes: np.ndarray,
    colours: Sequence[str],
    families: list[str],
    density: float | None,
) -> list[Annotation]:
    least = np.column_stack([sizes * least_widths(labels), sizes * LEAST_HEIGHT])
    most = len(labels) if density is None else ceil(density * placer.square_inches)
    placed: list[Annotation] = []
    for first in range(0, len(labels), CHUNK):
        for i in placer.may_fit(np.arange(first, min(first + CHUNK, len(labels))), least):
            text = placer.try_label(
                i, labels[i], fontsize=sizes[i], color=colours[i], fontfamily=families, ha="left", va="bottom"
            )
            placed += [] if text is None else [text]
            if len(placed) == most:
                return placed
    return placed


def along(axes: Axes, lines: np.ndarray) -> np.ndarray:
    """Small boxes in pixels (M, 4) along straight lines (N, 2, 2) in data coordinates, for labels to avoid."""
    with boxes_allowed():
        root_figure(axes).draw_without_rendering()  # settles where data coordinates lie
    steps = np.linspace(0, 1, STEPS)[:, None]
    pixels = axes.transData.transform(np.concatenate([start + steps * (end - start) for start, end in lines]))
    return np.hstack([pixels - 3, pixels + 3])


class _Placer:
    """The state of one call of `place_labels`, in pixels: where points and labels are."""

    def __init__(self, axes: Axes, points: np.ndarray, areas: np.ndarray, rings: int, avoid: np.ndarray | None) -> None:
        figure = root_figure(axes)
        figure.draw_without_rendering()  # settles the layout, on which the room for labels depends
        self.axes, self.rings, self.points = axes, rings, points
        self.scale = figure.dpi / 72  # pixels in a point
        self.positions = axes.transData.transform(points)
        self.radii = np.sqrt(areas) / 2 * self.scale
        self.frame = np.asarray(axes.bbox.extents)
        self.square_inches = float(axes.bbox.width * axes.bbox.height) / figure.dpi**2
        self.size = (int(np.ceil(figure.bbox.width)), int(np.ceil(figure.bbox.height)))
        dots = _around(self.positions, self.radii)
        self.dots = dots if len(dots) <= CLEAR else np.empty((0, 4))  # those that no label may cover
        self.ink = Coverage(np.vstack([dots, _boxes(avoid)]), *self.size)
        self.taken = np.empty((0, 4))
        self.between = np.array(LABEL_GAP) * self.scale

    def may_fit(self, numbers: np.ndarray, least: np.ndarray) -> Iterator[int]:
        """Those of these labels, of at `least` these widths and heights (pt), that may find a place, while places are
        being taken: without measuring, few that do not fit are among them, and none that fits is missing.
        """
        reach = self.radii[numbers] + GAP * self.scale
        places = _places(self.positions[numbers], reach, least[numbers] * self.scale, self.rings, RING * self.scale)
        wide = places + np.concatenate([-self.between, self.between])
        labels = Coverage(self.taken, *self.size)  # a first sieve, of whole pixels
        free = _inside(places, self.frame) & (labels.within(wide.reshape(-1, 4)).reshape(places.shape[:2]) == 0)
        left = np.flatnonzero(free.any(axis=1))
        numbers, places, free = numbers[left], places[left], free[left]
        for other in self.taken:
            free &= ~_near(places, other, self.between)
        known = len(self.taken)
        for at, number in enumerate(numbers.tolist()):
            if len(self.taken) > known:
                known = len(self.taken)
                free[at:] &= ~_near(places[at:], self.taken[-1], self.between)
            if free[at].any():
                yield number

    def free_places(self, i: int, width: float, height: float) -> tuple[np.ndarray, np.ndarray]:
        """The places (8 a ring, 4) around point `i`, and which of them are inside and free."""
        reach = self.radii[i : i + 1] + GAP * self.scale
        places = _places(self.positions[i : i + 1], reach, np.array([[width, height]]), self.rings, RING * self.scale)
        free = _inside(places, self.frame)[0] & ~_near(places[0][:, None], self.taken, self.between).any(axis=1)
        free &= ~_near(places[0][:, None], self.dots, np.zeros(2)).any(axis=1)
        return places[0], free

    def try_label(self, i: int, label: str, **style: object) -> Annotation | None:
        """Write the label of point `i` at the best free place, or not at all."""
        from wordvec.plots.label_artist import add_label

        text = add_label(self.axes, label, self.points[i], (0.0, 0.0), **style)
        extent = text.get_window_extent(_renderer(self.axes))
        places, free = self.free_places(i, extent.width, extent.height)
        if not free.any():
            text.remove()
            return None
        rings = np.arange(len(places)) // len(DIRECTIONS)
        cost = np.where(free, self.ink.within(places) + RING_COST * self.scale**2 * rings, np.inf)
        ring, box = rings[cost.argmin()], places[cost.argmin()]
        text.set_position(tuple((box[:2] - self.positions[i]) / self.scale))
        self.taken = np.vstack([self.taken, box])
        if ring:
            self._lead(i, box)
        return text

    def _lead(self, i: int, box: np.ndarray) -> None:
        """A thin line from point `i` to the nearest edge of its label's box."""
        end = np.clip(self.positions[i], box[:2], box[2:])
        (x0, y0), (x1, y1) = self.axes.transData.inverted().transform([self.positions[i], end])
        (line,) = self.axes.plot(
            [x0, x1], [y0, y1], color="#999999", linewidth=0.5, zorder=1.5, scalex=False, scaley=False
        )
        line.set_in_layout(False)


def _renderer(axes: Axes):  # type: ignore[no-untyped-def]  # matplotlib's renderer, Agg's whatever the canvas is
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = root_figure(axes)
    canvas = figure.canvas
    return (canvas if isinstance(canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)).get_renderer()


def _places(positions: np.ndarray, reach: np.ndarray, sizes: np.ndarray, rings: int, ring: float) -> np.ndarray:
    """Boxes (N, 8 * rings, 4) of left, bottom, right, top around points, their near edge `reach` away or further.

    Shapes: positions (N, 2), reach (N,), sizes (N, 2) widths and heights.
    """
    directions = np.array(DIRECTIONS, np.float64)
    slanted = np.abs(directions).sum(axis=1) > 1
    half = sizes[:, None, :] / 2
    parts = []
    for number in range(rings):
        away = (reach[:, None] + ring * number) * np.where(slanted, 0.7, 1.0)  # (N, 8)
        centres = positions[:, None, :] + directions * (away[:, :, None] + half)
        parts.append(np.concatenate([centres - half, centres + half], axis=2))
    return np.concatenate(parts, axis=1)


def _inside(boxes: np.ndarray, frame: np.ndarray) -> np.ndarray:
    inside: np.ndarray = np.all(boxes[..., :2] >= frame[:2], axis=-1) & np.all(boxes[..., 2:] <= frame[2:], axis=-1)
    return inside


def _near(boxes: np.ndarray, other: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """Which boxes (..., 4) come nearer than `gap` (2,) to others (..., 4), side by side or one to all."""
    near: np.ndarray = (boxes[..., :2] < other[..., 2:] + gap) & (boxes[..., 2:] > other[..., :2] - gap)
    return np.asarray(near.all(axis=-1))


def _around(positions: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """The squares (N, 4) that points of these radii fill."""
    return np.hstack([positions - radii[:, None], positions + radii[:, None]])


def _boxes(avoid: np.ndarray | None) -> np.ndarray:
    return np.empty((0, 4)) if avoid is None else np.asarray(avoid, np.float64).reshape(-1, 4)

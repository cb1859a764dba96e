"""Parts of all word maps: chosen words, points, labels, a legend, a frame."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from wordvec.argument_types import check_is_list
from wordvec.errors import OptionError, counted
from wordvec.plots.figure import LONGEST, new_axes, plain, renderer_of, room_of, root_figure, settle
from wordvec.plots.fonts import boxes_allowed, font_families
from wordvec.plots.groups import Groups
from wordvec.plots.labels import place_labels
from wordvec.plots.palette import (
    AREA_OF,
    FAINT,
    FONT_SIZE,
    INK,
    NOTE,
    OTHERS,
    REACH_OF,
    Sizes,
    Style,
    crowding,
    text_colour,
)
from wordvec.plots.projection import METHODS, pca, project
from wordvec.progress import warn
from wordvec.terminal import display_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

    from wordvec.vectors import WordVectors


RASTER_FROM = 5_000  # more points than this become pixels in SVG and PDF; text stays text
LEAST_WIDTH, MOST_WIDTH = 60, 1_000  # of a figure, in millimetres
FEWEST_WORDS = 3  # of a map
FEW = 80  # up to this many words, all should have labels
RINGS = 6  # rings of places around points of few words
PLAIN = "o"  # the marker of words without a group
DENSITY = 9.0  # labels per square inch; more could not be read


def check_method(method: str) -> None:
    """Raise OptionError unless `method` is a projection method."""
    if method not in METHODS:
        raise OptionError(f"method must be one of {', '.join(METHODS)}; got {method!r}")


def chosen_ids(
    vectors: WordVectors, words: Sequence[str] | None, top: int, without: np.ndarray | None = None
) -> np.ndarray:
    """Ids of the words to draw, most common first: those named, each once, or the `top` most frequent but `without`."""
    if words is None and top < FEWEST_WORDS:
        raise OptionError(f"a map needs at least {FEWEST_WORDS} words; got top={top}")
    if words is not None:
        check_is_list("words", words)
        ids = np.array(list(dict.fromkeys(vectors.word_id(word) for word in words)), np.int64)
        ids = ids[np.argsort(-weight_by_count(vectors, ids), kind="stable")]
    else:  # files without counts list frequent words first
        order = np.arange(len(vectors)) if vectors.counts is None else np.argsort(-vectors.counts, kind="stable")
        left = order if without is None or not len(without) else order[~np.isin(order, without)]
        ids = left[:top]
    return check_enough(ids)


def with_places(vectors: WordVectors, ids: np.ndarray) -> np.ndarray:
    """The ids of words whose vector is not zero; a UserWarning counts the others, which have no place on a map."""
    zero = vectors.lengths[ids] == 0
    if not zero.any():
        return ids
    word, several = vectors.words[int(ids[zero][0])], int(zero.sum()) > 1
    warn(
        f"left out of the map, as the vector is zero: {word!r}" + (f" and {zero.sum() - 1:,} more" if several else ""),
    )
    return check_enough(ids[~zero])


def check_enough(ids: np.ndarray) -> np.ndarray:
    """The ids; OptionError if they are too few for a map."""
    if len(ids) < FEWEST_WORDS:
        raise OptionError(f"a map needs at least {FEWEST_WORDS} words; got {len(ids)}")
    return ids


def weight_by_count(vectors: WordVectors, ids: np.ndarray) -> np.ndarray:
    """From 0 for the rarest of these words to 1 for the most common, by log count (by log rank without counts)."""
    value = -np.log1p(ids) if vectors.counts is None else np.log1p(vectors.counts[ids])
    spread = float(np.ptp(value)) if len(value) else 0.0
    return (value - value.min()) / spread if spread > 0 else np.full(len(ids), 0.5)


def projected(
    rows: np.ndarray, method: str, seed: int, show_progress: bool | None = None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Points (N, 2), and for PCA the shares of the variance."""
    if method == "pca":
        return pca(rows, 2)
    return project(rows, method, seed, show_progress=show_progress), None


def names_of(vectors: WordVectors, ids: np.ndarray) -> list[str]:
    """The words of these rows."""
    words = vectors.words if len(ids) < len(vectors) // 8 else list(vectors.words)  # one by one is slow for many
    return [words[i] for i in ids.tolist()]


def draw_points(
    axes: Axes, points: np.ndarray, weight: np.ndarray, groups: Groups, styles: Sequence[Style], sizes: Sizes
) -> np.ndarray:
    """Draw points with the colour and marker of their group; points without a group are grey and below the others.

    Returns the areas (N,) of the circles around them, in pt^2 as for `scatter`.
    """
    from matplotlib.colors import to_rgba_array

    crowd = crowding(len(points))
    areas = sizes.areas(weight)
    colours = to_rgba_array([*(style.colour for style in styles), OTHERS], alpha=0.45 + 0.35 * crowd)[groups.of_word]
    markers = np.array([*(style.marker for style in styles), PLAIN])[groups.of_word]
    factors = np.array([AREA_OF[marker] for marker in markers])
    kinds = [(groups.of_word < 0, PLAIN, 1.0)] + [
        ((groups.of_word >= 0) & (markers == marker), marker, 2.0) for marker in dict.fromkeys(s.marker for s in styles)
    ]
    for chosen, marker, zorder in kinds:
        if chosen.any():
            axes.scatter(
                points[chosen, 0], points[chosen, 1], s=(areas * factors)[chosen], c=colours[chosen], linewidths=0,
                marker=marker, zorder=zorder, rasterized=len(points) > RASTER_FROM,
            )  # fmt: skip
    return np.asarray(areas * np.array([REACH_OF[marker] for marker in markers]) ** 2)


def label_points(
    axes: Axes,
    points: np.ndarray,
    names: Sequence[str],
    weight: np.ndarray,
    groups: Groups,
    styles: Sequence[Style],
    areas: np.ndarray,
    sizes: Sizes,
    first: Collection[str] = (),
) -> list[Annotation]:
    """Label the points: those named `first`, then those of a group, then the others; each by falling frequency.

    If there are few labels, they may be placed further out, with a line to their point; with many, the lines would
    clutter the map.
    """
    settle(axes)
    axes.autoscale_view()  # with equal scales, limits only grew while titles and legend took up space
    of_word = groups.of_word
    preferred = np.array([name in first for name in names])
    order = np.lexsort((-weight, of_word < 0, ~preferred)).tolist()
    inks = [*(text_colour(style.colour) for style in styles), FAINT]  # the last is for group -1
    return place_labels(
        axes,
        points[order],
        [names[i] for i in order],
        sizes.labels(weight[order]),
        [inks[of_word[i]] for i in order],
        areas[order],
        font_families(names),
        rings=RINGS if len(names) <= FEW else 1,
        density=None if len(names) <= FEW else DENSITY,
    )


def set_frame(axes: Axes, shares: np.ndarray | None, font_size: float = FONT_SIZE) -> None:
    """Equal scales, no ticks (a map's numbers mean nothing), a thin frame, and PCA's shares of the variance."""
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.04)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(color="#CCCCCC", linewidth=0.8)
    if shares is not None:
        axes.set_xlabel(f"PC 1 ({shares[0]:.1%})", fontsize=NOTE * font_size, color=FAINT)
        axes.set_ylabel(f"PC 2 ({shares[1]:.1%})", fontsize=NOTE * font_size, color=FAINT)


def axes_to_fit(points: np.ndarray, legend: Legend | None = None, width_mm: float | None = None) -> Axes:
    """Axes in a figure `width_mm` wide (default: by the number of words, up to seven inches), with a height for the
    map, within limits, and the `legend` under it.
    """
    if width_mm is not None and not LEAST_WIDTH <= width_mm <= MOST_WIDTH:
        raise OptionError(f"width_mm must be from {LEAST_WIDTH} to {MOST_WIDTH} millimetres; got {width_mm}")
    width, height = np.maximum(np.ptp(points, axis=0), 1e-12)
    inches = float(np.interp(len(points), (8, 60), (4.6, 7.0))) if width_mm is None else width_mm / 25.4
    more = 0.5 if legend is None else 0.5 * legend.sizes.scale + legend.height(inches)
    return new_axes(inches, float(np.clip(inches * height / width, 0.6 * inches, 0.83 * inches)) + more)


# The legend of a map: the meaning of colours and markers, and the counts of the smallest and largest dots.


LETTER = 0.52  # mean width of a letter, in font sizes
HANDLE = 22.0  # points for a marker and the space between columns
LINE = 1.42  # distance between lines, in font sizes
SHORT = (20, 10, 5)  # columns of a legend's names, if one column of longer ones is too wide
MARGIN = 0.1  # inches around the axes
ROOM = 0.95  # share of a figure's width that its axes take
ONE_COLOUR = Style(FAINT, "o")


class Legend:
    """The entries of a legend: (name, style, diameter of the marker in points).

    `counts` (N,) are the counts of the words drawn, or None. If dots are sized by count, the legend shows the smallest
    and the largest one.
    """

    def __init__(self, groups: Groups, styles: Sequence[Style], sizes: Sizes, counts: np.ndarray | None) -> None:
        self.sizes = sizes
        used = [(groups.names[i], styles[i]) for i in range(len(styles)) if (groups.of_word == i).any()]
        if len(used) < 2 and (groups.of_word >= 0).all():
            used = []  # a single colour needs no legend
        self.entries = [(name, style, 5.0 * sizes.scale * AREA_OF[style.marker] ** 0.5) for name, style in used]
        if counts is not None and sizes.by_count and len(counts) and counts.min() < counts.max():
            ends = sizes.areas(np.repeat([0.0, 1.0], [1, max(1, len(counts) - 1)]))[[0, -1]] ** 0.5
            for count, diameter in zip((int(counts.min()), int(counts.max())), ends.tolist()):
                self.entries.append((f"seen {counted(count, 'time')}", ONE_COLOUR, diameter))

    def columns(self, inches: float) -> int:
        """The number of columns, for the longest name, that fit under a map in a figure this many inches wide."""
        longest = max((display_width(name) for name, _, _ in self.entries), default=1)
        return max(
            1, min(len(self.entries), 4, int(72 * ROOM * inches / (longest * self.sizes.font_size * LETTER + HANDLE)))
        )

    def height(self, inches: float) -> float:
        """The height in inches in a figure this many inches wide."""
        return ceil(len(self.entries) / self.columns(inches)) * LINE * self.sizes.font_size / 72

    def add_to(self, axes: Axes) -> None:
        """Write it under the axes, in as many columns as fit; names are shortened where one column is too wide."""
        room = room_of(axes)
        beside = MARGIN + (2.2 * self.sizes.font_size / 72 if axes.get_ylabel() else 0)
        choices = [(columns, LONGEST) for columns in range(self.columns(room), 0, -1)] + [(1, most) for most in SHORT]
        for columns, longest in choices if self.entries else ():
            if self._write(axes, columns, longest) <= room - beside:
                break

    def _write(self, axes: Axes, columns: int, longest: int) -> float:
        """Write the legend, in place of an earlier one; returns its width in inches."""
        from matplotlib.lines import Line2D
        from matplotlib.transforms import ScaledTranslation

        handles = [
            Line2D([], [], marker=style.marker, color=style.colour, linestyle="", markersize=size,
                   label=plain(name, longest), markeredgewidth=0)
            for name, style, size in self.entries
        ]  # fmt: skip
        size, figure = self.sizes.font_size, root_figure(axes)
        below = ScaledTranslation(0, -size * (2.2 if axes.get_xlabel() else 0.7) / 72, figure.dpi_scale_trans)
        legend = axes.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(0, 0), frameon=False, ncols=columns, labelcolor=INK,
            handletextpad=0.3, handlelength=1.2, columnspacing=1.5, borderpad=0, labelspacing=0.35, borderaxespad=0,
            bbox_transform=axes.transAxes + below,
            prop={"family": font_families([name for name, _, _ in self.entries]), "size": size},
        )  # fmt: skip
        legend.set_zorder(0)
        with boxes_allowed():
            return float(legend.get_window_extent(renderer_of(axes)).width / figure.dpi)

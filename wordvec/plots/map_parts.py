"""What all maps of words are made of: chosen words, points, labels, a legend, a frame."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import OptionError
from wordvec.plots.figure import new_axes, plain, root_figure
from wordvec.plots.fonts import font_families, letters
from wordvec.plots.groups import Groups
from wordvec.plots.labels import place_labels
from wordvec.plots.palette import FAINT, INK, OTHERS, Style, text_colour
from wordvec.plots.projection import METHODS, pca, project

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

    from wordvec.vectors import WordVectors

POINT_AREAS = (6.0, 50.0)  # pt^2, from the rarest to the commonest word drawn
FONT_SIZES = (6.5, 9.5)
UNCROWDED = 1_000  # points up to which they keep their size
RASTER_FROM = 5_000  # points from which they are pixels in SVG and PDF too; the text stays text
LEGEND_SIZE = 8.0
LEAST_WIDTH, MOST_WIDTH = 60, 1_000  # of a figure, in millimetres
FEW = 80  # words that all should have labels
DENSITY = 9.0  # labels a square inch; more would be a wall of words


def check_method(method: str) -> None:
    """Raise OptionError unless `method` is one of those that project."""
    if method not in METHODS:
        raise OptionError(f"method must be one of {', '.join(METHODS)}; got {method!r}")


def chosen_ids(vectors: WordVectors, words: Sequence[str] | None, top: int) -> np.ndarray:
    """Ids of the words to draw, commonest first: those named, each once, or the `top` most frequent."""
    if words is None and top < 3:
        raise OptionError(f"a map needs at least 3 words; got top={top}")
    if words is not None:
        ids = np.array(list(dict.fromkeys(vectors.word_id(word) for word in words)), np.int64)
        ids = ids[np.argsort(-weight_by_count(vectors, ids), kind="stable")]
    elif vectors.counts is not None:
        ids = np.argsort(-vectors.counts, kind="stable")[:top]
    else:  # files without counts list frequent words first
        ids = np.arange(min(top, len(vectors)))
    if len(ids) < 3:
        raise OptionError(f"a map needs at least 3 words; got {len(ids)}")
    return ids


def weight_by_count(vectors: WordVectors, ids: np.ndarray) -> np.ndarray:
    """From 0 for the rarest of these words to 1 for the commonest, by log count (by log rank without counts)."""
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


def font_sizes(weight: np.ndarray) -> np.ndarray:
    """Sizes of labels in points, by weight; in halves, since matplotlib looks for a font anew for every other size."""
    return np.asarray(np.round(2 * np.interp(weight, (0, 1), FONT_SIZES)) / 2)


def names_of(vectors: WordVectors, ids: np.ndarray) -> list[str]:
    """The words of these rows."""
    words = vectors.words if len(ids) < len(vectors) // 8 else list(vectors.words)  # one by one is slow for many
    return [words[i] for i in ids.tolist()]


def draw_points(
    axes: Axes, points: np.ndarray, weight: np.ndarray, groups: Groups, styles: Sequence[Style]
) -> np.ndarray:
    """Draw points coloured by group, those of no group grey and below; return their areas (pt^2)."""
    from matplotlib.colors import to_rgba_array

    crowd = min(1.0, (UNCROWDED / len(points)) ** 0.5)
    areas: np.ndarray = np.interp(weight, (0, 1), POINT_AREAS) * crowd
    colours = to_rgba_array([*(style.colour for style in styles), OTHERS], alpha=0.45 + 0.35 * crowd)[groups.of_word]
    kinds = [  # markers of those of no group, then of the others
        (groups.of_word < 0, "o", 1.0),
        *(
            (np.isin(groups.of_word, [i for i, style in enumerate(styles) if style.marker == marker]), marker, 2.0)
            for marker in dict.fromkeys(style.marker for style in styles)
        ),
    ]
    for chosen, marker, zorder in kinds:
        if chosen.any():
            axes.scatter(
                points[chosen, 0], points[chosen, 1], s=areas[chosen], c=colours[chosen], linewidths=0, marker=marker,
                zorder=zorder, rasterized=len(points) > RASTER_FROM,
            )  # fmt: skip
    return areas


def label_points(
    axes: Axes,
    points: np.ndarray,
    names: Sequence[str],
    weight: np.ndarray,
    groups: Groups,
    styles: Sequence[Style],
    areas: np.ndarray,
    first: Collection[str] = (),
) -> list[Annotation]:
    """Label the points: those named `first`, then those of a group, then the others; in each the commonest first.

    Few labels may stand further out, with a line to their point; many would make a thicket of lines.
    """
    of_word = groups.of_word
    preferred = np.array([name in first for name in names])
    order = np.lexsort((-weight, of_word < 0, ~preferred)).tolist()
    inks = [*(text_colour(style.colour) for style in styles), FAINT]  # the last is that of group -1
    return place_labels(
        axes,
        points[order],
        [names[i] for i in order],
        font_sizes(weight[order]),
        [inks[of_word[i]] for i in order],
        areas[order],
        font_families(names),
        rings=3 if len(names) <= FEW else 1,
        density=None if len(names) <= FEW else DENSITY,
    )


def add_legend(axes: Axes, groups: Groups, styles: Sequence[Style]) -> None:
    """The groups' names under the axes, in as many columns as fit."""
    from matplotlib.lines import Line2D
    from matplotlib.transforms import ScaledTranslation

    shown = [(name, style) for i, (name, style) in enumerate(zip(groups.names, styles)) if (groups.of_word == i).any()]
    if len(shown) < 2 and (groups.of_word >= 0).all():
        return  # one colour for all needs no explanation
    handles = [
        Line2D([], [], marker=style.marker, color=style.colour, linestyle="", markersize=5, label=plain(name))
        for name, style in shown
    ]
    names = [name for name, _ in shown]
    below = ScaledTranslation(
        0, -LEGEND_SIZE * (2.2 if axes.get_xlabel() else 0.7) / 72, root_figure(axes).dpi_scale_trans
    )
    families = font_families(names)
    legend = axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0, 0), frameon=False, ncols=_columns(axes, names),
        labelcolor=INK, handletextpad=0.1, columnspacing=1.5, borderpad=0, labelspacing=0.35,
        borderaxespad=0, bbox_transform=axes.transAxes + below, prop={"family": families, "size": LEGEND_SIZE},
    )  # fmt: skip
    legend.set_zorder(0)


def _columns(axes: Axes, names: Sequence[str]) -> int:
    """How many columns of the longest name fit under the axes."""
    points = root_figure(axes).get_figwidth() * 72 * axes.get_position().width
    return max(1, min(len(names), 4, int(points / (max(map(letters, names)) * LEGEND_SIZE * 0.56 + 26))))


def set_frame(axes: Axes, shares: np.ndarray | None) -> None:
    """Equal scales, no ticks (a map's numbers mean nothing), a thin frame, and PCA's shares of the variance."""
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.04)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(color="#CCCCCC", linewidth=0.8)
    if shares is not None:
        axes.set_xlabel(f"PC 1 ({shares[0]:.1%})", fontsize=7.5, color=FAINT)
        axes.set_ylabel(f"PC 2 ({shares[1]:.1%})", fontsize=7.5, color=FAINT)


def axes_to_fit(points: np.ndarray, groups: int = 1, width_mm: float | None = None) -> Axes:
    """Axes in a figure `width_mm` wide (default: as wide as so many words need, up to seven inches), and as high as
    the map, within reason, and the names of this many `groups` under it.
    """
    if width_mm is not None and not LEAST_WIDTH <= width_mm <= MOST_WIDTH:
        raise OptionError(f"width_mm must be from {LEAST_WIDTH} to {MOST_WIDTH} millimetres; got {width_mm}")
    width, height = np.maximum(np.ptp(points, axis=0), 1e-12)
    inches = float(np.interp(len(points), (8, 60), (4.6, 7.0))) if width_mm is None else width_mm / 25.4
    return new_axes(
        inches, float(np.clip(inches * height / width, 0.6 * inches, 0.83 * inches)) + 0.35 + 0.16 * ceil(groups / 3)
    )

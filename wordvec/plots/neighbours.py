"""A word's nearest neighbours: as bars of their cosine, and on a plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import OptionError
from wordvec.plots.figure import (
    IN_A_TITLE,
    new_axes,
    only_left_and_bottom,
    plain,
    root_figure,
    set_title,
    settle,
    without_tex,
)
from wordvec.plots.fonts import font_families
from wordvec.plots.labels import along, place_labels
from wordvec.plots.map_parts import (
    FEW,
    RINGS,
    axes_to_fit,
    check_method,
    projected,
    set_frame,
)
from wordvec.plots.palette import EQUAL_AREA, FAINT, FONT_SIZE, INK, PALETTE, text_colour
from wordvec.plots.projection import METHOD_NAMES
from wordvec.plots.word_map import labelled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

    from wordvec.vectors import WordVectors


@typed
@without_tex
def plot_neighbours(vectors: WordVectors, word: str, k: int = 10, axes: Axes | None = None) -> Axes:
    """Draw the `k` nearest neighbours of `word` as horizontal bars of their cosine, nearest on top; return the axes.

    Raises UnknownWordError for a word without a vector, OptionError for k below 1.

    >>> import numpy as np
    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]]))
    >>> axes = plot_neighbours(vectors, "cat", k=2)
    >>> [label.get_text() for label in axes.get_yticklabels()], [f"{bar.get_width():.2f}" for bar in axes.patches]
    (['dog', 'car'], ['0.99', '0.10'])
    """
    neighbours = vectors.most_similar(word, k=k)
    names, scores = [name for name, _ in neighbours], [score for _, score in neighbours]
    families = font_families([word, *names])
    axes = axes or new_axes(4.5, 0.7 + 0.25 * max(len(names), 1))
    positions = range(len(names))
    axes.barh(positions, scores, height=0.72, color=PALETTE[0], alpha=0.85)
    for position, score in zip(positions, scores):
        axes.annotate(
            f"{score:.2f}", (score, position), (3 if score >= 0 else -3, 0), textcoords="offset points", va="center",
            ha="left" if score >= 0 else "right", fontsize=8, color=INK,
        )  # fmt: skip
    axes.set_yticks(positions, labels=[plain(name) for name in names], fontfamily=families, fontsize=9, color=INK)
    axes.invert_yaxis()
    lowest = min(scores, default=0.0)
    axes.set_xlim(lowest - 0.2 if lowest < 0 else 0.0, max(1.0, *scores))  # room for the number of a negative bar
    axes.set_xlabel("cosine", fontsize=8, color=INK)
    axes.set_title(f"nearest to “{plain(word)}”", fontfamily=families, fontsize=10, color=INK, loc="left")
    only_left_and_bottom(axes)
    axes.tick_params(axis="y", length=0)
    return axes


# A word among its nearest neighbours, on a plane.


LINES = 10  # neighbours that a line leads to
QUERY_AREA, QUERY_FONT = 110.0, 11.0


@typed
@without_tex
def plot_neighbourhood(
    vectors: WordVectors, word: str, k: int = 40, method: str = "pca", axes: Axes | None = None, seed: int = 1
) -> Axes:
    """Draw a map of `word` and its `k` nearest neighbours, and return its axes.

    Neighbours are found in all dimensions, as by `most_similar`. Their colour shows the cosine, and lines lead to the
    nearest ten. The projection uses only these words, so its two dimensions show how they differ.

    Raises UnknownWordError for a word without a vector, OptionError for k below 2.

    >>> from wordvec.vectors import WordVectors
    >>> matrix = np.array([[1.0, 0.1, 0.0], [0.9, 0.2, 0.1], [0.8, 0.0, 0.3], [0.0, 1.0, 0.0]])
    >>> axes = plot_neighbourhood(WordVectors(["cat", "dog", "cow", "car"], matrix), "cat", k=2)
    >>> [text.get_text() for text in axes.texts]
    ['cat', 'dog', 'cow']
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Normalize

    check_method(method)
    neighbours = _neighbours_of(vectors, word, k)
    names = [name for name, _ in neighbours]
    scores = np.array([score for _, score in neighbours])
    ids = np.array([vectors.word_id(name) for name in names], np.int64)
    rows = np.vstack([vectors.unit_of(word), vectors.unit_rows_of(ids)])
    points, shares = projected(rows, method, seed)

    axes = axes or axes_to_fit(points)
    colours = _colours()
    scale = Normalize(float(scores.min()), float(scores.max()))
    areas = np.append(QUERY_AREA, np.full(len(names), EQUAL_AREA))
    lines = [(points[0], points[i]) for i in range(1, min(LINES, len(names)) + 1)]
    axes.add_collection(LineCollection(lines, colors="#B8B8B8", linewidths=0.8, zorder=1))  # type: ignore[arg-type]
    axes.scatter(
        points[1:, 0], points[1:, 1], s=areas[1:], c=scores, cmap=colours, norm=scale, linewidths=0, alpha=0.9, zorder=2
    )
    axes.scatter(points[:1, 0], points[:1, 1], s=QUERY_AREA, c=PALETTE[1], marker="*", linewidths=0, zorder=3)
    set_frame(axes, shares)
    _add_scale(axes, ScalarMappable(scale, colours), word)
    families = font_families([word, *names])
    variance = f" ({shares.sum():.0%} of the variance)" if shares is not None else ""
    title = f"“{plain(word, IN_A_TITLE)}” and its {len(names):,} nearest words, {METHOD_NAMES[method]}{variance}"
    settle(axes)
    set_title(axes, title, labelled(len(names), len(names) + 1), families, widens=1)  # keeps its room
    placed = place_labels(
        axes,
        points,
        [word, *names],
        np.append(QUERY_FONT, np.full(len(names), FONT_SIZE)),
        [text_colour(PALETTE[1])] + [_darker(colours(scale(score))) for score in scores],
        areas,
        families,
        rings=RINGS if len(names) <= FEW else 1,
        avoid=along(axes, np.array(lines)),
    )
    set_title(axes, title, labelled(len(placed), len(names) + 1), families, widens=1)
    return axes


def _neighbours_of(vectors: WordVectors, word: str, k: int) -> list[tuple[str, float]]:
    neighbours = vectors.most_similar(word, k=k)
    if not neighbours:
        raise OptionError(f"a map around {word!r} needs other words near it: these vectors have no other word")
    return neighbours


def _colours() -> Colormap:
    """From light to dark blue, without near-white, which would be invisible on paper."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps["Blues"](np.linspace(0.38, 1.0, 128)))


def _add_scale(axes: Axes, colours: Any, word: str) -> None:
    """Add a small scale of the cosine beside the map."""
    bar = root_figure(axes).colorbar(colours, ax=axes, shrink=0.4, aspect=22, pad=0.015, anchor=(0.0, 0.0))  # type: ignore[arg-type]
    bar.set_label(
        f"cosine with “{plain(word, IN_A_TITLE)}”", fontsize=7.5, color=FAINT, fontfamily=font_families([word])
    )
    bar.ax.tick_params(labelsize=7, length=2, colors=INK, color="#999999")
    bar.outline.set_visible(False)  # type: ignore[operator]


def _darker(colour: tuple[float, ...]) -> str:
    """A shade dark enough for text."""
    return "#" + "".join(f"{int(255 * 0.55 * part):02X}" for part in colour[:3])

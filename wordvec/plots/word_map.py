"""The word map: words as points on a plane, near where their vectors are near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import OptionError
from wordvec.plots.figure import set_title
from wordvec.plots.groups import Groups, groups_by_clusters, groups_by_list, known_words
from wordvec.plots.map_parts import (
    add_legend,
    axes_to_fit,
    check_method,
    chosen_ids,
    draw_points,
    label_points,
    names_of,
    projected,
    set_frame,
    weight_by_count,
)
from wordvec.plots.palette import group_styles
from wordvec.plots.projection import METHOD_NAMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from wordvec.vectors import WordVectors

TOP = 500


@typed
def plot_map(
    vectors: WordVectors,
    words: Sequence[str] | None = None,
    top: int | None = None,
    method: str = "pca",
    axes: Axes | None = None,
    seed: int = 1,
    clusters: int = 6,
    groups: Mapping[str, Sequence[str]] | None = None,
    show_progress: bool | None = None,
    width_mm: float | None = None,
) -> Axes:
    """Draw a map of `words`, of the `top` most frequent ones (500), or of those of `groups`, and return its axes.

    The vectors are scaled to unit length (nearness means cosine, as in `most_similar`) and projected by `method`:
    "pca", "tsne" or "umap" (see `project`). Points and labels grow with the logarithm of the word's count. Colours
    show `groups` (name -> words; words drawn that are in none are grey) or else `clusters` found by k-means in the
    full space (1: one colour), named by three of their common words; from nine groups on markers change too. Every
    word is a point; labels that would overlap those of more frequent words are left out, and the title says how many
    are shown.

    `axes` are drawn into if given; set their size and limits first. `width_mm` is the width of a new figure, 60 to
    1,000 millimetres; letters keep their size. Raises UnknownWordError for a word without a
    vector, OptionError for fewer than 3 words, an unknown method, a number of clusters or a width out of
    range, or a width beside `axes`, MissingExtraError for "tsne" and "umap" without their packages.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]]))
    >>> axes = plot_map(vectors, clusters=1)
    >>> sorted(text.get_text() for text in axes.texts), axes.get_title(loc="left")
    (['car', 'cat', 'dog'], '3 words, PCA (100% of the variance)')
    """
    check_method(method)
    if axes is not None and width_mm is not None:
        raise OptionError(
            "width_mm is for a new figure; set the size of the figure of `axes` instead, or leave one out"
        )
    group_styles(clusters)
    lists = None if groups is None else known_words(vectors, groups)
    if lists is not None and words is None and top is None:
        words = [word for group in lists.values() for word in group]
    ids = chosen_ids(vectors, words, TOP if top is None else top)
    names = names_of(vectors, ids)
    rows = vectors.unit_rows_of(ids)
    points, shares = projected(rows, method, seed, show_progress)
    drawn = groups_by_list(names, lists) if lists else groups_by_clusters(names, rows, clusters, seed)
    axes = axes or axes_to_fit(points, groups=len(drawn.names), width_mm=width_mm)
    draw_map(axes, points, names, weight_by_count(vectors, ids), drawn, shares, method)
    return axes


def draw_map(
    axes: Axes,
    points: np.ndarray,
    names: Sequence[str],
    weight: np.ndarray,
    groups: Groups,
    shares: np.ndarray | None,
    method: str,
) -> None:
    """Draw words whose places and groups are known; titles, legend and labels included."""
    styles = group_styles(len(groups.names))
    areas = draw_points(axes, points, weight, groups, styles)
    set_frame(axes, shares)
    variance = f" ({shares.sum():.0%} of the variance)" if shares is not None else ""
    title = f"{len(names):,} words, {METHOD_NAMES[method]}{variance}"
    set_title(axes, title, "labelled")  # keeps its room
    add_legend(axes, groups, styles)
    placed = label_points(axes, points, names, weight, groups, styles, areas)
    set_title(axes, title, labelled(len(placed), len(names)))


def labelled(labels: int, words: int) -> str:
    """How many words have a label, for the note over a map.

    >>> labelled(3, 3), labelled(1200, 75000)
    ('all labelled', '1,200 labelled')
    """
    return "all labelled" if labels == words else f"{labels:,} labelled"

"""The word map: words as points on a plane, close together if their vectors are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import OptionError, counted
from wordvec.plots.figure import set_title, without_tex
from wordvec.plots.fonts import font_families
from wordvec.plots.groups import groups_by_clusters, groups_by_list, known_words
from wordvec.plots.labels import along, place_labels
from wordvec.plots.map_parts import (
    Legend,
    axes_to_fit,
    check_method,
    chosen_ids,
    draw_points,
    label_points,
    names_of,
    projected,
    set_frame,
    weight_by_count,
    with_places,
)
from wordvec.plots.palette import FONT_SIZE, PALETTE, Sizes, group_styles, text_colour
from wordvec.plots.projection import METHOD_NAMES, kind_of_rows, pca, to_pass_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from wordvec.vectors import WordVectors


TOP = 500
SIZES = ("count", "equal")
NONE = np.empty(0, np.int64)


@typed
@without_tex
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
    font_size: float = FONT_SIZE,
    sizes: str = "count",
    with_function_words: bool = False,
) -> Axes:
    """Draw a map of `words`, of the `top` most frequent words (500), or of the words in `groups`; return its axes.

    Among the most frequent words, those that `function_words` finds and no group names are left out, and the note above
    the map says how many; `with_function_words` draws them.

    The vectors are scaled to unit length (nearness means cosine, as in `most_similar`) and projected by `method`:
    "pca", "tsne" or "umap" (see `project`). Colours and markers show `groups` (name -> words; words in no group are
    grey) or else `clusters` found by k-means in the full space (1: one colour), named by their most distinctive common
    words (see `groups_by_clusters`). With `sizes` "count", points and labels grow with the logarithm of the word's
    count, and the legend shows the smallest and the largest point; with "equal", or without counts, all have one size.
    Every word is a point. Labels that would overlap those of more frequent words are left out, and the note says how
    many are shown.

    If `axes` are given, they are drawn into; set their size and limits first. `width_mm` is the width of a new figure,
    60 to 1,000 millimetres. It does not change letters, which have `font_size` points (4 to 30) in the legend and 0.8
    to 1.2 times that in labels. Raises UnknownWordError for a word without a vector, OptionError for fewer than 3
    words, an unknown method or kind of sizes, a number of clusters, a width or a font size out of range, or a width
    with `axes`, MissingExtraError for "tsne" and "umap" without their packages.

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
    if sizes not in SIZES:
        raise OptionError(f"sizes must be one of {', '.join(SIZES)}; got {sizes!r}")
    group_styles(clusters)
    look = Sizes(font_size, sizes == "count" and vectors.counts is not None)
    lists = None if groups is None else known_words(vectors, groups)
    named = [word for group in (lists or {}).values() for word in group]
    if lists is not None and words is None and top is None:
        words = named
    passed = NONE if with_function_words or words is not None else to_pass_over(vectors, but=named)
    ids = with_places(vectors, chosen_ids(vectors, words, TOP if top is None else top, without=passed))
    names = names_of(vectors, ids)
    rows = vectors.unit_rows_of(ids)
    points, shares = projected(rows, method, seed, show_progress)
    drawn = groups_by_list(names, lists) if lists else groups_by_clusters(names, rows, clusters, seed)
    styles = group_styles(len(drawn.names))
    legend = Legend(drawn, styles, look, None if vectors.counts is None else vectors.counts[ids])
    axes = axes or axes_to_fit(points, legend, width_mm)
    variance = f" ({shares.sum():.0%} of the variance)" if shares is not None else ""
    title = f"{len(names):,} {kind_of_rows(vectors)}, {METHOD_NAMES[method]}{variance}"
    note = passed_over(len(passed))
    set_frame(axes, shares, look.font_size)
    set_title(axes, title, f"{len(names):,} labelled{note}", font_size=look.font_size)  # keeps its room
    weight = weight_by_count(vectors, ids)
    areas = draw_points(axes, points, weight, drawn, styles, look)
    legend.add_to(axes)
    placed = label_points(axes, points, names, weight, drawn, styles, areas, look)
    set_title(axes, title, labelled(len(placed), len(names)) + note, font_size=look.font_size)
    return axes


def passed_over(words: int) -> str:
    """The note above a map about function words that are not drawn.

    >>> passed_over(142), passed_over(1), passed_over(0)
    ('; 142 function words left out', '; 1 function word left out', '')
    """
    return f"; {counted(words, 'function word')} left out" if words else ""


def labelled(labels: int, words: int) -> str:
    """How many words have a label, for the note above a map.

    >>> labelled(3, 3), labelled(1200, 75000)
    ('all labelled', '1,200 labelled')
    """
    return "all labelled" if labels == words else f"{labels:,} labelled"


# Pairs of words in the same relation, as arrows: king to queen, man to woman.


AREA, LABEL_SIZE = 28.0, 9.5


@typed
def parse_pairs(text: str) -> list[tuple[str, str]]:
    """Parse "king:queen man:woman" as pairs of words. Raises OptionError with the part that is not a pair.

    >>> parse_pairs("king:queen man:woman")
    [('king', 'queen'), ('man', 'woman')]
    """
    pairs = []
    for part in text.split():
        first, _, second = part.partition(":")
        if not first or not second or ":" in second:
            raise OptionError(f"pairs are written king:queen man:woman; got {part!r}")
        pairs.append((first, second))
    if not pairs:
        raise OptionError("no pairs given; write them as king:queen man:woman")
    return pairs


@without_tex
def plot_analogies(vectors: WordVectors, pairs: Sequence[tuple[str, str]], axes: Axes | None = None) -> Axes:
    """Draw an arrow from the first to the second word of each pair, on the plane of the first two principal components
    of these words' unit vectors; return the axes.

    Arrows of one relation are parallel if the vectors represent it (Mikolov, Yih and Zweig 2013, "Linguistic
    regularities in continuous space word representations"). A plane can make arrows look parallel that are not, so the
    title gives the mean cosine of the offsets b - a, over all pairs of pairs, in all dimensions.

    Raises UnknownWordError for a word without a vector, OptionError for fewer than 3 different words or a pair of a
    word with itself.

    >>> from wordvec.vectors import WordVectors
    >>> matrix = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [1.0, -1.0, 0.0], [1.0, -1.0, 1.0]])
    >>> vectors = WordVectors(["king", "queen", "man", "woman"], matrix)
    >>> axes = plot_analogies(vectors, [("king", "queen"), ("man", "woman")])
    >>> len(axes.patches), axes.get_title(loc="right")
    (2, 'mean cosine of the offsets 0.91')
    """
    from matplotlib.patches import FancyArrowPatch

    for pair in pairs:
        if isinstance(pair, str) or len(pair) != 2:
            raise OptionError(
                f"pairs of words expected, such as [('king', 'queen'), ('man', 'woman')]; got {pair!r:.80}"
            )
    for first, second in pairs:
        if first == second:
            raise OptionError(f"an arrow leads from one word to another; got {first}:{second}")
    words = list(dict.fromkeys(word for pair in pairs for word in pair))
    if len(words) < 3:
        raise OptionError(f"analogies need at least 3 different words; got {len(words)}")
    rows = np.array([vectors.unit_of(word) for word in words])
    points, shares = pca(rows, 2)
    number = {word: i for i, word in enumerate(words)}
    ends = np.array([(number[first], number[second]) for first, second in pairs])

    axes = axes or axes_to_fit(points)
    second = np.isin(np.arange(len(words)), ends[:, 1]) & ~np.isin(np.arange(len(words)), ends[:, 0])
    colours = [PALETTE[1] if is_second else PALETTE[0] for is_second in second]
    axes.scatter(points[:, 0], points[:, 1], s=AREA, c=colours, linewidths=0, zorder=3)
    for start, end in points[ends]:
        axes.add_patch(
            FancyArrowPatch(
                tuple(start), tuple(end), arrowstyle="-|>", mutation_scale=9, shrinkA=3.5, shrinkB=3.5,
                color="#8A8A8A", linewidth=1.1, zorder=2,
            )
        )  # fmt: skip
    set_frame(axes, shares)
    axes.margins(0.12)
    note = f"mean cosine of the offsets {_parallelism(rows, ends):.2f}" if len(pairs) > 1 else ""
    set_title(axes, f"{len(pairs):,} pairs of words, PCA ({shares.sum():.0%} of the variance)", note)
    place_labels(
        axes, points, words, np.full(len(words), LABEL_SIZE), [text_colour(colour) for colour in colours],
        np.full(len(words), AREA), font_families(words), rings=5, avoid=along(axes, points[ends]),
    )  # fmt: skip
    return axes


def _parallelism(rows: np.ndarray, ends: np.ndarray) -> float:
    """The mean cosine of the offsets of all pairs of pairs; 1 if all are parallel."""
    offsets = rows[ends[:, 1]].astype(np.float64) - rows[ends[:, 0]]
    lengths = np.linalg.norm(offsets, axis=1, keepdims=True)
    units = offsets / np.where(lengths == 0, 1.0, lengths)
    cosines = units @ units.T
    return float(cosines[np.triu_indices(len(ends), 1)].mean())

"""Pairs of words in the same relation, as arrows: king to queen, man to woman."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import OptionError
from wordvec.plots.figure import set_title
from wordvec.plots.fonts import font_families
from wordvec.plots.labels import along, place_labels
from wordvec.plots.map_parts import axes_to_fit, set_frame
from wordvec.plots.palette import PALETTE, text_colour
from wordvec.plots.projection import pca

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from wordvec.vectors import WordVectors

AREA, FONT_SIZE = 28.0, 9.5


@typed
def parse_pairs(text: str) -> list[tuple[str, str]]:
    """Read "king:queen man:woman" as pairs of words. Raises OptionError with the part that is no pair.

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


def plot_analogies(vectors: WordVectors, pairs: Sequence[tuple[str, str]], axes: Axes | None = None) -> Axes:
    """Draw an arrow from the first to the second word of each pair, on the plane of these words' two principal
    components (unit vectors), and return the axes.

    Arrows of one relation are parallel where the vectors keep it (Mikolov, Yih and Zweig 2013, "Linguistic
    regularities in continuous space word representations"). A plane can show arrows as parallel that are not, so the
    title tells the mean cosine of the offsets b - a, over all pairs of pairs, in all dimensions.

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
        axes, points, words, np.full(len(words), FONT_SIZE), [text_colour(colour) for colour in colours],
        np.full(len(words), AREA), font_families(words), rings=5, avoid=along(axes, points[ends]),
    )  # fmt: skip
    return axes


def _parallelism(rows: np.ndarray, ends: np.ndarray) -> float:
    """The mean cosine of the offsets of all pairs of pairs; 1 where all are parallel."""
    offsets = rows[ends[:, 1]].astype(np.float64) - rows[ends[:, 0]]
    lengths = np.linalg.norm(offsets, axis=1, keepdims=True)
    units = offsets / np.where(lengths == 0, 1.0, lengths)
    cosines = units @ units.T
    return float(cosines[np.triu_indices(len(ends), 1)].mean())

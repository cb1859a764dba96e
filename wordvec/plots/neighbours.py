"""A word's nearest neighbours as bars of their cosine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wordvec.argument_types import typed
from wordvec.plots.figure import new_axes, only_left_and_bottom, plain
from wordvec.plots.fonts import font_families
from wordvec.plots.palette import INK, PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from wordvec.vectors import WordVectors


@typed
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

"""The word map: words as points on a plane, near where their vectors are near."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import OptionError
from wordvec.plots.clusters import kmeans
from wordvec.plots.figure import INK, PALETTE, new_axes
from wordvec.plots.fonts import font_families
from wordvec.plots.labels import place_labels
from wordvec.plots.projection import METHODS, pca, project

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from wordvec.vectors import WordVectors

METHOD_NAMES = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
POINT_AREAS = (5.0, 45.0)  # pt^2, from the rarest to the commonest word drawn
FONT_SIZES = (6.0, 9.0)


def plot_map(
    vectors: WordVectors,
    words: Sequence[str] | None = None,
    top: int = 500,
    method: str = "pca",
    axes: Axes | None = None,
    seed: int = 1,
    clusters: int = 6,
) -> Axes:
    """Draw a map of `words`, or of the `top` most frequent ones, and return its axes.

    The vectors are scaled to unit length (nearness means cosine, as in `most_similar`) and projected by `method`:
    "pca", "tsne" or "umap" (see `project`). Points and labels grow with the logarithm of the word's count; colours
    show `clusters` groups found by k-means in the full space (1: one colour; at most 8, the colours of a palette that
    colour-blind readers can tell apart). Every word is a point; labels that would overlap those of more frequent
    words are left out, and the title says how many are shown.

    `axes` are drawn into if given; set their size and limits first. Raises UnknownWordError for a word without a
    vector, OptionError for fewer than 3 words, an unknown method or a number of clusters out of range,
    MissingExtraError for "tsne" and "umap" without their packages.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]]))
    >>> axes = plot_map(vectors, clusters=1)
    >>> sorted(text.get_text() for text in axes.texts), axes.get_title(loc="left")
    (['car', 'cat', 'dog'], '3 words, 3 of them labelled; PCA (100% of variance)')
    """
    if method not in METHODS:
        raise OptionError(f"method must be one of {', '.join(METHODS)}; got {method!r}")
    if not 1 <= clusters <= len(PALETTE):
        raise OptionError(f"clusters must be from 1 to {len(PALETTE)}; got {clusters}")
    ids = _chosen_words(vectors, words, top)
    rows = np.asarray(vectors.unit[ids], np.float64)
    points, shares = _projected(rows, method, seed)
    weight = _weight_by_count(vectors, ids)
    colours = [PALETTE[group] for group in kmeans(rows, clusters, seed)]

    axes = axes or _axes_to_fit(points)
    areas = np.interp(weight, (0, 1), POINT_AREAS)
    axes.scatter(points[:, 0], points[:, 1], s=areas, c=colours, alpha=0.75, linewidths=0)
    _set_frame(axes, shares)
    names = [vectors.words[i] for i in ids]
    axes.set_title(
        _title(method, shares, clusters, len(ids), len(ids)), loc="left", fontsize=8, color=INK
    )  # keeps its room
    order = np.argsort(-weight, kind="stable")
    placed = place_labels(
        axes,
        points[order],
        [names[i] for i in order],
        np.interp(weight[order], (0, 1), FONT_SIZES),
        [_darker(colours[i]) for i in order],
        areas[order],
        font_families(names),
    )
    axes.set_title(_title(method, shares, clusters, len(ids), len(placed)), loc="left", fontsize=8, color=INK)
    return axes


def _chosen_words(vectors: WordVectors, words: Sequence[str] | None, top: int) -> np.ndarray:
    """Ids of the words to draw: those named, each once, or the most frequent."""
    if words is None and top < 3:
        raise OptionError(f"a map needs at least 3 words; got top={top}")
    if words is not None:
        ids = np.array(list(dict.fromkeys(vectors.word_id(word) for word in words)), np.int64)
    elif vectors.counts is not None:
        ids = np.argsort(-vectors.counts, kind="stable")[:top]
    else:  # files without counts list frequent words first
        ids = np.arange(min(top, len(vectors)))
    if len(ids) < 3:
        raise OptionError(f"a map needs at least 3 words; got {len(ids)}")
    return ids


def _projected(rows: np.ndarray, method: str, seed: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Points (N, 2), and for PCA the shares of variance."""
    if method == "pca":
        return pca(rows, 2)
    return project(rows, method, seed), None


def _weight_by_count(vectors: WordVectors, ids: np.ndarray) -> np.ndarray:
    """From 0 for the rarest word drawn to 1 for the commonest, by log count (by log rank without counts)."""
    value = -np.log1p(ids) if vectors.counts is None else np.log1p(vectors.counts[ids])
    spread = value.max() - value.min()
    return (value - value.min()) / spread if spread > 0 else np.full(len(ids), 0.5)


def _axes_to_fit(points: np.ndarray) -> Axes:
    """A figure seven inches wide and as high as the map, within reason."""
    width, height = np.maximum(np.ptp(points, axis=0), 1e-12)
    return new_axes(7.0, float(np.clip(7.0 * height / width, 4.0, 8.0)))


def _set_frame(axes: Axes, shares: np.ndarray | None) -> None:
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.04)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color("#CCCCCC")
    if shares is not None:
        axes.set_xlabel(f"PC 1 ({shares[0]:.1%})", fontsize=8, color=INK)
        axes.set_ylabel(f"PC 2 ({shares[1]:.1%})", fontsize=8, color=INK)


def _title(method: str, shares: np.ndarray | None, clusters: int, words: int, labels: int) -> str:
    name = METHOD_NAMES[method] + (f" ({shares.sum():.0%} of variance)" if shares is not None else "")
    groups = f", {clusters} clusters by colour" if clusters > 1 else ""
    return f"{words:,} words, {labels:,} of them labelled; {name}{groups}"


def _darker(colour: str) -> str:
    """A shade of `colour` dark enough to read as text on white."""
    return "#" + "".join(f"{int(int(colour[i : i + 2], 16) * 0.65):02X}" for i in (1, 3, 5))

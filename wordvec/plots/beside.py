"""Two models side by side: the words they share, laid out so that the two maps can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import InputError
from wordvec.plots.figure import new_panels, plain, set_title
from wordvec.plots.groups import groups_by_clusters, groups_by_list, known_words
from wordvec.plots.map_parts import (
    add_legend,
    check_method,
    chosen_ids,
    draw_points,
    label_points,
    set_frame,
    weight_by_count,
)
from wordvec.plots.palette import FAINT, INK, group_styles
from wordvec.plots.projection import METHOD_NAMES, pca, project
from wordvec.vectors.several_models.procrustes import Moments, rotation_of
from wordvec.vectors.several_models.shared_words import shared_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from wordvec.vectors import WordVectors

TOP, MOVED = 200, 8
ANCHORS = 10_000  # commonest shared words, that the rotation is found from


@typed
def plot_beside(
    first: WordVectors,
    second: WordVectors,
    words: Sequence[str] | None = None,
    top: int | None = None,
    method: str = "pca",
    names: tuple[str, str] = ("first", "second"),
    axes: tuple[Axes, Axes] | None = None,
    seed: int = 1,
    clusters: int = 6,
    groups: Mapping[str, Sequence[str]] | None = None,
    show_progress: bool | None = None,
) -> tuple[Axes, Axes]:
    """Draw the same words in two models, side by side; return both axes.

    Drawn are `words`, or the `top` commonest of the first model (200) that both have. The second model is turned onto
    the first by orthogonal Procrustes (Schoenemann 1966): the rotation R that minimises ||Y R - X|| over the 10,000
    commonest shared words. PCA then shows both on the plane of the first; t-SNE and UMAP start the second from the
    first's map, and its map is turned in turn. Colours are those of the first model, or of `groups`. Words whose
    vectors agree least after the rotation have a ring, are labelled first, and stand under the maps.

    Raises InputError when the models share fewer than 3 of the words, errors as `plot_map` otherwise.

    >>> from wordvec.vectors import WordVectors
    >>> X = np.random.default_rng(1).normal(size=(5, 3))
    >>> first, second = WordVectors(list("abcde"), X), WordVectors(list("abcde"), X[:, ::-1])
    >>> left, right = plot_beside(first, second, clusters=1)
    >>> bool(np.allclose(left.collections[0].get_offsets(), right.collections[0].get_offsets(), atol=1e-6))
    True
    """
    check_method(method)
    group_styles(clusters)
    lists = None if groups is None else known_words(first, groups)
    if lists is not None and words is None and top is None:
        words = [word for group in lists.values() for word in group]
    shared, X, Y, ids = _in_one_space(first, second, words, TOP if top is None else top)
    drawn = groups_by_list(shared, lists) if lists else groups_by_clusters(shared, X, clusters, seed)
    agreement = np.einsum("ij,ij->i", X, Y) / np.maximum(np.linalg.norm(X, axis=1) * np.linalg.norm(Y, axis=1), 1e-12)
    moved = np.argsort(agreement, kind="stable")[: min(MOVED, len(shared) // 4)]

    panels = axes or tuple(new_panels(2, 10.5, 5.9))
    weight, styles = weight_by_count(first, ids), group_styles(len(drawn.names))
    least_alike = [shared[i] for i in moved]
    prefer = list(least_alike)
    for axes_, points, name in zip(panels, _both(X, Y, method, seed, show_progress), names):
        areas = draw_points(axes_, points, weight, drawn, styles)
        axes_.scatter(
            points[moved, 0], points[moved, 1], s=areas[moved] + 28, facecolors="none", edgecolors=INK, linewidths=0.9
        )
        set_frame(axes_, None)
        set_title(axes_, plain(name), f"{len(shared):,} shared words, {METHOD_NAMES[method]}")
        if axes_ is panels[0]:
            add_legend(axes_, drawn, styles)
        else:
            _note(axes_, agreement, least_alike)
        placed = label_points(axes_, points, shared, weight, drawn, styles, areas, prefer)
        prefer += [text.get_text() for text in placed]  # the same words are named on both sides where they fit
    return panels[0], panels[1]


def turned(Y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Y (N, E) turned onto X (N, D) by the orthogonal matrix that brings it nearest; (N, D).

    With Y^T X = U S V^T, R = U V^T (Schoenemann 1966). The narrower of the two is widened with zeros, and what then
    lies outside of X's dimensions is cut off.

    >>> X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> bool(np.allclose(turned(X @ np.array([[0.0, 1.0], [-1.0, 0.0]]), X), X))
    True
    """
    wide_X, wide_Y = _equally_wide(X, Y)
    rotation, _ = rotation_of(Moments.of(wide_Y, wide_X), center=False)
    return rotation(wide_Y)[:, : X.shape[1]]


def _equally_wide(X: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    width = max(X.shape[1], Y.shape[1])
    X, Y = (np.pad(M, ((0, 0), (0, width - M.shape[1]))) for M in (X, Y))
    return X, Y


def _in_one_space(
    first: WordVectors, second: WordVectors, words: Sequence[str] | None, top: int
) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """The words to draw, commonest first, their unit rows in both models after the rotation, and ids in the first."""
    anchors = shared_words(first, second, top=ANCHORS)
    if words is None:
        shared, ids, others = anchors.words[:top], anchors.rows[0][:top], anchors.rows[1][:top]
    else:
        ids = chosen_ids(first, words, top)
        shared = [first.words[i] for i in ids]
        others = np.array([second.word_id(word) for word in shared])
    if len(shared) < 3:
        raise InputError(
            f"the two models share {len(anchors.words)} words, and {len(shared)} were asked for; a map needs at least 3"
        )
    X, Y = (model.unit_rows_of(rows).astype(np.float64) for model, rows in zip((first, second), anchors.rows))
    X, Y = _equally_wide(X, Y)
    rotation, _ = rotation_of(Moments.of(Y, X), center=False)
    X, Y = _equally_wide(first.unit_rows_of(ids).astype(np.float64), second.unit_rows_of(others).astype(np.float64))
    return shared, X, rotation(Y), ids


def _both(X: np.ndarray, Y: np.ndarray, method: str, seed: int, show: bool | None) -> tuple[np.ndarray, np.ndarray]:
    """Points of both models; on one plane for PCA, else the second's map started from the first's and turned to it."""
    if method == "pca":
        points, _ = pca(X, 2)
        plane = np.linalg.lstsq(X - X.mean(axis=0), points, rcond=None)[0]
        return points, (Y - X.mean(axis=0)) @ plane
    left = project(X, method, seed, show_progress=show)
    right = project(Y, method, seed, start=left, show_progress=show)
    left, right = left - left.mean(axis=0), right - right.mean(axis=0)
    return left, turned(right, left)


def _note(axes: Axes, agreement: np.ndarray, moved: Sequence[str]) -> None:
    """Under the second map: how well the models agree, and where least."""
    from wordvec.plots.fonts import font_families

    text = f"mean cosine after the rotation {agreement.mean():.2f}"
    if moved:
        text += f"\nleast alike (ringed): {', '.join(map(plain, moved))}"
    axes.annotate(
        text, (0, 0), (0, -6), xycoords="axes fraction", textcoords="offset points", va="top", fontsize=8,
        color=FAINT, fontfamily=font_families(moved), wrap=True, annotation_clip=False,
    )  # fmt: skip

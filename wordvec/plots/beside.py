"""Two models side by side: maps of their shared words, laid out for comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import InputError, OptionError
from wordvec.plots.figure import new_panels, plain, room_of, set_title, without_tex
from wordvec.plots.groups import groups_by_clusters, groups_by_list, known_words
from wordvec.plots.map_parts import (
    Legend,
    check_method,
    chosen_ids,
    draw_points,
    label_points,
    set_frame,
    weight_by_count,
    with_places,
)
from wordvec.plots.palette import FAINT, FONT_SIZE, INK, Sizes, group_styles
from wordvec.plots.projection import METHOD_NAMES, pca, project, to_pass_over
from wordvec.plots.word_map import NONE, passed_over
from wordvec.terminal import display_width
from wordvec.vectors.several_models.procrustes import turned, wide
from wordvec.vectors.several_models.shared_words import shared_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from wordvec.vectors import WordVectors

TOP, MOVED = 200, 8
RING, RIM = 28.0, 0.9  # a ring's area beyond its dot's, pt^2; its line width, pt
WIDE_LETTER = 0.65  # width of a rather wide letter, in font sizes
ANCHORS = 10_000  # most common shared words, which determine the rotation


@typed
@partial(without_tex, panels=2)
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
    with_function_words: bool = False,
    font_size: float = FONT_SIZE,
) -> tuple[Axes, Axes]:
    """Draw the same words in two models, side by side; return both axes.

    Draws `words`, or the `top` (200) most common words of the first model that both have, except function words (see
    `plot_map`). The second model is rotated onto the first by orthogonal Procrustes (Schoenemann 1966): the rotation R
    that minimises ||Y R - X|| over the 10,000 most common shared words. PCA then shows both on the plane of the first.
    t-SNE and UMAP start the second map from the first, and the result is rotated onto it. Colours come from the first
    model, or from `groups`. Words whose vectors agree least after the rotation are ringed, labelled first, and listed
    under the maps. `font_size` is as in `plot_map`.

    Raises InputError if the models share fewer than 3 of the words, otherwise the errors of `plot_map`.

    >>> from wordvec.vectors import WordVectors
    >>> X = np.random.default_rng(1).normal(size=(5, 3))
    >>> first, second = WordVectors(list("abcde"), X), WordVectors(list("abcde"), X[:, ::-1])
    >>> left, right = plot_beside(first, second, clusters=1)
    >>> bool(np.allclose(left.collections[0].get_offsets(), right.collections[0].get_offsets(), atol=1e-6))
    True
    """
    check_method(method)
    if len(names) != 2:
        raise OptionError(f"names are those of the two models, such as ('1850s', '1950s'); got {names!r}")
    look = Sizes(font_size, by_count=first.counts is not None)
    group_styles(clusters)
    lists = None if groups is None else known_words(first, groups)
    named = [word for group in (lists or {}).values() for word in group]
    if lists is not None and words is None and top is None:
        words = named
    without = NONE if with_function_words or words is not None else to_pass_over(first, but=named)
    shared, X, Y, ids, passed = _in_one_space(first, second, words, TOP if top is None else top, without)
    drawn = groups_by_list(shared, lists) if lists else groups_by_clusters(shared, X, clusters, seed)
    agreement = np.einsum("ij,ij->i", X, Y) / np.maximum(np.linalg.norm(X, axis=1) * np.linalg.norm(Y, axis=1), 1e-12)
    moved = np.argsort(agreement, kind="stable")[: min(MOVED, len(shared) // 4)]

    panels = tuple(new_panels(2, 10.5, 5.9)) if axes is None else tuple(axes)
    weight, styles = weight_by_count(first, ids), group_styles(len(drawn.names))
    legend = Legend(drawn, styles, look, None if first.counts is None else first.counts[ids])
    least_alike = [shared[i] for i in moved]
    both = _both(X, Y, method, seed, show_progress)
    for axes_, points, name in zip(panels, both, names):
        areas = draw_points(axes_, points, weight, drawn, styles, look)
        axes_.scatter(
            points[moved, 0], points[moved, 1], s=areas[moved] + RING, facecolors="none", edgecolors=INK, linewidths=RIM
        )
        set_frame(axes_, None, font_size)
        set_title(axes_, plain(name), f"{len(shared):,} shared words, {METHOD_NAMES[method]}", font_size=font_size)
    areas[moved] = (np.sqrt(areas[moved] + RING) + RIM) ** 2  # labels also avoid the rings
    legend.add_to(panels[0])
    _note(panels[1], agreement, least_alike, passed_over(passed).removeprefix("; "), font_size)
    prefer = list(least_alike)
    for axes_, points in zip(panels, both):  # last, because labels fit only the final layout
        placed = label_points(axes_, points, shared, weight, drawn, styles, areas, look, prefer)
        prefer += [text.get_text() for text in placed]  # label the same words on both sides if they fit
    return panels[0], panels[1]


def _in_one_space(
    first: WordVectors, second: WordVectors, words: Sequence[str] | None, top: int, without: np.ndarray
) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray, int]:
    """The words to draw, most common first, their unit rows in both models after the rotation, their ids in the first
    model, and the number of shared words excluded by `without` (ids in the first model).
    """
    anchors = shared_words(first, second, top=ANCHORS)
    drawn = np.flatnonzero(~np.isin(anchors.rows[0], without))[:top]
    if words is None:
        shared = [anchors.words[i] for i in drawn.tolist()]
        ids, others = anchors.rows[0][drawn], anchors.rows[1][drawn]
    else:
        ids = with_places(first, chosen_ids(first, words, top))
        others = with_places(second, np.array([second.word_id(first.words[i]) for i in ids]))
        shared = [second.words[i] for i in others]
        ids = first.ids_of(shared)
    if len(shared) < 3:
        raise InputError(
            f"the two models share {len(anchors.words)} words, and {len(shared)} were asked for; a map needs at least 3"
        )
    target, source = (model.unit_rows_of(rows) for model, rows in zip((first, second), anchors.rows))
    Y = turned(second.unit_rows_of(others), source, target)
    return shared, wide(first.unit_rows_of(ids), Y.shape[1]), Y, ids, int(np.isin(anchors.rows[0], without).sum())


def _both(X: np.ndarray, Y: np.ndarray, method: str, seed: int, show: bool | None) -> tuple[np.ndarray, np.ndarray]:
    """Points of both models: for PCA on one plane, else the second map starts from the first and is rotated onto it."""
    if method == "pca":
        points, _ = pca(X, 2)
        plane = np.linalg.lstsq(X - X.mean(axis=0), points, rcond=None)[0]
        return points, (Y - X.mean(axis=0)) @ plane
    left = project(X, method, seed, show_progress=show)
    right = project(Y, method, seed, start=left, show_progress=show)
    left, right = left - left.mean(axis=0), right - right.mean(axis=0)
    return left, turned(right, right, left, cut=True)


def _note(axes: Axes, agreement: np.ndarray, moved: Sequence[str], passed: str, font_size: float) -> None:
    """Note under the second map how well the models agree, where least, and what is not drawn."""
    from wordvec.plots.fonts import font_families

    lines = [f"mean cosine after the rotation {agreement.mean():.2f}"]
    most = 72 * room_of(axes) / (WIDE_LETTER * font_size)  # columns
    for number, word in enumerate(map(plain, moved)):
        if number == 0:
            lines.append(f"least alike (ringed): {word}")
        elif display_width(f"{lines[-1]}, {word}") <= most:
            lines[-1] += f", {word}"
        else:
            lines[-1] += ","
            lines.append(word)
    lines += [passed] if passed else []
    axes.annotate(
        "\n".join(lines), (0, 0), (0, -6), xycoords="axes fraction", textcoords="offset points", va="top",
        fontsize=font_size, color=FAINT, fontfamily=font_families(moved), annotation_clip=False,
    )  # fmt: skip

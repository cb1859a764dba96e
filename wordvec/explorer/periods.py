"""Several models of one text over time on one map, with a slider to switch between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import InputError, OptionError
from wordvec.explorer.groups import cluster_names, cluster_rows
from wordvec.explorer.model import DEFAULT_TOP, PageModel, centred, check_fits, check_words, chosen_words, page_model
from wordvec.plots.projection import pca
from wordvec.vectors.several_models.procrustes import turned, wide
from wordvec.vectors.several_models.shared_words import shared_words

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors

FEWEST_SHARED = 3
ANCHORS = 10_000  # most common shared words, which determine the rotations
MOST_PERIODS = 50


def make_periods(
    named: Sequence[tuple[str, WordVectors]],
    *,
    words: Sequence[str] = (),
    lists: Mapping[str, Sequence[str]] | None = None,
    top: int | None = None,
    method: str = "pca",
    seed: int = 1,
    with_rows: bool = True,
) -> list[PageModel]:
    """Make the models of a page with a slider, in the given order, such as by time.

    Each model is rotated onto the first by the rotation that brings the vectors of their shared words nearest
    (orthogonal Procrustes, Schoenemann 1966; Hamilton, Leskovec and Jurafsky 2016). Vectors that are already in one
    space hardly move. All models share one plane, that of the first two principal components of all rows together, so
    that places can be compared. Words are coloured by the nearest of the first model's clusters.
    Each model shows its `top` most frequent words (by default 20,000 divided by the number of models) and the words of
    `words` and `lists`.

    Raises OptionError for fewer than two models, any method but PCA, because places could not be compared, and more
    words than a page can hold; InputError for a model that shares fewer than 3 words with the first.
    """
    if not 2 <= len(named) <= MOST_PERIODS:
        raise OptionError(f"a page over time shows 2 to {MOST_PERIODS} models; got {len(named)}")
    if method != "pca":
        raise OptionError(f"maps over time share one plane, which only PCA gives; got method {method!r}: leave it out")
    check_words(named, words, lists or {})
    wanted = [*words, *(word for members in (lists or {}).values() for word in members)]
    top = DEFAULT_TOP // len(named) if top is None else top
    ids = [chosen_words(vectors, top, [word for word in wanted if word in vectors]) for _, vectors in named]
    if with_rows:
        check_fits(sum(map(len, ids)), max(vectors.dim for _, vectors in named))
    width = max(vectors.dim for _, vectors in named)
    in_one_space = [_onto(named[0], each, rows, width) for each, rows in zip(named, ids)]
    points = centred(pca(np.concatenate(in_one_space), 2)[0])
    parts = np.split(points, np.cumsum([len(rows) for rows in ids])[:-1])
    first_groups, centres = cluster_rows(in_one_space[0], seed)
    models: list[PageModel] = []
    for (name, vectors), rows, unit, places in zip(named, ids, in_one_space, parts):
        groups = first_groups if not models else np.argmax(unit @ centres.T, axis=1).astype(np.uint8)
        own = vectors.unit_rows_of(rows)
        models.append(page_model(vectors, name, rows, own, places, groups, seed=seed, with_rows=with_rows))
    names = cluster_names(in_one_space[0], first_groups, centres, np.array(models[0].passed, np.int64))
    group_words = [[models[0].words[row] for row in rows] for rows in names]
    return [replace(model, group_words=group_words) for model in models]


def _onto(first: tuple[str, WordVectors], other: tuple[str, WordVectors], ids: np.ndarray, width: int) -> np.ndarray:
    """Unit rows (N, width) float32 of the `other` model, rotated onto the first."""
    if first[1] is other[1]:
        return wide(other[1].unit_rows_of(ids), width).astype(np.float32)
    shared = shared_words(first[1], other[1], top=ANCHORS)
    if len(shared.words) < FEWEST_SHARED:
        raise InputError(f"{other[0]} and {first[0]} share {len(shared.words)} words; a common space needs at least 3")
    X, Y = (model.unit_rows_of(rows) for (_, model), rows in zip((first, other), shared.rows))
    return wide(turned(other[1].unit_rows_of(ids), Y, X), width).astype(np.float32)

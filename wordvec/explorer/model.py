"""A model's data for the page: words, their places on the map, clusters, and small rows for searches."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import OptionError
from wordvec.explorer.groups import CLUSTERS, cluster_names, cluster_rows
from wordvec.explorer.small_rows import Agreement, rows_for_page
from wordvec.plots.map_parts import FEWEST_WORDS, check_enough, with_places
from wordvec.plots.projection import function_words
from wordvec.progress import warn
from wordvec.vectors.several_models.procrustes import turned

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors

METHOD_NAMES = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
DEFAULT_TOP = 20_000
PAGE_WORDS = 100_000  # points that a browser can still move smoothly
PAGE_BYTES = 48_000_000  # of rows in a file; base64 adds a third


@dataclass(frozen=True)
class PageModel:
    """One model's data for the page; row i of every array belongs to words[i], by falling frequency.

    Shapes: counts (N,) int64 or None, points (N, 2) float32, groups (N,) uint8, rows (N, D) int8 or int16, or None if a
    server answers. `passed` are the rows of function words, which are labelled last. `total` is the number of words of
    the whole model, `shares` the shares of the variance along PCA's two directions.
    """

    name: str
    words: list[str]
    counts: np.ndarray | None
    total: int
    dim: int
    points: np.ndarray
    method: str
    shares: tuple[float, float] | None
    groups: np.ndarray
    group_words: list[list[str]]
    rows: np.ndarray | None
    agreement: Agreement | None
    about: dict[str, str]
    passed: list[int]

    def as_json(self) -> dict[str, Any]:
        """Return the page's JSON, with arrays as base64 of their little-endian bytes."""
        return {
            "name": self.name,
            "words": self.words,
            "counts": None if self.counts is None else self.counts.tolist(),
            "total": self.total,
            "dim": self.dim,
            "points": _base64(self.points.astype("<f4")),
            "method": METHOD_NAMES[self.method],
            "shares": self.shares,
            "groups": _base64(self.groups.astype(np.uint8)),
            "groupWords": self.group_words,
            "rows": None if self.rows is None else _base64(self.rows.astype(self.rows.dtype.newbyteorder("<"))),
            "bits": None if self.rows is None else 8 * self.rows.dtype.itemsize,
            "agreement": None if self.agreement is None else vars(self.agreement),
            "about": self.about,
            "passed": self.passed,
        }


def make_model(
    vectors: WordVectors,
    name: str,
    *,
    top: int | None = None,
    words: Sequence[str] = (),
    method: str = "pca",
    seed: int = 1,
    with_rows: bool = True,
) -> PageModel:
    """Choose the `top` most frequent words (by default 20,000, or all if there are fewer) and `words`, and map them.

    The map is made from unit vectors by `method` (see `wordvec.plots.projection.project`), deterministic by `seed`.
    Without `with_rows`, the page asks a server for neighbours.
    Raises OptionError for fewer than 3 words or more than a page can hold, UnknownWordError if one of `words` has no
    vector, MissingExtraError for t-SNE and UMAP without their packages.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]]))
    >>> model = make_model(vectors, "pets")
    >>> model.words, model.rows.tolist(), model.agreement.overlap
    (['cat', 'dog', 'car'], [[127, 13], [127, 28], [0, 127]], 1.0)
    """
    ids = chosen_words(vectors, top, words)
    if with_rows:
        check_fits(len(ids), vectors.dim)
    elif len(ids) > PAGE_WORDS:
        raise OptionError(f"a map shows at most {PAGE_WORDS:,} words; got {len(ids):,}: use a smaller --top")
    unit = vectors.unit_rows_of(ids)
    points, shares = _map(unit, method, seed)
    groups, centres = cluster_rows(unit, seed)
    model = page_model(vectors, name, ids, unit, points, groups, seed=seed, with_rows=with_rows)
    names = cluster_names(unit, groups, centres, np.array(model.passed, np.int64))
    return replace(
        model, method=method, shares=shares, group_words=[[model.words[row] for row in rows] for rows in names]
    )


def page_model(
    vectors: WordVectors,
    name: str,
    ids: np.ndarray,
    unit: np.ndarray,
    points: np.ndarray,
    groups: np.ndarray,
    *,
    seed: int,
    with_rows: bool,
) -> PageModel:
    """Assemble the page's data for the words `ids` from their unit rows, places by PCA and clusters."""
    rows, agreed = rows_for_page(unit, seed) if with_rows else (None, None)
    return PageModel(
        name=name,
        words=[vectors.words[int(i)] for i in ids],
        counts=None if vectors.counts is None else vectors.counts[ids],
        total=len(vectors),
        dim=vectors.dim,
        points=points,
        method="pca",
        shares=None,
        groups=groups,
        group_words=[],
        rows=rows,
        agreement=agreed,
        about=_about(vectors.info),
        passed=np.flatnonzero(np.isin(ids, function_words(vectors))).tolist(),
    )


def make_models(
    named: Sequence[tuple[str, WordVectors]],
    *,
    words: Sequence[str] = (),
    lists: Mapping[str, Sequence[str]] | None = None,
    **options: Any,
) -> list[PageModel]:
    """Make one or two models for a page; the second map is rotated to match the first.

    `options` are those of `make_model`. Each model uses the words of `words` and `lists` that it has. Raises
    UnknownWordError if no model has one of `words`, or any word of `lists`, and OptionError for more lists than
    colours. A UserWarning says how many words of lists no model has.
    """
    check_words(named, words, lists or {})
    wanted = [*words, *(word for members in (lists or {}).values() for word in members)]
    models = [
        make_model(vectors, name, words=[word for word in wanted if word in vectors], **options)
        for name, vectors in named
    ]
    return models[:1] + [_turned(model, models[0]) for model in models[1:]]


def check_words(
    named: Sequence[tuple[str, WordVectors]], words: Sequence[str], lists: Mapping[str, Sequence[str]]
) -> None:
    """Raise for words and lists that a page cannot colour (see `make_models`); warn about words that no model has."""
    if len(lists) > CLUSTERS:
        raise OptionError(f"a page colours at most {CLUSTERS} lists; got {len(lists)}")
    listed = [word for members in lists.values() for word in members]
    missing = [word for word in listed if not any(word in vectors for _, vectors in named)]
    for word in [*words, *(missing if len(missing) == len(listed) else [])]:
        if not any(word in vectors for _, vectors in named):
            named[0][1].word_id(word)  # raises, with near spellings
    if missing:
        first = ", ".join(map(repr, missing[:5])) + (", ..." if len(missing) > 5 else "")
        warn(f"{len(missing):,} of the {len(listed):,} listed words have no vector: {first}")


def chosen_words(vectors: WordVectors, top: int | None, words: Sequence[str] = ()) -> np.ndarray:
    """Rows of the `top` most frequent words and of `words`, by falling frequency (file order without counts)."""
    order = np.arange(len(vectors)) if vectors.counts is None else np.argsort(-vectors.counts, kind="stable")
    chosen = order[: DEFAULT_TOP if top is None else max(top, 0)]
    named = [vectors.word_id(word) for word in words]
    if named:
        chosen = order[np.isin(order, np.union1d(chosen, named))]
    return with_places(vectors, check_enough(chosen))


def check_fits(words: int, dim: int) -> None:
    """Raise OptionError if a page cannot hold this many words, with the number that fits.

    >>> check_fits(120_000, 100)
    Traceback (most recent call last):
    wordvec.errors.OptionError: a page carries at most 100,000 words of 100 dimensions; got 120,000: use --top 100000, \
or `wordvec explore FILE`, which answers over all words
    """
    fit = min(PAGE_WORDS, PAGE_BYTES // dim)
    if words > fit:
        raise OptionError(
            f"a page carries at most {fit:,} words of {dim:,} dimensions; got {words:,}: use --top {fit}, "
            "or `wordvec explore FILE`, which answers over all words"
        )


def _map(unit: np.ndarray, method: str, seed: int) -> tuple[np.ndarray, tuple[float, float] | None]:
    """Places on the map, and for PCA the shares of the variance."""
    from wordvec.plots.projection import METHODS, pca, project

    if method not in METHODS:
        raise OptionError(f"method must be one of {', '.join(METHODS)}; got {method!r}")
    shares = None
    if method == "pca":
        points, parts = pca(unit, 2)
        shares = (float(parts[0]), float(parts[1]))
    else:
        points = project(unit, method, seed)
    return centred(points), shares


def centred(points: np.ndarray) -> np.ndarray:
    """Points (N, 2) float32, centred and scaled to at most 1 in each direction, so that float32 is precise enough."""
    points = points - (points.max(axis=0) + points.min(axis=0)) / 2
    largest = np.abs(points).max()
    return np.asarray(points / (largest if largest > 0 else 1), np.float32)


def _turned(model: PageModel, reference: PageModel) -> PageModel:
    """The model with its map rotated or mirrored so that shared words are as near as possible to those of `reference`.

    See `wordvec.vectors.several_models.procrustes.turned`.
    """
    row_of = {word: i for i, word in enumerate(reference.words)}
    pairs = np.array([(i, row_of[word]) for i, word in enumerate(model.words) if word in row_of], np.int64)
    if len(pairs) < FEWEST_WORDS:
        return model
    a, b = model.points[pairs[:, 0]], reference.points[pairs[:, 1]]
    return replace(model, points=turned(model.points, a, b, center=True).astype(np.float32))


def _about(info: dict[str, Any]) -> dict[str, str]:
    """The page's facts about the origin of the vectors: names and values as text."""
    about = {key: str(info[key]) for key in ("trainer", "tokenizer") if info.get(key)}
    parameters = info.get("parameters")
    if isinstance(parameters, dict):
        about.update({str(key): str(value) for key, value in parameters.items() if value is not None})
    return about


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")

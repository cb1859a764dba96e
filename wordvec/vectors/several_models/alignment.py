"""Two models in one space: the rotation that brings the vectors of shared words closest to each other.

Two trainings, even on the same text, end in spaces that are rotated relative to each other: vectors of different models
cannot be compared until one is rotated. Orthogonal Procrustes (Schoenemann 1966; for models of different times
Hamilton, Leskovec and Jurafsky 2016, eq. 4) solves, for anchors X, Y (n, D), where row i of X belongs to row i of Y::

    R = argmin |X R - Y|  over R with R^T R = I       X^T Y = U S V^T (SVD)  ->  R = U V^T

Change over time. Align each slice to one of them (or each to the next), with anchors whose meaning is stable (the most
frequent words work well), then compare a word's vectors by their cosine. A cosine of 0.6 means nothing by itself: rare
words move just because they are rare. Train two halves of one slice, align them too, and trust only changes larger than
those between the halves; `comparison` does this with neighbours, which need no alignment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import InputError, OptionError, counted
from wordvec.vectors.rows import row_lengths, unit_rows
from wordvec.vectors.several_models.procrustes import FOLDS, Map, Moments, mean_cosine, rotation_of
from wordvec.vectors.several_models.shared_words import shared_words
from wordvec.vectors.subwords import MappedSubwords

if TYPE_CHECKING:
    from wordvec.vectors.word_vectors import WordVectors

Pairs = Sequence[tuple[str, str]]
BLOCK = 8_192  # rows rotated at a time


@dataclass(frozen=True)
class AlignmentReport:
    """How well the anchors fit.

    `residual` is the root mean square distance between anchors and their targets after alignment. The cosines are means
    over the anchors: before alignment, after it, and held out, with a rotation found without these anchors (five parts,
    each rotated by the other four). If `cosine_after` is much larger than `cosine_held_out`, there are too few anchors.
    A `rank` below the number of dimensions leaves the rotation of the others undetermined.
    """

    anchors: int
    anchors_missing: int
    missing: tuple[str, ...]
    dimensions: int
    rank: int
    residual: float
    cosine_before: float
    cosine_after: float
    cosine_held_out: float | None
    center: bool
    unit: bool


@dataclass(frozen=True)
class Alignment:
    """The map from a source to a target, and a report on its quality."""

    map: Map
    report: AlignmentReport

    def rows(self, source: WordVectors, ids: slice | np.ndarray) -> np.ndarray:
        """Some rows of the source in the space of the target, (n, D) float32; zero stays zero."""
        rows = source.unit_rows_of(ids) if self.report.unit else source.rows(ids)
        return self._mapped(rows).astype(np.float32)

    def _mapped(self, rows: np.ndarray) -> np.ndarray:
        return np.where(rows.any(axis=1, keepdims=True), self.map(rows), 0)

    def _composed(self, rows: np.ndarray) -> np.ndarray:
        """Vectors that n-grams make, (n, D), in the space of the target."""
        return self._mapped(unit_rows(rows, row_lengths(rows)) if self.report.unit else rows)

    def apply(self, source: WordVectors) -> WordVectors:
        """All vectors of the source in the space of the target; `info["alignment"]` holds the report.

        Words without a row are composed of n-grams as in the source, and then rotated.
        """
        from wordvec.vectors.word_vectors import WordVectors

        matrix = np.empty((len(source), source.dim), np.float32)
        for first in range(0, len(source), BLOCK):
            block = slice(first, min(first + BLOCK, len(source)))
            matrix[block] = self.rows(source, block)
        info = source.info | {"alignment": asdict(self.report) | {"missing": list(self.report.missing)}}
        subwords = None if source.subwords is None else MappedSubwords(source.subwords, self._composed)
        return WordVectors(source.words, matrix, source.counts, info, subwords=subwords, rare=source.rare)


def align(
    source: WordVectors,
    target: WordVectors,
    anchors: Sequence[str] | Pairs | Mapping[str, str] | int | None = None,
    center: bool = True,
    unit: bool = True,
) -> WordVectors:
    """The vectors of `source`, rotated into the space of `target`, where both can be compared.

    `anchors`: None for all shared words, a number for that many of the most frequent shared words, a list of words, or
    pairs (word of the source, word of the target), also as a dict. With `unit` every row is first scaled to length 1,
    so that frequent words do not weigh more; with `center` the anchors' mean is also moved to their targets' mean
    (`Map`). The target is unchanged, so cosines between aligned rows and rows of the target are meaningful. A rotation
    alone keeps the cosines within the source; centring changes them. The context matrix is left out.

    `info["alignment"]` of the result records the number of anchors, the missing ones, and how well they fit
    (`AlignmentReport`). Raises InputError for models of different dimensions, fewer anchors than dimensions, and models
    without a shared word.

    >>> import numpy as np
    >>> from wordvec.vectors import WordVectors
    >>> rows = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    >>> turned = WordVectors(["a", "b", "c"], rows @ [[0.0, 1.0], [-1.0, 0.0]])  # by a quarter
    >>> align(turned, WordVectors(["a", "b", "c"], rows))["c"].astype(float).round(5).tolist()
    [0.6, 0.8]
    """
    return find_alignment(source, target, anchors, center, unit).apply(source)


def find_alignment(
    source: WordVectors,
    target: WordVectors,
    anchors: Sequence[str] | Pairs | Mapping[str, str] | int | None = None,
    center: bool = True,
    unit: bool = True,
) -> Alignment:
    """The map of `align`, with its report, for use on selected rows."""
    check_dimensions(source, target)
    anchors = list(anchors.items()) if isinstance(anchors, Mapping) else anchors
    source_rows, target_rows, missing = _anchor_rows(source, target, anchors)
    if len(source_rows) < source.dim:
        raise _too_few(len(source_rows), source.dim, missing, _turned(source, target, anchors))
    paired = PairedRows(source, target, source_rows, target_rows, unit)
    parts = [paired.part(fold, FOLDS) for fold in range(FOLDS)]
    moments = [part.moments() for part in parts]
    total = Moments.sum_of(moments)
    found, rank = rotation_of(total, center)
    residual, after = paired.fit(found)
    held_out = [
        (part.fit(rotation_of(total.without(its), center)[0])[1], its.number)
        for part, its in zip(parts, moments)
        if its.number
    ]
    report = AlignmentReport(
        anchors=len(source_rows),
        anchors_missing=len(missing),
        missing=tuple(missing[:20]),
        dimensions=source.dim,
        rank=rank,
        residual=residual,
        cosine_before=paired.fit(Map.identity(source.dim))[1],
        cosine_after=after,
        cosine_held_out=_weighted_mean(held_out),
        center=center,
        unit=unit,
    )
    return Alignment(found, report)


def check_dimensions(source: WordVectors, target: WordVectors) -> None:
    """Raise InputError, with a way out, for models of different dimensions."""
    if source.dim != target.dim:
        raise InputError(
            f"the source has {counted(source.dim, 'dimension')} and the target {target.dim}: a rotation needs the "
            f"same; train both alike, or reduce the larger to {min(source.dim, target.dim)} dimensions by PCA first"
        )


def _anchor_rows(
    source: WordVectors, target: WordVectors, anchors: Sequence[str] | Pairs | int | None
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Rows of the anchors in both models, and the anchors missing from one of them."""
    if anchors is None or isinstance(anchors, (int, np.integer)):
        shared = shared_words(source, target, top=None if anchors is None else int(anchors))
        return shared.rows[0], shared.rows[1], []
    if isinstance(anchors, str):
        raise OptionError(f"anchors must be a list of words or of pairs; got the string {anchors!r:.60}")
    pairs = list(dict.fromkeys(map(_as_pair, anchors)))
    rows, missing = [], []
    for a, b in pairs:
        if not has_direction(source, a) or not has_direction(target, b):
            missing.append(b if has_direction(source, a) else a)
        else:
            rows.append((source.word_id(a), target.word_id(b)))
    found = np.array(rows, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1], missing


def _as_pair(anchor: str | Sequence[str]) -> tuple[str, str]:
    """A word paired with itself; a pair unchanged."""
    if isinstance(anchor, str):
        return anchor, anchor
    if isinstance(anchor, (tuple, list)) and len(anchor) == 2 and all(isinstance(word, str) for word in anchor):
        return anchor[0], anchor[1]
    raise OptionError(f"an anchor is a word, or a pair of words; got {anchor!r:.80}")


def has_direction(vectors: WordVectors, word: str) -> bool:
    """Whether the vectors have a word, and its vector is not zero."""
    return word in vectors and bool(vectors.lengths[vectors.word_id(word)] > 0)


def _turned(source: WordVectors, target: WordVectors, anchors: Sequence[str] | Pairs | int | None) -> int:
    """How many of the pairs are a word of the target and one of the source, in this order."""
    if anchors is None or isinstance(anchors, (int, np.integer)):
        return 0
    return sum(has_direction(source, b) and has_direction(target, a) for a, b in map(_as_pair, anchors))


def _too_few(anchors: int, dim: int, missing: Sequence[str], turned: int) -> InputError:
    others = counted(len(missing), "other is", "others are")
    lacking = f" ({others} missing in one model, or zero: {_named(missing)})" if missing else ""
    way_out = "give more, or reduce both models to fewer dimensions"
    if turned > anchors:
        way_out = f"{turned:,} pairs fit the other way round: swap their words, or the models"
    return InputError(
        f"{counted(anchors, 'anchor')} for {counted(dim, 'dimension')}{lacking}: a rotation needs at least as many "
        f"anchors as dimensions, and a few times that to be good; {way_out}"
    )


@dataclass(frozen=True)
class PairedRows:
    """Corresponding rows of two models, (n,) and (n,) int64, read in blocks."""

    source: WordVectors
    target: WordVectors
    source_rows: np.ndarray
    target_rows: np.ndarray
    unit: bool

    def part(self, number: int, of: int) -> PairedRows:
        """Every `of`-th pair, starting with pair `number`."""
        return replace(self, source_rows=self.source_rows[number::of], target_rows=self.target_rows[number::of])

    def blocks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield both sides, (at most BLOCK, D) float64."""
        for first in range(0, len(self.source_rows), BLOCK):
            block = slice(first, first + BLOCK)
            x, y = (
                vectors.unit_rows_of(rows[block]) if self.unit else vectors.rows(rows[block])
                for vectors, rows in ((self.source, self.source_rows), (self.target, self.target_rows))
            )
            yield x.astype(np.float64), y.astype(np.float64)

    def moments(self) -> Moments:
        """Their sums and the sum of their products."""
        return Moments.sum_of([Moments.none(self.source.dim), *(Moments.of(x, y) for x, y in self.blocks())])

    def fit(self, map: Map) -> tuple[float, float]:
        """Root mean square distance and mean cosine of the mapped source rows and their targets."""
        squares = cosines = 0.0
        for x, y in self.blocks():
            mapped = map(x)
            squares += float(((mapped - y) ** 2).sum())
            cosines += mean_cosine(mapped, y) * len(x)
        number = len(self.source_rows)
        return float(np.sqrt(squares / number)), cosines / number


def _weighted_mean(values: Sequence[tuple[float, int]]) -> float | None:
    """The weighted mean; None for fewer than two values."""
    if len(values) < 2:
        return None
    return sum(value * weight for value, weight in values) / sum(weight for _, weight in values)


def _named(words: Sequence[str]) -> str:
    return ", ".join(map(repr, words[:5])) + (", ..." if len(words) > 5 else "")

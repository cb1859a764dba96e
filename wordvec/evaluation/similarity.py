"""Word similarity: whether the vectors rank pairs of words as people do."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordvec.argument_types import typed
from wordvec.evaluation.files.items import as_word, checked_items
from wordvec.evaluation.files.readers import read_pairs
from wordvec.evaluation.files.set_files import Pair, WordPairs, as_set
from wordvec.evaluation.protocols import find_words, get_protocol
from wordvec.evaluation.scores import Score
from wordvec.evaluation.statistics import (
    bootstrap_spearman,
    pearson,
    resampled_interval,
    spearman,
    spearman_as_scipy,
)
from wordvec.vectors import WordVectors


@dataclass(frozen=True, kw_only=True)
class SimilarityScore(Score):
    """The result of a similarity set.

    `score` is Spearman's rho and `pearson` Pearson's r over the `covered` of `items` pairs. Both are None if fewer than
    two pairs are covered or all similarities are equal. `outcomes` are the cosines, `gold` the human scores.
    """

    task = "similarity"
    pearson: float | None = None

    def __str__(self) -> str:
        if self.covered == 0:
            such_as = f", such as {', '.join(map(repr, self.missing[:3]))}" if self.missing else ""
            return f"{self.name}: nothing evaluated (0 of {self.items:,} pairs have both words{such_as})"
        if self.score is None:
            return f"{self.name}: no score ({self.covered:,} of {self.items:,} pairs covered, without any order)"
        return super().__str__().replace(": spearman ", ": Spearman ").replace(" item", " pair")


@typed
def evaluate_similarity(
    vectors: WordVectors,
    pairs: WordPairs | Sequence[Pair] | str | os.PathLike[str],
    *,
    protocol: str = "wordvec",
    resamples: int = 1000,
    seed: int = 1,
) -> SimilarityScore:
    """Compare the cosines of word pairs with human scores: Spearman's rho with a bootstrap 95 % interval.

    `pairs` is a path, the name of a bundled set, or (word, word, score) triples. The interval is the percentile
    interval over `resamples` resamples of the covered pairs, None for fewer than 8; it is reproducible by `seed`.
    Raises EvaluationFileError for a set that cannot be read, OptionError for an unknown protocol and for triples that
    are something else.

    >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]]))
    >>> triples = [("cat", "dog", 9.0), ("Dog", "car", 4.0), ("cat", "car", 1.0), ("cat", "lynx", 8.0)]
    >>> result = evaluate_similarity(vectors, triples)
    >>> result.score, result.covered, result.items, result.missing
    (1.0, 3, 4, ('lynx',))
    """
    rules = get_protocol(protocol)
    named = as_set(pairs, WordPairs, read_pairs, "pairs", _checked)
    found = find_words(vectors, (word for a, b, _ in named.pairs for word in (a, b)), rules)
    places = [(found.place.get(a, -1), found.place.get(b, -1)) for a, b, _ in named.pairs]
    rows = np.array(places, np.int64).reshape(-1, 2)
    gold = np.array([score for _, _, score in named.pairs], np.float64)
    covered = (rows >= 0).all(axis=1)
    outcomes = np.full(len(rows), np.nan)
    as_gensim = rules.name == "gensim"
    outcomes[covered] = (gensim_cosines if as_gensim else cosines)(
        found.rows if as_gensim else found.directions, rows[covered]
    )
    human, found_cosines = gold[covered], outcomes[covered]
    rho = (spearman_as_scipy if as_gensim else spearman)(human, found_cosines)
    return SimilarityScore(
        name=named.name,
        measure="spearman",
        score=rho,
        pearson=pearson(human, found_cosines),
        ci95=None
        if rho is None
        else resampled_interval(bootstrap_spearman(human, found_cosines, resamples, seed), len(human)),
        items=len(named.pairs),
        covered=int(covered.sum()),
        missing=tuple(sorted(found.missing)),
        notes=named.notes + rules.notes("similarity") + found.notes,
        protocol=protocol,
        outcomes=outcomes,
        gold=gold,
    )


def _checked(pairs: Any) -> tuple[Pair, ...]:
    """Pairs in memory. Raises OptionError for an item that is not two words and a finite score."""

    def pair(first: Any, second: Any, score: Any) -> Pair:
        value = float(score)
        if not math.isfinite(value):
            raise ValueError
        return as_word(first), as_word(second), value

    return checked_items(pairs, "(word, word, score)", pair)


def cosines(unit: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return the cosines of pairs of rows, to 9 digits, so that rounding errors do not order identical vectors.

    Shapes: unit (W, D) float64 of length 1, pairs (N, 2) -> (N,).
    """
    return np.asarray(np.round(np.einsum("nd,nd->n", unit[pairs[:, 0]], unit[pairs[:, 1]]), 9))


def gensim_cosines(rows: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return the cosines of pairs of rows in gensim's arithmetic: unit rows and their products in float32."""
    from scipy.linalg.blas import dnrm2, dscal

    lengths = [float(dnrm2(row)) for row in rows]
    unit = [dscal(1.0 / length, row).astype(np.float32) if length > 0 else row for row, length in zip(rows, lengths)]
    return np.array([np.dot(unit[a], unit[b]) for a, b in pairs.tolist()], np.float64)

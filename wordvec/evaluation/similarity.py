"""Word similarity: do the vectors order pairs of words as people do?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wordvec.evaluation.protocols import get_protocol
from wordvec.evaluation.readers import Pair, WordPairs, read_pairs
from wordvec.evaluation.scores import Score
from wordvec.evaluation.statistics import (
    bootstrap_spearman,
    pearson,
    percentile_interval,
    spearman,
)
from wordvec.vectors import WordVectors


@dataclass(frozen=True, kw_only=True)
class SimilarityScore(Score):
    """The result of a similarity set.

    `score` is Spearman's rho, `pearson` the correlation, over the `covered` of `items` pairs; both are None where
    they are not defined: fewer than two pairs covered, or all similarities equal. `outcomes` are the cosines, `gold`
    the human scores.
    """

    task = "similarity"
    pearson: float | None = None

    def __str__(self) -> str:
        if self.covered == 0:
            such_as = f", such as {', '.join(map(repr, self.missing[:3]))}" if self.missing else ""
            return f"{self.name}: nothing evaluated (0 of {self.items:,} pairs have both words{such_as})"
        if self.score is None:
            return f"{self.name}: no score ({self.covered:,} of {self.items:,} pairs covered, without any order)"
        return super().__str__().replace(": spearman ", ": Spearman ").replace(" items", " pairs")


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
    interval over `resamples` resamples of the covered pairs; the same seed gives the same interval.
    Raises EvaluationFileError for a set that cannot be read, OptionError for an unknown protocol.

    >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]]))
    >>> triples = [("cat", "dog", 9.0), ("Dog", "car", 4.0), ("cat", "car", 1.0), ("cat", "lynx", 8.0)]
    >>> result = evaluate_similarity(vectors, triples)
    >>> result.score, result.covered, result.items, result.missing
    (1.0, 3, 4, ('lynx',))
    """
    lookup = get_protocol(protocol).lookup
    named = _named(pairs)
    ids = {word: row for row, word in enumerate(vectors.words)}
    found = [(lookup(ids, a), lookup(ids, b), score) for a, b, score in named.pairs]
    words = {word for a, b, _ in named.pairs for word in (a, b)}
    covered = [(a, b, score) for a, b, score in found if a is not None and b is not None]
    rows = np.array([(a, b) for a, b, _ in covered], np.int64).reshape(-1, 2)
    human = np.array([score for _, _, score in covered], np.float64)
    first, second = (vectors.unit[rows[:, side]].astype(np.float64) for side in (0, 1))
    cosines = np.einsum("nd,nd->n", first, second)
    rho = spearman(human, cosines)
    outcomes = np.full(len(named.pairs), np.nan)
    outcomes[[i for i, (a, b, _) in enumerate(found) if a is not None and b is not None]] = cosines
    return SimilarityScore(
        name=named.name,
        measure="spearman",
        score=rho,
        pearson=pearson(human, cosines),
        ci95=None if rho is None else percentile_interval(bootstrap_spearman(human, cosines, resamples, seed)),
        items=len(named.pairs),
        covered=len(covered),
        missing=tuple(sorted(word for word in words if lookup(ids, word) is None)),
        protocol=protocol,
        outcomes=outcomes,
        gold=np.array([score for _, _, score in named.pairs], np.float64),
    )


def _named(pairs: WordPairs | Sequence[Pair] | str | os.PathLike[str]) -> WordPairs:
    if isinstance(pairs, WordPairs):
        return pairs
    if isinstance(pairs, (str, os.PathLike)):
        return read_pairs(pairs)
    return WordPairs("pairs", tuple(pairs))

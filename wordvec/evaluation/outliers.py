"""Outlier detection: whether the word that does not belong to the others is found."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from wordvec.argument_types import typed
from wordvec.evaluation.files.group_sets import OutlierSet, read_outliers
from wordvec.evaluation.protocols import EXAMPLES, FoundWords, find_words, get_protocol
from wordvec.evaluation.scores import Score
from wordvec.evaluation.statistics import Interval, accuracy_interval, mean_interval
from wordvec.vectors import WordVectors


@dataclass(frozen=True, kw_only=True)
class OutlierScore(Score):
    """The result of an outlier set: `score` is the accuracy, `opp` the outlier position percentage as a share.

    An item is a topic with one of its outliers; `outcomes` is 1 where it was found.
    """

    task = "outliers"
    opp: float | None = None
    opp_ci95: Interval | None = None


@typed
def evaluate_outliers(
    vectors: WordVectors,
    topics: OutlierSet | str | os.PathLike[str],
    *,
    protocol: str = "wordvec",
    resamples: int = 1000,
    seed: int = 1,
) -> OutlierScore:
    """Look for each outlier among the words of its topic: accuracy and outlier position percentage.

    Camacho-Collados and Navigli (2016): words are ranked by how compact the others are without them, which is the
    order of their mean cosine with the others. The outlier is found if its mean cosine is the lowest; a tie does not
    count. OPP is the mean of OP / n, where OP is the number of the n other words that rank before it. Topic words
    without a vector are left out, with a note. An item is covered if the outlier and at least two words have vectors.
    Raises EvaluationFileError for a set that cannot be read, OptionError for an unknown protocol.

    >>> vectors = WordVectors(["cat", "dog", "cow", "car"], np.array([[1.0, 0.1], [1.0, 0.2], [1.0, 0.3], [0.1, 1.0]]))
    >>> animals = OutlierSet("pets", (("animals", ("cat", "dog", "cow"), ("car", "bus")),))
    >>> result = evaluate_outliers(vectors, animals)
    >>> result.score, result.opp, result.covered, result.items
    (1.0, 1.0, 1, 2)
    """
    asked = topics if isinstance(topics, OutlierSet) else read_outliers(topics)
    listed = [word for _, words, outliers in asked.topics for word in (*words, *outliers)]
    rules = get_protocol(protocol)
    found = find_words(vectors, listed, rules)
    items = [(words, outlier) for _, words, outliers in asked.topics for outlier in outliers]
    unit = found.directions
    positions = np.array([_position(found, unit, words, outlier) for words, outlier in items])
    covered = ~np.isnan(positions)
    outcomes = np.where(covered, positions == 1, np.nan)
    hits, known = int(np.nansum(outcomes)), int(covered.sum())
    left_out = sum(word not in found.place for _, words, _ in asked.topics for word in words)
    return OutlierScore(
        name=asked.name,
        measure="accuracy",
        score=hits / known if known else None,
        ci95=accuracy_interval(hits, known),
        items=len(items),
        covered=known,
        protocol=protocol,
        missing=found.missing[:EXAMPLES],
        notes=asked.notes
        + rules.notes("outliers")
        + found.notes
        + ((f"words of topics left out, without a vector: {left_out:,}",) if left_out else ()),
        opp=float(positions[covered].mean()) if known else None,
        opp_ci95=mean_interval(positions[covered], resamples, seed),
        outcomes=outcomes,
    )


def _position(found: FoundWords, unit: np.ndarray, words: tuple[str, ...], outlier: str) -> float:
    """OP / n of one item, nan if it is not covered."""
    known = [found.place[word] for word in words if word in found.place]
    if outlier not in found.place or len(known) < 2:
        return float("nan")
    rows = unit[[*known, found.place[outlier]]]
    cosines = np.round(rows @ rows.T, 9)  # rounding errors must not order equal vectors
    means = cosines.sum(axis=1) - np.diagonal(cosines)
    return float((means[:-1] > means[-1]).sum() / len(known))

"""Categorisation: do words of one category lie together?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wordvec.argument_types import typed
from wordvec.evaluation.clustering import spherical_kmeans
from wordvec.evaluation.files.group_sets import CategorySet, read_categories
from wordvec.evaluation.lookup import EXAMPLES, find_words
from wordvec.evaluation.protocols import get_protocol
from wordvec.evaluation.scores import Score
from wordvec.evaluation.statistics import accuracy_interval
from wordvec.vectors import WordVectors


@dataclass(frozen=True, kw_only=True)
class CategorisationScore(Score):
    """The result of a categorisation set: `score` is the purity of `clusters` clusters.

    `outcomes` is 1 for a word in whose cluster its own category is the commonest, else 0.
    """

    task = "categorisation"
    clusters: int = 0


@typed
def evaluate_categorisation(
    vectors: WordVectors,
    words: CategorySet | Sequence[tuple[str, str]] | str | os.PathLike[str],
    *,
    protocol: str = "wordvec",
    restarts: int = 20,
    seed: int = 1,
) -> CategorisationScore:
    """Cluster the words of a set by their directions and return the clusters' purity.

    Purity (Manning, Raghavan and Schütze 2008, 16.3) is the share of words that are of their cluster's commonest
    category. There are as many clusters as covered categories, found by `spherical_kmeans`; nothing else is chosen,
    and nothing by looking at the labels. `words` is a file or folder that `read_categories` knows, a set, or (word,
    category) pairs. The interval takes the clusters as given.
    Raises EvaluationFileError for a set that cannot be read, OptionError for an unknown protocol.

    >>> vectors = WordVectors(["cat", "dog", "car", "bus"], np.array([[1.0, 0.1], [1.0, 0.2], [0.1, 1.0], [0.2, 1.0]]))
    >>> pairs = [("cat", "animal"), ("dog", "animal"), ("car", "vehicle"), ("bus", "vehicle"), ("tram", "vehicle")]
    >>> result = evaluate_categorisation(vectors, pairs)
    >>> result.score, result.clusters, result.covered, result.items
    (1.0, 2, 4, 5)
    """
    asked = _named(words)
    rules = get_protocol(protocol)
    found = find_words(vectors, (word for word, _ in asked.words), rules)
    covered = np.array([word in found.place for word, _ in asked.words], bool)
    categories = sorted({category for (_, category), here in zip(asked.words, covered) if here})
    number = {category: place for place, category in enumerate(categories)}
    truth = np.array([number[c] for (_, c), here in zip(asked.words, covered) if here], np.int64)
    outcomes = np.full(len(covered), np.nan)
    if covered.any():
        unit = found.unit[[found.place[word] for word, _ in asked.words if word in found.place]]
        outcomes[covered] = in_majority(spherical_kmeans(unit, len(categories), restarts, seed), truth)
    hits, known = int(np.nansum(outcomes)), int(covered.sum())
    return CategorisationScore(
        name=asked.name,
        measure="purity",
        score=hits / known if known else None,
        ci95=accuracy_interval(hits, known),
        items=len(covered),
        covered=known,
        protocol=protocol,
        missing=found.missing[:EXAMPLES],
        notes=asked.notes + rules.notes("categorisation") + found.notes,
        clusters=len(categories),
        outcomes=outcomes,
    )


def in_majority(clusters: np.ndarray, categories: np.ndarray) -> np.ndarray:
    """Return which items (N,) are of their cluster's commonest category, the lowest number of equals; mean: purity.

    >>> in_majority(np.array([0, 0, 0, 1, 1]), np.array([7, 7, 2, 2, 2])).tolist()
    [True, True, False, True, True]
    """
    right = np.zeros(len(clusters), bool)
    for cluster in np.unique(clusters):
        members = clusters == cluster
        right[members] = categories[members] == np.bincount(categories[members]).argmax()
    return right


def _named(words: CategorySet | Sequence[tuple[str, str]] | str | os.PathLike[str]) -> CategorySet:
    if isinstance(words, CategorySet):
        return words
    if isinstance(words, (str, os.PathLike)):
        return read_categories(words)
    return CategorySet("categories", tuple(words))

"""Clusters: whether words of one category cluster together, and groups of similar documents."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wordvec.argument_types import check_whole_number, typed
from wordvec.errors import OptionError
from wordvec.evaluation.files.group_sets import CategorySet, read_categories
from wordvec.evaluation.files.items import as_word, checked_items
from wordvec.evaluation.files.set_files import as_set
from wordvec.evaluation.protocols import EXAMPLES, find_words, get_protocol
from wordvec.evaluation.scores import Score
from wordvec.evaluation.statistics import accuracy_interval
from wordvec.rng import U64, draw, item_key, key_of, uniform
from wordvec.vectors import WordVectors


@dataclass(frozen=True, kw_only=True)
class CategorisationScore(Score):
    """The result of a categorisation set: `score` is the purity of `clusters` clusters.

    `outcomes` is 1 for a word whose category is its cluster's most common one, else 0.
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

    Purity (Manning, Raghavan and Schütze 2008, 16.3) is the share of words whose category is their cluster's most
    common one. `spherical_kmeans` makes as many clusters as there are covered categories; nothing else is tuned, and
    the labels are not used. `words` is a file or folder that `read_categories` supports, a set, or (word, category)
    pairs. The interval treats the clusters as fixed. Raises EvaluationFileError for a set that cannot be read,
    OptionError for an unknown protocol.

    >>> vectors = WordVectors(["cat", "dog", "car", "bus"], np.array([[1.0, 0.1], [1.0, 0.2], [0.1, 1.0], [0.2, 1.0]]))
    >>> pairs = [("cat", "animal"), ("dog", "animal"), ("car", "vehicle"), ("bus", "vehicle"), ("tram", "vehicle")]
    >>> result = evaluate_categorisation(vectors, pairs)
    >>> result.score, result.clusters, result.covered, result.items
    (1.0, 2, 4, 5)
    """
    check_whole_number("restarts", restarts)
    asked = as_set(words, CategorySet, read_categories, "categories", _checked)
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


def _checked(words: Any) -> tuple[tuple[str, str], ...]:
    return checked_items(words, "(word, category)", lambda word, category: (as_word(word), str(category)))


def in_majority(clusters: np.ndarray, categories: np.ndarray) -> np.ndarray:
    """Return which items (N,) have their cluster's most common category (of ties, the lowest); the mean is the purity.

    >>> in_majority(np.array([0, 0, 0, 1, 1]), np.array([7, 7, 2, 2, 2])).tolist()
    [True, True, False, True, True]
    """
    right = np.zeros(len(clusters), bool)
    for cluster in np.unique(clusters):
        members = clusters == cluster
        right[members] = categories[members] == np.bincount(categories[members]).argmax()
    return right


# k-means on directions. The number of clusters and a seed determine the result.


CLUSTERS = U64(2**40 + 100)  # stream of the draws
ITERATIONS = 300


def spherical_kmeans(unit: np.ndarray, clusters: int, restarts: int = 20, seed: int = 1) -> np.ndarray:
    """Return the cluster of each row (N,), maximizing the sum of cosines between rows and their centres.

    Spherical k-means (Dhillon and Modha 2001) from `restarts` starts by k-means++ (Arthur and Vassilvitskii 2007); the
    run with the best sum wins, the first on a tie. Shapes: unit (N, D) rows of length 1.

    >>> unit = np.array([[1.0, 0.0], [0.0, 1.0], [0.8, 0.6], [0.6, 0.8]])
    >>> labels = spherical_kmeans(unit, 2)
    >>> bool(labels[0] == labels[2] != labels[1] == labels[3])
    True
    """
    unit = unit.astype(np.float64)
    clusters = min(clusters, len(unit))
    best, labels = -np.inf, np.zeros(len(unit), np.int64)
    for restart in range(restarts):
        found, total = _one_run(unit, _starts(unit, clusters, seed, restart))
        if total > best + 1e-9:  # sums that differ only by rounding are equal
            best, labels = total, found
    return labels


def _starts(unit: np.ndarray, clusters: int, seed: int, restart: int) -> np.ndarray:
    """k-means++: draw each further centre in proportion to its distance 1 - cosine from the nearest one so far."""
    key = item_key(key_of(seed, CLUSTERS), np.array([restart], U64))
    chances = uniform(draw(key, np.arange(clusters, dtype=U64)))
    chosen = [int(chances[0] * len(unit))]
    distance = np.full(len(unit), np.inf)
    for chance in chances[1:]:
        distance = np.minimum(distance, np.maximum(1 - unit @ unit[chosen[-1]], 0))
        distance[chosen] = 0
        total = np.cumsum(distance)
        if total[-1] > 0:
            chosen.append(int(np.searchsorted(total, chance * total[-1], side="right")))
        else:  # every row equals a centre
            chosen.append(next(row for row in range(len(unit)) if row not in chosen))
    return unit[chosen]


def _one_run(unit: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, float]:
    labels = np.full(len(unit), -1, np.int64)
    for _ in range(ITERATIONS):
        cosines = unit @ centres.T
        nearest = cosines.argmax(axis=1)
        for cluster in np.setdiff1d(np.arange(len(centres)), nearest):  # an empty cluster takes the worst-fitting row
            worst = int(cosines[np.arange(len(unit)), nearest].argmin())
            nearest[worst], cosines[worst] = cluster, 2.0
        if np.array_equal(nearest, labels):
            break
        labels = nearest
        sums = np.zeros_like(centres)
        np.add.at(sums, labels, unit)
        lengths = np.sqrt(np.einsum("kd,kd->k", sums, sums))
        centres = np.where(lengths[:, None] > 0, sums / np.where(lengths > 0, lengths, 1)[:, None], centres)
    return labels, float(np.einsum("nd,nd->", unit, centres[labels]))


# Groups of documents by k-means on directions, each with the words nearest to its centre.


RESTARTS = 3


@dataclass(frozen=True)
class DocumentGroup:
    """A group: the ids of its documents, nearest to its centre first, and the words nearest to the centre."""

    ids: list[str]
    words: list[str]

    def as_dict(self) -> dict[str, Any]:
        """The group as JSON."""
        return asdict(self)


def group_documents(
    documents: WordVectors, vectors: WordVectors, groups: int, words: int = 10, seed: int = 1
) -> list[DocumentGroup]:
    """Return the groups, largest first; documents without a word that has a vector are in none.

    Documents are assigned to groups by cosine. A group's words are those nearest to the mean of its documents (scaled
    to length 1) minus the mean of all documents, which says nothing about a group. Raises OptionError unless
    1 <= groups <= the number of documents with a vector.

    >>> documents = WordVectors(["a", "b", "c"], np.array([[1.0, 0.1], [1.0, 0.2], [0.1, 1.0]]))
    >>> vectors = WordVectors(["tea", "rain"], np.eye(2))
    >>> [(group.ids, group.words) for group in group_documents(documents, vectors, 2, words=1)]
    [(['b', 'a'], ['tea']), (['c'], ['rain'])]
    """
    full = np.flatnonzero(documents.lengths > 0)
    if not 1 <= groups <= len(full):
        raise OptionError(f"groups must be from 1 to {len(full):,}, the documents with a vector; got {groups}")
    unit = documents.unit_rows_of(full)
    labels = spherical_kmeans(unit, groups, RESTARTS, seed)
    mean = unit.mean(axis=0, dtype=np.float64)
    found = []
    for group in range(groups):
        rows = np.flatnonzero(labels == group)
        if not len(rows):
            continue
        centre = unit[rows].mean(axis=0, dtype=np.float64)
        nearest = rows[np.argsort(-(unit[rows] @ centre), kind="stable")]
        apart = centre - mean if groups > 1 else centre
        direction = apart if apart @ apart > 1e-12 else centre
        near = [word for word, _ in vectors.nearest(direction.astype(np.float32), words)]
        found.append(DocumentGroup([documents.words[row] for row in full[nearest].tolist()], near))
    return sorted(found, key=lambda group: -len(group.ids))

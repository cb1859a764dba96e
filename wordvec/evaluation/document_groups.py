"""Groups of documents by k-means on directions, each with the words nearest to its centre."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wordvec.errors import OptionError
from wordvec.evaluation.clustering import spherical_kmeans
from wordvec.vectors import WordVectors

RESTARTS = 3


@dataclass(frozen=True)
class DocumentGroup:
    """A group: the ids of its documents, the nearest to its centre first, and the words nearest to the centre."""

    ids: list[str]
    words: list[str]

    def as_dict(self) -> dict[str, Any]:
        """The group as JSON."""
        return asdict(self)


def group_documents(
    documents: WordVectors, vectors: WordVectors, groups: int, words: int = 10, seed: int = 1
) -> list[DocumentGroup]:
    """Return the groups, the largest first; documents without a word that has a vector are in none.

    Documents are near to a group by cosine. A centre is the direction of the sum of its documents, taken with length
    1, minus the mean direction of all of them, which says nothing about a group. Raises OptionError unless
    1 <= groups <= the number of documents.

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

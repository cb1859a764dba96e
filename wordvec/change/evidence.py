"""The lines that show a change best: occurrences whose context is most like one group and least like the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wordvec.corpus.documents.citing import Citations, CitedLine

if TYPE_CHECKING:
    from wordvec.change.changes import Changes, WordChange

MOST_OCCURRENCES = 5000  # examined in a group, spread over it


def evidence_positions(changes: Changes, change: WordChange, lines: int = 3) -> dict[str, list[int]]:
    """For each compared group, the positions of the occurrences most typical of it, best first.

    The score of an occurrence is x(o) . (v_p - mean of the other groups' v), see `wordvec.change.space`. Lines come
    from different documents if there are enough.
    """
    space, labels = changes.space, changes.labels
    assert space is not None
    assert labels is not None
    vectors = changes.vectors_of(change)
    every = space.occurrences(change.word)
    of_document = space.document_of(every)
    found = {}
    for place, group in enumerate(change.groups):
        inside = np.flatnonzero(labels[of_document] == group)
        inside = inside[:: max(1, len(inside) // MOST_OCCURRENCES)]
        others = np.delete(vectors, place, axis=0).mean(axis=0)
        scores = space.contexts(every[inside]) @ (vectors[place] - others)
        order = inside[np.argsort(-scores, kind="stable")].tolist()
        found[changes.groups[group]] = [int(every[at]) for at in _of_different_documents(order, of_document, lines)]
    return found


def _of_different_documents(order: list[int], of_document: np.ndarray, lines: int) -> list[int]:
    """The first occurrence in each document, then the others, up to `lines`."""
    first: dict[int, int] = {}
    for at in order:
        first.setdefault(int(of_document[at]), at)
    taken = set(first.values())
    return [*first.values(), *(at for at in order if at not in taken)][:lines]


def evidence_lines(
    changes: Changes, change: WordChange, citations: Citations, lines: int = 3
) -> dict[str, list[CitedLine]]:
    """The printed lines of `evidence_positions`, by group."""
    positions = evidence_positions(changes, change, lines)
    return {name: citations.cite(change.word, of_group) for name, of_group in positions.items()}

"""How groups of documents use a word: its nearest words, with how stable they are, and its typical lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wordvec.change.space import DocumentSums, Space
from wordvec.change.testing import RESAMPLES
from wordvec.corpus.documents.rarity import FEWEST_DOCUMENTS, FEWEST_OCCURRENCES, documents_with_words
from wordvec.rng import U64, below, draw, item_key, key_of

if TYPE_CHECKING:
    from wordvec.change.changes import Changes, WordChange
    from wordvec.corpus.documents.citing import Citations, CitedLine

LARGEST_SHARE = 1e-3  # of the text
CANDIDATES = 20_000  # most common words, searched for neighbours


class PeriodNeighbour(NamedTuple):
    """A word near another one: its cosine, and the share of resamples of documents in which it is among the nearest."""

    word: str
    cosine: float
    kept: float


class Company:
    """Finds neighbours in a space: the words whose contexts over the whole corpus are nearest.

    Candidates are the CANDIDATES most common words, except words that are too rare (see
    `wordvec.corpus.documents.rarity`) and, if more than ten others are left, words that make up more than a thousandth
    of the text.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        counts = space.corpus.vocabulary.counts[:CANDIDATES]
        in_documents = documents_with_words(space.corpus)
        enough = counts >= FEWEST_OCCURRENCES
        enough &= True if in_documents is None else in_documents[:CANDIDATES] >= FEWEST_DOCUMENTS
        rare_enough = enough & (counts <= LARGEST_SHARE * len(space.corpus.ids))
        self._ids = np.flatnonzero(rare_enough if rare_enough.sum() > 10 else enough if enough.any() else counts > 0)
        self._table = space.of_words(self._ids)

    def nearest(
        self, word: str, inside: np.ndarray, sums: DocumentSums, k: int = 8, resamples: int = 100, seed: int = 1
    ) -> list[PeriodNeighbour]:
        """The `k` words nearest to `word` in the documents selected by `inside`, a bool for each document that has it.

        Documents are drawn with replacement (Efron 1979; Antoniak and Mimno 2018 draw documents for neighbours), and a
        neighbour's `kept` is the share of `resamples` draws in which it is among the nearest `k`.
        """
        number = self.space.corpus.vocabulary.id(word)
        others = self._ids != number
        table, ids = self._table[others], self._ids[others]
        members = sums.sums[inside]
        cosines = cosines_of(table, members.sum(axis=0)[None, :])[0]
        best = np.argsort(-cosines, kind="stable")[:k]
        keys = item_key(key_of(seed, RESAMPLES + number), np.arange(resamples, dtype=U64))
        numbers = np.arange(len(members), dtype=U64)[None, :]
        drawn = below(draw(keys[:, None], numbers), U64(len(members))).astype(np.int64)
        near = np.argsort(-cosines_of(table, members[drawn].sum(axis=1)), axis=1, kind="stable")[:, : len(best)]
        words = self.space.corpus.vocabulary.words
        return [
            PeriodNeighbour(words[int(ids[place])], float(cosines[place]), float((near == place).any(axis=1).mean()))
            for place in best
        ]

    def cosines(self, words: list[str], vectors: np.ndarray) -> np.ndarray:
        """The cosines of `words` over the whole corpus with a word in each period (P, D): (words, P)."""
        ids = np.array([self.space.corpus.vocabulary.id(word) for word in words], np.int64)
        return cosines_of(self.space.of_words(ids), vectors).T


def cosines_of(table: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Cosines of vectors (n, D) with rows of length 1 (m, D): (n, m)."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray((vectors / np.where(lengths > 0, lengths, 1)) @ table.T)


# The lines that show a change best: occurrences whose context is most like one group and least like the others.


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

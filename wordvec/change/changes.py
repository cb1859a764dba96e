"""Results for words in groups of documents: the figures, the nearest words, and the lines that show a change."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from wordvec.change.space import DocumentSums, Space
from wordvec.change.testing import RESAMPLES
from wordvec.corpus.documents.citing import Citations, CitedLine
from wordvec.corpus.documents.rarity import FEWEST_DOCUMENTS, FEWEST_OCCURRENCES, documents_with_words
from wordvec.errors import InputError, counted
from wordvec.rng import U64, below, draw, item_key, key_of

NAMED = 5  # words that a short description names
LARGEST_SHARE = 1e-3  # of the text
CANDIDATES = 20_000  # most common words, searched for neighbours
MOST_OCCURRENCES = 5000  # examined in a group, spread over it


@dataclass(frozen=True)
class WordChange:
    """The result for one word.

    counts, documents   occurrences and documents with the word, by group; per_million of the group's words
    groups              the numbers of the groups with enough documents to be compared on their own
    distance, halves, ratio, p   see `wordvec.change.testing.Measured`
    cut                 the number of the first group after the cut if words are compared by a cut, else None
    q                   the share of false discoveries among the words up to this one (Benjamini and Hochberg 1995)
    """

    word: str
    counts: tuple[int, ...]
    documents: tuple[int, ...]
    per_million: tuple[float, ...]
    groups: tuple[int, ...]
    distance: float
    halves: float
    ratio: float
    p: float
    cut: int | None
    q: float


@dataclass(frozen=True, repr=False)
class Changes:
    """The words that were tested, the most certain change first; `wordvec.change.report.table_lines` tabulates them.

    groups       names of the groups in order, with their `documents` and `tokens`
    left_out     words that could not be tested, and why
    frequency    Spearman's correlation of a word's count with its distance and its ratio: how far rare words seem to
                 change more, before and after correction for variation between documents; None for few words
    options      of `find_changes`, with the model, "svd" or "given"; notes: remarks for readers
    """

    by: str
    groups: tuple[str, ...]
    documents: tuple[int, ...]
    tokens: tuple[int, ...]
    words: tuple[WordChange, ...]
    left_out: dict[str, str]
    frequency: dict[str, float | None]
    options: dict[str, Any]
    notes: tuple[str, ...] = ()
    space: Space | None = field(default=None, repr=False, compare=False)
    labels: np.ndarray | None = field(default=None, repr=False, compare=False)  # the group of each document, or -1

    def __repr__(self) -> str:
        found = ", ".join(word.word for word in self.found[:NAMED])
        more = ", ..." if len(self.found) > NAMED else ""
        named = f": {found}{more}" if found else ""
        return f"Changes(by {self.by}, {len(self.found):,} of {counted(len(self.words), 'word')} differ{named})"

    @property
    def found(self) -> tuple[WordChange, ...]:
        """The words that changed, at the requested level."""
        return tuple(word for word in self.words if word.q <= self.options["level"])

    def as_dict(self) -> dict[str, Any]:
        """The result as plain values, for JSON."""
        kept = ("by", "groups", "documents", "tokens", "left_out", "frequency", "options", "notes")
        return {name: getattr(self, name) for name in kept} | {"words": [asdict(word) for word in self.words]}

    def vectors_of(self, change: WordChange) -> np.ndarray:
        """The word's vector in each of its `groups`, (groups, D)."""
        sums, labels = self._of(change)
        return np.stack(
            [sums.sums[labels == group].sum(axis=0) / sums.weights[labels == group].sum() for group in change.groups]
        )

    def neighbours(self, change: WordChange, k: int = 8) -> dict[str, list[PeriodNeighbour]]:
        """The nearest words in each of its `groups`, with the share of resamples in which they stay."""
        sums, labels = self._of(change)
        seed = self.options["seed"]
        return {
            self.groups[group]: self._finder.nearest(change.word, labels == group, sums, k, seed=seed)
            for group in change.groups
        }

    def trajectory(self, change: WordChange, words: list[str]) -> np.ndarray:
        """The cosines of some words with the word in each of its `groups`, (words, groups)."""
        return self._finder.cosines(words, self.vectors_of(change))

    @cached_property
    def _finder(self) -> NeighbourFinder:
        assert self.space is not None
        return NeighbourFinder(self.space)

    def _of(self, change: WordChange) -> tuple[DocumentSums, np.ndarray]:
        if self.space is None or self.labels is None:
            raise InputError("only what find_changes returned has vectors; this was read from a file")
        sums = self.space.by_document(change.word)
        return sums, self.labels[sums.documents]


class PeriodNeighbour(NamedTuple):
    """A word near another one: its cosine, and the share of resamples of documents in which it is among the nearest."""

    word: str
    cosine: float
    kept: float


class NeighbourFinder:
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

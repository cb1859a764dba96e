"""Results for words in groups of documents: the figures, and values computed from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from wordvec.change.company import Company, PeriodNeighbour
from wordvec.change.space import DocumentSums, Space
from wordvec.errors import InputError


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


@dataclass(frozen=True)
class Changes:
    """The words that were tested, the most certain change first.

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
            self.groups[group]: self._company.nearest(change.word, labels == group, sums, k, seed=seed)
            for group in change.groups
        }

    def trajectory(self, change: WordChange, words: list[str]) -> np.ndarray:
        """The cosines of some words with the word in each of its `groups`, (words, groups)."""
        return self._company.cosines(words, self.vectors_of(change))

    @cached_property
    def _company(self) -> Company:
        assert self.space is not None
        return Company(self.space)

    def _of(self, change: WordChange) -> tuple[DocumentSums, np.ndarray]:
        if self.space is None or self.labels is None:
            raise InputError("only what find_changes returned has vectors; this was read from a file")
        sums = self.space.by_document(change.word)
        return sums, self.labels[sums.documents]

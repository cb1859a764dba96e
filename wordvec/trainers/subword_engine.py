"""Skip-gram and CBOW with subwords: the table of words and n-grams, its engine, and its vectors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.kernels.word_parts import WordParts
from wordvec.trainers.kernel_engine import KernelEngine
from wordvec.vectors.ngrams import Ngrams, NgramTable
from wordvec.vectors.subwords import EXACT, Subwords

if TYPE_CHECKING:
    from wordvec.corpus import Corpus, Vocabulary
    from wordvec.trainers.options import TrainingPlan


@dataclass(frozen=True)
class Composition:
    """The composition of words: V rows of words followed by G rows of n-grams, which `parts` has merged.

    place (V + G,) is the row of `parts` that each of these is in; ngrams (G,) are the n-grams' buckets, ascending.
    """

    parts: WordParts
    place: np.ndarray
    ngrams: np.ndarray
    min_n: int
    max_n: int
    buckets: int | None
    jamo: bool

    @classmethod
    def of(cls, vocabulary: Vocabulary, min_n: int, max_n: int, buckets: int | None, jamo: bool = False) -> Composition:
        """The composition of a vocabulary's words. Raises InputError if no word has an n-gram."""
        table = NgramTable.of(vocabulary.words, Ngrams(min_n, max_n, buckets or EXACT, jamo))
        words, ngrams = table.matrix.shape
        own = np.arange(words)
        numbers = np.diff(table.matrix.indptr)
        starts = np.concatenate([[0], np.cumsum(numbers + 1)])
        rows = np.empty(starts[-1], np.int32)
        is_own = np.zeros(len(rows), bool)
        is_own[starts[:-1]] = True
        rows[is_own], rows[~is_own] = own, table.matrix.indices + words
        parts, place = WordParts.of_rows(starts, rows, words + ngrams).merged(vocabulary.counts)
        return cls(parts, place, table.buckets, min_n, max_n, buckets, jamo)

    @cached_property
    def _times(self) -> np.ndarray:
        return np.bincount(self.place, minlength=self.parts.table_rows).astype(np.float32)

    def starting_table(self, W_in: np.ndarray) -> np.ndarray:
        """The table (R, D) from which the words are composed as the rows of W_in (V, D); n-grams start at zero."""
        table = np.zeros((self.parts.table_rows, W_in.shape[1]), np.float32)
        table[self.place[: len(W_in)]] = W_in * self.parts.sizes[:, None]
        return table

    def subwords(self, table: np.ndarray, W_in: np.ndarray) -> Subwords:
        """The n-grams of a trained table whose words started from W_in: how much each of their rows has changed.

        The table is overwritten, because a large one should not be copied.
        """
        table[self.place[: len(W_in)]] -= W_in * self.parts.sizes[:, None]
        table /= self._times[:, None]
        rows = table[self.place[self.parts.words :]]
        if self.buckets is None:
            return Subwords(rows, EXACT, self.min_n, self.max_n, kept=self.ngrams, jamo=self.jamo)
        of_buckets = np.zeros((self.buckets, table.shape[1]), np.float32)
        of_buckets[self.ngrams] = rows
        return Subwords(of_buckets, self.buckets, self.min_n, self.max_n, jamo=self.jamo)

    def facts(self) -> dict[str, Any]:
        """The record in the vectors' file, with the same fields as for fitted n-grams."""
        record = {"method": "trained", "min_n": self.min_n, "max_n": self.max_n, "buckets": self.buckets}
        record |= {"jamo": self.jamo, "hashes": 0}
        return record | {"ngrams": len(self.ngrams), "lean": None, "held_out_words": None, "held_out_cosine": None}


class SubwordEngine(KernelEngine):
    """Trains the table of parts and W_out; W_in is composed from the table when needed."""

    def __init__(
        self, plan: TrainingPlan, corpus: Corpus, table: np.ndarray, W_out: np.ndarray, composition: Composition
    ) -> None:
        super().__init__(plan, corpus, table, W_out)
        self.composition = composition
        self._options["parts"] = composition.parts

    def largest_weight(self) -> float:
        """The largest absolute value of a word's row in either matrix; rows of the table may represent several rows."""
        return max(float(np.abs(W).max(initial=0)) for W in self.weights())

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """The current W_in and W_out."""
        table, W_out = self._tables.unpack()
        return self.composition.parts.composed(table), W_out

    def subwords(self, W_in: np.ndarray) -> Subwords:
        """The current n-grams, for words that started from W_in."""
        return self.composition.subwords(self._tables.unpack()[0], W_in)

    def arrays(self) -> dict[str, np.ndarray]:
        """The arrays for checkpoints: the table under the name W_in, and W_out."""
        table, W_out = self._tables.unpack()
        return {"W_in": table, "W_out": W_out}

    def take_weights(self) -> tuple[np.ndarray, np.ndarray]:
        """W_in and W_out; the tables cannot be used afterwards."""
        table, W_out = self._tables.take()
        return self.composition.parts.composed(table), W_out

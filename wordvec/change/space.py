"""One space for all periods: a word's vector in a set of documents is the mean of its contexts there.

The vector of an occurrence o is the mean of the vectors of the words around it, with frequent words downweighted,
minus the mean over the corpus. A word's vector in a set of documents is the weighted mean over documents d of the mean
over its n_d occurrences there::

    x(o) = sum over c in the window of a(c) b(c) / sum of a(c) - m,        a(c) = s / (s + share of c)
    v(w, documents) = sum over d of w_d (mean over o in d of x(o)) / sum of w_d,        w_d = n_d / (1 + r (n_d - 1))

These are the weights of cluster means whose members have correlation r (Kish 1965, "Survey Sampling"): the tenth
occurrence in a document adds less information than the first in another one. A document's weight is at most 1 / r, so
one that is a hundred times as long as the others does not dominate its period.

These are the context vectors of Schuetze 1998 ("Automatic word sense discrimination"), as Rodriguez, Spirling and
Stewart 2023 ("Embedding regression") use them to compare groups of documents. b are vectors trained on the whole corpus
(here of length 1), and a the weights of Arora, Liang and Ma 2017 ("A simple but tough-to-beat baseline for sentence
embeddings"). A context word has the same vector in every period, so nothing has to be rotated, and v is a sum over
documents. This makes tests over documents affordable; aligned models would have to be trained again for each
permutation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from wordvec.corpus.concordance import Concordance
from wordvec.corpus.documents.splitting import documents_of
from wordvec.errors import InputError

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.vectors import WordVectors

SHARE = 1e-3  # s: a word with this share of the text has weight 1/2
ALIKE = 0.2  # r: correlation of occurrences in one document
AT_A_TIME = 1 << 15  # occurrences in a block
OCCURRENCES = 500  # most occurrences of a neighbour, spread over the corpus


@dataclass(frozen=True)
class DocumentSums:
    """A word in each of the documents that have it.

    Shapes: documents (k,) their numbers, ascending; counts (k,) occurrences n_d; weights (k,) w_d; sums (k, D), w_d
    times the document's mean of x(o).
    """

    documents: np.ndarray
    counts: np.ndarray
    weights: np.ndarray
    sums: np.ndarray

    @classmethod
    def of(cls, documents: np.ndarray, counts: np.ndarray, totals: np.ndarray) -> DocumentSums:
        """From the sums (k, D) of x(o) over all occurrences in each document."""
        per_occurrence = weight_of_occurrence(counts)
        return cls(documents, counts, counts * per_occurrence, totals * per_occurrence[:, None])


def weight_of_occurrence(counts: np.ndarray) -> np.ndarray:
    """Return w_d / n_d for documents with n_d = `counts` occurrences.

    >>> weight_of_occurrence(np.array([1.0, 6.0])).tolist()
    [1.0, 0.5]
    """
    return np.asarray(1 / (1 + ALIKE * (counts - 1)))


class Space:
    """The space of a corpus with documents; vectors (V, D) of the corpus's words, zero for words without one.

    Raises CorpusError for a corpus without documents.
    """

    def __init__(self, corpus: Corpus, vectors: np.ndarray, window: int = 5) -> None:
        self.corpus, self.window = corpus, window
        self.documents = documents_of(corpus)
        self.concordance = Concordance(corpus, show_progress=False)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        self.vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        share = corpus.vocabulary.counts / max(len(corpus.ids), 1)
        self._weights = np.where(lengths[:, 0] > 0, SHARE / (SHARE + share), 0.0).astype(np.float32)
        self._weighted = self.vectors * self._weights[:, None]

    @classmethod
    def of(cls, corpus: Corpus, vectors: WordVectors, window: int = 5) -> Space:
        """The space of a model's vectors, which should have been trained on this corpus.

        Raises InputError if they have fewer than half of the corpus's words.
        """
        words = corpus.vocabulary.words
        rows = np.zeros((len(words), vectors.dim), np.float32)
        known = [i for i, word in enumerate(words) if word in vectors]
        if 2 * len(known) < len(words):
            raise InputError(
                f"the vectors have {len(known):,} of the corpus's {len(words):,} words: give vectors that were trained "
                "on this corpus, or leave them out"
            )
        rows[known] = vectors.rows(np.array([vectors.word_id(words[i]) for i in known], np.int64))
        return cls(corpus, rows, window)

    def occurrences(self, word: str) -> np.ndarray:
        """The positions of a word in the corpus, ascending."""
        return self.concordance.positions(word)

    def contexts(self, positions: np.ndarray) -> np.ndarray:
        """x(o) of occurrences, (n, D) float64; zero if no word around an occurrence has a vector."""
        means, has_context = self._means(positions)
        return np.where(has_context[:, None], means - self.mean, 0.0)

    def _means(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        corpus, ids = self.corpus, self.corpus.ids
        sentence = np.searchsorted(corpus.sentence_starts, positions, side="right") - 1
        first, end = corpus.sentence_starts[sentence], corpus.sentence_starts[sentence + 1]
        total = np.zeros((len(positions), self.vectors.shape[1]))
        weight = np.zeros(len(positions))
        for distance in range(1, self.window + 1):
            for place in (positions - distance, positions + distance):
                inside = (place >= first) & (place < end)
                found = np.asarray(ids[place[inside]])
                total[inside] += self._weighted[found]
                weight[inside] += self._weights[found]
        return total / np.where(weight > 0, weight, 1)[:, None], weight > 0

    @cached_property
    def mean(self) -> np.ndarray:
        """m, the mean over the corpus, (D,), from occurrences spread evenly over it."""
        size = len(self.corpus.ids)
        means, has_context = self._means(np.linspace(0, size - 1, min(size, AT_A_TIME)).astype(np.int64))
        return np.asarray(means[has_context].sum(axis=0) / max(1, has_context.sum()))

    def of_words(self, word_ids: np.ndarray) -> np.ndarray:
        """Vectors of words over the whole corpus, scaled to length 1, (n, D), from at most OCCURRENCES of each."""
        rows = np.zeros((len(word_ids), self.vectors.shape[1]))
        for row, word_id in enumerate(word_ids.tolist()):
            every = self.concordance.index.of_word(word_id)
            rows[row] = self.contexts(every[:: max(1, len(every) // OCCURRENCES)][:OCCURRENCES]).mean(axis=0)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.where(lengths > 0, lengths, 1))

    def by_document(self, word: str) -> DocumentSums:
        """A word's occurrences in each document that has it."""
        positions = self.occurrences(word)
        in_documents, place = np.unique(self.document_of(positions), return_inverse=True)
        counts = np.bincount(place, minlength=len(in_documents)).astype(float)
        totals = np.zeros((len(in_documents), self.vectors.shape[1]))
        for first in range(0, len(positions), AT_A_TIME):
            part = slice(first, first + AT_A_TIME)
            starts = np.flatnonzero(np.diff(place[part], prepend=-1))  # a document's positions are adjacent
            np.add.at(totals, place[part][starts], np.add.reduceat(self.contexts(positions[part]), starts, axis=0))
        return DocumentSums.of(in_documents, counts, totals)

    def document_of(self, positions: np.ndarray) -> np.ndarray:
        """The document of each position."""
        sentence = np.searchsorted(self.corpus.sentence_starts, positions, side="right") - 1
        return np.asarray(self.documents.of_sentence[sentence])

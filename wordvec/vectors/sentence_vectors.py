"""Vectors of sentences that are lists of words: the mean, and the weighted mean of Arora, Liang and Ma (SIF).

Words count with the length that their vectors have; `WordVectors.embed` takes texts, and words with length 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wordvec.errors import OptionError
from wordvec.vectors.documents import DocumentVectors, embed, sif_weights, without_component
from wordvec.vectors.word_vectors import WordVectors

SentenceVectors = DocumentVectors


def mean_sentence_vectors(vectors: WordVectors, sentences: Sequence[Sequence[str]]) -> SentenceVectors:
    """Return the mean of each sentence's word vectors; words without a vector are counted and passed over.

    `sentences` are lists of words, tokenized as the vectors' text was: `WordVectors.tokenize` does that. Raises
    OptionError for text that is not split.

    >>> vectors = WordVectors(["good", "tea"], np.array([[1.0, 3.0], [3.0, 1.0]]))
    >>> means = mean_sentence_vectors(vectors, [["good", "tea"], ["good", "grief"]])
    >>> means.matrix.tolist(), means.missing.tolist()
    ([[2.0, 2.0], [1.0, 3.0]], [0, 1])
    """
    return _means(vectors, sentences, None)


def sif_sentence_vectors(
    vectors: WordVectors, sentences: Sequence[Sequence[str]], a: float = 1e-3, component: np.ndarray | None = None
) -> SentenceVectors:
    """Return SIF vectors (Arora, Liang and Ma 2017, Algorithm 1): rare words count more, what all share is taken off.

    v = 1/|s| sum of a / (a + p(w)) x_w over a sentence's words, p(w) the word's share of all counts; then
    v - u (u . v), u the first singular vector of all v. A `component` of other sentences is used in place of u: a few
    sentences alone do not show what sentences share. Words made of subwords, whose count is not known, have p = 0.
    Raises InputError for vectors without counts, OptionError for a <= 0.

    >>> vectors = WordVectors(["the", "tea"], np.eye(2), counts=np.array([999, 1]))
    >>> sif = sif_sentence_vectors(vectors, [["the", "tea"], ["the"]])
    >>> sif.found.tolist(), bool(np.abs(sif.matrix @ sif.component).max() < 1e-6)
    ([2, 1], True)
    """
    return without_component(_means(vectors, sentences, sif_weights(vectors, a)), component, vectors.dim)


def _means(vectors: WordVectors, sentences: Sequence[Sequence[str]], weights: np.ndarray | None) -> SentenceVectors:
    if isinstance(sentences, str) or any(isinstance(sentence, str) for sentence in sentences):
        raise OptionError(
            "sentences must be lists of words: split the text as the vectors' text was, with vectors.tokenize(text)"
        )
    return embed(vectors, sentences, "mean" if weights is None else weights, unit=False)

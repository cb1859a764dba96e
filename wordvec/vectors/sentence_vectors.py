"""Vectors of sentences from vectors of words: the mean, and the weighted mean of Arora, Liang and Ma (SIF)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wordvec.errors import InputError, OptionError, ShapeError
from wordvec.vectors.word_vectors import WordVectors


@dataclass(frozen=True)
class SentenceVectors:
    """One row for each sentence, and how many of its words had a vector.

    matrix (S, D) float32, zero for a sentence without any; found and missing (S,) int64 words; component (D,) float32
    is the direction that SIF took off, None for means.
    """

    matrix: np.ndarray
    found: np.ndarray
    missing: np.ndarray
    component: np.ndarray | None = None


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
    if not a > 0:
        raise OptionError(f"sif_sentence_vectors: a must be above 0; got {a!r}")
    if vectors.counts is None or vectors.counts.sum() == 0:
        raise InputError("sif_sentence_vectors: these vectors have no counts, which give the weights; take the mean")
    weights = a / (a + vectors.counts / vectors.counts.sum())
    weighted = _means(vectors, sentences, weights)
    if component is None:
        some = weighted.matrix[weighted.found > 0].astype(np.float64)
        if len(some) == 0:
            return weighted
        component = np.linalg.eigh(some.T @ some)[1][:, -1]
        component = component * np.sign(component[np.abs(component).argmax()])
    elif np.shape(component) != (vectors.dim,):
        raise ShapeError(f"component must be of shape ({vectors.dim},); got {np.shape(component)}")
    u = np.asarray(component, np.float64)
    matrix = weighted.matrix - np.outer(weighted.matrix @ u, u)
    return SentenceVectors(matrix.astype(np.float32), weighted.found, weighted.missing, u.astype(np.float32))


def _means(vectors: WordVectors, sentences: Sequence[Sequence[str]], weights: np.ndarray | None) -> SentenceVectors:
    if isinstance(sentences, str) or any(isinstance(sentence, str) for sentence in sentences):
        raise OptionError(
            "sentences must be lists of words: split the text as the vectors' text was, with vectors.tokenize(text)"
        )
    matrix = np.zeros((len(sentences), vectors.dim), np.float32)
    found = np.zeros(len(sentences), np.int64)
    for number, sentence in enumerate(sentences):
        rows = vectors.known_ids(sentence)
        total = vectors.rows(rows).astype(np.float64).T @ (np.ones(len(rows)) if weights is None else weights[rows])
        found[number] = len(rows)
        if vectors.subwords is not None:
            made = [vectors.subwords.vector(word) for word in sentence if word not in vectors]
            known = [vector for vector in made if vector is not None]
            total += np.sum(known, axis=0) if known else 0.0
            found[number] += len(known)
        matrix[number] = total / max(1, found[number])
    lengths = np.array([len(sentence) for sentence in sentences], np.int64)
    return SentenceVectors(matrix, found, lengths - found)

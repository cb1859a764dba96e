from __future__ import annotations

import numpy as np
import pytest

from wordvec.errors import InputError, OptionError, ShapeError
from wordvec.vectors import WordVectors
from wordvec.vectors.documents import mean_sentence_vectors, sif_sentence_vectors

WORDS, COUNTS = ["the", "good", "tea"], np.array([90, 9, 1])
MATRIX = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 1.0]])


@pytest.fixture
def vectors() -> WordVectors:
    return WordVectors(WORDS, MATRIX, COUNTS)


def test_means_by_hand(vectors):
    means = mean_sentence_vectors(vectors, [["the", "tea"], ["good", "good", "tea"], ["sugar"], []])
    np.testing.assert_allclose(means.matrix, [[2, 0.5], [1, 5 / 3], [0, 0], [0, 0]], rtol=1e-6)
    assert (means.found.tolist(), means.missing.tolist()) == ([2, 3, 0, 0], [0, 0, 1, 0])
    assert means.component is None


def test_sif_by_hand(vectors):
    """Weights a / (a + p) with a = 0.1 are 0.1, 0.526 and 0.909."""
    weights = 0.1 / (0.1 + COUNTS / 100)
    sentences = [["the", "tea"], ["good"], ["the", "good", "sugar"]]
    v = np.array(
        [
            (weights[0] * MATRIX[0] + weights[2] * MATRIX[2]) / 2,
            weights[1] * MATRIX[1],
            (weights[0] * MATRIX[0] + weights[1] * MATRIX[1]) / 2,
        ]
    )
    u = np.linalg.svd(v)[2][0]
    found = sif_sentence_vectors(vectors, sentences, a=0.1)
    np.testing.assert_allclose(found.matrix, v - np.outer(v @ u, u), atol=1e-6)
    np.testing.assert_allclose(np.abs(found.component), np.abs(u), atol=1e-6)
    assert found.missing.tolist() == [0, 0, 1]


def test_sif_with_the_direction_of_other_sentences(vectors):
    found = sif_sentence_vectors(vectors, [["good"]], a=0.1, component=np.array([0.0, 1.0]))
    np.testing.assert_allclose(found.matrix, [[0, 0]], atol=1e-6)
    found = sif_sentence_vectors(vectors, [["good"]], a=0.1, component=np.array([1.0, 0.0]))
    np.testing.assert_allclose(found.matrix, [[0, 2 * 0.1 / 0.19]], rtol=1e-6)


def test_sif_of_sentences_without_words(vectors):
    found = sif_sentence_vectors(vectors, [["sugar"], []])
    assert (found.matrix.tolist(), found.component) == ([[0, 0], [0, 0]], None)
    found = sif_sentence_vectors(vectors, [["sugar"], ["tea"], ["the"]])
    assert found.matrix[0].tolist() == [0, 0]


class Parts:
    def vector(self, word):
        return np.float32([10, 0]) if word == "teas" else None


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_subwords_and_small_forms(dtype):
    vectors = WordVectors(WORDS, MATRIX.astype(dtype), COUNTS, subwords=Parts())
    means = mean_sentence_vectors(vectors, [["teas", "the"], ["coffees"]])
    assert (means.matrix.tolist(), means.missing.tolist()) == ([[5.5, 0], [0, 0]], [0, 1])


@pytest.mark.parametrize("sentences", ["the tea", ["the tea"], [["the"], "tea"]])
def test_text_that_is_not_split_is_refused(vectors, sentences):
    for ask in (mean_sentence_vectors, sif_sentence_vectors):
        with pytest.raises(OptionError, match="lists of words: split the text"):
            ask(vectors, sentences)


def test_sif_needs_counts_and_a_positive_a(vectors):
    with pytest.raises(InputError, match="have no counts"):
        sif_sentence_vectors(WordVectors(WORDS, MATRIX), [["tea"]])
    for a in (0, -1, float("nan")):
        with pytest.raises(OptionError, match="a must be above 0"):
            sif_sentence_vectors(vectors, [["tea"]], a=a)
    with pytest.raises(ShapeError, match=r"of shape \(2,\)"):
        sif_sentence_vectors(vectors, [["tea"]], component=np.ones(3))

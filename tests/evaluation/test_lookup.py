from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from wordvec.evaluation import PROTOCOLS, evaluate_analogy, evaluate_categorisation, evaluate_similarity
from wordvec.evaluation.protocols import find_words
from wordvec.vectors import WordVectors


class Ending:
    """A vector for words that end with "s": that of what stands before."""

    def vector(self, word: str) -> np.ndarray | None:
        return np.float32([0.0, 2.0]) if word.endswith("s") else None


def vectors(**options) -> WordVectors:
    return WordVectors(["cat", "Dog", "dog"], np.array([[3.0, 4.0], [0.0, 2.0], [1.0, 0.0]]), **options)


def test_rows_as_they_are_and_with_length_one():
    found = find_words(vectors(), ["Cat", "Dog", "DOG", "lynx", "Cat"], PROTOCOLS["wordvec"])
    assert dict(found.place) == {"Cat": 0, "Dog": 1, "DOG": 2} and found.missing == ("lynx",)
    np.testing.assert_allclose(found.rows, [[3, 4], [0, 2], [1, 0]])
    np.testing.assert_allclose(found.unit, [[0.6, 0.8], [0, 1], [1, 0]])
    assert found.made == 0 and found.notes == ()


def test_unseen_words_may_have_subwords():
    found = find_words(vectors(subwords=Ending()), ["cat", "cats", "lynx"], PROTOCOLS["wordvec"])
    assert dict(found.place) == {"cat": 0, "cats": 1} and found.made == 1 and found.missing == ("lynx",)
    np.testing.assert_allclose(found.unit[1], [0, 1])
    assert found.notes == ("1 word without a row: vectors from subwords",)
    for name in ("gensim", "word2vec.c", "glove"):  # these know words of the vocabulary alone
        assert find_words(vectors(subwords=Ending()), ["cats"], PROTOCOLS[name]).missing == ("cats",)


def test_scores_say_that_subwords_were_used():
    pairs = [("cat", "cats", 3.0), ("dog", "cats", 1.0), ("cat", "dog", 2.0)]
    result = evaluate_similarity(vectors(subwords=Ending()), pairs)
    assert result.covered == 3 and "1 word without a row: vectors from subwords" in result.notes
    assert result.outcomes == pytest.approx([0.8, 0.0, 0.6])
    groups = [("cat", "a"), ("cats", "a"), ("dog", "b")]
    assert evaluate_categorisation(vectors(subwords=Ending()), groups).covered == 3


def test_nothing_to_find():
    found = find_words(vectors(), [], PROTOCOLS["gensim"])
    assert found.unit.shape == (0, 2) and found.rows.shape == (0, 2) and found.missing == ()
    assert find_words(vectors(), ["x"], PROTOCOLS["wordvec"]).unit.shape == (0, 2)


@pytest.mark.parametrize("protocol", list(PROTOCOLS))
def test_narrow_vectors_score_as_wide_ones(protocol):
    rows = np.array([[3, 4], [0, 2], [1, 0], [5, -5]], np.int8)
    words = ["cat", "dog", "car", "bus"]
    pairs = [("cat", "dog", 3.0), ("car", "dog", 1.0), ("cat", "bus", 2.0)]
    wide = evaluate_similarity(WordVectors(words, rows.astype(np.float32)), pairs, protocol=protocol)
    narrow = evaluate_similarity(WordVectors(words, rows, scales=np.ones(4, np.float32)), pairs, protocol=protocol)
    half = evaluate_similarity(WordVectors(words, rows.astype(np.float16)), pairs, protocol=protocol)
    np.testing.assert_array_equal(wide.outcomes, narrow.outcomes)
    np.testing.assert_array_equal(wide.outcomes, half.outcomes)


@pytest.mark.parametrize("protocol", ["wordvec", "gensim"])
@pytest.mark.parametrize("form, other", [("NFC", "NFD"), ("NFD", "NFC")])
def test_words_in_another_unicode_form_are_told(form, other, protocol):
    words = [unicodedata.normalize(form, word) for word in ("café", "thé", "eau", "tôt")]
    vectors = WordVectors(words, np.random.default_rng(1).normal(size=(4, 3)))
    asked = [(unicodedata.normalize(other, a), b, n) for a, b, n in (("café", "eau", 1.0), ("thé", "eau", 2.0))]
    said = evaluate_similarity(vectors, asked, protocol=protocol).notes
    assert (
        said[-1] == f"2 words have a row in Unicode's form {form} only: write the set in it, as the vectors' words are"
    )
    questions = [tuple(unicodedata.normalize(other, word) for word in ("café", "eau", "thé", "eau"))]
    assert evaluate_analogy(vectors, questions, protocol=protocol).notes[-1] == said[-1]
    assert not any("Unicode" in note for note in evaluate_similarity(vectors, [("eau", "brûlé", 1.0)]).notes)

"""Contexts of words: counted as by hand, weighed as the formula says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.corpus import Corpus
from wordvec.corpus.concordance.associations import associations, contexts_of, cosine_parts, nearest_distance, spread

SENTENCES = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=8), min_size=1, max_size=8)


def slow_near(corpus, word_id, window):
    near = np.zeros(len(corpus.vocabulary), int)
    for first, end in zip(corpus.sentence_starts[:-1], corpus.sentence_starts[1:]):
        sentence = corpus.ids[first:end].tolist()
        for here, word in enumerate(sentence):
            for there in range(max(0, here - window), min(len(sentence), here + window + 1)):
                if word == word_id and there != here:
                    near[sentence[there]] += 1
    return near


@given(SENTENCES, st.integers(1, 9))
def test_contexts_are_counted_within_sentences(sentences, window):
    corpus = Corpus.from_sentences(sentences)
    for word_id in range(len(corpus.vocabulary)):
        found = contexts_of(corpus, np.flatnonzero(corpus.ids == word_id), window)
        np.testing.assert_array_equal(found.near, slow_near(corpus, word_id, window))


@given(SENTENCES, st.integers(1, 9))
def test_nearest_distance_against_all_pairs(sentences, window):
    corpus = Corpus.from_sentences(sentences)
    sentence_of = np.repeat(np.arange(len(sentences)), [len(sentence) for sentence in sentences])
    for a in range(len(corpus.vocabulary)):
        for b in range(len(corpus.vocabulary)):
            of_a, of_b = np.flatnonzero(corpus.ids == a), np.flatnonzero(corpus.ids == b)
            expected = [
                any(abs(i - j) <= window and i != j and sentence_of[i] == sentence_of[j] for j in of_b) for i in of_a
            ]
            found = nearest_distance(of_a, of_b, corpus.sentence_starts) <= window
            assert found.tolist() == expected


def test_association_by_hand():
    # Two contexts, 4 and 12 times in the corpus; near the word 3 times and once.
    counts = np.array([12, 4])
    smoothed = counts**0.75 / (counts**0.75).sum()
    first = max(0.0, np.log(0.25 / smoothed[0])) * 1 / 2 * 4 / 5
    second = np.log(0.75 / smoothed[1]) * 3 / 4 * 4 / 5
    np.testing.assert_allclose(associations(np.array([1, 3]), counts), [first, second], rtol=1e-12)
    assert first == 0 < second


def test_parts_add_up_to_the_cosine():
    corpus = Corpus.from_sentences(
        [["a", "x", "p"], ["b", "x", "q"], ["a", "y", "p"], ["b", "y", "r"], ["q", "r", "z"]]
    )
    of = {word: corpus.vocabulary.id(word) for word in "ab"}
    rows = [contexts_of(corpus, np.flatnonzero(corpus.ids == of[word]), window=2) for word in "ab"]
    a, b = (row.association for row in rows)
    parts = cosine_parts(a, b)
    assert parts.sum() == pytest.approx(a @ b / np.sqrt((a @ a) * (b @ b)), rel=1e-12)
    assert set(np.flatnonzero(parts)) == {corpus.vocabulary.id("x"), corpus.vocabulary.id("y")}
    assert [row.near.sum() for row in rows] == [4, 4]


def test_a_word_without_company_shares_nothing():
    corpus = Corpus.from_sentences([["alone"], ["a", "b"]])
    rows = [contexts_of(corpus, np.flatnonzero(corpus.ids == corpus.vocabulary.id(word)), 5) for word in ("alone", "a")]
    assert cosine_parts(*(row.association for row in rows)).tolist() == [0.0, 0.0, 0.0]


@given(st.integers(0, 1000), st.integers(1, 50), st.one_of(st.none(), st.integers(0, 2**64 - 1)))
def test_spread_takes_one_of_each_part(total, limit, seed):
    taken = spread(total, limit, seed)
    assert len(taken) == min(total, limit)
    assert taken.tolist() == sorted(set(taken.tolist()))
    if total > limit:
        borders = np.arange(limit + 1) * total // limit
        assert ((borders[:-1] <= taken) & (taken < borders[1:])).all()
    np.testing.assert_array_equal(taken, spread(total, limit, seed))


def test_seeds_draw_different_lines():
    assert len({tuple(spread(1000, 5, seed).tolist()) for seed in range(20)}) == 20

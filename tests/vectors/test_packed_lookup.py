from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import InputError, VectorsFileError
from wordvec.vectors import WordVectors, lookup
from wordvec.vectors.lookup import PackedLookup, hash_of
from wordvec.vectors.word_bytes import LazyWords, join_words, word_hashes

words_of_files = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)


@settings(max_examples=150, deadline=None)
@given(words=st.lists(words_of_files, min_size=1, max_size=20, unique=True), others=st.lists(st.text(), max_size=9))
def test_a_packed_lookup_is_a_dict(words, others):
    packed = PackedLookup(LazyWords(*join_words(words)))
    expected = {word: row for row, word in enumerate(words)}
    for word in words + others:
        assert packed.get(word) == expected.get(word)
        assert (word in packed) == (word in expected)


@settings(max_examples=100, deadline=None)
@given(words=st.lists(words_of_files, min_size=1, max_size=9))
def test_one_word_hashes_as_many_do(words):
    hashes = word_hashes(*join_words(words), 0, len(words))
    assert [hash_of(word.encode()) for word in words] == hashes.tolist()


def test_words_that_begin_alike_for_longer_than_is_hashed_are_told_apart():
    words = ["x" * 70 + end for end in "abc"]
    assert len({hash_of(word.encode()) for word in words}) == 1
    packed = PackedLookup(LazyWords(*join_words(words)))
    assert [packed.get(word) for word in words] == [0, 1, 2]
    assert packed.get("x" * 70 + "d") is None


def test_many_questions_make_a_dict_with_the_same_answers(monkeypatch):
    monkeypatch.setattr(lookup, "MANY", 3)
    packed = PackedLookup(LazyWords(*join_words(["a", "b"])))
    assert [packed.get(word) for word in "abcabc"] == [0, 1, None, 0, 1, None]
    assert packed._dict == {"a": 0, "b": 1}


@pytest.mark.parametrize(
    ("words", "message"),
    [(["a", "b", "a"], "'a' appears twice, in rows 0 and 2"), (["a", ""], "the word of row 1 must be .* not empty")],
)
def test_words_that_stand_twice_or_are_empty_are_found_at_the_first_question(words, message):
    vectors = WordVectors(LazyWords(*join_words(words)), np.ones((len(words), 2)))
    with pytest.raises(InputError, match=message):
        vectors.word_id("b")


@pytest.mark.parametrize("ends", [[1, 9], [2, 1], [-1, 2]])
def test_ends_that_do_not_fit_are_refused(ends):
    with pytest.raises(VectorsFileError, match="do not fit their bytes"):
        PackedLookup(LazyWords(np.frombuffer(b"ab", np.uint8), np.array(ends)))


def test_half_a_surrogate_pair_is_no_word():
    packed = PackedLookup(LazyWords(*join_words(["a"])))
    assert packed.get("\ud800") is None
    with pytest.raises(KeyError):
        packed["\ud800"]


def test_vectors_of_packed_words_answer_as_those_of_a_list_do():
    words = [f"w{i}" for i in range(50)]
    matrix = np.random.default_rng(2).normal(size=(50, 4))
    packed, listed = WordVectors(LazyWords(*join_words(words)), matrix), WordVectors(words, matrix)
    assert packed.most_similar(["w3", "w4"], "w5") == listed.most_similar(["w3", "w4"], "w5")
    assert packed.most_similar("w3", pattern="9$", top=40) == listed.most_similar("w3", pattern="9$", top=40)
    assert packed.known_ids(["w9", "x", matrix[0]]) == [9]

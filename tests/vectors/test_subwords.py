from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import VectorsFileError
from wordvec.vectors.ngrams import Ngrams, ngram_hashes, to_jamo
from wordvec.vectors.subwords import EXACT, Subwords


def ngrams_of(word: bytes, shortest: int, longest: int) -> list[bytes]:
    """The n-grams of one word by cutting it into characters: slow, and easy to check by eye."""
    if word == b"</s>":
        return []
    text = b"<" + word + b">"
    starts = [i for i, byte in enumerate(text) if byte & 0xC0 != 0x80] + [len(text)]
    cut = [
        (i, i + n)
        for i in range(len(starts) - 1)
        for n in range(shortest, longest + 1)
        if i + n < len(starts) and not (n == 1 and (i == 0 or i + n == len(starts) - 1))
    ]
    return [text[starts[i] : starts[j]] for i, j in cut]


def fnv1a(text: bytes) -> int:
    """FNV-1a of 32 bits, each byte taken with its sign, as fastText does."""
    hashed = 2166136261
    for byte in text:
        hashed = ((hashed ^ ((byte - 256 if byte > 127 else byte) & 0xFFFFFFFF)) * 16777619) & 0xFFFFFFFF
    return hashed


def test_ngrams_by_hand():
    assert ngrams_of(b"abc", 3, 3) == [b"<ab", b"abc", b"bc>"]
    assert ngrams_of("né".encode(), 1, 2) == [b"<n", b"n", "né".encode(), "é".encode(), "é>".encode()]


def test_the_hash_of_letters_is_the_published_one():
    assert fnv1a(b"foobar") == 0xBF9CF968  # http://www.isthe.com/chongo/tech/comp/fnv/


@given(
    words=st.lists(
        st.text(max_size=8).map(lambda text: text.encode("utf-8", "replace"))
        | st.binary(max_size=6).filter(lambda word: b"\0" not in word)
        | st.just(b"</s>"),
        max_size=5,
    ),
    shortest=st.integers(1, 3),
    longest=st.integers(1, 6),
)
def test_all_words_at_once_give_what_each_gives(words, shortest, longest):
    word, hashes = ngram_hashes(words, shortest, longest)
    for i, each in enumerate(words):
        assert hashes[word == i].tolist() == [fnv1a(ngram) for ngram in ngrams_of(each, shortest, longest)]
    assert (np.diff(word) >= 0).all()


def test_an_unseen_word_is_the_mean_of_its_ngrams():
    rows = np.arange(24, dtype=np.float32).reshape(12, 2)
    subwords = Subwords(rows, buckets=10, shortest=3, longest=3, first=2)
    ids = [2 + fnv1a(ngram) % 10 for ngram in (b"<ca", b"cat", b"at>")]
    np.testing.assert_allclose(subwords.vector("cat"), rows[ids].mean(axis=0), rtol=1e-6)


def test_words_without_ngrams_have_no_vector():
    rows = np.ones((10, 2), np.float32)
    assert Subwords(rows, 10, 6, 6).vector("cat") is None
    assert Subwords(rows, 10, 3, 0).vector("cat") is None
    assert Subwords(rows, 10, 3, 6).vector("</s>") is None
    assert Subwords(rows, 10, 3, 6, kept={}).vector("cat") is None


def test_a_pruned_model_uses_the_ngrams_it_kept():
    rows = np.arange(8, dtype=np.float32).reshape(4, 2)
    bucket = fnv1a(b"cat") % 10
    assert Subwords(rows, 10, 3, 3, first=1, kept={bucket: 2}).vector("cat").tolist() == [6.0, 7.0]


def test_known_words_are_averaged_with_their_own_rows():
    rows = np.arange(20, dtype=np.float32).reshape(10, 2)
    own = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], np.float32)
    subwords = Subwords(rows, 10, 3, 3)
    ids = [fnv1a(ngram) % 10 for ngram in (b"<ca", b"cat", b"at>")]
    found = subwords.mean_with(own, [b"</s>", b"cat", b"</s>"])
    np.testing.assert_allclose(found[1], np.vstack([own[1:2], rows[ids]]).mean(axis=0), rtol=1e-6)
    np.testing.assert_array_equal(found[[0, 2]], own[[0, 2]])


def test_korean_letters():
    assert to_jamo("한국 é".encode()).decode() == "\u1112\u1161\u11ab\u1100\u116e\u11a8 é"
    by_letters, by_characters = Ngrams(3, 3, EXACT, jamo=True), Ngrams(3, 3, EXACT)
    letters = "<\u1112\u1161\u11ab>"
    wanted = [fnv1a(letters[i : i + 3].encode()) for i in range(3)]
    assert by_letters.of(["한".encode()])[1].tolist() == wanted
    apart = unicodedata.normalize("NFD", "한국어").encode()  # as macOS writes it
    np.testing.assert_array_equal(by_letters.of([apart])[1], by_letters.of(["한국어".encode()])[1])
    for word in (b"walking", "naïve".encode(), b"\xff<"):
        np.testing.assert_array_equal(by_letters.of([word])[1], by_characters.of([word])[1])


@pytest.mark.parametrize("longest", [2**31 - 1])
def test_a_length_that_lies_takes_no_time(longest):
    assert len(ngram_hashes([b"cat"], 3, longest)[1]) == 6  # 3, 2 and 1 n-grams of 3, 4 and 5 characters


@pytest.mark.parametrize("lie", [np.nan, np.inf, -np.inf, 3.4e38])
def test_a_row_of_an_ngram_that_is_not_finite_is_an_error(lie):
    rows = np.full((7, 2), lie, np.float32)
    with pytest.raises(VectorsFileError, match=r"'unseen' have rows with nan"):
        Subwords(rows, 7, 2, 3).vector("unseen")

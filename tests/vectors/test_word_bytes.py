from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import VectorsFileError
from wordvec.vectors import word_bytes
from wordvec.vectors.word_bytes import LazyCounts, LazyWords, join_bytes, join_words, repeated_words

some_words = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5), max_size=12)


def lazy(words: list[str]) -> LazyWords:
    return LazyWords(*join_words(words))


def test_an_empty_word_is_damage():
    with pytest.raises(VectorsFileError, match="the word of row 1 is empty"):
        list(lazy(["a", "", "b"]))


@given(words=some_words, start=st.integers(-14, 14), stop=st.integers(-14, 14), step=st.integers(1, 3))
def test_lazy_words_do_what_a_list_does(words, start, stop, step):
    found = lazy(words)
    assert list(found) == words
    assert len(found) == len(words)
    assert found[start:stop] == words[start:stop]
    assert found[start:stop:step] == words[start:stop:step]
    assert found[::-1] == words[::-1]
    for i in range(-len(words), len(words)):
        assert found[i] == words[i]
    assert found == words
    assert found == lazy(words)
    assert found != [*words, "more"]
    assert found != "word"
    with pytest.raises(IndexError):
        found[len(words)]


def test_packing_packed_words_copies_nothing():
    found = lazy(["a", "né"])
    data, ends = join_words(found)
    assert np.shares_memory(data, found.data)
    assert np.shares_memory(ends, found.ends)


@given(
    words=st.lists(st.sampled_from([b"", b"a", b"b", b"ab", b"ba", b"a" * 70 + b"x", b"a" * 70 + b"y"]), max_size=20)
)
def test_repeated_words_are_those_a_dict_finds(words):
    first: dict[bytes, int] = {}
    expected = [(row, first[word]) for row, word in enumerate(words) if first.setdefault(word, row) != row]
    assert repeated_words(*join_bytes(words)) == expected


def test_repeated_words_across_blocks(monkeypatch):
    monkeypatch.setattr(word_bytes, "BLOCK", 3)
    assert repeated_words(*join_bytes([b"%d" % (i % 10) for i in range(12)])) == [(10, 0), (11, 1)]


@pytest.mark.parametrize(
    ("data", "ends", "message"),
    [
        (b"abc", [1, 0, 3], "ends of words"),
        (b"abc", [1, 9, 3], "ends of words"),
        (b"abc", [-1, 2, 3], "ends of words"),
        (b"a\xff\xfe", [1, 3], "word of row 1 is not UTF-8"),
        ("é".encode(), [1, 2], "word of row 0 is not UTF-8"),
    ],
)
def test_damage_is_found_when_the_words_are_read(data, ends, message):
    words = LazyWords(np.frombuffer(data, np.uint8), np.array(ends), "v.safetensors")
    with pytest.raises(VectorsFileError, match=f"v.safetensors: damaged: .*{message}"):
        words.check()
    with pytest.raises(VectorsFileError, match="damaged"):
        list(words)


def test_lazy_counts_are_a_mapping():
    rare = LazyCounts(lazy(["x", "é"]), np.array([2, 1]))
    assert dict(rare) == {"x": 2, "é": 1}
    assert len(rare) == 2
    assert "y" not in rare

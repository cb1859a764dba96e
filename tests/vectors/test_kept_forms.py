from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from wordvec.errors import InputError, ShapeError, UnknownWordError
from wordvec.vectors import WordVectors


class Decoded(Sequence):
    """Words that are made when asked for, counted."""

    def __init__(self, words):
        self._words, self.made = words, 0

    def __len__(self):
        return len(self._words)

    def __getitem__(self, row):
        self.made += 1
        return self._words[row]


def test_words_that_decode_as_they_go_are_left_alone_until_one_is_looked_up():
    words = Decoded(["a", "b", "c"])
    vectors = WordVectors(words, np.eye(3))
    assert (len(vectors), vectors.dim, vectors.words, words.made) == (3, 3, words, 0)
    np.testing.assert_array_equal(vectors.rows([2]), [[0, 0, 1]])
    assert words.made == 0
    assert vectors.word_id("b") == 1
    assert words.made >= 3


@pytest.mark.parametrize(("words", "message"), [(["a", "a"], "'a' appears twice"), (["a", ""], "row 1 must be a str")])
def test_words_that_decode_as_they_go_are_checked_at_the_first_look_up(words, message):
    vectors = WordVectors(Decoded(words), np.eye(2))
    with pytest.raises(InputError, match=message):
        vectors.word_id("a")


@pytest.mark.parametrize("words", [("a", "b"), iter(["a", "b"]), "ab", {"a": 0, "b": 1}.keys()])
def test_other_words_become_a_list(words):
    assert WordVectors(words, np.eye(2)).words == ["a", "b"]


def small_integers() -> WordVectors:
    matrix = np.array([[127, 0], [0, -127], [127, 127], [0, 0]], np.int8)
    return WordVectors(["x", "y", "xy", "zero"], matrix, scales=np.float32([0.5, 2, 1e-3, 0]))


def test_int8_rows_by_hand():
    vectors = small_integers()
    assert vectors.matrix.dtype == np.int8
    np.testing.assert_allclose(vectors.rows(slice(None)), [[63.5, 0], [0, -254], [0.127, 0.127], [0, 0]], rtol=1e-6)
    np.testing.assert_allclose(vectors["y"], [0, -254])
    np.testing.assert_allclose(vectors.lengths, [63.5, 254, 0.127 * np.sqrt(2), 0], rtol=1e-6)
    assert vectors.similarity("x", "xy") == pytest.approx(np.sqrt(0.5))
    assert vectors.most_similar("x") == [("xy", pytest.approx(np.sqrt(0.5))), ("y", 0), ("zero", 0)]
    np.testing.assert_allclose(vectors.unit, [[1, 0], [0, -1], [np.sqrt(0.5)] * 2, [0, 0]], rtol=1e-6)


def test_an_int8_row_whose_scale_is_zero_is_a_zero_row():
    vectors = WordVectors(["a", "b"], np.array([[1, 0], [5, 5]], np.int8), scales=np.float32([1, 0]))
    assert vectors.most_similar("a") == [("b", 0.0)]
    assert vectors.similarity("a", "b") == 0.0


def test_an_int8_matrix_without_scales_is_numbers_like_others():
    vectors = WordVectors(["a"], np.array([[3, 4]], np.int8))
    assert vectors.matrix.dtype == np.float32
    assert vectors.scales is None


@pytest.mark.parametrize(
    ("matrix", "scales", "message"),
    [
        (np.ones((2, 2), np.float32), np.ones(2), "scales belong to an int8 matrix; this one is float32"),
        (np.ones((2, 2), np.int8), np.ones(3), r"floats of shape \(2,\)"),
        (np.ones((2, 2), np.int8), np.ones(2, int), "floats of shape"),
    ],
)
def test_scales_that_do_not_fit_are_refused(matrix, scales, message):
    with pytest.raises(ShapeError, match=message):
        WordVectors(["a", "b"], matrix, scales=scales)


def test_every_kept_form_gives_float32_rows():
    for dtype in (np.float16, np.float32, np.float64, np.int64):
        vectors = WordVectors(["a", "b"], np.array([[3, 4], [0, 2]], dtype))
        for rows in (vectors.rows([0, 1]), vectors.unit_rows_of([0, 1]), vectors.unit, vectors["a"]):
            assert rows.dtype == np.float32
        np.testing.assert_allclose(vectors.unit_rows_of(slice(0, 1)), [[0.6, 0.8]], rtol=1e-6)


def test_a_row_with_nan_is_named_when_it_is_used_and_only_then():
    vectors = WordVectors(["a", "b", "c"], np.array([[1.0, 2.0], [3.0, np.nan], [1.0, 1.0]]))
    assert vectors.similarity("a", "c") > 0
    for ask in (
        lambda: vectors.similarity("a", "b"),
        lambda: vectors.lengths,
        lambda: vectors.unit_rows_of([2, 1]),
        lambda: vectors.unit_rows_of(np.array([2, 1])),
    ):
        with pytest.raises(InputError, match=r"'b' \(row 1\) holds nan"):
            ask()


class Halves:
    """Vectors for words of two known letters."""

    def vector(self, word):
        return np.float32([3, 4]) if set(word) <= {"a", "b"} else None


def test_subwords_give_vectors_to_words_without_a_row():
    vectors = WordVectors(["a", "b"], np.array([[1.0, 0.0], [0.6, 0.8]]), subwords=Halves())
    assert "ab" not in vectors
    np.testing.assert_array_equal(vectors["ab"], [3, 4])
    np.testing.assert_array_equal(vectors["a"], [1, 0])  # a row goes first
    assert vectors.similarity("ab", "b") == pytest.approx(1)
    assert vectors.most_similar("ab", k=1) == [("b", pytest.approx(1))]
    assert vectors.nearest_to_each(["ab", "b"], k=1) == [[("b", pytest.approx(1))], [("a", pytest.approx(0.6))]]
    assert vectors.doesnt_match(["ab", "b", "a"]) == "a"
    assert vectors.analogy("a", "ab", "a", k=1)[0][0] == "b"
    with pytest.raises(UnknownWordError):
        vectors["cd"]


@pytest.mark.parametrize(
    ("info", "limit"),
    [({}, ""), ({"min_count": 5}, ", min_count is 5"), ({"parameters": {"min_count": 4}}, ", min_count is 4")],
)
def test_words_seen_too_rarely_are_told(info, limit):
    vectors = WordVectors(["cat", "dog"], np.eye(2), info=info, rare={"cats": 3, "gnu": 1})
    with pytest.raises(UnknownWordError, match=f"these vectors: seen 3 times{limit}; did you mean 'cat'"):
        vectors.word_id("cats")
    with pytest.raises(UnknownWordError, match=f"these vectors: seen 1 time{limit}, and nothing"):
        vectors.word_id("gnu")
    with pytest.raises(UnknownWordError, match="these vectors, and nothing"):
        vectors.word_id("zzz")


@pytest.mark.parametrize("kept", ["matrix", "unit", "lengths", "divisors", "counts"])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_what_queries_use_cannot_be_written_to(kept, dtype):
    vectors = WordVectors(["a", "b"], np.array([[3, 4], [0, 1]], dtype), counts=np.array([2, 1]))
    with pytest.raises(ValueError, match="read-only"):
        getattr(vectors, kept)[0] = 9


def test_counts_that_an_int64_cannot_hold():
    with pytest.raises(ShapeError, match=r"counts must be below 2 \*\* 63; row 1 has 9223372036854775809"):
        WordVectors(["a", "b"], np.eye(2), counts=np.array([1, 2**63 + 1], np.uint64))

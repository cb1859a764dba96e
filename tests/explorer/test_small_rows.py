from __future__ import annotations

import numpy as np
import pytest

from wordvec.explorer.small_rows import Agreement, agreement, rows_for_page, small_lengths, small_rows
from wordvec.vectors import WordVectors


def unit(matrix):
    matrix = np.asarray(matrix, np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def test_rows_by_hand():
    rows = small_rows(np.array([[1.0, 0.5, -0.25], [0.0, 0.0, 0.0], [0.0, -2.0, 1.0]]))
    assert rows.dtype == np.int8
    assert rows.tolist() == [[127, 64, -32], [0, 0, 0], [0, -127, 64]]
    assert small_rows(np.array([[1.0, -0.5]]), bits=16).tolist() == [[32_767, -16_384]]


def test_lengths_by_hand_and_one_for_a_zero_row():
    assert small_lengths(np.array([[3, 4], [0, 0], [-127, 0]], np.int8)).tolist() == [5.0, 1.0, 127.0]


@pytest.mark.parametrize("dim", [1, 2, 100, 300])
def test_cosines_of_small_rows_are_those_of_the_vectors(dim):
    vectors = unit(np.random.default_rng(1).normal(size=(50, dim)))
    rows = small_rows(vectors)
    near = rows / small_lengths(rows)[:, None]
    np.testing.assert_allclose(near @ near.T, vectors @ vectors.T, atol=0.01)


def test_agreement_is_that_of_most_similar():
    """Counted once more, the slow way: by the lists that a reader of WordVectors would see."""
    matrix = np.random.default_rng(2).normal(size=(120, 8)).astype(np.float32)
    vectors = WordVectors([f"w{i}" for i in range(len(matrix))], matrix)
    rows = small_rows(vectors.unit)
    small = WordVectors(vectors.words, rows.astype(np.float32))
    same = [
        len({w for w, _ in vectors.most_similar(word)} & {w for w, _ in small.most_similar(word)})
        for word in vectors.words
    ]
    found = agreement(vectors.unit, rows, sample=len(matrix))
    assert (found.k, found.words) == (10, 120)
    assert found.overlap == pytest.approx(np.mean(same) / 10, abs=0.001)
    assert 0.9 < found.overlap < 1


def test_agreement_finds_bad_rows():
    vectors = unit(np.random.default_rng(3).normal(size=(200, 20)))
    good = small_rows(vectors)
    assert agreement(vectors, good).overlap > 0.95
    assert agreement(vectors, np.roll(good, 1, axis=1) * np.int8(1)).overlap > 0.95  # all turned alike: no difference
    assert agreement(vectors, np.roll(good, 1, axis=0)).overlap < 0.2  # each word with another's row
    assert agreement(vectors, np.sign(good).astype(np.int8)).overlap < 0.8


def test_words_that_are_equally_near_are_no_errors():
    """Forty copies of two vectors: any ten of the nineteen copies are right."""
    vectors = unit(np.repeat([[0.3, 0.9, 0.1], [0.9, -0.2, 0.5]], 20, axis=0))
    assert agreement(vectors, small_rows(vectors)) == Agreement(overlap=1.0, k=10, words=40)


def test_fewer_words_than_neighbours():
    vectors = unit(np.eye(3) + 0.1)
    assert agreement(vectors, small_rows(vectors)) == Agreement(overlap=1.0, k=2, words=3)


def test_sixteen_bits_where_eight_are_too_few():
    """All vectors nearly alike: in 8 bits their differences vanish."""
    differences = np.random.default_rng(5).normal(size=(300, 30))
    vectors = unit(np.r_[1.0, np.zeros(29)] * 300 + differences)
    assert agreement(vectors, small_rows(vectors)).overlap < 0.9
    rows, agreed = rows_for_page(vectors)
    assert rows.dtype == np.int16
    assert agreed.overlap > 0.9


def test_zero_vectors_are_near_to_nothing():
    vectors = np.vstack([np.zeros((2, 4), np.float32), unit(np.random.default_rng(6).normal(size=(30, 4)))])
    rows, agreed = rows_for_page(vectors)
    assert rows[:2].tolist() == [[0] * 4] * 2
    assert agreed.overlap > 0.9

"""Nearest rows of whole models against a plain sort."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.vectors.search import nearest_rows as module
from wordvec.vectors.search.nearest_rows import best_of, nearest_rows


def sorted_by_hand(scores, k):
    return np.argsort(-scores, axis=1, kind="stable")[:, :k]


@given(st.integers(1, 5), st.integers(1, 400), st.integers(1, 20), st.integers(0, 2**32), st.sampled_from([2, 5, 1000]))
def test_best_of_is_a_stable_sort(rows, columns, k, seed, levels):
    scores = np.random.default_rng(seed).integers(0, levels, (rows, columns)).astype(np.float32)
    k = min(k, columns)
    found, values = best_of(scores, k)
    np.testing.assert_array_equal(found, sorted_by_hand(scores, k))
    np.testing.assert_array_equal(values, np.take_along_axis(scores, found, axis=1))


@pytest.mark.parametrize("scores_at_a_time", [1, 700, 1 << 20])
def test_blocks_do_not_matter_and_own_rows_are_left_out(scores_at_a_time, monkeypatch):
    monkeypatch.setattr(module, "SCORES", scores_at_a_time)
    rng = np.random.default_rng(5)
    table = rng.normal(size=(90, 7)).astype(np.float32)
    places = rng.permutation(90)[:40]
    found = np.concatenate(
        [rows for _, rows, _ in nearest_rows(lambda block: table[places[block]], 40, table, 6, own_rows=places)]
    )
    scores = table[places] @ table.T
    scores[np.arange(40), places] = -np.inf
    expected = sorted_by_hand(scores, 6)
    assert (found == expected).mean() > 0.99  # products of blocks may round otherwise
    assert not (found == places[:, None]).any()


def test_fewer_rows_than_asked_for():
    table = np.eye(3, dtype=np.float32)
    ((_, rows, scores),) = nearest_rows(lambda block: table[block], 3, table, 10, own_rows=np.arange(3))
    assert rows.shape == scores.shape == (3, 2)
    ((_, rows, _),) = nearest_rows(lambda block: table[block], 3, table, 10)
    assert rows.shape == (3, 3)

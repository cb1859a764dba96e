from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.native import library
from wordvec.vectors import WordVectors, search
from wordvec.vectors.search import cosines


@settings(max_examples=200, deadline=None)
@given(data=st.data(), rows=st.integers(1, 23), queries=st.integers(1, 7), k=st.integers(1, 25))
def test_blocks_give_what_a_stable_sort_gives(data, rows, queries, k):
    """Few distinct scores, so ties are everywhere; blocks so small that they fall between all of them."""
    scores = np.array(
        data.draw(
            st.lists(st.lists(st.integers(0, 3), min_size=rows, max_size=rows), min_size=queries, max_size=queries)
        )
    )
    excluded = [data.draw(st.lists(st.integers(0, rows - 1), max_size=3)) for _ in range(queries)]
    candidates = data.draw(st.none() | st.sets(st.integers(0, rows - 1), min_size=1).map(sorted).map(np.array))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "ROWS", data.draw(st.integers(1, 8)))
        patch.setattr(search, "GATHERED", data.draw(st.integers(1, 8)))
        patch.setattr(search, "SCORES", data.draw(st.integers(1, 20)))
        patch.setattr(search, "QUERIES", data.draw(st.integers(1, 3)))
        found = search.best_rows(lambda q, r: scores[q, r].astype(np.float32), queries, rows, k, excluded, candidates)
    for query in range(queries):
        allowed = range(rows) if candidates is None else candidates.tolist()
        kept = [row for row in allowed if row not in excluded[query]]
        expected = sorted(kept, key=lambda row: (-scores[query, row], row))[:k]
        assert found[query] == [(row, scores[query, row]) for row in expected]


@pytest.mark.parametrize("queries", [1, 60, 600, 1200])
def test_memory_is_bounded_by_the_blocks(queries):
    asked = []

    def score(block: slice, rows: slice) -> np.ndarray:
        asked.append((block.stop - block.start) * (rows.stop - rows.start))
        return np.zeros((block.stop - block.start, rows.stop - rows.start), np.float32)

    search.best_rows(score, queries, 100_000, 2, [[]] * queries)
    assert max(asked) <= search.SCORES
    assert sum(asked) == queries * 100_000
    assert len(asked) <= (100_000 / search.rows_at_a_time(min(queries, search.QUERIES)) + 1) * (queries / 512 + 1)


@settings(max_examples=100, deadline=None)
@given(rows=st.sets(st.integers(0, 30), min_size=1).map(sorted).map(np.array), size=st.integers(1, 9))
def test_blocks_of_candidates_hold_each_once_in_order(rows, size):
    blocks = search.row_blocks(31, rows, size)
    assert np.concatenate([np.arange(31)[block] for block in blocks]).tolist() == rows.tolist()
    assert all(len(np.arange(31)[block]) <= size for block in blocks)


@pytest.mark.skipif(not library.is_available(), reason=str(library.why_not()))
@settings(max_examples=150, deadline=None)
@given(data=st.data(), rows=st.integers(1, 120), targets=st.integers(2, 40), dim=st.integers(1, 9))
def test_the_compiled_search_gives_what_a_stable_sort_of_cosines_gives(data, rows, targets, dim):
    """Rows of powers of two, of which no sum is rounded, and few distinct ones: ties are everywhere."""
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    matrix = np.zeros((rows, dim), np.float32)
    matrix[np.arange(rows), rng.integers(dim, size=rows)] = rng.choice([-2.0, 0.0, 1.0, 4.0], rows)
    vectors = WordVectors([f"w{row}" for row in range(rows)], matrix)
    asked = rng.choice([-0.5, 0.0, 0.25, 1.0], (targets, dim)).astype(np.float32)
    excluded = [rng.integers(rows, size=rng.integers(4)).tolist() for _ in range(targets)]
    candidates = data.draw(st.none() | st.sets(st.integers(0, rows - 1), min_size=1).map(sorted).map(np.array))
    k = data.draw(st.integers(1, rows + 3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "PRODUCTS", data.draw(st.sampled_from([1, 1000, 1 << 28])))
        assert search.is_for_few(vectors, targets)
        found = search.nearest_together(vectors, asked, k, excluded, candidates)
    scores = cosines(vectors, asked, slice(0, rows))
    allowed = range(rows) if candidates is None else candidates.tolist()
    for q in range(targets):
        kept = sorted((row for row in allowed if row not in excluded[q]), key=lambda row: (-scores[q, row], row))
        assert found[q] == [(row, scores[q, row]) for row in kept[:k]]


def test_what_the_compiled_search_is_for():
    matrix = np.random.default_rng(1).normal(size=(50, 4)).astype(np.float32)
    plain = WordVectors([f"w{row}" for row in range(50)], matrix)
    assert [n for n in (1, 2, 64, 65) if search.is_for_few(plain, n)] == [2, 64] * library.is_available()
    assert not search.is_for_few(WordVectors(plain.words, matrix * 1e-30), 2)  # float32 products of these vanish
    assert not search.is_for_few(WordVectors(plain.words, matrix.astype(np.float16)), 2)

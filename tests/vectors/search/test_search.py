from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.vectors import search


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

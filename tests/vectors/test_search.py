from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.vectors import search


@settings(max_examples=150, deadline=None)
@given(data=st.data(), rows=st.integers(1, 23), queries=st.integers(1, 7), k=st.integers(1, 25))
def test_blocks_give_what_a_stable_sort_gives(data, rows, queries, k):
    """Few distinct scores, so ties are everywhere; blocks so small that they fall between all of them."""
    scores = np.array(
        data.draw(
            st.lists(st.lists(st.integers(0, 3), min_size=rows, max_size=rows), min_size=queries, max_size=queries)
        )
    )
    excluded = [data.draw(st.lists(st.integers(0, rows - 1), max_size=3)) for _ in range(queries)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "ROWS", data.draw(st.integers(1, 8)))
        patch.setattr(search, "QUERIES", data.draw(st.integers(1, 3)))
        found = search.best_rows(lambda q, r: scores[q, r].astype(np.float32), queries, rows, k, excluded)
    for query in range(queries):
        kept = [row for row in range(rows) if row not in excluded[query]]
        expected = sorted(kept, key=lambda row: (-scores[query, row], row))[:k]
        assert found[query] == [(row, scores[query, row]) for row in expected]


def test_memory_is_bounded_by_the_blocks():
    asked = []

    def score(queries: slice, rows: slice) -> np.ndarray:
        asked.append((queries.stop - queries.start) * (rows.stop - rows.start))
        return np.zeros((queries.stop - queries.start, rows.stop - rows.start), np.float32)

    search.best_rows(score, 300, 20_000, 2, [[]] * 300)
    assert max(asked) == search.QUERIES * search.ROWS
    assert sum(asked) == 300 * 20_000

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

from wordvec.counts.ppmi import explain, row_of
from wordvec.errors import ShapeError


def test_by_hand():
    a, b = np.array([1.0, 2.0, 2.0, 0.0]), np.array([2.0, 2.0, 0.0, 1.0])  # both of length 3
    assert explain(a, b, ["w", "x", "y", "z"]) == [("x", 4 / 9), ("w", 2 / 9)]
    assert explain(a, b, ["w", "x", "y", "z"], k=1) == [("x", 4 / 9)]


rows = arrays(np.float32, 6, elements=st.sampled_from([0.0, 0.5, 1.0, 3.25]))


@settings(max_examples=60, deadline=None)
@given(a=rows, b=rows)
def test_parts_add_up_to_the_cosine(a, b):
    parts = explain(a, b, list("abcdef"))
    norm = np.linalg.norm(a.astype(float)) * np.linalg.norm(b.astype(float))
    assert sum(part for _, part in parts) == pytest.approx(float(a @ b) / norm if norm else 0.0)
    assert [part for _, part in parts] == sorted((part for _, part in parts), reverse=True)
    assert {context for context, _ in parts} == {"abcdef"[c] for c in range(6) if a[c] and b[c]}
    assert parts == explain(b, a, list("abcdef"))


def test_rows_of_any_matrix():
    matrix = np.array([[0, 1], [2, 0]])
    assert row_of(matrix, 1).tolist() == row_of(csr_array(matrix), 1).tolist() == [2, 0]


@pytest.mark.parametrize("shapes", [(2, 3, 3), (3, 2, 3), (3, 3, 2)])
def test_shapes_that_do_not_fit(shapes):
    a, b, contexts = shapes
    with pytest.raises(ShapeError, match="two rows of"):
        explain(np.ones(a), np.ones(b), ["c"] * contexts)

"""Merging pieces: the readable twin, the limits that the rule was made for, and a planted fault."""

import numpy as np
import pytest

from wordvec.errors import ShapeError
from wordvec.kernels import merging
from wordvec.kernels.merging import expected_terms, merged_rows, scales, tree_sum


def case(pieces, rows=7, dim=5):
    rng = np.random.default_rng(pieces)
    start = rng.normal(size=(rows, dim)).astype(np.float32)
    changes = [rng.normal(size=(rows, dim)).astype(np.float32) for _ in range(pieces)]
    terms = [rng.exponential(300, size=rows) * (rng.random(rows) < 0.7) for _ in range(pieces)]
    return start, changes, terms


@pytest.mark.parametrize("pieces", [1, 2, 3, 8])
@pytest.mark.parametrize("fault", [1.0, pytest.param(1.001, marks=pytest.mark.xfail(strict=True))])
def test_the_twin_gives_the_same(pieces, fault, monkeypatch):
    start, changes, terms = case(pieces)
    expected = merging.merged_rows_by_number(start, changes, terms, 0.025)
    monkeypatch.setattr(merging, "RATE", fault * merging.RATE)
    if pieces == 1 and fault != 1:
        changes = [fault * changes[0]]  # with one piece the rate is of no effect
    np.testing.assert_allclose(merged_rows(start, changes, terms, 0.025), expected, rtol=3e-6, atol=3e-6)


def test_rows_hardly_met_add_up_and_rows_met_often_are_averaged():
    few, often, one = np.full(4, 1e-3), np.full(4, 1e9), np.array([1e9, 0, 0, 0])
    np.testing.assert_allclose(scales(np.stack([few, often, one], axis=1), 0.025), [1, 0.25, 1], rtol=1e-5)


def test_a_row_that_no_piece_met_stays():
    start, changes, _ = case(3)
    nothing = [np.zeros_like(change) for change in changes]
    merged = merged_rows(start, nothing, [np.zeros(len(start))] * 3, 0.025)
    np.testing.assert_array_equal(merged, start)


def test_the_sum_is_a_tree_over_the_numbers_of_the_pieces():
    ones = [np.array([f"{i}"], object) for i in range(5)]

    class Written(str):
        def __add__(self, other):
            return Written(f"({self!s}+{other!s})")

    assert tree_sum([Written(i) for i in range(5)]) == "(((0+1)+(2+3))+4)"
    assert tree_sum(ones[:1])[0] == "0"


def test_terms_by_hand():
    """Two tokens of word 0 and one of word 1; skip-gram with 2 contexts and 3 negatives, word 1 drawn always."""
    W_in, W_out = expected_terms(np.array([2.0, 1.0]), np.array([0.0, 1.0]), 3, inputs=2.0, predictions=2.0)
    assert W_in.tolist() == [2 * 4 * 2, 2 * 4 * 1]
    assert W_out.tolist() == [2 * 2, 2 * (1 + 3 * 3)]


def test_arrays_that_do_not_fit():
    start, changes, terms = case(2)
    for wrong in ((start[:3], changes, terms), (start, changes, terms[:1]), (start, [], [])):
        with pytest.raises(ShapeError, match="merging"):
            merged_rows(*wrong, 0.025)

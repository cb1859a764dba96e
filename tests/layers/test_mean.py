"""Mean of vectors, some of them missing."""

import numpy as np
import pytest

from wordvec.errors import ShapeError
from wordvec.layers import Mean


def test_a_mean_by_hand(xp):
    x = xp.asarray([[[1.0, 2.0], [3.0, 4.0]], [[10.0, 20.0], [77.0, 77.0]]])
    mean = Mean()
    assert mean.forward(x).tolist() == [[2, 3], [43.5, 48.5]]
    assert mean.forward(x, xp.asarray([[True, True], [True, False]])).tolist() == [[2, 3], [10, 20]]
    dx = mean.backward(xp.asarray([[1.0, 2.0], [4.0, 8.0]]))
    assert dx.tolist() == [[[0.5, 1], [0.5, 1]], [[4, 8], [0, 0]]]


def test_a_row_without_entries_has_no_mean():
    with pytest.raises(ShapeError, match="Mean: row 1 of the mask is all zero, so it has no mean"):
        Mean().forward(np.ones((3, 2, 4)), np.array([[1, 0], [0, 0], [1, 1]]))


def test_no_rows_at_all():
    assert Mean().forward(np.ones((0, 2, 4)), np.ones((0, 2), bool)).shape == (0, 4)


@pytest.mark.parametrize("x, mask", [((2, 3), None), ((2, 0, 3), None), ((2, 3, 4), (2, 4)), ((2, 3, 4), (2, 3, 4))])
def test_shapes_that_do_not_fit(x, mask):
    with pytest.raises(ShapeError, match=r"Mean: x must be \(B, C, D\) with C > 0, mask \(B, C\); got x"):
        Mean().forward(np.ones(x), None if mask is None else np.ones(mask))


def test_integers_would_be_cut_off():
    with pytest.raises(ShapeError, match="x must be floating point; got int64"):
        Mean().forward(np.ones((1, 2, 3), np.int64))

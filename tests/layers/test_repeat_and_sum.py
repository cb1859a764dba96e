"""Repeat and Sum are each other's backward."""

import numpy as np
import pytest

from wordvec.errors import OptionError, ShapeError
from wordvec.layers import Multiply, Repeat, Sum


def test_repeat_by_hand(xp):
    repeat = Repeat(7)
    y = repeat.forward(xp.asarray([[1.0, 2.0]]))
    assert y.tolist() == [[1, 2]] * 7
    assert repeat.backward(y).tolist() == [[7, 14]]


def test_sum_by_hand(xp):
    total = Sum()
    assert total.forward(xp.asarray([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).tolist() == [[9, 12]]
    assert total.backward(xp.asarray([[1.0, -1.0]])).tolist() == [[1, -1]] * 3


@pytest.mark.parametrize("axis", [0, 1])
def test_forward_of_one_is_backward_of_the_other(axis):
    rng = np.random.default_rng(seed=3)
    x = rng.normal(size=(1, 4) if axis == 0 else (4, 1))
    dout = rng.normal(size=(5, 4) if axis == 0 else (4, 5))
    repeat, total = Repeat(5, axis), Sum(axis)
    total.forward(dout)
    np.testing.assert_array_equal(repeat.forward(x), total.backward(x))
    np.testing.assert_array_equal(repeat.backward(dout), total.forward(dout))


def test_expected_counts_from_margins():
    """What PPMI compares with: row sum * column sum, as Sum, Repeat and Multiply."""
    C = np.array([[0.0, 2.0], [1.0, 3.0]])
    rows, columns = Sum(axis=1).forward(C), Sum(axis=0).forward(C)
    expected = Multiply().forward(Repeat(2, axis=1).forward(rows), Repeat(2, axis=0).forward(columns))
    assert expected.tolist() == [[2, 10], [4, 20]]


def test_what_does_not_fit():
    with pytest.raises(ShapeError, match=r"Repeat: x must be of length 1 along axis 0; got \(2, 3\)"):
        Repeat(4).forward(np.ones((2, 3)))
    with pytest.raises(ShapeError, match=r"Repeat: .* axis 2"):
        Repeat(4, axis=2).forward(np.ones((1, 1)))
    with pytest.raises(OptionError, match="times must be at least 1; got 0"):
        Repeat(0)
    with pytest.raises(ShapeError, match=r"Sum: x must have an axis 1; got \(3,\)"):
        Sum(axis=1).forward(np.ones(3))
    with pytest.raises(ShapeError, match=r"Multiply: x and y must have one shape or broadcast; got \(2, 3\), \(2, 2\)"):
        Multiply().forward(np.ones((2, 3)), np.ones((2, 2)))

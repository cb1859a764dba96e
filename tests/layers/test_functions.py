"""Stable functions: known values, extremes, and agreement with scipy."""

import numpy as np
import pytest
import scipy.special

from wordvec.errors import ShapeError
from wordvec.layers import (
    cross_entropy_error,
    log_sigmoid,
    log_softmax,
    logsumexp,
    one_hot,
    relu,
    sigmoid,
    softmax,
)

X = np.array([[-1000.0, -40.0, -1.0, 0.0], [1.0, 40.0, 700.0, 1000.0]])


@pytest.mark.parametrize(
    "ours, theirs",
    [
        (sigmoid, scipy.special.expit),
        (log_sigmoid, scipy.special.log_expit),
        (softmax, lambda x: scipy.special.softmax(x, axis=-1)),
        (log_softmax, lambda x: scipy.special.log_softmax(x, axis=-1)),
        (logsumexp, lambda x: scipy.special.logsumexp(x, axis=-1)),
    ],
)
def test_extremes_agree_with_scipy(ours, theirs):
    np.testing.assert_allclose(ours(X), theirs(X), rtol=1e-14, atol=1e-300)
    assert ours(X.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_adds_up_to_one_along_its_axis(axis, xp):
    y = softmax(xp.asarray(X), axis=axis)
    assert abs(y.sum(axis=axis) - 1).max() < 1e-15


def test_relu(xp):
    assert relu(xp.asarray([-2.0, 0.0, 3.0])).tolist() == [0, 0, 3]


def test_one_hot(xp):
    rows = one_hot(xp.asarray([[0, 2]]), 3, dtype="float32")
    assert rows.tolist() == [[[1, 0, 0], [0, 0, 1]]]
    assert rows.dtype == "float32"
    with pytest.raises(ShapeError, match=r"one_hot: ids must be in 0 \.\. 2; got 0 \.\. 3"):
        one_hot(xp.asarray([0, 3]), 3)


def test_cross_entropy_error():
    y = np.array([[0.5, 0.5, 0.0], [0.25, 0.25, 0.5]])
    assert cross_entropy_error(y, np.array([0, 2])) == pytest.approx(np.log(2))
    with pytest.raises(ShapeError, match="a correct id has probability 0; use SoftmaxWithLoss"):
        cross_entropy_error(y, np.array([2, 2]))
    with pytest.raises(ShapeError, match=r"y must be \(B, V\), t ids \(B,\); got \(2, 3\) and \(1,\)"):
        cross_entropy_error(y, np.array([0]))

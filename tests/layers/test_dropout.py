"""Dropout: what is left out, what is scaled, and when."""

import numpy as np
import pytest

from wordvec.errors import OptionError
from wordvec.layers import Dropout


def test_kept_units_are_scaled_so_that_the_mean_stays(xp):
    x = xp.ones((200, 100))
    y = Dropout(ratio=0.2, seed=1).forward(x)
    assert set(np.unique(y.tolist())) == {0.0, 1.25}
    assert abs(float(y.mean()) - 1) < 0.02  # 5.7 standard errors


def test_backward_lets_the_same_units_through():
    dropout = Dropout(0.5, seed=2)
    y = dropout.forward(np.ones((4, 5)))
    assert dropout.backward(np.ones((4, 5))).tolist() == y.tolist()


def test_every_forward_draws_anew_and_a_seed_repeats_it():
    a, b = Dropout(0.5, seed=3), Dropout(0.5, seed=3)
    x = np.ones((5, 8))
    first, second = a.forward(x), a.forward(x)
    assert (first != second).any()
    assert b.forward(x).tolist() == first.tolist()


def test_nothing_is_left_out_when_not_training():
    dropout, x = Dropout(0.9), np.array([1.0, 2.0])
    assert dropout.forward(x, training=False) is x
    assert dropout.backward(x) is x


@pytest.mark.parametrize("ratio", [-0.1, 1.0, float("nan")])
def test_ratios_that_make_no_sense(ratio):
    with pytest.raises(OptionError, match="ratio must be at least 0 and below 1"):
        Dropout(ratio)

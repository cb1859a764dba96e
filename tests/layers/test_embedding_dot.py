"""EmbeddingDot: three shapes, one meaning."""

import numpy as np
import pytest

from wordvec.errors import ShapeError
from wordvec.layers import EmbeddingDot, MatMul

RNG = np.random.default_rng(seed=4)
W = RNG.normal(size=(6, 3))


def test_scores_are_columns_of_the_full_product():
    h, ids = RNG.normal(size=(4, 3)), np.array([[0, 5], [1, 1], [2, 3], [5, 0]])
    full = MatMul(W.T).forward(h)
    np.testing.assert_allclose(EmbeddingDot(W).forward(h, ids), np.take_along_axis(full, ids, axis=1), rtol=1e-13)


def test_shared_words_and_words_of_each_pair_agree():
    h, ids, dout = RNG.normal(size=(2, 4, 3)), np.array([[0, 5, 5], [1, 2, 0]]), RNG.normal(size=(2, 4, 3))
    shared, pairs = EmbeddingDot(W), EmbeddingDot(W)
    per_pair = np.repeat(ids[:, None, :], 4, axis=1)
    np.testing.assert_allclose(shared.forward(h, ids), pairs.forward(h, per_pair), rtol=1e-13)
    np.testing.assert_allclose(shared.backward(dout), pairs.backward(dout), rtol=1e-13)
    np.testing.assert_allclose(shared.grads[0].to_dense(), pairs.grads[0].to_dense(), rtol=1e-12)


@pytest.mark.parametrize(
    "h, ids",
    [
        ((2, 4), (2, 5)),  # D is 3
        ((2, 3), (3, 5)),  # another batch
        ((2, 3), (2,)),
        ((2, 3), (2, 4, 5)),
        ((2, 4, 3), (2, 5, 5)),
        ((3,), (5,)),
        ((1, 2, 4, 3), (1, 2, 4, 5)),
    ],
)
def test_shapes_that_do_not_fit(h, ids):
    with pytest.raises(ShapeError, match=r"h must be \(B, 3\) with ids \(B, K\), or \(B, C, 3\).*; got h .* and ids"):
        EmbeddingDot(W).forward(np.ones(h), np.zeros(ids, int))


def test_ids_outside_the_table():
    with pytest.raises(ShapeError, match=r"ids must be in 0 \.\. 5; got 0 \.\. 6"):
        EmbeddingDot(W).forward(np.ones((1, 3)), np.array([[0, 6]]))

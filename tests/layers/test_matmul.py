"""MatMul by hand, and as the book's one-hot CBOW."""

import numpy as np
import pytest

from wordvec.errors import ShapeError
from wordvec.layers import Affine, Embedding, MatMul, SoftmaxWithLoss, one_hot


def test_a_product_by_hand(xp):
    matmul = MatMul(xp.asarray([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    y = matmul.forward(xp.asarray([[1.0, 0.0], [1.0, 1.0]]))
    assert y.tolist() == [[1, 2, 3], [5, 7, 9]]
    dx = matmul.backward(xp.asarray([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))
    assert dx.tolist() == [[1, 4], [2, 5]]  # dy W^T: columns 0 and 1 of W
    assert matmul.grads[0].tolist() == [[1, 1, 0], [0, 1, 0]]  # x^T dy


def test_backward_overwrites_the_gradient_in_place():
    matmul = MatMul(np.ones((2, 1)))
    gradient = matmul.grads[0]  # as a network gathers it, once
    for x in ([[1.0, 2.0]], [[30.0, 40.0]]):
        matmul.forward(np.array(x))
        matmul.backward(np.ones((1, 1)))
    assert matmul.grads[0] is gradient
    assert gradient.tolist() == [[30], [40]]


def test_the_book_sentence_through_cbow():
    """'you say goodbye and i say hello .': 7 words, 6 contexts of 2, a hidden layer of 3."""
    word_ids = np.array([0, 1, 2, 3, 4, 1, 5, 6])
    contexts, target = np.stack([word_ids[:-2], word_ids[2:]], axis=1), word_ids[1:-1]
    rng = np.random.default_rng(seed=1)
    W_in, W_out = rng.normal(size=(7, 3)), rng.normal(size=(3, 7))
    left, right, output, loss = MatMul(W_in), MatMul(W_in), MatMul(W_out), SoftmaxWithLoss()

    x = one_hot(contexts, 7)
    assert x.shape == (6, 2, 7)
    h = 0.5 * (left.forward(x[:, 0]) + right.forward(x[:, 1]))
    assert h.shape == (6, 3)
    scores = output.forward(h)
    assert scores.shape == (6, 7)
    assert loss.forward(scores, target) == loss.forward(scores, one_hot(target, 7))
    dh = output.backward(loss.backward())
    assert left.backward(0.5 * dh).shape == (6, 7)


def test_embedding_is_matmul_of_one_hot_rows():
    rng = np.random.default_rng(seed=2)
    W, ids, dout = rng.normal(size=(5, 3)), np.array([4, 0, 4]), rng.normal(size=(3, 3))
    matmul, embedding = MatMul(W), Embedding(W)
    np.testing.assert_array_equal(matmul.forward(one_hot(ids, 5)), embedding.forward(ids))
    matmul.backward(dout)
    embedding.backward(dout)
    np.testing.assert_allclose(embedding.grads[0].to_dense(), matmul.grads[0], rtol=1e-15)


def test_one_hot_windows_make_the_cooccurrence_matrix():
    """The dense counts of the book's chapter 2 as one product: centres^T contexts."""
    word_ids = np.array([0, 1, 2, 3, 4, 1, 5, 6])
    x = one_hot(word_ids, 7)
    follows = MatMul(x[1:]).forward(x[:-1].T)
    expected = [
        [0, 1, 0, 0, 0, 0, 0],
        [1, 0, 1, 0, 1, 1, 0],
        [0, 1, 0, 1, 0, 0, 0],
        [0, 0, 1, 0, 1, 0, 0],
        [0, 1, 0, 1, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 1, 0],
    ]
    assert (follows + follows.T).tolist() == expected


@pytest.mark.parametrize("shape", [(3,), (2, 4), (1, 3, 2)])
def test_shapes_that_do_not_fit(shape):
    with pytest.raises(ShapeError, match=r"MatMul: x must be \(B, 3\) for W \(3, 2\); got"):
        MatMul(np.ones((3, 2))).forward(np.ones(shape))
    with pytest.raises(ShapeError, match="MatMul"):
        Affine(np.ones((3, 2)), np.ones(2)).forward(np.ones(shape))


def test_a_bias_that_does_not_fit():
    with pytest.raises(ShapeError, match=r"Affine: W must be \(D, V\) and b \(V,\); got \(3, 2\) and \(3,\)"):
        Affine(np.ones((3, 2)), np.ones(3))

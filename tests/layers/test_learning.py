"""Layers put together learn: the exclusive or, three spiral arms, the book's sentence, word pairs by GloVe."""

import numpy as np
import pytest

from wordvec.layers import (
    Affine,
    Embedding,
    GloVeLoss,
    Mean,
    NegativeSamplingLoss,
    Sigmoid,
    SoftmaxWithLoss,
    Tanh,
)
from wordvec.networks.optimizers import Adam


class TwoLayers:
    """Affine -> activation -> Affine -> softmax."""

    def __init__(self, inputs, hidden, classes, activation, seed=1):
        rng = np.random.default_rng(seed)
        first = Affine(rng.normal(size=(inputs, hidden)), np.zeros(hidden))
        second = Affine(rng.normal(size=(hidden, classes)) / np.sqrt(hidden), np.zeros(classes))
        self.layers, self.loss = [first, activation, second], SoftmaxWithLoss()
        self.params, self.grads = first.params + second.params, first.grads + second.grads

    def scores(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def learn(self, x, t, optimizer, steps):
        for _ in range(steps):
            loss = self.loss.forward(self.scores(x), t)
            dout = self.loss.backward()
            for layer in reversed(self.layers):
                dout = layer.backward(dout)
            optimizer.update(self.params, self.grads)
        return float(loss)


def spiral(points=100, arms=3):
    """Arms that turn by four radians from the middle outwards, a little wavy; no random numbers."""
    arm, step = np.divmod(np.arange(points * arms), points)
    radius = step / points
    angle = 4 * arm + 4 * radius + 0.2 * np.sin(12.9898 * step)
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1), arm


@pytest.mark.parametrize("activation", [Sigmoid, Tanh])
def test_exclusive_or(activation):
    x, t = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
    network = TwoLayers(2, 8, 2, activation())
    assert network.learn(x, t, Adam(0.1), steps=200) < 0.02
    assert network.scores(x).argmax(axis=1).tolist() == [0, 1, 1, 0]


def test_without_a_hidden_layer_the_exclusive_or_cannot_be_learned():
    x, t = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
    affine, loss, optimizer = Affine(np.ones((2, 2)), np.zeros(2)), SoftmaxWithLoss(), Adam(0.1)
    for _ in range(200):
        value = loss.forward(affine.forward(x), t)
        affine.backward(loss.backward())
        optimizer.update(affine.params, affine.grads)
    assert value == pytest.approx(np.log(2), abs=1e-3)


def test_spiral():
    x, t = spiral()
    assert x.shape == (300, 2)
    network = TwoLayers(2, 24, 3, Tanh())
    network.learn(x, t, Adam(0.05), steps=300)
    right = int((network.scores(x).argmax(axis=1) == t).sum())
    assert right == 298  # all but two: the arms start at one point, which is of three classes


def test_cbow_learns_the_book_sentence():
    """'you say goodbye and i say hello .': the words seen between two neighbours become the likeliest.

    'say _ and' and 'and _ say' have one mean, so 'goodbye' (2) and 'i' (4) share the two highest scores.
    """
    word_ids = np.array([0, 1, 2, 3, 4, 1, 5, 6])
    contexts, target = np.stack([word_ids[:-2], word_ids[2:]], axis=1), word_ids[1:-1]
    rng = np.random.default_rng(seed=1)
    W_in, W_out = rng.normal(size=(7, 5)), rng.normal(size=(7, 5))
    embedding, mean, loss, optimizer = Embedding(W_in), Mean(), NegativeSamplingLoss(W_out), Adam(0.05)
    for _ in range(300):
        negatives = rng.integers(7, size=(6, 3))
        loss.forward(mean.forward(embedding.forward(contexts)), target, negatives)
        embedding.backward(mean.backward(loss.backward()))
        optimizer.update(embedding.params + loss.params, embedding.grads + loss.grads)
    scores = W_in[contexts].mean(axis=1) @ W_out.T
    best_two = scores.argsort(axis=1)[:, -2:]
    assert best_two[[0, 2, 4, 5], 1].tolist() == [1, 3, 1, 5]
    assert set(best_two[1]) == set(best_two[3]) == {2, 4}


def test_glove_fits_the_logarithms_of_counts():
    counts = np.array([[40.0, 8.0, 1.0], [8.0, 20.0, 5.0], [1.0, 5.0, 90.0]])
    i, j = (index.ravel() for index in np.indices((3, 3)))
    rng = np.random.default_rng(seed=1)
    loss = GloVeLoss(rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), np.zeros(3), np.zeros(3))
    optimizer = Adam(0.05)
    for _ in range(600):
        value = loss.forward(i, j, counts.ravel())
        loss.backward()
        optimizer.update(loss.params, loss.grads)
    assert value < 1e-6
    W_in, W_out, b_in, b_out = loss.params
    np.testing.assert_allclose(W_in @ W_out.T + b_in[:, None] + b_out, np.log(counts), atol=0.02)

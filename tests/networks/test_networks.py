"""CBOW and skip-gram as layers: gradients by finite differences, and losses worked out by hand."""

import numpy as np
import pytest

from wordvec.corpus.draws.examples import Examples, ExampleSampler
from wordvec.errors import OptionError, WordvecError
from wordvec.kernels.word_parts import WordParts
from wordvec.layers import check_backward, numerical_gradient
from wordvec.networks import CBOWNetwork, SkipGramNetwork
from wordvec.networks.word2vec import ComposedEmbedding

V, D = 7, 3
IDS = np.array([0, 1, 2, 1, 0, 3, 6, 5, 4, 4, 0], np.int32)
STARTS = np.array([0, 5, 6, 11])


def batch_of(sharing="window", negatives=4, seed=1):
    """Examples with repeated contexts, repeated negatives and negatives equal to their target."""
    sampler = ExampleSampler.for_counts(
        np.bincount(IDS, minlength=V), subsample=0, window=2, negatives=negatives, negative_sharing=sharing, seed=seed
    )
    return sampler.draw(IDS, STARTS, first=0, last=len(IDS), epoch=0)


def weights(xp=np):
    rng = np.random.default_rng(5)
    return xp.asarray(rng.normal(size=(V, D))), xp.asarray(rng.normal(size=(V, D)))


def dense(gradient):
    return gradient.to_dense() if hasattr(gradient, "to_dense") else gradient


CASES = [
    (CBOWNetwork, "negative-sampling", "window"),
    (CBOWNetwork, "softmax", "window"),
    (SkipGramNetwork, "negative-sampling", "window"),
    (SkipGramNetwork, "negative-sampling", "pair"),
    (SkipGramNetwork, "softmax", "window"),
]


@pytest.mark.parametrize("network_class, loss, sharing", CASES)
@pytest.mark.parametrize("fault", [1.0, pytest.param(1.001, marks=pytest.mark.xfail(strict=True))])
def test_backward_is_the_gradient_of_forward(network_class, loss, sharing, fault):
    W_in, W_out = weights()
    network, batch = network_class(W_in, W_out, loss), batch_of(sharing)
    assert (batch.negatives == batch.centres.reshape(-1, *[1] * (batch.negatives.ndim - 1))).any()  # hostile enough
    network.forward(batch)
    network.backward()
    dW_in, dW_out = (fault * dense(g) for g in network.grads)
    if loss == "softmax":
        dW_out = dW_out.T  # MatMul's parameter is W_out^T
    run = lambda: network.forward(batch)
    np.testing.assert_allclose(dW_in, numerical_gradient(run, W_in), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(dW_out, numerical_gradient(run, W_out), rtol=1e-6, atol=1e-8)


# Words of one to four rows of a table of 10; word 3 has a row twice, and row 9 is a part of most.
PARTS = WordParts.of_rows(
    np.array([0, 2, 3, 6, 9, 11, 13, 17]), np.array([0, 9, 1, 2, 7, 9, 3, 8, 8, 4, 9, 5, 9, 6, 7, 8, 9]), table_rows=10
)


@pytest.mark.parametrize("network_class", [CBOWNetwork, SkipGramNetwork])
@pytest.mark.parametrize("fault", [1.0, pytest.param(1.001, marks=pytest.mark.xfail(strict=True))])
def test_with_parts_backward_is_the_gradient_of_forward(network_class, fault):
    table, (_, W_out) = np.random.default_rng(8).normal(size=(10, D)), weights()
    network, batch = network_class(table, W_out, parts=PARTS), batch_of()
    run = lambda: network.forward(batch)
    run()
    network.backward()
    np.testing.assert_allclose(fault * dense(network.grads[0]), numerical_gradient(run, table), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(dense(network.grads[1]), numerical_gradient(run, W_out), rtol=1e-6, atol=1e-8)


def test_an_undivided_gradient_is_as_many_times_the_true_one_as_the_word_has_parts():
    table, words = np.random.default_rng(8).normal(size=(10, D)), np.array([[3, 0]])
    dout = np.random.default_rng(9).normal(size=(1, 2, D))
    gradients = []
    for gradient in ("mean", "sum"):
        embedding = ComposedEmbedding(table, PARTS, gradient)
        embedding.forward(words)
        embedding.backward(dout)
        gradients.append(embedding.grads[0].to_dense())
    np.testing.assert_allclose(gradients[1][[3, 8]], 3 * gradients[0][[3, 8]])
    np.testing.assert_allclose(gradients[1][[0, 9]], 2 * gradients[0][[0, 9]])
    check_backward(ComposedEmbedding(table, PARTS), words)
    with pytest.raises(OptionError, match="'mean' or 'sum'"):
        ComposedEmbedding(table, PARTS, "median")


def by_hand():
    """One centre (word 2) between words 0 and 1, one negative (word 3)."""
    centre, negatives = np.array([2], np.int32), np.array([[3]], np.int32)
    return Examples(np.array([1]), centre, np.array([[0, 1]], np.int32), np.ones((1, 2), bool), negatives)


def test_cbow_loss_by_hand():
    W_in = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    W_out = np.array([[0.0, 0.0], [0.0, 0.0], [2.0, 0.0], [0.0, 2.0]])
    # h = (0.5, 0.5); both scores are 1: -log sigmoid(1) - log sigmoid(-1)
    expected = np.log1p(np.exp(-1)) + np.log1p(np.exp(1))
    assert CBOWNetwork(W_in, W_out).forward(by_hand()) == pytest.approx(expected)


def test_skipgram_loss_by_hand():
    W_in = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    W_out = np.array([[0.0, 0.0], [0.0, 0.0], [2.0, 0.0], [0.0, 2.0]])
    # context 0 scores 2 with the centre and 0 with the negative; context 1 the other way round
    expected = np.log1p(np.exp(-2)) + np.log(2) + np.log(2) + np.log1p(np.exp(2))
    network = SkipGramNetwork(W_in, W_out)
    assert network.forward(by_hand()) == pytest.approx(expected)
    assert network.predictions(by_hand()) == 2


def test_softmax_loss_by_hand():
    W_in, W_out = np.zeros((4, 2)), np.ones((4, 2))
    assert CBOWNetwork(W_in, W_out, "softmax").forward(by_hand()) == pytest.approx(np.log(4))
    assert SkipGramNetwork(W_in, W_out, "softmax").forward(by_hand()) == pytest.approx(2 * np.log(4))


def test_word2vecs_cbow_gradient_is_the_true_one_times_the_number_of_contexts():
    W_in, W_out = weights()
    networks = [CBOWNetwork(W_in, W_out, gradient=g) for g in ("mean", "sum")]
    batch = by_hand()
    for network in networks:
        network.forward(batch)
        network.backward()
    true, words = networks[0].grads, networks[1].grads
    np.testing.assert_allclose(dense(words[0]), 2 * dense(true[0]))
    np.testing.assert_allclose(dense(words[1]), dense(true[1]))


@pytest.mark.parametrize("network_class, loss, sharing", CASES)
def test_float32_and_the_device_are_kept(xp, network_class, loss, sharing):
    W_in, W_out = (W.astype(xp.float32) for W in weights(xp))
    network = network_class(W_in, W_out, loss)
    network.forward(Examples(*(xp.asarray(part) for part in batch_of(sharing))))
    network.backward()
    for gradient in network.grads:
        rows = getattr(gradient, "rows", gradient)
        assert isinstance(rows, xp.ndarray)
        assert rows.dtype == xp.float32


def test_embedding_gradients_are_rows():
    W_in, W_out = np.zeros((10**6, 2), np.float32), np.zeros((10**6, 2), np.float32)
    network = CBOWNetwork(W_in, W_out)
    network.forward(batch_of())
    network.backward()
    assert all(len(gradient.rows) <= V for gradient in network.grads)


def test_unknown_names():
    with pytest.raises(OptionError, match="loss must be one of"):
        SkipGramNetwork(*weights(), "hinge")
    with pytest.raises(OptionError, match="'mean' or 'sum'"):
        CBOWNetwork(*weights(), gradient="max")


@pytest.mark.parametrize("network_class, loss, sharing", CASES)
def test_backward_before_forward_says_so(network_class, loss, sharing):
    network = network_class(*weights(), loss)
    for each in (network, network.output):
        with pytest.raises(WordvecError, match=f"{type(each).__name__}: backward before forward"):
            each.backward()

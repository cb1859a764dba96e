"""BatchNorm by hand, first weights, and formulas for every layer."""

import numpy as np
import pytest

import wordvec.layers
from wordvec.errors import OptionError, ShapeError
from wordvec.layers import (
    BatchNorm,
    Embedding,
    MatMul,
    Multiply,
    Tanh,
    check_backward,
    explain_backward,
    he,
    one_hot,
    xavier,
)
from wordvec.layers.gradients import FORMULAS


def test_batch_norm_by_hand():
    norm = BatchNorm(np.array([2.0]), np.array([1.0]), momentum=0.5, epsilon=1e-12)
    y = norm.forward(np.array([[1.0], [2.0], [3.0]]))  # mean 2, variance 2/3
    np.testing.assert_allclose(y.ravel(), [1 - 2 * np.sqrt(1.5), 1, 1 + 2 * np.sqrt(1.5)])
    assert norm.buffers["running_mean"][0] == pytest.approx(0.5 * 0 + 0.5 * 2)
    assert norm.buffers["running_variance"][0] == pytest.approx(0.5 * 1 + 0.5 * 1)  # unbiased: 2/3 * 3/2


def test_batch_norm_after_training_uses_what_it_kept():
    norm = BatchNorm(np.array([3.0]), np.array([1.0]), epsilon=1e-12)
    norm.buffers["running_mean"][...] = 4.0
    norm.buffers["running_variance"][...] = 25.0
    assert norm.forward(np.array([[9.0]]), training=False)[0, 0] == pytest.approx(3 * (9 - 4) / 5 + 1)
    assert norm.backward(np.array([[1.0]]))[0, 0] == pytest.approx(3 / 5)
    assert norm.buffers["running_mean"][0] == 4.0


@pytest.mark.parametrize("x", [np.ones((1, 2)), np.ones((3, 3)), np.ones(2), np.ones((3, 2), int)])
def test_what_batch_norm_cannot_take(x):
    with pytest.raises(ShapeError, match="BatchNorm"):
        BatchNorm(np.ones(2), np.ones(2)).forward(x)


def test_batch_norm_options():
    with pytest.raises(ShapeError, match=r"gamma and beta must be \(D,\); got \(2,\) and \(3,\)"):
        BatchNorm(np.ones(2), np.ones(3))
    with pytest.raises(OptionError, match="momentum"):
        BatchNorm(np.ones(2), np.ones(2), momentum=1.0)


@pytest.mark.parametrize("uniform", [False, True])
@pytest.mark.parametrize("make, variance", [(xavier, 2 / 500), (he, 2 / 300)])
def test_variance_of_first_weights(make, variance, uniform):
    W = make(np.random.default_rng(3), (300, 200), uniform=uniform)
    assert W.var() == pytest.approx(variance, rel=0.02)  # 60,000 draws: 0.6 % standard error
    assert abs(W.mean()) < 0.001
    if uniform:
        assert abs(W).max() <= np.sqrt(3 * variance)


def test_first_weights_need_a_generator_and_a_shape():
    with pytest.raises(OptionError, match=r"rng must be a numpy random generator.*got a int"):
        he(1, (2, 3))
    for shape in ((2,), 3, (2.0, 3)):
        with pytest.raises(ShapeError, match=r"\(fan_in, fan_out\), both whole numbers"):
            xavier(np.random.default_rng(1), shape)


def test_one_hot_contexts_through_matmul_are_an_embedding():
    W, ids = np.random.default_rng(1).normal(size=(5, 3)), np.array([[0, 4], [4, 2]])
    matmul, embedding = MatMul(W), Embedding(W)
    np.testing.assert_array_equal(matmul.forward(one_hot(ids, 5)), embedding.forward(ids))
    dout = np.random.default_rng(2).normal(size=(2, 2, 3))
    matmul.backward(dout)
    embedding.backward(dout)
    np.testing.assert_allclose(matmul.grads[0], embedding.grads[0].to_dense())
    check_backward(matmul, one_hot(ids, 5))


def test_every_layer_has_formulas():
    kinds = {n for n in wordvec.layers.__all__ if hasattr(getattr(wordvec.layers, n), "backward")}
    assert kinds == set(FORMULAS)


def test_a_formula_before_and_after_forward():
    multiply = Multiply()
    assert explain_backward(multiply).splitlines()[1] == "  dL/dx = dL/dz * y"
    multiply.forward(np.ones((3, 2)), np.ones((1, 2)))
    said = explain_backward(multiply).splitlines()
    assert said[1] == "  dL/dx (3, 2) = dL/dz * y   from y (1, 2), dL/dz (3, 2)"
    assert said[2] == "  dL/dy (1, 2) = dL/dz * x   from x (3, 2), dL/dz (3, 2)"


def test_a_layer_of_another_origin_is_not_explained():
    class Tanh2(Tanh):
        pass

    with pytest.raises(OptionError, match="formulas of Tanh2 are not known"):
        explain_backward(Tanh2())

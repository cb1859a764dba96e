"""Lists instead of arrays, whole numbers as weights, gradients of another shape: taken as meant, or refused."""

import numpy as np
import pytest

from wordvec.errors import OptionError, ShapeError
from wordvec.layers import (
    Affine,
    BatchNorm,
    Embedding,
    GloVeLoss,
    MatMul,
    Sigmoid,
    SoftmaxWithLoss,
    cross_entropy_error,
    log_sigmoid,
    log_softmax,
    logsumexp,
    numerical_gradient,
    one_hot,
    sigmoid,
    softmax,
)

TABLE = np.arange(6.0).reshape(3, 2)


@pytest.mark.parametrize("function", [sigmoid, log_sigmoid, logsumexp, log_softmax, softmax])
def test_functions_take_lists(function):
    assert np.array_equal(function([0, 1, 2]), function(np.array([0.0, 1.0, 2.0])))


def test_ids_and_rows_may_be_lists():
    assert Embedding(TABLE).forward([2, 0]).tolist() == [[4.0, 5.0], [0.0, 1.0]]
    assert MatMul(TABLE).forward([[1, 0, 1]]).tolist() == [[4.0, 6.0]]
    assert one_hot([1], 2).tolist() == [[0.0, 1.0]]
    assert cross_entropy_error([[0.5, 0.5]], [1]) == pytest.approx(np.log(2))
    layer = SoftmaxWithLoss()
    assert layer.forward([[0.0, 0.0]], t=[1]) == pytest.approx(np.log(2))
    assert layer.backward().tolist() == [[0.5, -0.5]]


def test_a_column_of_a_table_may_be_the_ids():
    pandas = pytest.importorskip("pandas")
    assert Embedding(TABLE).forward(pandas.Series([2], dtype="int64")).tolist() == [[4.0, 5.0]]


def test_lists_that_are_no_array():
    with pytest.raises(ShapeError, match="Embedding: an array has rows of one length"):
        Embedding(TABLE).forward([[0], [1, 2]])
    with pytest.raises(ShapeError, match="Embedding: ids must be integers; got <U3"):
        Embedding(TABLE).forward(["you", "say"])
    with pytest.raises(ShapeError, match=r"ids \(B,\) or probabilities \(B, V\); got \(2,\) and \(\)"):
        SoftmaxWithLoss().forward([0.0, 1.0], 1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda W: MatMul(W), r"MatMul: W must be an array of floats; got int64: np.array\(W, float\)"),
        (lambda W: Affine(TABLE, W[0]), "Affine: b must be .* got int64"),
        (lambda W: Affine([[1.0]], np.zeros(1)), "Affine: W must be .* got a list"),
        (lambda W: Embedding(W), "Embedding: W must be"),
        (lambda W: GloVeLoss(TABLE, TABLE, np.zeros(3), [0, 0, 0]), "GloVeLoss: b_out must be"),
        (lambda W: BatchNorm(W[0], W[0]), "BatchNorm: gamma must be"),
    ],
)
def test_parameters_are_arrays_that_training_can_change(make, message):
    with pytest.raises(ShapeError, match=message):
        make(TABLE.astype(int))


@pytest.mark.parametrize("layer", [Affine(TABLE, np.zeros(2)), Sigmoid(), Embedding(TABLE), SoftmaxWithLoss()])
def test_a_gradient_of_another_shape_is_not_repeated(layer):
    inputs = ([0, 1, 2],) if isinstance(layer, Embedding) else (np.ones((4, 3)),)
    layer.forward(*inputs, *([[0, 1, 2, 0]] if isinstance(layer, SoftmaxWithLoss) else []))
    with pytest.raises(ShapeError, match=r"dout must have the shape of what forward returned, .*; got \(1, 2\)"):
        layer.backward([[1.0, 1.0]])


def test_one_hot_rows_for_cross_entropy_error():
    with pytest.raises(ShapeError, match=r"one-hot rows become ids by t.argmax\(axis=1\)"):
        cross_entropy_error(np.ones((2, 2)) / 2, np.eye(2))


def test_numerical_gradient_of_a_function_of_x():
    with pytest.raises(OptionError, match=r"f takes no argument, .* 'x': write lambda: f\(x\)"):
        numerical_gradient(lambda x: (x**2).sum(), np.ones(2))
    with pytest.raises(ShapeError, match="float64 for finite differences; got a list"):
        numerical_gradient(lambda: 0.0, [1.0])

"""What holds for every layer: backward is the gradient of forward, float32 stays, only cupy's names are used."""

import ast
import importlib
from pathlib import Path

import numpy as np
import pytest

import wordvec.layers
from wordvec.errors import WordvecError
from wordvec.layers import (
    Affine,
    BatchNorm,
    Dropout,
    Embedding,
    EmbeddingDot,
    GloVeLoss,
    GradientError,
    MatMul,
    Mean,
    Multiply,
    NegativeSamplingLoss,
    ReLU,
    Repeat,
    RowGradient,
    Sigmoid,
    SigmoidWithLoss,
    Softmax,
    SoftmaxWithLoss,
    Sum,
    Tanh,
    check_backward,
)
from wordvec.layers.layer import Layer


class SameDropout(Dropout):
    """Dropout that leaves out the same units at every forward, which finite differences need."""

    def forward(self, x, training=True):
        self.generator = np.random.default_rng(5)
        return super().forward(x, training)


def glove(f, V, D, **options):
    return GloVeLoss(f(V, D), f(V, D), f(V), f(V), **options)


# name -> function of f(*shape), a random float array, and a(list), an array -> (layer, inputs)
CASES = {
    "MatMul": lambda f, a: (MatMul(f(4, 5)), [f(3, 4)]),
    "MatMul 1 1 1": lambda f, a: (MatMul(f(1, 1)), [f(1, 1)]),
    "MatMul with W a transposed view": lambda f, a: (MatMul(f(5, 4).T), [f(3, 4)]),
    "Affine": lambda f, a: (Affine(f(4, 5), f(5)), [f(3, 4)]),
    "MatMul 3 axes": lambda f, a: (MatMul(f(4, 5)), [f(3, 2, 4)]),
    "Affine 3 axes": lambda f, a: (Affine(f(4, 5), f(5)), [f(3, 2, 4)]),
    "BatchNorm": lambda f, a: (BatchNorm(f(4), f(4)), [f(3, 4)]),
    "BatchNorm of two": lambda f, a: (BatchNorm(f(1), f(1), epsilon=0.1), [f(2, 1)]),
    "Affine 1 1 1": lambda f, a: (Affine(f(1, 1), f(1)), [f(1, 1)]),
    "Repeat": lambda f, a: (Repeat(3), [f(1, 4)]),
    "Repeat axis 1": lambda f, a: (Repeat(4, axis=1), [f(3, 1)]),
    "Repeat once": lambda f, a: (Repeat(1), [f(1, 1)]),
    "Sum": lambda f, a: (Sum(), [f(3, 4)]),
    "Sum axis 1": lambda f, a: (Sum(axis=1), [f(3, 4)]),
    "Sum axis -1": lambda f, a: (Sum(axis=-1), [f(2, 3, 4)]),
    "Mean": lambda f, a: (Mean(), [f(2, 3, 4)]),
    "Mean masked": lambda f, a: (Mean(), [f(2, 3, 4), a([[True, False, True], [False, False, True]])]),
    "Mean masked by integers": lambda f, a: (Mean(), [f(1, 2, 1), a([[0, 1]])]),
    "Mean of one": lambda f, a: (Mean(), [f(2, 1, 3)]),
    "Multiply": lambda f, a: (Multiply(), [f(3, 4), f(3, 4)]),
    "Multiply row": lambda f, a: (Multiply(), [f(3, 4), f(1, 4)]),
    "Multiply column and row": lambda f, a: (Multiply(), [f(3, 1), f(1, 4)]),
    "Multiply vector": lambda f, a: (Multiply(), [f(3, 4), f(4)]),
    "Sigmoid": lambda f, a: (Sigmoid(), [f(3, 4)]),
    "Tanh": lambda f, a: (Tanh(), [f(3, 4)]),
    "ReLU": lambda f, a: (ReLU(), [f(3, 4)]),
    "Softmax": lambda f, a: (Softmax(), [f(3, 4)]),
    "Softmax 3 axes": lambda f, a: (Softmax(), [f(2, 3, 4)]),
    "SoftmaxWithLoss": lambda f, a: (SoftmaxWithLoss(), [f(3, 4), a([0, 3, 3])]),
    "SoftmaxWithLoss sum": lambda f, a: (SoftmaxWithLoss("sum"), [f(3, 4), a([0, 3, 3])]),
    "SoftmaxWithLoss one-hot": lambda f, a: (SoftmaxWithLoss(), [f(2, 3), a([[0, 1, 0], [0, 0, 1]])]),
    "SoftmaxWithLoss two classes": lambda f, a: (SoftmaxWithLoss(), [f(1, 2), a([1])]),
    "SigmoidWithLoss": lambda f, a: (SigmoidWithLoss(), [f(4), a([0, 1, 1, 0])]),
    "SigmoidWithLoss sum": lambda f, a: (SigmoidWithLoss("sum"), [f(2, 2), a([[0, 1], [1, 0]])]),
    "SigmoidWithLoss masked": lambda f, a: (SigmoidWithLoss(), [f(2, 2), a([[0, 1], [1, 0]]), a([[1, 0], [1, 1]])]),
    "SigmoidWithLoss of one": lambda f, a: (SigmoidWithLoss(), [f(1), a([True])]),
    "Embedding": lambda f, a: (Embedding(f(5, 3)), [a([4, 0, 4])]),
    "Embedding 2 axes": lambda f, a: (Embedding(f(5, 3)), [a([[4, 0], [4, 4]])]),
    "Embedding 1 1": lambda f, a: (Embedding(f(1, 1)), [a([0])]),
    "EmbeddingDot": lambda f, a: (EmbeddingDot(f(5, 4)), [f(2, 4), a([[0, 3, 2], [1, 0, 4]])]),
    "EmbeddingDot repeated": lambda f, a: (EmbeddingDot(f(5, 4)), [f(2, 4), a([[3, 3, 3], [3, 0, 0]])]),
    "EmbeddingDot 1 1 1": lambda f, a: (EmbeddingDot(f(2, 1)), [f(1, 1), a([[1]])]),
    "EmbeddingDot shared": lambda f, a: (EmbeddingDot(f(5, 4)), [f(2, 3, 4), a([[0, 3, 0], [1, 0, 4]])]),
    "EmbeddingDot pairs": lambda f, a: (EmbeddingDot(f(5, 2)), [f(1, 2, 2), a([[[0, 3, 0], [1, 3, 4]]])]),
    "NegativeSamplingLoss": lambda f, a: (
        NegativeSamplingLoss(f(5, 4)),
        [f(3, 4), a([0, 1, 2]), a([[3, 4], [4, 0], [0, 1]])],
    ),
    "NegativeSamplingLoss negative = target": lambda f, a: (
        NegativeSamplingLoss(f(5, 4), "sum"),
        [f(3, 4), a([0, 1, 2]), a([[0, 4], [1, 1], [2, 0]])],
    ),
    "NegativeSamplingLoss repeated negatives": lambda f, a: (
        NegativeSamplingLoss(f(5, 4)),
        [f(2, 4), a([0, 0]), a([[3, 3, 3], [3, 3, 0]])],
    ),
    "NegativeSamplingLoss 1 1 1": lambda f, a: (NegativeSamplingLoss(f(2, 1)), [f(1, 1), a([1]), a([[0]])]),
    "NegativeSamplingLoss no negatives": lambda f, a: (
        NegativeSamplingLoss(f(3, 2)),
        [f(2, 2), a([1, 2]), a(np.zeros((2, 0), int))],
    ),
    "NegativeSamplingLoss masked": lambda f, a: (
        NegativeSamplingLoss(f(5, 4)),
        [f(2, 4), a([0, 1]), a([[3, 4], [4, 0]]), a([True, False])],
    ),
    "NegativeSamplingLoss shared": lambda f, a: (
        NegativeSamplingLoss(f(5, 3), "sum"),
        [f(2, 3, 3), a([0, 1]), a([[3, 0], [4, 4]])],
    ),
    "NegativeSamplingLoss shared, masked": lambda f, a: (
        NegativeSamplingLoss(f(5, 3)),
        [f(2, 2, 3), a([0, 1]), a([[3, 0], [4, 4]]), a([[True, False], [True, True]])],
    ),
    "NegativeSamplingLoss pairs": lambda f, a: (
        NegativeSamplingLoss(f(5, 3)),
        [f(2, 2, 3), a([0, 1]), a([[[3, 0], [4, 4]], [[1, 1], [0, 2]]]), a([[True, True], [False, True]])],
    ),
    "GloVeLoss": lambda f, a: (glove(f, 4, 3), [a([0, 1, 3]), a([2, 1, 0]), a([1.0, 50.0, 1000.0])]),
    "GloVeLoss repeated": lambda f, a: (
        glove(f, 4, 3, reduction="sum"),
        [a([1, 1, 1]), a([1, 2, 1]), a([3.0, 0.25, 7.0])],
    ),
    "GloVeLoss 1 1 1": lambda f, a: (glove(f, 1, 1, x_max=10.0, alpha=0.5), [a([0]), a([0]), a([2.0])]),
    "Dropout": lambda f, a: (SameDropout(0.4), [f(3, 4)]),
}


def build_case(name, xp=np, dtype="float64"):
    """The layer and its inputs, the floats among them of `dtype`."""
    rng = np.random.default_rng(seed=7)

    def f(*shape):
        values = rng.uniform(0.1, 1.5, size=shape) * rng.choice([-1, 1], size=shape)  # away from ReLU's kink
        return xp.asarray(values.astype(dtype))

    def a(values):
        array = np.asarray(values)
        return xp.asarray(array.astype(dtype) if array.dtype.kind == "f" else array)

    return CASES[name](f, a)


class Faulty:
    """A layer whose gradient of one parameter ("params[k]") or input ("input k") is wrong by a factor."""

    def __init__(self, layer, where, factor=1.001):
        self.layer, self.where, self.factor = layer, where, factor
        self.params, self.forward = layer.params, layer.forward
        self.grads = list(layer.grads)

    def backward(self, dout):
        dinputs = self.layer.backward(dout)
        self.grads = [self._spoil(dx, f"params[{k}]") for k, dx in enumerate(self.layer.grads)]
        if isinstance(dinputs, tuple):
            return tuple(self._spoil(dx, f"input {k}") for k, dx in enumerate(dinputs))
        return None if dinputs is None else self._spoil(dinputs, "input 0")

    def _spoil(self, dx, what):
        if what != self.where:
            return dx
        if isinstance(dx, RowGradient):
            return RowGradient(dx.ids, self.factor * dx.rows, dx.shape)
        return self.factor * dx


def gradient_names(layer, inputs):
    layer.forward(*inputs)
    dinputs = layer.backward(1.0 if layer.forward(*inputs).ndim == 0 else layer.forward(*inputs))
    count = len(dinputs) if isinstance(dinputs, tuple) else int(dinputs is not None)
    return [f"params[{k}]" for k in range(len(layer.params))] + [f"input {k}" for k in range(count)]


def test_every_exported_layer_is_in_the_table():
    layers = {
        name for name in wordvec.layers.__all__ if isinstance(getattr(wordvec.layers, name), type) and name[0].isupper()
    }
    assert layers - {"RowGradient", "GradientError"} == {name.split()[0] for name in CASES}


def test_no_exported_name_is_hidden_by_a_module():
    assert [name for name in wordvec.layers.__all__ if not callable(getattr(wordvec.layers, name))] == []


@pytest.mark.parametrize("name", CASES)
def test_backward_is_the_gradient_of_forward(name, xp):
    layer, inputs = build_case(name, xp)
    check_backward(layer, *inputs)


@pytest.mark.parametrize("name", CASES)
def test_a_fault_in_any_one_gradient_is_caught(name):
    layer, inputs = build_case(name)
    names = gradient_names(layer, inputs)
    assert names
    for where in names:
        with pytest.raises(GradientError, match=rf"{where.replace('[', '.').replace(']', '.')}: backward is not"):
            check_backward(Faulty(layer, where), *inputs)


@pytest.mark.parametrize("name", CASES)
def test_float32_stays_float32(name, xp):
    layer, inputs = build_case(name, xp, "float32")
    y = layer.forward(*inputs)
    dinputs = layer.backward(np.float64(1.0) if y.ndim == 0 else xp.ones_like(y))
    returned = dinputs if isinstance(dinputs, tuple) else (dinputs,)
    arrays = [y, *(dx for dx in returned if dx is not None)]
    arrays += [g.rows if isinstance(g, RowGradient) else g for g in layer.grads]
    assert {str(array.dtype) for array in arrays} == {"float32"}
    assert all(array.dtype == "float32" for array in layer.params)


@pytest.mark.parametrize("name", CASES)
def test_the_inputs_are_left_as_they_were(name, xp):
    layer, inputs = build_case(name, xp)
    before = [x.copy() for x in (*layer.params, *inputs)]
    y = layer.forward(*inputs)
    layer.backward(1.0 if y.ndim == 0 else xp.ones_like(y))
    assert all(bool((x == old).all()) for x, old in zip((*layer.params, *inputs), before))


# Every name taken from xp in layers and optimizers, each one present in CuPy 14.
# fmt: off
CUPY_HAS = {
    "abs", "all", "arange", "asarray", "broadcast_to", "concatenate", "exp", "full_like", "int64", "log", "logaddexp",
    "maximum", "minimum", "nan_to_num", "ndarray", "ones", "ones_like", "repeat", "sign", "sqrt", "tanh", "vdot",
    "where", "zeros", "zeros_like",
}
# fmt: on


def names_taken_from_xp(folder):
    """`xp.name` and `array_module(...).name` in all files of a folder."""
    for path in Path(folder).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                base = node.value
                called = isinstance(base, ast.Call) and getattr(base.func, "id", "") == "array_module"
                if called or getattr(base, "id", "") == "xp":
                    yield node.attr


def test_only_names_that_cupy_has_are_taken_from_the_array_module():
    package = Path(wordvec.layers.__file__).parents[1]
    used = {name for room in ("layers", "networks") for name in names_taken_from_xp(package / room)}
    assert {"exp", "zeros_like"} <= used <= CUPY_HAS


def test_the_list_of_cupy_names_is_true():
    cupy = pytest.importorskip("cupy")
    assert [name for name in sorted(CUPY_HAS) if not hasattr(cupy, name)] == []


@pytest.mark.parametrize("name", CASES)
def test_backward_before_forward_says_so(name):
    layer, inputs = build_case(name)
    with pytest.raises(WordvecError, match=f"{type(layer).__name__}: backward before forward: call forward first"):
        layer.backward(np.ones((3, 4)))
    layer.forward(*inputs)
    with pytest.raises(TypeError):
        layer.forward(*[None] * 9)  # a forward that fails leaves nothing to go back through
    with pytest.raises(WordvecError, match="backward before forward"):
        layer.backward(1.0)


def test_every_class_that_goes_backward_checks_it():
    rooms = [importlib.import_module(f"wordvec.{room}") for room in ("layers", "networks", "networks.outputs")]
    classes = {each for room in rooms for each in vars(room).values() if isinstance(each, type)}
    going_back = {each for each in classes if hasattr(each, "backward") and not getattr(each, "_is_protocol", False)}
    assert len(going_back) > 20
    assert [each.__name__ for each in going_back if not issubclass(each, Layer)] == []

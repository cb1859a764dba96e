"""The checker of gradients, checked: each kind of fault must raise, with a message that shows it."""

import numpy as np
import pytest

from wordvec.errors import ShapeError
from wordvec.layers import (
    Dropout,
    GradientError,
    MatMul,
    RowGradient,
    SoftmaxWithLoss,
    check_backward,
    numerical_gradient,
)


@pytest.mark.parametrize("B, D, V", [(1, 1, 2), (3, 4, 5), (6, 2, 9)])
@pytest.mark.parametrize("fault", [1.0, pytest.param(1.001, marks=pytest.mark.xfail(strict=True))])
def test_backward_through_a_layer_and_a_loss(B, D, V, fault):  # fault: the comparison must catch it
    rng = np.random.default_rng(seed=7)
    x, W, t = rng.normal(size=(B, D)), rng.normal(size=(D, V)), rng.integers(V, size=B)
    matmul, loss = MatMul(W), SoftmaxWithLoss()
    run = lambda: loss.forward(matmul.forward(x), t)
    run()
    dx = matmul.backward(fault * loss.backward())
    np.testing.assert_allclose(matmul.grads[0], numerical_gradient(run, W), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(dx, numerical_gradient(run, x), rtol=1e-6, atol=1e-9)


def test_numerical_gradient_of_known_functions(xp):
    x = xp.asarray([[1.0, -2.0], [0.0, 3.0]])
    before = x.copy()
    cubes = numerical_gradient(lambda: (x**3).sum(), x)
    assert abs(cubes - 3 * x**2).max() < 1e-8
    assert bool((x == before).all())


def test_numerical_gradient_puts_x_back_when_f_raises():
    x = np.array([1.0, 2.0])
    with pytest.raises(KeyError):
        numerical_gradient(lambda: {}["missing"], x)
    assert x.tolist() == [1.0, 2.0]


def test_numerical_gradient_needs_float64():
    with pytest.raises(ShapeError, match="x must be float64 for finite differences; got float32"):
        numerical_gradient(lambda: 0.0, np.zeros(2, np.float32))


class Square:
    """y = w x^2, right; the subclasses below are wrong in one way each."""

    def __init__(self):
        self.params, self.grads = [np.array([3.0])], [np.zeros(1)]

    def forward(self, x):
        self.x = x
        return self.params[0] * x**2

    def backward(self, dout):
        self.grads[0][...] = (dout * self.x**2).sum()
        return dout * 2 * self.params[0] * self.x


class Accumulates(Square):
    def backward(self, dout):
        self.grads[0] += (dout * self.x**2).sum()
        return dout * 2 * self.params[0] * self.x


class IgnoresDout(Square):
    def backward(self, dout):
        return super().backward(np.ones_like(dout))


class ForgetsTheInput(Square):
    def backward(self, dout):
        super().backward(dout)


class WrongShape(Square):
    def backward(self, dout):
        return super().backward(dout)[None]


class NotANumber(Square):
    def backward(self, dout):
        return super().backward(dout) * np.where(self.x > 1, np.nan, 1)


class OneEntryWrong(Square):
    def backward(self, dout):
        dx = super().backward(dout)
        dx[2] += 1e-5
        return dx


class TooFewGrads(Square):
    def __init__(self):
        super().__init__()
        self.grads = []

    def backward(self, dout):
        return dout * 2 * self.params[0] * self.x


X = np.array([0.5, -1.0, 2.0])


def test_a_right_layer_passes():
    check_backward(Square(), X.copy())


@pytest.mark.parametrize(
    "layer, message",
    [
        (Accumulates, r"Accumulates, params\[0\]: .*1 of 1 entries; worst at \(0,\): analytic .*, numeric "),
        (IgnoresDout, r"IgnoresDout, params\[0\]: backward is not the gradient of forward"),
        (ForgetsTheInput, "returned None, but the first input is floating point"),
        (WrongShape, r"input 0: the gradient must be \(3,\) like the array; got \(1, 3\)"),
        (NotANumber, r"input 0: .*1 of 3 entries; worst at \(2,\): analytic nan"),
        (OneEntryWrong, r"input 0: .*1 of 3 entries; worst at \(2,\)"),
        (TooFewGrads, "1 params but 0 grads"),
    ],
)
def test_a_wrong_layer_is_caught(layer, message):
    with pytest.raises(GradientError, match=message):
        check_backward(layer(), X.copy())


def test_a_gradient_error_is_an_assertion_error():
    assert issubclass(GradientError, AssertionError)


def test_rows_in_the_wrong_place_are_caught():
    class Lookup:
        def __init__(self):
            self.params = [np.arange(6.0).reshape(3, 2)]
            self.grads = [RowGradient.zero(self.params[0])]

        def forward(self, ids):
            self.ids = ids
            return self.params[0][ids]

        def backward(self, dout):
            self.grads[0] = RowGradient(self.ids - 1, dout, (3, 2))

    with pytest.raises(GradientError, match=r"Lookup, params\[0\].*4 of 6 entries"):
        check_backward(Lookup(), np.array([1]))


def test_float32_is_refused():
    with pytest.raises(ShapeError, match=r"MatMul: params\[0\] must be float64"):
        check_backward(MatMul(np.ones((2, 2), np.float32)), np.ones((2, 2)))
    with pytest.raises(ShapeError, match=r"MatMul: input 0 must be float64"):
        check_backward(MatMul(np.ones((2, 2))), np.ones((2, 2), np.float32))


def test_a_loss_that_returns_a_plain_number_is_checked():
    class Squares(Square):
        def forward(self, x):
            return float(super().forward(x).sum())

    check_backward(Squares(), X.copy())


def test_a_forward_that_draws_at_random_has_no_finite_differences():
    with pytest.raises(GradientError, match=r"forward gives another output .* the second time: it draws at random"):
        check_backward(Dropout(0.5), X.copy())
    check_backward(Dropout(0.5), X.copy(), False)


def test_a_backward_may_use_the_memory_of_dout():
    class Negative(Square):
        def forward(self, x):
            return -x

        def backward(self, dout):
            dout *= -1
            return dout

    check_backward(Negative(), X.copy())


def test_a_parameter_that_two_layers_share_gets_both_gradients():
    W = np.array([[1.0, 2.0], [0.5, -1.0]])

    class Twice:
        def __init__(self):
            self.layers = [MatMul(W), MatMul(W)]
            self.params = [W, W]

        @property
        def grads(self):
            return [gradient for layer in self.layers for gradient in layer.grads]

        def forward(self, x):
            return self.layers[1].forward(self.layers[0].forward(x))

        def backward(self, dout):
            return self.layers[0].backward(self.layers[1].backward(dout))

    check_backward(Twice(), np.array([[0.3, -0.7]]))


@pytest.mark.parametrize("given, found", [(np.ones(2), r"an array of shape \(2,\)"), (None, "None")])
def test_numerical_gradient_needs_one_number(given, found):
    with pytest.raises(ShapeError, match=f"f must return one number, the loss; got {found}"):
        numerical_gradient(lambda: given, np.ones(2))

"""Hand-written backward passes: checked against finite differences, and explained in formulas with shapes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from wordvec.arrays import Array, array_module, to_numpy
from wordvec.errors import OptionError, ShapeError, WordvecError
from wordvec.layers.layer import check_has_params
from wordvec.layers.row_gradient import RowGradient, add_gradients


class GradientError(WordvecError, AssertionError):
    """A backward that is not the gradient of its forward; the message shows analytic and numeric values."""


def numerical_gradient(f: Callable[[], Any], x: Array, step: float = 1e-5) -> Array:
    """dL/dx by central differences, (f(x + step) - f(x - step)) / (2 step) for each entry of x.

    `f` takes no argument and returns a scalar that depends on `x`, which is changed in place and restored.
    The error is about step^2 from the curvature and 1e-16 |f| / step from rounding: 1e-10 at the default.

    Raises ShapeError unless x is float64, which the default step is meant for, OptionError for an f with arguments.

    >>> x = np.array([1.0, 3.0])
    >>> numerical_gradient(lambda: (x**2).sum(), x).round(6).tolist()
    [2.0, 6.0]
    """
    _require_float64("numerical_gradient", "x", x)
    _require_no_argument(f)
    gradient = array_module(x).zeros_like(x)
    for index in np.ndindex(x.shape):
        before = float(x[index])
        try:
            x[index] = before + step
            above = _scalar(f())
            x[index] = before - step
            below = _scalar(f())
        finally:
            x[index] = before
        gradient[index] = (above - below) / (2 * step)
    return gradient


def check_backward(
    layer: Any, *inputs: Array, step: float = 1e-5, rtol: float = 1e-6, atol: float = 1e-8, seed: int = 0
) -> None:
    """Raise GradientError unless `layer.backward` is the gradient of `layer.forward` at these inputs.

    A random dout turns the output of forward into a scalar, L = sum of dout * forward(*inputs). Then the gradient
    of every entry of every parameter, and of every input that gets one, is compared with finite differences of L.
    Also, backward must overwrite `grads`, not add to them. backward returns one gradient, for the first input, or
    a tuple, for the leading inputs, or None; a floating-point first input must get a gradient.

    All parameters and floating-point inputs must be float64 (ShapeError otherwise). Each entry costs two forwards:
    keep arrays small, and away from kinks such as ReLU's at 0.

    >>> from wordvec.layers import MatMul
    >>> rng = np.random.default_rng(seed=1)
    >>> check_backward(MatMul(rng.normal(size=(3, 4))), rng.normal(size=(2, 3)))
    """
    name = type(layer).__name__
    check_has_params("check_backward", layer)
    for k, array in enumerate(layer.params):
        _require_float64(name, f"params[{k}]", array)
    for k, array in enumerate(inputs):
        if (
            not (array is None or isinstance(array, bool))
            and getattr(getattr(array, "dtype", None), "kind", "f") == "f"
        ):
            _require_float64(name, f"input {k}", array)
    y = _forward_that_repeats(layer, inputs)
    xp = array_module(y)
    dout = xp.asarray(np.random.default_rng(seed).normal(size=y.shape))
    layer.backward(dout.copy())
    dinputs = layer.backward(dout.copy())  # the second call must overwrite what the first one wrote
    if inputs and dinputs is None and inputs[0].dtype.kind == "f":
        raise GradientError(
            f"{name}.backward returned None, but the first input is floating point: it needs a gradient"
        )
    dinputs = dinputs if isinstance(dinputs, tuple) else (dinputs,)
    if len(layer.grads) != len(layer.params):
        raise GradientError(f"{name}: {len(layer.params)} params but {len(layer.grads)} grads")

    def loss() -> Array:
        return (dout * layer.forward(*inputs)).sum()

    of_params = ((f"params[{k}]", x, dx) for k, x, dx in _tied(layer.params, layer.grads))
    of_inputs = ((f"input {k}", x, dx) for k, (x, dx) in enumerate(zip(inputs, dinputs)) if dx is not None)
    compared = [
        (what, x, (dx.to_dense() if isinstance(dx, RowGradient) else dx).copy())
        for what, x, dx in chain(of_params, of_inputs)
    ]
    for what, x, analytic in compared:
        if analytic.shape != x.shape:
            raise GradientError(f"{name}, {what}: the gradient must be {x.shape} like the array; got {analytic.shape}")
        _compare(f"{name}, {what}", analytic, numerical_gradient(loss, x, step), rtol, atol)


def _forward_that_repeats(layer: Any, inputs: tuple[Any, ...]) -> Array:
    """The output of forward. Raises GradientError if it is another the second time."""
    first = np.copy(to_numpy(layer.forward(*inputs)))
    y = layer.forward(*inputs)
    if not np.array_equal(first, to_numpy(y), equal_nan=True):
        raise GradientError(
            f"{type(layer).__name__}: forward gives another output for the same inputs the second time: it draws at "
            "random (Dropout: add False, for training=False, to the inputs) or changes its inputs or parameters"
        )
    return y if hasattr(y, "shape") else np.asarray(y)


def _tied(params: list[Array], grads: list[Any]) -> Iterator[tuple[int, Array, Any]]:
    """Each parameter once, with its place; one that is listed several times gets the sum of its gradients."""
    places = {id(x): k for k, x in reversed(list(enumerate(params)))}
    for k, x in enumerate(params):
        if places[id(x)] == k:
            same = [dx for other, dx in zip(params, grads) if other is x]
            yield k, x, functools.reduce(add_gradients, same)


def _compare(what: str, analytic: Array, numeric: Array, rtol: float, atol: float) -> None:
    xp = array_module(analytic, numeric)
    wrong = ~(abs(analytic - numeric) <= atol + rtol * abs(numeric))  # true for NaN too
    if not bool(wrong.any()):
        return
    excess = xp.where(wrong, xp.nan_to_num(abs(analytic - numeric), nan=np.inf), -1.0)
    worst = tuple(int(k) for k in np.unravel_index(int(excess.argmax()), excess.shape))
    raise GradientError(
        f"{what}: backward is not the gradient of forward at {int(wrong.sum())} of {wrong.size} entries; "
        f"worst at {worst}: analytic {float(analytic[worst]):.9g}, numeric {float(numeric[worst]):.9g}"
    )


def _scalar(value: Any) -> float:
    if value is None or getattr(value, "size", 1) != 1:
        found = "None" if value is None else f"an array of shape {value.shape}: add it up with .sum()"
        raise ShapeError(f"numerical_gradient: f must return one number, the loss; got {found}")
    return float(value)


def _require_float64(who: str, what: str, array: Array) -> None:
    found = getattr(array, "dtype", f"a {type(array).__name__}")
    if found != np.float64:
        raise ShapeError(f"{who}: {what} must be float64 for finite differences; got {found}")


def _require_no_argument(f: Callable[..., Any]) -> None:
    """Raise OptionError for a function of x, which many textbooks pass."""
    try:
        inspect.signature(f).bind()
    except TypeError as error:
        raise OptionError(
            f"numerical_gradient: f takes no argument, since x is changed in place; {error}: write lambda: f(x)"
        ) from None
    except ValueError:  # a built-in function without a signature
        return


# What a layer's backward computes, in formulas with shapes.


# Layer -> (names of its inputs, of its parameters, [(gradient of, formula)]). "*" is the elementwise product.
FORMULAS: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "MatMul": ("x", "W", [("x", "dL/dy W^T"), ("W", "x^T dL/dy")]),
    "Affine": ("x", "W b", [("x", "dL/dy W^T"), ("W", "x^T dL/dy"), ("b", "sum over the rows of dL/dy")]),
    "BatchNorm": (
        "x",
        "gamma beta",
        [
            ("x", "gamma s * (dL/dy - mean(dL/dy) - n * mean(dL/dy * n)), n = (x - mean) s, s = 1/sqrt(variance)"),
            ("gamma", "sum over the rows of dL/dy * n"),
            ("beta", "sum over the rows of dL/dy"),
        ],
    ),
    "Repeat": ("x", "", [("x", "sum of dL/dy along the repeated axis")]),
    "Sum": ("x", "", [("x", "dL/dy, repeated along the summed axis")]),
    "Mean": ("x mask", "", [("x", "dL/dy / number of unmasked rows, for each of these rows; else 0")]),
    "Multiply": ("x y", "", [("x", "dL/dz * y"), ("y", "dL/dz * x")]),
    "Sigmoid": ("x", "", [("x", "dL/dy * y (1 - y)")]),
    "Tanh": ("x", "", [("x", "dL/dy * (1 - y^2)")]),
    "ReLU": ("x", "", [("x", "dL/dy where x > 0, else 0")]),
    "Softmax": ("x", "", [("x", "y * (dL/dy - sum over the row of dL/dy * y)")]),
    "Dropout": ("x", "", [("x", "dL/dy / (1 - ratio) where the unit was kept, else 0")]),
    "Embedding": ("ids", "W", [("W", "for each id, the sum of the rows of dL/dy where it was looked up")]),
    "EmbeddingDot": (
        "h ids",
        "W",
        [("h", "sum over k of dL/dy[k] W[ids[k]]"), ("W", "for each id, the sum of dL/dy[k] h")],
    ),
    "SoftmaxWithLoss": ("x t", "", [("x", "(softmax(x) - one_hot(t)) / B; without / B for reduction='sum'")]),
    "SigmoidWithLoss": ("x labels mask", "", [("x", "(sigmoid(x) - label) / B; without / B for reduction='sum'")]),
    "NegativeSamplingLoss": (
        "h target negatives mask",
        "W",
        [
            ("h", "sum over k of e[k] W[k], e[k] = (sigmoid(h . W[k]) - label) / B, over the target and its negatives"),
            ("W", "for each of these ids, the sum of e[k] h"),
        ],
    ),
    "GloVeLoss": (
        "i j X",
        "W_in W_out b_in b_out",
        [
            ("W_in", "for each id in i, the sum of g W_out[j], g = 2 f(X) (W_in[i] . W_out[j] + biases - log X) / B"),
            ("W_out", "for each id in j, the sum of g W_in[i]"),
            ("b_in", "for each id in i, the sum of g"),
            ("b_out", "for each id in j, the sum of g"),
        ],
    ),
}


def explain_backward(layer: Any) -> str:
    """Return the formula of every gradient that `layer.backward` computes, one per line, with the shapes of the last
    forward.

    For a network that has `layers` (`wordvec.networks.Sequential`), all its layers in the order of backward, the last
    one first. The formulas are those in the comments of each layer's backward. Raises OptionError for classes from
    elsewhere, whose formulas are not known here.

    >>> import numpy as np
    >>> from wordvec.layers import MatMul
    >>> matmul = MatMul(np.ones((3, 2)))
    >>> _ = matmul.forward(np.ones((4, 3)))
    >>> print(explain_backward(matmul))
    MatMul.backward:
      dL/dx (4, 3) = dL/dy W^T   from W (3, 2), dL/dy (4, 2)
      dL/dW (3, 2) = x^T dL/dy   from x (4, 3), dL/dy (4, 2)
    """
    if hasattr(layer, "layers"):
        parts = [*layer.layers, *([layer.loss] if getattr(layer, "loss", None) is not None else [])]
        return "\n".join(explain_backward(part) for part in reversed(parts))
    name = type(layer).__name__
    if name not in FORMULAS or not type(layer).__module__.startswith("wordvec.layers"):
        raise OptionError(
            f"explain_backward: the formulas of {name} are not known; it explains {', '.join(FORMULAS)} "
            "and networks of these"
        )
    inputs, parameters, gradients = FORMULAS[name]
    shapes, output = _known_shapes(layer, inputs.split(), parameters.split())
    lines = [f"{name}.backward:"]
    for of, formula in gradients:
        used = [f"{what} {shape}" for what, shape in {**shapes, **output}.items() if _names(formula, what)]
        shape = f" {shapes[of]}" if of in shapes else ""
        lines.append(f"  dL/d{of}{shape} = {formula}" + (f"   from {', '.join(used)}" if used else ""))
    return "\n".join(lines)


def _known_shapes(
    layer: Any, inputs: list[str], parameters: list[str]
) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    """Name -> shape of inputs and parameters, and of the incoming gradient."""
    known = {name: tuple(W.shape) for name, W in zip(parameters, layer.params)}
    if not layer._went_forward:
        return known, {}
    came, out = layer._shapes
    shapes = {name: tuple(shape) for name, shape in zip(inputs, came) if shape is not None}
    upper = "dL/dz" if type(layer).__name__ == "Multiply" else "dL/dy"
    return {**shapes, **known}, ({upper: tuple(out)} if out else {})


def _names(formula: str, what: str) -> bool:
    """Whether a formula mentions the array `what`."""
    if what.startswith("dL/"):
        return what in formula
    words = formula.replace("dL/dy", " ").replace("dL/dz", " ")
    for mark in "^[]().,*/":
        words = words.replace(mark, " ")
    return what in words.split()

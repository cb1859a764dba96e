"""Checking hand-written gradients against finite differences."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np

from wordvec.arrays import Array, array_module
from wordvec.errors import ShapeError, WordvecError
from wordvec.layers.row_gradient import RowGradient


class GradientError(WordvecError, AssertionError):
    """A backward that is not the gradient of its forward; the message shows analytic and numeric values."""


def numerical_gradient(f: Callable[[], Any], x: Array, step: float = 1e-5) -> Array:
    """dL/dx by central differences, (f(x + step) - f(x - step)) / (2 step) for each entry of x.

    `f` takes no argument and returns a scalar that depends on `x`, which is changed in place and put back.
    The error is about step^2 from the curvature and 1e-16 |f| / step from rounding: 1e-10 at the default.

    Raises ShapeError unless x is float64, for which the default step is made.

    >>> x = np.array([1.0, 3.0])
    >>> numerical_gradient(lambda: (x**2).sum(), x).round(6).tolist()
    [2.0, 6.0]
    """
    _require_float64("numerical_gradient", "x", x)
    gradient = array_module(x).zeros_like(x)
    for index in np.ndindex(x.shape):
        before = float(x[index])
        try:
            x[index] = before + step
            above = float(f())
            x[index] = before - step
            below = float(f())
        finally:
            x[index] = before
        gradient[index] = (above - below) / (2 * step)
    return gradient


def check_backward(
    layer: Any, *inputs: Array, step: float = 1e-5, rtol: float = 1e-6, atol: float = 1e-8, seed: int = 0
) -> None:
    """Raise GradientError unless `layer.backward` is the gradient of `layer.forward` at these inputs.

    A random dout makes a scalar of what forward returns, L = sum of dout * forward(*inputs). Then
    every entry of every parameter and of every input that gets a gradient is compared with finite differences of L.
    Also, backward must overwrite `grads`, not add to them. backward returns one gradient, for the first input, or
    a tuple, for the leading inputs, or None; a first input of floating point must get one.

    All parameters and floating-point inputs must be float64 (ShapeError otherwise). Each entry costs two forwards:
    keep arrays small, and away from kinks such as ReLU's at 0.

    >>> from wordvec.layers import MatMul
    >>> rng = np.random.default_rng(seed=1)
    >>> check_backward(MatMul(rng.normal(size=(3, 4))), rng.normal(size=(2, 3)))
    """
    name = type(layer).__name__
    for k, array in enumerate(layer.params):
        _require_float64(name, f"params[{k}]", array)
    for k, array in enumerate(inputs):
        if array is not None and array.dtype.kind == "f":
            _require_float64(name, f"input {k}", array)
    y = layer.forward(*inputs)
    xp = array_module(y)
    dout = xp.asarray(np.random.default_rng(seed).normal(size=y.shape))
    layer.backward(dout)
    dinputs = layer.backward(dout)  # the second must overwrite what the first wrote
    if inputs and dinputs is None and inputs[0].dtype.kind == "f":
        raise GradientError(
            f"{name}.backward returned None, but the first input is floating point: it needs a gradient"
        )
    dinputs = dinputs if isinstance(dinputs, tuple) else (dinputs,)
    if len(layer.grads) != len(layer.params):
        raise GradientError(f"{name}: {len(layer.params)} params but {len(layer.grads)} grads")

    def loss() -> Array:
        return (dout * layer.forward(*inputs)).sum()

    of_params = ((f"params[{k}]", x, dx) for k, (x, dx) in enumerate(zip(layer.params, layer.grads)))
    of_inputs = ((f"input {k}", x, dx) for k, (x, dx) in enumerate(zip(inputs, dinputs)) if dx is not None)
    compared = [
        (what, x, (dx.to_dense() if isinstance(dx, RowGradient) else dx).copy())
        for what, x, dx in chain(of_params, of_inputs)
    ]
    for what, x, analytic in compared:
        if analytic.shape != x.shape:
            raise GradientError(f"{name}, {what}: the gradient must be {x.shape} like the array; got {analytic.shape}")
        _compare(f"{name}, {what}", analytic, numerical_gradient(loss, x, step), rtol, atol)


def _compare(what: str, analytic: Array, numeric: Array, rtol: float, atol: float) -> None:
    xp = array_module(analytic, numeric)
    wrong = ~(abs(analytic - numeric) <= atol + rtol * abs(numeric))  # also where one is NaN
    if not bool(wrong.any()):
        return
    excess = xp.where(wrong, xp.nan_to_num(abs(analytic - numeric), nan=np.inf), -1.0)
    worst = tuple(int(k) for k in np.unravel_index(int(excess.argmax()), excess.shape))
    raise GradientError(
        f"{what}: backward is not the gradient of forward at {int(wrong.sum())} of {wrong.size} entries; "
        f"worst at {worst}: analytic {float(analytic[worst]):.9g}, numeric {float(numeric[worst]):.9g}"
    )


def _require_float64(who: str, what: str, array: Array) -> None:
    if array.dtype != np.float64:
        raise ShapeError(f"{who}: {what} must be float64 for finite differences; got {array.dtype}")

"""Repeating one row, the counterpart of Sum."""

from __future__ import annotations

from wordvec.arrays import Array, array_module
from wordvec.errors import OptionError, ShapeError
from wordvec.layers.layer import Layer


class Repeat(Layer):
    """y = x repeated `times` times along `axis`.  Shapes: x (1, D) -> y (N, D) for axis 0; x (N, 1) -> y for axis 1.

    Forward and backward of Repeat are backward and forward of Sum.
    Raises ShapeError when x is not of length 1 along `axis`.

    >>> import numpy as np
    >>> repeat = Repeat(3)
    >>> repeat.forward(np.array([[1.0, 2.0]])).tolist()
    [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]
    >>> repeat.backward(np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 5.0]])).tolist()
    [[6.0, 5.0]]
    """

    def __init__(self, times: int, axis: int = 0) -> None:
        if times < 1:
            raise OptionError(f"Repeat: times must be at least 1; got {times}")
        self.params: list[Array] = []
        self.grads: list[Array] = []
        self.times, self.axis = times, axis

    def forward(self, x: Array) -> Array:
        """Return x, `times` times."""
        if not (-x.ndim <= self.axis < x.ndim) or x.shape[self.axis] != 1:
            raise ShapeError(f"Repeat: x must be of length 1 along axis {self.axis}; got {x.shape}")
        return array_module(x).repeat(x, self.times, axis=self.axis)

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        return dout.sum(axis=self.axis, keepdims=True)  # each copy of x passes its gradient back

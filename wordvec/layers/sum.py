"""Adding up along one axis, the counterpart of Repeat."""

from __future__ import annotations

from wordvec.arrays import Array, array_module
from wordvec.errors import ShapeError
from wordvec.layers.layer import Layer


class Sum(Layer):
    """y = the sum of x along `axis`, which keeps length 1.  Shapes: x (N, D) -> y (1, D) for axis 0, (N, 1) for axis 1.

    Forward and backward of Sum are backward and forward of Repeat.
    Raises ShapeError when x has no such axis.

    >>> import numpy as np
    >>> total = Sum()
    >>> total.forward(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [[4.0, 6.0]]
    >>> total.backward(np.array([[1.0, 10.0]])).tolist()
    [[1.0, 10.0], [1.0, 10.0]]
    """

    def __init__(self, axis: int = 0) -> None:
        self.params: list[Array] = []
        self.grads: list[Array] = []
        self.axis = axis

    def forward(self, x: Array) -> Array:
        """Return the sum."""
        if not (-x.ndim <= self.axis < x.ndim):
            raise ShapeError(f"Sum: x must have an axis {self.axis}; got {x.shape}")
        self._length = x.shape[self.axis]
        return x.sum(axis=self.axis, keepdims=True)

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        return array_module(dout).repeat(dout, self._length, axis=self.axis)  # every entry of x counts once

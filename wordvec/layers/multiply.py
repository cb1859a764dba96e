"""An elementwise product."""

from __future__ import annotations

import numpy as np

from wordvec.arrays import Array, array_module
from wordvec.errors import ShapeError
from wordvec.layers.layer import Layer


class Multiply(Layer):
    """z = x * y, elementwise, with numpy's broadcasting.  Shapes: x and y of one shape, or such as (N, D) and (1, D).

    Raises ShapeError when the shapes do not broadcast.

    >>> import numpy as np
    >>> multiply = Multiply()
    >>> multiply.forward(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0, 100.0]])).tolist()
    [[10.0, 200.0], [30.0, 400.0]]
    >>> dx, dy = multiply.backward(np.ones((2, 2)))
    >>> dx.tolist(), dy.tolist()
    ([[10.0, 100.0], [10.0, 100.0]], [[4.0, 6.0]])
    """

    def __init__(self) -> None:
        self.params: list[Array] = []
        self.grads: list[Array] = []

    def forward(self, x: Array, y: Array) -> Array:
        """Return x * y."""
        array_module(x, y)
        try:
            np.broadcast_shapes(x.shape, y.shape)
        except ValueError:
            raise ShapeError(f"Multiply: x and y must have one shape or broadcast; got {x.shape}, {y.shape}") from None
        self._x, self._y = x, y
        return x * y

    def backward(self, dout: Array) -> tuple[Array, Array]:
        """Return dL/dx and dL/dy."""
        x, y = self._x, self._y
        return _sum_to(dout * y, x.shape), _sum_to(dout * x, y.shape)  # dL/dx = y dL/dz, dL/dy = x dL/dz


def _sum_to(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Add up the axes along which an array of `shape` was repeated."""
    added = gradient.ndim - len(shape)
    if added:
        gradient = gradient.sum(axis=tuple(range(added)))
    repeated = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return gradient.sum(axis=repeated, keepdims=True) if repeated else gradient

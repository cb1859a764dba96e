"""A matrix product."""

from __future__ import annotations

from wordvec.arrays import Array, array_module
from wordvec.errors import ShapeError
from wordvec.layers.layer import Layer


class MatMul(Layer):
    """y = x W.  Shapes: x (B, D), W (D, V) -> y (B, V); or x (B, ..., D) -> y (B, ..., V), row by row.

    Raises ShapeError when x does not fit W.

    >>> import numpy as np
    >>> matmul = MatMul(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> matmul.forward(np.array([[1.0, 10.0]])).tolist()
    [[31.0, 42.0]]
    >>> matmul.backward(np.array([[1.0, 0.0]])).tolist(), matmul.grads[0].tolist()
    ([[1.0, 3.0]], [[1.0, 0.0], [10.0, 0.0]])
    """

    def __init__(self, W: Array) -> None:
        if W.ndim != 2:
            raise ShapeError(f"MatMul: W must be (D, V); got {W.shape}")
        self.params, self.grads = [W], [array_module(W).zeros_like(W)]

    def forward(self, x: Array) -> Array:
        """Return x W."""
        (W,) = self.params
        array_module(x, W)  # raises when they are on different devices
        if x.ndim < 2 or x.shape[-1] != W.shape[0]:
            raise ShapeError(f"MatMul: x must be (B, {W.shape[0]}) for W {W.shape}; got {x.shape}")
        self._x = x
        return x @ W

    def backward(self, dout: Array) -> Array:
        """Return dL/dx; write dL/dW to grads."""
        (W,), (dW,) = self.params, self.grads
        rows, drows = self._x.reshape(-1, W.shape[0]), dout.reshape(-1, W.shape[1])  # of 2-D arrays: themselves
        dW[...] = rows.T @ drows  # dL/dW = x^T dL/dy
        return dout @ W.T  # dL/dx = dL/dy W^T

"""A matrix product and a bias."""

from __future__ import annotations

from wordvec.arrays import Array, array_module
from wordvec.errors import ShapeError
from wordvec.layers.layer import Layer
from wordvec.layers.matmul import MatMul


class Affine(Layer):
    """y = x W + b.  Shapes: x (B, D), W (D, V), b (V,) -> y (B, V); or x (B, ..., D), as in MatMul.

    Raises ShapeError when W and b, or x and W, do not fit together.

    >>> import numpy as np
    >>> affine = Affine(np.array([[1.0, 2.0]]), np.array([0.5, 0.0]))
    >>> affine.forward(np.array([[1.0], [2.0]])).tolist()
    [[1.5, 2.0], [2.5, 4.0]]
    >>> dx = affine.backward(np.array([[1.0, 0.0], [1.0, 1.0]]))
    >>> dx.tolist(), affine.grads[1].tolist()
    ([[1.0], [3.0]], [2.0, 1.0])
    """

    def __init__(self, W: Array, b: Array) -> None:
        if W.ndim != 2 or b.shape != W.shape[1:]:
            raise ShapeError(f"Affine: W must be (D, V) and b (V,); got {W.shape} and {b.shape}")
        self.matmul = MatMul(W)
        self.params = [W, b]
        self.grads = [self.matmul.grads[0], array_module(W, b).zeros_like(b)]

    def forward(self, x: Array) -> Array:
        """Return x W + b."""
        return self.matmul.forward(x) + self.params[1]

    def backward(self, dout: Array) -> Array:
        """Return dL/dx; write dL/dW and dL/db to grads."""
        self.grads[1][...] = dout.reshape(-1, dout.shape[-1]).sum(axis=0)  # dL/db = sum over b of dL/dy[b]
        return self.matmul.backward(dout)

"""The rectifier."""

from __future__ import annotations

from wordvec.arrays import Array
from wordvec.layers.functions import relu


class ReLU:
    """y = max(x, 0), elementwise, for x of any shape. Where x is 0, the gradient is 0.

    >>> import numpy as np
    >>> layer = ReLU()
    >>> layer.forward(np.array([-1.0, 0.0, 2.0])).tolist()
    [0.0, 0.0, 2.0]
    >>> layer.backward(np.array([5.0, 5.0, 5.0])).tolist()
    [0.0, 0.0, 5.0]
    """

    def __init__(self) -> None:
        self.params: list[Array] = []
        self.grads: list[Array] = []

    def forward(self, x: Array) -> Array:
        """Return max(x, 0)."""
        self._positive = x > 0
        return relu(x)

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        return dout * self._positive  # dy/dx = 1 where x > 0, else 0

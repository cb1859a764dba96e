"""The logistic function."""

from __future__ import annotations

from wordvec.arrays import Array
from wordvec.layers.functions import sigmoid


class Sigmoid:
    """y = 1 / (1 + exp(-x)), elementwise, for x of any shape.

    >>> import numpy as np
    >>> layer = Sigmoid()
    >>> layer.forward(np.array([0.0, np.log(3.0)])).round(4).tolist()
    [0.5, 0.75]
    >>> layer.backward(np.array([1.0, 1.0])).round(4).tolist()
    [0.25, 0.1875]
    """

    def __init__(self) -> None:
        self.params: list[Array] = []
        self.grads: list[Array] = []

    def forward(self, x: Array) -> Array:
        """Return sigmoid(x)."""
        self._y = sigmoid(x)
        return self._y

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        return dout * (self._y * (1 - self._y))  # dy/dx = y (1 - y)

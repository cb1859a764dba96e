"""Scores to probabilities."""

from __future__ import annotations

from wordvec.arrays import Array
from wordvec.layers.functions import softmax


class Softmax:
    """y = exp(x) / sum of exp(x) over the last axis.  Shapes: x (..., V) -> y (..., V), rows adding up to 1.

    For training use SoftmaxWithLoss, which stays exact where a probability rounds to 0.

    >>> import numpy as np
    >>> layer = Softmax()
    >>> layer.forward(np.log(np.array([[1.0, 3.0]]))).round(4).tolist()
    [[0.25, 0.75]]
    >>> layer.backward(np.array([[1.0, 0.0]])).round(4).tolist()
    [[0.1875, -0.1875]]
    """

    def __init__(self) -> None:
        self.params: list[Array] = []
        self.grads: list[Array] = []

    def forward(self, x: Array) -> Array:
        """Return softmax(x)."""
        self._y = softmax(x)
        return self._y

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        y = self._y
        return y * (dout - (dout * y).sum(axis=-1, keepdims=True))  # dy_v/dx_u = y_v ([u = v] - y_u)

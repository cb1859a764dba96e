"""The hyperbolic tangent."""

from __future__ import annotations

from wordvec.arrays import Array, array_module


class Tanh:
    """y = tanh(x), elementwise, for x of any shape.

    >>> import numpy as np
    >>> layer = Tanh()
    >>> layer.forward(np.array([0.0, np.log(2.0)])).round(4).tolist()  # tanh(log 2) = (2 - 1/2) / (2 + 1/2)
    [0.0, 0.6]
    >>> layer.backward(np.array([1.0, 1.0])).round(4).tolist()
    [1.0, 0.64]
    """

    def __init__(self) -> None:
        self.params: list[Array] = []
        self.grads: list[Array] = []

    def forward(self, x: Array) -> Array:
        """Return tanh(x)."""
        self._y = array_module(x).tanh(x)
        return self._y

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        return dout * (1 - self._y**2)  # dy/dx = 1 - y^2

"""The activation functions as layers: sigmoid, hyperbolic tangent, rectifier, softmax."""

from __future__ import annotations

from wordvec.arrays import Array, array_module
from wordvec.layers.functions import relu, sigmoid, softmax
from wordvec.layers.layer import Layer


class Sigmoid(Layer):
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


class Tanh(Layer):
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


class ReLU(Layer):
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


class Softmax(Layer):
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

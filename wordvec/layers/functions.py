"""Elementwise functions and normalisations that neither overflow nor lose precision, and the layers that apply them."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from wordvec.arrays import Array, array_module, elementwise
from wordvec.errors import ShapeError
from wordvec.layers.layer import ParameterFreeLayer, as_array, check_ids


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), without overflow for any x.

    >>> import numpy as np
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    x = as_array("sigmoid", x)
    xp = array_module(x)
    if xp is not np and x.dtype.kind == "f":
        return fused_sigmoid(xp, x)
    e = xp.exp(-xp.abs(x))  # at most 1
    return xp.where(x >= 0, xp.ones_like(e), e) / (1 + e)  # for x < 0: exp(x) / (exp(x) + 1)


def log_sigmoid(x: Array) -> Array:
    """log(sigmoid(x)) = -log(1 + exp(-x)), exact where sigmoid rounds to 0 or 1.

    >>> import numpy as np
    >>> log_sigmoid(np.array([-1000.0, 1000.0])).tolist()
    [-1000.0, -0.0]
    """
    x = as_array("log_sigmoid", x)
    xp = array_module(x)
    return -xp.logaddexp(xp.zeros_like(x), -x)


def logsumexp(x: Array, axis: int = -1, keepdims: bool = False) -> Array:
    """log(sum(exp(x))) along `axis`, without overflow.

    >>> import numpy as np
    >>> print(logsumexp(np.array([1000.0, 1000.0])).round(4))
    1000.6931
    """
    x = as_array("logsumexp", x)
    xp = array_module(x)
    largest = x.max(axis=axis, keepdims=True)
    result = largest + xp.log(xp.exp(x - largest).sum(axis=axis, keepdims=True))
    return result if keepdims else result.squeeze(axis)


def log_softmax(x: Array, axis: int = -1) -> Array:
    """log(softmax(x)) = x - logsumexp(x).

    >>> import numpy as np
    >>> log_softmax(np.array([0.0, -1000.0])).tolist()
    [0.0, -1000.0]
    """
    return x - logsumexp(x, axis, keepdims=True)


def softmax(x: Array, axis: int = -1) -> Array:
    """exp(x) / sum(exp(x)) along `axis`: scores to probabilities.

    >>> import numpy as np
    >>> softmax(np.array([[0.0, np.log(3.0)], [1000.0, 1000.0]])).round(6).tolist()
    [[0.25, 0.75], [0.5, 0.5]]
    """
    x = as_array("softmax", x)
    e = array_module(x).exp(x - x.max(axis=axis, keepdims=True))
    e /= e.sum(axis=axis, keepdims=True)
    return e


def relu(x: Array) -> Array:
    """max(x, 0).

    >>> import numpy as np
    >>> relu(np.array([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """
    return array_module(x).maximum(x, 0)


def one_hot(ids: Array, size: int, dtype: str = "float64") -> Array:
    """Rows of zeros with a single one at each id.  Shapes: ids (...) -> (..., size).

    Raises ShapeError for ids that are not integers in 0 .. size - 1.

    >>> import numpy as np
    >>> one_hot(np.array([2, 0]), 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    ids = as_array("one_hot", ids)
    check_ids("one_hot", ids, size)
    xp = array_module(ids)
    return (ids[..., None] == xp.arange(size)).astype(dtype)


def cross_entropy_error(y: Array, t: Array) -> Array:
    """-mean over the batch of log y[b, t[b]].  Shapes: probabilities y (B, V), correct ids t (B,) -> scalar.

    Nothing is added to y, so a probability of 0 for a correct id has an infinite loss and raises ShapeError:
    SoftmaxWithLoss computes the same from scores and stays finite.

    >>> import numpy as np
    >>> print(cross_entropy_error(np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 0])).round(4))
    1.0397
    """
    y, t = as_array("cross_entropy_error", y), as_array("cross_entropy_error", t)
    xp = array_module(y, t)
    if y.ndim != 2 or t.shape != y.shape[:1]:
        hint = "; one-hot rows become ids by t.argmax(axis=1)" if t.shape == y.shape and y.ndim == 2 else ""
        raise ShapeError(f"cross_entropy_error: y must be (B, V), t ids (B,); got {y.shape} and {t.shape}{hint}")
    check_ids("cross_entropy_error", t, y.shape[1])
    correct = y[xp.arange(len(t)), t]
    if not bool((correct > 0).all()):
        raise ShapeError("cross_entropy_error: a correct id has probability 0; use SoftmaxWithLoss on the scores")
    return -xp.log(correct).mean()


class Sigmoid(ParameterFreeLayer):
    """y = 1 / (1 + exp(-x)), elementwise, for x of any shape.

    >>> import numpy as np
    >>> layer = Sigmoid()
    >>> layer.forward(np.array([0.0, np.log(3.0)])).round(4).tolist()
    [0.5, 0.75]
    >>> layer.backward(np.array([1.0, 1.0])).round(4).tolist()
    [0.25, 0.1875]
    """

    def forward(self, x: Array) -> Array:
        """Return sigmoid(x)."""
        self._y = sigmoid(x)
        return self._y

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        return dout * (self._y * (1 - self._y))  # dy/dx = y (1 - y)


class Tanh(ParameterFreeLayer):
    """y = tanh(x), elementwise, for x of any shape.

    >>> import numpy as np
    >>> layer = Tanh()
    >>> layer.forward(np.array([0.0, np.log(2.0)])).round(4).tolist()  # tanh(log 2) = (2 - 1/2) / (2 + 1/2)
    [0.0, 0.6]
    >>> layer.backward(np.array([1.0, 1.0])).round(4).tolist()
    [1.0, 0.64]
    """

    def forward(self, x: Array) -> Array:
        """Return tanh(x)."""
        self._y = array_module(x).tanh(x)
        return self._y

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        return dout * (1 - self._y**2)  # dy/dx = 1 - y^2


class ReLU(ParameterFreeLayer):
    """y = max(x, 0), elementwise, for x of any shape. Where x is 0, the gradient is 0.

    >>> import numpy as np
    >>> layer = ReLU()
    >>> layer.forward(np.array([-1.0, 0.0, 2.0])).tolist()
    [0.0, 0.0, 2.0]
    >>> layer.backward(np.array([5.0, 5.0, 5.0])).tolist()
    [0.0, 0.0, 5.0]
    """

    def forward(self, x: Array) -> Array:
        """Return max(x, 0)."""
        self._positive = x > 0
        return relu(x)

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        return dout * self._positive  # dy/dx = 1 where x > 0, else 0


class Softmax(ParameterFreeLayer):
    """y = exp(x) / sum of exp(x) over the last axis.  Shapes: x (..., V) -> y (..., V), rows adding up to 1.

    For training use SoftmaxWithLoss, which stays exact where a probability rounds to 0.

    >>> import numpy as np
    >>> layer = Softmax()
    >>> layer.forward(np.log(np.array([[1.0, 3.0]]))).round(4).tolist()
    [[0.25, 0.75]]
    >>> layer.backward(np.array([[1.0, 0.0]])).round(4).tolist()
    [[0.1875, -0.1875]]
    """

    def forward(self, x: Array) -> Array:
        """Return softmax(x)."""
        self._y = softmax(x)
        return self._y

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        y = self._y
        return y * (dout - (dout * y).sum(axis=-1, keepdims=True))  # dy_v/dx_u = y_v ([u = v] - y_u)


# The same formulas as one launch on the GPU, where numpy takes a step for each operation. A launch costs a GPU as much
# as a million additions, so the time of a mini-batch is mostly launches. Each function here has a readable twin next to
# the place that calls it, and a test compares the two.


SIGMOID = "T e = exp(-fabs(x)); y = (x >= 0 ? T(1) : e) / (1 + e)"
TERM = "T against = label ? -x : x; y = counts ? max(against, T(0)) + log1p(exp(-fabs(against))) : T(0)"
SLOPE = "T e = exp(-fabs(x)); y = counts ? ((x >= 0 ? T(1) : e) / (1 + e) - label) * dout : T(0)"


def fused_sigmoid(xp: ModuleType, x: Array) -> Array:
    """See `wordvec.layers.functions.sigmoid`."""
    return elementwise(xp, "T x", "T y", SIGMOID, "wordvec_sigmoid")(x)


def sigmoid_terms(xp: ModuleType, x: Array, labels: Array, mask: Array | None) -> Array:
    """The terms that SigmoidWithLoss adds up, 0 where masked; labels and mask are bool."""
    counts = True if mask is None else mask
    return elementwise(xp, "T x, bool label, bool counts", "T y", TERM, "wordvec_sigmoid_term")(x, labels, counts)


def sigmoid_slopes(xp: ModuleType, x: Array, labels: Array, mask: Array | None, dout: float | Array) -> Array:
    """(sigmoid(x) - label) dout, 0 where masked."""
    counts = True if mask is None else mask
    dout = dout.astype(x.dtype) if isinstance(dout, xp.ndarray) else float(dout)
    slope = elementwise(xp, "T x, bool label, bool counts, T dout", "T y", SLOPE, "wordvec_sigmoid_slope")
    return slope(x, labels, counts, dout)

"""Elementwise functions and normalisations in a form that neither overflows nor loses precision."""

from __future__ import annotations

import numpy as np

from wordvec.arrays import Array, array_module
from wordvec.errors import ShapeError
from wordvec.layers import fused
from wordvec.layers.layer import check_ids


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), without overflow for any x.

    >>> import numpy as np
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    xp = array_module(x)
    if xp is not np and x.dtype.kind == "f":
        return fused.sigmoid(xp, x)
    e = xp.exp(-xp.abs(x))  # at most 1
    return xp.where(x >= 0, xp.ones_like(e), e) / (1 + e)  # for x < 0: exp(x) / (exp(x) + 1)


def log_sigmoid(x: Array) -> Array:
    """log(sigmoid(x)) = -log(1 + exp(-x)), exact where sigmoid rounds to 0 or 1.

    >>> import numpy as np
    >>> log_sigmoid(np.array([-1000.0, 1000.0])).tolist()
    [-1000.0, -0.0]
    """
    xp = array_module(x)
    return -xp.logaddexp(xp.zeros_like(x), -x)


def logsumexp(x: Array, axis: int = -1, keepdims: bool = False) -> Array:
    """log(sum(exp(x))) along `axis`, without overflow.

    >>> import numpy as np
    >>> print(logsumexp(np.array([1000.0, 1000.0])).round(4))
    1000.6931
    """
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
    xp = array_module(y, t)
    if y.ndim != 2 or t.shape != y.shape[:1]:
        raise ShapeError(f"cross_entropy_error: y must be (B, V), t (B,); got {y.shape} and {t.shape}")
    check_ids("cross_entropy_error", t, y.shape[1])
    correct = y[xp.arange(len(t)), t]
    if not bool((correct > 0).all()):
        raise ShapeError("cross_entropy_error: a correct id has probability 0; use SoftmaxWithLoss on the scores")
    return -xp.log(correct).mean()

"""Softmax and cross entropy in one layer, from scores."""

from __future__ import annotations

from wordvec.arrays import Array, array_module
from wordvec.errors import ShapeError
from wordvec.layers.checks import check_float, check_ids, check_reduction, reduce_terms
from wordvec.layers.functions import log_softmax
from wordvec.layers.layer import Layer


class SoftmaxWithLoss(Layer):
    """loss = mean (or sum) over b of -sum over v of t[b, v] log softmax(x)[b, v].

    Shapes: scores x (B, V); t either the correct ids (B,) or probabilities (B, V), such as one-hot rows.
    Computed as logsumexp(x) - x[t], so scores of any size keep the loss finite. t gets no gradient.

    Raises ShapeError when x and t do not fit together, OptionError for an unknown reduction.

    >>> import numpy as np
    >>> layer = SoftmaxWithLoss()
    >>> scores = np.log(np.array([[1.0, 3.0], [1.0, 1.0]]))  # probabilities 1/4, 3/4 and 1/2, 1/2
    >>> print(layer.forward(scores, np.array([1, 0])).round(4))  # (log 4/3 + log 2) / 2
    0.4904
    >>> layer.backward().round(4).tolist()
    [[0.125, -0.125], [-0.25, 0.25]]
    """

    def __init__(self, reduction: str = "mean") -> None:
        check_reduction("SoftmaxWithLoss", reduction)
        self.params: list[Array] = []
        self.grads: list[Array] = []
        self.reduction = reduction

    def forward(self, x: Array, t: Array) -> Array:
        """Return the loss, a scalar."""
        xp = array_module(x, t)
        check_float("SoftmaxWithLoss", x=x)
        if x.ndim != 2 or t.shape not in (x.shape[:1], x.shape):
            raise ShapeError(
                f"SoftmaxWithLoss: x must be (B, V) and t ids (B,) or probabilities (B, V); got {x.shape} and {t.shape}"
            )
        log_y = log_softmax(x)
        self._log_y, self._t = log_y, t
        if t.ndim == 2:
            return reduce_terms("SoftmaxWithLoss", -(t * log_y).sum(axis=1).astype(x.dtype), self.reduction)
        check_ids("SoftmaxWithLoss", t, x.shape[1])
        return reduce_terms("SoftmaxWithLoss", -log_y[xp.arange(len(t)), t], self.reduction)

    def backward(self, dout: float | Array = 1.0) -> Array:
        """Return dL/dx."""
        t = self._t
        xp = array_module(t)
        dx = xp.exp(self._log_y)  # y, the softmax
        if t.ndim == 2:
            dx *= t.sum(axis=1, keepdims=True)  # 1 when t holds probabilities
            dx -= t
        else:
            dx[xp.arange(len(t)), t] -= 1  # dL/dx = y - one_hot(t)
        dx *= dout / len(t) if self.reduction == "mean" else dout
        return dx

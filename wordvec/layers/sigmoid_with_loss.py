"""Sigmoid and binary cross entropy in one layer, from scores."""

from __future__ import annotations

import numpy as np

from wordvec.arrays import Array, array_module
from wordvec.errors import ShapeError
from wordvec.layers import fused
from wordvec.layers.checks import as_bool, check_float, check_reduction, reduce_terms
from wordvec.layers.functions import sigmoid
from wordvec.layers.layer import Layer


class SigmoidWithLoss(Layer):
    """loss = sum of -log sigmoid(x) where the label is 1, and of -log sigmoid(-x) where it is 0.

    Shapes: scores x (B,) or (B, ...), labels 0 or 1 of the same shape, mask of the same shape or None.
    Terms whose mask is 0 do not count. "mean" divides the sum by B, the number of examples (not of terms);
    "sum" does not divide. Computed as log(1 + exp(-+x)) by logaddexp: finite for all x.

    Raises ShapeError when shapes differ, for labels other than 0 and 1 and for the mean of an empty batch,
    OptionError for an unknown reduction.

    >>> import numpy as np
    >>> layer = SigmoidWithLoss()
    >>> print(layer.forward(np.array([0.0, 1000.0]), np.array([1, 1])).round(4))  # (log 2 + 0) / 2
    0.3466
    >>> layer.backward().tolist()
    [-0.25, 0.0]
    """

    def __init__(self, reduction: str = "mean") -> None:
        check_reduction("SigmoidWithLoss", reduction)
        self.params: list[Array] = []
        self.grads: list[Array] = []
        self.reduction = reduction

    def forward(self, x: Array, labels: Array, mask: Array | None = None) -> Array:
        """Return the loss, a scalar."""
        xp = array_module(x, labels, mask)
        check_float("SigmoidWithLoss", x=x)
        if x.ndim == 0 or labels.shape != x.shape or (mask is not None and mask.shape != x.shape):
            found = "no mask" if mask is None else f"mask {mask.shape}"
            raise ShapeError(
                "SigmoidWithLoss: x, labels and mask must have one shape (B, ...); "
                f"got x {x.shape}, labels {labels.shape}, {found}"
            )
        if labels.dtype.kind != "b" and not bool(((labels == 0) | (labels == 1)).all()):
            raise ShapeError("SigmoidWithLoss: labels must be 0 or 1")
        labels, mask = as_bool(labels), None if mask is None else as_bool(mask)
        self._x, self._labels, self._mask = x, labels, mask
        if xp is not np:
            return reduce_terms("SigmoidWithLoss", fused.sigmoid_terms(xp, x, labels, mask), self.reduction)
        against = xp.where(labels, -x, x)  # the score of the other label
        terms = xp.logaddexp(against, xp.zeros_like(against))  # log(1 + exp(against))
        return reduce_terms("SigmoidWithLoss", terms if mask is None else terms * mask, self.reduction)

    def backward(self, dout: float | Array = 1.0) -> Array:
        """Return dL/dx; zero where masked."""
        x, labels, mask = self._x, self._labels, self._mask
        dout = dout / len(x) if self.reduction == "mean" else dout
        xp = array_module(x)
        if xp is not np:
            return fused.sigmoid_slopes(xp, x, labels, mask, dout)
        dx = sigmoid(x)
        dx -= labels  # dL/dx = sigmoid(x) - label
        if mask is not None:
            dx *= mask
        dx *= dout
        return dx

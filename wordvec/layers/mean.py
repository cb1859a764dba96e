"""The mean of a set of vectors, some of which may be missing."""

from __future__ import annotations

from wordvec.arrays import Array, array_module
from wordvec.errors import ShapeError
from wordvec.layers.checks import as_bool, check_float
from wordvec.layers.layer import Layer


class Mean(Layer):
    """y[b] = the mean of x[b, c] over those c where mask[b, c] is not 0.

    Shapes: x (B, C, D), mask (B, C) of 0 and 1 (or bool), or None for all -> y (B, D).
    CBOW's hidden layer: near the edges of a sentence a word has fewer contexts, and the mask leaves them out.
    The mask gets no gradient.

    Raises ShapeError when a row has no unmasked entry: its mean does not exist.

    >>> import numpy as np
    >>> mean = Mean()
    >>> x = np.array([[[1.0, 2.0], [3.0, 6.0], [99.0, 99.0]]])
    >>> mean.forward(x, np.array([[1, 1, 0]])).tolist()
    [[2.0, 4.0]]
    >>> mean.backward(np.array([[1.0, 10.0]])).tolist()
    [[[0.5, 5.0], [0.5, 5.0], [0.0, 0.0]]]
    """

    def __init__(self) -> None:
        self.params: list[Array] = []
        self.grads: list[Array] = []

    def forward(self, x: Array, mask: Array | None = None) -> Array:
        """Return the mean over axis 1."""
        xp = array_module(x, mask)
        check_float("Mean", x=x)
        if x.ndim != 3 or x.shape[1] == 0 or (mask is not None and mask.shape != x.shape[:2]):
            found = "no mask" if mask is None else f"mask {mask.shape}"
            raise ShapeError(f"Mean: x must be (B, C, D) with C > 0, mask (B, C); got x {x.shape}, {found}")
        present = (xp.ones(x.shape[:2]) if mask is None else as_bool(mask)).astype(x.dtype)
        count = present.sum(axis=1, keepdims=True)
        if len(x) and not float(count.min()) > 0:
            row = int((count[:, 0] == 0).argmax())
            raise ShapeError(f"Mean: row {row} of the mask is all zero, so it has no mean; leave such rows out")
        self._weights = present / count  # (B, C), each row adds up to 1
        return (self._weights[:, None, :] @ x)[:, 0, :]

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        return self._weights[:, :, None] * dout[:, None, :]  # dL/dx[b, c] = weight[b, c] dL/dy[b]

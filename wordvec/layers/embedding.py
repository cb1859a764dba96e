"""Looking up word vectors by id."""

from __future__ import annotations

from wordvec.arrays import Array, array_module
from wordvec.errors import ShapeError
from wordvec.layers.checks import check_ids
from wordvec.layers.layer import Layer
from wordvec.layers.row_gradient import RowGradient


class Embedding(Layer):
    """y = W[ids], the rows of W: what MatMul gives for one-hot rows, without the zeros.

    Shapes: W (V, D), ids (...) integers of any shape -> y (..., D).
    The gradient of W is a RowGradient; a word looked up twice collects both gradients. Ids get none.

    Raises ShapeError for ids that are not integers in 0 .. V - 1.

    >>> import numpy as np
    >>> embedding = Embedding(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    >>> embedding.forward(np.array([2, 0, 2])).tolist()
    [[5.0, 6.0], [1.0, 2.0], [5.0, 6.0]]
    >>> embedding.backward(np.array([[1.0, 0.0], [0.0, 1.0], [10.0, 0.0]]))
    >>> embedding.grads[0].ids.tolist(), embedding.grads[0].rows.tolist()
    ([0, 2], [[0.0, 1.0], [11.0, 0.0]])
    """

    def __init__(self, W: Array) -> None:
        if W.ndim != 2:
            raise ShapeError(f"Embedding: W must be (V, D); got {W.shape}")
        self.params, self.grads = [W], [RowGradient.zero(W)]

    def forward(self, ids: Array) -> Array:
        """Return the rows of W with these ids."""
        (W,) = self.params
        array_module(ids, W)
        check_ids("Embedding", ids, len(W))
        self._ids = ids
        return W[ids]

    def backward(self, dout: Array) -> None:
        """Write dL/dW to grads: each row of dL/dy goes to the row of W it came from."""
        self.grads[0].overwrite(self._ids.ravel(), dout.reshape(self._ids.size, self.params[0].shape[1]))

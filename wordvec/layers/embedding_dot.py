"""Scores of some words: a few columns of the full output product."""

from __future__ import annotations

from wordvec.arrays import Array, array_module
from wordvec.errors import ShapeError
from wordvec.layers.embedding import Embedding
from wordvec.layers.layer import Layer


class EmbeddingDot(Layer):
    """score[..., k] = h . W[ids[..., k]], dot products with rows of W.  W is (V, D). Shapes, one of

    - h (B, D), ids (B, K) -> (B, K): each row of h with its own K words (CBOW)
    - h (B, C, D), ids (B, C, K) -> (B, C, K): the same, for C rows an example (skip-gram, words drawn per pair)
    - h (B, C, D), ids (B, K) -> (B, C, K): the C rows of an example share K words (skip-gram, words per window)

    The gradient of W is a RowGradient. Raises ShapeError for other shapes, and for ids outside 0 .. V - 1.

    >>> import numpy as np
    >>> dot = EmbeddingDot(np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]]))
    >>> dot.forward(np.array([[3.0, 5.0]]), np.array([[1, 2, 1]])).tolist()
    [[5.0, 16.0, 5.0]]
    >>> dot.backward(np.array([[1.0, 0.0, 1.0]])).tolist()
    [[0.0, 2.0]]
    >>> dot.grads[0].to_dense().tolist()
    [[0.0, 0.0], [6.0, 10.0], [0.0, 0.0]]
    """

    def __init__(self, W: Array) -> None:
        self.embedding = Embedding(W)
        self.params, self.grads = self.embedding.params, self.embedding.grads

    def forward(self, h: Array, ids: Array) -> Array:
        """Return the scores."""
        self._check(h, ids)
        rows = self.embedding.forward(ids)  # (..., K, D)
        self._h, self._rows = h, rows
        self._shared = ids.ndim < h.ndim
        if self._shared:
            return h @ rows.swapaxes(-1, -2)  # (B, C, D) (B, D, K)
        return (rows @ h[..., None])[..., 0]  # (..., K, D) (..., D, 1)

    def backward(self, dout: Array) -> Array:
        """Return dL/dh; write dL/dW to grads."""
        h, rows = self._h, self._rows
        if self._shared:
            self.embedding.backward(dout.swapaxes(-1, -2) @ h)  # dL/dW[k] = sum over c of dL/dscore[c, k] h[c]
            return dout @ rows  # dL/dh[c] = sum over k of dL/dscore[c, k] W[k]
        self.embedding.backward(dout[..., None] * h[..., None, :])  # dL/dW[k] = dL/dscore[k] h
        return (dout[..., None, :] @ rows)[..., 0, :]  # dL/dh = sum over k of dL/dscore[k] W[k]

    def _check(self, h: Array, ids: Array) -> None:
        (W,) = self.params
        array_module(h, ids, W)
        fits = h.ndim in (2, 3) and h.shape[-1] == W.shape[1] and ids.ndim in (2, h.ndim)
        if not fits or ids.shape[:-1] != h.shape[: ids.ndim - 1]:
            raise ShapeError(
                f"EmbeddingDot: for W {W.shape}, h must be (B, {W.shape[1]}) with ids (B, K), or "
                f"(B, C, {W.shape[1]}) with ids (B, K) or (B, C, K); got h {h.shape} and ids {ids.shape}"
            )

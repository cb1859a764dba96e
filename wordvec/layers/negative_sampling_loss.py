"""Negative sampling: tell the word that occurred from words drawn at random."""

from __future__ import annotations

import functools
from types import ModuleType

from wordvec.arrays import Array, array_module
from wordvec.errors import ShapeError
from wordvec.layers.checks import as_bool
from wordvec.layers.embedding_dot import EmbeddingDot
from wordvec.layers.layer import Layer
from wordvec.layers.sigmoid_with_loss import SigmoidWithLoss


class NegativeSamplingLoss(Layer):
    """loss = -log sigmoid(h . W[target]) - sum over negatives of log sigmoid(-h . W[negative]).

    Mikolov et al. 2013, "Distributed representations of words and phrases", eq. 4. Shapes, with W (V, D):

    - h (B, D), target (B,), negatives (B, K)            one hidden vector an example (CBOW)
    - h (B, C, D), target (B,), negatives (B, K)         C contexts share target and negatives (skip-gram)
    - h (B, C, D), target (B,), negatives (B, C, K)      each context has negatives of its own
    - mask, of the shape of h without D, or None         hidden vectors whose mask is 0 do not count

    A negative equal to the target is skipped; one drawn twice counts twice. "mean" divides by B, "sum" does not.
    The negatives are inputs, drawn by the caller, so that two implementations can be given the same ones.

    Raises ShapeError when shapes do not fit or an id is outside 0 .. V - 1.

    >>> import numpy as np
    >>> layer = NegativeSamplingLoss(np.array([[0.0, 0.0], [1.0, 0.0], [9.0, 9.0]]))
    >>> loss = layer.forward(np.array([[1.0, 1.0]]), np.array([1]), np.array([[0, 1]]))
    >>> print(loss.round(4))  # -log sigmoid(1) - log sigmoid(-0); the negative 1 is the target
    1.0064
    >>> layer.backward().round(4).tolist()
    [[-0.2689, 0.0]]
    >>> layer.grads[0].ids.tolist(), layer.grads[0].rows.round(4).tolist()
    ([0, 1], [[0.5, 0.5], [-0.2689, -0.2689]])
    """

    def __init__(self, W: Array, reduction: str = "mean") -> None:
        self.dot = EmbeddingDot(W)
        self.loss = SigmoidWithLoss(reduction)
        self.params, self.grads = self.dot.params, self.dot.grads
        self.reduction = reduction

    def forward(self, h: Array, target: Array, negatives: Array, mask: Array | None = None) -> Array:
        """Return the loss, a scalar."""
        xp = array_module(h, target, negatives, mask)
        self._check(h, target, negatives, mask)
        positive = target.reshape(-1, *[1] * (negatives.ndim - 1))  # (B, 1) or (B, 1, 1)
        first = xp.broadcast_to(positive, (*negatives.shape[:-1], 1))
        ids = xp.concatenate([first, negatives], axis=-1)  # (..., 1 + K), the target first
        scores = self.dot.forward(h, ids)
        counted = ids != positive  # a negative equal to the target is none
        counted[..., 0] = True
        if counted.ndim < scores.ndim:
            counted = counted[:, None, :]
        if mask is not None:
            counted = counted & as_bool(mask)[..., None]
        labels = _first_is_true(xp, ids.shape[-1])
        return self.loss.forward(scores, xp.broadcast_to(labels, scores.shape), xp.broadcast_to(counted, scores.shape))

    def backward(self, dout: float | Array = 1.0) -> Array:
        """Return dL/dh; write dL/dW to grads."""
        return self.dot.backward(self.loss.backward(dout))

    def _check(self, h: Array, target: Array, negatives: Array, mask: Array | None) -> None:
        fits = target.shape == h.shape[:1] and negatives.ndim in (2, h.ndim)
        fits = fits and negatives.shape[:-1] == h.shape[: negatives.ndim - 1]
        if not fits or h.ndim not in (2, 3) or (mask is not None and mask.shape != h.shape[:-1]):
            found = "no mask" if mask is None else f"mask {mask.shape}"
            raise ShapeError(
                "NegativeSamplingLoss: h must be (B, D) or (B, C, D), target (B,), negatives (B, K) or (B, C, K), "
                f"mask of the shape of h without D; got h {h.shape}, target {target.shape}, "
                f"negatives {negatives.shape}, {found}"
            )


@functools.cache
def _first_is_true(xp: ModuleType, size: int) -> Array:
    """Labels of a target and its negatives; made once, not to be changed."""
    return xp.arange(size) == 0

"""Losses: softmax and sigmoid with cross entropy, negative sampling, GloVe. Each takes scores."""

from __future__ import annotations

import functools
from types import ModuleType

import numpy as np

from wordvec.arrays import Array, array_module
from wordvec.errors import OptionError, ShapeError
from wordvec.layers import functions
from wordvec.layers.functions import log_softmax, sigmoid
from wordvec.layers.layer import (
    Layer,
    ParameterFreeLayer,
    as_bool,
    check_float,
    check_ids,
    check_parameters,
    check_reduction,
    reduce_terms,
)
from wordvec.layers.linear import EmbeddingDot
from wordvec.layers.row_gradient import RowGradient


class SoftmaxWithLoss(ParameterFreeLayer):
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
        super().__init__()
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


class SigmoidWithLoss(ParameterFreeLayer):
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
        super().__init__()
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
            return reduce_terms("SigmoidWithLoss", functions.sigmoid_terms(xp, x, labels, mask), self.reduction)
        against = xp.where(labels, -x, x)  # the score of the other label
        terms = xp.logaddexp(against, xp.zeros_like(against))  # log(1 + exp(against))
        return reduce_terms("SigmoidWithLoss", terms if mask is None else terms * mask, self.reduction)

    def backward(self, dout: float | Array = 1.0) -> Array:
        """Return dL/dx; zero where masked."""
        x, labels, mask = self._x, self._labels, self._mask
        dout = dout / len(x) if self.reduction == "mean" else dout
        xp = array_module(x)
        if xp is not np:
            return functions.sigmoid_slopes(xp, x, labels, mask, dout)
        dx = sigmoid(x)
        dx -= labels  # dL/dx = sigmoid(x) - label
        if mask is not None:
            dx *= mask
        dx *= dout
        return dx


class NegativeSamplingLoss(Layer):
    """loss = -log sigmoid(h . W[target]) - sum over negatives of log sigmoid(-h . W[negative]).

    Mikolov et al. 2013, "Distributed representations of words and phrases", eq. 4. Shapes, with W (V, D):

    - h (B, D), target (B,), negatives (B, K)            one hidden vector per example (CBOW)
    - h (B, C, D), target (B,), negatives (B, K)         C contexts share target and negatives (skip-gram)
    - h (B, C, D), target (B,), negatives (B, C, K)      each context has its own negatives
    - mask, shaped like h without D, or None             hidden vectors whose mask is 0 do not count

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
        counted = ids != positive  # a negative equal to the target does not count
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
    """Labels of a target and its negatives; cached, so do not change them."""
    return xp.arange(size) == 0


class GloVeLoss(Layer):
    """loss = mean (or sum) over b of f(X) (w_i . c_j + b_i + b_j - log X)^2,  f(X) = min(1, (X / x_max)^alpha).

    Pennington, Socher and Manning 2014, "GloVe: Global vectors for word representation", eq. 8 and 9
    (their program minimises half of it). Shapes: W_in (V, D) holds the w, W_out (V, D) the c, b_in and b_out (V,)
    the biases; forward takes word ids i (B,), context ids j (B,) and counts X (B,), all above 0.
    All four gradients are RowGradients. Ids and counts get none.

    Raises ShapeError when shapes or ids do not fit, OptionError for a count that is not positive.

    >>> import numpy as np
    >>> W = np.array([[1.0, 1.0], [0.5, 0.0]])
    >>> layer = GloVeLoss(W, W, np.zeros(2), np.array([0.0, 0.5]))
    >>> print(layer.forward(np.array([0]), np.array([1]), np.array([100.0])).round(4))  # (0.5 + 0.5 - log 100)^2
    12.9973
    >>> layer.backward()
    >>> layer.grads[0].to_dense().round(4).tolist()  # 2 (1 - log 100) c_j, in row i
    [[-3.6052, 0.0], [0.0, 0.0]]
    """

    def __init__(
        self,
        W_in: Array,
        W_out: Array,
        b_in: Array,
        b_out: Array,
        x_max: float = 100.0,
        alpha: float = 0.75,
        reduction: str = "mean",
    ) -> None:
        check_reduction("GloVeLoss", reduction)
        check_parameters("GloVeLoss", W_in=W_in, W_out=W_out, b_in=b_in, b_out=b_out)
        if W_in.ndim != 2 or W_out.shape[1:] != W_in.shape[1:]:
            raise ShapeError(f"GloVeLoss: W_in and W_out must be (V, D); got {W_in.shape} and {W_out.shape}")
        if b_in.shape != W_in.shape[:1] or b_out.shape != W_out.shape[:1]:
            raise ShapeError(f"GloVeLoss: b_in and b_out must be (V,); got {b_in.shape} and {b_out.shape}")
        if not (x_max > 0 and alpha >= 0):
            raise OptionError(f"GloVeLoss: x_max must be above 0 and alpha at least 0; got {x_max} and {alpha}")
        self.params = [W_in, W_out, b_in, b_out]
        self.grads = [RowGradient.zero(parameter) for parameter in self.params]
        self.x_max, self.alpha, self.reduction = x_max, alpha, reduction

    def forward(self, i: Array, j: Array, X: Array) -> Array:
        """Return the loss, a scalar."""
        W_in, W_out, b_in, b_out = self.params
        xp = array_module(i, j, X, W_in)
        if not (i.ndim == 1 and i.shape == j.shape == X.shape):
            raise ShapeError(f"GloVeLoss: i, j, X must be (B,); got {i.shape}, {j.shape}, {X.shape}")
        check_ids("GloVeLoss", i, len(W_in))
        check_ids("GloVeLoss", j, len(W_out))
        if not bool((X > 0).all()):
            raise OptionError("GloVeLoss: counts must be above 0 (their logarithm is taken); leave out the zeros")
        X = X.astype(W_in.dtype)
        self._i, self._j, self._w, self._c = i, j, W_in[i], W_out[j]
        self._weight = xp.minimum(X / self.x_max, 1) ** self.alpha
        self._error = (self._w * self._c).sum(axis=1) + b_in[i] + b_out[j] - xp.log(X)
        return reduce_terms("GloVeLoss", self._weight * self._error**2, self.reduction)

    def backward(self, dout: float | Array = 1.0) -> None:
        """Write the four gradients to grads."""
        d = 2 * self._weight * self._error  # dL/d(w . c + b_i + b_j)
        d *= dout / len(d) if self.reduction == "mean" else dout
        dW_in, dW_out, db_in, db_out = self.grads
        dW_in.overwrite(self._i, d[:, None] * self._c)
        dW_out.overwrite(self._j, d[:, None] * self._w)
        db_in.overwrite(self._i, d)
        db_out.overwrite(self._j, d)

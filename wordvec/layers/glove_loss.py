"""GloVe: vectors whose dot products are the logarithms of co-occurrence counts."""

from __future__ import annotations

from wordvec.arrays import Array, array_module
from wordvec.errors import OptionError, ShapeError
from wordvec.layers.checks import check_ids, check_reduction, reduce_terms
from wordvec.layers.layer import Layer
from wordvec.layers.row_gradient import RowGradient


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

"""Layers that multiply with a weight matrix, and initial values of such a matrix."""

from __future__ import annotations

import numpy as np

from wordvec.arrays import Array, array_module
from wordvec.errors import OptionError, ShapeError
from wordvec.layers.layer import Layer, check_ids, check_parameters
from wordvec.layers.row_gradient import RowGradient


class MatMul(Layer):
    """y = x W.  Shapes: x (B, D), W (D, V) -> y (B, V); or x (B, ..., D) -> y (B, ..., V), row by row.

    Raises ShapeError when x does not fit W.

    >>> import numpy as np
    >>> matmul = MatMul(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> matmul.forward(np.array([[1.0, 10.0]])).tolist()
    [[31.0, 42.0]]
    >>> matmul.backward(np.array([[1.0, 0.0]])).tolist(), matmul.grads[0].tolist()
    ([[1.0, 3.0]], [[1.0, 0.0], [10.0, 0.0]])
    """

    def __init__(self, W: Array) -> None:
        check_parameters("MatMul", W=W)
        if W.ndim != 2:
            raise ShapeError(f"MatMul: W must be (D, V); got {W.shape}")
        self.params, self.grads = [W], [array_module(W).zeros_like(W)]

    def forward(self, x: Array) -> Array:
        """Return x W."""
        (W,) = self.params
        array_module(x, W)  # raises when they are on different devices
        if x.ndim < 2 or x.shape[-1] != W.shape[0]:
            raise ShapeError(f"MatMul: x must be (B, {W.shape[0]}) for W {W.shape}; got {x.shape}")
        self._x = x
        return x @ W

    def backward(self, dout: Array) -> Array:
        """Return dL/dx; write dL/dW to grads."""
        (W,), (dW,) = self.params, self.grads
        rows, drows = self._x.reshape(-1, W.shape[0]), dout.reshape(-1, W.shape[1])  # 2-D arrays stay as they are
        dW[...] = rows.T @ drows  # dL/dW = x^T dL/dy
        return dout @ W.T  # dL/dx = dL/dy W^T


class Affine(Layer):
    """y = x W + b.  Shapes: x (B, D), W (D, V), b (V,) -> y (B, V); or x (B, ..., D), as in MatMul.

    Raises ShapeError when W and b, or x and W, do not fit together.

    >>> import numpy as np
    >>> affine = Affine(np.array([[1.0, 2.0]]), np.array([0.5, 0.0]))
    >>> affine.forward(np.array([[1.0], [2.0]])).tolist()
    [[1.5, 2.0], [2.5, 4.0]]
    >>> dx = affine.backward(np.array([[1.0, 0.0], [1.0, 1.0]]))
    >>> dx.tolist(), affine.grads[1].tolist()
    ([[1.0], [3.0]], [2.0, 1.0])
    """

    def __init__(self, W: Array, b: Array) -> None:
        check_parameters("Affine", W=W, b=b)
        if W.ndim != 2 or b.shape != W.shape[1:]:
            raise ShapeError(f"Affine: W must be (D, V) and b (V,); got {W.shape} and {b.shape}")
        self.matmul = MatMul(W)
        self.params = [W, b]
        self.grads = [self.matmul.grads[0], array_module(W, b).zeros_like(b)]

    def forward(self, x: Array) -> Array:
        """Return x W + b."""
        return self.matmul.forward(x) + self.params[1]

    def backward(self, dout: Array) -> Array:
        """Return dL/dx; write dL/dW and dL/db to grads."""
        self.grads[1][...] = dout.reshape(-1, dout.shape[-1]).sum(axis=0)  # dL/db = sum over b of dL/dy[b]
        return self.matmul.backward(dout)


class Embedding(Layer):
    """y = W[ids], the rows of W: what MatMul gives for one-hot rows, without the zeros.

    Shapes: W (V, D), ids (...) integers of any shape -> y (..., D).
    The gradient of W is a RowGradient; a word looked up twice gets the sum of both gradients. Ids get none.

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
        check_parameters("Embedding", W=W)
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


class EmbeddingDot(Layer):
    """score[..., k] = h . W[ids[..., k]], dot products with rows of W.  W is (V, D). Shapes, one of

    - h (B, D), ids (B, K) -> (B, K): each row of h with its own K words (CBOW)
    - h (B, C, D), ids (B, C, K) -> (B, C, K): the same, for C rows per example (skip-gram, words drawn per pair)
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


def xavier(rng: np.random.Generator, shape: tuple[int, int], uniform: bool = False) -> np.ndarray:
    """Random weights of variance 2 / (fan_in + fan_out), for layers followed by tanh or sigmoid.

    Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", eq. 12 and 16:
    the compromise between keeping the variance of the signal forward (1 / fan_in) and of the gradient backward
    (1 / fan_out). Normal, or uniform in +-sqrt(6 / (fan_in + fan_out)).

    Shapes: (fan_in, fan_out) = (D, V) -> W (D, V), float64. Raises ShapeError for another number of axes.

    >>> W = xavier(np.random.default_rng(seed=1), (300, 100))
    >>> W.shape, round(float(W.std()), 2)  # sqrt(2 / 400) = 0.0707
    ((300, 100), 0.07)
    """
    fan_in, fan_out = _fans("xavier", rng, shape)
    return _draw(rng, shape, 2 / (fan_in + fan_out), uniform)


def he(rng: np.random.Generator, shape: tuple[int, int], uniform: bool = False) -> np.ndarray:
    """Random weights of variance 2 / fan_in, for layers followed by ReLU.

    He, Zhang, Ren and Sun 2015, "Delving deep into rectifiers", eq. 10: ReLU sets half of a symmetric signal to 0, so
    the variance is twice that of a linear layer. Normal, or uniform in +-sqrt(6 / fan_in).

    Shapes: (fan_in, fan_out) = (D, V) -> W (D, V), float64. Raises ShapeError for another number of axes.

    >>> W = he(np.random.default_rng(seed=1), (200, 300))
    >>> W.shape, round(float(W.std()), 2)  # sqrt(2 / 200) = 0.1
    ((200, 300), 0.1)
    """
    fan_in, _ = _fans("he", rng, shape)
    return _draw(rng, shape, 2 / fan_in, uniform)


def _fans(name: str, rng: np.random.Generator, shape: tuple[int, int]) -> tuple[int, int]:
    if not isinstance(rng, np.random.Generator):
        raise OptionError(
            f"{name}: rng must be a numpy random generator, such as np.random.default_rng(1); "
            f"got a {type(rng).__name__}"
        )
    whole = isinstance(shape, (tuple, list)) and all(isinstance(side, (int, np.integer)) for side in shape)
    if not whole or len(shape) != 2 or min(shape) < 1:
        raise ShapeError(f"{name}: shape must be (fan_in, fan_out), both whole numbers of at least 1; got {shape}")
    return shape


def _draw(rng: np.random.Generator, shape: tuple[int, int], variance: float, uniform: bool) -> np.ndarray:
    if uniform:
        limit = np.sqrt(3 * variance)  # a uniform variable in +-limit has variance limit^2 / 3
        return rng.uniform(-limit, limit, size=shape)
    return rng.normal(scale=np.sqrt(variance), size=shape)

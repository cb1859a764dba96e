"""Layers that act differently while training: batch normalisation and dropout."""

from __future__ import annotations

import numpy as np

from wordvec.arrays import Array, array_module
from wordvec.errors import OptionError, ShapeError
from wordvec.layers.layer import Layer, ParameterFreeLayer, check_float, check_parameters


class BatchNorm(Layer):
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with each column's mean and variance over the batch.

    Ioffe and Szegedy 2015, "Batch normalization", algorithms 1 and 2. Shapes: x (B, D), gamma and beta (D,), y (B, D).
    Each training forward also updates `buffers`, the running mean and variance (unbiased, as in the paper):
    running <- momentum running + (1 - momentum) batch. With training=False these replace the batch's own.

    Raises ShapeError when the shapes do not fit or a training batch has one row, which has no variance.

    >>> import numpy as np
    >>> norm = BatchNorm(np.ones(2), np.array([0.0, 5.0]))
    >>> norm.forward(np.array([[1.0, 10.0], [3.0, 10.0]])).round(3).tolist()
    [[-1.0, 5.0], [1.0, 5.0]]
    >>> norm.buffers["running_mean"].round(3).tolist()
    [0.2, 1.0]
    >>> norm.backward(np.array([[1.0, 1.0], [1.0, 1.0]])).round(3).tolist()  # shifting all rows changes nothing
    [[0.0, 0.0], [0.0, 0.0]]
    """

    def __init__(self, gamma: Array, beta: Array, momentum: float = 0.9, epsilon: float = 1e-5) -> None:
        check_parameters("BatchNorm", gamma=gamma, beta=beta)
        xp = array_module(gamma, beta)
        if gamma.ndim != 1 or beta.shape != gamma.shape:
            raise ShapeError(f"BatchNorm: gamma and beta must be (D,); got {gamma.shape} and {beta.shape}")
        if not (0 <= momentum < 1 and epsilon > 0):
            raise OptionError(
                f"BatchNorm: momentum must be at least 0 and below 1, epsilon above 0; got {momentum}, {epsilon}"
            )
        self.params = [gamma, beta]
        self.grads = [xp.zeros_like(gamma), xp.zeros_like(beta)]
        self.momentum, self.epsilon = momentum, epsilon
        self.buffers = {"running_mean": xp.zeros_like(gamma), "running_variance": xp.ones_like(gamma)}

    def forward(self, x: Array, training: bool = True) -> Array:
        """Return the normalised rows."""
        gamma, beta = self.params
        xp = array_module(x, gamma)
        check_float("BatchNorm", x=x)
        if x.ndim != 2 or x.shape[1] != len(gamma):
            raise ShapeError(f"BatchNorm: x must be (B, {len(gamma)}) for gamma {gamma.shape}; got {x.shape}")
        self._training = training
        if training:
            if len(x) < 2:
                raise ShapeError(
                    f"BatchNorm: a training batch needs at least 2 rows to have a variance; got {len(x)}; "
                    "with training=False the running mean and variance are used"
                )
            mean = x.mean(axis=0)
            variance = ((x - mean) ** 2).mean(axis=0)
            self._move("running_mean", mean)
            self._move("running_variance", variance * (len(x) / (len(x) - 1)))
        else:
            mean, variance = self.buffers["running_mean"], self.buffers["running_variance"]
        self._scale = 1 / xp.sqrt(variance + x.dtype.type(self.epsilon))
        self._normal = (x - mean) * self._scale
        return gamma * self._normal + beta

    def backward(self, dout: Array) -> Array:
        """Return dL/dx; write dL/dgamma and dL/dbeta to grads."""
        gamma, normal = self.params[0], self._normal
        self.grads[0][...] = (dout * normal).sum(axis=0)  # dL/dgamma = sum over b of dL/dy[b] n[b], n = normalised x
        self.grads[1][...] = dout.sum(axis=0)  # dL/dbeta = sum over b of dL/dy[b]
        if not self._training:
            return dout * (gamma * self._scale)
        # The mean and the variance depend on every row, so each contributes to the gradient.
        return gamma * self._scale * (dout - dout.mean(axis=0) - normal * (dout * normal).mean(axis=0))

    def _move(self, name: str, value: Array) -> None:
        self.buffers[name] *= self.momentum
        self.buffers[name] += (1 - self.momentum) * value


class Dropout(ParameterFreeLayer):
    """y = x * keep / (1 - ratio), with keep 0 with probability `ratio`, else 1; y = x when not training.

    Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting". Dividing while
    training keeps the expectation of y equal to x, so nothing has to be scaled afterwards.
    Units are drawn by numpy from `seed`, so CPU and GPU leave out the same ones.

    Raises OptionError unless 0 <= ratio < 1.

    >>> import numpy as np
    >>> dropout = Dropout(ratio=0.5, seed=1)
    >>> y = dropout.forward(np.ones((1, 6)))
    >>> y.tolist()
    [[2.0, 2.0, 0.0, 2.0, 0.0, 0.0]]
    >>> dropout.backward(np.ones((1, 6))).tolist() == y.tolist()
    True
    >>> dropout.forward(np.ones((1, 6)), training=False).tolist()
    [[1.0, 1.0, 1.0, 1.0, 1.0, 1.0]]
    """

    def __init__(self, ratio: float = 0.5, seed: int = 0) -> None:
        if not 0 <= ratio < 1:
            raise OptionError(f"Dropout: ratio must be at least 0 and below 1; got {ratio}")
        super().__init__()
        self.ratio = ratio
        self.generator = np.random.default_rng(seed)

    def forward(self, x: Array, training: bool = True) -> Array:
        """Return x with some entries zero and the others scaled up; x itself when not training."""
        self._scale = None
        if not training:
            return x
        keep = array_module(x).asarray(self.generator.random(x.shape) >= self.ratio)
        self._scale = keep.astype(x.dtype) / (1 - self.ratio)
        return x * self._scale

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        return dout if self._scale is None else dout * self._scale

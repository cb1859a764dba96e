"""Leaving out random units while training."""

from __future__ import annotations

import numpy as np

from wordvec.arrays import Array, array_module
from wordvec.errors import OptionError
from wordvec.layers.layer import Layer


class Dropout(Layer):
    """y = x * keep / (1 - ratio), keep being 0 with probability `ratio` and else 1; y = x when not training.

    Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting". Dividing while
    training keeps the expectation of y equal to x, so that nothing has to be scaled afterwards.
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
        self.params: list[Array] = []
        self.grads: list[Array] = []
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

"""Word vectors that are the mean of several rows: a word's own and those of its n-grams."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from wordvec.arrays import Array
from wordvec.errors import OptionError
from wordvec.layers import Embedding, Mean
from wordvec.layers.layer import Layer


class Parts(Protocol):
    """Which rows each word is made of, as in `wordvec.kernels.word_parts.WordParts`."""

    @property
    def starts(self) -> np.ndarray:
        """Where each word's rows begin, (V + 1,)."""

    @property
    def rows(self) -> np.ndarray:
        """The rows, one word's after the other's."""


class ComposedEmbedding(Layer):
    """y = the mean of the rows of T that each word is made of: Embedding -> Mean (Bojanowski et al. 2017, section 3.2).

    Shapes: T (R, D), words (...) integers of any shape -> y (..., D).

    gradient  "mean": each part gets dL/dy / n, the gradient of what forward computed, for a word of n parts;
              "sum": each gets dL/dy undivided, as fastText does, which is n times as long a step.

    >>> from wordvec.kernels.word_parts import WordParts
    >>> parts = WordParts.of_rows(np.array([0, 2, 3]), np.array([0, 2, 1]), table_rows=3)
    >>> embedding = ComposedEmbedding(np.array([[2.0], [5.0], [4.0]]), parts)
    >>> embedding.forward(np.array([0, 1])).tolist()
    [[3.0], [5.0]]
    >>> embedding.backward(np.array([[1.0], [10.0]]))
    >>> embedding.grads[0].ids.tolist(), embedding.grads[0].rows.tolist()
    ([0, 1, 2], [[0.5], [10.0], [0.5]])
    """

    def __init__(self, T: Array, parts: Parts, gradient: str = "mean") -> None:
        if gradient not in ("mean", "sum"):
            raise OptionError(f"gradient must be 'mean' or 'sum'; got {gradient!r}")
        self.embedding, self.mean = Embedding(T), Mean()
        self.parts, self.gradient = parts, gradient
        self.params = self.embedding.params

    @property
    def grads(self) -> list[Any]:
        """The gradient of T, a RowGradient."""
        return self.embedding.grads

    def forward(self, words: Array) -> Array:
        """Return the composed rows of these words."""
        starts = self.parts.starts[words.ravel()]
        numbers = self.parts.starts[words.ravel() + 1] - starts
        places = np.arange(numbers.max(initial=1))
        self._mask = places < numbers[:, None]
        rows = self.parts.rows[np.where(self._mask, starts[:, None] + places, 0)]
        y = self.mean.forward(self.embedding.forward(rows), self._mask)
        return y.reshape(*words.shape, y.shape[1])

    def backward(self, dout: Array, shares: list[np.ndarray] | None = None) -> None:
        """Write dL/dT to grads; `shares` (n,) for each word, with "sum", scale what each of its parts gets."""
        dy = dout.reshape(len(self._mask), dout.shape[-1])
        if self.gradient == "mean":
            self.embedding.backward(self.mean.backward(dy))
            return
        weights = self._mask.astype(dy.dtype)
        if shares is not None:
            weights[self._mask] = np.concatenate(shares)
        self.embedding.backward(dy[:, None, :] * weights[:, :, None])

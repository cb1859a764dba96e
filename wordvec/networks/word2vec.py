"""The networks of word2vec: CBOW predicts a word from the mean of its context, skip-gram from each context word."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from wordvec.arrays import Array, array_module, to_numpy
from wordvec.corpus.draws.examples import Examples
from wordvec.corpus.draws.steps import cbow_shares
from wordvec.errors import OptionError
from wordvec.layers import Embedding, Mean
from wordvec.layers.layer import Layer
from wordvec.networks.outputs import Paths, make_output


class CBOWNetwork(Layer):
    """Embedding -> Mean -> loss over W_out (Mikolov et al. 2013a, section 3.1).

    Shapes: W_in (V, D), W_out (V, D); contexts (B, C) -> rows (B, C, D) -> h (B, D) -> loss.

    gradient  "mean": each context gets dL/dh / count, the gradient of what forward computed;
              "sum": each context gets dL/dh undivided, as word2vec.c and gensim do.
    most_repeats  with "sum": how often the words of a window may repeat before dL/dh is cut
              (`wordvec.corpus.draws.steps.cbow_shares`); None never cuts it.
    parts     with subwords: the rows of W_in (R, D) that each word is the mean of
    """

    def __init__(
        self,
        W_in: Array,
        W_out: Array,
        loss: str = "negative-sampling",
        gradient: str = "mean",
        paths: Paths | None = None,
        most_repeats: int | None = None,
        parts: Parts | None = None,
    ) -> None:
        if gradient not in ("mean", "sum"):
            raise OptionError(f"cbow_gradient must be 'mean' or 'sum'; got {gradient!r}")
        self.embedding: Embedding | ComposedEmbedding
        self.embedding = Embedding(W_in) if parts is None else ComposedEmbedding(W_in, parts)
        self.mean, self.output = Mean(), make_output(loss, W_out, paths)
        self.gradient, self.most_repeats = gradient, most_repeats
        self.params = self.embedding.params + self.output.params

    @property
    def grads(self) -> list[Any]:
        """Gradients in the order of `params`."""
        return self.embedding.grads + self.output.grads

    def forward(self, batch: Examples) -> float:
        """Summed loss of the batch."""
        rows = self.embedding.forward(batch.contexts)
        self._contexts, self._mask = batch.contexts, batch.mask
        return self.output.forward(self.mean.forward(rows, batch.mask), batch)

    def backward(self) -> None:
        """Fill `grads` with the gradient of the summed loss."""
        dh = self.output.backward()
        if self.gradient == "mean":
            self.embedding.backward(self.mean.backward(dh))
        else:
            self.embedding.backward(dh[:, None, :] * self._shares()[:, :, None])

    def _shares(self) -> Array:
        """Each context's share of dL/dh, (B, C)."""
        if self.most_repeats is None or self._mask.shape[1] <= self.most_repeats:
            return self._mask
        shares = cbow_shares(to_numpy(self._contexts), to_numpy(self._mask), self.most_repeats)
        xp = array_module(self._mask)
        return self._mask * xp.asarray(shares[:, None].astype(self.embedding.params[0].dtype))

    @staticmethod
    def predictions(batch: Examples) -> int:
        """How many words the batch predicts: one per example."""
        return len(batch.centres)


class SkipGramNetwork(Layer):
    """Embedding -> loss over W_out, once for every context (Mikolov et al. 2013b, eq. 1 and 4).

    Contexts are the input rows and the centre is the output row, as in word2vec.c: over a whole corpus this is the
    same set of pairs as in the paper, and all contexts of a centre can share its output rows.

    Shapes: W_in (V, D), W_out (V, D); contexts (B, C) -> h (B, C, D) -> loss.

    parts   with subwords: the rows of W_in (R, D) that each word is the mean of
    """

    def __init__(
        self,
        W_in: Array,
        W_out: Array,
        loss: str = "negative-sampling",
        paths: Paths | None = None,
        parts: Parts | None = None,
    ) -> None:
        self.embedding: Embedding | ComposedEmbedding
        self.embedding = Embedding(W_in) if parts is None else ComposedEmbedding(W_in, parts)
        self.output = make_output(loss, W_out, paths)
        self.params = self.embedding.params + self.output.params

    @property
    def grads(self) -> list[Any]:
        """Gradients in the order of `params`."""
        return self.embedding.grads + self.output.grads

    def forward(self, batch: Examples) -> float:
        """Summed loss of the batch."""
        return self.output.forward(self.embedding.forward(batch.contexts), batch, batch.mask)

    def backward(self) -> None:
        """Fill `grads` with the gradient of the summed loss."""
        self.embedding.backward(self.output.backward())

    @staticmethod
    def predictions(batch: Examples) -> int:
        """How many words the batch predicts: one for each context of each centre."""
        return int(batch.mask.sum())


class Parts(Protocol):
    """The rows that each word is the mean of, as in `wordvec.kernels.word_parts.WordParts`."""

    @property
    def starts(self) -> np.ndarray:
        """Where each word's rows begin, (V + 1,)."""
        ...

    @property
    def rows(self) -> np.ndarray:
        """The rows, word after word."""
        ...


class ComposedEmbedding(Layer):
    """y = the mean of each word's rows of T: Embedding -> Mean (Bojanowski et al. 2017, section 3.2).

    Shapes: T (R, D), words (...) integers of any shape -> y (..., D).

    gradient  "mean": each part gets dL/dy / n, the gradient of what forward computed, for a word of n parts;
              "sum": each gets dL/dy undivided, as fastText does, a step n times as long.

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
        """Return the composed vectors of these words."""
        starts = self.parts.starts[words.ravel()]
        numbers = self.parts.starts[words.ravel() + 1] - starts
        places = np.arange(numbers.max(initial=1))
        self._mask = places < numbers[:, None]
        rows = self.parts.rows[np.where(self._mask, starts[:, None] + places, 0)]
        y = self.mean.forward(self.embedding.forward(rows), self._mask)
        return y.reshape(*words.shape, y.shape[1])

    def backward(self, dout: Array, shares: list[np.ndarray] | None = None) -> None:
        """Write dL/dT to grads; with "sum", `shares`, (n,) for each word, scale what each of its parts gets."""
        dy = dout.reshape(len(self._mask), dout.shape[-1])
        if self.gradient == "mean":
            self.embedding.backward(self.mean.backward(dy))
            return
        weights = self._mask.astype(dy.dtype)
        if shares is not None:
            weights[self._mask] = np.concatenate(shares)
        self.embedding.backward(dy[:, None, :] * weights[:, :, None])

"""CBOW: predict a word from the mean of the words around it."""

from __future__ import annotations

from typing import Any

from wordvec.arrays import Array, array_module, to_numpy
from wordvec.corpus.draws.examples import Examples
from wordvec.corpus.draws.steps import cbow_shares
from wordvec.errors import OptionError
from wordvec.layers import Embedding, Mean
from wordvec.layers.layer import Layer
from wordvec.networks.composed_embedding import ComposedEmbedding, Parts
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
        """What each context gets of dL/dh, (B, C)."""
        if self.most_repeats is None or self._mask.shape[1] <= self.most_repeats:
            return self._mask
        shares = cbow_shares(to_numpy(self._contexts), to_numpy(self._mask), self.most_repeats)
        xp = array_module(self._mask)
        return self._mask * xp.asarray(shares[:, None].astype(self.embedding.params[0].dtype))

    @staticmethod
    def predictions(batch: Examples) -> int:
        """How many words the batch predicts: one an example."""
        return len(batch.centres)

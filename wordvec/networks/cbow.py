"""CBOW: predict a word from the mean of the words around it."""

from __future__ import annotations

from wordvec.arrays import Array
from wordvec.corpus.examples import Examples
from wordvec.errors import OptionError
from wordvec.layers import Embedding, Mean
from wordvec.layers.layer import Layer
from wordvec.networks.outputs import Paths, make_output


class CBOWNetwork(Layer):
    """Embedding -> Mean -> loss over W_out (Mikolov et al. 2013a, section 3.1).

    Shapes: W_in (V, D), W_out (V, D); contexts (B, C) -> rows (B, C, D) -> h (B, D) -> loss.

    gradient  "mean": each context gets dL/dh / count, the gradient of what forward computed;
              "sum": each context gets dL/dh undivided, as word2vec.c and gensim do.
    """

    def __init__(
        self,
        W_in: Array,
        W_out: Array,
        loss: str = "negative-sampling",
        gradient: str = "mean",
        paths: Paths | None = None,
    ) -> None:
        if gradient not in ("mean", "sum"):
            raise OptionError(f"cbow_gradient must be 'mean' or 'sum'; got {gradient!r}")
        self.embedding, self.mean, self.output = Embedding(W_in), Mean(), make_output(loss, W_out, paths)
        self.gradient = gradient
        self.params = self.embedding.params + self.output.params

    @property
    def grads(self) -> list:
        """Gradients in the order of `params`."""
        return self.embedding.grads + self.output.grads

    def forward(self, batch: Examples) -> float:
        """Summed loss of the batch."""
        rows = self.embedding.forward(batch.contexts)
        self._mask = batch.mask
        return self.output.forward(self.mean.forward(rows, batch.mask), batch)

    def backward(self) -> None:
        """Fill `grads` with the gradient of the summed loss."""
        dh = self.output.backward()
        if self.gradient == "mean":
            self.embedding.backward(self.mean.backward(dh))
        else:
            self.embedding.backward(dh[:, None, :] * self._mask[:, :, None])

    @staticmethod
    def predictions(batch: Examples) -> int:
        """How many words the batch predicts: one an example."""
        return len(batch.centres)

"""Skip-gram: each word around a centre predicts the centre."""

from __future__ import annotations

from typing import Any

from wordvec.arrays import Array
from wordvec.corpus.draws.examples import Examples
from wordvec.layers import Embedding
from wordvec.layers.layer import Layer
from wordvec.networks.composed_embedding import ComposedEmbedding, Parts
from wordvec.networks.outputs import Paths, make_output


class SkipGramNetwork(Layer):
    """Embedding -> loss over W_out, once for every context (Mikolov et al. 2013b, eq. 1 and 4).

    Contexts are the input rows and the centre is the output row, as in word2vec.c: summed over a corpus that is
    the same set of pairs as the paper's, and lets all contexts of a centre share its output rows.

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

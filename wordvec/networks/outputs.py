"""The second half of both networks: from hidden vectors to a loss, by W_out."""

from __future__ import annotations

from typing import Any, Protocol

from wordvec.arrays import Array, array_module
from wordvec.corpus.draws.examples import Examples
from wordvec.errors import OptionError
from wordvec.layers import EmbeddingDot, MatMul, NegativeSamplingLoss, SigmoidWithLoss, SoftmaxWithLoss
from wordvec.layers.layer import Layer

LOSSES = ("negative-sampling", "hierarchical-softmax", "softmax")


class Output(Protocol):
    """``forward(h, batch, mask)`` gives the summed loss, ``backward()`` its gradient with respect to h.

    h is (B, D), one hidden vector per example, or (B, C, D) with mask (B, C), one for each context.
    """

    params: list[Array]
    grads: list[Any]

    def forward(self, h: Array, batch: Examples, mask: Array | None = None) -> float:
        """Summed loss of predicting each example's centre from h."""
        ...

    def backward(self) -> Array:
        """dL/dh, shaped like h; fills `grads`."""


class NegativeSamplingOutput(Layer):
    """L = -log sigmoid(h . w_centre) - sum over negatives of log sigmoid(-h . w_negative).

    Mikolov et al. 2013b, eq. 4. A negative equal to the centre is left out.
    """

    def __init__(self, W_out: Array) -> None:
        self.loss = NegativeSamplingLoss(W_out, reduction="sum")
        self.params, self.grads = self.loss.params, self.loss.grads

    def forward(self, h: Array, batch: Examples, mask: Array | None = None) -> float:
        """Summed loss."""
        return self.loss.forward(h, batch.centres, batch.negatives, mask)

    def backward(self) -> Array:
        """dL/dh."""
        return self.loss.backward()


class Paths(Protocol):
    """The way from the root of a tree to each word, as in `wordvec.kernels.huffman.HuffmanPaths`."""

    starts: Array
    nodes: Array
    signs: Array


class HierarchicalSoftmaxOutput(Layer):
    """L = -sum over the nodes on the centre's path of log sigmoid(sign h . w_node), sign +1 where it goes left.

    Morin and Bengio 2005; Mikolov et al. 2013b, eq. 3. About log2 V products per prediction instead of V.
    Shapes: W_out (V - 1, D), a row for each inner node of the tree.
    """

    def __init__(self, W_out: Array, paths: Paths) -> None:
        self.dot, self.loss = EmbeddingDot(W_out), SigmoidWithLoss(reduction="sum")
        self.params, self.grads = self.dot.params, self.dot.grads
        xp = array_module(W_out)
        self.starts, self.nodes, self.signs = (xp.asarray(part) for part in (paths.starts, paths.nodes, paths.signs))

    def forward(self, h: Array, batch: Examples, mask: Array | None = None) -> float:
        """Summed loss."""
        xp = array_module(h)
        starts = self.starts[batch.centres]
        lengths = self.starts[batch.centres + 1] - starts
        steps = xp.arange(int(lengths.max()))
        present = steps < lengths[:, None]  # (B, longest path)
        places = xp.where(present, starts[:, None] + steps, 0)
        nodes, left = xp.where(present, self.nodes[places], 0), self.signs[places] > 0
        scores = self.dot.forward(h, nodes)
        if mask is not None:
            left = xp.broadcast_to(left[:, None, :], scores.shape)
            present = present[:, None, :] & mask[:, :, None]
        return self.loss.forward(scores, left, present)

    def backward(self) -> Array:
        """dL/dh."""
        return self.dot.backward(self.loss.backward())


class SoftmaxOutput(Layer):
    """L = -log softmax(h W_out^T)[centre] over the whole vocabulary: MatMul and SoftmaxWithLoss.

    Exact, but each prediction takes V products of D numbers: for small vocabularies.
    """

    def __init__(self, W_out: Array) -> None:
        self.matmul, self.loss = MatMul(W_out.T), SoftmaxWithLoss(reduction="sum")
        self.params, self.grads = self.matmul.params, self.matmul.grads

    def forward(self, h: Array, batch: Examples, mask: Array | None = None) -> float:
        """Summed loss."""
        self._places, self._shape, targets = None, h.shape, batch.centres
        if mask is not None:  # one prediction for each context that exists
            self._places = mask.nonzero()
            h, targets = h[self._places], batch.centres[self._places[0]]
        return self.loss.forward(self.matmul.forward(h), targets)

    def backward(self) -> Array:
        """dL/dh."""
        dh = self.matmul.backward(self.loss.backward())
        if self._places is None:
            return dh
        padded = array_module(dh).zeros(self._shape, dh.dtype)
        padded[self._places] = dh
        return padded


def make_output(loss: str, W_out: Array, paths: Paths | None = None) -> Output:
    """The output for the loss of this name, one of `LOSSES`; hierarchical softmax needs the `paths` of its tree."""
    if loss == "negative-sampling":
        return NegativeSamplingOutput(W_out)
    if loss == "softmax":
        return SoftmaxOutput(W_out)
    if loss == "hierarchical-softmax" and paths is not None:
        return HierarchicalSoftmaxOutput(W_out, paths)
    raise OptionError(
        f"loss must be one of {', '.join(LOSSES)}, hierarchical-softmax with the paths of a tree; got {loss!r}"
    )

"""What the kernels compute, written with layers: the same calls as `cpu.py`, slow, for any float dtype.

**The step.** An epoch goes over the corpus in blocks of `block` positions, and a block is cut into steps so that no
row is used ("met") more than `meetings` times in one (`corpus/draws/steps.py` says how, and why). A step first
computes all scores, from W_in and W_out as they were at its start; they determine the derivative of each term. Then
the updates are applied, example by example in corpus order, each computed from the rows as they are by then (both
sides from before this example's own update): plain SGD on the sum of the terms. An example is a centre with its
contexts, or for skip-gram with a group of them (`steps.group_size`). ``block=1, meetings=1`` is sequential SGD, pair
by pair. All positions count, kept or not, so neither subsampling nor how an epoch is cut into calls moves a block.

**The learning rate** is constant within a block: learning_rate · max(1 - share of the training done, 1e-4).

**With `parts`** (subwords; `kernels/word_parts.py` says how, and why it is stable) a word's row is the mean of rows of
a larger table. Each word among a block's contexts is composed at the start of the block and trained in its steps like
any row; at the end of the block its change is added to all its parts.

**The examples** are those of `ExampleSampler` in `corpus/draws/examples.py`; skip-gram's contexts are rows of W_in
and its centre a row of W_out, as in word2vec.c. A negative equal to the centre is skipped. A `TaggedSampler` gives the
examples of paragraph vectors, PV-DBOW: skip-gram whose contexts are the rows of a document's tags.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from wordvec.corpus.draws import steps
from wordvec.corpus.draws.examples import Examples, ExampleSampler
from wordvec.errors import OptionError
from wordvec.kernels.checks import Loss
from wordvec.kernels.huffman import HuffmanPaths
from wordvec.kernels.word_parts import WordParts
from wordvec.layers import Embedding, EmbeddingDot, Mean, SigmoidWithLoss
from wordvec.networks.word2vec import ComposedEmbedding


class Tables:
    """W_in (V, D) and W_out (U, D) as they are, copied; the counterpart of `wordvec.kernels.tables.Tables`."""

    def __init__(self, W_in: np.ndarray, W_out: np.ndarray) -> None:
        self.W_in, self.W_out = W_in.copy(), W_out.copy()

    def unpack(self) -> tuple[np.ndarray, np.ndarray]:
        """Copies of both matrices as they are now."""
        return self.W_in.copy(), self.W_out.copy()


def train_skipgram(
    tables: Tables,
    ids: np.ndarray,
    sentence_starts: np.ndarray,
    sampler: ExampleSampler,
    *,
    first: int,
    last: int,
    epoch: int,
    epochs: int,
    learning_rate: float = 0.025,
    block: int = 64,
    meetings: int = 24,
    threads: int = 1,
    hogwild: bool = False,
    paths: HuffmanPaths | None = None,
    parts: WordParts | None = None,
) -> Loss:
    """Train skip-gram on positions first .. last - 1 of one epoch, in place; return the loss along the way.

    Each context's row of W_in is trained with the centre's row of W_out and those of K negatives (Mikolov et al. 2013b,
    eq. 4), or with the nodes on the centre's path in a Huffman tree (`paths`).

    ids             (N,) int32, word ids; sentence_starts (S+1,) int64
    first, last     multiples of block, or last = N
    meetings        how often a row may be met in one step
    threads, hogwild   for compiled kernels; no effect here
    parts           with subwords: the rows of W_in (R, D) that each word is the mean of
    """
    options = (first, last, epoch, epochs, learning_rate, block, meetings, paths)
    composed = _Composed.of(tables, parts)
    group = steps.group_size(meetings, paths is not None, None if parts is None else sampler.window)
    network = _SkipGram(composed or tables, group)
    return _train(network, ids, sentence_starts, sampler, *options, composed)


def train_cbow(
    tables: Tables,
    ids: np.ndarray,
    sentence_starts: np.ndarray,
    sampler: ExampleSampler,
    *,
    first: int,
    last: int,
    epoch: int,
    epochs: int,
    learning_rate: float = 0.05,
    block: int = 64,
    meetings: int = 12,
    threads: int = 1,
    hogwild: bool = False,
    paths: HuffmanPaths | None = None,
    parts: WordParts | None = None,
    gradient: str = "mean",
) -> Loss:
    """Train CBOW on positions first .. last - 1 of one epoch, in place; return the loss along the way.

    The mean of the contexts' rows is trained with the outputs of `train_skipgram`. gradient: "mean", each context gets
    dL/dh / count, or "sum", each gets dL/dh (word2vec.c).
    """
    if gradient not in ("mean", "sum"):
        raise OptionError(f"cbow_gradient must be 'mean' or 'sum'; got {gradient!r}")
    sampler = replace(sampler, negative_sharing="window")  # there is only one hidden vector
    options = (first, last, epoch, epochs, learning_rate, block, meetings, paths)
    composed = _Composed.of(tables, parts)
    return _train(_CBOW(composed or tables, gradient, meetings), ids, sentence_starts, sampler, *options, composed)


class _Composed:
    """W_in (V, D) of words that are the mean of their parts, for the words of a block: ComposedEmbedding's output."""

    def __init__(self, tables: Tables, parts: WordParts) -> None:
        self.embedding = ComposedEmbedding(tables.W_in, parts, gradient="sum")
        self.W_in = np.zeros((parts.words, tables.W_in.shape[1]), tables.W_in.dtype)
        self.W_out, self.parts = tables.W_out, parts

    @classmethod
    def of(cls, tables: Tables, parts: WordParts | None) -> _Composed | None:
        return None if parts is None else cls(tables, parts)

    def begin(self, batch: Examples) -> None:
        """Compose the words that a block has among its contexts."""
        self.words, self.met = np.unique(batch.contexts[batch.mask], return_counts=True)
        self.before = self.embedding.forward(self.words)
        self.W_in[self.words] = self.before

    def end(self, meetings: int, quarters: int) -> None:
        """Add each word's change to its parts; a context counts `quarters` of a meeting."""
        shares = self.parts.shares(self.words, quarters * self.met.astype(np.int64), meetings)
        self.embedding.backward(self.W_in[self.words] - self.before, shares)
        (table,), (change,) = self.embedding.params, self.embedding.grads
        table[change.ids] += change.rows


class _SkipGram:
    """Embedding -> EmbeddingDot, with the derivatives of the scores given by the caller."""

    of_mean = False

    def __init__(self, tables: Tables | _Composed, group: int) -> None:
        self.embedding, self.dot = Embedding(tables.W_in), EmbeddingDot(tables.W_out)
        self.group = group

    def examples(self, batch: Examples) -> Examples:
        """One for each group of a centre's contexts."""
        return steps.split_contexts(batch, self.group)

    def scores(self, contexts: np.ndarray, mask: np.ndarray, outputs: np.ndarray) -> np.ndarray:
        """(B, C, J), one for each pair of context and output."""
        return self.dot.forward(self.embedding.forward(contexts), outputs)

    def backward(self, dscores: np.ndarray) -> None:
        self.embedding.backward(self.dot.backward(dscores))

    def counted(self, mask: np.ndarray, outputs_mask: np.ndarray) -> np.ndarray:
        """Which scores are terms of the loss."""
        return mask[:, :, None] & (outputs_mask if outputs_mask.ndim == 3 else outputs_mask[:, None, :])

    @staticmethod
    def predictions(mask: np.ndarray) -> int:
        return int(mask.sum())


class _CBOW:
    """Embedding -> Mean -> EmbeddingDot."""

    of_mean = True

    def __init__(self, tables: Tables | _Composed, gradient: str, meetings: int) -> None:
        self.embedding, self.mean, self.dot = Embedding(tables.W_in), Mean(), EmbeddingDot(tables.W_out)
        self.gradient, self.meetings = gradient, meetings

    def examples(self, batch: Examples) -> Examples:
        """One for each centre: its contexts share their mean."""
        return batch

    def scores(self, contexts: np.ndarray, mask: np.ndarray, outputs: np.ndarray) -> np.ndarray:
        """(B, J), one for each output."""
        self._mask, self._contexts = mask, contexts
        return self.dot.forward(self.mean.forward(self.embedding.forward(contexts), mask), outputs)

    def backward(self, dscores: np.ndarray) -> None:
        dh = self.dot.backward(dscores)
        shares = steps.cbow_shares(self._contexts, self._mask, self.meetings).astype(dh.dtype)
        undivided = dh[:, None, :] * (self._mask * shares[:, None])[:, :, None]
        self.embedding.backward(self.mean.backward(dh) if self.gradient == "mean" else undivided)

    def counted(self, mask: np.ndarray, outputs_mask: np.ndarray) -> np.ndarray:
        """Which scores are terms of the loss."""
        return outputs_mask

    @staticmethod
    def predictions(mask: np.ndarray) -> int:
        return len(mask)


def _train(
    network: Any,
    ids: np.ndarray,
    sentence_starts: np.ndarray,
    sampler: ExampleSampler,
    first: int,
    last: int,
    epoch: int,
    epochs: int,
    learning_rate: float,
    block: int,
    meetings: int,
    paths: HuffmanPaths | None,
    composed: _Composed | None,
) -> Loss:
    loss = Loss(0.0, 0, 0, 0)
    path_starts = None if paths is None else paths.starts
    weights = steps.weights_for(network.of_mean, sampler.negatives, path_starts, sampler.power, sampler.negative_pool)
    for begin in range(first, last, block):
        batch = sampler.draw(ids, sentence_starts, first=begin, last=min(begin + block, last), epoch=epoch)
        if len(batch.centres) == 0:
            continue
        done = (epoch * len(ids) + begin) / (epochs * len(ids))
        rate = np.float32(learning_rate * max(1.0 - done, 1e-4))
        if composed is not None:
            composed.begin(batch)
        examples = network.examples(batch)
        outputs, labels, present = outputs_of(examples, paths)
        met = steps.count_meetings(
            examples,
            outputs,
            present,
            weights,
            tree=paths is not None,
            mean=network.of_mean,
            first_tag=None if sampler.tags is None else sampler.tags.first,
        )
        losses = [
            _step(
                network, Examples(*(part[step] for part in examples)), outputs[step], labels[step], present[step], rate
            )
            for step in steps.cut_into_steps(met, meetings)
        ]
        if composed is not None:
            composed.end(meetings, weights.part)
        loss = Loss(*map(sum, zip(loss, *losses)))._replace(centres=loss.centres + len(batch.centres))
    return loss


def _step(
    network: Any, batch: Examples, outputs: np.ndarray, labels: np.ndarray, present: np.ndarray, rate: np.float32
) -> Loss:
    """All scores, then all updates."""
    criterion = SigmoidWithLoss(reduction="sum")
    scores = network.scores(batch.contexts, batch.mask, outputs)
    counted = np.broadcast_to(network.counted(batch.mask, present), scores.shape)
    if scores.ndim == 3 and labels.ndim == 2:  # all contexts share the centre's outputs
        labels = labels[:, None, :]
    loss = float(criterion.forward(scores, np.broadcast_to(labels, scores.shape), counted))
    _update(network, batch, outputs, rate * criterion.backward())
    return Loss(loss, network.predictions(batch.mask), int(counted.sum()), 0)


def _update(network: Any, batch: Examples, outputs: np.ndarray, steps: np.ndarray) -> None:
    """One centre after another: its gradients from the rows as they are now, for derivatives already fixed."""
    for b in range(len(batch.centres)):
        one = slice(b, b + 1)
        network.scores(batch.contexts[one], batch.mask[one], outputs[one])
        network.backward(steps[one])
        for layer in (network.embedding, network.dot):
            (W,), (dW,) = layer.params, layer.grads
            W[dW.ids] -= dW.rows


def outputs_of(batch: Examples, paths: HuffmanPaths | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of W_out that the examples use, whether they are targets, and which entries count."""
    return _negative_outputs(batch) if paths is None else _path_outputs(batch, paths)


def _negative_outputs(batch: Examples) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outputs (..., 1 + K), the centre first; their labels; which of them count."""
    centres = batch.centres.reshape(-1, *[1] * (batch.negatives.ndim - 1))
    outputs = np.concatenate([np.broadcast_to(centres, (*batch.negatives.shape[:-1], 1)), batch.negatives], axis=-1)
    labels = np.zeros(outputs.shape, bool)
    labels[..., 0] = True
    return outputs, labels, labels | (outputs != centres)


def _path_outputs(batch: Examples, paths: HuffmanPaths) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inner nodes (B, longest path) on the way to each centre; whether the way goes left; which places are in use."""
    starts, lengths = paths.starts[batch.centres], np.diff(paths.starts)[batch.centres]
    steps = np.arange(lengths.max())
    present = steps < lengths[:, None]
    index = np.where(present, starts[:, None] + steps, 0)
    return np.where(present, paths.nodes[index], 0), present & (paths.signs[index] > 0), present

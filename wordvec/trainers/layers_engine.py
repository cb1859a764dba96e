"""The readable engine: training through the layers, in mini-batches, on numpy or cupy."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.arrays import Array, array_module, gpu_memory_errors, to_device, to_numpy
from wordvec.corpus.draws.examples import Examples
from wordvec.corpus.draws.steps import (
    Meetings,
    count_meetings,
    cut_into_steps,
    group_size,
    split_contexts,
    weights_for,
)
from wordvec.errors import counted
from wordvec.kernels.reference import outputs_of
from wordvec.networks import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSprop

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.trainers.options import TrainingPlan

CHUNK = 50_000  # positions between updates of progress and checkpoints: at most a second of work
MOST_CONTEXTS = 2_000_000  # in a chunk
BATCHES_ON_GPU = 400  # batches in a chunk on a GPU, where batches of all sizes take about the same time
OPTIMIZERS = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSprop,
    "adam": Adam,
}


class Loss(NamedTuple):
    """The loss, summed over `predictions`."""

    total: float
    predictions: int


class LayersEngine:
    """Trains W_in and W_out (V, D) on ranges of a corpus, one mini-batch after another.

    A mini-batch is a step of `corpus/draws/steps.py`, within a block of `block` positions. Its loss is summed over its
    predictions, as in word2vec; `frozen` (V,) marks words whose rows do not change.
    """

    def __init__(
        self,
        plan: TrainingPlan,
        corpus: Corpus,
        W_in: np.ndarray,
        W_out: np.ndarray,
        frozen: np.ndarray | None = None,
    ) -> None:
        self.plan, self.corpus, self.block = plan, corpus, plan.block
        chunk = BATCHES_ON_GPU * self.block if plan.device == "gpu" else CHUNK
        room = MOST_CONTEXTS // plan.most_contexts
        self.chunk = self.block * max(1, min(chunk, room) // self.block)
        tables = (8 if plan.loss == "softmax" else 4) * (W_in.nbytes + W_out.nbytes)
        with self._memory_errors(corpus.ids.nbytes + tables):
            W_in, W_out, self._ids, self._starts = (
                to_device(array, plan.device) for array in (W_in, W_out, corpus.ids, corpus.sentence_starts)
            )
            self._sampler = plan.sampler.on(plan.device)
            self._frozen = None if frozen is None else to_device(frozen, plan.device)
            self._network = plan.make_network(W_in, W_out)
        self._tables = (W_in, W_out)
        self._optimizer = OPTIMIZERS[plan.optimizer]()
        if plan.device == "gpu":
            self._warm_up()

    def _warm_up(self) -> None:
        """Make CuPy compile what a batch needs; trains nothing."""
        if self._run(0, min(self.block, len(self._ids)), 0, None).predictions:
            self._network.backward()

    def train(self, first: int, last: int, epoch: int, tokens: int) -> Loss:
        """Train on positions first .. last - 1; `tokens` is the length of an epoch, for the learning rate."""
        return self._run(first, last, epoch, tokens)

    def loss(self, first: int, last: int, epoch: int) -> Loss:
        """The loss on positions first .. last - 1 with the current weights; trains nothing."""
        return self._run(first, last, epoch, None)

    def _run(self, first: int, last: int, epoch: int, tokens: int | None) -> Loss:
        """Keep losses on the device until the end: reading each one would make the GPU wait."""
        losses, predictions = [], 0
        with self._memory_errors():
            for begin in range(first, last, self.chunk):
                examples = self._sampler.draw(
                    self._ids, self._starts, first=begin, last=min(begin + self.chunk, last), epoch=epoch
                )
                predictions += self._network.predictions(examples)
                for position, batch in self._batches(examples, begin):
                    losses.append(self._network.forward(batch))
                    if tokens is not None:
                        self._step((epoch + position / tokens) / self.plan.epochs)
            return Loss(total_of(losses), predictions)

    def _batches(self, examples: Examples, first: int) -> Iterator[tuple[int, Examples]]:
        """The examples in steps, within blocks that begin at `first`; yields the first position of the block with each.

        The cuts are computed on the host, from the drawn examples.
        """
        if len(examples.positions) == 0:
            return
        examples = Examples(*(to_numpy(part) for part in examples))
        cbow, meetings, tree = self.plan.cbow, self.plan.meetings, self.plan.paths is not None
        if not cbow:
            examples = split_contexts(examples, group_size(meetings, tree=tree))
        outputs, present = examples.centres[:, None], np.ones((len(examples.centres), 1), bool)
        if self.plan.loss != "softmax":
            outputs, _, present = outputs_of(examples, self.plan.paths)
        path_starts = None if self.plan.paths is None else self.plan.paths.starts
        sampler = self._sampler
        weights = weights_for(cbow, sampler.negatives, path_starts, sampler.power, sampler.negative_pool)
        first_tag = None if self._sampler.tags is None else self._sampler.tags.first
        met = count_meetings(examples, outputs, present, weights, tree=tree, mean=cbow, first_tag=first_tag)
        number = (examples.positions - first) // self.block
        borders = np.flatnonzero(np.diff(number, prepend=-1, append=-1)).tolist()
        for begin, end in itertools.pairwise(borders):
            of_block = Meetings(*(part[begin:end] for part in met))
            for step in cut_into_steps(of_block, meetings, most=self.block):
                rows = slice(begin + step.start, begin + step.stop)
                batch = Examples(*(to_device(part[rows], self.plan.device) for part in examples))
                yield first + int(number[begin]) * self.block, batch

    def _step(self, progress: float) -> None:
        self._network.backward()
        self._optimizer.learning_rate = self.plan.schedule.at(progress)
        self._optimizer.update(self._network.params, self._kept_gradients())

    def _memory_errors(self, needed: int | None = None) -> AbstractContextManager[None]:
        words = len(self.corpus.vocabulary)
        what = f"{self.plan.name} through layers: {counted(words, 'word')} in {counted(self.plan.dim, 'dimension')}"
        return gpu_memory_errors(what, needed, device=self.plan.device)

    def largest_weight(self) -> float:
        """The largest absolute value in either matrix; not finite if either has a value that is not finite."""
        return max(float(array_module(W).abs(W).max(initial=0)) for W in self._tables)

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """W_in and W_out as numpy arrays."""
        W_in, W_out = self._tables
        return to_numpy(W_in), to_numpy(W_out)

    def arrays(self) -> dict[str, np.ndarray]:
        """W_in and W_out by name, for checkpoints."""
        W_in, W_out = self.weights()
        return {"W_in": W_in, "W_out": W_out}

    def take_weights(self) -> tuple[np.ndarray, np.ndarray]:
        """W_in and W_out, which the layers train in place."""
        return self.weights()

    def _kept_gradients(self) -> list[Any]:
        """The gradients, zero in frozen rows."""
        gradients = self._network.grads
        if self._frozen is None:
            return gradients
        # hierarchical softmax: the rows of W_out are nodes, not words
        of_words = gradients[:1] if self.plan.loss == "hierarchical-softmax" else gradients
        for gradient in of_words:
            if hasattr(gradient, "ids"):
                gradient.rows[self._frozen[gradient.ids]] = 0
            else:  # the full softmax's dense gradient of W_out^T
                gradient[:, self._frozen] = 0
        return gradients


def total_of(losses: list[Array]) -> float:
    """The sum of losses, in float64 and in order."""
    return float(sum(to_numpy(array_module(*losses).stack(losses)).tolist())) if losses else 0.0

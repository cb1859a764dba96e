"""The readable engine: training through the layers, in mini-batches, on numpy or cupy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wordvec.arrays import to_device, to_numpy
from wordvec.corpus.examples import Examples
from wordvec.networks import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSprop

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.trainers.neural import NeuralTrainer

CHUNK = 50_000  # positions between two looks at progress and checkpoints: a second of work or less
OPTIMIZERS = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSprop,
    "adam": Adam,
}


class Loss(NamedTuple):
    """A loss summed over so many predictions."""

    total: float
    predictions: int


class LayersEngine:
    """Trains W_in and W_out (V, D) on stretches of a corpus, one mini-batch of `block` positions after the other.

    The loss of a batch is summed over its predictions, as word2vec's steps are; `frozen` (V,) marks words whose
    rows stay as they are.
    """

    def __init__(
        self,
        trainer: NeuralTrainer,
        corpus: Corpus,
        W_in: np.ndarray,
        W_out: np.ndarray,
        frozen: np.ndarray | None = None,
    ) -> None:
        self.trainer, self.corpus = trainer, corpus
        self.block = trainer.batch_for(corpus.vocabulary.counts)
        self.chunk = self.block * max(1, CHUNK // self.block)
        self._sampler = trainer.sampler(corpus.vocabulary.counts)
        W_in, W_out = to_device(W_in, trainer.device), to_device(W_out, trainer.device)
        self._tables = (W_in, W_out)
        self._network = trainer.make_network(W_in, W_out, trainer.paths(corpus.vocabulary.counts))
        self._optimizer = OPTIMIZERS[trainer.optimizer]()
        self._frozen = None if frozen is None else to_device(frozen, trainer.device)

    def train(self, first: int, last: int, epoch: int, tokens: int) -> Loss:
        """Train on positions first .. last - 1; `tokens` is the length of an epoch, for the learning rate."""
        total, predictions = 0.0, 0
        for begin in range(first, last, self.block):
            batch = self._draw(begin, min(begin + self.block, last), epoch)
            if len(batch.centres) == 0:
                continue
            total += float(self._network.forward(batch))
            predictions += self._network.predictions(batch)
            self._network.backward()
            self._optimizer.learning_rate = self.trainer.learning_rate_at(
                (epoch + begin / tokens) / self.trainer.epochs
            )
            self._optimizer.update(self._network.params, self._kept_gradients())
        return Loss(total, predictions)

    def loss(self, first: int, last: int, epoch: int) -> Loss:
        """The loss on positions first .. last - 1 at the weights as they are, training nothing."""
        total, predictions = 0.0, 0
        for begin in range(first, last, self.block):
            batch = self._draw(begin, min(begin + self.block, last), epoch)
            if len(batch.centres):
                total += float(self._network.forward(batch))
                predictions += self._network.predictions(batch)
        return Loss(total, predictions)

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """W_in and W_out as numpy arrays."""
        W_in, W_out = self._tables
        return to_numpy(W_in), to_numpy(W_out)

    def take_weights(self) -> tuple[np.ndarray, np.ndarray]:
        """The same: the layers train them in place."""
        return self.weights()

    def _draw(self, first: int, last: int, epoch: int) -> Examples:
        batch = self._sampler.draw(self.corpus.ids, self.corpus.sentence_starts, first=first, last=last, epoch=epoch)
        return Examples(*(to_device(part, self.trainer.device) for part in batch))

    def _kept_gradients(self) -> list:
        """The gradients, zero in frozen rows."""
        gradients = self._network.grads
        if self._frozen is None:
            return gradients
        of_words = (
            gradients[:1] if self.trainer.loss == "hierarchical-softmax" else gradients
        )  # else W_out's are nodes'
        for gradient in of_words:
            if hasattr(gradient, "ids"):
                gradient.rows[self._frozen[gradient.ids]] = 0
            else:  # the full softmax's dense gradient of W_out^T
                gradient[:, self._frozen] = 0
        return gradients

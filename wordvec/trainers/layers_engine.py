"""Training through the layers, in mini-batches: the readable engine, on numpy or cupy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from wordvec.arrays import to_device, to_numpy
from wordvec.corpus.examples import Examples
from wordvec.errors import TrainingError
from wordvec.networks import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSprop
from wordvec.progress import progress

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.trainers.base import History
    from wordvec.trainers.neural import NeuralTrainer

OPTIMIZERS = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSprop,
    "adam": Adam,
}


def train_through_layers(
    trainer: NeuralTrainer,
    corpus: Corpus,
    W_in: np.ndarray,
    W_out: np.ndarray,
    history: History,
    show_progress: bool | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Train W_in and W_out (V, D) for all epochs and return them; appends each epoch's mean loss to `history`.

    A batch is a stretch of corpus positions. Its loss is summed over predictions, as word2vec's steps are; the
    recorded loss is the mean over predictions.
    """
    W_in, W_out = to_device(W_in, trainer.device), to_device(W_out, trainer.device)
    network = trainer.make_network(W_in, W_out)
    optimizer = OPTIMIZERS[trainer.optimizer]()
    sampler, batch_size = trainer.sampler(corpus.vocabulary.counts), trainer.batch_for(corpus.vocabulary.counts)
    tokens = len(corpus.ids)
    with progress(tokens * trainer.epochs, f"{trainer.name} through layers", "words", show=show_progress) as bar:
        for epoch in range(trainer.epochs):
            total, predictions = 0.0, 0
            for first in range(0, tokens, batch_size):
                last = min(first + batch_size, tokens)
                batch = sampler.draw(corpus.ids, corpus.sentence_starts, first=first, last=last, epoch=epoch)
                bar.update(last - first)
                if len(batch.centres) == 0:
                    continue
                batch = Examples(*(to_device(part, trainer.device) for part in batch))
                total += float(network.forward(batch))
                predictions += network.predictions(batch)
                network.backward()
                optimizer.learning_rate = trainer.learning_rate_at((epoch + first / tokens) / trainer.epochs)
                optimizer.update(network.params, network.grads)
            history.loss.append(mean_loss(total, predictions, epoch))
            bar.set_postfix_str(f"loss {history.loss[-1]:.4f}")
    return to_numpy(W_in), to_numpy(W_out)


def mean_loss(total: float, predictions: int, epoch: int) -> float:
    """Loss per prediction; raises TrainingError when there was nothing to predict or the sum is not finite."""
    if predictions == 0:
        raise TrainingError(
            "no word of the corpus has another word beside it, so there is nothing to train on: "
            "longer sentences, a smaller --min-count or --subsample 0 may help"
        )
    if not math.isfinite(total):
        raise TrainingError(f"the loss is not finite in epoch {epoch + 1}: take a smaller --learning-rate")
    return total / predictions

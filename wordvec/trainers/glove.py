"""GloVe vectors: a weighted least-squares fit of log co-occurrence counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wordvec import rng
from wordvec.arrays import device_module, to_device, to_numpy
from wordvec.errors import TrainingError
from wordvec.layers import GloVeLoss
from wordvec.networks import AdaGrad
from wordvec.progress import progress
from wordvec.trainers.base import Trainer, check_memory, check_options
from wordvec.trainers.loop import mean_loss

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.vectors import WordVectors


@dataclass
class GloVe(Trainer):
    """J = sum over cells of f(X_ij) (w_i . c_j + b_i + b_j - log X_ij)^2 (Pennington et al. 2014, eq. 8), by AdaGrad.

    dim            length of a vector: 100
    window         words on each side: 10, weighted by 1 / distance (ibid., section 4.2)
    epochs         passes over the non-zero cells: 25; GloVe's own demo takes 15, its paper 50 to 100
    learning_rate  AdaGrad's: 0.05 (ibid., section 4.2)
    x_max, alpha   f(x) = min(1, (x / x_max)^alpha); alpha 0.75 (ibid., section 3); x_max 10, as GloVe's demo
                   takes for corpora of text8's size, where the paper's 100 was for billions of words
    add_context    the vectors are word + context vectors (ibid., section 4.2)
    batch_size     cells in a mini-batch
    """

    name: ClassVar[str] = "glove"

    dim: int = 100
    window: int = 10
    epochs: int = 25
    learning_rate: float = 0.05
    x_max: float = 10.0
    alpha: float = 0.75
    add_context: bool = True
    batch_size: int = 4096
    engine: str = "layers"
    device: str = "cpu"
    seed: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_options(
            self,
            dim=(self.dim >= 1, "at least 1"),
            window=(self.window >= 1, "at least 1"),
            epochs=(self.epochs >= 1, "at least 1"),
            learning_rate=(self.learning_rate > 0, "positive"),
            x_max=(self.x_max > 0, "positive"),
            batch_size=(self.batch_size >= 1, "at least 1"),
            engine=(self.engine in ("layers",), "'layers'"),
            device=(self.device in ("cpu", "gpu"), "'cpu' or 'gpu'"),
        )

    def _train(self, corpus: Corpus, show_progress: bool | None) -> WordVectors:
        from wordvec.counts import count_cooccurrences

        device_module(self.device)
        size = len(corpus.vocabulary)
        check_memory(f"{size:,} words in {self.dim} dimensions", 4 * 4 * size * (self.dim + 1))
        with self._history.stage("count"):
            counted = count_cooccurrences(corpus, window=self.window, weighting="harmonic", show_progress=show_progress)
        with self._history.stage("train"):
            words, contexts = self._fit_cells(counted.matrix.tocoo(), size, show_progress)
        self._history.words = len(corpus.ids) * self.epochs
        return self._make_vectors(corpus, words + contexts if self.add_context else words, contexts)

    def _fit_cells(self, cells: Any, size: int, show_progress: bool | None) -> tuple[np.ndarray, np.ndarray]:
        W_in, W_out, b_in, b_out = (to_device(array, self.device) for array in self._starting_weights(size))
        loss = GloVeLoss(W_in, W_out, b_in, b_out, x_max=self.x_max, alpha=self.alpha, reduction="sum")
        optimizer = AdaGrad(self.learning_rate)
        rows, columns, counts = cells.row, cells.col, cells.data.astype(np.float32)
        with progress(self.epochs * len(counts), "glove through layers", "cells", show=show_progress) as bar:
            for epoch in range(self.epochs):
                order, total = rng.permutation(self.seed, epoch, len(counts)), 0.0
                for first in range(0, len(order), self.batch_size):
                    batch = order[first : first + self.batch_size]
                    inputs = (to_device(part[batch], self.device) for part in (rows, columns, counts))
                    total += float(loss.forward(*inputs))
                    loss.backward()
                    optimizer.update(loss.params, loss.grads)
                    bar.update(len(batch))
                if not math.isfinite(total):
                    raise TrainingError(f"training diverged in epoch {epoch + 1}: take a smaller --learning-rate")
                self._history.loss.append(mean_loss(total, len(counts)))
                bar.set_postfix_str(f"loss {self._history.loss[-1]:.4f}")
        return to_numpy(W_in), to_numpy(W_out)

    def _starting_weights(self, size: int) -> list[np.ndarray]:
        """W and C uniform in (-0.5, 0.5) / dim, both biases zero."""
        streams = (rng.INITIAL_W_IN, rng.INITIAL_W_OUT)
        tables = [rng.starting_table(self.seed, stream, (size, self.dim)) for stream in streams]
        return tables + [np.zeros(size, np.float32), np.zeros(size, np.float32)]

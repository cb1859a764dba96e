"""What the CBOW and skip-gram trainers share: their options, the starting weights, the schedule."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec import rng
from wordvec.arrays import Array, device_module
from wordvec.corpus.examples import ExampleSampler
from wordvec.corpus.sampling import keep_probabilities
from wordvec.networks.outputs import LOSSES
from wordvec.trainers.base import Trainer, check_memory, check_options
from wordvec.trainers.layers_engine import OPTIMIZERS, train_through_layers

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.vectors import WordVectors

MIN_LEARNING_RATE = 1e-4  # of the starting one, as in word2vec.c
MAX_STALE_WAY = 3.0  # learning rate times terms of one row in a batch: up to 3.6 trained an eight-word corpus like
# single steps, 7.2 diverged (measured)
MAX_BATCH = 4096


@dataclass
class NeuralTrainer(Trainer):
    """Options of CBOW and SkipGram; the defaults are word2vec's where it has one.

    dim               length of a vector: 100
    window            words on each side: 5; with shrink_window each centre draws its own from 1 .. window
    negatives         negatives drawn for each example: 5 (Mikolov et al. 2013b: 5-20 for small data)
    epochs            passes over the corpus: 5
    subsample         t: words of a larger share than this are thinned out: 1e-3 (0 turns it off)
    learning_rate     falls linearly to 1e-4 of itself; None is word2vec's for SGD, 0.025 for skip-gram and 0.05
                      for CBOW, a tenth of that with momentum, and 0.001 for the adaptive optimizers
    negative_power    negatives are drawn by counts ** 0.75 (ibid., section 2.2)
    negative_sharing  "window": one draw for all contexts of a centre, as good (measured) and faster;
                      "pair": one for each, as word2vec.c
    loss              "negative-sampling", or "softmax" over the whole vocabulary (for small ones)
    optimizer         "sgd", or the others of wordvec.networks by their lower-case names
    batch_size        corpus positions in a batch; None bounds it so that no row collects too many stale updates
    device            "cpu" or "gpu"
    seed              same seed, same options, same machine: same bytes
    """

    dim: int = 100
    window: int = 5
    negatives: int = 5
    epochs: int = 5
    subsample: float = 1e-3
    learning_rate: float | None = None
    negative_power: float = 0.75
    negative_sharing: str = "window"
    shrink_window: bool = True
    loss: str = "negative-sampling"
    optimizer: str = "sgd"
    batch_size: int | None = None
    engine: str = "layers"
    device: str = "cpu"
    seed: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_options(
            self,
            dim=(self.dim >= 1, "at least 1"),
            window=(self.window >= 1, "at least 1"),
            negatives=(self.negatives >= 1, "at least 1"),
            epochs=(self.epochs >= 1, "at least 1"),
            subsample=(self.subsample >= 0, "0 (off) or positive"),
            learning_rate=(self.learning_rate is None or self.learning_rate > 0, "positive"),
            negative_sharing=(self.negative_sharing in ("window", "pair"), "'window' or 'pair'"),
            loss=(self.loss in LOSSES, "one of " + ", ".join(LOSSES)),
            optimizer=(self.optimizer in OPTIMIZERS, "one of " + ", ".join(OPTIMIZERS)),
            batch_size=(self.batch_size is None or self.batch_size >= 1, "at least 1"),
            engine=(self.engine in ("layers",), "'layers'"),
            device=(self.device in ("cpu", "gpu"), "'cpu' or 'gpu'"),
        )

    @abstractmethod
    def make_network(self, W_in: Array, W_out: Array) -> Any:
        """The network of layers this trainer trains."""

    @property
    def default_learning_rate(self) -> float:
        """For ``learning_rate=None``."""
        return {"sgd": 0.025, "momentum": 0.0025, "nesterov": 0.0025}.get(self.optimizer, 0.001)

    def learning_rate_at(self, progress: float) -> float:
        """The learning rate after this share (0 to 1) of all training."""
        start = self.default_learning_rate if self.learning_rate is None else self.learning_rate
        return start * max(1.0 - progress, MIN_LEARNING_RATE)

    def sampler(self, counts: np.ndarray) -> ExampleSampler:
        """Draws this trainer's examples for a vocabulary with these counts."""
        return ExampleSampler.for_counts(
            counts,
            subsample=self.subsample,
            power=self.negative_power,
            window=self.window,
            negatives=self.negatives if self.loss == "negative-sampling" else 0,
            negative_sharing=self.negative_sharing,
            shrink_window=self.shrink_window,
            seed=self.seed,
        )

    def batch_for(self, counts: np.ndarray) -> int:
        """Corpus positions in a batch: `batch_size`, or as many as keep the commonest row from going stale.

        In one batch all gradients are taken at the same weights and added up, so a row that takes part in n terms
        moves n steps in a direction that was right for one. Its way, learning_rate * n, is what is bounded.
        """
        if self.batch_size is not None:
            return self.batch_size
        kept = counts * keep_probabilities(counts, self.subsample)
        share = kept.max() / counts.sum()  # of positions that hold the commonest kept word
        negative = (counts**self.negative_power).max() / (counts**self.negative_power).sum()
        contexts = self.window + 1 if self.shrink_window else 2 * self.window
        terms = contexts * max(share * (1 + self.negatives), share + self.negatives * negative)
        reach = 10 if self.optimizer in ("momentum", "nesterov") else 1  # momentum 0.9 repeats a step ten times over
        return int(np.clip(MAX_STALE_WAY / (self.learning_rate_at(0.0) * reach * terms), 1, MAX_BATCH))

    def starting_weights(self, vocabulary_size: int) -> tuple[np.ndarray, np.ndarray]:
        """W_in uniform in (-0.5, 0.5) / dim and W_out zero, float32, as in word2vec.c."""
        W_in = rng.uniform_matrix(self.seed, rng.INITIAL_W_IN, (vocabulary_size, self.dim))
        return ((W_in - 0.5) / self.dim).astype(np.float32), np.zeros((vocabulary_size, self.dim), np.float32)

    def _train(self, corpus: Corpus, show_progress: bool | None) -> WordVectors:
        device_module(self.device)  # an absent GPU is an error now, not after the tables are built
        size = len(corpus.vocabulary)
        tables = 8 if self.loss == "softmax" else 4  # with the dense gradient of the full softmax
        check_memory(f"{size:,} words in {self.dim} dimensions", 4 * size * self.dim * tables)
        W_in, W_out = self.starting_weights(size)
        with self._history.stage("train"):
            W_in, W_out = train_through_layers(self, corpus, W_in, W_out, self._history, show_progress)
        self._history.words = len(corpus.ids) * self.epochs
        return self._make_vectors(corpus, W_in, W_out)

"""GloVe vectors: a weighted least-squares fit of log co-occurrence counts."""

from __future__ import annotations

import importlib.util
import math
import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wordvec import rng
from wordvec.arrays import device_module, gpu_memory_errors, to_device, to_numpy
from wordvec.errors import OptionError, ShapeError, TrainingError
from wordvec.layers import GloVeLoss
from wordvec.memory import available_cores
from wordvec.networks import AdaGrad
from wordvec.progress import progress
from wordvec.trainers.base import Trainer, check_memory, check_options
from wordvec.trainers.counting import LEAVE_NO_TRACE, count_corpus, counting_conditions
from wordvec.trainers.kernel_engine import SECONDS_A_CHUNK, announced
from wordvec.trainers.layers_engine import total_of
from wordvec.trainers.loop import delayed_interrupt, diverged, mean_loss
from wordvec.trainers.neural_options import ENGINES
from wordvec.trainers.spectral import INITS, spectral_start

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.vectors import WordVectors

StartTables = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # W_in, W_out (V, D), b_in, b_out (V,)


@dataclass
class GloVe(Trainer):
    """J = sum over cells of f(X_ij) (w_i . c_j + b_i + b_j - log X_ij)^2 (Pennington et al. 2014, eq. 8), by AdaGrad.

    dim            length of a vector: 100
    window         words on each side: 10 (ibid., section 4.2)
    weighting      "harmonic", 1 / distance (ibid.); this and side, subsample, subsample_mode and memory as in SVD
    epochs         passes over the non-zero cells: 5, enough with init "svd": more fit the counts better and similarity
                   worse (measured); with init "random" take 25 (GloVe's own demo takes 15, its paper 50 to 100)
    learning_rate  0.05 (ibid., section 4.2), and used as GloVe's own program does, see below; on 17 million words of
                   Wikipedia 0.2 gave the same analogies and better similarities (MEN .542 for .488)
    x_max, alpha   f(x) = min(1, (x / x_max)^alpha); alpha 0.75 (ibid., section 3); x_max 10, as GloVe's demo
                   takes for corpora of text8's size, where the paper's 100 was for billions of words
    add_context    the vectors are word + context vectors (ibid., section 4.2)
    batch_size     cells in a mini-batch (layers); the kernel takes one after the other
    engine         "kernel", compiled, or "layers"; None takes the kernel
    init           where training starts: "svd", the factorised PPMI matrix (`wordvec.trainers.spectral`) with the
                   logarithms of the counts as biases, which scored higher on every set than "random", small noise as
                   GloVe's program takes; a matrix of fewer than `dim` dimensions makes it "random" too, with a note
    device         "cpu" or "gpu", for counting, start and training; the GPU's kernel cuts the cells into other tiles
                   and so takes them in another order: another result of the same kind
    threads        of counting and of the CPU's kernel: None is all cores; the result has the same bytes for any number
    seed           same seed, same options, same machine: same bytes

    AdaGrad has rate 1 here, and its sums of squares start at (2 / learning_rate)^2 for vectors and at 4 for biases.
    That is what GloVe's program does in other words: it takes half the gradient g, sums (learning_rate g)^2 from 1
    and steps by learning_rate g / sqrt(sum); for biases it leaves the learning rate out. Only two details differ: it
    adds to a sum after the step, and clips gradients at 100. AdaGrad from zero with rate 0.05 scored lower (on the
    same text, Google .293 for .358).
    """

    name: ClassVar[str] = "glove"

    dim: int = 100
    window: int = 10
    epochs: int = 5
    learning_rate: float = 0.05
    x_max: float = 10.0
    alpha: float = 0.75
    add_context: bool = True
    batch_size: int = 4096
    engine: str | None = None
    init: str = "svd"
    device: str = "cpu"
    threads: int | None = None
    seed: int = 1
    weighting: str = "harmonic"
    side: str = "both"
    subsample: float = 0.0
    subsample_mode: str = "dirty"
    memory: str | int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.engine is None:
            self.engine = "kernel"
        check_options(
            self,
            dim=(self.dim >= 1, "at least 1"),
            **counting_conditions(self),
            epochs=(self.epochs >= 1, "at least 1"),
            learning_rate=(1e-6 <= self.learning_rate <= 1e6, "positive, from 1e-6 to 1e6"),
            x_max=(self.x_max > 0, "positive"),
            alpha=(self.alpha >= 0, "0 or positive"),
            batch_size=(self.batch_size >= 1, "at least 1"),
            engine=(self.engine in ENGINES, "one of " + ", ".join(ENGINES)),
            init=(self.init in INITS, "one of " + ", ".join(INITS)),
        )
        if self.engine == "layers" and self.threads is not None:
            raise OptionError(f"{self.name}: threads belong to the compiled kernel, engine 'kernel'")

    def parameters(self) -> dict[str, Any]:
        """All options, less those that change nothing about the result."""
        return {name: value for name, value in super().parameters().items() if name not in LEAVE_NO_TRACE}

    @property
    def accumulators(self) -> tuple[float, float]:
        """What AdaGrad's sums of squares start from: for vectors, for biases."""
        return (2 / self.learning_rate) ** 2, 4.0

    def start_tables(self, size: int) -> StartTables:
        """Where training starts for `size` words: W and C uniform in (-0.5, 0.5) / dim, both biases zero; float32.

        The one place that knows: a subclass that returns other tables of these shapes starts from them.
        """
        W_in, W_out = (
            rng.starting_table(self.seed, stream, (size, self.dim)) for stream in (rng.INITIAL_W_IN, rng.INITIAL_W_OUT)
        )
        return W_in, W_out, np.zeros(size, np.float32), np.zeros(size, np.float32)

    def _start(self, corpus: Corpus, show_progress: bool | None) -> StartTables:
        """`start_tables`, or where `init` is "svd", vectors near the PMI and biases that add up to the rest.

        log X_ij = PMI_ij + log n_i + log n_j - log (N / c), where each of the N tokens adds c to the counts' sum.
        """
        if self.init == "random":
            return self.start_tables(len(corpus.vocabulary))
        from wordvec.counts.cooccurrence import weights_of

        try:
            with self._history.stage("init"):
                W_in, W_out = spectral_start(
                    corpus,
                    self.dim,
                    length=1.0,
                    seed=self.seed,
                    threads=self.threads,
                    device=self.device,
                    show_progress=show_progress,
                )
        except (OptionError, ShapeError, TrainingError) as error:  # too few dimensions, no counts, none above chance
            self._history.notes.append(f"started from random vectors: {error}")
            return self.start_tables(len(corpus.vocabulary))
        unit, weights = weights_of(self.window, self.weighting)
        added = weights.sum() / unit * (2 if self.side == "both" else 1)
        counts = corpus.vocabulary.counts.astype(np.float64)
        biases = (np.log(counts) - 0.5 * np.log(counts.sum() / added)).astype(np.float32)
        return W_in, W_out, biases, biases.copy()

    def _train(self, corpus: Corpus, show_progress: bool | None) -> WordVectors:
        device_module(self.device)
        size = len(corpus.vocabulary)
        check_memory(f"{size:,} words in {self.dim} dimensions", 8 * 4 * size * (self.dim + 16))
        fit_corpus = self._fit_by_kernel if self._has_kernel() else self._fit_through_layers
        start = self._start(corpus, show_progress)
        with gpu_memory_errors(f"glove: {size:,} words in {self.dim} dimensions", device=self.device):
            words, contexts = fit_corpus(corpus, start, show_progress)
        if not (np.isfinite(words).all() and np.isfinite(contexts).all()):
            raise TrainingError(diverged(self.epochs, None))
        self._history.words = len(corpus.ids) * self.epochs
        return self._make_vectors(corpus, words + contexts if self.add_context else words, contexts)

    def _has_kernel(self) -> bool:
        """Whether the kernel is asked for, and numba, which compiles it, is there."""
        if self.engine == "kernel" and self.device == "cpu" and importlib.util.find_spec("numba") is None:
            warnings.warn(
                "numba is not installed, so training runs through the layers, many times slower", stacklevel=2
            )
            self._history.notes.append("trained through the layers: numba is not installed")
            return False
        return self.engine == "kernel"

    def _fit_by_kernel(
        self, corpus: Corpus, start: StartTables, show_progress: bool | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Train with `wordvec.kernels.glove` or `glove_gpu`; returns the word and the context vectors."""
        glove = importlib.import_module("wordvec.kernels.glove" + ("_gpu" if self.device == "gpu" else ""))
        cells = self._cut_cells(corpus, show_progress)
        with self._history.stage("train"):
            accumulator, bias_accumulator = self.accumulators
            tables = glove.Tables(
                *start,
                bands=cells.bands,
                accumulator=accumulator,
                bias_accumulator=bias_accumulator,
            )
            self._run_epochs(glove.train_glove, tables, cells, show_progress)
            return tables.unpack()[:2]

    def _cut_cells(self, corpus: Corpus, show_progress: bool | None) -> Any:
        """The cells in tiles. The matrix they come from is gone when this returns: memory need not hold both."""
        matrix = count_corpus(self, corpus, show_progress).matrix
        if self.device == "gpu":
            from wordvec.kernels import glove_gpu

            with self._history.stage("train"):
                return glove_gpu.cut_cells(matrix, glove_gpu.bands_for(matrix.shape[0], matrix.nnz))
        from wordvec.kernels import glove
        from wordvec.kernels.glove_cells import Cells, bands_for

        check_memory(f"{matrix.nnz:,} co-occurrences", 8 * matrix.nnz)
        with self._history.stage("compile"), announced("compiling the kernels: some seconds ..."):
            glove.warm_up(matrix.indices, matrix.data)
        with self._history.stage("train"):
            return Cells.from_matrix(matrix, bands_for(matrix.shape[0], glove.row_bytes(self.dim)))

    def _run_epochs(self, train_glove: Any, tables: Any, cells: Any, show_progress: bool | None) -> None:
        """Train all epochs, in calls of about a second, so that Ctrl-C is not left waiting."""
        options = {
            "seed": self.seed,
            "x_max": self.x_max,
            "alpha": self.alpha,
            "threads": available_cores() if self.threads is None else self.threads,
        }
        rounds = max(1, cells.bands // 16)  # of a first call
        with progress(self.epochs * len(cells), "glove", "cells", show=show_progress) as bar:
            for epoch in range(self.epochs):
                total, first = 0.0, 0
                while first < cells.bands:
                    last, start = min(first + rounds, cells.bands), time.perf_counter()
                    with delayed_interrupt() as interrupted:
                        total += train_glove(tables, cells, first=first, last=last, epoch=epoch, **options)
                    if interrupted:
                        raise KeyboardInterrupt
                    seconds = max(time.perf_counter() - start, 1e-9)
                    bar.update(len(cells) * (last - first) // cells.bands)
                    rounds, first = max(1, round((last - first) / seconds * SECONDS_A_CHUNK)), last
                self._end_epoch(epoch, total, len(cells), bar)

    def _fit_through_layers(
        self, corpus: Corpus, start: StartTables, show_progress: bool | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Train through GloVeLoss and AdaGrad in mini-batches; returns the word and the context vectors."""
        cells = count_corpus(self, corpus, show_progress).on("cpu").matrix.tocoo()
        W_in, W_out, b_in, b_out = (to_device(array, self.device) for array in start)
        loss = GloVeLoss(W_in, W_out, b_in, b_out, x_max=self.x_max, alpha=self.alpha, reduction="sum")
        optimizers = [AdaGrad(1.0, initial=initial) for initial in self.accumulators]
        counts = cells.data.astype(np.float32)
        parts = [to_device(part, self.device) for part in (cells.row, cells.col, counts)]
        with (
            self._history.stage("train"),
            progress(self.epochs * len(counts), "glove through layers", "cells", show=show_progress) as bar,
        ):
            for epoch in range(self.epochs):
                order, losses = to_device(rng.permutation(self.seed, epoch, len(counts)), self.device), []
                for first in range(0, len(order), self.batch_size):
                    batch = order[first : first + self.batch_size]
                    losses.append(loss.forward(*(part[batch] for part in parts)))
                    loss.backward()
                    for optimizer, part in zip(optimizers, (slice(0, 2), slice(2, 4))):  # vectors, biases
                        optimizer.update(loss.params[part], loss.grads[part])
                    bar.update(len(batch))
                self._end_epoch(epoch, total_of(losses), len(counts), bar)
        return to_numpy(W_in), to_numpy(W_out)

    def _end_epoch(self, epoch: int, total: float, cells: int, bar: Any) -> None:
        """Note the mean loss; raises TrainingError for one that is not finite."""
        if not math.isfinite(total):
            raise TrainingError(diverged(epoch + 1, None))
        self._history.loss.append(mean_loss(total, cells))
        bar.set_postfix_str(f"loss {self._history.loss[-1]:.4f}")

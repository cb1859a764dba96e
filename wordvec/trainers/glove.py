"""GloVe vectors: a weighted least-squares fit of log co-occurrence counts."""

from __future__ import annotations

import importlib
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wordvec import rng
from wordvec.arrays import device_module, gpu_memory_errors
from wordvec.errors import InputError, OptionError, ShapeError, TrainingError, counted
from wordvec.trainers.base import Trainer
from wordvec.trainers.checkpoint import LOST_AT_MOST, Arrays, Checkpoint, Saving
from wordvec.trainers.checks import check_memory, check_no_effect, check_options
from wordvec.trainers.epoch_reports import OnEpoch, Reporter
from wordvec.trainers.glove_engines import SUMS, TABLES, GloveKernel, GloveLayers, check_some_weight
from wordvec.trainers.glove_on_cluster import engine_on_cluster
from wordvec.trainers.kernel_engine import kernel_runs
from wordvec.trainers.loop import Epochs, diverged, run_epochs
from wordvec.trainers.neural_options import ENGINES
from wordvec.trainers.option_help import hints_for_arguments, with_option_help
from wordvec.trainers.ppmi import UNRECORDED, count_corpus, counting_conditions
from wordvec.trainers.svd import INITS, spectral_start

if TYPE_CHECKING:
    from typing_extensions import Self

    from wordvec.corpus import Corpus
    from wordvec.counts import Cooccurrence
    from wordvec.vectors import WordVectors

StartTables = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # W_in, W_out (V, D), b_in, b_out (V,)


@with_option_help
@dataclass
class GloVe(Trainer):
    """J = sum over cells of f(X_ij) (w_i . c_j + b_i + b_j - log X_ij)^2 (Pennington et al. 2014, eq. 8), by AdaGrad.

    dim            length of a vector, as in word2vec
    window         words counted on each side (Pennington et al., section 4.2)
    epochs         passes over the non-zero cells. 5 are enough with init "svd": more fit the counts better but score
                   lower on similarity (measured). With init "random" use 25 (GloVe's demo uses 15, the paper 50 to 100)
    learning_rate  0.05 (Pennington et al., section 4.2), used as in GloVe's own program, see below. On 17 million words
                   of Wikipedia 0.2 gave the same analogies and better similarities (MEN .542 instead of .488)
    x_max          count from which a cell has full weight, in f(x) = min(1, (x / x_max)^alpha). 10 is the value of
                   GloVe's demo, for corpora of text8's size; the paper's 100 is for billions of words
    alpha          power in f(x), below x_max (Pennington et al., section 3)
    add_context    the vectors are word + context vectors (Pennington et al., section 4.2)
    batch_size     cells in a mini-batch (layers); the kernel takes one cell at a time
    engine         "kernel", compiled, or "layers", the readable form; None is the kernel
    init           where training starts. "svd" is the factorised PPMI matrix (`wordvec.trainers.svd`) with the
                   logarithms of the counts as biases; it scored higher on every test set. "random" is small noise, as
                   in GloVe's program; it is also used, with a note, if the matrix has fewer than `dim` dimensions
    device         "cpu" or "gpu", for counting, start and training. The GPU's kernel cuts the cells into different
                   tiles and so takes them in a different order, so the result differs but is equivalent
    threads        threads of counting and of the CPU's kernel. None is all cores; any number gives the same bytes
    seed           same seed, same options, same machine: same bytes
    weighting      "harmonic", 1 / distance (Pennington et al., section 4.2); or "flat" or "linear", as in SVD
    side           contexts on "both" sides, or only on the "left" or the "right"
    subsample      words with a relative frequency above this are downsampled; 0 turns it off, as in GloVe's program
    subsample_mode "dirty" removes words before windows are made, as word2vec does; "clean" removes them after
    memory         memory limit of the counting, such as "2G"; beyond it temporary files are used. None is half of the
                   free memory. Does not change the result

    AdaGrad has rate 1 here, and its sums of squares start at (2 / learning_rate)^2 for vectors and at 4 for biases.
    This is equivalent to GloVe's program, which uses half the gradient g, sums (learning_rate g)^2 starting from 1,
    and steps by learning_rate g / sqrt(sum); for biases it omits the learning rate. Only two details differ: GloVe's
    program adds to the sum after the step, and clips gradients at 100. AdaGrad starting from zero with rate 0.05 scored
    lower (Google .293 instead of .358 on the same text).
    """

    name: ClassVar[str] = "glove"
    unrecorded: ClassVar[tuple[str, ...]] = UNRECORDED
    has_epochs: ClassVar[bool] = True

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
        self._saving: Saving | None = None
        self._resume = False
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
        if self.engine == "kernel":
            check_no_effect(self, ("batch_size",), "the kernel takes one cell at a time", "take engine 'layers'")
        if self.engine == "layers" and self.threads is not None:
            raise OptionError(f"{self.name}: threads belong to the compiled kernel, engine 'kernel'")

    @property
    def accumulators(self) -> tuple[float, float]:
        """The starting values of AdaGrad's sums of squares: for vectors, for biases."""
        return (2 / self.learning_rate) ** 2, 4.0

    def start_tables(self, size: int) -> StartTables:
        """The starting tables for `size` words: W and C uniform in (-0.5, 0.5) / dim, both biases zero; float32.

        A subclass may override this to start from other tables of these shapes.
        """
        W_in, W_out = (
            rng.starting_table(self.seed, stream, (size, self.dim)) for stream in (rng.INITIAL_W_IN, rng.INITIAL_W_OUT)
        )
        return W_in, W_out, np.zeros(size, np.float32), np.zeros(size, np.float32)

    def _start_of(self, corpus: Corpus, show_progress: bool | None) -> StartTables:
        """`start_tables`, or with `init` "svd" vectors whose products are near the PMI, and biases for the rest.

        log X_ij = PMI_ij + log n_i + log n_j - log (N / c), where each of the N tokens adds c to the sum of the counts.
        """
        if self.init == "random":
            return self.start_tables(len(corpus.vocabulary))
        from wordvec.counts.stream import weights_of

        try:
            with self._history.stage("init"):
                W_in, W_out = spectral_start(
                    corpus,
                    self.dim,
                    length=1.0,
                    seed=self.seed,
                    threads=self.threads,
                    device=self.device,
                    cluster=self._cluster,
                    show_progress=show_progress,
                )
        except (OptionError, ShapeError, TrainingError) as error:  # too few dimensions, no counts, or no positive PMI
            self._history.notes.append(f"started from random vectors: {error}")
            return self.start_tables(len(corpus.vocabulary))
        unit, weights = weights_of(self.window, self.weighting)
        added = weights.sum() / unit * (2 if self.side == "both" else 1)
        counts = corpus.vocabulary.counts.astype(np.float64)
        biases = (np.log(counts) - 0.5 * np.log(counts.sum() / added)).astype(np.float32)
        return W_in, W_out, biases, biases.copy()

    @hints_for_arguments
    def fit(
        self,
        corpus: Corpus,
        *,
        start: WordVectors | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_every: float = LOST_AT_MOST,
        resume: bool = False,
        on_epoch: OnEpoch | Iterable[OnEpoch] | None = None,
        client: Any = None,
        store: str | os.PathLike[str] | None = None,
        show_progress: bool | None = None,
    ) -> Self:
        """Train on `corpus` and return the trainer itself.

        start             must be None: GloVe cannot continue from vectors
        checkpoint        a file for the run's state, written every `checkpoint_every` seconds and at the end; remove
                          it when the vectors are saved
        resume            continue from `checkpoint`; the result is the same as without the interruption
        on_epoch          a function, or several, called after each epoch with an `EpochReport` (loss, time, and the
                          current vectors), whose ``stop()`` ends the training
        client, store     count and train on the workers of a Dask cluster (see `Trainer.fit`)
        show_progress     None means "on a terminal or in a notebook"
        """
        if resume and checkpoint is None:
            raise OptionError("resume needs the checkpoint to continue from")
        self._saving = None if checkpoint is None else Saving(checkpoint, checkpoint_every)
        self._resume = resume
        shared: dict[str, Any] = {"client": client, "store": store, "show_progress": show_progress}
        return super().fit(corpus, start=start, on_epoch=on_epoch, **shared)

    def _train(self, corpus: Corpus, show_progress: bool | None) -> WordVectors:
        device_module(self.device)
        size = len(corpus.vocabulary)
        check_memory(f"{counted(size, 'word')} in {counted(self.dim, 'dimension')}", 8 * 4 * size * (self.dim + 16))
        has_kernel = kernel_runs(self.engine, self.device, self._history.notes)
        state = self._starting_state(corpus, "kernel" if has_kernel else "layers", show_progress)
        self._history.loss = state.loss
        with gpu_memory_errors(f"glove: {size:,} words in {self.dim} dimensions", device=self.device):
            if has_kernel and self._cluster is not None:
                engine: Any = engine_on_cluster(self, self._cluster, corpus, state.arrays, show_progress)
            else:
                make_engine = self._kernel_engine if has_kernel else self._layers_engine
                engine = make_engine(corpus, state.arrays, show_progress)
            self._check_place(state, engine.length)
            done_before = engine.length * state.epoch + state.position
            state.forget_arrays()  # the engine has its own copies
            plan = Epochs(self.epochs, engine.length, engine.length, unit=engine.unit)
            with self._history.stage("train"):
                reporter = Reporter(
                    self.name,
                    self._on_epoch,
                    words_of=lambda epoch: len(corpus.ids) * (epoch * engine.length - done_before) // engine.length,
                    make_vectors=lambda: self._vectors_of(corpus, *(W.copy() for W in engine.vectors())),
                )
                run_epochs(engine, plan, self._history, state, self._saving, self.name, show_progress, reporter)
                words, contexts = engine.vectors()
        if not (np.isfinite(words).all() and np.isfinite(contexts).all()):
            raise TrainingError(diverged(self.epochs, self._saving))
        done = len(self._history.loss) * engine.length
        self._history.words = len(corpus.ids) * (done - done_before) // engine.length
        return self._vectors_of(corpus, words, contexts)

    def _vectors_of(self, corpus: Corpus, words: np.ndarray, contexts: np.ndarray) -> WordVectors:
        return self._make_vectors(corpus, words + contexts if self.add_context else words, contexts)

    def _starting_state(self, corpus: Corpus, engine: str, show_progress: bool | None) -> Checkpoint:
        """The tables and the position to start from."""
        parameters = self.parameters() | {"engine": engine}
        if not self._resume:
            tables = dict(zip(TABLES, self._start_of(corpus, show_progress)))
            return Checkpoint(
                tables,
                notes=list(self._history.notes),
                parameters=parameters,
                corpus_fingerprint=corpus.fingerprint,
            )
        state = Checkpoint.load(self._saving.path)  # type: ignore[union-attr]
        state.check(parameters | {"positions": state.parameters.get("positions")}, corpus.fingerprint)
        size = len(corpus.vocabulary)
        matrices, vectors = TABLES[:2] + SUMS[:2], TABLES[2:] + SUMS[2:]
        state.check_arrays(dict.fromkeys(matrices, (size, self.dim)) | dict.fromkeys(vectors, (size,)))
        self._history.notes = list(state.notes)
        return state

    def _check_place(self, state: Checkpoint, positions: int) -> None:
        """Raise InputError if `state` is damaged, or from a processor that divides an epoch differently."""
        if not self._resume:
            state.parameters["positions"] = positions
        elif state.parameters.get("positions") != positions:
            raise InputError(
                f"the checkpoint is from another kind of processor, where an epoch is not divided into {positions} "
                "parts as here: continue there, or leave out --resume to start from the beginning"
            )
        state.check_place(self.epochs, positions)

    def _kernel_engine(self, corpus: Corpus, start: Arrays, show_progress: bool | None) -> GloveKernel:
        """The engine that trains with `wordvec.kernels.glove.cpu` or `gpu`."""
        kernel = importlib.import_module(f"wordvec.kernels.glove.{self.device}")
        cells = self._cut_cells(corpus, show_progress)
        with self._history.stage("train"):
            return GloveKernel(self, kernel, cells, start)

    def _layers_engine(self, corpus: Corpus, start: Arrays, show_progress: bool | None) -> GloveLayers:
        """The engine that trains through GloVeLoss and AdaGrad, in mini-batches."""
        return GloveLayers(self, self._count(corpus, show_progress).on("cpu").matrix.tocoo(), start)

    def _count(self, corpus: Corpus, show_progress: bool | None) -> Cooccurrence:
        counts = count_corpus(self, corpus, show_progress)
        check_some_weight(self, float(counts.matrix.data.max()) if counts.matrix.nnz else math.inf)
        return counts

    def _cut_cells(self, corpus: Corpus, show_progress: bool | None) -> Any:
        """The cells in tiles. The matrix they come from is freed on return, so that memory need not hold both."""
        matrix = self._count(corpus, show_progress).matrix
        if self.device == "gpu":
            from wordvec.kernels.glove import gpu as glove_gpu

            with self._history.stage("train"):
                return glove_gpu.cut_cells(matrix, glove_gpu.bands_for(matrix.shape[0], matrix.nnz))
        from wordvec.kernels.glove import cpu as glove
        from wordvec.kernels.glove.cells import Cells, bands_for

        check_memory(f"{matrix.nnz:,} co-occurrences", 8 * matrix.nnz)
        with self._history.stage("train"):
            return Cells.from_matrix(matrix, bands_for(matrix.shape[0], glove.row_bytes(self.dim)))

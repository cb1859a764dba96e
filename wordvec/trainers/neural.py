"""The common part of the CBOW and skip-gram trainers: options, starting weights, `fit`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wordvec import rng
from wordvec.arrays import device_module
from wordvec.errors import OptionError, counted
from wordvec.native import library
from wordvec.trainers.base import Trainer
from wordvec.trainers.checkpoint import LOST_AT_MOST, Checkpoint, Saving
from wordvec.trainers.checks import check_held_out_words_meet, check_memory
from wordvec.trainers.continuation import copy_known_words, corpus_for, known_words, with_words_of
from wordvec.trainers.epoch_reports import OnEpoch, Reporter
from wordvec.trainers.kernel_engine import KernelEngine, kernel_runs
from wordvec.trainers.layers_engine import LayersEngine
from wordvec.trainers.loop import Epochs, run_epochs
from wordvec.trainers.neural_options import (
    MERGES,
    PIECES,
    WHERE_SET,
    Presets,
    check_run,
    choose_engine_and_check,
    ngram_sizes,
)
from wordvec.trainers.option_help import hints_for_arguments, with_option_help
from wordvec.trainers.planning import SENTENCE, Planned, reach_in
from wordvec.trainers.schedule import Shape, plain_shape
from wordvec.trainers.svd import spectral_start

if TYPE_CHECKING:
    from typing_extensions import Self

    from wordvec.corpus import Corpus
    from wordvec.trainers.options import TrainingPlan
    from wordvec.trainers.subword_engine import Composition
    from wordvec.vectors import WordVectors


@with_option_help
@dataclass
class NeuralTrainer(Presets, Planned, Trainer):
    """Options of CBOW and SkipGram; the defaults are word2vec's if it has the option.

    dim               length of a vector, as in word2vec; 300 is usual for billions of words
    window            words on each side of a centre, as in word2vec; "sentence" includes all words of the centre's
                      sentence (`wordvec.trainers.planning`)
    negatives         negatives drawn for each example (Mikolov et al. 2013b: 5-20 for small data)
    epochs            passes over the corpus, as in word2vec; texts below 5 million words need 20 or more
    subsample         t: words with a relative frequency above this are downsampled, as in word2vec; 0 turns it off
    learning_rate     starting rate. None is word2vec's with SGD, 0.025 for skip-gram and 0.05 for CBOW; a tenth of
                      that with momentum; 0.001 for the adaptive optimizers; and 0.05 with subwords, as in fastText
    learning_rate_end  final rate, after all epochs; None is 1e-4 of learning_rate, as in word2vec.c
    learning_rate_schedule  how the rate falls: "linear", in a straight line, as in word2vec; "cosine", half a wave,
                      slow at the beginning and the end; "constant", not at all; a function from the share of the
                      training that is done, 0 to 1, to a factor of learning_rate; or a list of factors, one for each
                      equal part of the training
    negative_power    negatives are drawn by counts ** 0.75 (Mikolov et al. 2013b, section 2.2)
    negative_sharing  "window": one draw for all contexts of a centre, as good (measured) and faster; "pair": one draw
                      for each context, as in word2vec.c
    negative_pool     draw negatives from a pool of this many words, a 32nd of which is redrawn every 128 positions
                      (`corpus/draws/sampling.py`): a multiple of 32, such as 4096. 0 draws from all words
    shrink_window     each centre draws its own window from 1 .. window, as in word2vec, so that near words count more
    loss              "negative-sampling"; "hierarchical-softmax", over a Huffman tree; or "softmax", over the whole
                      vocabulary, for small vocabularies
    optimizer         "sgd", as in word2vec; or another of wordvec.networks in lower case, through the layers
    batch_size        corpus positions in a block. None is 128 for the kernel, so that the rows stay in a core's cache,
                      64 with subwords, and 4,096 for the layers
    max_meetings      how often a row may occur in a step before scores are recomputed (`corpus/draws/steps.py`). None
                      is 0.6 / learning rate, which keeps a step stable on any corpus. 1, with batch_size 1, is
                      sequential SGD, pair by pair
    engine            "kernel", compiled, or "layers", the readable form; None is the kernel if it supports the options
    init              where training starts: "random", small noise as in word2vec; or "svd", the factorised PPMI matrix
                      (`wordvec.trainers.svd`), which needs fewer epochs
    device            "cpu" or "gpu"; never chosen automatically, so that results do not depend on the machine
    precision         "float32", or "float16" (kernel on the CPU): the tables take half the memory, and numbers are
                      rounded at random, so that the mean is right
    threads           threads of the CPU. None is all cores; any number gives the same bytes
    slices            cut the columns of a row into this many slices: so many threads, at most, share a step. None is 1
                      up to 16 dimensions, 2 up to 256, 4 up to 512, then 8. More let more threads help, but one or
                      two are slower; scores round differently, so other bytes result (`wordvec/kernels/tables.py`)
    warps             warps of a GPU that train at the same time. None is as many as the corpus allows; 1 is slow, but
                      repeatable
    hogwild           let threads race: useful with more cores than can share a row, but every result differs
    held_out          share of the sentences (the last ones) that are not trained on, to measure the loss on
    pieces            train each part of the text in this many separate pieces and merge their rows
                      (`wordvec.trainers.rounds`); for a cluster, where None is 8. Scores fall with more pieces
    merges            rounds in an epoch; pieces are merged after each round. None is 32
    patience          stop when the held-out loss has not fallen for this many epochs; None never stops early
    subwords          a word's vector is the mean of its own row and its n-grams' rows, and all of these are trained
                      (fastText, Bojanowski et al. 2017). Unseen words get vectors, and rare words get better ones. See
                      `wordvec.kernels.word_parts`; needs the kernel on the CPU, with negative sampling
    min_n             with subwords: fewest characters of an n-gram of <word>; None is 3, as in fastText
    max_n             with subwords: most characters of an n-gram; None is 6
    buckets           with subwords: number n-grams by a hash below this, as in fastText; None: a row for each n-gram
    jamo              with subwords: True decomposes Korean syllables into their letters before n-grams are taken
    seed              same seed, same options, same machine: same bytes (except hogwild and a GPU's racing warps)
    """

    has_epochs: ClassVar[bool] = True

    dim: int = 100
    window: int | str = 5
    negatives: int = 5
    epochs: int = 5
    subsample: float = 1e-3
    learning_rate: float | None = None
    learning_rate_end: float | None = None
    learning_rate_schedule: Shape = "linear"
    negative_power: float = 0.75
    negative_sharing: str = "window"
    negative_pool: int = 0
    shrink_window: bool = True
    loss: str = "negative-sampling"
    optimizer: str = "sgd"
    batch_size: int | None = None
    max_meetings: int | None = None
    engine: str | None = None
    init: str = "random"
    device: str = "cpu"
    precision: str = "float32"
    threads: int | None = None
    slices: int | None = None
    warps: int | None = None
    hogwild: bool = False
    held_out: float = 0.0
    patience: int | None = None
    seed: int = 1
    pieces: int | None = None
    merges: int | None = None
    subwords: bool = False
    min_n: int | None = None
    max_n: int | None = None
    buckets: int | None = None
    jamo: bool | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.learning_rate_schedule = plain_shape(self.name, self.learning_rate_schedule)
        choose_engine_and_check(self)
        self._start: WordVectors | None = None
        self._start_notes: list[str] = []
        self._freeze = self._resume = False
        self._saving: Saving | None = None
        self._reach: int | None = None
        self._pieces_of_cluster = False  # whether `pieces` is the default of an earlier fit on a cluster
        self._composition: Composition | None = None

    def starting_weights(self, vocabulary_size: int) -> tuple[np.ndarray, np.ndarray]:
        """W_in uniform in (-0.5, 0.5) / dim and W_out zero, float32, as in word2vec.c.

        W_out has a row for each word, or for each of the V - 1 inner nodes of hierarchical softmax's tree.
        """
        input_rows, output_rows = self.row_numbers(vocabulary_size)
        W_in = rng.starting_table(self.seed, rng.INITIAL_W_IN, (input_rows, self.dim))
        return W_in, np.zeros((output_rows, self.dim), np.float32)

    def row_numbers(self, vocabulary_size: int) -> tuple[int, int]:
        """The numbers of rows of W_in and W_out."""
        return vocabulary_size, vocabulary_size - (self.loss == "hierarchical-softmax")

    @hints_for_arguments
    def fit(
        self,
        corpus: Corpus,
        *,
        start: WordVectors | None = None,
        freeze: bool = False,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_every: float = LOST_AT_MOST,
        resume: bool = False,
        on_epoch: OnEpoch | Iterable[OnEpoch] | None = None,
        client: Any = None,
        store: str | os.PathLike[str] | None = None,
        show_progress: bool | None = None,
    ) -> Self:
        """Train on `corpus` and return the trainer itself.

        start             continue from these vectors. Words in `start` begin with its vectors and are trained however
                          rare they are in `corpus`. New words must reach the corpus's min_count in both texts together
                          and start from small random vectors. Words that `corpus` lacks are kept unchanged. Counts are
                          summed, but a text counted before is not counted again. Negatives and subsampling use the
                          counts of `corpus`; the learning rate falls from `learning_rate` as in any run. To build a
                          corpus in the same way as theirs: ``Corpus.build(text, **start.build_options())``
        freeze            do not change words of `start`; train only new words
        checkpoint        a file for the run's state, written every `checkpoint_every` seconds and at the end; remove
                          it when the vectors are saved
        resume            continue from `checkpoint`; the result is the same as without the interruption
        on_epoch          a function, or several, called after each epoch with an `EpochReport` (losses, learning rate,
                          time, and the current vectors), whose ``stop()`` ends the training
        client, store     train on the workers of a Dask cluster (see `Trainer.fit`), in `pieces`: the bytes depend on
                          `pieces` and `merges`, not on the workers. After a killed client, the same call with the same
                          store continues. init "svd" suits pieces far better than "random"
        show_progress     None means "on a terminal or in a notebook"
        """
        self._start, self._freeze = start, freeze
        self._saving = None if checkpoint is None else Saving(checkpoint, checkpoint_every)
        self._resume = resume
        if self._pieces_of_cluster:  # of an earlier fit, not the user's
            self.pieces = None
        self._pieces_of_cluster = client is not None and self.pieces is None
        if self._pieces_of_cluster:
            self.pieces = PIECES
        check_run(self, start, freeze, checkpoint, resume)
        self._start_notes = []
        if start is not None:
            corpus, self._start_notes = corpus_for(start, corpus)
        return super().fit(corpus, on_epoch=on_epoch, client=client, store=store, show_progress=show_progress)

    def _train(self, corpus: Corpus, show_progress: bool | None) -> WordVectors:
        device_module(self.device)  # report a missing GPU now, not after the tables are built
        size = len(corpus.vocabulary)
        tables = 8 if self.loss == "softmax" else 4  # the full softmax also has a dense gradient
        rows = max(size, sum(self.row_numbers(size)) // 2)
        check_memory(f"{counted(rows, 'word')} in {counted(self.dim, 'dimension')}", 4 * rows * self.dim * tables)
        self._history.notes += self._find_reach(corpus)
        with self._history.stage("prepare"):
            self._composition = self._compose(corpus)
        epochs = self._epochs(corpus)
        self._history.notes += self._start_notes
        state = self._starting_state(corpus, epochs, show_progress)
        self._history.loss, self._history.held_out_loss = state.loss, state.held_out_loss
        frozen = known_words(self._start, corpus.vocabulary) if self._start is not None and self._freeze else None
        done_before = epochs.tokens * state.epoch + state.position
        with ExitStack() as stack:
            with self._history.stage("prepare"):
                engine = self._engine(stack, corpus, state.arrays["W_in"], state.arrays["W_out"], frozen, epochs.tokens)
            state.forget_arrays()  # the engine has its own copies
            with self._history.stage("train"):
                reporter = Reporter(
                    self.name,
                    self._on_epoch,
                    words_of=lambda done: epochs.tokens * done - done_before,
                    make_vectors=lambda: self._vectors_of(
                        corpus, *[W.copy() for W in engine.weights()], subwords=self._subwords_of(engine)
                    ),
                    learning_rate_at=self.learning_rate_at,
                )
                run_epochs(engine, epochs, self._history, state, self._saving, self.name, show_progress, reporter)
            self._history.words = epochs.tokens * len(self._history.loss) - done_before
            subwords = self._subwords_of(engine)
            return self._vectors_of(corpus, *engine.take_weights(), subwords=subwords)

    def _find_reach(self, corpus: Corpus) -> list[str]:
        """Set how far windows reach on this corpus; returns notes for the user."""
        self._reach, notes = reach_in(self.window, corpus.sentence_starts, self.shrink_window)
        return notes

    def _compose(self, corpus: Corpus) -> Composition | None:
        """The composition of words, with subwords."""
        if not self.subwords:
            return None
        from wordvec.trainers.subword_engine import Composition

        made = Composition.of(corpus.vocabulary, *ngram_sizes(self), self.buckets, bool(self.jamo))
        rows = max(len(made.place), self.buckets or 0)
        check_memory(f"{rows:,} rows of words and n-grams in {self.dim} dimensions", 4 * rows * self.dim * 3)
        return made

    def _subwords_of(self, engine: Any) -> Any:
        """The current n-grams; None without subwords."""
        if self._composition is None:
            return None
        return engine.subwords(self.starting_weights(self._composition.parts.words)[0])

    def _vectors_of(self, corpus: Corpus, W_in: np.ndarray, W_out: np.ndarray, *, subwords: Any = None) -> WordVectors:
        """The vectors of these weights, with the words of `start`."""
        context = None if self.loss == "hierarchical-softmax" else W_out
        trained = self._make_vectors(corpus, W_in, context, subwords)
        if self._composition is not None:
            trained.info["subwords"] = self._composition.facts()
        if self.window == SENTENCE:
            trained.info["reach"] = self.reach
        return trained if self._start is None else with_words_of(self._start, trained)

    def parameters(self) -> dict[str, Any]:
        """All options except the number of threads, unless that changes the result (hogwild)."""
        parameters = super().parameters()
        if not self.hogwild:
            del parameters["threads"]
        return {name: value for name, value in parameters.items() if value or name not in WHERE_SET}

    def _engine(
        self,
        stack: ExitStack,
        corpus: Corpus,
        W_in: np.ndarray,
        W_out: np.ndarray,
        frozen: np.ndarray | None,
        tokens: int,
    ) -> Any:
        """The engine that trains; `stack` closes its resources."""
        plan = self.plan_for(corpus)
        if self._composition is not None:
            return self._subword_engine(plan, corpus, W_in, W_out)
        if self.pieces is None:
            has_kernel = kernel_runs(self.engine, self.device, self._history.notes)
            return (KernelEngine if has_kernel else LayersEngine)(plan, corpus, W_in, W_out, frozen)
        from wordvec.trainers.rounds import Cuts, RoundsEngine, ThisProcess

        cluster = self._cluster or stack.enter_context(ThisProcess())
        cuts = Cuts(self.pieces, self.merges or MERGES)
        engine = RoundsEngine(plan, cuts, corpus, W_in, W_out, cluster, tokens, self.threads)
        if self.pieces > 1:
            pieces, merges = engine.cuts(tokens)
            self._history.notes.append(
                f"trained in {pieces} pieces, merged {counted(merges, 'time')} an epoch: other vectors than one piece "
                "would give, and somewhat lower scores"
                if pieces > 1
                else f"the text is too short for {self.pieces} pieces: trained in one, as without pieces"
            )
        return engine

    def _subword_engine(self, plan: TrainingPlan, corpus: Corpus, W_in: np.ndarray, W_out: np.ndarray) -> Any:
        from wordvec.trainers.subword_engine import SubwordEngine

        reason = library.why_not()
        if reason is not None:
            raise OptionError(f"{self.name}: subwords need the compiled kernels, which cannot run here: {reason}")
        return SubwordEngine(plan, corpus, W_in, W_out, self._composition)  # type: ignore[arg-type]

    def _epochs(self, corpus: Corpus) -> Epochs:
        """The plan of epochs; the last `held_out` share of the sentences is not trained on."""
        starts = corpus.sentence_starts
        training = len(starts) - 1 - int(np.ceil(self.held_out * (len(starts) - 1)))
        if training < 1:
            raise OptionError(
                f"{self.name}: held_out {self.held_out} leaves no sentence of {len(starts) - 1} to train on"
            )
        if training < len(starts) - 1:
            check_held_out_words_meet(int((np.diff(starts[training:]) > 1).sum()))
        chance = self.chance_loss(corpus.vocabulary.counts)
        return Epochs(self.epochs, int(starts[training]), len(corpus.ids), self.patience, chance)

    def _told_of_state(self) -> dict[str, Any]:
        """What must agree with a checkpoint besides the options and the corpus."""
        start = None if self._start is None else self._start.info.get("corpus_fingerprint")
        return {"start": start, "freeze": self._freeze}

    def _starting_state(self, corpus: Corpus, place: Epochs, show_progress: bool | None) -> Checkpoint:
        """The weights and the position to start from."""
        parameters = self.parameters() | self._told_of_state()
        if self._resume:
            state = Checkpoint.load(self._saving.path)  # type: ignore[union-attr]
            state.check(parameters, corpus.fingerprint)
            rows = dict(zip(("W_in", "W_out"), self.row_numbers(len(corpus.vocabulary))))
            if self._composition is not None:
                rows["W_in"] = self._composition.parts.table_rows
            state.check_arrays({name: (count, self.dim) for name, count in rows.items()})
            state.check_place(place.epochs, place.tokens)
            self._history.notes = list(state.notes)
            return state
        W_in, W_out = self.starting_weights(len(corpus.vocabulary))
        tree = self.loss == "hierarchical-softmax"  # the rows of W_out are nodes: they do not fit other matrices
        if self._start is not None:
            self._history.notes += copy_known_words(self._start, corpus.vocabulary, W_in, None if tree else W_out)
        if self.init == "svd":
            with self._history.stage("init"):
                W_in, contexts = spectral_start(
                    corpus,
                    self.dim,
                    seed=self.seed,
                    threads=self.threads,
                    device=self.device,
                    cluster=self._cluster,
                    show_progress=show_progress,
                )
                W_out = W_out if tree else contexts
        if self._composition is not None:
            W_in = self._composition.starting_table(W_in)
        return Checkpoint(
            {"W_in": W_in, "W_out": W_out},
            notes=list(self._history.notes),
            parameters=parameters,
            corpus_fingerprint=corpus.fingerprint,
        )

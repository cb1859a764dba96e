"""What all trainers share: checking of options, `fit`, the vectors, and the history of the run."""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wordvec.arrays import describe_device
from wordvec.errors import ArgumentError, OptionError, WordvecError, counted
from wordvec.memory import give_back_pages
from wordvec.progress import announce
from wordvec.trainers.checks import check_is_corpus, check_options_set_later, check_types_and_sizes, option_names
from wordvec.trainers.continuation import origin_of
from wordvec.trainers.epoch_reports import OnEpoch, as_functions, logger
from wordvec.trainers.option_help import ATTRIBUTES, hints_for_arguments, unknown_argument

if TYPE_CHECKING:
    from typing_extensions import Self

    from wordvec.cluster import Cluster
    from wordvec.corpus import Corpus
    from wordvec.vectors import WordVectors


@dataclass
class History:
    """A record of a run.

    loss     mean loss of each epoch, over exactly what was trained in it; empty for trainers without epochs
    held_out_loss  mean loss on the held-out sentences after each epoch; empty if there are none
    seconds  wall-clock seconds by stage
    words    tokens of the corpus processed, summed over all epochs
    notes    what a reader of the result should know
    device   the GPU that trained, with its memory; None for the CPU
    """

    loss: list[float] = field(default_factory=list)
    held_out_loss: list[float] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    words: int = 0
    notes: list[str] = field(default_factory=list)
    device: str | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of the block to stage `name`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start

    @property
    def words_per_second(self) -> float | None:
        """Tokens of the corpus (including those subsampled away) times epochs, per second of counting and training."""
        seconds = sum(self.seconds.get(stage, 0.0) for stage in ("count", "ppmi", "train"))
        return self.words / seconds if seconds > 0 and self.words else None


IN_TRAINING: set[tuple[int, int]] = set()  # (process, id) of the trainers whose `fit` is running
ZEROS = (
    "a vector of zeros: they have no context above chance, or none that subsample keeps, or the text has more parts "
    "that never meet than vectors have dimensions"
)


class Trainer(ABC):
    """Corpus -> WordVectors. Subclasses are dataclasses whose fields are the options."""

    name: ClassVar[str]
    has_epochs: ClassVar[bool] = False
    unrecorded: ClassVar[tuple[str, ...]] = ()  # options that do not change the result

    if not TYPE_CHECKING:  # type checkers know the dataclass's arguments; this explains unknown ones at run time

        def __new__(cls, *args: Any, **options: Any) -> Trainer:  # noqa: D102  # not public
            if args and not isinstance(args[0], (int, str, float, np.number, type(None))):
                raise ArgumentError(
                    f"{cls.__name__} takes options, such as {cls.__name__}(dim=100); the text goes to fit, as a "
                    f"Corpus: {cls.__name__}().fit(Corpus.from_sentences(token_lists))"
                )
            known = option_names(cls)
            for name in options:
                if name not in known:
                    raise unknown_argument(cls.__name__, name, known)
            return super().__new__(cls)

        def __getattr__(self, name: str) -> Any:
            hint = f": {ATTRIBUTES[name]}" if name in ATTRIBUTES else ""
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}{hint}", name=name, obj=self)

        def __setattr__(self, name: str, value: Any) -> None:
            if name in self.__dataclass_fields__:
                self.refuse_in_training(
                    f"{name} cannot be changed now: learning_rate_schedule changes the rate from step to step, and "
                    "report.stop() in a function given as on_epoch ends the training"
                )
            super().__setattr__(name, value)

    def __post_init__(self) -> None:
        check_types_and_sizes(self)
        self._vectors: WordVectors | None = None
        self._history = History()
        self._on_epoch: list[OnEpoch] = []
        self._cluster: Cluster | None = None

    def refuse_in_training(self, what: str) -> None:
        """Raise WordvecError while `fit` runs, in another thread or if called from a function given as on_epoch."""
        if (os.getpid(), id(self)) in IN_TRAINING:
            raise WordvecError(f"this {type(self).__name__} is in training: {what}")

    @abstractmethod
    def _train(self, corpus: Corpus, show_progress: bool | None) -> WordVectors:
        """Train and return the vectors; fills ``self._history``."""

    @hints_for_arguments
    def fit(
        self,
        corpus: Corpus,
        *,
        start: WordVectors | None = None,
        on_epoch: OnEpoch | Iterable[OnEpoch] | None = None,
        client: Any = None,
        store: str | os.PathLike[str] | None = None,
        show_progress: bool | None = None,
    ) -> Self:
        """Train on `corpus` and return the trainer itself; `show_progress` None means "on a terminal or in a notebook".

        `client`, a ``dask.distributed.Client``, runs the work on a cluster. PPMI, SVD and counts have the same bytes
        there. `store` is a folder or fsspec URL that all workers see, for intermediate results. The default is
        FOLDER.work beside the corpus, which is removed at the end.

        `start`, vectors to continue from, is for SkipGram and CBOW; `on_epoch` is for these and GloVe. Other trainers
        raise OptionError. A fit that fails or is interrupted leaves a trained trainer as it was.
        """
        check_is_corpus(type(self).__name__, corpus)
        check_options_set_later(self)
        self._on_epoch = as_functions(on_epoch)
        if self._on_epoch and not self.has_epochs:
            raise OptionError(f"{self.name} has no epochs to report: on_epoch is for SkipGram, CBOW and GloVe")
        if start is not None:
            raise OptionError(
                f"{self.name} cannot continue from vectors: it is computed from the counts of a whole text. "
                "SkipGram and CBOW take start=; here train on all texts together"
            )
        if client is None and store is not None:
            raise OptionError("store is for the workers of a cluster: give client too, or leave store out")
        if client is not None and getattr(self, "device", "cpu") != "cpu":
            raise OptionError(f"{self.name}: a cluster's workers train on their CPUs: leave out device or client")
        before, running = dict(vars(self)), (os.getpid(), id(self))
        try:
            IN_TRAINING.add(running)
            self._history = History()
            if getattr(self, "device", "cpu") == "gpu":
                self._history.device = str(describe_device())
                announce(f"training on {self._history.device}")
            words, tokens = len(corpus.vocabulary), len(corpus.ids)
            logger.info("%s: training on %s tokens of %s words", self.name, f"{tokens:,}", f"{words:,}")
            corpus.check()  # compiled code trusts ids and sentence starts
            give_back_pages(corpus.ids)
            with self._on_cluster(client, store, corpus):
                self._vectors = self._train(corpus, show_progress)
        except BaseException:
            if self._vectors is not None:  # its history and documents must stay those of its vectors
                vars(self).update(before)
            raise
        finally:
            IN_TRAINING.discard(running)
            self._on_epoch = []  # so that a trained trainer can be copied and pickled, whatever the functions hold
        return self

    @contextmanager
    def _on_cluster(self, client: Any, store: str | os.PathLike[str] | None, corpus: Corpus) -> Iterator[None]:
        """If a client is given, set ``self._cluster`` to its cluster within the block."""
        if client is None:
            yield
            return
        from wordvec.corpus.shared import cluster_for

        with cluster_for(client, store, corpus) as self._cluster:
            try:
                yield
            finally:
                self._cluster = None

    @property
    def vectors(self) -> WordVectors:
        """The vectors of the last `fit`."""
        if self._vectors is None:
            raise WordvecError(f"{type(self).__name__} is not trained yet: call .fit(corpus) first")
        return self._vectors

    @property
    def history(self) -> History:
        """Loss, seconds and notes of the last `fit`."""
        return self._history

    def parameters(self) -> dict[str, Any]:
        """The options of this trainer without the `unrecorded` ones, in the form that the vectors' file stores."""
        options = asdict(self)  # type: ignore[call-overload]
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in options.items()
            if name not in self.unrecorded
        }

    def _make_vectors(
        self, corpus: Corpus, matrix: Any, context_matrix: Any = None, subwords: Any = None
    ) -> WordVectors:
        from wordvec.vectors import WordVectors
        from wordvec.version import __version__

        notes = self._history.notes
        notes[:] = [note for note in notes if not note.endswith(ZEROS)]  # of an earlier epoch's vectors
        if zeros := int(len(matrix) - np.count_nonzero(matrix.any(axis=1))):
            notes.append(f"{zeros:,} of {counted(len(matrix), 'word')} have {ZEROS}")
        info = {
            "trainer": self.name,
            "parameters": self.parameters(),
            **origin_of(corpus),
            "loss": list(self._history.loss),
            "held_out_loss": list(self._history.held_out_loss),
            "notes": list(self._history.notes),
            "wordvec_version": __version__,
        }
        vocabulary = corpus.vocabulary
        return WordVectors(
            vocabulary.words,
            matrix,
            vocabulary.counts,
            info,
            context_matrix=context_matrix,
            subwords=subwords,
            rare=vocabulary.left_out,
        )

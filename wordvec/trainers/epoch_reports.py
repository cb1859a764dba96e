"""Reports after each epoch of training: to the log, and to the user's functions, which may stop the training."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wordvec.errors import ArgumentError, MissingExtraError, WordvecError

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors

logger = logging.getLogger("wordvec")  # silent unless the user configures logging
logger.addHandler(logging.NullHandler())


@dataclass
class EpochReport:
    """The report of a finished epoch. Its `vectors` and `stop` can be used until the next report.

    trainer        "skipgram", "cbow" or "glove"
    epoch, epochs  its number, from 1, and the number of epochs planned
    loss           mean loss of the epoch
    held_out_loss  mean loss on the held-out sentences after the epoch; None if there are none
    learning_rate  the rate after the epoch; None for GloVe, whose AdaGrad has a rate for each weight
    words          tokens processed so far in this run, including those subsampled away
    seconds        seconds of training so far in this run, including the time of these functions
    """

    trainer: str
    epoch: int
    epochs: int
    loss: float
    held_out_loss: float | None
    learning_rate: float | None
    words: int
    seconds: float
    make_vectors: Callable[[], WordVectors] | None = field(repr=False)  # None when training has gone on
    stop_reason: str | None = field(default=None, repr=False)

    @property
    def vectors(self) -> WordVectors:
        """A copy of the current vectors, made at each access; further training does not change it.

        Raises WordvecError, as `stop` does, after the next report, or the end of the training.
        """
        return self._while_current()()

    def stop(self, reason: str = "") -> None:
        """End the training after this epoch; if called later, as by another thread, after the epoch in progress.

        The vectors then are the result; `reason` is added to the notes.
        """
        self._while_current()
        self.stop_reason = reason

    def _while_current(self) -> Callable[[], WordVectors]:
        if self.make_vectors is None:
            raise WordvecError(
                f"training has gone on since the report of epoch {self.epoch}: read report.vectors, or call "
                "report.stop(), in the function given as on_epoch, which can keep the vectors"
            )
        return self.make_vectors

    def metrics(self) -> dict[str, float]:
        """The numbers by name, without those that are None.

        >>> EpochReport("glove", 2, 5, 0.25, None, None, 800, 1.5, lambda: None).metrics()
        {'loss': 0.25, 'words': 800, 'seconds': 1.5}
        """
        names = ("loss", "held_out_loss", "learning_rate", "words", "seconds")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


OnEpoch = Callable[[EpochReport], Any]


def as_functions(on_epoch: OnEpoch | Iterable[OnEpoch] | None) -> list[OnEpoch]:
    """The functions to call after each epoch, from one, several or none. Raises ArgumentError for anything else."""
    if on_epoch is None:
        return []
    functions = [on_epoch] if callable(on_epoch) else list(on_epoch) if isinstance(on_epoch, Iterable) else [on_epoch]
    for function in functions:
        if not callable(function):
            raise ArgumentError(
                "on_epoch takes a function of one argument, an EpochReport, or a list of such functions; "
                f"got {type(function).__name__}"
            )
    return functions


class Reporter:
    """Makes the report of each epoch, logs it and passes it to the functions."""

    def __init__(
        self,
        trainer: str,
        functions: list[OnEpoch],
        words_of: Callable[[int], int],
        make_vectors: Callable[[], WordVectors],
        learning_rate_at: Callable[[float], float] | None = None,
    ) -> None:
        self.trainer, self.functions = trainer, functions
        self.words_of, self.make_vectors, self.learning_rate_at = words_of, make_vectors, learning_rate_at
        self.begun = time.perf_counter()
        self.latest: EpochReport | None = None

    def report(self, epoch: int, epochs: int, loss: float, held_out_loss: float | None) -> str | None:
        """Report an epoch; returns why training must stop, or None."""
        asked_to_stop = self.end()
        self.latest = report = EpochReport(
            self.trainer,
            epoch,
            epochs,
            loss,
            held_out_loss,
            None if self.learning_rate_at is None else self.learning_rate_at(epoch / epochs),
            self.words_of(epoch),
            time.perf_counter() - self.begun,
            self.make_vectors,
            asked_to_stop,
        )
        held_out = "" if held_out_loss is None else f", held-out loss {held_out_loss:.4f}"
        logger.info("%s: epoch %d of %d: loss %.4f%s", self.trainer, epoch, epochs, loss, held_out)
        for function in self.functions:
            function(report)
        return report.stop_reason

    def end(self) -> str | None:
        """Make the latest report one of the past: the weights have changed, or are freed. Returns its `stop_reason`."""
        if self.latest is None:
            return None
        self.latest.make_vectors = None
        return self.latest.stop_reason


def log_metrics(log: Callable[..., Any], prefix: str = "") -> OnEpoch:
    """A function for `on_epoch` that passes each epoch's metrics to an experiment tracker.

    It calls ``log(metrics, step=epoch)``, the form of wandb.log, mlflow.log_metrics and comet's log_metrics.

    >>> from wordvec import Corpus, SkipGram
    >>> def log(metrics, step):
    ...     print(step, sorted(metrics))
    >>> corpus = Corpus.from_sentences([["a", "b"]] * 9)
    >>> _ = SkipGram(dim=2, epochs=1, subsample=0).fit(corpus, on_epoch=log_metrics(log, prefix="w2v/"))
    1 ['w2v/learning_rate', 'w2v/loss', 'w2v/seconds', 'w2v/words']
    """

    def on_epoch(report: EpochReport) -> None:
        metrics: Mapping[str, float] = {f"{prefix}{name}": value for name, value in report.metrics().items()}
        log(metrics, step=report.epoch)

    return on_epoch


def tensorboard(folder: str, prefix: str = "wordvec/") -> OnEpoch:
    """A function for `on_epoch` that writes each epoch's metrics to a folder for ``tensorboard --logdir``.

    Raises MissingExtraError without the package tensorboard (extra ``tensorboard``).
    """
    try:
        from tensorboard.summary import Writer
    except ImportError as error:
        raise MissingExtraError("tensorboard", "tensorboard", "writing for TensorBoard") from error
    writer = Writer(str(folder))

    def on_epoch(report: EpochReport) -> None:
        for name, value in report.metrics().items():
            writer.add_scalar(f"{prefix}{name}", value, report.epoch)
        writer.flush()

    return on_epoch

"""The loop over epochs that all engines run in: progress, losses, checkpoints, early stopping."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from wordvec.errors import TrainingError
from wordvec.progress import progress
from wordvec.signals import delayed_signals, end_by
from wordvec.trainers.checkpoint import Arrays, Checkpoint, Keeper, Saving
from wordvec.trainers.checks import check_held_out_words_meet, check_words_meet

if TYPE_CHECKING:
    from wordvec.trainers.base import History
    from wordvec.trainers.epoch_reports import Reporter
    from wordvec.trainers.layers_engine import Loss

UNTRAINED = 0.99  # of the loss of chance: rows that have hardly moved from where they started at random
DIVERGED_AT = 4.0  # times the loss of chance; successful training starts at 1 and falls
LARGEST_WEIGHT = 100.0  # weights of trained vectors are below 10; larger ones mean that rows pushed each other away


class Engine(Protocol):
    """The interface of an engine. A call of `train` covers whole blocks; `chunk` is about a second of work.

    If a part of the corpus is held out, the engine also has ``loss(first, last, epoch)``, which trains nothing.
    """

    chunk: int

    def train(self, first: int, last: int, epoch: int, tokens: int) -> Loss:
        """Train on positions first .. last - 1 of an epoch of `tokens`."""
        ...

    def largest_weight(self) -> float:
        """The largest absolute value of the weights, or nan."""
        ...

    def arrays(self) -> Arrays:
        """All arrays that training changes, with their current values: W_in and W_out (V, D), and any others."""
        ...


@dataclass
class Epochs:
    """How long to train: `epochs` over positions 0 .. tokens - 1; positions up to `end` are held out.

    patience  stop when the held-out loss has not fallen for this many epochs (None: never)
    chance    the loss of a prediction by untrained weights
    unit      the name of positions in the progress bar
    """

    epochs: int
    tokens: int
    end: int
    patience: int | None = None
    chance: float = math.inf
    unit: str = "words"


def run_epochs(
    engine: Engine,
    plan: Epochs,
    history: History,
    state: Checkpoint,
    saving: Saving | None,
    label: str,
    show_progress: bool | None,
    reporter: Reporter | None = None,
) -> None:
    """Train from the place in `state` to the end of `plan`, appending each epoch's mean loss to `history`.

    Raises TrainingError if the mean loss of a call is above DIVERGED_AT times the loss of chance (or of the starting
    weights, if that is larger), or a weight is above LARGEST_WEIGHT at the end of an epoch.
    Ctrl-C, SIGTERM and SIGHUP wait until the current call of the engine ends (about a second). Then a checkpoint is
    written as `saving` says, and the signal takes effect. Another checkpoint is written at the end, to protect the
    result until it is saved. `reporter` calls the user's functions after each epoch; they may end the training.
    """
    reason: str | None = None
    keeper = Keeper(engine.arrays, state, history, saving)
    watch = _Watch(engine, plan.chance, saving)
    done = state.epoch * plan.tokens + state.position
    with progress(plan.epochs * plan.tokens, label, plan.unit, show=show_progress) as bar:
        bar.update(done)
        while state.epoch < plan.epochs and reason is None and not _should_stop(history.held_out_loss, plan.patience):
            _run_epoch(engine, plan, state, keeper, watch, bar)
            watch.check_weights(state.epoch + 1)
            loss = mean_loss(state.total, state.predictions)
            held_out = _held_out_loss(engine, plan, keeper)
            with delayed_signals() as signals:  # a signal must find all of this done, or none of it
                history.loss.append(loss)
                history.held_out_loss += held_out
                state.epoch, state.position, state.total, state.predictions = state.epoch + 1, 0, 0.0, 0
            if signals:
                _end(keeper, signals)
            bar.set_postfix_str(f"loss {loss:.4f}")
            if reporter is not None:
                reason = _report(reporter, keeper, state.epoch, plan.epochs, loss, *held_out)
    if reporter is not None:
        reporter.end()
    if reason is not None:
        why = f": {reason}" if reason else ""
        history.notes.append(f"stopped after epoch {state.epoch} of {plan.epochs} by on_epoch{why}")
    elif state.epoch < plan.epochs:
        history.notes.append(f"stopped after epoch {state.epoch} of {plan.epochs}: the held-out loss no longer falls")
    if history.loss and history.loss[-1] > UNTRAINED * plan.chance:
        history.notes.append(
            f"hardly anything was learned: the loss, {history.loss[-1]:.4f}, is that of chance, {plan.chance:.4f}; "
            "for words this rare, or so few epochs, a higher --learning-rate (such as 0.2), more --epochs or, but for "
            "documents, --init svd may help"
        )
    keeper.save(ending=True)


def _report(
    reporter: Reporter, keeper: Keeper, epoch: int, epochs: int, loss: float, held_out: float | None = None
) -> str | None:
    """Report an epoch. If a function of the user raises, the state is first saved in the checkpoint."""
    try:
        return reporter.report(epoch, epochs, loss, held_out)
    except BaseException:
        keeper.save(ending=True)
        raise


def _run_epoch(engine: Engine, plan: Epochs, state: Checkpoint, keeper: Keeper, watch: _Watch, bar: Any) -> None:
    while state.position < plan.tokens:
        first, last = state.position, min(state.position + engine.chunk, plan.tokens)
        # Within a call the weights match no position in the text, unless the engine keeps those from before the call.
        with _undelayed() if getattr(engine, "restartable", False) else delayed_signals() as signals:
            loss = engine.train(first, last, state.epoch, plan.tokens)
            watch.check_loss(loss, state.epoch + 1)
            state.position = last
            state.total, state.predictions = state.total + loss.total, state.predictions + loss.predictions
        if signals:
            _end(keeper, signals)
        bar.update(last - first)
        if state.epoch or state.predictions:  # else there may be nothing to train on, and nothing to continue
            keeper.save_when_due()


@contextmanager
def _undelayed() -> Iterator[list[int]]:
    """Like `delayed_signals`, but signals are not delayed."""
    yield []


def _held_out_loss(engine: Any, plan: Epochs, keeper: Keeper) -> list[float]:
    """A list with the mean loss on the held-out part; empty if nothing is held out."""
    if plan.end <= plan.tokens:
        return []
    try:
        total, predictions = engine.loss(plan.tokens, plan.end, epoch=0)
        check_held_out_words_meet(predictions)
        return [mean_loss(total, predictions)]
    except KeyboardInterrupt:
        keeper.save(ending=True)
        raise


def _end(keeper: Keeper, signals: list[int]) -> NoReturn:
    """Save, then let the first signal that arrived take effect."""
    keeper.save(ending=True)
    end_by(signals[0])


def mean_loss(total: float, predictions: int) -> float:
    """Loss per prediction, rounded to 9 decimals; raises TrainingError if there was nothing to predict.

    The last bits of the sum depend on how the epoch was cut into calls, and so on the clock; rounding hides them.
    """
    check_words_meet(predictions)
    return round(total / predictions, 9)


def _should_stop(held_out_loss: list[float], patience: int | None) -> bool:
    if patience is None or len(held_out_loss) <= patience:
        return False
    return min(held_out_loss[-patience:]) >= min(held_out_loss[:-patience])


class _Watch:
    """Stops a training run that diverges: no vectors are better than wrong ones."""

    def __init__(self, engine: Engine, chance: float, saving: Saving | None) -> None:
        self.engine, self.chance, self.saving = engine, chance, saving
        self.loss_limit: float | None = None
        self.weight_limit = max(LARGEST_WEIGHT, 10 * engine.largest_weight())  # of the starting weights

    def check_loss(self, loss: Loss, epoch: int) -> None:
        """Raise TrainingError if the mean loss of a call is not finite or far above the loss of chance."""
        if not math.isfinite(loss.total):
            raise TrainingError(diverged(epoch, self.saving))
        if loss.predictions == 0:
            return
        mean = loss.total / loss.predictions
        if self.loss_limit is None:
            starts_from_vectors = self.weight_limit > LARGEST_WEIGHT
            self.loss_limit = DIVERGED_AT * (max(self.chance, mean) if starts_from_vectors else self.chance)
        if mean > self.loss_limit:
            raise TrainingError(
                diverged(epoch, self.saving, f"a loss of {mean:.3g}, where guessing gives {self.chance:.3g}")
            )

    def check_weights(self, epoch: int) -> None:
        """Raise TrainingError if a weight is not finite or far larger than trained weights are."""
        largest = self.engine.largest_weight()
        if not largest <= self.weight_limit:
            raise TrainingError(diverged(epoch, self.saving, f"a weight of {largest:.3g}, where 10 would be large"))


def diverged(epoch: int, saving: Saving | None, sign: str = "the loss is not finite") -> str:
    """The error message for training that diverged."""
    kept = ""
    if saving is not None and Path(saving.path).is_file():
        kept = f"; the last checkpoint, {saving.path}, is kept as it was"
    return f"training diverged in epoch {epoch} ({sign}): take a smaller --learning-rate{kept}"

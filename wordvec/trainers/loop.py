"""The loop over epochs that both engines run in: progress, true losses, checkpoints, early stopping."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from wordvec.errors import TrainingError
from wordvec.progress import progress
from wordvec.trainers.checkpoint import Checkpoint

if TYPE_CHECKING:
    from wordvec.trainers.base import History
    from wordvec.trainers.layers_engine import Loss

DIVERGED_AT = 4.0  # times the loss of chance; training that works never gets there, as it starts at 1 and falls
LARGEST_WEIGHT = 100.0  # those of trained vectors are below 10; larger ones mean that rows pushed each other away
LOST_AT_MOST = 300.0  # seconds of work between two checkpoints, unless told otherwise


class Engine(Protocol):
    """What the loop needs of an engine. A call of `train` covers whole blocks; `chunk` is about a second of work."""

    block: int
    chunk: int

    def train(self, first: int, last: int, epoch: int, tokens: int) -> Loss:
        """Train on positions first .. last - 1 of an epoch of `tokens`."""

    def loss(self, first: int, last: int, epoch: int) -> Loss:
        """The loss on positions first .. last - 1, training nothing."""

    def largest_weight(self) -> float:
        """The largest absolute value in W_in or W_out, or nan."""

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """W_in and W_out (V, D) as they are now."""

    def take_weights(self) -> tuple[np.ndarray, np.ndarray]:
        """The same at the end: the engine gives up its own copy, so that memory never holds both."""


@dataclass
class Saving:
    """Where checkpoints go, and how many seconds may pass between two."""

    path: str | os.PathLike[str]
    every: float = LOST_AT_MOST


@dataclass
class Epochs:
    """How long to train: `epochs` over positions 0 .. tokens - 1; positions up to `end` are held out.

    patience  stop when the held-out loss has not fallen for so many epochs (None: never)
    chance    the loss of a prediction by weights that know nothing
    """

    epochs: int
    tokens: int
    end: int
    patience: int | None = None
    chance: float = math.inf


def run_epochs(
    engine: Engine,
    plan: Epochs,
    history: History,
    state: Checkpoint,
    saving: Saving | None,
    label: str,
    show_progress: bool | None,
) -> None:
    """Train from the place in `state` to the end of `plan`, appending each epoch's mean loss to `history`.

    Raises TrainingError when a stretch's mean loss is above DIVERGED_AT times that of chance (or of the weights it
    started from, where they are worse), or a weight above LARGEST_WEIGHT at the end of an epoch.
    Ctrl-C waits for the end of a call of the engine (about a second); then a checkpoint is written where `saving` says
    and KeyboardInterrupt is raised.
    """
    keeper = _Keeper(engine, state, history, saving)
    watch = _Watch(engine, plan.chance, saving)
    done = state.epoch * plan.tokens + state.position
    with progress(plan.epochs * plan.tokens, label, "words", show=show_progress) as bar:
        bar.update(done)
        while state.epoch < plan.epochs:
            _run_epoch(engine, plan, state, keeper, watch, bar)
            watch.check_weights(state.epoch + 1)
            history.loss.append(mean_loss(state.total, state.predictions))
            if plan.end > plan.tokens:
                history.held_out_loss.append(mean_loss(*engine.loss(plan.tokens, plan.end, epoch=0)))
            state.epoch, state.position, state.total, state.predictions = state.epoch + 1, 0, 0.0, 0
            bar.set_postfix_str(f"loss {history.loss[-1]:.4f}")
            if _should_stop(history.held_out_loss, plan.patience) and state.epoch < plan.epochs:
                history.notes.append(
                    f"stopped after epoch {state.epoch} of {plan.epochs}: the held-out loss no longer falls"
                )
                break


def _run_epoch(engine: Engine, plan: Epochs, state: Checkpoint, keeper: _Keeper, watch: _Watch, bar: Any) -> None:
    while state.position < plan.tokens:
        last = min(state.position + engine.chunk, plan.tokens)
        with delayed_interrupt() as interrupted:
            loss = engine.train(state.position, last, state.epoch, plan.tokens)
        watch.check_loss(loss, state.epoch + 1)
        bar.update(last - state.position)
        state.position = last
        state.total, state.predictions = state.total + loss.total, state.predictions + loss.predictions
        if interrupted:
            keeper.save()
            raise KeyboardInterrupt
        keeper.save_when_due()


@contextmanager
def delayed_interrupt() -> Iterator[list[int]]:
    """Let Ctrl-C wait for the end of the block, which yields a list that is not empty then.

    In the middle of a call the weights belong to no place in the text, and a checkpoint of them would be a lie.
    """
    interrupted: list[int] = []
    if threading.current_thread() is not threading.main_thread():  # signals only ever reach the main thread
        yield interrupted
        return
    before = signal.signal(signal.SIGINT, lambda number, _: interrupted.append(number))
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


def mean_loss(total: float, predictions: int) -> float:
    """Loss per prediction, to 9 decimals; raises TrainingError when there was nothing to predict.

    The last bits of a sum depend on where the epoch was cut into calls, and so on the clock; they are not told.
    """
    if predictions == 0:
        raise TrainingError(
            "no word of the corpus has another word beside it, so there is nothing to train on: "
            "longer sentences, a smaller --min-count or --subsample 0 may help"
        )
    return round(total / predictions, 9)


def _should_stop(held_out_loss: list[float], patience: int | None) -> bool:
    if patience is None or len(held_out_loss) <= patience:
        return False
    return min(held_out_loss[-patience:]) >= min(held_out_loss[:-patience])


class _Watch:
    """Stops a training that diverges: better no vectors than absurd ones."""

    def __init__(self, engine: Engine, chance: float, saving: Saving | None) -> None:
        self.engine, self.chance, self.saving = engine, chance, saving
        self.loss_limit: float | None = None
        self.weight_limit = max(LARGEST_WEIGHT, 10 * engine.largest_weight())  # of vectors that training started from

    def check_loss(self, loss: Loss, epoch: int) -> None:
        """Raise TrainingError when the mean loss of a stretch is not finite or far above that of chance."""
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
        """Raise TrainingError when a weight is not finite or far larger than trained ones are."""
        largest = self.engine.largest_weight()
        if not largest <= self.weight_limit:
            raise TrainingError(diverged(epoch, self.saving, f"a weight of {largest:.3g}, where 10 would be large"))


def diverged(epoch: int, saving: Saving | None, sign: str = "the loss is not finite") -> str:
    """What to say of a training that diverged."""
    kept = ""
    if saving is not None and Path(saving.path).is_file():
        kept = f"; the last checkpoint, {saving.path}, is kept as it was"
    return f"training diverged in epoch {epoch} ({sign}): take a smaller --learning-rate{kept}"


class _Keeper:
    """Writes checkpoints when they are due."""

    def __init__(self, engine: Engine, state: Checkpoint, history: History, saving: Saving | None) -> None:
        self.engine, self.state, self.history, self.saving = engine, state, history, saving
        self.last_saved = time.monotonic()

    def save_when_due(self) -> None:
        if self.saving is not None and time.monotonic() - self.last_saved >= self.saving.every:
            self.save()

    def save(self) -> None:
        if self.saving is None:
            return
        self.state.W_in, self.state.W_out = self.engine.weights()
        self.state.loss, self.state.held_out_loss = self.history.loss, self.history.held_out_loss
        self.state.save(self.saving.path)
        self.state.forget_weights()
        self.last_saved = time.monotonic()

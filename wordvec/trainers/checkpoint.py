"""The state of an unfinished training run in one file, so that the run can be resumed after a kill."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import ArgumentError, InputError, OptionError, counted, describe
from wordvec.files import check_writable, replace_file
from wordvec.json_forms import COUNT, NUMBER, OBJECT, TEXT, check_form, parse_json
from wordvec.progress import announce
from wordvec.signals import delayed_signals, end_by

if TYPE_CHECKING:
    from wordvec.trainers.base import History

KIND = "wordvec checkpoint 2"
START_ANEW = "remove it to start from the beginning"
SAME_VERSION = "continue with the version that wrote it"
FORM = {
    "epoch": COUNT, "position": COUNT, "total": NUMBER, "predictions": COUNT, "loss": [NUMBER],
    "held_out_loss": [NUMBER], "notes": [TEXT], "parameters": OBJECT, "corpus_fingerprint": TEXT,
}  # fmt: skip
LOST_AT_MOST = 300.0  # default seconds of work between two checkpoints

Arrays = dict[str, np.ndarray]


@dataclass
class Checkpoint:
    """All arrays that training changes, and its progress: positions before `position` of `epoch` are done.

    arrays              float32, by name: W_in, W_out, and any others that the trainer has
    total, predictions  the loss of this epoch so far, so that its mean is right
    loss, held_out_loss the mean losses of finished epochs
    notes               the history's notes from before training began
    """

    arrays: Arrays
    epoch: int = 0
    position: int = 0
    total: float = 0.0
    predictions: int = 0
    loss: list[float] = field(default_factory=list)
    held_out_loss: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    corpus_fingerprint: str = ""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file atomically: after a kill the earlier checkpoint is intact."""
        from wordvec.vectors.files.safetensors_header import pack_header

        state = json.dumps({name: value for name, value in vars(self).items() if name != "arrays"})
        arrays = {name: np.ascontiguousarray(array, "<f4") for name, array in sorted(self.arrays.items())}
        metadata = {"kind": KIND, "sha256": _digest(state, arrays), "state": state}
        with replace_file(path) as file:
            file.write(pack_header(metadata, arrays))
            for array in arrays.values():
                file.write(array.data)

    def forget_arrays(self) -> None:
        """Release the arrays: they take memory, and the engine has newer ones."""
        self.arrays = {}

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Checkpoint:
        """Read a checkpoint; raises InputError if there is none, or the file is not a checkpoint or was altered."""
        from safetensors import SafetensorError, safe_open

        if not Path(path).is_file():
            raise InputError(f"{path}: no checkpoint here; leave out --resume to start from the beginning")
        try:
            with safe_open(path, framework="numpy") as file:
                metadata = file.metadata() or {}
                if metadata.get("kind") != KIND:
                    raise InputError(
                        f"{path}: not a checkpoint of this version of wordvec; {SAME_VERSION}, or {START_ANEW}"
                    )
                arrays = {name: file.get_tensor(name) for name in sorted(file.keys())}
            if metadata["sha256"] != _digest(metadata["state"], arrays):
                raise ValueError("it was altered since it was written")
            state = cls(arrays, **_checked(parse_json(metadata["state"])))
        except InputError:
            raise
        except (SafetensorError, ValueError, KeyError, TypeError, OverflowError) as error:
            raise InputError(f"{path}: damaged checkpoint ({str(error)[:200]}); {START_ANEW}") from error
        return state

    def check(self, parameters: Mapping[str, Any], corpus_fingerprint: str) -> None:
        """Raise OptionError naming the differences, unless this is a checkpoint of the same run."""
        if self.corpus_fingerprint != corpus_fingerprint:
            raise OptionError(
                f"the checkpoint is of another corpus (fingerprint {self.corpus_fingerprint[:12]}, here "
                f"{corpus_fingerprint[:12]}): train on the same text with the same --min-count and --tokenizer; if they"
                f" are the same and wordvec is another version, {SAME_VERSION}; or {START_ANEW}"
            )
        names = sorted(self.parameters.keys() | parameters.keys())
        differences = [
            f"{name} was {_shown(self.parameters, name)} and is now {_shown(parameters, name)}"
            for name in names
            if name != "threads" and self.parameters.get(name) != parameters.get(name)
        ]
        if differences:
            raise OptionError(
                f"the checkpoint is of a run with other options: {'; '.join(differences)}: give the options it was "
                f"begun with; if wordvec did not have one of them then, {SAME_VERSION}; or {START_ANEW}"
            )

    def check_arrays(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        """Raise InputError unless the arrays have these names and shapes and hold finite numbers."""
        found = {name: array.shape for name, array in self.arrays.items()}
        if found != dict(shapes):
            raise InputError(f"damaged checkpoint: arrays {dict(shapes)} expected; got {found}; {START_ANEW}")
        for name, array in self.arrays.items():
            if array.dtype != np.float32 or not np.isfinite(array).all():
                raise InputError(f"damaged checkpoint: {name} must hold finite float32 numbers; {START_ANEW}")

    def check_place(self, epochs: int, positions: int) -> None:
        """Raise InputError unless this is a place in a run of `epochs` times `positions`."""
        if self.epoch > epochs or self.position > (positions if self.epoch < epochs else 0):
            raise InputError(
                f"damaged checkpoint: it is at position {self.position:,} of epoch {self.epoch + 1:,}, but there are "
                f"{counted(epochs, 'epoch')} of {counted(positions, 'position')}; {START_ANEW}"
            )


def _shown(parameters: Mapping[str, Any], name: str) -> str:
    return repr(parameters[name]) if name in parameters else "not set"


def _digest(state: str, arrays: Arrays) -> str:
    digest = hashlib.sha256(state.encode())
    for name, array in arrays.items():
        digest.update(f"\0{name} {array.dtype.str} {array.shape}\0".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _checked(state: Any) -> dict[str, Any]:
    """The fields of a checkpoint other than its arrays. Raises ValueError for a missing or impossible field."""
    if not isinstance(state, dict) or state.keys() != FORM.keys():
        raise ValueError(f"the fields {', '.join(FORM)} expected; got {str(state)[:80]}")
    check_form(state, FORM)
    for name, lengths in (("loss", (state["epoch"],)), ("held_out_loss", (0, state["epoch"]))):
        if len(state[name]) not in lengths:
            raise ValueError(f"{name} cannot be of {len(state[name]):,} epochs")
    if state["position"] == 0 and (state["total"] or state["predictions"]):
        raise ValueError("it has a loss of an epoch that has not begun")
    return state


@dataclass
class Saving:
    """Where checkpoints are saved, and how many seconds may pass between two."""

    path: str | os.PathLike[str]
    every: float = LOST_AT_MOST

    def __post_init__(self) -> None:
        if not self.every >= 0:  # nan too
            raise OptionError(f"checkpoint_every must be 0 or more seconds between two checkpoints; got {self.every}")
        if not isinstance(self.path, (str, os.PathLike)):
            raise ArgumentError(f"checkpoint must be the name of a file (str or Path); got {describe(self.path)}")
        check_writable(self.path)  # now, not when the first one is due


class Keeper:
    """Writes checkpoints when they are due. If one cannot be written, that is reported and training continues."""

    def __init__(
        self, arrays: Callable[[], Arrays], state: Checkpoint, history: History, saving: Saving | None
    ) -> None:
        self.arrays, self.state, self.history, self.saving = arrays, state, history, saving
        self.last_saved = time.monotonic()

    def save_when_due(self) -> None:
        """Save if the last checkpoint is old enough."""
        if self.saving is not None and time.monotonic() - self.last_saved >= self.saving.every:
            self.save()

    def save(self, *, ending: bool = False) -> None:
        """Save now; a signal that would end the run waits until the file is complete. `ending`: the run ends here."""
        if self.saving is None:
            return
        with delayed_signals() as signals:
            self.state.loss, self.state.held_out_loss = self.history.loss, self.history.held_out_loss
            try:
                self.state.arrays = self.arrays()
                self.state.save(self.saving.path)
            except (OSError, MemoryError, InputError) as error:
                self._say_what_failed(error, ending)
            self.state.forget_arrays()
            self.last_saved = time.monotonic()
        if signals:
            end_by(signals[0])

    def _say_what_failed(self, error: Exception, ending: bool) -> None:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        kept = "the earlier one is kept" if Path(self.saving.path).is_file() else "there is none yet"  # type: ignore[union-attr]
        announce(f"no checkpoint could be written ({reason}), {kept}" + ("" if ending else "; training continues"))

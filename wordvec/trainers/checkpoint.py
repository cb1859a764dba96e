"""The state of an unfinished training run in one file, so that it can go on after a kill."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.errors import InputError, OptionError
from wordvec.files import replace_file

KIND = "wordvec checkpoint 1"


@dataclass
class Checkpoint:
    """Weights (V, D) and the place in training: positions before `position` of `epoch` are done.

    total, predictions  the loss of this epoch so far, so that its mean stays true
    loss, held_out_loss the means of finished epochs
    """

    W_in: np.ndarray
    W_out: np.ndarray
    epoch: int = 0
    position: int = 0
    total: float = 0.0
    predictions: int = 0
    loss: list[float] = field(default_factory=list)
    held_out_loss: list[float] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    corpus_fingerprint: str = ""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file in one piece: a kill leaves the earlier checkpoint."""
        from safetensors.numpy import save

        state = {name: value for name, value in vars(self).items() if not name.startswith("W_")}
        tensors = {"W_in": np.ascontiguousarray(self.W_in), "W_out": np.ascontiguousarray(self.W_out)}
        with replace_file(path) as file:
            file.write(save(tensors, {"kind": KIND, "state": json.dumps(state)}))

    def forget_weights(self) -> None:
        """Let go of the weights: they take memory, and an engine holds newer ones."""
        self.W_in = self.W_out = np.empty((0, 0), np.float32)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Checkpoint:
        """Read a checkpoint; raises InputError when there is none or the file is something else."""
        from safetensors import SafetensorError, safe_open

        if not Path(path).is_file():
            raise InputError(f"{path}: no checkpoint here; leave out --resume to start from the beginning")
        try:
            with safe_open(path, framework="numpy") as file:
                metadata = file.metadata() or {}
                if metadata.get("kind") == KIND:
                    return cls(file.get_tensor("W_in"), file.get_tensor("W_out"), **json.loads(metadata["state"]))
            raise InputError(f"{path}: not a checkpoint of this version of wordvec")
        except (SafetensorError, json.JSONDecodeError, KeyError, TypeError) as error:
            raise InputError(f"{path}: damaged checkpoint ({error}); remove it to start from the beginning") from error

    def check(self, parameters: dict[str, Any], corpus_fingerprint: str) -> None:
        """Raise OptionError, naming the difference, unless this is a checkpoint of the same run."""
        if self.corpus_fingerprint != corpus_fingerprint:
            raise OptionError(
                f"the checkpoint is of another corpus (fingerprint {self.corpus_fingerprint[:12]}, here "
                f"{corpus_fingerprint[:12]}): train on the same text with the same --min-count and --tokenizer"
            )
        names = sorted(self.parameters.keys() | parameters.keys())
        differences = [
            f"{name} was {self.parameters.get(name)!r} and is now {parameters.get(name)!r}"
            for name in names
            if name != "threads" and self.parameters.get(name) != parameters.get(name)
        ]
        if differences:
            raise OptionError("the checkpoint is of a run with other options: " + "; ".join(differences))

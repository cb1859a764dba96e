"""What a part of gpu_check.sh is given, and what parts leave for each other."""

from __future__ import annotations

import importlib.util
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Skipped(Exception):
    """The part cannot be run here, and that is no fault."""


@dataclass
class Job:
    """What a part is given. `tell` hands a measurement to the parent process."""

    folder: Path
    rehearse: bool
    plain: bool
    started: float
    tell: Callable[..., None]

    def size(self, real: Any, small: Any) -> Any:
        """A number for a card, or for the rehearsal."""
        return small if self.rehearse else real

    @property
    def dims(self) -> tuple[int, ...]:
        return self.size((100, 128, 300), (8,))

    def leave(self, name: str, value: Any) -> None:
        """Write down for later parts."""
        (self.folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")

    def left(self, name: str) -> Any:
        """What an earlier part wrote down; {} where it did not get that far."""
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def text(self) -> dict[str, Any]:
        """The facts of the text that the part "corpus" has prepared."""
        if not (text := self.left("text")):
            raise SystemExit("there is no text: the part corpus did not get that far")
        return text

    def corpus(self) -> Any:
        """That text, encoded."""
        from wordvec.corpus import Corpus

        self.text()
        return Corpus.open(self.folder / "corpus")


def needs(*packages: str) -> None:
    """Raise Skipped where one of them is not installed."""
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise Skipped(f"needs {package}, which is not installed")


def median_seconds(do: Callable[[], Any], turns: int = 7) -> float:
    """The median time of several runs, after one that is not counted. `do` returns what has left the card."""
    do()
    seconds = []
    for _ in range(turns):
        start = time.perf_counter()
        do()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)

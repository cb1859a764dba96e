"""Trials of a search, and the arithmetic of successive halving."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from wordvec.experiments.training import COUNTING, TrainedModel

KEPT = 3  # one trial in three, the best, goes on to the next round


@dataclass
class Trial:
    """One set of options; number 0 is the default. `values` has a development score for each round it was in."""

    number: int
    options: dict[str, Any]
    values: list[float | None] = field(default_factory=list)
    model: TrainedModel | None = None
    seconds: float = 0.0


def rounds(trainer: str, epochs: int | None) -> list[int | None]:
    """The epochs of each round; the last round has all of them. A trainer without epochs has one round.

    >>> rounds("skipgram", 10), rounds("skipgram", 1), rounds("svd", None)
    ([1, 2, 4, 10], [1], [None])
    """
    if trainer in COUNTING or epochs is None:
        return [None]
    number = math.ceil(round(math.log(epochs, KEPT), 9)) + 1
    return [math.ceil(epochs / KEPT ** (number - 1 - i)) for i in range(number)]


def survivors(trials: int, number_of_rounds: int) -> list[int]:
    """The number of trials in each round.

    >>> survivors(10, 3)
    [10, 4, 2]
    """
    counts = [trials]
    for _ in range(number_of_rounds - 1):
        counts.append(math.ceil(counts[-1] / KEPT))
    return counts


def best_first(trials: Sequence[Trial]) -> list[Trial]:
    """The trials by the score of their last round, the best first; equal scores by number; failed trials last."""

    def order(trial: Trial) -> tuple[float, int]:
        value = trial.values[-1]
        return (math.inf if value is None else -value), trial.number

    return sorted(trials, key=order)

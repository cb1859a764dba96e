"""Trials of a search, the arithmetic of successive halving, and how long the rest will take."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from wordvec.experiments.training import COUNTING, Job, TrainedModel

KEPT = 3  # of each round the best third goes on


@dataclass
class Trial:
    """One set of options; number 0 is the default. `values` are the development scores of the rounds it was in."""

    number: int
    options: dict[str, Any]
    values: list[float | None] = field(default_factory=list)
    model: TrainedModel | None = None
    seconds: float = 0.0


def rounds(trainer: str, epochs: int | None) -> list[int | None]:
    """Epochs of each round, the last with all of them; a trainer without epochs has one round.

    >>> rounds("skipgram", 10), rounds("skipgram", 1), rounds("svd", None)
    ([1, 2, 4, 10], [1], [None])
    """
    if trainer in COUNTING or epochs is None:
        return [None]
    number = math.ceil(round(math.log(epochs, KEPT), 9)) + 1
    return [math.ceil(epochs / KEPT ** (number - 1 - i)) for i in range(number)]


def survivors(trials: int, number_of_rounds: int) -> list[int]:
    """How many trials are in each round.

    >>> survivors(10, 3)
    [10, 4, 2]
    """
    counts = [trials]
    for _ in range(number_of_rounds - 1):
        counts.append(math.ceil(counts[-1] / KEPT))
    return counts


def best_first(trials: Sequence[Trial]) -> list[Trial]:
    """By the score of their last round, the best first; of equals the earlier; failed ones last."""

    def order(trial: Trial) -> tuple[float, int]:
        value = trial.values[-1]
        return (math.inf if value is None else -value), trial.number

    return sorted(trials, key=order)


# How long the rest of a run will take, from what was trained so far.


class Pace:
    """Remembers how long each configuration took.

    >>> from wordvec.experiments.training import Configuration
    >>> svd, cbow = Configuration("svd", "svd"), Configuration("cbow", "cbow")
    >>> pace = Pace()
    >>> pace.left([Job(svd)]) is None
    True
    >>> pace.took(Job(svd), 60.0)
    >>> pace.left([Job(svd, seed=2), Job(cbow)])  # nothing is known of cbow yet
    120.0
    """

    def __init__(self) -> None:
        self._seconds: dict[str, list[float]] = defaultdict(list)

    def took(self, job: Job, seconds: float) -> None:
        """Note how long a job took."""
        self._seconds[job.configuration.name].append(seconds)

    def left(self, jobs: Iterable[Job]) -> float | None:
        """Seconds that `jobs` will take; those of an unknown configuration as long as the mean; None at the start."""
        if not self._seconds:
            return None
        means = {name: sum(values) / len(values) for name, values in self._seconds.items()}
        usual = sum(means.values()) / len(means)
        return sum(means.get(job.configuration.name, usual) for job in jobs)


def spoken(seconds: float) -> str:
    """Seconds as people say them.

    >>> spoken(0.4), spoken(75), spoken(5400), spoken(200_000)
    ('1 s', '75 s', '1 h 30 min', '55 h 33 min')
    """
    if seconds < 120:
        return f"{max(1, round(seconds))} s"
    minutes = int(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"

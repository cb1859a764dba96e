"""Trials of a search, the arithmetic of successive halving, and estimates of the time left."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from wordvec.experiments.training import COUNTING, Job, TrainedModel

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


# Estimates of the time left, from the training so far.


class Pace:
    """Records how long each configuration took.

    >>> from wordvec.experiments.training import Configuration
    >>> svd, cbow = Configuration("svd", "svd"), Configuration("cbow", "cbow")
    >>> pace = Pace()
    >>> pace.left([Job(svd)]) is None
    True
    >>> pace.took(Job(svd), 60.0)
    >>> pace.left([Job(svd, seed=2), Job(cbow)])  # cbow is still unknown
    120.0
    """

    def __init__(self) -> None:
        self._seconds: dict[str, list[float]] = defaultdict(list)

    def took(self, job: Job, seconds: float) -> None:
        """Record how long a job took."""
        self._seconds[job.configuration.name].append(seconds)

    def left(self, jobs: Iterable[Job]) -> float | None:
        """The seconds that `jobs` will take; an unknown configuration takes the mean time; None at the start."""
        if not self._seconds:
            return None
        means = {name: sum(values) / len(values) for name, values in self._seconds.items()}
        usual = sum(means.values()) / len(means)
        return sum(means.get(job.configuration.name, usual) for job in jobs)


def spoken(seconds: float) -> str:
    """Seconds in readable form.

    >>> spoken(0.4), spoken(75), spoken(5400), spoken(200_000)
    ('1 s', '75 s', '1 h 30 min', '55 h 33 min')
    """
    if seconds < 120:
        return f"{max(1, round(seconds))} s"
    minutes = int(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"

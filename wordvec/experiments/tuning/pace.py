"""How long the rest of a run will take, from what was trained so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from wordvec.experiments.training import Job


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

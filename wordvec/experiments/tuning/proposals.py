"""What to try next: evenly spread points, or with the extra `tune` optuna's suggestions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, Protocol

import numpy as np

from wordvec.errors import MissingExtraError, OptionError
from wordvec.experiments.tuning.search_space import Range
from wordvec.rng import TRIALS, uniform_matrix

SAMPLERS = ("sobol", "optuna")
FIRST_POINTS = 64  # the sequence is made anew, twice as long, when these are used up
Options = dict[str, Any]


class Proposals(Protocol):
    """Gives options to try, and is told what they were worth; `learns` says whether that changes what comes next."""

    learns: bool

    def propose(self) -> Options:
        """The next options to try."""

    def tell(self, options: Options, value: float | None) -> None:
        """What the options proposed last were worth; None when training failed."""


def make_proposals(sampler: str, space: Mapping[str, Range], seed: int) -> Proposals:
    """The sampler of this name. Raises OptionError for another, MissingExtraError where optuna is not installed."""
    if sampler not in SAMPLERS:
        raise OptionError(f"the sampler must be {' or '.join(SAMPLERS)}; got {sampler!r}")
    return SobolProposals(space, seed) if sampler == "sobol" else OptunaProposals(space, seed)


class SobolProposals:
    """Points of a Sobol sequence, moved by an amount that the seed decides (Cranley and Patterson 1976).

    They fill the space more evenly than independent draws do, and are the same with every version of scipy.

    >>> found = SobolProposals({"window": Range(2, 9, whole=True)}, seed=1)
    >>> sorted(found.propose()["window"] for _ in range(8))
    [2, 3, 4, 5, 6, 7, 8, 9]
    """

    learns = False

    def __init__(self, space: Mapping[str, Range], seed: int) -> None:
        self._space, self._points = space, _points(len(space), seed)

    def propose(self) -> Options:
        """The next point."""
        return {option: allowed.value(u) for (option, allowed), u in zip(self._space.items(), next(self._points))}

    def tell(self, options: Options, value: float | None) -> None:
        """Points do not depend on what came before."""


class OptunaProposals:
    """Suggestions of optuna's tree-structured Parzen estimator (Bergstra et al. 2011)."""

    learns = True

    def __init__(self, space: Mapping[str, Range], seed: int) -> None:
        try:
            import optuna
        except ImportError as error:
            raise MissingExtraError("optuna", "tune", "the sampler optuna") from error
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._space = space
        self._study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed % 2**32))
        self._failed = optuna.trial.TrialState.FAIL
        self._trial: Any = None

    def propose(self) -> Options:
        """What the study suggests after all it was told."""
        self._trial = self._study.ask()
        return {option: self._suggest(option, allowed) for option, allowed in self._space.items()}

    def tell(self, options: Options, value: float | None) -> None:
        """Hand the value to the study."""
        if value is None:
            self._study.tell(self._trial, state=self._failed)
        else:
            self._study.tell(self._trial, value)

    def _suggest(self, option: str, allowed: Range) -> Any:
        trial = self._trial
        if allowed.choices:
            return trial.suggest_categorical(option, list(allowed.choices))
        if allowed.whole:
            return trial.suggest_int(option, int(allowed.low), int(allowed.high), log=allowed.log)
        return float(f"{trial.suggest_float(option, allowed.low, allowed.high, log=allowed.log):.3g}")


def _points(dimensions: int, seed: int) -> Iterator[np.ndarray]:
    from scipy.stats import qmc

    moved = uniform_matrix(seed, TRIALS, (1, dimensions))[0]
    done = 0
    for power in count(FIRST_POINTS.bit_length() - 1):
        points = (qmc.Sobol(dimensions, scramble=False).random_base2(power) + moved) % 1.0
        yield from points[done:]
        done = len(points)

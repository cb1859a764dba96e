"""The options that a search varies for each trainer, their ranges, and the samplers that propose values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

import numpy as np

from wordvec.argument_types import LARGEST_SEED_OF_NUMPY, check_seed
from wordvec.errors import MissingExtraError, OptionError
from wordvec.rng import TRIALS, uniform_matrix


@dataclass(frozen=True)
class Range:
    """The values of an option: from `low` to `high`, on a linear or (`log`) logarithmic scale, or one of `choices`."""

    low: float = 0.0
    high: float = 0.0
    log: bool = False
    whole: bool = False
    choices: tuple[Any, ...] = ()

    def value(self, u: float) -> Any:
        """The value at `u` in [0, 1) of the range; numbers have 3 digits, so that a command line can repeat them.

        >>> Range(2, 10, whole=True).value(0.0), Range(0.01, 1, log=True).value(0.5)
        (2, 0.1)
        """
        if self.choices:
            return self.choices[min(int(u * len(self.choices)), len(self.choices) - 1)]
        high = self.high + 1 if self.whole else self.high  # every integer, including `high`, gets a share
        value = self.low * (high / self.low) ** u if self.log else self.low + (high - self.low) * u
        return min(int(value + 1e-9), int(self.high)) if self.whole else float(f"{value:.3g}")


COUNTS = {
    "window": Range(2, 15, whole=True),
    "weighting": Range(choices=("flat", "linear", "harmonic")),
    "subsample": Range(choices=(0.0, 1e-3, 1e-4)),
    "context_smoothing": Range(0.5, 1.0),
}
NEURAL = {
    "window": Range(2, 12, whole=True),
    "negatives": Range(2, 20, log=True, whole=True),
    "subsample": Range(1e-5, 1e-2, log=True),
    "init": Range(choices=("random", "svd")),
}
SPACES: dict[str, dict[str, Range]] = {
    "skipgram": {**NEURAL, "learning_rate": Range(0.01, 0.1, log=True)},
    "cbow": {**NEURAL, "learning_rate": Range(0.02, 0.2, log=True)},
    "glove": {
        "window": Range(3, 15, whole=True),
        "learning_rate": Range(0.02, 0.5, log=True),
        "x_max": Range(3.0, 100.0, log=True),
        "alpha": Range(0.5, 1.0),
    },
    "svd": {**COUNTS, "power": Range(0.0, 1.0)},
    "ppmi": {**COUNTS, "shift": Range(1.0, 5.0, log=True)},
}


def search_space(
    trainer: str,
    fixed: Sequence[str] = (),
    ranges: Sequence[str] = (),
    parse: Callable[[str, str], Any] | None = None,
    loss: str | None = None,
) -> dict[str, Range]:
    """The ranges of a trainer's options, without the `fixed` options; `ranges` replaces or adds to them.

    A range is OPTION=LOW..HIGH, OPTION=LOW..HIGH:log or OPTION=VALUE,VALUE,...; ``parse(option, text)`` converts a
    value to the option's type, and raises OptionError for an invalid one. `loss` is the fixed loss, if the trainer has
    one: without negative sampling the number of negatives is not searched.

    >>> space = search_space("svd", fixed=["window"], ranges=["power=0.25..0.75"])
    >>> "window" in space, space["power"].low
    (False, 0.25)
    """
    read = parse or (lambda option, text: float(text))
    space = {option: allowed for option, allowed in SPACES[trainer].items() if option not in fixed}
    named: set[str] = set()
    for given in ranges:
        option, equals, text = given.partition("=")
        option = option.strip().replace("-", "_")
        if not equals or not text or option == "seed":
            raise OptionError(f"--range {given}: OPTION=LOW..HIGH or OPTION=VALUE,VALUE expected, such as window=2..10")
        if option in named or option in fixed:
            also = "given twice" if option in named else f"also fixed by --option {option}"
            raise OptionError(f"--range {given}: {option} is {also}; leave one out")
        named.add(option)
        space[option] = _parsed_range(given, option, text, read)
    losses = space["loss"].choices if "loss" in space else (loss,)
    if "negatives" not in named and any(each not in (None, "negative-sampling") for each in losses):
        space.pop("negatives", None)
    if not space:
        raise OptionError("nothing is left to search: every option is fixed")
    return space


def described(space: Mapping[str, Range]) -> str:
    """The space in words.

    >>> described({"window": Range(2, 10, whole=True), "init": Range(choices=("random", "svd"))})
    'window 2 to 10, init random or svd'
    """
    parts = []
    for option, allowed in space.items():
        if allowed.choices:
            parts.append(f"{option} {' or '.join(str(choice) for choice in allowed.choices)}")
        else:
            parts.append(f"{option} {allowed.low:g} to {allowed.high:g}")
    return ", ".join(parts)


def _parsed_range(given: str, option: str, text: str, read: Callable[[str, str], Any]) -> Range:
    if ".." not in text:
        choices = tuple(read(option, part.strip()) for part in text.split(",") if part.strip())
        return Range(choices=tuple(dict.fromkeys(choices)))
    bounds, _, scale = text.partition(":")
    low, high = (read(option, part.strip()) for part in bounds.split("..", 1))
    numbers = all(isinstance(end, (int, float)) and not isinstance(end, bool) for end in (low, high))
    if scale not in ("", "log") or not numbers or low > high or (scale and low <= 0):
        raise OptionError(f"--range {given}: LOW..HIGH expected, numbers with LOW <= HIGH (:log may follow if LOW > 0)")
    return Range(low, high, log=bool(scale), whole=isinstance(low, int) and isinstance(high, int))


# Samplers: evenly spread points or, with the extra `tune`, optuna's suggestions.


SAMPLERS = ("sobol", "optuna")
FIRST_POINTS = 64  # when these are used up, the sequence is made again, twice as long
Options = dict[str, Any]


class Proposals(Protocol):
    """Proposes options to try and receives their scores; `learns` is whether later proposals depend on the scores."""

    learns: bool

    def propose(self) -> Options:
        """The next options to try."""
        ...

    def tell(self, options: Options, value: float | None) -> None:
        """Report the score of the options proposed last; None if training failed."""


def make_proposals(sampler: str, space: Mapping[str, Range], seed: int) -> Proposals:
    """The sampler of this name. Raises OptionError for an unknown name, MissingExtraError without optuna."""
    if sampler not in SAMPLERS:
        raise OptionError(f"the sampler must be {' or '.join(SAMPLERS)}; got {sampler!r}")
    return SobolProposals(space, seed) if sampler == "sobol" else OptunaProposals(space, seed)


class SobolProposals:
    """Points of a Sobol sequence, shifted by a random amount given by the seed (Cranley and Patterson 1976).

    They fill the space more evenly than independent draws, and are the same with every version of scipy.

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
        """Does nothing: the points do not depend on scores."""


class OptunaProposals:
    """Suggestions of optuna's tree-structured Parzen estimator (Bergstra et al. 2011)."""

    learns = True

    def __init__(self, space: Mapping[str, Range], seed: int) -> None:
        check_seed(seed, "the seed of the sampler optuna", LARGEST_SEED_OF_NUMPY)
        try:
            import optuna
        except ImportError as error:
            raise MissingExtraError("optuna", "tune", "the sampler optuna") from error
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._space = space
        self._study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
        self._failed = optuna.trial.TrialState.FAIL
        self._trial: Any = None

    def propose(self) -> Options:
        """The study's next suggestion."""
        self._trial = self._study.ask()
        return {option: self._suggest(option, allowed) for option, allowed in self._space.items()}

    def tell(self, options: Options, value: float | None) -> None:
        """Pass the value to the study."""
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

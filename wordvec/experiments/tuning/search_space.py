"""What a search may vary, in which range, for each trainer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wordvec.errors import OptionError


@dataclass(frozen=True)
class Range:
    """The values an option may take: from `low` to `high`, evenly or (`log`) by ratio, or one of `choices`."""

    low: float = 0.0
    high: float = 0.0
    log: bool = False
    whole: bool = False
    choices: tuple[Any, ...] = ()

    def value(self, u: float) -> Any:
        """The value at `u` in [0, 1) of the way; numbers with 3 digits, so that a command line can repeat them.

        >>> Range(2, 10, whole=True).value(0.0), Range(0.01, 1, log=True).value(0.5)
        (2, 0.1)
        """
        if self.choices:
            return self.choices[min(int(u * len(self.choices)), len(self.choices) - 1)]
        high = self.high + 1 if self.whole else self.high  # every whole number has a share of its own
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
) -> dict[str, Range]:
    """The ranges of a trainer's options, less those that are `fixed`, with `ranges` in place of or beside them.

    A range is OPTION=LOW..HIGH, OPTION=LOW..HIGH:log or OPTION=VALUE,VALUE,...; ``parse(option, text)`` reads a value
    in the option's type, and raises OptionError for what is none.

    >>> space = search_space("svd", fixed=["window"], ranges=["power=0.25..0.75"])
    >>> "window" in space, space["power"].low
    (False, 0.25)
    """
    read = parse or (lambda option, text: float(text))
    space = {option: allowed for option, allowed in SPACES[trainer].items() if option not in fixed}
    for given in ranges:
        option, equals, text = given.partition("=")
        option = option.strip().replace("-", "_")
        if not equals or not text or option == "seed":
            raise OptionError(f"--range {given}: OPTION=LOW..HIGH or OPTION=VALUE,VALUE expected, such as window=2..10")
        space[option] = _parsed_range(given, option, text, read)
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
        raise OptionError(
            f"--range {given}: LOW..HIGH expected, numbers with LOW <= HIGH (and :log behind for LOW > 0)"
        )
    return Range(low, high, log=bool(scale), whole=isinstance(low, int) and isinstance(high, int))

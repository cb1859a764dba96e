"""The learning rate schedules of CBOW and SkipGram.

The kernels support only a straight line over the whole training that ends slightly above zero
(`wordvec.kernels.reference`). Every schedule is made of pieces of such lines, so layers, kernels and GPU code do not
depend on it. A user's function becomes `LINES` constant pieces.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from wordvec.errors import OptionError

SCHEDULES = ("linear", "cosine", "constant")
LEAST = 1e-4  # the rate does not fall below this fraction of the starting rate, as in word2vec.c
LINES = 64  # pieces of a cosine, within 0.00015 of the starting rate; also the constant pieces of a function

Shape = str | Callable[[float], float] | Sequence[float]  # what users give; stored as a name or a tuple


class Line(NamedTuple):
    """A line down to zero: the rate is learning_rate * max(1 - epochs done / epochs_to_zero, LEAST)."""

    learning_rate: float
    epochs_to_zero: float  # infinity for a constant rate


@dataclass(frozen=True)
class Schedule:
    """The learning rate over a training of `epochs` epochs.

    shape   "linear"; "cosine", half a wave: end + (start - end) (1 + cos(pi x)) / 2 after the share x of the training
            (Loshchilov and Hutter 2017, eq. 5, without restarts); "constant"; or factors of the starting rate, one
            for each equal part of the training
    end     the final rate of "linear" and "cosine"; None is LEAST times the start

    >>> schedule = Schedule("cosine", start=0.05, end=0.01, epochs=2)
    >>> [round(schedule.at(x), 4) for x in (0.0, 0.25, 0.5, 1.0)]
    [0.05, 0.0441, 0.03, 0.01]
    >>> [Schedule((0.5, 1.0), start=0.05, end=None, epochs=2).at(x) for x in (0.0, 0.49, 0.5, 1.0)]
    [0.025, 0.025, 0.05, 0.05]
    """

    shape: str | tuple[float, ...]
    start: float
    end: float | None
    epochs: int

    def at(self, progress: float) -> float:
        """The learning rate after this share (0 to 1) of all training."""
        ends, lines = _ends_and_lines(self)
        line = lines[min(bisect_right(ends, progress), len(lines) - 1)]
        return line.learning_rate * max(1.0 - progress * (self.epochs / line.epochs_to_zero), LEAST)

    @property
    def largest(self) -> float:
        """The highest rate of the whole training."""
        return self.start if isinstance(self.shape, str) else self.start * max(self.shape)

    def stretches(self, first: int, last: int, block: int, epoch: int, tokens: int) -> Iterator[tuple[int, int, Line]]:
        """Cut positions first .. last - 1 of an epoch of `tokens` where a line ends, into whole blocks except the last.

        A block belongs to the line of its first position.
        """
        ends, lines = _ends_and_lines(self)
        begins = np.arange(first, last, block)
        numbers = np.searchsorted(ends, (epoch * tokens + begins) / (self.epochs * tokens), side="right")
        cuts = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(begins)] if len(begins) else []
        for begin, end in pairwise(cuts):
            yield int(begins[begin]), min(last, first + end * block), lines[min(int(numbers[begin]), len(lines) - 1)]


@lru_cache(maxsize=32)
def _ends_and_lines(schedule: Schedule) -> tuple[list[float], list[Line]]:
    """The share of the training at which each line ends, and the lines."""
    start, epochs = schedule.start, schedule.epochs
    if not isinstance(schedule.shape, str):
        parts = len(schedule.shape)
        level = [Line(start * max(factor, LEAST), math.inf) for factor in schedule.shape]
        return [(number + 1) / parts for number in range(parts)], level
    if schedule.shape == "cosine":
        end = max(schedule.end or 0.0, LEAST * start)
        shares = [number / LINES for number in range(LINES + 1)]
        rates = [end + (start - end) * (1.0 + math.cos(math.pi * share)) / 2.0 for share in shares]
        return shares[1:], [_through(a, b, epochs) for a, b in pairwise(zip(shares, rates))]
    fall = 0.0 if schedule.shape == "constant" else 1.0 if schedule.end is None else (start - schedule.end) / start
    return [1.0], [Line(start, epochs / fall if fall > 0 else math.inf)]


def _through(a: tuple[float, float], b: tuple[float, float], epochs: int) -> Line:
    """The line through two points (share of the training, rate)."""
    fall = (a[1] - b[1]) / (b[0] - a[0])
    at_zero = a[1] + fall * a[0]
    return Line(at_zero, epochs * at_zero / fall if fall > 0 else math.inf)


def plain_shape(who: str, shape: Shape) -> str | tuple[float, ...]:
    """A shape in its stored form: a name, or factors of the starting rate. Raises OptionError for anything else.

    A function maps the share of the training that is done, 0 to 1, to the factor. It is evaluated in the middle of
    `LINES` equal parts, so that the schedule consists of numbers that a file can store.

    >>> plain_shape("SkipGram", lambda done: 1 - done)[:3]
    (0.9921875, 0.9765625, 0.9609375)
    """
    if isinstance(shape, str):
        if shape in SCHEDULES:
            return shape
        raise OptionError(
            f"{who}: learning_rate_schedule must be one of {', '.join(SCHEDULES)}, a function or a list of factors; "
            f"got {shape!r}"
        )
    given = [shape((part + 0.5) / LINES) for part in range(LINES)] if callable(shape) else shape
    try:
        if not isinstance(given, (list, tuple, np.ndarray)):
            raise TypeError(f"got an object of type {type(given).__name__}")
        factors = tuple(float(factor) for factor in given)
    except (TypeError, ValueError) as error:
        of = "its function to return numbers" if callable(shape) else "a name, a function or a list of numbers"
        raise OptionError(f"{who}: learning_rate_schedule needs {of}: {error}") from error
    if not factors or max(factors) <= 0 or not all(0 <= factor < math.inf for factor in factors):
        wrong = next((factor for factor in factors if not 0 <= factor < math.inf), None)
        found = "no factor above 0" if wrong is None else f"the factor {wrong}"
        raise OptionError(
            f"{who}: learning_rate_schedule needs finite factors of learning_rate, 0 or more; it has {found}"
        )
    return factors

"""How the learning rate of CBOW and SkipGram falls while they train, and how far their windows reach.

The kernels know one form, a straight line through the whole training that ends a little above zero
(`wordvec.kernels.reference`). Every schedule is made of pieces of such lines, so layers, kernels and GPU need know
nothing of it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

SCHEDULES = ("linear", "cosine", "constant")
LEAST = 1e-4  # of the starting rate, below which it does not fall, as in word2vec.c
LINES = 64  # that a cosine is made of: off it by at most 0.00015 of the starting rate


class Line(NamedTuple):
    """A line down to zero: the rate is learning_rate * max(1 - epochs done / epochs_to_zero, LEAST)."""

    learning_rate: float
    epochs_to_zero: float  # infinity for a rate that stays


@dataclass(frozen=True)
class Schedule:
    """The learning rate over a training of so many epochs.

    name    "linear"; "cosine", half a wave: end + (start - end) (1 + cos(pi x)) / 2 after the share x of the training
            (Loshchilov and Hutter 2017, eq. 5, without restarts); "constant"
    end     where it falls to; None is LEAST of the start

    >>> schedule = Schedule("cosine", start=0.05, end=0.01, epochs=2)
    >>> [round(schedule.at(x), 4) for x in (0.0, 0.25, 0.5, 1.0)]
    [0.05, 0.0441, 0.03, 0.01]
    """

    name: str
    start: float
    end: float | None
    epochs: int

    def at(self, progress: float) -> float:
        """The learning rate after this share (0 to 1) of all training."""
        ends, lines = _ends_and_lines(self)
        line = lines[min(bisect_right(ends, progress), len(lines) - 1)]
        return line.learning_rate * max(1.0 - progress * (self.epochs / line.epochs_to_zero), LEAST)

    def stretches(self, first: int, last: int, block: int, epoch: int, tokens: int) -> Iterator[tuple[int, int, Line]]:
        """Cut positions first .. last - 1 of an epoch of `tokens` where one line ends; whole blocks, but for the last.

        A block has the rate of its first position: it belongs to that one's line.
        """
        ends, lines = _ends_and_lines(self)
        begins = np.arange(first, last, block)
        numbers = np.searchsorted(ends, (epoch * tokens + begins) / (self.epochs * tokens), side="right")
        cuts = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(begins)] if len(begins) else []
        for begin, end in pairwise(cuts):
            yield int(begins[begin]), min(last, first + end * block), lines[min(int(numbers[begin]), len(lines) - 1)]


@lru_cache(maxsize=32)
def _ends_and_lines(schedule: Schedule) -> tuple[list[float], list[Line]]:
    """The lines, and the share of the training after which each ends."""
    start, epochs = schedule.start, schedule.epochs
    if schedule.name == "cosine":
        end = max(schedule.end or 0.0, LEAST * start)
        shares = [number / LINES for number in range(LINES + 1)]
        rates = [end + (start - end) * (1.0 + math.cos(math.pi * share)) / 2.0 for share in shares]
        return shares[1:], [_through(a, b, epochs) for a, b in pairwise(zip(shares, rates))]
    fall = 0.0 if schedule.name == "constant" else 1.0 if schedule.end is None else (start - schedule.end) / start
    return [1.0], [Line(start, epochs / fall if fall > 0 else math.inf)]


def _through(a: tuple[float, float], b: tuple[float, float], epochs: int) -> Line:
    """The line through two points (share of the training, rate)."""
    fall = (a[1] - b[1]) / (b[0] - a[0])
    at_zero = a[1] + fall * a[0]
    return Line(at_zero, epochs * at_zero / fall if fall > 0 else math.inf)


# How far a window reaches: this many words on each side, or the whole sentence.


SENTENCE = "sentence"  # the window that takes in all words of the centre's sentence
WIDEST = 5_000  # words on each side that it reaches at most: time and memory grow with it


def is_window(window: Any) -> bool:
    """Whether this is a window of CBOW and SkipGram: a whole number of at least 1, or "sentence".

    >>> is_window(5), is_window("sentence"), is_window(0), is_window("5")
    (True, True, False, False)
    """
    return window == SENTENCE or (isinstance(window, int) and not isinstance(window, bool) and window >= 1)


def reach_in(window: int | str, sentence_starts: np.ndarray, shrink: bool) -> tuple[int, list[str]]:
    """Return how many words on each side a window takes in on these sentences, (S + 1,) starts, and what to tell.

    A window of all words of a sentence reaches to the end of the longest one. A number reaches as far as it says;
    where it is more than the longest sentence has it becomes that, which changes nothing, unless windows are drawn
    (`shrink`), since it is what they are drawn from.

    >>> reach_in("sentence", np.array([0, 3, 8]), shrink=False)
    (4, ['a window is the whole sentence: up to 4 words on each side'])
    >>> reach_in(2, np.array([0, 3, 8]), shrink=False)
    (2, [])
    """
    longest = int(np.diff(sentence_starts).max(initial=1))
    others = max(1, longest - 1)
    if window == SENTENCE:
        if others <= WIDEST:
            return others, [f"a window is the whole sentence: up to {others:,} words on each side"]
        return WIDEST, [
            f"the longest sentence has {longest:,} words: a window takes in {WIDEST:,} on each side at most, so that "
            "time and memory stay bounded"
        ]
    reach = int(window)
    if reach <= others:
        return reach, []
    note = f"a window of {reach:,} is wider than every sentence (the longest has {longest:,} words) and ends with it"
    return (reach if shrink else others), [note]

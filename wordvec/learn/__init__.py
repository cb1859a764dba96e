"""Support for the course in docs/learn/: a checker for its exercises that explains mistakes, and its web page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordvec.errors import OptionError, describe
from wordvec.learn.exercises import EXERCISES, Exercise
from wordvec.learn.messages import LANGUAGES, MESSAGES

ATOL, RTOL = 6e-4, 1e-3  # an answer rounded to three digits after the point is right
__all__ = ["Verdict", "check"]


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and a sentence for its author. It is truthy if the answer is right."""

    exercise: str
    right: bool
    message: str

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        return f"{self.exercise}: {self.message}"


def check(exercise: str, answer: Any, language: str = "en") -> Verdict:
    """Return the verdict on an answer to an exercise, such as "3.2", in English, Korean or Japanese.

    Answers are numbers, lists or arrays of numbers, and in one exercise a function; three decimals are enough. Raises
    OptionError for an unknown exercise or language.

    >>> print(check("3.2", 1.0397))
    3.2: right
    >>> print(check("3.2", 2.0794))
    3.2: this is the sum over the examples; the loss is their mean, so divide by the number of examples
    >>> bool(check("1.2", [32, 10])), bool(check("1.2", [100, 10]))
    (True, False)
    """
    if exercise not in EXERCISES:
        raise OptionError(f"there is no exercise {describe(exercise)}; there are: {', '.join(EXERCISES)}")
    if language not in LANGUAGES:
        raise OptionError(f"language must be one of {', '.join(LANGUAGES)}; got {describe(language)}")
    key, values = _judge(EXERCISES[exercise], answer)
    return Verdict(exercise, key == "right", MESSAGES[key][LANGUAGES.index(language)].format(**values))


def _judge(exercise: Exercise, answer: Any) -> tuple[str, dict[str, Any]]:
    """The key of a message and the values for its placeholders."""
    if exercise.given:
        return _judge_function(exercise, answer)
    expected = np.asarray(exercise.expected(), np.float64)
    found = _numbers(answer)
    if found is None:
        return "not_numbers", {"got": describe(answer)}
    return _judge_numbers(exercise, expected, found)


def _judge_function(exercise: Exercise, answer: Any) -> tuple[str, dict[str, Any]]:
    if not callable(answer):
        return "not_a_function", {"got": describe(answer)}
    given = [np.array(value) for value in exercise.given]
    try:
        result = answer(*given)
    except Exception as error:  # a reader's function may raise anything
        return "raises", {"error": f"{type(error).__name__}: {error}"}
    found = _numbers(result)
    if found is None:
        return "not_numbers", {"got": describe(result)}
    return _judge_numbers(exercise, np.asarray(exercise.expected(*exercise.given), np.float64), found)


def _judge_numbers(exercise: Exercise, expected: np.ndarray, found: np.ndarray) -> tuple[str, dict[str, Any]]:
    if expected.size == 1 and found.size == 1:  # one number, in brackets or not
        expected, found = expected.reshape(()), found.reshape(())
    if not np.isfinite(found).all():
        return "not_finite", {}
    if _same(found, expected):
        return "right", {}
    for mistake, key in exercise.mistakes:
        value = mistake(*exercise.given) if isinstance(mistake, Callable) else mistake  # type: ignore[arg-type]
        if _same(found, np.asarray(value, np.float64)):
            return key, {}
    if expected.ndim == 2 and _same(found, expected.T):
        return "transposed", {}
    if found.shape != expected.shape:
        return "shape", {"got": found.shape, "expected": expected.shape}
    return _compare(expected, found)


def _compare(expected: np.ndarray, found: np.ndarray) -> tuple[str, dict[str, Any]]:
    """For numbers of the right shape: one of the usual causes, else the place of the first wrong one."""
    if _same(found, -expected):
        return "sign", {}
    if expected.ndim == 1 and _same(found, expected[::-1]):
        return "reversed", {}
    factor = _factor(expected, found)
    if factor is not None:
        if np.isclose(factor, 1 / np.log(2), rtol=2e-3) or np.isclose(factor, np.log(2), rtol=2e-3):
            return "log_base", {}
        return "factor", {"factor": f"{factor:.3g}"}
    wrong = abs(found - expected) > ATOL + RTOL * abs(expected)
    place = tuple(int(k) for k in np.unravel_index(int(wrong.argmax()), wrong.shape))
    return "entries" if wrong.size > 1 else "number", {
        "wrong": int(wrong.sum()),
        "all": wrong.size,
        "place": "".join(f"[{k}]" for k in place),
        "value": f"{found[place]:.6g}",
        "than": ">" if found[place] > expected[place] else "<",
    }


def _factor(expected: np.ndarray, found: np.ndarray) -> float | None:
    """The k with found = k expected in all entries, if there are several entries or k is a simple number."""
    if not expected.any() or not found.any():
        return None
    k = float((found * expected).sum() / (expected**2).sum())
    simple = any(np.isclose(k, value, rtol=2e-3) for value in (2, 0.5, 3, 1 / 3, 10, 0.1, np.log(2), 1 / np.log(2)))
    return k if _same(found, k * expected) and (simple or np.count_nonzero(expected) > 1) else None


def _same(found: np.ndarray, expected: np.ndarray) -> bool:
    return found.shape == expected.shape and bool((abs(found - expected) <= ATOL + RTOL * abs(expected)).all())


def _numbers(answer: Any) -> np.ndarray | None:
    """The answer as an array of floats; None if it is not numeric."""
    try:
        array = np.asarray(answer)
        return array.astype(np.float64) if array.dtype.kind in "iuf" and array.size else None
    except (TypeError, ValueError):  # lists of unequal lengths
        return None

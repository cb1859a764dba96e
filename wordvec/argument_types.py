"""Checks that arguments have their declared types, with an error message that says what to write instead.

Only plain types are checked: int, float, str, bool, None and their unions. numpy's numbers count as Python's.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import numpy as np

from wordvec.errors import ArgumentError, OptionError, describe

F = TypeVar("F", bound=Callable[..., Any])

EXPECTED = {"int": "a whole number", "float": "a number", "str": "text", "bool": "True or False", "None": "None"}
TYPES: dict[str, Any] = {"int": int, "float": (int, float), "str": str, "bool": bool}


def plain_value(who: str, name: str, annotation: Any, value: Any) -> Any:
    """`value` as a plain Python object of the type in `annotation` (a string such as "int | None").

    Raises ArgumentError for any other type, and for nan.

    >>> plain_value("SkipGram", "dim", "int", "100")
    Traceback (most recent call last):
    wordvec.errors.ArgumentError: SkipGram: dim must be a whole number; got '100', which is text: write dim=100
    """
    kinds = [kind.strip() for kind in annotation.split("|")] if isinstance(annotation, str) else []
    if not kinds or not EXPECTED.keys() >= set(kinds):
        return value
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        raise ArgumentError(f"{who}: {name} must be {_expected(kinds)}; got nan")
    if any(_is(kind, value) for kind in kinds):
        if name == "seed" and value is not None:
            check_seed(value, f"{who}: seed")
        return value
    raise ArgumentError(f"{who}: {name} must be {_expected(kinds)}; got {_described(name, value, kinds)}")


def typed(function: F) -> F:
    """Make a function check the plain types of its arguments before it runs; its signature is unchanged."""
    parameters = inspect.signature(function).parameters
    annotations = {name: parameter.annotation for name, parameter in parameters.items()}
    names, who = list(parameters), function.__name__

    @functools.wraps(function)
    def checked(*args: Any, **options: Any) -> Any:
        plain = [plain_value(who, name, annotations[name], value) for name, value in zip(names, args)]
        rest = {name: plain_value(who, name, annotations.get(name), value) for name, value in options.items()}
        return function(*plain, *args[len(plain) :], **rest)

    return cast(F, checked)


def check_fields(who: str, annotations: Mapping[str, Any], holder: Any) -> None:
    """Convert the attributes of `holder` to plain values of their declared types. Raises ArgumentError."""
    for name, annotation in annotations.items():
        setattr(holder, name, plain_value(who, name, annotation, getattr(holder, name)))


def _is(kind: str, value: Any) -> bool:
    if kind == "None":
        return value is None
    if isinstance(value, bool):
        return kind == "bool"
    return isinstance(value, TYPES[kind])


def _expected(kinds: list[str]) -> str:
    return " or ".join(EXPECTED[kind] for kind in kinds if not (kind == "int" and "float" in kinds))


def _described(name: str, value: Any, kinds: list[str]) -> str:
    """What was found, and what to write instead if that is clear."""
    if isinstance(value, str):
        hint = f": write {name}={value.strip()}" if _is_number(value, whole="float" not in kinds) else ""
        return f"{value[:40]!r}, which is text{hint}"
    if isinstance(value, float) and value.is_integer():
        return f"{value}: write {name}={int(value)}"
    if value is None or isinstance(value, (bool, int, float)):
        hint = f": leave {name} out for its default" if value is None else ""
        return f"{value!r}{hint}"
    return f"an object of type {type(value).__name__}"


def _is_number(text: str, whole: bool) -> bool:
    try:
        int(text) if whole else float(text)
    except ValueError:
        return False
    return True


# Checks of options that several packages share.


def check_whole_number(name: str, number: Any, least: int = 1) -> None:
    """Raise OptionError unless `number` is a whole number of at least `least`.

    >>> check_whole_number("window", 0)
    Traceback (most recent call last):
    wordvec.errors.OptionError: window must be a whole number of at least 1; got 0
    """
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
        raise OptionError(f"{name} must be a whole number of at least {least}; got {number!r}")


def check_is_list(name: str, words: Any) -> None:
    """Raise OptionError for a text, whose letters would be taken for words."""
    if isinstance(words, str):
        raise OptionError(f"{name}: give a list of words, not one text; got {words!r:.80}")


LARGEST_SEED = 2**64 - 1  # of our own generator
LARGEST_SEED_OF_NUMPY = 2**32 - 1  # of the older generator that t-SNE, UMAP and optuna use


def check_seed(seed: Any, what: str = "seed", largest: int = LARGEST_SEED) -> None:
    """Raise OptionError unless `seed` is a whole number from 0 to `largest`, since others would repeat one of these.

    >>> check_seed(2**32, "the seed of t-SNE", largest=2**32 - 1)
    Traceback (most recent call last):
    wordvec.errors.OptionError: the seed of t-SNE must be a whole number from 0 to 4294967295; got 4294967296
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed <= largest:
        raise OptionError(f"{what} must be a whole number from 0 to {largest}; got {describe(seed)}")

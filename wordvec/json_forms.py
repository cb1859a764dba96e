"""Checks of the structure of JSON from files, made once when it is read: afterwards each value has its type.

A form is a Kind, such as TEXT; a list of one form, for a list of any length; a dictionary of names and forms, in which
a name that ends in ? is optional and other names are allowed; or {str: form}, for an object with any names.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, NamedTuple

from wordvec.errors import describe

TOO_DEEP = "JSON that is nested too deeply"


def parse_json(text: str | bytes, of_pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """The value of a JSON text; `of_pairs` makes its objects. Raises ValueError for other text, or too deep nesting.

    >>> parse_json("[" * 100_000)
    Traceback (most recent call last):
    ValueError: JSON that is nested too deeply
    """
    try:
        return json.loads(text, object_pairs_hook=of_pairs)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None


class Kind(NamedTuple):
    """A kind of value: its name in messages, and a test for it."""

    what: str
    fits: Callable[[Any], bool]


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _is_number(value: Any) -> bool:
    return (type(value) is int and abs(value) < 2**63) or (type(value) is float and math.isfinite(value))


TEXT = Kind("text", lambda value: isinstance(value, str))
COUNT = Kind("a whole number", _is_count)
WHOLE = Kind("a whole number", lambda value: type(value) is int)
NUMBER = Kind("a number", _is_number)
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
OBJECT = Kind("an object", lambda value: isinstance(value, dict))


def or_null(kind: Kind) -> Kind:
    """The same kind, or null."""
    return Kind(f"{kind.what} or null", lambda value: value is None or kind.fits(value))


def list_of(kind: Kind, what: str, length: int | None = None) -> Kind:
    """A list of one kind, called `what` in messages."""
    return Kind(
        what,
        lambda value: (
            isinstance(value, list) and length in (None, len(value)) and all(kind.fits(each) for each in value)
        ),
    )


def different_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, as json's object_pairs_hook; ValueError for a key that is there twice.

    >>> json.loads('{"a": 1, "a": 2}', object_pairs_hook=different_keys)
    Traceback (most recent call last):
    ValueError: the key 'a' is there twice
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {describe(twice)} is there twice")
    return found


def check_form(value: Any, form: Any, name: str = "") -> None:
    """Raise ValueError, naming the wrong part, unless `value` has the form.

    >>> check_form({"words": ["a", "b"], "dim": 3}, {"words": [TEXT], "dim": COUNT, "note?": TEXT})
    >>> check_form({"words": ["a", 5]}, {"words": [TEXT]})
    Traceback (most recent call last):
    ValueError: words[1] is 5, but text was expected
    """
    if isinstance(form, Kind):
        if not form.fits(value):
            _refuse(value, form.what, name)
        return
    if isinstance(form, list):
        if not isinstance(value, list):
            _refuse(value, "a list", name)
        for place, each in enumerate(value):
            check_form(each, form[0], f"{name}[{place}]")
        return
    if not OBJECT.fits(value):
        _refuse(value, OBJECT.what, name)
    if str in form:
        for key, each in value.items():
            check_form(each, form[str], f"{name}.{key}" if name else key)
        return
    for key, inner in form.items():
        asked = key.removesuffix("?")
        whole = f"{name}.{asked}" if name else asked
        if asked in value:
            check_form(value[asked], inner, whole)
        elif asked == key:
            raise ValueError(f"{whole} is missing")


def _refuse(value: Any, what: str, name: str) -> None:
    shown = json.dumps(value)[:60]
    raise ValueError(f"{name[:80] or 'it'} is {shown}, but {what} was expected")

"""The parameters of one question, from a URL or from JSON, each checked as it is read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from wordvec.errors import OptionError, describe

LONGEST_WORD = 1_000  # characters: longer strings are not words, and a search for near spellings would take long
MOST_DIGITS = 9  # of a number in a URL


class Given:
    """Parameters by name. Each is read once; `finish` refuses those that were never read.

    >>> given = Given({"word": "tea", "k": "3", "kk": "4"})
    >>> given.word("word"), given.number("k", default=10, most=1_000)
    ('tea', 3)
    >>> given.finish()
    Traceback (most recent call last):
    wordvec.errors.OptionError: 'kk' is no parameter of this question: it takes 'k', 'word'
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.read: set[str] = set()

    def has(self, name: str) -> bool:
        """Whether the parameter was given."""
        self.read.add(name)
        return name in self.values

    def word(self, name: str) -> str:
        """One word. Raises OptionError if it is missing, empty, too long or not text."""
        if not self.has(name) or self.values[name] == "":
            raise OptionError(f"{name!r} is missing: give it as a parameter")
        self._check_one(name)
        return checked_word(name, self.values[name])

    def words(self, name: str, most: int) -> list[str]:
        """A list of words; a single word is a list of one."""
        return [checked_word(name, word) for word in self._items(name, most)]

    def texts(self, name: str, most: int) -> list[str]:
        """A list of texts of any length; a single text is a list of one."""
        items = self._items(name, most)
        for item in items:
            if not isinstance(item, str):
                raise OptionError(f"{name!r} must be a list of texts; got {describe(item)} in it")
        return items

    def token_lists(self, name: str, most: int) -> list[list[str]]:
        """Lists of words, with at most `most` words in all."""
        items = self._items(name, most)
        if not all(isinstance(item, list) for item in items):
            raise OptionError(f"{name!r} must be a list of lists of words")
        check_amount(sum(map(len, items)), "words", most)
        return [[checked_word(name, word, may_be_empty=True) for word in item] for item in items]

    def weighted(self, name: str, most: int) -> list[tuple[str, float]]:
        """A list of words or [word, weight] pairs; a word alone has weight 1."""
        return [_weighted(name, item) for item in self._items(name, most)] if self.has(name) else []

    def vector(self, name: str, dim: int) -> np.ndarray:
        """A list of `dim` finite numbers, as (dim,) float64."""
        self.read.add(name)
        value = self.values[name]
        numbers = isinstance(value, list) and all(type(number) in (int, float) for number in value)
        if not numbers or len(value) != dim:
            found = " that are not all numbers" if isinstance(value, list) and not numbers else ""
            raise OptionError(f"{name!r} must be a list of {dim} numbers; got {describe(value)}{found}")
        large = next((number for number in value if not _is_finite(number)), None)
        if large is not None:
            raise OptionError(f"{name!r} must hold numbers below 3e38; got {describe(large)}")
        return np.array(value, np.float64)

    def choice(self, name: str, default: str) -> str:
        """Text, or `default`; the caller checks which values are allowed."""
        value = self.values[name] if self.has(name) else default
        self._check_one(name)
        if not isinstance(value, str):
            raise OptionError(f"{name!r} must be text; got {describe(value)}")
        return value

    def number(self, name: str, default: int, most: int, least: int = 1) -> int:
        """A whole number from `least` to `most`, or `default`."""
        given: Any = self.values[name] if self.has(name) else default
        self._check_one(name)
        is_text = isinstance(given, str)
        number = int(given) if is_text and given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS else given
        if type(number) is not int or not least <= number <= most:
            shown = repr(given[:20]) if is_text else describe(given)
            raise OptionError(f"{name!r} must be a whole number from {least} to {most:,}; got {shown}")
        return number

    def finish(self) -> None:
        """Raise OptionError for a parameter that was given but not read."""
        unread = self.values.keys() - self.read
        if unread:
            known = ", ".join(map(repr, sorted(self.read)))
            raise OptionError(f"{describe(min(unread))} is no parameter of this question: it takes {known}")

    def _check_one(self, name: str) -> None:
        """Raise OptionError if several values were given for a parameter that takes one."""
        value = self.values.get(name)
        if isinstance(value, list):
            raise OptionError(f"{name!r} takes one value; got {len(value)}: ask a question for each, or /batch for all")

    def _items(self, name: str, most: int) -> list[Any]:
        if not self.has(name):
            raise OptionError(f"{name!r} is missing: give it as a parameter")
        value = self.values[name]
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not items:
            raise OptionError(f"{name!r} must be a list of at least one; got {describe(value)}")
        check_amount(len(items), name, most)
        return items


def checked_word(name: str, word: Any, may_be_empty: bool = False) -> str:
    """Return `word`. Raises OptionError unless it is a word."""
    if not isinstance(word, str) or not (word or may_be_empty):
        raise OptionError(f"{name!r} must be words, which are texts that are not empty; got {describe(word)}")
    if len(word) > LONGEST_WORD:
        raise OptionError(f"{name!r}: a word may have {LONGEST_WORD:,} characters; got {len(word):,}")
    return word


def check_amount(found: int, what: str, most: int) -> None:
    """Raise OptionError if a request has more than it may have."""
    if found > most:
        raise OptionError(f"a request may have {most:,} {what}; got {found:,}: send several requests")


def _weighted(name: str, item: Any) -> tuple[str, float]:
    if not isinstance(item, list):
        return checked_word(name, item), 1.0
    if len(item) != 2 or type(item[1]) not in (int, float) or not _is_finite(item[1]):
        raise OptionError(f"{name!r} must hold words, or pairs [word, weight]; got {describe(item)}")
    return checked_word(name, item[0]), float(item[1])


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(np.float32(number)) if abs(number) < 3e38 else False
    except OverflowError:  # a whole number with many digits
        return False

"""Options that only work with another: refused without it, since they would change nothing."""

from __future__ import annotations

import argparse
from typing import Any

from wordvec.errors import OptionError


def is_given(value: Any) -> bool:
    """Whether a value is not what argparse leaves where nothing is given: None, or False for a switch. 0 is given."""
    return value is not None and value is not False


def fill_in(
    arguments: argparse.Namespace, applies: bool, owner: str, *, instead: str | None = None, **defaults: Any
) -> None:
    """Set options that were not given (None, or False for a switch) to their defaults.

    Raises OptionError for given ones unless `applies`: only `owner` uses them. `instead` is what was given in place of
    `owner`, which is then not to be added.

    >>> fill_in(argparse.Namespace(seed=3), False, "--groups", seed=1)
    Traceback (most recent call last):
    wordvec.errors.OptionError: --seed is for --groups: give --groups, too, or leave it out
    >>> fill_in(argparse.Namespace(seed=3), False, "--by half", instead="--by year", seed=1)
    Traceback (most recent call last):
    wordvec.errors.OptionError: --seed is for --by half, and would change nothing with --by year: leave it out
    """
    given = [name for name in defaults if is_given(getattr(arguments, name))]
    if given and not applies:
        options = ", ".join(("-" if name == "k" else "--") + name.replace("_", "-") for name in given)
        verb, them = ("is", "it") if len(given) == 1 else ("are", "them")
        more = f": give {owner}, too, or" if instead is None else f", and would change nothing with {instead}:"
        raise OptionError(f"{options} {verb} for {owner}{more} leave {them} out")
    for name, default in defaults.items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, default)

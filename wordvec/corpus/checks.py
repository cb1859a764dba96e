"""Checks of options that several rooms share."""

from __future__ import annotations

from typing import Any

import numpy as np

from wordvec.errors import OptionError


def check_whole_number(name: str, number: Any, least: int = 1) -> None:
    """Raise OptionError unless `number` is a whole number of at least `least`.

    >>> check_whole_number("window", 0)
    Traceback (most recent call last):
    wordvec.errors.OptionError: window must be a whole number of at least 1; got 0
    """
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
        raise OptionError(f"{name} must be a whole number of at least {least}; got {number!r}")

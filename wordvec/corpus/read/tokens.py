"""What may stand for a token in a list: text, or a whole number, as the ids of items and nodes often are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from wordvec.corpus.read.missing import is_missing


def as_token(item: Any) -> str | None:
    """The word that `item` stands for: text unchanged, a whole number as its decimal digits; None for anything else.

    A float is refused, because 3.0 may be meant as the item 3, and so are truth values and spans of time.

    >>> as_token("3"), as_token(3), as_token(np.uint8(3)), as_token(3.0), as_token(True)
    ('3', '3', '3', None, None)
    """
    if isinstance(item, str):
        return str.__str__(item)  # numpy arrays hold np.str_
    if isinstance(item, (int, np.integer)) and not isinstance(item, (bool, np.timedelta64)):
        return str(int(item))
    return None


def as_tokens(items: Iterable[Any]) -> list[str] | None:
    """`items` as words, see `as_token`; None if one of them is neither text nor a whole number.

    A list of plain text is returned as it is, not copied.

    >>> as_tokens(np.array([10, 9])), as_tokens(["tea", 7]), as_tokens(["tea", 7.0])
    (['10', '9'], ['tea', '7'], None)
    """
    listed = items if isinstance(items, list) else list(items)
    if set(map(type, listed)) <= {str}:
        return listed
    tokens = [as_token(item) for item in listed]
    return None if None in tokens else tokens  # type: ignore[return-value]


def without_gaps(items: Iterable[Any]) -> tuple[list[Any], int]:
    """`items` without those that are missing or empty text, and how many those were.

    >>> without_gaps(["tea", None, "", 7])
    (['tea', 7], 2)
    """
    listed = items if isinstance(items, list) else list(items)
    if set(map(type, listed)) <= {str} and "" not in listed:
        return listed, 0
    kept = [item for item in listed if not is_missing(item) and not (isinstance(item, str) and not item)]
    return kept, len(listed) - len(kept)


def listed_items(items: Any) -> Any:
    """The items of an array or a column as a list of plain objects; anything else unchanged.

    Dates of numpy stay dates: its `tolist` makes whole numbers of those with nanoseconds.
    """
    if isinstance(items, np.ndarray):
        return list(items) if items.ndim else items
    if isinstance(items, np.generic):
        return items
    as_list = getattr(items, "tolist", None) or getattr(items, "to_list", None)  # pandas, pyarrow, polars
    return as_list() if as_list else items

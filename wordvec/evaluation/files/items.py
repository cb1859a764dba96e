"""Checks the items of sets that are given in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wordvec.errors import OptionError
from wordvec.evaluation.files.set_files import NO_SECTION, Question


def checked_items(items: Any, what: str, made: Callable[..., Any]) -> tuple[Any, ...]:
    """What `made` makes of the parts of each item; raises OptionError, with its number, for one that does not fit.

    `made` raises TypeError or ValueError for parts that are too few, too many or of another kind.
    """
    if isinstance(items, Mapping) or hasattr(items, "itertuples"):
        way_out = "" if isinstance(items, Mapping) else ": give list(table.itertuples(index=False))"
        raise OptionError(f"a list of {what} expected; got a {type(items).__name__}{way_out}")
    found = []
    for number, item in enumerate(items, start=1):
        try:
            found.append(made(*(() if isinstance(item, str) else item)))
        except (TypeError, ValueError):
            raise OptionError(f"a list of {what} expected; item {number:,} is {item!r:.80}") from None
    return tuple(found)


def as_word(word: Any) -> str:
    """The word itself. Raises TypeError unless it is a str."""
    if not isinstance(word, str):
        raise TypeError
    return word


def in_sections(questions: Any) -> dict[str, tuple[Question, ...]]:
    """Questions in memory, a list or a dict of sections. Raises OptionError for one that is not four words."""

    def question(a: Any, b: Any, c: Any, d: Any) -> Question:
        answers = as_word(d) if isinstance(d, str) else tuple(map(as_word, d))
        if not answers:
            raise ValueError
        return as_word(a), as_word(b), as_word(c), answers

    sections = questions if isinstance(questions, Mapping) else {NO_SECTION: questions}
    return {str(name): checked_items(listed, "(a, b, c, d), four words", question) for name, listed in sections.items()}

"""Checks the items of sets that are given in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from wordvec.corpus.read.sources import is_table
from wordvec.errors import OptionError
from wordvec.evaluation.files.set_files import NO_SECTION, Question


def checked_items(items: Any, what: str, made: Callable[..., Any]) -> tuple[Any, ...]:
    """What `made` makes of the parts of each item; raises OptionError, with its number, for one that does not fit.

    `made` raises TypeError or ValueError for parts that are too few, too many or of another kind.
    """
    found = []
    for number, item in enumerate(as_list(items, what), start=1):
        try:
            found.append(made(*(() if isinstance(item, str) else item)))
        except (TypeError, ValueError):
            raise OptionError(f"a list of {what} expected; item {number:,} is {item!r:.80}") from None
    return tuple(found)


def as_list(items: Any, what: str, of_table: str = "list(table.itertuples(index=False))") -> Sequence[Any]:
    """The items as a sequence. Raises OptionError for a mapping and for a table, which would give names of columns."""
    of_columns = not isinstance(items, Mapping) and (is_table(items) or hasattr(items, "itertuples"))
    if of_columns or isinstance(items, Mapping) or not isinstance(items, Iterable):
        way_out = f": give {of_table}" if of_columns else ""
        raise OptionError(f"a list of {what} expected; got a {type(items).__name__}{way_out}")
    return items if isinstance(items, Sequence) else list(items)


def listed_sessions(sessions: Any) -> Sequence[Any]:
    """Sessions as a sequence. Raises OptionError for a mapping and for a table of one item a row."""
    grouped = "[list(items) for _, items in table.groupby('session', sort=False)['item']]"
    return as_list(sessions, "sessions, each a list of items,", grouped)


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

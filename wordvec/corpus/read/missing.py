"""Missing values in tables and data frames, and reports of what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from wordvec.errors import CorpusError
from wordvec.progress import announce

FIRST_RECORDS = 1000  # if this many records hold nothing usable, the field is wrong and reading stops


def is_missing(value: Any) -> bool:
    """Whether `value` is missing: None, NaN, or pandas' NA or NaT.

    >>> is_missing(None), is_missing(float("nan")), is_missing("")
    (True, True, False)
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, (float, np.floating)) and bool(value != value)


class Unusable(NamedTuple):
    """A record that cannot be read, and why."""

    problem: str


class Row(NamedTuple):
    """The values of some fields in one record of a file; None if missing, Unusable if unreadable."""

    number: int  # its line, row or value in the file, from 1
    where: str
    values: list[Any]


class Tally:
    """Counts what is left out of a source and reports it at the end; with `strict` nothing may be left out.

    `what` is the plural noun for the items: records, texts, sentences.
    """

    def __init__(self, name: str, what: str, strict: bool, inside: str = "") -> None:
        self.name, self.what, self.strict, self.inside = name, what, strict, inside
        self.total = self.missing = self.unusable = 0
        self.gaps = 0  # missing tokens inside lists
        self.first_problem = ""

    def leave_out_missing(self, where: str) -> None:
        """Count a missing item. Raises CorpusError with `strict`."""
        if self.strict:
            raise CorpusError(f"{where}: holds no text (null){self.inside}; without --strict it is left out")
        self.missing += 1

    def leave_out_gaps(self, gaps: int, where: str) -> None:
        """Count missing or empty tokens of a list. Raises CorpusError with `strict`."""
        if gaps and self.strict:
            raise CorpusError(f"{where}: a token in the list is missing or empty; without --strict it is left out")
        self.gaps += gaps

    def leave_out(self, problem: str) -> None:
        """Count an unusable item. Raises CorpusError with `strict`, or if none of the first FIRST_RECORDS is usable."""
        self.first_problem = self.first_problem or problem
        self.unusable += 1
        if self.strict or (self.unusable + self.missing == self.total == FIRST_RECORDS):
            raise CorpusError(self.first_problem)

    def finish(self) -> None:
        """Report what was left out. Raises CorpusError with the first problem if nothing was usable."""
        if self.unusable and self.unusable + self.missing == self.total:
            raise CorpusError(self.first_problem)
        for line in self._lines():
            announce(f"{self.name}: {line}")

    def _lines(self) -> Iterator[str]:
        if self.missing:
            yield (
                f"{self.missing:,} of {self.total:,} {self.what} hold no text (null){self.inside}; they are left out"
            )
        if self.unusable:
            yield (
                f"{self.unusable:,} of {self.total:,} {self.what} cannot be read and are left out (--strict refuses "
                f"them); the first: {self.first_problem}"
            )
        if self.gaps:
            yield f"{self.gaps:,} missing or empty tokens in the lists{self.inside} are left out"

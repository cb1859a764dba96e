"""Documents in groups: by year, decade or any number of years, by a column, or in random halves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wordvec.corpus.documents import Documents
from wordvec.corpus.documents.dates import Years, years_in
from wordvec.errors import CorpusError, OptionError, counted, listed
from wordvec.rng import SHUFFLE, permutation

DATE_COLUMNS = ("year", "date", "published", "publication_year", "Jahr", "Datum", "연도", "년도", "날짜")
LENGTHS = {"year": 1, "decade": 10, "century": 100}
LATEST = 2100  # later years are accepted and reported
NAMED = 5  # documents in a message; the others are counted


@dataclass(frozen=True)
class Groups:
    """Groups of documents in order, and the documents that belong to none.

    by        how the groups were made
    members   the document numbers of each group, by name, ascending
    without   documents without a value, or whose value is not a date
    note      a message about these documents, or None
    in_time   whether the groups are periods, earliest first

    >>> Groups("decade", {"1850s": [0, 2]}).names
    ['1850s']
    """

    by: str
    members: dict[str, list[int]]
    without: tuple[int, ...] = ()
    note: str | None = None
    in_time: bool = False

    @property
    def names(self) -> list[str]:
        """The names of the groups, in order."""
        return list(self.members)


def years_of(documents: Documents, date_column: str | None = None) -> list[int | None]:
    """The year of each document; None if it is unknown, or one of several (1840s). See `spans_of`."""
    spans = spans_of(documents, date_column)
    return [span.first if span is not None and span.first == span.last else None for span in spans]


def spans_of(documents: Documents, date_column: str | None = None) -> list[Years | None]:
    """The years of each document's date, from `date_column` or the first of DATE_COLUMNS that exists; None if unknown.

    Raises CorpusError for a `date_column` that does not exist.
    """
    column = date_column or _dates_by_name(documents)
    return [None] * len(documents) if column is None else [years_in(value) for value in documents.column(column)]


def groups_of(
    documents: Documents,
    by: str | int,
    *,
    date_column: str | None = None,
    seed: int = 1,
    among: Sequence[int] | None = None,
) -> Groups:
    """Put documents into groups.

    `by` is "year", "decade", "century" or a number of years, such as 25, by the dates in `date_column` (default: the
    first of DATE_COLUMNS that exists), all years of which must be in one period (see `years_in`); "half", two random
    halves, the same for the same `seed`; or a column, each value of which is a group. `among` lists the numbers of the
    documents to use (default: all).

    Raises CorpusError for a column that is missing or has no value or date at all; OptionError for a `date_column` that
    is not used.
    """
    by = str(by)
    chosen = range(len(documents)) if among is None else sorted(among)
    length = LENGTHS.get(by) or (int(by) if by.isascii() and by.isdigit() else None)
    if date_column is not None and length is None:
        raise OptionError(
            f"the date column (--date-column) is for periods such as year or decade, and would change nothing for "
            f"groups by {by}: leave it out"
        )
    if by == "half":
        order = permutation(seed, SHUFFLE, len(chosen)).tolist()
        if len(order) < 2:
            raise CorpusError("halves need at least two documents; there is only one")
        first = set(order[: (len(order) + 1) // 2])
        halves = ([chosen[i] for i in range(len(order)) if (i in first) == is_first] for is_first in (True, False))
        return Groups(by, dict(zip(("half1", "half2"), halves)))
    if length == 0:
        raise OptionError("periods are at least 1 year long; got 0")
    if length is None:
        return _by_value(documents, by, chosen)
    column = date_column_of(documents, date_column)
    values = documents.column(column)
    dates = {i: found for i in chosen if (found := years_in(values[i])) is not None}
    dated = {i: date.first for i, date in dates.items() if date.first // length == date.last // length}
    without = [i for i in chosen if i not in dated]
    notes = _notes_on_dates(documents, column, dated, dates, without)
    if not dated:
        raise CorpusError(notes[0] if notes else "there are no documents to group")
    members: dict[str, list[int]] = {}
    for begin in sorted({year // length * length for year in dated.values()}):
        members[_period(begin, length)] = [i for i, year in dated.items() if year // length * length == begin]
    return Groups(by, members, tuple(without), "; ".join(notes) or None, in_time=True)


def _notes_on_dates(
    documents: Documents, column: str, dated: dict[int, int], dates: dict[int, Years], without: list[int]
) -> list[str]:
    """Messages about documents without a readable date or with one in several periods, and about doubtful dates."""
    values, notes = documents.column(column), []
    of_all = f"of {counted(len(dated) + len(without), 'document')}"

    def shown(some: list[int]) -> str:
        said = [f"{documents.name(i)} ({'nothing' if values[i] is None else values[i]})" for i in some]
        return listed(said, NAMED)

    if unread := [i for i in without if i not in dates]:
        notes.append(
            f"{len(unread):,} {of_all} without a date in {column!r} that can be read, and so in no group: "
            f"{shown(unread)}; write one year, such as 1850 or 1850-03-02"
        )
    if between := [i for i in without if i in dates]:
        notes.append(
            f"{len(between):,} {of_all} with a date in {column!r} that may lie in several of these periods, and so in "
            f"no group: {shown(between)}; take longer periods, or write one year"
        )
    if about := [i for i in dated if dates[i].about]:
        notes.append(
            f"{len(about):,} {of_all} with an approximate date in {column!r}, taken as written: {shown(about)}"
        )
    if early := [i for i, year in dated.items() if 0 <= year < 100]:
        notes.append(
            f"{counted(len(early), 'document')} of the first century, as {column!r} says: {shown(early)}; write "
            "1950 for 50 if that is meant"
        )
    if late := [i for i, year in dated.items() if year > LATEST]:
        notes.append(
            f"{counted(len(late), 'document')} of a year after {LATEST}, as {column!r} says: {shown(late)}; a "
            "spreadsheet that counts days writes such numbers: give the column the format of a date, or of text"
        )
    return notes


def _period(begin: int, length: int) -> str:
    """The name of a period.

    >>> _period(1850, 1), _period(1850, 10), _period(1850, 25)
    ('1850', '1850s', '1850-1874')
    """
    return str(begin) if length == 1 else f"{begin}s" if length == 10 else f"{begin}-{begin + length - 1}"


def _by_value(documents: Documents, by: str, chosen: Sequence[int]) -> Groups:
    values = documents.column(by)
    members: dict[str, list[int]] = {}
    for i in chosen:
        if values[i] is not None:
            members.setdefault(str(values[i]), []).append(i)
    without = [i for i in chosen if values[i] is None]
    if not members:
        raise CorpusError(f"no document has a value in the column {by!r}")
    note = None
    if without:
        shown = listed([documents.name(i) for i in without], NAMED)
        note = f"{counted(len(without), 'document')} without {by!r}, and so in no group: {shown}"
    return Groups(by, dict(sorted(members.items())), tuple(without), note)


def _dates_by_name(documents: Documents) -> str | None:
    by_name = {name.casefold(): name for name in reversed(documents.columns)}
    return next((by_name[name.casefold()] for name in DATE_COLUMNS if name.casefold() in by_name), None)


def date_column_of(documents: Documents, asked: str | None = None) -> str:
    """The column `asked` for, or the first of DATE_COLUMNS that exists. Raises CorpusError if there is none."""
    if asked is not None:
        documents.column(asked)
        return asked
    if found := _dates_by_name(documents):
        return found
    raise CorpusError(
        f"no column of the metadata is called {DATE_COLUMNS[0]} or {DATE_COLUMNS[1]}: say which one holds the dates "
        f"(--date-column); the columns are: {', '.join(documents.columns) or 'none'}"
    )


def group_of_sentence(documents: Documents, groups: Groups) -> np.ndarray:
    """The group number of each sentence, (S,) int32; -1 for no group."""
    number = np.full(len(documents), -1, np.int32)
    for place, members in enumerate(groups.members.values()):
        number[members] = place
    return number[documents.of_sentence]

"""Values in records, tables and lists: fields, tokens, missing values, and reports of what was left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from wordvec.errors import CorpusError
from wordvec.progress import announce

LONGEST_LIST = 1 << 20  # characters of a list that is looked for
MOST_NAMES = 20  # of fields in a message
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
    """A record that cannot be read, and why; `absent` says that it merely lacks the field, as events of logs may."""

    problem: str
    absent: bool = False


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
        self.total = self.missing = self.unusable = self.absent = 0
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

    def leave_out(self, problem: str, absent: bool = False) -> None:
        """Count an unusable item. Raises CorpusError with `strict`, or if none of the first FIRST_RECORDS is usable."""
        if not absent and self.absent == self.unusable:
            self.first_problem = problem  # more telling than an absent field
        self.first_problem = self.first_problem or problem
        self.unusable += 1
        self.absent += absent
        if self.strict:
            raise CorpusError(self.first_problem)
        if self.unusable + self.missing == self.total == FIRST_RECORDS:
            raise self._none_usable()

    def finish(self) -> None:
        """Report what was left out. Raises CorpusError with the first problem if little or nothing was usable."""
        if self.unusable and self.unusable + self.missing == self.total:
            raise self._none_usable()
        damaged, found = self.unusable - self.absent, self.total - self.missing - self.absent
        if 2 * damaged > found:
            raise CorpusError(
                f"{self.name}: {damaged:,} of {found:,} {self.what} cannot be read: too many to leave out; correct "
                f"them or remove them; the first: {self.first_problem}"
            )
        for line in self._lines():
            announce(f"{self.name}: {line}")

    def _none_usable(self) -> CorpusError:
        elsewhere = "; if it is in other files only, name those by a pattern, such as 'FOLDER/*/*.json'"
        return CorpusError(self.first_problem + (elsewhere if self.absent == self.unusable else ""))

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


def value_of(record: Mapping[str, Any], field: str) -> Any:
    """The value of `field` in `record`, or Unusable with a list of its fields.

    >>> value_of({"page": {"text": "hello"}}, "page.text")
    'hello'
    """
    if field in record:
        return record[field]
    value: Any = record
    parts = field.split(".")
    for at, name in enumerate(parts):
        if isinstance(value, list) and value and isinstance(value[0], Mapping) and name in value[0]:
            outer, inner = ".".join(parts[:at]), ".".join(parts[at:])
            return Unusable(
                f"{outer!r} holds a list of records: write the {inner} of each as a list of words, such as a session, "
                f"jq -c '{{words: [.{outer}[].{inner}]}}' FILE, or each record on a line, jq -c '.{outer}[]' FILE"
            )
        if not isinstance(value, Mapping) or name not in value:
            return Unusable(f"no field {field!r}; {names_of(record)}", absent=True)
        value = value[name]
    return value


def names_of(record: Mapping[str, Any]) -> str:
    """A sentence that lists the fields of `record`."""
    names = [f"{name}.{inner}" for name, value in record.items() if isinstance(value, Mapping) for inner in value]
    names = [str(name) for name, value in record.items() if not isinstance(value, Mapping)] + names
    if not names:
        return "it is empty"
    inner = {
        name: len(of)
        for name, of in record.items()
        if isinstance(of, (list, Mapping)) and len(of) > (MOST_NAMES if isinstance(of, Mapping) else 0)  # by their ids
        if isinstance(next(iter(of.values() if isinstance(of, Mapping) else of)), Mapping)
    }
    largest = max(inner, key=lambda name: inner[name], default="")
    hint = f"; for the records inside {largest!r} write them one a line: jq -c '.{largest}[]'" if inner else ""
    return f"it has: {', '.join(names[:MOST_NAMES])}{', ...' if len(names) > MOST_NAMES else ''}{hint}"


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


_QUOTED, _NUMBER = r"""(?:'[^'\n]*'|"[^"\n]*")""", r"-?\d+(?:\.\d*)?"
_LIST_AS_TEXT = re.compile(
    rf"\s*\[\s*(?:{_QUOTED}(?:[\s,]+{_QUOTED})*|{_NUMBER}(?:[\s,]+{_NUMBER})+)[\s,]*\]\s*", re.DOTALL
)


def refuse_list_as_text(text: str, where: str) -> None:
    """Raise CorpusError for a list that was written as text, such as "[1042, 7]" in a cell of CSV.

    >>> refuse_list_as_text("[sic], he wrote", "line 2")
    >>> refuse_list_as_text("['tea', 'milk']", "line 2")
    Traceback (most recent call last):
    wordvec.errors.CorpusError: line 2: holds a list written as text, "['tea', 'milk']", ...
    """
    if text[:1] in "[ " and len(text) < LONGEST_LIST and _LIST_AS_TEXT.fullmatch(text):
        raise CorpusError(
            f"{where}: holds a list written as text, {text!r:.60}, whose brackets and commas would be parts of words: "
            "keep lists in JSON Lines or Parquet, or write their items with spaces between them"
        )


def refuse_lines_as_tokens(tokens: list[str], where: str) -> None:
    r"""Raise CorpusError for a list of a text's lines, such as the cells of Jupyter have: each line would be a word.

    >>> refuse_lines_as_tokens(["tea", "New York", "\n", ".\n"], "a.json")
    >>> refuse_lines_as_tokens(["Tea is hot.\n", "So it is."], "a.json")
    Traceback (most recent call last):
    wordvec.errors.CorpusError: a.json: holds a list of lines, not of words, such as 'Tea is hot.\n': ...
    """
    if "\n" in "".join(tokens):
        line = next((token for token in tokens if "\n" in token and len(token.split()) > 1), None)
        if line is not None:
            raise CorpusError(
                f"{where}: holds a list of lines, not of words, such as {line!r:.60}: join the lines of each list into "
                "one text, with ''.join(lines) in Python or jq '.FIELD |= join(\"\")'"
            )


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

r"""Recognizes JSON, tables and lists of items by their beginning.

Prose may hold commas, tabs, brackets and numbers, so nothing is refused or read differently without certainty. A table
must have the same number of cells in all of its first lines, and names or numbers in the places where tables have them.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Sequence
from typing import NamedTuple

HEAD = 1 << 16  # characters that are examined
PACKINGS = (".gz", ".bz2", ".xz", ".zst")
JSON_LINES_NAMES, JSON_NAMES = (".jsonl", ".ndjson", ".jsonlines"), (".json",)
TABLE_NAMES = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".psv": "|"}
DELIMITERS = ",\t;|"
NO_DELIMITER = "\x1f"  # for a table of one column
FEWEST_ROWS = 3  # for a table recognized by content alone

_STRING = r"\"(?:[^\"\\\n]|\\.)*\"\s*"
_OBJECT = rf"\{{\s*{_STRING}:"
_ITEM = rf"({_OBJECT}|{_STRING}(\]|,\s*\")|\[\s*({_STRING}|-?\d+\s*)[,\]])"  # of a list; [[ alone is a wiki link
_JSON = re.compile(rf"\s*({_OBJECT}|\[\s*{_ITEM})")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)?([T ]?\d+:\d\d(:\d\d)?([.,]\d+)?(Z|[+-]\d\d:?\d\d)?)?(?<=.)")  # not empty
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NAME = re.compile(r"[^\W\d][\w .#/()-]{0,39}(?<!\.)")  # a column's name

# What separates the items of a line, by the tokenizers that read them.
ITEM_MARKS = {"commas": ",", "semicolons": ";", "tabs": "\t", "bars": "|"}
FEWEST_LISTS, FEWEST_ITEMS, LONGEST_ITEM = 20, 2.5, 3  # lines; items of a line on average; words
ENDED = 0.1  # of the lines end as sentences do, or are long
_SENTENCE_END = re.compile(r"[.!?。！？…]['\"”’)]*\s*$")

# The first line of some spreadsheets' files, which names the delimiter of the table that follows.
DECLARED_DELIMITER = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)


def are_lists(lines: Sequence[str]) -> str:
    """The tokenizer for lines that are lists of short items; "" if they are not. Rows of a table are all as long.

    >>> are_lists(["tea,milk", "tea,rye bread,milk", "bread,tea,milk"] * 9), are_lists(["tea,3,1850"] * 27)
    ('commas', '')
    >>> are_lists(["cats|NOUN run|VERB fast|ADV", "all|DET cats|NOUN run|VERB away|ADV"] * 10)
    ''
    """
    if len(lines) < FEWEST_LISTS or sum(bool(_SENTENCE_END.search(line)) for line in lines) > ENDED * len(lines):
        return ""
    for name, mark in ITEM_MARKS.items():
        by_line = [line.split(mark) for line in lines]
        items = [item for line in by_line for item in line if item.strip()]
        short = sum(len(item.split()) <= LONGEST_ITEM for item in items)
        are_short = len(items) >= FEWEST_ITEMS * len(lines) and short >= (1 - ENDED) * len(items)
        words = [word for line in lines for word in line.split()]
        tagged = sum(word.count(mark) == 1 for word in words)
        if mark != "\t" and len(words) > 2 * len(lines) and tagged >= (1 - ENDED) * len(words):
            continue  # each word has a tag (run|VERB): these are words with spaces between them
        if are_short and len(set(map(len, by_line))) > 1:
            return name
    return ""


class Table(NamedTuple):
    """How a table is written; `quoting` is the csv module's constant, `lines_before` the number of lines before it."""

    delimiter: str
    quoting: int
    header: list[str]
    lines_before: int = 0


def plain_suffix(name: str) -> str:
    """The lowercase suffix of `name`, ignoring a packing's suffix.

    >>> plain_suffix("wiki.JSONL.zst"), plain_suffix("json.txt"), plain_suffix("-")
    ('.jsonl', '.txt', '')
    """
    stem, suffix = os.path.splitext(name.lower())
    return os.path.splitext(stem)[1] if suffix in PACKINGS else suffix


def is_json(head: str, name: str) -> bool:
    """Whether a text is JSON, by its name, or because it begins like an object or a list of objects, lists or strings.

    >>> is_json('[{"text": "tea"}]', "dump"), is_json("[1] see the note", "notes.txt")
    (True, False)
    """
    if plain_suffix(name) in (*JSON_LINES_NAMES, *JSON_NAMES):
        return True
    if not _JSON.match(head):
        return False
    try:
        end = json.JSONDecoder().raw_decode(head.lstrip())[1]
    except (ValueError, RecursionError):  # it continues after the head, or is damaged
        return True
    return not head.lstrip()[end:].partition("\n")[0].strip()  # ["This"] is prose


def table_of(head: str, name: str, field: str | None = None) -> Table | None:
    r"""How the table that begins with `head` is written, or None if it is not a table.

    With `field`, the text is a table if its first row has a cell of that name. A line "sep=;" may come first.

    >>> table_of("id,text\n1,good phone\n2,bad one\n", "reviews").header
    ['id', 'text']
    >>> table_of("sep=;\nid;text\n1;good phone, not cheap\n", "reviews.csv").header
    ['id', 'text']
    >>> table_of("You say goodbye, I say hello\nyes, no\nstop, go\n", "song.txt") is None
    True
    """
    by_name = TABLE_NAMES.get(plain_suffix(name))
    if declared := DECLARED_DELIMITER.match(head):
        rows, quoting = _best_rows(head[declared.end() :], declared[1])
        if rows and rows[0] and (by_name or _is_regular(rows)):
            return Table(declared[1], quoting, [cell.strip() for cell in rows[0]], lines_before=1)
    for delimiter in filter(head.__contains__, dict.fromkeys([by_name or ",", *DELIMITERS])):
        rows, quoting = _best_rows(head, delimiter)
        header = [cell.strip() for cell in rows[0]] if rows else []
        if len(header) > 1 and (
            delimiter == by_name
            or field in header
            or (by_name and _is_regular(rows))
            or _looks_like_table(rows, delimiter)
        ):
            return Table(delimiter, quoting, header)
    if field and field.isascii() and field.isdigit() and (table := _table_with_column(head, int(field))):
        return table
    first = next(iter(_rows(head, NO_DELIMITER, csv.QUOTE_MINIMAL)), [""])
    header = [cell.strip() for cell in first]
    return Table(NO_DELIMITER, csv.QUOTE_MINIMAL, header) if by_name or header == [field] else None


def _table_with_column(head: str, number: int) -> Table | None:
    """The table that `head` is if its reader says that it has a column of that number: all rows have as many cells."""
    for delimiter in filter(head.__contains__, "\t;|,"):  # commas last, which texts hold
        rows, quoting = _best_rows(head, delimiter)
        if _is_regular(rows) and 1 < len(rows[0]) >= number > 0:
            return Table(delimiter, quoting, [cell.strip() for cell in rows[0]])
    return None


def _best_rows(head: str, delimiter: str) -> tuple[list[list[str]], int]:
    """The first rows and their quoting; quotes are read as text if the rows are regular only this way."""
    quoted = _rows(head, delimiter, csv.QUOTE_MINIMAL)
    if not _is_regular(quoted):
        plain = _rows(head, delimiter, csv.QUOTE_NONE)
        if _is_regular(plain):
            return plain, csv.QUOTE_NONE
    return quoted, csv.QUOTE_MINIMAL


def are_lines_rows(head: str, table: Table) -> bool:
    """Whether lines that are rows without quotes are rows: in tables with tabs, whose quotes are often those of texts.

    Not in a table of two columns with a quoted cell of several lines among the first, as the next may have tabs.
    """
    if table.delimiter != "\t":
        return False
    quoted, plain = (_rows(head, "\t", quoting) for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE))
    return len(table.header) > 2 or len(quoted) == len(plain)


def _rows(head: str, delimiter: str, quoting: int) -> list[list[str]]:
    """The first rows, without a last one that may be cut off; a row with unbalanced quotes is empty."""
    lines = head.split("\n")
    if len(head) >= HEAD:
        lines.pop()
    lines_with_ends = (f"{line}\n" for line in lines)
    reader = csv.reader(lines_with_ends, delimiter=delimiter, quoting=quoting, strict=True)  # type: ignore[arg-type]
    rows: list[list[str]] = []
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return rows
        except csv.Error as error:
            if len(head) < HEAD or "unexpected end of data" not in str(error):
                rows.append([])
            continue
        if row:
            rows.append(row)


def _is_regular(rows: Sequence[Sequence[str]]) -> bool:
    return len(rows) > 1 and len(set(map(len, rows))) == 1


def _looks_like_table(rows: list[list[str]], delimiter: str) -> bool:
    """Whether rows with equal numbers of cells form a table, rather than sentences that each have a comma or a tab."""
    if len(rows) < FEWEST_ROWS or not _is_regular(rows):
        return False
    body = rows[1:]
    columns = list(zip(*body))
    spaced = sum(cell[:1] == " " for row in rows for cell in row[1:])
    quantities = (NUMBER, _TIME) if delimiter == "\t" else (NUMBER,)  # a log may have a comma in each time
    numbers = any(all(form.fullmatch(cell.strip()) for cell in column) for column in columns for form in quantities)
    if 2 * spaced > len(rows) * (len(rows[0]) - 1):  # as after the commas of a sentence
        return numbers and len(columns) > 2 and all(_NAME.fullmatch(cell.strip()) for cell in rows[0])
    if delimiter == "\t" and not any(_are_texts(column) for column in columns):
        return False  # words or ids, separated by tabs: tokens
    return numbers or _is_header(rows[0], columns)


def _is_header(cells: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether the cells are short distinct names, and none occurs again in its column."""
    names = all(_NAME.fullmatch(cell) and cell == cell.strip() and cell.count(" ") < 3 for cell in cells)
    longer = any(_are_texts(column) or any(map(NUMBER.fullmatch, column)) for column in columns)
    again = any(cell in column for cell, column in zip(cells, columns))
    return names and longer and not again and len(set(cells)) == len(cells)


def _are_texts(cells: Sequence[str]) -> bool:
    """Whether at least half of the cells have several words."""
    return 2 * sum(len(cell.split()) > 1 for cell in cells) >= len(cells)

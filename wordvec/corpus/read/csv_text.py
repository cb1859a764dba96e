"""Text in a column of a table written as CSV or TSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from wordvec.corpus.read.missing import Unusable
from wordvec.corpus.read.records import Block, Values, blocks_of_values
from wordvec.corpus.read.sniffing import NO_DELIMITER, Table, table_of
from wordvec.errors import CorpusError
from wordvec.progress import announce

LONGEST_CELL = 1 << 26  # characters; a quote that is never closed would take the rest of the file
MOST_LINES_IN_A_ROW = 100  # of a damaged one: more are rows that a quote has swallowed
MISSING = {"", "NA", "N/A", "NaN", "nan", "NULL", "null", "None"}  # how programs write that there is no text
DELIMITER_NAMES = {"\t": "tab", NO_DELIMITER: "none"}


def blocks_of_csv(head: str, lines: Iterable[str], name: str, field: str | None, strict: bool) -> Iterator[Block]:
    """Yield the blocks of the column `field`, see `values_of_csv`."""
    return blocks_of_values(values_of_csv(head, lines, name, field), name, field, strict)


def values_of_csv(head: str, lines: Iterable[str], name: str, field: str | None) -> Values:
    """Yield (value, place) of the column `field`: its name in the first row, or where there is none its number, from 1.

    `head` is how the text begins, by which the delimiter is found. Cells may be quoted and hold line breaks. A row
    with another number of cells than the first is left out, counted and reported, unless `strict`. Raises
    CorpusError, listing the columns, for a column that does not exist, and for text that is no table.
    """
    table = table_of(head, name, field)
    if table is None:
        raise CorpusError(
            f"{name}: is plain text, neither JSON nor a table, and has no field {field!r}; leave field out (--field) "
            "to read all of it"
        )
    if field is None:
        raise CorpusError(f"{name}: {refusal_of(table)}")
    column, has_header = _column(table, field, name)
    return _values(table, lines, name, column, has_header)


def refusal_of(table: Table) -> str:
    """Why a table is not read as plain text, and what to do."""
    cells = ", ".join(repr(cell)[:40] for cell in table.header[:20])
    return (
        "holds a table (CSV or TSV), whose names, numbers and delimiters would be words: say which column holds the "
        f"text, such as field='text' (--field text), or by its number where there is no row of names; the first row "
        f"has: {cells}; to read its lines as they are, pass them to Corpus.from_texts(open(FILE)) in Python"
    )


def _column(table: Table, field: str, name: str) -> tuple[int, bool]:
    """The place of the column, and whether the first row holds names."""
    if table.header.count(field) > 1:
        raise CorpusError(f"{name}: has several columns called {field!r}; rename all but one")
    if field in table.header:
        return table.header.index(field), True
    if field.isascii() and field.isdigit() and 1 <= int(field) <= len(table.header):
        return int(field) - 1, False
    delimiter = DELIMITER_NAMES.get(table.delimiter, table.delimiter)
    raise CorpusError(
        f"{name}: no column {field!r} in the table (delimiter: {delimiter}); its first row has: "
        f"{', '.join(repr(cell)[:40] for cell in table.header[:20])}"
    )


def _values(table: Table, lines: Iterable[str], name: str, column: int, has_header: bool) -> Values:
    for line, row in rows_of_csv(table, lines, name):
        where = f"{name}: line {line}"
        if isinstance(row, Unusable):
            yield row, where
            continue
        if has_header:
            has_header = False
            continue
        if line == 1:
            announce(f"{name}: column {column + 1} is read from the first row on: {row[column]!r:.60}")
        text = row[column]
        yield None if text.strip() in MISSING else text, where


def rows_of_csv(table: Table, lines: Iterable[str], name: str) -> Iterator[tuple[int, list[str] | Unusable]]:
    """Yield each row that is not empty, the first one too, with the number of its first line.

    Rows have as many cells as the first one; what is no such row is Unusable. Raises CorpusError where a quote that is
    never closed has swallowed rows.
    """
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))  # for all of Python; raised only
    rows = csv.reader(
        (f"{line}\n" for line in lines),
        delimiter=table.delimiter,
        quoting=table.quoting,  # type: ignore[arg-type]
        strict=True,
    )
    width = len(table.header)
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            if rows.line_num - line > MOST_LINES_IN_A_ROW:
                raise CorpusError(
                    f"{name}: line {line}: a quote that opens there is closed only in line {rows.line_num:,} "
                    f"({error}): the rows between them would be lost; remove or double it"
                ) from None
            yield line, Unusable(f"up to line {rows.line_num:,} is no row of a table: {error}")
            continue
        if len(row) == width or (len(row) > width and not any(row[width:])):
            yield line, row[:width]
        elif row:
            yield line, Unusable(f"{len(row)} cells in the row, {width} expected: {row!r:.60}")

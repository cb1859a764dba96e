"""The rows of a CSV or TSV table, of which a quote that is not closed takes as few as possible."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import islice

from wordvec.corpus.read.sniffing import Table
from wordvec.corpus.read.values import Unusable
from wordvec.errors import CorpusError

LONGEST_CELL = 1 << 26  # characters; a quote that is never closed would take the rest of the file
MOST_LINES_IN_A_ROW = 100  # of a damaged row: with more, a quote has swallowed rows


def rows_of(
    table: Table, lines: Iterable[str], name: str, are_lines_rows: bool
) -> Iterator[tuple[int, list[str] | Unusable]]:
    """Yield each row that is not empty, including the first, with the number of its first line.

    With `are_lines_rows`, quotes are read as text where they make one row of several lines, or none of a line, that are
    rows without them. A row with a different number of cells than the first is Unusable. Raises CorpusError if an
    unclosed quote has swallowed rows.
    """
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))  # a global limit of Python: never lower it
    width, before = len(table.header), table.lines_before
    taken: list[str] = []  # the lines of a row

    def lines_of_table() -> Iterator[str]:
        for line in islice(lines, before, None):
            taken.append(line)
            yield f"{line}\n"

    dialect = {"delimiter": table.delimiter, "quoting": table.quoting, "strict": True}
    rows = csv.reader(lines_of_table(), **dialect)  # type: ignore[arg-type]
    while True:
        line = before + rows.line_num + 1
        taken.clear()
        error = None
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as found:
            row, error = [], found
        if are_lines_rows and (error or len(taken) > 1):
            literal = [one.split(table.delimiter) for one in taken]
            if all(len(cells) == width for cells in literal):
                yield from enumerate(literal, line)
                continue
        if error is not None:
            yield line, _damaged(name, line, before + rows.line_num, error)
        elif len(row) == width or (len(row) > width and not any(row[width:])):
            yield line, row[:width]
        elif row:
            way_out = "a cell with a delimiter needs quotes, a column a name"
            yield line, Unusable(f"{len(row)} cells in the row, {width} expected: {row!r:.60}; {way_out}")


def _damaged(name: str, line: int, last: int, error: csv.Error) -> Unusable:
    if last - line > MOST_LINES_IN_A_ROW:
        raise CorpusError(
            f"{name}: line {line}: a quote that opens there is closed only in line {last:,} ({error}): the rows "
            "between them would be lost; remove or double it"
        ) from None
    return Unusable(f"up to line {last:,} is not a table row: {error}")

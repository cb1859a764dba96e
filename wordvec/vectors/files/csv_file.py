"""Vectors in a CSV table: a word and its numbers between tabs, semicolons or commas, as spreadsheets and pandas write.

Without a header, the word comes first and at least two numbers follow. A header names the word's column (word, token,
..., or nothing, as pandas names an index) and numbers the others (0, 1, ... or d1, d2, ...), or has a column of lists
"[0.1, 0.2]" with a name from VECTORS. A column of counts and the line numbers of pandas may be there, too. Any other
table is refused, since a number in it may be anything. Where commas separate no fields, they may be decimal commas.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from wordvec.errors import describe
from wordvec.vectors.files.chunks import BYTE_ORDER_MARK, HEAD, first_bytes
from wordvec.vectors.files.reading import ANOTHER_LENGTH, MANY, NO_NEWLINE, NOT_NUMBERS, Reading
from wordvec.vectors.files.row_builder import RowBuilder
from wordvec.vectors.files.table_file import COUNTS, VECTORS, WORDS, are_numbered
from wordvec.vectors.files.text_file import line_blocks
from wordvec.vectors.files.text_layout import are_numbers, nearest_float32
from wordvec.vectors.word_rows import WordRows

DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas"}
UNNAMED = ("", "unnamed: 0")  # the column of pandas' index
LINES = 64  # looked at for the columns; a quoted word may have several
WHITE_SPACE = " \t\r\n\v\f"  # around a word, and no part of it
ROWS = 1_024  # read at a time
DECIMAL_COMMA = re.compile(rb"[+-]?\d{1,99},\d{1,99}")

Record = Sequence[str]


class Columns(NamedTuple):
    """Where a table has its words, the numbers of their vectors, or one column of `lists` of them, and counts."""

    delimiter: str
    has_header: bool
    width: int
    word: int
    numbers: list[int]
    lists: bool = False
    counts: int | None = None


def csv_columns(head: bytes) -> Columns | None:
    r"""The columns of a table that begins with these bytes; None if it is no table, or its columns are not clear.

    >>> csv_columns(b"tea,0.1,0.2\nmilk,0.3,0.4\n")
    Columns(delimiter=',', has_header=False, width=3, word=0, numbers=[1, 2], lists=False, counts=None)
    >>> csv_columns(b"tea,500,12\nmilk,rare\n"), csv_columns(b"word,count,rank\ntea,500,12\n")
    (None, None)
    """
    lines = head.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "surrogateescape").split("\n", LINES)[:LINES]
    for delimiter in (*DELIMITERS, " "):
        records = csv_records((line + "\n" for line in lines), delimiter)
        first, second = _next(records), _next(records)
        if second and len(second) == len(first) + 1 and not any(map(str.isdigit, first)):
            first = ["", *first]  # R leaves out the name of the words' column
        if len(first) > 1 and len(second) in (0, len(first)):
            found = _below_header(first, second, delimiter)
            if found is None and delimiter != " ":  # rows between spaces are GloVe's
                found = _without_header(first, delimiter, second)
            if found is not None:
                return found
    return None


def csv_records(lines: Iterable[str], delimiter: str) -> Any:
    """The records of a table's lines, a ``csv.reader``."""
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter in ";,", strict=True)


def _next(records: Iterator[Record]) -> Record:
    """The next record; none at the end, and where quotes do not fit together."""
    try:
        return next(records, [])
    except csv.Error:
        return []


def _without_header(first: Record, delimiter: str, second: Record) -> Columns | None:
    names = [name.strip().lower() for name in first]
    is_header = not names[0] or names[0] in WORDS or (len(first) > 3 and are_numbered(names[1:]))
    for record in (first, second or first):
        if is_header or len(first) < 3 or not record[0].strip() or not are_numbers(_fields(record[1:], delimiter)):
            return None
    return Columns(delimiter, False, len(first), 0, list(range(1, len(first))))


def _below_header(first: Record, second: Record, delimiter: str) -> Columns | None:
    if not second:
        return None
    names = [name.strip().lower() for name in first]
    places = {name: place for place, name in enumerate(names)}
    text = [place for place, field in enumerate(second) if not are_numbers(_fields([field], delimiter))]
    listed = [places[name] for name in VECTORS if name in places and second[places[name]].startswith("[")]
    word = next((places[name] for name in WORDS if name in places), None)
    if word is None and names[0] in UNNAMED and second[0].strip() not in ("0", "1"):
        word = 0
    if word is None and len(text) == 1 and not listed and not any(map(str.isdigit, names)):
        word = text[0]
    if word is None:
        return None
    if listed:
        return Columns(delimiter, True, len(first), word, listed[:1], lists=True)
    count = next((places[name] for name in COUNTS if name in places and second[places[name]].isdigit()), None)
    others = (word, count, *([0] if names[0] in UNNAMED else []))
    numbers = [place for place in range(len(first)) if place not in others]
    if any(place in text for place in numbers) or not are_numbered([names[place] for place in numbers]):
        return None
    return Columns(delimiter, True, len(first), word, numbers, counts=count)


def _fields(record: Iterable[str], delimiter: str) -> list[bytes]:
    """Numbers as bytes, decimal commas as points."""
    fields = [field.strip().encode("utf-8", "surrogateescape") for field in record]
    return (
        fields if delimiter == "," else [field.replace(b",", b".") if b"." not in field else field for field in fields]
    )


def unclear_csv(head: bytes) -> str | None:
    """A message for a table whose columns are not clear; None for other text."""
    first, _, rest = head.partition(b"\n")
    second = rest.partition(b"\n")[0]
    if len(first.split()) > 2 and all(DECIMAL_COMMA.fullmatch(field) for field in first.split()[1:]):
        return "its numbers have decimal commas: write them with points, or with semicolons or tabs between them"
    for delimiter, name in DELIMITERS.items():
        if first.count(delimiter.encode()) > 1 and (not second or second.count(delimiter.encode()) > 1):
            return (
                f"a table with {name} between its fields, and which of them are a word and its vector is not clear: "
                f"expected lines of a word and its numbers, or a header that calls the words' column word and numbers "
                f"the others (d0, d1, ...), with no further columns but count; it begins with "
                f"{describe(first.decode('utf-8', 'replace'))}; for a matrix whose words are in another file, write it "
                "as .npy"
            )
    return None


def read_csv(reading: Reading) -> WordRows:
    """Read a table of words and their numbers, see above.

    Rows of another length or without finite numbers are left out and reported.
    Raises VectorsFileError for too many such rows, for quotes that do not fit together, and for unclear columns.
    """
    columns = csv_columns(first_bytes(reading.path, HEAD)[0])
    if columns is None:
        raise reading.error("the columns of this table are not clear")
    blocks = line_blocks(reading)
    try:
        return _Table(reading, columns).read(blocks)
    finally:
        blocks.close()  # closes the file if reading stopped early


class _Table:
    """Reads the records of a table into rows; `line` is the last line of the record read last."""

    def __init__(self, reading: Reading, columns: Columns) -> None:
        self.reading, self.columns, self.line = reading, columns, 0
        self.builder: RowBuilder | None = None
        self.waiting: list[tuple[bytes, np.ndarray, int]] = []  # rows not yet given to the builder, with their lines
        self.counts: dict[int, int] = {}  # by line
        self.is_finished = True

    def read(self, blocks: Iterable[bytes]) -> WordRows:
        """Read all records and return their vectors."""
        records = csv_records(self._lines(blocks), self.columns.delimiter)
        try:
            for number, record in enumerate(records):
                self.line = records.line_num
                if record and not (number == 0 and self.columns.has_header):
                    self._take(record)
                if self.builder is not None and self.builder.full:
                    break
        except csv.Error as error:
            raise self.reading.error(f"line {records.line_num}: quotes that do not fit together ({error})") from error
        self._add()
        if self.builder is None:
            raise self.reading.error("no vectors in it")
        if not self.is_finished and not self.builder.full:
            message = f"line {self.line}: no newline at its end: perhaps the file is cut off there"
            self.reading.repair(NO_NEWLINE, message)
        vectors = self.builder.finish()
        if self.columns.counts is None:
            return vectors
        counts = np.array([self.counts[line] for line in self.builder.places.tolist()], np.int64)
        return WordRows(vectors.words, vectors.matrix, counts, vectors.info, scales=vectors.scales)

    def _lines(self, blocks: Iterable[bytes]) -> Iterator[str]:
        for block in blocks:
            self.is_finished = block.endswith(b"\n")
            lines = block.removesuffix(b"\n").decode("utf-8", "surrogateescape").split("\n")
            yield from (line + "\n" for line in lines)

    def _take(self, record: Record) -> None:
        columns = self.columns
        word = record[columns.word].strip(WHITE_SPACE) if len(record) == columns.width else ""
        numbers = self._numbers(record) if word else []
        if not numbers or (self.builder is not None and len(numbers) != self.builder.dim):
            dim = "its" if self.builder is None else self.builder.dim
            got = f"{len(record)} fields, {describe(columns.delimiter.join(record))}"
            self._leave_out(ANOTHER_LENGTH, f"expected a word and {dim} numbers; got {got}")
            return
        count = b"0" if columns.counts is None else record[columns.counts].strip().encode("utf-8", "surrogateescape")
        bad = [field for field in numbers if not are_numbers([field])] + ([] if _is_count(count) else [count])
        if bad:
            self._leave_out(NOT_NUMBERS, f"expected {len(numbers)} numbers; {describe(_shown(bad[0]))} is not one")
            return
        self.builder = self.builder or RowBuilder(self.reading, len(numbers), "line")
        self.waiting.append((word.encode("utf-8", "surrogateescape"), nearest_float32(numbers), self.line))
        if columns.counts is not None:
            self.counts[self.line] = int(count)
        if len(self.waiting) == ROWS:
            self._add()

    def _numbers(self, record: Record) -> list[bytes]:
        fields: Sequence[str] = [record[place] for place in self.columns.numbers]
        if self.columns.lists:
            fields = fields[0].strip("[] \r\n").replace(",", " ").split()
        return _fields(fields, self.columns.delimiter)

    def _leave_out(self, kind: str, message: str) -> None:
        self.reading.repair(kind, f"line {self.line}: {message}")
        kept = 0 if self.builder is None else self.builder.kept + len(self.waiting)
        self.reading.check_left_out(kept, at_least=MANY)

    def _add(self) -> None:
        if self.builder is not None and self.waiting:
            words, rows, lines = zip(*self.waiting)
            self.builder.add(list(words), np.array(rows), np.array(lines))
            self.waiting = []


def _is_count(field: bytes) -> bool:
    return field.isdigit() and len(field) < 19


def _shown(field: bytes) -> str:
    return field[:60].decode("utf-8", "backslashreplace")

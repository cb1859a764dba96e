"""A table of metadata: one row a file of text, as CSV or TSV, JSON Lines or Parquet."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from wordvec.corpus.documents.documents import Value
from wordvec.corpus.read.arrow import table_kind
from wordvec.corpus.read.sniffing import is_json, table_of
from wordvec.errors import CorpusError, MissingExtraError
from wordvec.files import parse_json

PATH_COLUMNS = ("path", "file", "filename", "file_name", "file name", "document", "name")
LARGEST = 1 << 28  # bytes of a table, which is held in memory


class Row(NamedTuple):
    """A row of a table, and where it is."""

    where: str
    values: dict[str, Value]


def read_table(path: str | os.PathLike[str]) -> list[Row]:
    """The rows of a table, each with the same columns in the same order.

    CSV and TSV have a first row of names (delimited by commas, tabs, semicolons or bars), in UTF-8. JSON Lines holds an
    object a line. Empty cells are None. Raises CorpusError for a file that is none of these, is damaged, or whose rows
    do not fit its first one.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST:
            raise CorpusError(f"{path}: a table of metadata may have {LARGEST:,} bytes; is it the text itself?")
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: the table of metadata cannot be read: {error.strerror or error}") from error
    if table_kind(data[:8]) == "Parquet":
        return list(_of_parquet(path, data))
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path}: byte {error.start} is not UTF-8; save the table as UTF-8 (in a spreadsheet: CSV UTF-8)"
        ) from None
    rows = list(_of_json(path, text) if is_json(text[: 1 << 16], str(path)) else _of_csv(path, text))
    if not rows:
        raise CorpusError(f"{path}: the table of metadata has no rows")
    return rows


def column_of_paths(rows: list[Row], asked: str | None, table: object) -> str:
    """The column that names the files: the one asked for, else the first of PATH_COLUMNS that is there."""
    columns = list(rows[0].values)
    if asked is not None:
        if asked not in columns:
            raise CorpusError(f"{table}: no column {asked!r}; it has: {', '.join(columns)}")
        return asked
    by_name = {column.casefold(): column for column in reversed(columns)}
    for name in PATH_COLUMNS:
        if name in by_name:
            return by_name[name]
    raise CorpusError(
        f"{table}: no column is called path or file, to say which row is of which file; name it with path_column "
        f"(--path-column); the table has: {', '.join(columns)}"
    )


def _of_csv(path: Path, text: str) -> Iterator[Row]:
    table = table_of(text[: 1 << 16], f"{path}.csv")
    if table is None or len(table.header) < 2:
        raise CorpusError(
            f"{path}: a table of metadata has a row of names, such as path,year,author, and then a row a file, as CSV, "
            "TSV, JSON Lines or Parquet"
        )
    header = table.header
    if len(set(header)) < len(header) or "" in header:
        twice = next((f"the column {name!r} twice" for name in header if name and header.count(name) > 1), None)
        raise CorpusError(f"{path}: has {twice or 'a column without a name'}; each column needs a name of its own")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter, strict=True)
    try:
        next(reader)
        line = reader.line_num + 1
        for cells in reader:
            where, line = f"{path}: line {line}", reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise CorpusError(
                    f"{where}: {len(cells)} cells in the row, {len(header)} expected: {cells!r:.80}; a cell that holds "
                    "the delimiter is put in quotes"
                )
            yield Row(where, {name: cell.strip() or None for name, cell in zip(header, cells)})
    except csv.Error as error:
        raise CorpusError(f"{path}: line {reader.line_num}: is no row of a table: {error}") from error


def _of_json(path: Path, text: str) -> Iterator[Row]:
    columns: dict[str, None] = {}
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}: line {number}"
        try:
            value = parse_json(line)
        except ValueError as error:
            raise CorpusError(f"{where}: is not JSON: {error}; one object a line is expected") from error
        if not isinstance(value, dict):
            raise CorpusError(f"{where}: an object such as {{'path': ..., 'year': ...}} expected; got {line:.60}")
        row = {name: plain_value(of, f"{where}: {name}") for name, of in value.items()}
        columns |= dict.fromkeys(row)
        found.append((where, row))
    for where, row in found:
        yield Row(where, {name: row.get(name) for name in columns})


def _of_parquet(path: Path, data: bytes) -> Iterator[Row]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise MissingExtraError("pyarrow", "arrow", f"reading {path}") from None
    try:
        records = parquet.read_table(pyarrow.BufferReader(data)).to_pylist()
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise CorpusError(f"{path}: damaged or cut off: not readable as Parquet ({error})") from error
    for number, record in enumerate(records, 1):
        where = f"{path}: row {number}"
        yield Row(where, {name: plain_value(value, f"{where}: {name}") for name, value in record.items()})


def plain_value(value: Any, where: str) -> Value:
    """A value of JSON or Parquet as metadata: text, a number, true, false or None; a date as its ISO text.

    Raises CorpusError for lists and objects.

    >>> plain_value(" 1850 ", "year"), plain_value(float("nan"), "year"), plain_value("", "year")
    ('1850', None, None)
    """
    if isinstance(value, str):
        return value.strip() or None
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else int(value) if value.is_integer() else value
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    kind = "an object" if isinstance(value, Mapping) else f"a {type(value).__name__}"
    raise CorpusError(f"{where}: metadata is text, numbers, dates, true or false; got {kind}, {value!r:.40}")

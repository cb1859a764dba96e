"""Metadata: a table with one row per text file, or fields of records, as CSV, TSV, JSON, Parquet, Feather or Arrow."""

from __future__ import annotations

import codecs
import csv
import io
import math
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wordvec.corpus.documents import Value
from wordvec.corpus.read import check_encoding
from wordvec.corpus.read.arrow import records_of_file, table_kind
from wordvec.corpus.read.decoding import is_wide, refuse_controls, refuse_zeros
from wordvec.corpus.read.document_texts import read_fields
from wordvec.corpus.read.records import block_of, tokens_of
from wordvec.corpus.read.replaced import Replaced
from wordvec.corpus.read.sniffing import DECLARED_DELIMITER, DELIMITERS, is_json, table_of
from wordvec.corpus.read.values import Tally, Unusable, is_missing, refuse_list_as_text
from wordvec.errors import CorpusError
from wordvec.json_forms import parse_json
from wordvec.progress import announce

PATH_COLUMNS = ("path", "file", "filename", "file_name", "file name", "document", "name")
PATH_COLUMNS += ("datei", "dateiname", "파일", "파일명")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods, .xls
LARGEST = 1 << 28  # bytes of a table, which is held in memory
NOTHING = ("",)  # cells without a value; "NA" is not one, since it may mean Namibia


class Row(NamedTuple):
    """A row of a table, and its location for messages."""

    where: str
    values: dict[str, Value]


def read_table(path: str | os.PathLike[str], encoding: str = "utf-8", errors: str = "strict") -> list[Row]:
    """The rows of a table, each with the same columns in the same order.

    CSV and TSV start with a row of names (delimited by commas, tabs, semicolons or bars). A table is in UTF-8, in
    UTF-16 with a byte-order mark, as spreadsheets write it, or in `encoding`, which the texts have. JSON Lines holds
    one object per line; a JSON list of objects is also accepted. Parquet, Feather and Arrow files are recognized by
    content. Empty cells are None; empty columns without a name are ignored. Raises CorpusError for a file of another
    kind, a damaged file, or rows that do not fit the first row.
    """
    path = Path(path)
    check_encoding(encoding, errors)
    try:
        if path.stat().st_size > LARGEST:
            raise CorpusError(f"{path}: a table of metadata may have {LARGEST:,} bytes; is it the text itself?")
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: the table of metadata cannot be read: {error.strerror or error}") from error
    rows = list(_rows(path, data, encoding, errors))
    if not rows:
        raise CorpusError(f"{path}: the table of metadata has no rows")
    return rows


def _rows(path: Path, data: bytes, encoding: str, errors: str) -> Iterator[Row]:
    kind = table_kind(data[:8])
    if kind is not None:
        return _of_columns(path, data, kind)
    if data.startswith(WORKBOOKS):
        raise CorpusError(f"{path}: is a workbook of a spreadsheet; save its sheet as CSV UTF-8, and give that")
    text = _decoded(path, data, encoding, errors)
    if text.lstrip().startswith("["):
        return _of_json_list(path, text)
    return _of_json(path, text) if is_json(text[: 1 << 16], str(path)) else _of_csv(path, text)


def _decoded(path: Path, data: bytes, given: str, errors: str) -> str:
    encoding = _encoding_of(path, data, given)
    refuse_zeros(data, str(path), encoding, 0)
    if errors == "strict":
        refuse_controls(data, str(path), encoding, 0)
    replaced = Replaced(encoding, errors)
    try:
        text = replaced.settled(data.decode(encoding, replaced.errors))
    except UnicodeError as error:
        start, shown = getattr(error, "start", 0), encoding.upper() if encoding.startswith("utf") else encoding
        raise CorpusError(
            f"{path}: byte {start} is not {shown}; save the table as UTF-8 (in a spreadsheet: CSV UTF-8), or give "
            "--encoding if the texts are in the same encoding"
        ) from None
    replaced.tell(f"the table {path}")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise CorpusError(f"{path}: the table of metadata is empty")
    return str(text)


def _encoding_of(path: Path, data: bytes, given: str) -> str:
    """The encoding of a table next to texts that are in the encoding `given`: that, unless its bytes are UTF-8."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):  # first: it begins like UTF-16's mark
        return "utf-32"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if codecs.lookup(given).name == "utf-8" or (data.isascii() and not is_wide(given)) or b"\0" in data:
        return given
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return given
    if not data.isascii():
        announce(f"{path}: is UTF-8, and read as that, not as the {given} of the texts (--encoding)")
    return "utf-8"


def column_of_paths(rows: list[Row], asked: str | None, table: object) -> str:
    """The column that names the files: the requested one, else the first of PATH_COLUMNS that exists."""
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
    said = DECLARED_DELIMITER.match(text)
    text = text[said.end() :] if said else text
    lines_before = 1 if said else 0
    table = table_of(text[: 1 << 16], f"{path}.csv")
    fits = table is not None and len(table.header) > 1
    delimiter, header = (table.delimiter, table.header) if table is not None and fits else _first_row(text)
    if len(header) < 2:
        raise CorpusError(
            f"{path}: a table of metadata has a row of names, such as path,year,author, and then a row per file, as "
            "CSV, TSV, JSON Lines or Parquet"
        )
    twice = next((name for name, times in Counter(header).items() if name and times > 1), None)
    if twice is not None:
        raise CorpusError(f"{path}: has the column {twice!r} twice; each column needs a name of its own")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        next(reader)
        line = lines_before + reader.line_num + 1
        for cells in reader:
            where, line = f"{path}: line {line}", lines_before + reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise CorpusError(
                    f"{where}: {len(cells)} cells in the row, {len(header)} expected: {cells!r:.80}; a cell that holds "
                    "the delimiter is put in quotes"
                )
            if nameless := [cell for name, cell in zip(header, cells) if not name and cell.strip()]:
                raise CorpusError(
                    f"{where}: {nameless[0]!r:.40} is in a column without a name; each column needs a name"
                )
            yield Row(where, {name: cell.strip() or None for name, cell in zip(header, cells) if name})
    except csv.Error as error:
        raise CorpusError(f"{path}: line {lines_before + reader.line_num}: is not a table row: {error}") from error


def _first_row(text: str) -> tuple[str, list[str]]:
    """Delimiter and names of an inconsistent table, if its first row has a name from PATH_COLUMNS.

    This lets the message say which row does not fit.
    """
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    header = [name.strip().strip('"') for name in first.split(delimiter)]
    return delimiter, header if {name.casefold() for name in header} & set(PATH_COLUMNS) else []


def _of_json_list(path: Path, text: str) -> Iterator[Row]:
    try:
        objects = parse_json(text)
    except ValueError as error:
        raise CorpusError(
            f"{path}: is not JSON: {error}; a list of objects, or one object per line is expected"
        ) from error
    yield from _with_columns((f"{path}: object {number}", value) for number, value in enumerate(objects, 1))


def _of_json(path: Path, text: str) -> Iterator[Row]:
    yield from _with_columns(_json_lines(path, text))


def _json_lines(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}: line {number}"
        try:
            value = parse_json(line)
        except ValueError as error:
            raise CorpusError(f"{where}: is not JSON: {error}; one object per line is expected") from error
        yield where, value


def _with_columns(objects: Iterable[tuple[str, Any]]) -> Iterator[Row]:
    columns: dict[str, None] = {}
    found = []
    for where, value in objects:
        if not isinstance(value, dict):
            raise CorpusError(f"{where}: an object such as {{'path': ..., 'year': ...}} expected; got {value!r:.60}")
        row = {name: plain_value(of, f"{where}: {name}") for name, of in value.items()}
        columns |= dict.fromkeys(row)
        found.append((where, row))
    for where, row in found:
        yield Row(where, {name: row.get(name) for name in columns})


def _of_columns(path: Path, data: bytes, kind: str) -> Iterator[Row]:
    for number, record in enumerate(records_of_file(io.BytesIO(data), kind, str(path)), 1):
        where = f"{path}: row {number}"
        yield Row(where, {name: plain_value(value, f"{where}: {name}") for name, value in record.items()})


def plain_value(value: Any, where: str) -> Value:
    """Convert a JSON or Parquet value to metadata: text, a number, a boolean or None; a date as ISO text.

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


class Record(NamedTuple):
    """A record's text, or list of tokens, and its metadata; `number` is its line, row or value in the file, from 1."""

    number: int
    text: str | list[str]
    values: tuple[Value, ...]


def _text_or_tokens(value: Any, field: str, tally: Tally) -> str | list[str] | Unusable:
    if isinstance(value, str):
        return block_of(value)
    if isinstance(value, list):
        return tokens_of(value, tally)
    return value if isinstance(value, Unusable) else Unusable(f"text expected in {field!r}; got {value!r:.60}")


def read_records(
    path: Path, field: str, fields: Sequence[str], encoding: str, errors: str, strict: bool = False
) -> Iterator[Record]:
    """Yield the records of a file that have text, or a list of tokens, in `field`, with the values of `fields`.

    Records without text are left out, counted and reported, or with `strict` an error. A field missing from a record
    is None; a field missing from every record is an error. Raises CorpusError for files of another kind.
    """
    tally = Tally(str(path), "records", strict, f" in {field!r}")
    never_seen = set(fields)
    for number, where, (value, *found) in read_fields(path, [field, *fields], encoding, errors, NOTHING):
        tally.total += 1
        if is_missing(value):
            tally.leave_out_missing(where)
            continue
        found_text = _text_or_tokens(value, field, tally)
        if isinstance(found_text, Unusable):
            tally.leave_out(f"{where}: {found_text.problem}", found_text.absent)
            continue
        if tally.total == 1 and isinstance(value, str):
            refuse_list_as_text(value, where)
        never_seen -= {name for name, of in zip(fields, found) if not isinstance(of, Unusable)}
        plain = (None if isinstance(of, Unusable) else plain_value(of, f"{where}: {n}") for n, of in zip(fields, found))
        yield Record(number, found_text, tuple(plain))
    tally.finish()
    if never_seen and tally.total:
        raise CorpusError(f"{path}: no record has a field {min(never_seen)!r}, which was named as metadata")

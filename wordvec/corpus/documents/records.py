"""Documents that are records: the text and the metadata are fields of JSON Lines, CSV, TSV or Parquet."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from wordvec.corpus.documents.documents import Value
from wordvec.corpus.documents.table import plain_value
from wordvec.corpus.read.arrow import table_kind
from wordvec.corpus.read.decoding import blocks_of_text, whole_lines
from wordvec.corpus.read.missing import Tally, Unusable, is_missing
from wordvec.corpus.read.readers import split_blocks
from wordvec.corpus.read.records import block_of, value_of
from wordvec.corpus.read.sniffing import HEAD, is_json, table_of
from wordvec.errors import CorpusError, MissingExtraError
from wordvec.files import parse_json

BATCH_ROWS = 512


class Record(NamedTuple):
    """The text of a record with its metadata; `number` is its line (JSON Lines, CSV) or row (Parquet), from 1."""

    number: int
    text: str
    values: tuple[Value, ...]


def read_records(
    path: Path, field: str, fields: Sequence[str], encoding: str, errors: str, strict: bool = False
) -> Iterator[Record]:
    """Yield the records of a file that have text in `field`, with the values of `fields`.

    What holds no text is left out, counted and reported, or with `strict` an error. A field that is missing in a
    record is None; one that no record has is an error. Raises CorpusError for files of another kind.
    """
    tally = Tally(str(path), "records", strict, f" in {field!r}")
    never_seen = set(fields)
    for number, record in _raw_records(path, field, encoding, errors):
        where = f"{path}: record {number}"
        tally.total += 1
        value = record if isinstance(record, Unusable) else value_of(record, field)
        if is_missing(value):
            tally.leave_out_missing(where)
            continue
        if isinstance(value, Unusable) or not isinstance(value, str):
            problem = value.problem if isinstance(value, Unusable) else f"text expected in {field!r}; got {value!r:.60}"
            tally.leave_out(f"{where}: {problem}")
            continue
        found = [value_of(record, name) for name in fields]
        never_seen -= {name for name, of in zip(fields, found) if not isinstance(of, Unusable)}
        plain = (None if isinstance(of, Unusable) else plain_value(of, f"{where}: {n}") for n, of in zip(fields, found))
        yield Record(number, block_of(value), tuple(plain))
    tally.finish()
    if never_seen and tally.total:
        raise CorpusError(f"{path}: no record has a field {min(never_seen)!r}, which was named as metadata")


def _raw_records(path: Path, field: str, encoding: str, errors: str) -> Iterator[tuple[int, Any]]:
    try:
        with open(path, "rb") as stream:
            if kind := table_kind(stream.peek(8)):
                yield from _of_parquet(path, kind)
                return
            yield from _of_lines(path, stream, field, encoding, errors)
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror or error}") from error


def _of_lines(path: Path, stream: BinaryIO, field: str, encoding: str, errors: str) -> Iterator[tuple[int, Any]]:
    lines = whole_lines(split_blocks(blocks_of_text(stream, str(path), encoding, errors, lambda size: None)), str(path))
    first: list[str] = []
    for line in lines:
        first.append(line)
        if len(first) == 20 or len(line) > HEAD:
            break
    head = "\n".join(first)[:HEAD]
    every = (line for part in (first, lines) for line in part)
    if is_json(head, str(path)):
        for number, line in enumerate(every, 1):
            if line.strip():
                yield number, _parsed(line)
        return
    table = table_of(head, str(path), field)
    if table is None or field not in table.header:
        raise CorpusError(
            f"{path}: metadata in fields is read from JSON Lines, Parquet, and CSV or TSV with a row of names, of "
            f"which one is {field!r}; for plain text give a table of metadata (--metadata TABLE)"
        )
    yield from _of_csv(path, (f"{line}\n" for line in every), table.delimiter)


def _parsed(line: str) -> Any:
    try:
        value = parse_json(line)
    except ValueError as error:
        return Unusable(f"is not JSON: {error}: {line!r:.60}; one object a line is expected")
    return value if isinstance(value, dict) else Unusable(f"an object expected; got {line:.60}")


def _of_csv(path: Path, lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, Any]]:
    csv.field_size_limit(max(csv.field_size_limit(), 1 << 26))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = [cell.strip() for cell in next(reader)]
        number = reader.line_num + 1
        for cells in reader:
            here, number = number, reader.line_num + 1
            if len(cells) == len(header):
                yield here, {name: cell if cell.strip() else None for name, cell in zip(header, cells)}
            elif cells:
                yield here, Unusable(f"{len(cells)} cells in the row, {len(header)} expected: {cells!r:.60}")
    except csv.Error as error:
        raise CorpusError(f"{path}: line {reader.line_num}: is no row of a table: {error}") from error


def _of_parquet(path: Path, kind: str) -> Iterator[tuple[int, Any]]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise MissingExtraError("pyarrow", "arrow", f"reading {path}") from None
    if kind != "Parquet":
        raise CorpusError(f"{path}: metadata in fields is read from Parquet, not from {kind}; write it as Parquet")
    number = 0
    try:
        for batch in parquet.ParquetFile(path).iter_batches(batch_size=BATCH_ROWS):
            for record in batch.to_pylist():
                number += 1
                yield number, record
    except pyarrow.ArrowException as error:
        raise CorpusError(f"{path}: damaged or cut off: not readable as Parquet ({error})") from error

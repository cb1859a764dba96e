"""Documents that are records: the text and the metadata are fields of JSON Lines, CSV, TSV or Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from wordvec.corpus.documents.documents import Value
from wordvec.corpus.documents.table import plain_value
from wordvec.corpus.read.arrow import table_kind
from wordvec.corpus.read.decoding import blocks_of_text, whole_lines
from wordvec.corpus.read.missing import Tally, Unusable, is_missing
from wordvec.corpus.read.readers import split_blocks, with_head
from wordvec.corpus.read.records import block_of, value_of
from wordvec.corpus.read.sniffing import is_json, table_of
from wordvec.corpus.read.structured import rows_of_csv, values_of_lines
from wordvec.errors import CorpusError, MissingExtraError

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
    name = str(path)
    head, blocks = with_head(blocks_of_text(stream, name, encoding, errors, lambda size: None))
    lines = whole_lines(split_blocks(blocks), name)
    if is_json(head, name):
        for number, value in values_of_lines(lines):
            is_object = isinstance(value, (dict, Unusable))
            yield number, value if is_object else Unusable(f"an object expected; got {value!r:.60}")
        return
    table = table_of(head, name, field)
    if table is None or field not in table.header:
        raise CorpusError(
            f"{path}: metadata in fields is read from JSON Lines, Parquet, and CSV or TSV with a row of names, of "
            f"which one is {field!r}; for plain text give a table of metadata (--metadata TABLE)"
        )
    rows = rows_of_csv(table, lines, name)
    next(rows)  # the names
    for number, row in rows:
        whole = not isinstance(row, Unusable)
        yield number, {n: cell if cell.strip() else None for n, cell in zip(table.header, row)} if whole else row


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

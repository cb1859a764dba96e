"""Documents that are records: text and metadata are fields of JSON, CSV, TSV, Parquet or Arrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from wordvec.corpus.documents.documents import Value
from wordvec.corpus.documents.table import plain_value
from wordvec.corpus.read.document_texts import read_fields
from wordvec.corpus.read.missing import Tally, Unusable, is_missing
from wordvec.corpus.read.records import block_of
from wordvec.errors import CorpusError

NOTHING = ("",)  # cells without a value; "NA" is not one, since it may mean Namibia


class Record(NamedTuple):
    """The text of a record with its metadata; `number` is its line, row or value in the file, from 1."""

    number: int
    text: str
    values: tuple[Value, ...]


def read_records(
    path: Path, field: str, fields: Sequence[str], encoding: str, errors: str, strict: bool = False
) -> Iterator[Record]:
    """Yield the records of a file that have text in `field`, with the values of `fields`.

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
        if isinstance(value, Unusable) or not isinstance(value, str):
            problem = value.problem if isinstance(value, Unusable) else f"text expected in {field!r}; got {value!r:.60}"
            tally.leave_out(f"{where}: {problem}")
            continue
        never_seen -= {name for name, of in zip(fields, found) if not isinstance(of, Unusable)}
        plain = (None if isinstance(of, Unusable) else plain_value(of, f"{where}: {n}") for n, of in zip(fields, found))
        yield Record(number, block_of(value), tuple(plain))
    tally.finish()
    if never_seen and tally.total:
        raise CorpusError(f"{path}: no record has a field {min(never_seen)!r}, which was named as metadata")

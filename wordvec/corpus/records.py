"""Text inside records: JSON Lines, Python dictionaries, data frames and Hugging Face data sets.

A record has named fields; `field` names the one that holds the text, and ``"a.b"`` the field ``b`` of the record in
field ``a``. Each record is a document: a line break inside it ends a sentence, as in a text file. A null holds no
text: nulls are left out, counted and reported. Everything else that is no text is an error that names the place.

Columns of Parquet and Arrow are read by `wordvec.corpus.arrow`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wordvec.errors import CorpusError, OptionError
from wordvec.progress import announce

JSON_NAMES = (".jsonl", ".ndjson", ".jsonlines", ".json")
BATCH = 1000  # records of a Hugging Face data set at a time
_MISSING = object()


def block_of(text: str) -> str:
    r"""The lines of a document, with ``\n`` between them, as reading it from a file would give them.

    >>> block_of("One.\r\nTwo.\n"), block_of("")
    ('One.\nTwo.', '')
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removesuffix("\n")


def check_field(field: str | None) -> None:
    """Raise OptionError when `field` is neither None nor a name."""
    if field is not None and (not isinstance(field, str) or not field):
        raise OptionError(f"field is the name of the field or column that holds the text; got {field!r}")


def value_of(record: Mapping[str, Any], field: str, where: str) -> Any:
    """The value of `field` in `record`. Raises CorpusError, listing the fields there are, where it is missing.

    >>> value_of({"page": {"text": "hello"}}, "page.text", "record 1")
    'hello'
    """
    if field in record:
        return record[field]
    value: Any = record
    for name in field.split("."):
        value = value.get(name, _MISSING) if isinstance(value, Mapping) else _MISSING
    if value is _MISSING:
        raise CorpusError(f"{where}: no field {field!r}; {names_of(record)}")
    return value


def names_of(record: Mapping[str, Any]) -> str:
    """A sentence that lists the fields of `record`."""
    names = [f"{name}.{inner}" for name, value in record.items() if isinstance(value, Mapping) for inner in value]
    names = [str(name) for name, value in record.items() if not isinstance(value, Mapping)] + names
    return f"it has: {', '.join(names[:20])}{', ...' if len(names) > 20 else ''}" if names else "it is empty"


def blocks_of_values(values: Iterable[tuple[Any, str]], name: str, field: str | None) -> Iterator[tuple[str, bool]]:
    """Yield (block, True) for each of the documents in (value, place) pairs; say at the end how many of them were null.

    Raises CorpusError, naming the place, for a value that is neither text nor null.
    """
    nulls = total = 0
    for value, where in values:
        total += 1
        if _is_null(value):
            nulls += 1
            continue
        if not isinstance(value, str):
            raise CorpusError(f"{where}: {_described(field)}text expected, got {type(value).__name__} {value!r:.80}")
        yield block_of(value), True
    if nulls:
        announce(f"{name}: {nulls:,} of {total:,} records hold no text (null){_in(field)}; they are left out")


def _is_null(value: object) -> bool:
    """None, and what data frames write for it: the float that is not a number, and pandas' NA."""
    return value is None or (isinstance(value, float) and value != value) or type(value).__name__ == "NAType"


def _described(field: str | None) -> str:
    return f"field {field!r}: " if field else ""


def _in(field: str | None) -> str:
    return f" in {field!r}" if field else ""


def blocks_of_json_lines(lines: Iterable[str], name: str, field: str, errors: str) -> Iterator[tuple[str, bool]]:
    """Yield the blocks of text in `field` of each JSON object; `lines` are those of the file called `name`.

    Blank lines are allowed. Raises CorpusError with file and line number for invalid JSON, a line that is no
    object, a missing field, a value that is no text, and half a character (an escaped surrogate by itself),
    unless `errors` is ``"replace"`` or ``"ignore"``.
    """
    return blocks_of_values(_json_values(lines, name, field, errors), name, field)


def _json_values(lines: Iterable[str], name: str, field: str, errors: str) -> Iterator[tuple[Any, str]]:
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        where = f"{name}: line {number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
            plain = "; leave field out to read plain text" if number == 1 else ""
            raise CorpusError(
                f"{where} is not JSON: {reason}: {line!r:.60}; one object a line is expected{plain}"
            ) from None
        if not isinstance(record, dict):
            kind = type(record).__name__
            raise CorpusError(f"{where} holds a JSON {kind}, but an object such as {{{field!r}: ...}} was expected")
        value = value_of(record, field, where)
        if isinstance(value, str) and not value.isascii():
            value = _without_surrogates(value, where, errors)
        yield value, where


def _without_surrogates(text: str, where: str, errors: str) -> str:
    r"""JSON can write half a character, ``"\ud83d"``, which no text file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        if errors == "strict":
            half = f"\\u{ord(text[error.start]):04x}"
            raise CorpusError(
                f"{where}: {half} is half a character, not text; go on with --encoding-errors replace"
            ) from None
        return text.encode("utf-16", "surrogatepass").decode("utf-16", errors)
    return text


def refuse_json_as_text(name: str, first_line: str) -> None:
    """Raise CorpusError: JSON is not read as plain text, with its brackets and names as words."""
    fields = ""
    try:
        record = json.loads(first_line)
        fields = f"; {names_of(record)}" if isinstance(record, dict) else ""
    except (ValueError, RecursionError):
        pass
    raise CorpusError(
        f"{name}: holds JSON: say which field holds the text, such as field='text' (--field text), or leave the file "
        f"out, with a pattern such as *.txt{fields}"
    )


def is_json_name(name: str) -> bool:
    """Whether a file called `name`, packed or not, should hold JSON.

    >>> is_json_name("wiki.jsonl.zst"), is_json_name("json.txt")
    (True, False)
    """
    name = name.lower()
    for suffix in (".gz", ".bz2", ".xz", ".zst"):
        name = name.removesuffix(suffix)
    return name.endswith(JSON_NAMES)


def is_table(source: object) -> bool:
    """Whether `source` is an object that `blocks_of_table` reads.

    That is a data set of Hugging Face, a table, column or stream of pyarrow, or a data frame of pandas or polars.
    Looking at its first item, as one may with other iterables, would not give text.
    """
    package = type(source).__module__.partition(".")[0]
    if package == "datasets":
        return hasattr(source, "column_names") or isinstance(source, Mapping)
    return package == "pyarrow" or (package in ("pandas", "polars") and type(source).__name__ == "DataFrame")


def blocks_of_table(source: Any, field: str | None) -> Iterator[tuple[str, bool]]:
    """Yield the blocks of text in column `field` of an object for which `is_table` is true."""
    kind = f"{type(source).__module__.partition('.')[0]} {type(source).__name__}"
    if kind.startswith("pyarrow"):
        from wordvec.corpus.arrow import values_of_object

        return blocks_of_values(values_of_object(source, field), kind, field)
    if isinstance(source, Mapping):  # DatasetDict
        raise CorpusError(
            f"{kind}: has the splits {', '.join(source)}: pass one of them, such as data[{next(iter(source))!r}]"
        )
    is_frame = kind.endswith("DataFrame")
    names = source.columns if is_frame else source.column_names
    names = None if names is None else [str(name) for name in names]  # a streamed data set may not know them
    having = f"; it has: {', '.join(names)}" if names else ""
    if field is None:
        raise CorpusError(f"{kind}: say which column holds the text, such as field='text'{having}")
    if names is not None and field not in names and (is_frame or field.partition(".")[0] not in names):
        raise CorpusError(f"{kind}: no column {field!r}{having}")
    if names is not None and names.count(field) > 1:
        raise CorpusError(f"{kind}: has several columns called {field!r}; rename all but one")
    values = enumerate(source[field], 1) if is_frame else _values_of_data_set(source, names, field)
    return blocks_of_values(((value, f"{kind}: row {row}") for row, value in values), kind, field)


def _values_of_data_set(source: Any, names: list[str] | None, field: str) -> Iterator[tuple[int, Any]]:
    """Yield (row, value); of a column that holds records, the field `field` goes on to name."""
    column = field if names is None or field in names else field.partition(".")[0]
    if names is not None:
        source = source.select_columns([column])  # no other column is decoded: images, sound
    rows_before = 0
    for batch in source.with_format(None).iter(batch_size=BATCH):
        if column not in batch:
            column = column.partition(".")[0]
        if column not in batch:
            raise CorpusError(f"datasets: row {rows_before + 1}: no column {field!r}; {names_of(batch)}")
        for row, value in enumerate(batch[column], rows_before + 1):
            where = f"datasets: row {row}"
            yield row, value if value is None or column == field else value_of({column: value}, field, where)
        rows_before += len(batch[column])


def blocks_of_records(records: Iterable[Any], field: str) -> Iterator[tuple[str, bool]]:
    """Yield the blocks of text in `field` of dictionaries, from any iterable."""
    if isinstance(records, (bytes, bytearray)) or not isinstance(records, Iterable):
        raise CorpusError(f"records with a field {field!r} expected, or files of them; got {type(records).__name__}")

    def values() -> Iterator[tuple[Any, str]]:
        for number, record in enumerate(records, 1):
            if not isinstance(record, Mapping):
                kind = type(record).__name__
                raise CorpusError(
                    f"item {number} is a {kind}, {record!r:.60}, but with field={field!r} a dictionary was expected; "
                    "leave field out for lines of text or lists of tokens"
                )
            where = f"record {number}"
            yield value_of(record, field, where), where

    return blocks_of_values(values(), type(records).__name__, field)

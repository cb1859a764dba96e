"""Reads text columns of Parquet, Feather and Arrow files and of pyarrow tables, in batches of rows."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from wordvec.corpus.read.values import Row
from wordvec.errors import CorpusError, MissingExtraError

BATCH_ROWS = 512  # documents held at a time
MAGIC = {  # first bytes of columnar files; the byte after the letters excludes a text about the gene PAR1
    "Parquet": re.compile(rb"PAR1[\x00-\x08\x0e-\x1f\x80-\xff]"),
    "Arrow": re.compile(rb"ARROW1\x00"),
    "Feather version 1": re.compile(rb"FEA1\x00"),
    "Arrow stream": re.compile(rb"\xff{4}"),
}

# Errors that pyarrow raises for false lengths and for column names that are not UTF-8.
DAMAGED = (OSError, EOFError, MemoryError, OverflowError, SystemError, UnicodeDecodeError)
Values = Iterator[tuple[Any, str]]


def table_kind(head: bytes) -> str | None:
    r"""The kind of columnar file that begins with `head`, or None. No text begins like this.

    >>> table_kind(b"PAR1\x15\x04"), table_kind(b"PAR1 is a gene")
    ('Parquet', None)
    """
    return next((kind for kind, magic in MAGIC.items() if magic.match(head)), None)


def values_of_file(
    file: BinaryIO, kind: str, name: str, field: str | None, errors: str, on_bytes: Callable[[int], None]
) -> Values:
    """Yield (value, place) of the column `field`, see `rows_of_file`."""
    for row in rows_of_file(file, kind, name, [field], errors, on_bytes):
        yield row.values[0], row.where


def rows_of_file(
    file: BinaryIO,
    kind: str,
    name: str,
    fields: Sequence[str | None],
    encoding_errors: str,
    on_bytes: Callable[[int], None] = lambda size: None,
) -> Iterator[Row]:
    """Yield the values of `fields` in each row of an open file; `kind` comes from `table_kind`.

    The first field holds the text; the others may have any type. Raises CorpusError for a missing or unsuitable column
    and a damaged file, MissingExtraError without pyarrow.
    """
    pyarrow = _pyarrow_for(name, kind)
    size = os.fstat(file.fileno()).st_size if file.seekable() else 0
    number = reported = 0
    with _damage_named(pyarrow, name, kind):
        schema, batches = _opened(pyarrow, file, kind, fields)
        columns = [_column(pyarrow, schema, field, name, any_type=i > 0) for i, field in enumerate(fields)]
        for batch, share_read in batches:
            found = [_texts(pyarrow, of(batch), f"{name}: row", number, encoding_errors) for of in columns]
            for values in zip(*found):
                number += 1
                yield Row(number, f"{name}: row {number}", list(values))
            on_bytes(int(share_read * size) - reported)
            reported = int(share_read * size)
    on_bytes(size - reported)


def records_of_file(file: BinaryIO, kind: str, name: str) -> list[dict[str, Any]]:
    """All rows of a small file as dictionaries by column name. Raises as `rows_of_file`."""
    pyarrow = _pyarrow_for(name, kind)
    with _damage_named(pyarrow, name, kind):
        if kind == "Parquet":
            from pyarrow import parquet

            table = parquet.read_table(file)
        else:
            schema, batches = _opened(pyarrow, file, kind, ())
            table = pyarrow.Table.from_batches((batch for batch, _ in batches), schema)
        table.validate(full=True)  # otherwise pyarrow follows false offsets
    if twice := [column for column, number in Counter(table.column_names).items() if number > 1]:
        raise CorpusError(f"{name}: has the column {twice[0]!r} twice; each column needs a name of its own")
    try:
        return list(table.to_pylist())
    except (*DAMAGED, pyarrow.ArrowException, ValueError) as error:  # dates out of Python's range, unknown time zones
        raise CorpusError(
            f"{name}: holds a value that cannot be read ({error}); write it as text or a number"
        ) from error


def _opened(
    pyarrow: Any, file: BinaryIO, kind: str, fields: Sequence[str | None]
) -> tuple[Any, Iterator[tuple[Any, float]]]:
    """The schema, and batches of rows with the share of the file read so far; Parquet reads only requested columns."""
    if kind == "Parquet":
        from pyarrow import parquet

        reader = parquet.ParquetFile(file, buffer_size=1 << 20, pre_buffer=False)  # else it holds everything
        return reader.schema_arrow, _of_parquet(reader, fields)
    if kind == "Arrow":
        reader = pyarrow.ipc.open_file(file)
        many = reader.num_record_batches
        return reader.schema, ((reader.get_batch(i), (i + 1) / many) for i in range(many))
    reader = pyarrow.ipc.open_stream(file)
    return reader.schema, ((batch, 0.0) for batch in reader)


def _of_parquet(reader: Any, fields: Sequence[str | None]) -> Iterator[tuple[Any, float]]:
    batches = reader.iter_batches(batch_size=BATCH_ROWS, columns=list(dict.fromkeys(fields)))
    for number, batch in enumerate(batches, 1):
        yield batch, min(1, number * BATCH_ROWS / reader.metadata.num_rows)


def values_of_object(source: Any, field: str | None) -> Values:
    """Yield (value, place) of a pyarrow table, batch, stream, data set, scanner, ParquetFile or column.

    Any other object with an Arrow stream (``__arrow_c_stream__``), such as a DuckDB relation, is accepted, too.
    """
    package = type(source).__module__.partition(".")[0]
    name = f"{package.lstrip('_')} {type(source).__name__}"
    pyarrow = _pyarrow(name)
    if package != "pyarrow":
        source = pyarrow.RecordBatchReader.from_stream(source)
    if isinstance(source, (pyarrow.ChunkedArray, pyarrow.Array)):
        if field is not None:
            raise CorpusError(f"{name}: is one column and has no field {field!r}; leave field out")
        _check_type(pyarrow, source.type, name)
        arrays = source.chunks if isinstance(source, pyarrow.ChunkedArray) else [source]
    else:
        schema, batches = _batches(pyarrow, source)
        if schema is None:
            raise CorpusError(f"{name}: a table or a column of text was expected")
        arrays = map(_column(pyarrow, schema, field, name), batches)
    row = 0
    for array in arrays:
        for begin in range(0, len(array), BATCH_ROWS):
            for value in _texts(pyarrow, array.slice(begin, BATCH_ROWS), f"{name}: row", row, "strict"):
                row += 1
                yield value, f"{name}: row {row}"


def _batches(pyarrow: Any, source: Any) -> tuple[Any, Any]:
    """The schema and the batches of rows of a pyarrow object; the schema is None if it is not a table."""
    if isinstance(source, pyarrow.RecordBatch):
        return source.schema, [source]
    if hasattr(source, "schema_arrow"):  # ParquetFile
        return source.schema_arrow, source.iter_batches()
    schema = getattr(source, "projected_schema", getattr(source, "schema", None))  # of a Scanner, of others
    return schema, source.to_batches() if hasattr(source, "to_batches") else source


def _pyarrow(name: str) -> Any:
    try:
        import pyarrow.ipc
    except ImportError:
        raise MissingExtraError("pyarrow", "arrow", f"reading {name}") from None
    return pyarrow


def _pyarrow_for(name: str, kind: str) -> Any:
    if kind.startswith("Feather"):
        raise CorpusError(f"{name}: is {kind}, which newer libraries no longer read; write it again as version 2")
    return _pyarrow(name)


@contextmanager
def _damage_named(pyarrow: Any, name: str, kind: str) -> Iterator[None]:
    try:
        yield
    except DAMAGED + (pyarrow.ArrowException,) as error:  # ArrowIOError is OSError
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CorpusError(f"{name}: damaged or cut off: not readable as {kind} ({reason}); fetch it again") from error


def _column(pyarrow: Any, schema: Any, field: str | None, name: str, any_type: bool = False) -> Callable[[Any], Any]:
    """A function from a batch to the array of the column `field`, after checking the column's type."""
    having = ", ".join(f"{column.name} ({column.type})" for column in list(schema)[:20])
    if field is None:
        raise CorpusError(
            f"{name}: say which column holds the text, such as field='text' (--field text); it has: {having}"
        )
    path = [field] if field in schema.names else field.split(".")
    if schema.names.count(path[0]) > 1:
        raise CorpusError(f"{name}: has several columns called {path[0]!r}; rename all but one")
    inner: Any = schema
    for part in path:
        is_record = inner is schema or pyarrow.types.is_struct(inner)
        index = inner.get_field_index(part) if is_record else -1
        if index < 0:
            raise CorpusError(f"{name}: no column {field!r}; it has: {having}")
        inner = inner.field(index).type
    if not any_type:
        _check_type(pyarrow, inner, f"{name}: column {field!r}")

    def extract(batch: Any) -> Any:
        array = batch.column(batch.schema.get_field_index(path[0]))
        if len(path) == 1:
            return array
        import pyarrow.compute

        return pyarrow.compute.struct_field(array, path[1:])

    return extract


def _check_type(pyarrow: Any, kind: Any, where: str) -> None:
    """Raise CorpusError unless the column holds text, or lists of text or of whole numbers."""
    types = pyarrow.types
    values = kind.value_type if types.is_dictionary(kind) else kind
    lists = ("is_list", "is_large_list", "is_fixed_size_list", "is_list_view", "is_large_list_view")
    if any(getattr(types, is_kind)(values) for is_kind in lists if hasattr(types, is_kind)):
        items = values.value_type
        items = items.value_type if types.is_dictionary(items) else items
        if _is_text(pyarrow, items) or types.is_integer(items):
            return
    elif _is_text(pyarrow, values) or types.is_binary(values) or types.is_large_binary(values):
        return
    log = "; of a log with a row for each event, gather the items of a session into a list first"
    raise CorpusError(
        f"{where}: holds {kind}, but text (string), or lists of text or of whole numbers as tokens, were expected"
        + (log if types.is_integer(values) else "")
    )


def _is_text(pyarrow: Any, kind: Any) -> bool:
    types = pyarrow.types
    views = [getattr(pyarrow, maker)() for maker in ("string_view", "binary_view") if hasattr(pyarrow, maker)]
    return kind in views or types.is_string(kind) or types.is_large_string(kind) or types.is_null(kind)


def _texts(pyarrow: Any, array: Any, where: str, row: int, errors: str) -> Iterator[Any]:
    """The values of `array` as strings, lists of tokens or None; bytes are decoded as UTF-8."""
    if pyarrow.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    try:
        array.validate(full=True)  # false offsets would let pyarrow read outside its memory
    except pyarrow.ArrowInvalid as error:
        if "UTF8" not in str(error):  # offsets are validated before text
            raise
    try:
        values = array.to_pylist()
    except UnicodeDecodeError:  # a string column may hold bytes that are not UTF-8
        values = array.cast(pyarrow.large_binary()).to_pylist()
    for number, value in enumerate(values, row + 1):
        if not isinstance(value, bytes):
            yield value
            continue
        try:
            yield value.decode("utf-8", errors)
        except UnicodeDecodeError as error:
            raise CorpusError(
                f"{where} {number}: byte {error.start} (0x{value[error.start]:02x}) is not UTF-8: {error.reason}; "
                "continue with --encoding-errors replace"
            ) from None

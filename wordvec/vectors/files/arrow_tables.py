"""Vectors as Parquet and as Arrow IPC files: the table of `WordVectors.to_arrow`; and Arrow files, batch by batch."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from wordvec.errors import MissingExtraError
from wordvec.files import replace_file
from wordvec.vectors.files.writing import written_rows
from wordvec.vectors.frames import to_arrow
from wordvec.vectors.word_rows import WordRows


def write_parquet(vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write one Parquet file with the columns word, count (where known) and vector, and `info` in its metadata.

    Raises MissingExtraError without pyarrow, InputError for nan and infinity.
    """
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError("pyarrow", "arrow", "writing Parquet") from error
    table = _checked_table(vectors)
    with replace_file(path) as file:
        parquet.write_table(table, file)


def write_arrow(vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write the same table as an Arrow IPC file (Feather version 2), not packed, which other programs can map."""
    try:
        from pyarrow import ipc
    except ImportError as error:
        raise MissingExtraError("pyarrow", "arrow", "writing an Arrow file") from error
    table = _checked_table(vectors)
    with replace_file(path) as file, ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _checked_table(vectors: WordRows) -> Any:
    for _ in written_rows(vectors):  # raises for nan and infinity, which readers leave out
        pass
    return to_arrow(vectors)


def arrow_batches(pyarrow: Any, path: str | os.PathLike[str]) -> tuple[Any, Iterator[Any]]:
    """The schema and the record batches of an Arrow IPC file. Raises pyarrow's errors for a damaged one."""
    from pyarrow import ipc

    reader = ipc.open_file(os.fspath(path))
    return reader.schema, _checked_batches(reader)


def _checked_batches(reader: Any) -> Iterator[Any]:
    for number in range(reader.num_record_batches):
        batch = reader.get_batch(number)
        batch.validate(full=True)  # offsets that lie would lead pyarrow into foreign memory
        yield batch


def sliced(batches: Iterator[Any], rows: int, columns: Sequence[str]) -> Iterator[Any]:
    """Some columns of record batches, cut to at most `rows` rows each."""
    for batch in batches:
        chosen = batch.select(list(columns))
        for first in range(0, batch.num_rows, rows):
            yield chosen.slice(first, rows)

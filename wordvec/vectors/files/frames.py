"""Vectors as objects of other libraries: pandas and polars data frames, Arrow tables and files, PyTorch's Embedding."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from wordvec.errors import MissingExtraError
from wordvec.files import replace_file
from wordvec.vectors.files.writing import written_rows
from wordvec.vectors.rows import info_text
from wordvec.vectors.subwords import info_without_ngrams
from wordvec.vectors.word_bytes import whole_words
from wordvec.vectors.word_rows import WordRows

EXTRAS = {"pandas": "frames", "polars": "frames", "pyarrow": "arrow", "torch": "torch"}


def to_pandas(vectors: WordRows) -> Any:
    """See `WordVectors.to_pandas`."""
    pandas = _package("pandas", "to_pandas")
    index = pandas.Index(whole_words(vectors.words), name="word")
    return pandas.DataFrame(np.array(_rows(vectors)), index=index)


def to_polars(vectors: WordRows) -> Any:
    """See `WordVectors.to_polars`."""
    polars = _package("polars", "to_polars")
    columns = {"word": polars.Series(whole_words(vectors.words), dtype=polars.String)}
    if vectors.counts is not None:
        columns["count"] = polars.Series(np.asarray(vectors.counts))
    columns["vector"] = polars.Series(_rows(vectors), dtype=polars.Array(polars.Float32, vectors.dim))
    return polars.DataFrame(columns)


def to_arrow(vectors: WordRows) -> Any:
    """See `WordVectors.to_arrow`."""
    pyarrow = _package("pyarrow", "to_arrow")
    columns: dict[str, Any] = {"word": pyarrow.array(whole_words(vectors.words), pyarrow.string())}
    if vectors.counts is not None:
        columns["count"] = pyarrow.array(np.asarray(vectors.counts))
    flat = pyarrow.array(_rows(vectors).ravel())
    columns["vector"] = pyarrow.FixedSizeListArray.from_arrays(flat, vectors.dim)
    about = info_text({"info": info_without_ngrams(vectors.info)})
    return pyarrow.table(columns).replace_schema_metadata({"wordvec": about})


def to_torch(vectors: WordRows, freeze: bool = True) -> Any:
    """See `WordVectors.to_torch`."""
    torch = _package("torch", "to_torch")
    rows = np.array(vectors.rows(slice(None)))  # a copy: torch warns about read-only arrays
    return torch.nn.Embedding.from_pretrained(torch.from_numpy(rows), freeze=freeze)


def _rows(vectors: WordRows) -> np.ndarray:
    return np.ascontiguousarray(vectors.rows(slice(None)))


def _package(name: str, purpose: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtraError(name, EXTRAS[name], purpose) from error


# The table of `WordVectors.to_arrow` as Parquet and Arrow IPC files; and reading Arrow files batch by batch.


def write_parquet(vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write one Parquet file with the columns word, count (if known) and vector, and `info` in its metadata.

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
    """Write the same table as an uncompressed Arrow IPC file (Feather version 2), which other programs can map."""
    try:
        from pyarrow import ipc
    except ImportError as error:
        raise MissingExtraError("pyarrow", "arrow", "writing an Arrow file") from error
    table = _checked_table(vectors)
    with replace_file(path) as file, ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _checked_table(vectors: WordRows) -> Any:
    for _ in written_rows(vectors):  # raises for nan and infinity, which readers would leave out
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
        batch.validate(full=True)  # false offsets would let pyarrow read outside its memory
        yield batch


def sliced(batches: Iterator[Any], rows: int, columns: Sequence[str]) -> Iterator[Any]:
    """Some columns of record batches, cut to at most `rows` rows each."""
    for batch in batches:
        chosen = batch.select(list(columns))
        for first in range(0, batch.num_rows, rows):
            yield chosen.slice(first, rows)

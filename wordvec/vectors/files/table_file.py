"""Vectors in tables: Parquet and Arrow files with a column of words and one of vectors, and JSON Lines of the same.

`wordvec export --parquet` writes such a table. The word column is the only text column, or has a name from WORDS; the
vector column is the only column of lists of numbers, or has a name from VECTORS. Without a vector column, all float
columns together are the vectors, unless most of their names are numbered and some are not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from wordvec.corpus.read.arrow import table_kind
from wordvec.errors import MissingExtraError, VectorsFileError, describe
from wordvec.vectors.files.chunks import BYTE_ORDER_MARK, bounded_json, check_memory
from wordvec.vectors.files.frames import arrow_batches, sliced
from wordvec.vectors.files.reading import ANOTHER_LENGTH, MANY, Reading
from wordvec.vectors.files.row_builder import RowBuilder
from wordvec.vectors.files.text_file import line_blocks
from wordvec.vectors.files.text_layout import are_numbers
from wordvec.vectors.word_bytes import encode_word
from wordvec.vectors.word_rows import WordRows

WORDS = ("word", "token", "text", "label", "term", "name", "key", "__index_level_0__")
VECTORS = ("vector", "embedding", "vectors", "embeddings", "emb")
COUNTS = ("count", "counts", "frequency")
DICTIONARY = re.compile(rb'\s*\{\s*"(?:[^"\\]|\\.){1,1000}"\s*:\s*\[\s*(?:[-0-9]|NaN|Infinity|null)')
LIST = re.compile(rb'\s*\[\s*\{[^][{}]{0,1000}?"(?:' + "|".join((*WORDS, *VECTORS)).encode() + rb')"\s*:')
NUMBERED = re.compile(r"(.*?[^\d,.]|)([0-9]{1,9})")
ROWS = 64  # read at a time
VALUES = 1 << 16  # scanned at a time


def read_table(reading: Reading) -> WordRows:
    """Read the words and vectors of a Parquet or Arrow IPC file.

    Raises VectorsFileError for other columns and a damaged file, MissingExtraError without pyarrow.
    """
    try:
        import pyarrow
    except ImportError as error:
        raise MissingExtraError("pyarrow", "arrow", f"reading {reading.path}") from error
    try:
        return _read_columns(reading, pyarrow)
    except (pyarrow.ArrowException, OSError, ValueError, MemoryError, OverflowError, SystemError) as error:
        if isinstance(error, VectorsFileError):
            raise
        raise reading.error(f"not a readable table of vectors: {_one_line(error)}") from error


def _read_columns(reading: Reading, pyarrow: Any) -> WordRows:
    from pyarrow import parquet

    opened = None
    if is_arrow(reading.path):
        schema, batches = arrow_batches(pyarrow, reading.path)
    else:
        opened = parquet.ParquetFile(reading.path, buffer_size=1 << 20, pre_buffer=False)
        schema = opened.schema_arrow
    word = _column(reading, schema, WORDS, _is_text(pyarrow), "of text")
    lists = [field.name for field in schema if _is_list(pyarrow)(field.type)]
    vector = _column(reading, schema, VECTORS, _is_list(pyarrow), "of lists of numbers") if lists else None
    floats = [field.name for field in schema if pyarrow.types.is_floating(field.type)]
    if vector is None and not floats:
        raise reading.error(f"a column of vectors expected; its columns are {_names(schema)}")
    if vector is None:
        _check_all_numbered(reading, floats)
    columns = [vector] if vector is not None else floats
    count = next((name for name in COUNTS if name in schema.names and _is_whole(pyarrow, schema, name)), None)
    wanted = [word, *columns, *([count] if count else [])]
    if opened is not None:
        _check_numbers(reading, opened, columns)
    builder: RowBuilder | None = None
    counts: list[Any] = []
    done = 0
    for rows in sliced(batches, ROWS, wanted) if opened is None else opened.iter_batches(ROWS, columns=wanted):
        values = _values(rows, columns, vector is not None)
        builder = _add(reading, builder, rows.column(word).to_pylist(), values, done)
        counts += rows.column(count).to_pylist() if count else []
        done += rows.num_rows
    if builder is None:
        raise reading.error("no rows in it")
    vectors = builder.finish(_info(reading, schema))
    if any(value is None for value in counts) or not counts:
        return vectors
    kept = np.array(counts, np.int64)[builder.places]
    return WordRows(vectors.words, vectors.matrix, kept, vectors.info, scales=vectors.scales)


def are_numbered(names: Sequence[str]) -> bool:
    """Whether at least two names are one text, or none, followed by consecutive whole numbers.

    >>> are_numbered(["d0", "d1", "d2"]), are_numbered(["d0", "frequency"]), are_numbered(["0.1", "0.2"])
    (True, False, False)
    """
    decimals = [name for name in names if not name.isdigit() and are_numbers([name.encode("utf-8", "surrogateescape")])]
    found = [] if decimals else [match for name in names if (match := NUMBERED.fullmatch(name))]
    if len(names) < 2 or len(found) < len(names) or any(match[1] != found[0][1] for match in found):
        return False
    return [int(match[2]) for match in found] == list(range(int(found[0][2]), int(found[0][2]) + len(found)))


def _check_all_numbered(reading: Reading, columns: Sequence[str]) -> None:
    """Raise VectorsFileError if most columns are numbered and some are not: these are something else."""
    numbered = [name for name in columns if NUMBERED.fullmatch(name)]
    others = [name for name in columns if name not in numbered]
    if others and 2 * len(numbered) > len(columns) and are_numbered(numbered):
        raise reading.error(
            f"{len(numbered):,} columns of numbers from {describe(numbered[0])} to {describe(numbered[-1])}, and "
            f"beside them {', '.join(map(describe, others[:3]))}, which may be no part of the vectors: leave it "
            "out, or number it like the others"
        )


def is_arrow(path: str | os.PathLike[str]) -> bool:
    """Whether a file is an Arrow IPC file."""
    with open(path, "rb") as file:
        return table_kind(file.read(8)) == "Arrow"


def _check_numbers(reading: Reading, opened: Any, columns: Sequence[str]) -> None:
    """Count the numbers in the columns before unpacking, since a small file can repeat a number a billion times.

    The columns are scanned in parts first: there pyarrow raises an error if a footer contradicts itself, while
    `group.column` would end the process.
    """
    places = range(opened.metadata.num_columns)
    chosen = [i for i in places if opened.schema.column(i).path.split(".")[0] in columns]
    opened.scan_contents(chosen, VALUES)
    groups = (opened.metadata.row_group(i) for i in range(opened.metadata.num_row_groups))
    numbers = sum(group.column(i).num_values for group in groups for i in chosen)
    way_out = "write its vectors in another format with the program that made it"
    check_memory(reading.path, os.path.getsize(reading.path), 4 * numbers, "its matrix", way_out)


def _values(rows: Any, columns: Sequence[str], is_list: bool) -> Sequence[Any]:
    """The vector of each row as an array; None if missing."""
    if is_list:
        return [None if value is None else np.asarray(value) for value in rows.column(columns[0]).to_pylist()]
    return list(np.stack([np.asarray(rows.column(name), np.float64) for name in columns], axis=1))


def _add(
    reading: Reading, builder: RowBuilder | None, words: Sequence[Any], values: Sequence[Any], first: int
) -> RowBuilder | None:
    """Add rows to the builder; rows without a word or with a different length are left out and reported."""
    kept_words: list[bytes] = []
    rows: list[np.ndarray] = []
    places: list[int] = []
    for place, (word, value) in enumerate(zip(words, values), first):
        row = _row(value)
        if row is not None and builder is None:
            builder = RowBuilder(reading, len(row), "row")
        if row is None or builder is None or len(row) != builder.dim or not isinstance(word, str) or not word:
            wanted = f"a word and {builder.dim} numbers" if builder is not None else "a word and its numbers"
            found = describe(value) if row is None else f"{len(row)} numbers"
            reading.repair(ANOTHER_LENGTH, f"row {place}: expected {wanted}; got {describe(word)} and {found}")
            reading.check_left_out(len(rows) + (0 if builder is None else builder.kept), at_least=MANY)
            continue
        kept_words.append(encode_word(word))
        rows.append(row)
        places.append(place)
    if builder is not None and rows:
        builder.add(kept_words, np.array(rows, np.float32), np.array(places))
    return builder


def _row(value: Any) -> np.ndarray | None:
    if isinstance(value, list):
        if not all(type(number) in (int, float) for number in value):
            return None
        value = np.array([number if abs(number) < 2**1023 else np.inf for number in value], np.float64)
    if not isinstance(value, np.ndarray) or value.ndim != 1 or not len(value) or value.dtype.kind not in "fiu":
        return None
    with np.errstate(over="ignore"):
        return value.astype(np.float32)


def _column(reading: Reading, schema: Any, names: Sequence[str], fits: Any, what: str) -> str:
    """The first of `names` that fits, or else the only column that fits."""
    fitting = [field.name for field in schema if fits(field.type)]
    found = next((name for name in names if name in fitting), None)
    if found is None and len(fitting) == 1:
        found = fitting[0]
    if found is None:
        raise reading.error(
            f"one column {what} expected, or one called {', '.join(names[:3])}; its columns are {_names(schema)}"
        )
    return found


def _is_text(pyarrow: Any) -> Any:
    types = pyarrow.types
    return lambda kind: (
        types.is_string(kind)
        or types.is_large_string(kind)
        or (types.is_dictionary(kind) and (types.is_string(kind.value_type) or types.is_large_string(kind.value_type)))
    )


def _is_list(pyarrow: Any) -> Any:
    types = pyarrow.types

    def fits(kind: Any) -> bool:
        listed = types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
        return bool(listed and (types.is_floating(kind.value_type) or types.is_integer(kind.value_type)))

    return fits


def _is_whole(pyarrow: Any, schema: Any, name: str) -> bool:
    return bool(pyarrow.types.is_integer(schema.field(name).type))


def _names(schema: Any) -> str:
    shown = [f"{describe(field.name)} ({str(field.type)[:40]})" for field in list(schema)[:8]]
    return ", ".join(shown) + (", ..." if len(schema) > 8 else "")


def _info(reading: Reading, schema: Any) -> dict[str, Any]:
    """The `info` that `wordvec export --parquet` wrote."""
    text = (schema.metadata or {}).get(b"wordvec")
    about = bounded_json(text, os.path.getsize(reading.path)) if text else None
    info = about.get("info") if isinstance(about, dict) else None
    return dict(info) if isinstance(info, dict) else {}


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]


def read_json(reading: Reading) -> WordRows:
    """Read JSON objects with a word and numbers, as JSON Lines or in a list; or one JSON object {word: [numbers]}."""
    builder: RowBuilder | None = None
    for number, (word, value) in enumerate(_json_pairs(reading), 1):
        builder = _add(reading, builder, [word], [value], number)
    if builder is None:
        raise reading.error("no vectors in it")
    return builder.finish()


def _json_pairs(reading: Reading) -> Iterator[tuple[Any, Any]]:
    size = os.path.getsize(reading.path)
    with open(reading.path, "rb") as file:
        first = file.readline(1 << 26)
    if is_record(first):
        for block in line_blocks(reading):
            for line in block.split(b"\n"):
                if line.strip():
                    yield _of_line(line)
        return
    check_memory(reading.path, 3 * size, size, "it", "write it as JSON Lines")
    with open(reading.path, "rb") as file:
        text = file.read().removeprefix(BYTE_ORDER_MARK)
    try:
        entries = bounded_json(text, size)
    except ValueError as error:
        raise reading.error(f"not JSON as it should be: {error}") from error
    yield from entries.items() if isinstance(entries, dict) else map(_of_record, entries)


def _of_line(line: bytes) -> tuple[Any, Any]:
    try:
        return _of_record(bounded_json(line, len(line)))
    except ValueError:
        return None, None


def _of_record(record: Any) -> tuple[Any, Any]:
    if not isinstance(record, dict):
        return None, None
    word = next((record[name] for name in WORDS if isinstance(record.get(name), str)), None)
    value = next((record[name] for name in VECTORS if isinstance(record.get(name), list)), None)
    return word, value


def is_record(line: bytes) -> bool:
    """Whether a line is a JSON object with a word and a vector."""
    try:
        record = bounded_json(line.removeprefix(BYTE_ORDER_MARK), len(line))
    except ValueError:
        return False
    if not isinstance(record, dict) or not any(isinstance(record.get(name), str) for name in WORDS):
        return False
    return any(isinstance(record.get(name), list) for name in VECTORS)


def is_dictionary(head: bytes) -> bool:
    """Whether a text begins like a JSON object {word: [numbers]}, or like a list of records with both."""
    return DICTIONARY.match(head) is not None or LIST.match(head) is not None

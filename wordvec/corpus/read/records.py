"""Text inside records: Python dictionaries, data frames and Hugging Face data sets.

A record has named fields; `field` names the one that holds the text. ``"a.b"`` is the field ``b`` of the record in
field ``a``. Each record is a document: a line break inside it ends a sentence, as in a text file. A list in the field
is a sentence of tokens, used unchanged. Missing values, and records without the field, are left out, counted and
reported; with `strict` they are errors.

JSON and CSV are read by `wordvec.corpus.read.structured`, columns of Parquet and Arrow by `arrow`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from wordvec.corpus.read.sources import gives_arrow, is_table, is_unordered
from wordvec.corpus.read.values import (
    Tally,
    Unusable,
    as_token,
    as_tokens,
    is_missing,
    listed_items,
    names_of,
    refuse_lines_as_tokens,
    refuse_list_as_text,
    value_of,
    without_gaps,
)
from wordvec.errors import CorpusError, OptionError

BATCH = 1000  # records of a Hugging Face data set at a time
LISTS = "a list of tokens (words as text, or whole numbers)"

Block = tuple[Any, bool]  # (text, whether it ends a line) or (list of tokens, True)
Values = Iterator[tuple[Any, str]]  # (value, where it is)


def block_of(text: str) -> str:
    r"""The lines of a document separated by ``\n``, as if read from a file.

    >>> block_of("One.\r\nTwo.\n"), block_of("")
    ('One.\nTwo.', '')
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removesuffix("\n")


def check_field(field: str | None) -> None:
    """Raise OptionError if `field` is neither None nor a name."""
    if field is not None and (not isinstance(field, str) or not field):
        raise OptionError(f"field is the name of the field or column that holds the text; got {field!r}")


def blocks_of_values(values: Values, name: str, field: str | None, strict: bool = False) -> Iterator[Block]:
    """Yield a block for each document in (value, place) pairs; report at the end what was left out."""
    described = f"field {field!r}: " if field else ""
    tally = Tally(name, "records", strict, f" in {field!r}" if field else "")
    has_tokens: bool | None = None  # whether the first value is a list; all must be of one kind
    for value, where in values:
        tally.total += 1
        if is_missing(value):
            tally.leave_out_missing(where)
            continue
        block = _block(value, tally)
        if isinstance(block, Unusable):
            problem = block.problem if isinstance(value, Unusable) else f"{described}{block.problem}"
            tally.leave_out(f"{where}: {problem}", block.absent)
            continue
        if has_tokens is None:
            has_tokens = isinstance(block, list)
            if isinstance(value, str):
                refuse_list_as_text(value, f"{where}: {described}".removesuffix(": "))
        if has_tokens != isinstance(block, list):
            kinds = ("a list of tokens", "text") if has_tokens else ("text", "a list of tokens")
            tally.leave_out(f"{where}: {described}{kinds[0]} expected as in the records before, got {kinds[1]}")
            continue
        yield block, True
    tally.finish()


def _block(value: Any, tally: Tally) -> str | list[str] | Unusable:
    """The text or the tokens that `value` holds."""
    if isinstance(value, str):
        return block_of(str.__str__(value))
    if isinstance(value, Unusable):
        return value
    if is_unordered(value):
        return Unusable("a set has no order: it differs from run to run; make it a list, sorted(...)")
    items = listed_items(value)
    if not isinstance(items, (list, tuple)):
        return Unusable(f"text expected, got {type(value).__name__} {value!r:.80}")
    return tokens_of(items, tally)


def tokens_of(items: list[Any] | tuple[Any, ...], tally: Tally) -> list[str] | Unusable:
    """The tokens in a list; missing and empty ones are left out and counted."""
    kept, gaps = without_gaps(items)
    tokens = as_tokens(kept)
    if tokens is None:
        wrong = next(item for item in kept if as_token(item) is None)
        return Unusable(f"{LISTS} expected, but it holds {type(wrong).__name__} {wrong!r:.60}")
    refuse_lines_as_tokens(tokens, f"{tally.name}{tally.inside}")
    if gaps and tally.strict:
        return Unusable("a token in the list is missing or empty")
    tally.gaps += gaps
    return tokens


def blocks_of_texts(texts: Iterable[Any], strict: bool = False) -> Iterator[Block]:
    """Yield the block of each text in an iterable; missing texts are left out and counted."""
    tally = Tally(type(texts).__name__, "texts", strict)
    for number, text in enumerate(texts, 1):
        tally.total += 1
        if isinstance(text, str):
            if number == 1:
                refuse_list_as_text(text, "text 1")
            yield block_of(str.__str__(text)), True
        elif is_missing(text):
            tally.leave_out_missing(f"text {number}")
        else:
            raise CorpusError(f"item {number} is {_shown(text, 80)}, but a text (str) was expected; {_hint_for(text)}")
    tally.finish()


def _hint_for(item: Any) -> str:
    if isinstance(item, Mapping):
        return "for records say which field holds the text, such as field='text'"
    if isinstance(item, (bytes, bytearray)):
        return "decode bytes first, text.decode()"
    if hasattr(item, "__fspath__"):
        return "for files use Corpus.from_files"
    if is_table(item):
        return "for tables say which column holds the text, such as field='text'"
    if isinstance(item, (tuple, np.ndarray)) and len(item) == 1:
        return "for rows of one column give the column: (row[0] for row in rows)"
    if is_unordered(item):
        return "a set has no order; for baskets give sorted lists to Corpus.from_sentences"
    if isinstance(item, Iterable):
        return "for sentences that are tokenized already use Corpus.from_sentences"
    return "convert it with str(...), or leave it out"


def blocks_of_table(source: Any, field: str | None, strict: bool = False) -> Iterator[Block]:
    """Yield the blocks of column `field` of an object for which `sources.is_table` is true."""
    return blocks_of_values(values_of_table(source, field), _kind(source), field, strict)


def _kind(source: Any) -> str:
    """Package and type of a table, for messages."""
    return f"{type(source).__module__.partition('.')[0]} {type(source).__name__}".removeprefix("builtins ")


def values_of_table(source: Any, field: str | None) -> Values:
    """The (value, place) pairs of column `field` of an object for which `sources.is_table` is true."""
    kind = _kind(source)
    is_known = kind.startswith(("datasets", "pandas", "polars", "dask"))
    if kind.startswith("pyarrow") or (not is_known and gives_arrow(source)):
        from wordvec.corpus.read.arrow import values_of_object

        return values_of_object(source, field)
    if isinstance(source, Mapping):
        return _values_of_columns(source, kind, field)
    is_frame = kind.endswith("Frame")
    if kind.endswith("LazyFrame"):
        names = source.collect_schema().names()
    else:
        names = source.columns if is_frame else source.column_names
    names = None if names is None else [str(name) for name in names]  # a streamed data set may not know its columns
    having = f"; it has: {', '.join(names)}" if names else ""
    if field is None:
        raise CorpusError(f"{kind}: say which column holds the text, such as field='text'{having}")
    if names is not None and field not in names and (is_frame or field.partition(".")[0] not in names):
        raise CorpusError(f"{kind}: no column {field!r}{having}")
    if names is not None and names.count(field) > 1:
        raise CorpusError(f"{kind}: has several columns called {field!r}; rename all but one")
    if kind.endswith("LazyFrame"):
        source = source.select(field).collect()  # only this column is held in memory
    values = enumerate(source[field], 1) if is_frame else _values_of_data_set(source, names, field)
    return ((value, f"{kind}: row {row}") for row, value in values)


def _values_of_columns(columns: Mapping[str, Any], kind: str, field: str | None) -> Values:
    """The values of one column in a dictionary of columns, such as scikit-learn's Bunch."""
    if kind.startswith("datasets"):
        raise CorpusError(
            f"{kind}: has the splits {', '.join(columns)}: pass one of them, such as data[{next(iter(columns))!r}]"
        )
    name = type(columns).__name__
    if field is None:
        raise CorpusError(
            f"an iterable of texts or sentences expected; got {name}; of a dictionary give its values(), or name the "
            f"column that holds them, such as field='text'"
        )
    if field not in columns:
        shown = ", ".join(str(column) for column, _ in zip(columns, range(20)))
        raise CorpusError(f"{name}: no column {field!r}; {f'it has: {shown}' if columns else 'it is empty'}")
    column = columns[field]
    has_rows = isinstance(column, Iterable) and not isinstance(column, (str, bytes, bytearray, Mapping))
    if not has_rows or is_unordered(column):
        raise CorpusError(f"{name}: column {field!r} is a {type(column).__name__}; a list of texts was expected")
    return ((value, f"{name}: row {row}") for row, value in enumerate(column, 1))


def _values_of_data_set(source: Any, names: list[str] | None, field: str) -> Iterator[tuple[int, Any]]:
    """Yield (row, value); for a column of records, the value of the inner field that `field` names."""
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
            yield row, value if value is None or column == field else value_of({column: value}, field)
        rows_before += len(batch[column])


def blocks_of_records(records: Iterable[Any], field: str, strict: bool = False) -> Iterator[Block]:
    """Yield the blocks in `field` of dictionaries, or of tables (batches, chunks of a frame), from any iterable."""

    def values() -> Values:
        for number, record in enumerate(records, 1):
            where = f"record {number}"
            if is_table(record) and not isinstance(record, Mapping):
                for value, place in values_of_table(record, field):
                    yield value, f"table {number} of them, {place}"
                continue
            if is_missing(record):
                yield None, where
                continue
            fields = _as_mapping(record)
            if fields is None:
                kind = type(record).__name__
                raise CorpusError(
                    f"item {number} is a {kind}, {_shown(record, 60)}, but with field={field!r} a dictionary was "
                    "expected; leave field out for lines of text or lists of tokens"
                )
            yield value_of(fields, field), where

    return blocks_of_values(values(), type(records).__name__, field, strict)


def _as_mapping(record: Any) -> Mapping[str, Any] | None:
    """A record as a mapping, if it is a dictionary, a row of SQLite, pandas or NumPy, or a named tuple; else None."""
    if isinstance(record, Mapping):
        return record
    if isinstance(record, tuple):
        return record._asdict() if hasattr(record, "_asdict") else None
    if isinstance(record, np.void):
        return {name: record[name] for name in record.dtype.names or ()}
    kind = type(record)
    if (kind.__module__, kind.__name__) == ("sqlite3", "Row") or (
        kind.__name__ == "Series" and hasattr(record, "keys")
    ):
        names = record.keys()
        return {str(name): record[name] for name in names}
    return None


def _shown(item: Any, most: int) -> str:
    """An item on one line, shortened."""
    return " ".join(repr(item).split())[:most]

"""Reads texts from JSON and CSV files, record by record."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from wordvec.corpus.read.records import Block, blocks_of_values
from wordvec.corpus.read.replaced import without_halves
from wordvec.corpus.read.sniffing import (
    HEAD,
    JSON_LINES_NAMES,
    NO_DELIMITER,
    Table,
    are_lines_rows,
    plain_suffix,
    table_of,
)
from wordvec.corpus.read.table_rows import rows_of
from wordvec.corpus.read.values import Row, Unusable, names_of, value_of
from wordvec.errors import CorpusError
from wordvec.json_forms import TOO_DEEP, different_keys, parse_json
from wordvec.progress import announce

LONGEST_LITERAL = 20  # an error this close to the end may mean that a literal or number continues
LONGEST_VALUE = 1 << 28  # characters of one record
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


def blocks_of_json(
    head: str, texts: Iterator[str], lines: Iterator[str], name: str, field: str | None, errors: str, strict: bool
) -> Iterator[Block]:
    """Yield the blocks of the values in `field`; if it is None, the values must be strings or lists of tokens.

    `head` is the beginning of the text. Either its pieces `texts` or its `lines` are read. A line that is not JSON is
    left out, counted and reported, unless `strict`; in an array it is an error. Half a character (an escaped lone
    surrogate) is an error unless `errors` is ``"replace"`` or ``"ignore"``.
    """
    values = ((row.values[0], row.where) for row in rows_of_json(head, texts, lines, name, [field], errors))
    return blocks_of_values(values, name, field, strict)


def rows_of_json(
    head: str, texts: Iterator[str], lines: Iterator[str], name: str, fields: Sequence[str | None], errors: str
) -> Iterator[Row]:
    """Yield the values of `fields` in each record; arguments as in `blocks_of_json`."""
    in_lines, keys = is_lines(head, name), {part for field in fields if field for part in field.split(".")}
    found = values_of_lines(lines, keys) if in_lines else _values_in_stream(texts, name, keys, head.lstrip()[:1] == "[")
    for number, value in found:
        where = f"{name}: {'line' if in_lines else 'value'} {number}"
        values = (_of_field(value, name, field) for field in fields)
        yield Row(number, where, [_whole_characters(each, where, errors) for each in values])


def is_lines(head: str, name: str) -> bool:
    r"""Whether each line is a value, by the file's name, or because the first is complete and another follows.

    >>> is_lines('{"a": 1}\n{"a": 2}', "dump"), is_lines('[\n{"a": 1}]', "dump"), is_lines('["a", "b"]', "dump")
    (True, False, False)
    """
    lines = [line for line in head.split("\n") if line.strip()]
    if not lines:
        return True
    begins, first = lines[0].lstrip()[0], lines[0].strip()
    if plain_suffix(name) in JSON_LINES_NAMES and first not in ("[", "{"):
        # An array, perhaps over lines: a list of tokens neither begins with an object nor ends in a comma.
        return begins != "[" or not (first[1:].lstrip().startswith("{") or first.endswith(","))
    if begins not in "[{":
        return True
    if len(lines) < 2:
        return begins == "{" and _is_whole(lines[0])
    return _is_whole(lines[0]) or (lines[1].lstrip()[0] == begins and _is_whole(lines[1]))


def _is_whole(line: str) -> bool:
    try:
        parse_json(line)
    except ValueError:
        return False
    return True


def values_of_lines(lines: Iterable[str], keys: Collection[str] = ()) -> Iterator[tuple[int, Any]]:
    """Yield the number and value of each line with text; Unusable if it is not JSON or repeats one of `keys`."""
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        line = line.rstrip().removesuffix(",")  # lines taken out of an array end in commas
        try:
            value = _with_different_keys(parse_json(line), line, keys)
        except ValueError as error:
            reason = f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
            value = Unusable(f"is not JSON: {reason}: {line!r:.60}; one value per line is expected")
        yield number, value


def _with_different_keys(value: Any, text: str, keys: Collection[str]) -> Any:
    """`value` of a JSON text; Unusable if one of `keys` occurs twice in an object: Python would keep the last one."""
    if isinstance(value, dict) and any(text.count(f'"{key}"') > 1 for key in keys):  # searching is fast
        try:
            parse_json(text, different_keys)
        except ValueError as error:
            return Unusable(f"is not JSON as it should be: {error}: {text!r:.60}")
    return value


def _values_in_stream(
    texts: Iterator[str], name: str, keys: Collection[str], is_array: bool
) -> Iterator[tuple[int, Any]]:
    """Yield the items of an array, or consecutive values, with any line breaks, numbered from 1."""
    buffer, at, read, number = "", 0, 0, 0
    wanted, begins = HEAD, True  # characters to read for an incomplete value, doubled each time
    while True:
        at = _BETWEEN.match(buffer, at).end()  # type: ignore[union-attr]
        if begins and is_array and at < len(buffer):
            at, begins = _BETWEEN.match(buffer, at + 1).end(), False  # type: ignore[union-attr]
        if is_array and buffer.startswith("]", at):
            _refuse_more(buffer[at + 1 :], texts, name)
            return
        try:
            value, end = _DECODER.raw_decode(buffer, at)
            value, at = _with_different_keys(value, buffer[at:end], keys), end
            if at == len(buffer) and not isinstance(value, (dict, list, str)):
                raise json.JSONDecodeError("a number may go on", buffer, at)
        except (ValueError, RecursionError) as error:
            place = getattr(error, "pos", at)
            cut_off = place >= len(buffer) - LONGEST_LITERAL or "Unterminated string" in str(error)
            more = _read(texts, wanted) if cut_off else ""
            if not more and not is_array and at == len(buffer):
                return
            if not more or len(buffer) - at > LONGEST_VALUE:
                raise _damaged(name, error, read + place, at_end=cut_off) from None
            read, buffer, at, wanted = read + at, buffer[at:] + more, 0, 2 * wanted
            continue
        wanted = HEAD
        number += 1
        yield number, value


def _read(texts: Iterator[str], wanted: int) -> str:
    parts, length = [], 0
    for text in texts:
        parts.append(text)
        length += len(text)
        if length >= wanted:
            break
    return "".join(parts)


def _refuse_more(rest: str, texts: Iterator[str], name: str) -> None:
    rest = (rest + _read(texts, 100)).strip()
    if rest:
        raise CorpusError(f"{name}: after the JSON array there is more: {rest!r:.60}; one array per file is expected")


def _damaged(name: str, error: Exception, place: int, at_end: bool) -> CorpusError:
    reason = TOO_DEEP if isinstance(error, RecursionError) else getattr(error, "msg", str(error))
    if at_end:
        return CorpusError(f"{name}: the JSON is cut off or damaged before character {place}: {reason}")
    return CorpusError(
        f"{name}: is not JSON at character {place}: {reason}; damaged records are left out only in JSON "
        "Lines, one record per line"
    )


def _of_field(value: Any, name: str, field: str | None) -> Any:
    """The content of `field` in a value; the value itself if `field` is None."""
    if isinstance(value, dict):
        if field is None:
            raise CorpusError(
                f"{name}: holds JSON: say which field holds the text, such as field='text' (--field text), or "
                f"leave the file out, with a pattern such as *.txt; {names_of(value)}"
            )
        return value_of(value, field)
    if field is None or isinstance(value, Unusable):
        return value
    kind = type(value).__name__
    return Unusable(
        f"holds a JSON {kind}, but an object such as {{{field!r}: ...}} was expected; leave "
        f"field out (--field) to read {'strings' if kind == 'str' else 'lists of tokens'} as they are"
    )


def _whole_characters(value: Any, where: str, errors: str) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else _without_surrogates(value, where, errors)
    if isinstance(value, list):
        return [_whole_characters(item, where, errors) if isinstance(item, str) else item for item in value]
    return value


def _without_surrogates(text: str, where: str, errors: str) -> str:
    r"""`text` without lone surrogates such as ``"\ud83d"``, which JSON can express but no text file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        if errors == "strict":
            half = f"{where}: \\u{ord(text[error.start]):04x} is half a character, not text"
            raise CorpusError(f"{half}; continue with --encoding-errors replace") from None
        return without_halves(text, errors)
    return text


# Text in a column of a CSV or TSV table.


MISSING = {"", "NA", "<NA>", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None"}  # as programs write it
DELIMITER_NAMES = {"\t": "tab", NO_DELIMITER: "none"}


def blocks_of_csv(head: str, lines: Iterable[str], name: str, field: str, strict: bool) -> Iterator[Block]:
    """Yield the blocks of the column `field`, see `rows_of_csv`."""
    values = ((row.values[0], row.where) for row in rows_of_csv(head, lines, name, [field]))
    return blocks_of_values(values, name, field, strict)


def rows_of_csv(
    head: str, lines: Iterable[str], name: str, fields: Sequence[str], missing: Collection[str] = MISSING
) -> Iterator[Row]:
    """Yield the cells in `fields`: names in the first row or, without such a row, column numbers from 1.

    `head` is the beginning of the text, which determines the delimiter. Cells may be quoted and hold line breaks; cells
    whose text is in `missing` become None. A row with a different number of cells than the first is Unusable. Raises
    CorpusError, listing the columns, for a column that does not exist, and for text that is not a table.
    """
    table = table_of(head, name, fields[0])
    if table is None:
        raise CorpusError(
            f"{name}: is plain text, neither JSON nor a table, and has no field {fields[0]!r}; leave field out "
            "(--field) to read all of it"
        )
    columns, have_names = zip(*(_column(table, field, name) for field in fields))
    is_first = True
    for line, row in rows_of(table, lines, name, are_lines_rows(head, table)):
        where = f"{name}: line {line}"
        if isinstance(row, Unusable):
            yield Row(line, where, [row] * len(fields))
            continue
        cells = [row[column] for column in columns]
        if is_first and not any(have_names):
            announce(f"{name}: column {columns[0] + 1} is read from the first row on: {cells[0]!r:.60}")
        if not is_first or not any(have_names):
            yield Row(line, where, [None if cell.strip() in missing else cell for cell in cells])
        is_first = False


def refusal_of(table: Table) -> str:
    """Why a table is not read as plain text, and what to do."""
    cells = ", ".join(repr(cell)[:40] for cell in table.header[:20])
    return (
        "holds a table (CSV or TSV), whose names, numbers and delimiters would be words: say which column holds the "
        f"text, such as field='text' (--field text), or by its number where there is no row of names; the first row "
        f"has: {cells}; lists of items, a list a line, are read by --plain-text --tokenizer commas"
    )


def _column(table: Table, field: str, name: str) -> tuple[int, bool]:
    """The index of the column, and whether the first row holds names."""
    if table.header.count(field) > 1:
        raise CorpusError(f"{name}: has several columns called {field!r}; rename all but one")
    if field in table.header:
        return table.header.index(field), True
    if field.isascii() and field.isdigit() and 1 <= int(field) <= len(table.header):
        return int(field) - 1, False
    delimiter = DELIMITER_NAMES.get(table.delimiter, table.delimiter)
    raise CorpusError(
        f"{name}: no column {field!r} in the table (delimiter: {delimiter}); its first row has: "
        f"{', '.join(repr(cell)[:40] for cell in table.header[:20])}"
    )

"""Text in JSON: one object a line (JSON Lines), an array, or objects after one another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from wordvec.corpus.read.missing import Unusable
from wordvec.corpus.read.records import Block, Values, blocks_of_values, names_of, value_of
from wordvec.corpus.read.sniffing import HEAD, JSON_LINES_NAMES, plain_suffix
from wordvec.errors import CorpusError
from wordvec.files import parse_json

LONGEST_LITERAL = 20  # characters before the end where an error may mean that a word or a number goes on
LONGEST_VALUE = 1 << 28  # characters of one record
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


def blocks_of_json(
    head: str, texts: Iterator[str], lines: Iterator[str], name: str, field: str | None, errors: str, strict: bool
) -> Iterator[Block]:
    """Yield the blocks of the values in `field`, or where it is None of strings and lists of tokens themselves.

    `head` is how the text begins; of `texts`, its pieces, and its `lines` one is read. A line that is no JSON is left
    out, counted and reported, unless `strict`; in an array it is an error, as is half a character (an escaped
    surrogate by itself), unless `errors` is ``"replace"`` or ``"ignore"``.
    """
    return blocks_of_values(values_of_json(head, texts, lines, name, field, errors), name, field, strict)


def values_of_json(
    head: str, texts: Iterator[str], lines: Iterator[str], name: str, field: str | None, errors: str
) -> Values:
    """Yield (value, place) of all values in `field`, also those that are missing or cannot be read."""
    if is_lines(head, name):
        found = ((value, f"{name}: line {number}") for number, value in values_of_lines(lines))
    else:
        found = _values_in_stream(texts, name, head.lstrip()[:1] == "[")
    return _fields(found, name, field, errors)


def is_lines(head: str, name: str) -> bool:
    r"""Whether each line is a value: by the name, or because the first one is whole and another follows.

    >>> is_lines('{"a": 1}\n{"a": 2}', "dump"), is_lines('[\n{"a": 1}]', "dump"), is_lines('["a", "b"]', "dump")
    (True, False, False)
    """
    lines = [line for line in head.split("\n") if line.strip()]
    if not lines:
        return True
    if plain_suffix(name) in JSON_LINES_NAMES and lines[0].strip() not in ("[", "{"):
        return True
    begins = lines[0].lstrip()[0]
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


def values_of_lines(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    """Yield the value of each line that is not empty, with its number; Unusable where it is not JSON."""
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        try:
            value = parse_json(line)
        except ValueError as error:
            reason = f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
            value = Unusable(f"is not JSON: {reason}: {line!r:.60}; one value a line is expected")
        yield number, value


def _values_in_stream(texts: Iterator[str], name: str, is_array: bool) -> Values:
    """The items of an array, or values after one another, however they are broken into lines."""
    buffer, at, read, number = "", 0, 0, 0
    wanted, begins = HEAD, True  # characters to read when a value does not end: twice as many each time
    while True:
        at = _BETWEEN.match(buffer, at).end()  # type: ignore[union-attr]
        if begins and is_array and at < len(buffer):
            at, begins = _BETWEEN.match(buffer, at + 1).end(), False  # type: ignore[union-attr]
        if is_array and buffer.startswith("]", at):
            _refuse_more(buffer[at + 1 :], texts, name)
            return
        try:
            value, at = _DECODER.raw_decode(buffer, at)
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
        yield value, f"{name}: value {number}"


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
        raise CorpusError(f"{name}: after the JSON array there is more: {rest!r:.60}; one array a file is expected")


def _damaged(name: str, error: Exception, place: int, at_end: bool) -> CorpusError:
    reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    if at_end:
        return CorpusError(f"{name}: the JSON is cut off or damaged before character {place}: {reason}")
    return CorpusError(
        f"{name}: is not JSON at character {place}: {reason}; only in JSON Lines, one record a line, are damaged "
        "records left out"
    )


def _fields(values: Values, name: str, field: str | None, errors: str) -> Values:
    """Of each value what is in `field`; text without half characters."""
    for value, where in values:
        if isinstance(value, dict):
            if field is None:
                raise CorpusError(
                    f"{name}: holds JSON: say which field holds the text, such as field='text' (--field text), or "
                    f"leave the file out, with a pattern such as *.txt; {names_of(value)}"
                )
            value = value_of(value, field)
        elif field is not None and not isinstance(value, Unusable):
            kind = type(value).__name__
            value = Unusable(
                f"holds a JSON {kind}, but an object such as {{{field!r}: ...}} was expected; leave "
                f"field out (--field) to read {'strings' if kind == 'str' else 'lists of tokens'} as they are"
            )
        yield _whole_characters(value, where, errors), where


def _whole_characters(value: Any, where: str, errors: str) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else _without_surrogates(value, where, errors)
    if isinstance(value, list):
        return [_whole_characters(item, where, errors) if isinstance(item, str) else item for item in value]
    return value


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

r"""Splits large plain UTF-8 files into ranges that any number of threads can read in parallel.

The text of a range starts after the first separator (a space, tab or line feed) at or after the byte before the range,
and ends with the first separator at or after its last byte. So each token of the file is whole, in exactly one range.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import numpy as np

from wordvec.corpus.read.decoding import LONGEST_WORD

RANGE_BYTES = 1 << 21
MORE_BYTES = 1 << 12  # first read this many bytes past a range, for its last token
SEPARATOR = re.compile(rb"[ \t\n]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class NotTextError(Exception):
    """A range holds zeros or bytes that are not UTF-8."""


class WordTooLongError(Exception):
    """A range holds an endless word."""


class TextRange(NamedTuple):
    """Bytes `begin` to `end` of the file `path`, whose size is `size`; `encoding` is UTF-8 as the user called it."""

    path: str
    begin: int
    end: int
    size: int
    encoding: str


def ranges_of(path: str, size: int, encoding: str) -> Iterator[TextRange]:
    """Cut a file into ranges of RANGE_BYTES.

    >>> [(part.begin, part.end) for part in ranges_of("text", 5 << 20, "utf-8")]
    [(0, 2097152), (2097152, 4194304), (4194304, 5242880)]
    """
    for begin in range(0, size, RANGE_BYTES):
        yield TextRange(path, begin, min(begin + RANGE_BYTES, size), size, encoding)


def load_range(part: TextRange, padding: int) -> tuple[np.ndarray, int]:
    """The text of a range as bytes, followed by `padding` line feeds, and its size without them.

    Line ends become line feeds, and the last line of the file gets one. Raises NotTextError if it is not text.
    """
    from wordvec.corpus.encode import scanning

    buffer, start, stop, ends_file = _read(part, padding)
    text, size = buffer[start:], stop - start
    if not part.begin and text[:3].tobytes() == BYTE_ORDER_MARK:
        text[:3] = 0x20
    text[size : size + padding + 1] = 0x0A
    found = scanning.look_through(text, size)
    if found == scanning.NOT_TEXT:
        raise NotTextError
    if found == scanning.RETURNS:
        scanning.feeds_for_returns(text, size)
    if ends_file and size and text[size - 1] != 0x0A:
        size += 1
    return text[: size + padding], size


def _read(part: TextRange, padding: int) -> tuple[np.ndarray, int, int, bool]:
    """The bytes with room for padding + 1; where the text starts and stops; whether the file ends there."""
    before = max(part.begin - 1, 0)
    wanted = part.end - before + (MORE_BYTES if part.end < part.size else 0)
    with open(part.path, "rb", buffering=0) as file:
        file.seek(before)
        buffer = np.empty(wanted + padding + 1, np.uint8)
        filled = _fill(file, buffer[:wanted])
        if part.begin and not SEPARATOR.search(buffer[: part.end - 1 - before].data):
            return buffer, 0, 0, False  # inside one long word, which is an earlier range's: its end is not looked for
        stop = filled
        while part.end < part.size:
            separator = SEPARATOR.search(buffer[:filled].data, part.end - 1 - before)
            stop = separator.end() if separator else filled
            if separator or filled < wanted:
                break
            if wanted > LONGEST_WORD:
                raise WordTooLongError
            wanted *= 2
            buffer = np.append(buffer[:filled], np.empty(wanted - filled + padding + 1, np.uint8))
            filled += _fill(file, buffer[filled:wanted])
    start = 0
    if part.begin:
        first = SEPARATOR.search(buffer[:stop].data)
        start = first.end() if first else stop
    return buffer, start, stop, before + stop >= part.size


def _fill(file: BinaryIO, buffer: np.ndarray) -> int:
    """Read until `buffer` is full or the file ends; returns the number of bytes read."""
    room = buffer.data
    while len(room) and (number := file.readinto(room)):  # type: ignore[attr-defined]
        room = room[number:]
    return len(buffer) - len(room)


def regular_size(file: BinaryIO) -> int:
    """The size of a regular file; 0 for anything else, such as a pipe."""
    status = os.fstat(file.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else 0

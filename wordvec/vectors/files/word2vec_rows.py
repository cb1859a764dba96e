"""Where the rows of word2vec's binary file begin and end.

A word ends at a space, and 4 D bytes of numbers follow. If a word holds spaces, its first space ends it too early: the
numbers are read from the wrong bytes, and everything after them is shifted. So each row is checked: its word must be
text, its numbers of usual size, and the next word (or the end of the file) must follow, after a newline in all rows or
in none. If the first space fails this check, the other spaces are tried.
"""

from __future__ import annotations

import mmap
import os
import re
import struct
from typing import NamedTuple

import numpy as np

from wordvec.vectors.word_bytes import is_utf8

CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
NEWLINE, SPACE, DELETE = 0x0A, 0x20, 0x7F
FIRST_BYTES = 64  # of a row's numbers, looked at for all rows together
LONGEST_WORD = 4_096  # bytes searched for another space
MOST_SPACES = 32  # in one word
SMALLEST, LARGEST = np.float32(1e-10), np.float32(1e5)  # numbers of usual size, besides zero
FEW_VALUES = 16
FLOAT = struct.Struct("<f")
LEAST, MOST_NUMBERS = 16, 1 << 16  # rows checked together, and numbers in them


class Row(NamedTuple):
    """Bytes of the buffer: the word is buffer[start:space], its numbers end before `end`."""

    start: int
    space: int
    end: int


class Misaligned(ValueError):
    """No row begins at the byte given as argument, or its word could end in several places."""


class RowFinder:
    """Finds rows in consecutive pieces of a file."""

    def __init__(self, dim: int, plain: bool = False) -> None:
        self.dim, self.plain = dim, plain  # plain: each word is known to end at the first space
        self._newline: bool | None = None  # whether one follows each row; None before the first row
        self._together, self._most = LEAST, max(LEAST, MOST_NUMBERS // dim)

    def find(self, buffer: bytes, most: int, is_last: bool) -> list[Row]:
        """The complete and certain rows at the start of the buffer, at most `most`, the number of rows to come.

        The last row is left for the next piece, unless this piece is the last.
        """
        if self.plain:
            return self._plain(buffer, 0, most)
        found: list[Row] = []
        at = 0
        while len(found) < most:
            rows = self._plain(buffer, at, min(most - len(found), self._together))
            if not rows:
                break
            self._together, done = min(self._most, 2 * self._together), 0
            for number in self._doubtful(buffer, rows):
                if done < number:
                    found += rows[done:number]
                    at = rows[number].start
                row = self._careful(buffer, at, most - len(found), is_last)
                if row is None:
                    return found
                if self._newline is None and row.end < len(buffer):
                    self._newline = buffer[row.end : row.end + 1] == b"\n"
                found.append(row)
                at, done = row.end, number + 1
                if row != rows[number]:  # all behind it are shifted
                    self._together = LEAST
                    break
            else:
                if done < len(rows):  # the last row is taken with the next ones, which show whether it ends there
                    found += rows[done:-1]
                    at = rows[-1].start
        return found

    def _plain(self, buffer: bytes, at: int, most: int) -> list[Row]:
        """Rows whose words end at the first space."""
        find, size, length = buffer.find, len(buffer), 1 + 4 * self.dim
        rows = []
        for _ in range(most):
            start = at + (buffer[at : at + 1] == b"\n")
            space = find(b" ", start)
            at = space + length
            if space < 0 or at > size:
                break
            rows.append(Row(start, space, at))
        return rows

    def _doubtful(self, buffer: bytes, rows: list[Row]) -> list[int]:
        """Which rows may end elsewhere: those that fail the checks, and those before them."""
        ends = np.array([row.end for row in rows])
        follows = np.frombuffer(buffer, np.uint8)[np.minimum(ends, len(buffer) - 1)]
        newline = bool(follows[0] == NEWLINE) if self._newline is None else self._newline
        odd = ~self._are_usual(buffer, rows) | (((follows == NEWLINE) != newline) & (ends < len(buffer)))
        words = [buffer[row.start : row.space] for row in rows]
        if b"" in words or not _is_word(b" ".join(words)):
            odd |= [not _is_word(word) for word in words]
        doubtful = [] if self._newline else [0] if newline else self._start_like_words(buffer, rows)
        for number in doubtful:
            odd[number] |= self._may_be_longer(buffer, rows[number])
        if not odd[0] and ends[0] < len(buffer):
            self._newline = newline
        odd[:-1] |= odd[1:].copy()
        return [0] if len(rows) == 1 else np.flatnonzero(odd).tolist()

    def _start_like_words(self, buffer: bytes, rows: list[Row]) -> list[int]:
        """The rows in whose numbers no control character comes before a space: few."""
        beginnings = self._numbers(buffer, rows).view(np.uint8)[:, :FIRST_BYTES]
        control = (beginnings < SPACE) | (beginnings == DELETE)
        first = (control | (beginnings == SPACE)).argmax(axis=1)
        return np.flatnonzero(~control[np.arange(len(rows)), first]).tolist()  # type: ignore[return-value]

    def _may_be_longer(self, buffer: bytes, row: Row) -> bool:
        """Whether all bytes up to the next space could be part of the word."""
        space = buffer.find(b" ", row.space + 1, row.space + 1 + LONGEST_WORD)
        return space > 0 and _is_word(buffer[row.start : space])

    def _are_usual(self, buffer: bytes, rows: list[Row]) -> np.ndarray:
        """Whether the numbers of each row have usual sizes; numbers read from the wrong bytes seldom do."""
        return np.asarray(_have_usual_size(self._numbers(buffer, rows)).all(axis=1))

    def _numbers(self, buffer: bytes, rows: list[Row]) -> np.ndarray:
        """The numbers of each row, (rows, D)."""
        windows = np.ndarray(len(buffer) - 4 * self.dim + 1, f"V{4 * self.dim}", buffer, strides=(1,))
        return windows[np.array([row.space + 1 for row in rows])].view("<f4").reshape(len(rows), self.dim)

    def _is_usual(self, buffer: bytes, row: Row) -> bool:
        """`_are_usual` for one row; its first number usually decides."""
        for begin in (row.space + 1, row.space + 5):
            size = abs(FLOAT.unpack_from(buffer, begin)[0]) if begin < row.end else 0.0
            if not (size == 0 or SMALLEST <= size <= LARGEST):
                return False
        return bool(self._are_usual(buffer, [row])[0])

    def _careful(self, buffer: bytes, at: int, left: int, is_last: bool) -> Row | None:
        """The row at byte `at`, considering every space as the end of its word; None if more of the file is needed.

        Raises Misaligned if no space gives a row, or several do.
        """
        start = at + (buffer[at : at + 1] == b"\n")
        first: Row | None = None
        followed: Row | None = None
        good: Row | None = None
        space = start - 1
        for _ in range(MOST_SPACES):
            space = buffer.find(b" ", space + 1, start + LONGEST_WORD if first else len(buffer))
            if space < 0 or (first and not _is_word(buffer[start:space])):
                break
            row = Row(start, space, space + 1 + 4 * self.dim)
            behind = self._behind(buffer, row, left, is_last)
            if behind is None:
                if good is not None or (row.end > len(buffer) and is_last):
                    break
                return None
            first = first or row
            if behind and self._is_usual(buffer, row) and _is_word(buffer[start:space]):
                if good is not None:
                    raise Misaligned(start)
                good = row
                if self._newline or (row.end < len(buffer) and buffer[row.end : row.end + 1] == b"\n"):
                    return row
            followed = followed or (row if behind else None)
        if first is None or good is not None:
            return good
        alone = followed is None and buffer[first.end : first.end + 1] != b"\n"
        if alone and CONTROL.search(buffer[start : first.space]) and not self._is_usual(buffer, first):
            raise Misaligned(start)
        return followed or first

    def _behind(self, buffer: bytes, row: Row, left: int, is_last: bool) -> bool | None:
        """Whether the next word or the end of the file follows a row; None if not known yet."""
        rest = len(buffer) - row.end
        if rest < 0 or (rest <= 1 and not is_last):
            return None
        newline = buffer[row.end : row.end + 1] == b"\n"
        if left <= 1:
            return rest == 0 or (rest == 1 and newline)
        if rest == 0:
            return True
        if self._newline is not None and newline != self._newline:
            return False
        start = row.end + newline
        space = buffer.find(b" ", start, start + LONGEST_WORD)
        if space < 0:
            if rest < LONGEST_WORD and not is_last:
                return None
            return not CONTROL.search(buffer[start : start + LONGEST_WORD])
        return _is_word(buffer[start:space])


def fits_plainly(path: str | os.PathLike[str], start: int, rows: int, dim: int) -> bool:
    """Whether ending each word at its first space gives exactly the declared rows, up to the file's last byte.

    Nothing else shows where words end if rows have no newlines and their few numbers happen to look like text.
    """
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        at = start
        for _ in range(rows):
            space = mapped.find(b" ", at, at + LONGEST_WORD)
            if space < 0 or not _is_word(mapped[at:space]):
                return False
            at = space + 1 + 4 * dim
        return at == len(mapped)


def are_byte_swapped(rows: bytes, dim: int) -> bool:
    """Whether the numbers in the first rows of a file are certainly big-endian, as a Java program may write them.

    Read as they are, most have sizes that no vector has, and with their bytes reversed all have usual ones. Either
    alone would not show it, and neither do numbers of few values, whose bytes may agree by chance.
    """
    at, numbers = 0, bytearray()
    while 0 <= (space := rows.find(b" ", at)) < len(rows) - 4:
        at = space + 1 + 4 * dim
        part = rows[space + 1 : at]
        numbers += part[: len(part) // 4 * 4]
    little, big = np.unique(np.frombuffer(numbers, "<f4")), np.unique(np.frombuffer(numbers, ">f4"))
    if len(big) < FEW_VALUES or _have_usual_size(little).mean() > 0.5:
        return False
    return bool(_have_usual_size(big).all())


def _have_usual_size(numbers: np.ndarray) -> np.ndarray:
    sizes = np.abs(numbers)
    return (sizes == 0) | ((sizes >= SMALLEST) & (sizes <= LARGEST))


def _is_word(word: bytes) -> bool:
    return bool(word) and not CONTROL.search(word) and is_utf8(word)

r"""Text that any terminal, file or picture can take, whatever its encoding and whatever the words are.

Words come from files of unknown origin. Characters that steer a terminal (ESC, other controls), break a line or turn
the direction of writing are shown as escapes such as ``\x1b`` and ``\u202e``; so is what the encoding of the output
lacks. The command's stdout and stderr both go through `guarded_output`.
"""

from __future__ import annotations

import errno
import io
import json
import math
import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from wordvec.errors import WordvecError

# Controls, line and paragraph separators, the Bidi_Control property of Unicode, surrogates, noncharacters of the
# first plane (which XML excludes), private use.
_STEERING = (
    "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\uf8ff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff"
)
_STEERS = re.compile(f"[{_STEERING}]")
_STEERS_OUTPUT = re.compile(f"(?![\n\t])[{_STEERING}]")
_CLOSED = (errno.EPIPE, errno.EINVAL) if os.name == "nt" else (errno.EPIPE,)  # how a reader that has left shows


class OutputError(WordvecError):
    """Standard output cannot be written: a full disk, say."""


def printable(text: str) -> str:
    r"""`text` on one line, with escapes for characters that would steer a terminal or turn the direction of writing.

    >>> print(printable("a\x1b[31mb\nc"))
    a\x1b[31mb\nc
    >>> printable("می‌خواهم 👩‍👧 é") == "می‌خواهم 👩‍👧 é"
    True
    """
    return _STEERS.sub(_escape, text)


def json_text(value: Any, encoding: str | None = "utf-8") -> str:
    r"""`value` as one line of JSON: letters that `encoding` has stay as they are; nan and infinity become null.

    >>> print(json_text({"word": "é\u202e", "score": float("nan")}))
    {"word": "é\u202e", "score": null}
    >>> print(json_text({"word": "é"}, "ascii"))
    {"word": "\u00e9"}
    """
    value = _without_nan(value)
    text = _STEERS.sub(_escape_for_json, json.dumps(value, ensure_ascii=False, allow_nan=False))
    return text if _can_be_written(text, encoding) else json.dumps(value, allow_nan=False)


def display_width(text: str) -> int:
    """Columns a terminal gives to `text`: two for wide East Asian characters, none for combining ones (UAX 11).

    >>> display_width("tea"), display_width("홍차"), display_width("e\u0301")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    width = 0
    for character in text:
        if unicodedata.category(character) in ("Mn", "Me", "Cf") or "\u1160" <= character <= "\u11ff":
            continue  # the latter are vowels and finals of Hangul, drawn into the block of their first consonant
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


def printable_lines(text: str) -> str:
    r"""`printable`, but for line feeds and tabs, which stay.

    >>> print(printable_lines("a\x1b\nb"))
    a\x1b
    b
    """
    return _STEERS_OUTPUT.sub(_escape, text)


@contextmanager
def guarded_output() -> Iterator[None]:
    """Let sys.stdout and sys.stderr take any text for the time of a block, also where there is none.

    They are None under pythonw and where the descriptor is closed. Then print(..., file=sys.stderr) writes to stdout.
    """
    before = sys.stdout, sys.stderr
    sys.stdout = GuardedStream(sys.stdout or _Nowhere())  # type: ignore[assignment, arg-type]
    sys.stderr = GuardedStream(sys.stderr or _Nowhere(), must_arrive=False)  # type: ignore[assignment, arg-type]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


class GuardedStream:
    r"""A text stream that never raises for what is written to it, only for where: `printable` but for \n and \t.

    BrokenPipeError when the reader has left, OutputError for other failures, each once: what follows is dropped.
    With `must_arrive` False (stderr) failures are passed over: a message that nobody reads must not end a training.
    """

    def __init__(self, stream: TextIO, must_arrive: bool = True) -> None:
        self.stream, self.must_arrive, self.broken = stream, must_arrive, False

    def write(self, text: str) -> int:
        """Write `text`, with escapes where needed."""
        shown = printable_lines(text)
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        try:
            shown.encode(encoding)
        except UnicodeEncodeError:
            shown = shown.encode(encoding, "backslashreplace").decode(encoding)
        self._do(lambda: self.stream.write(shown))
        return len(text)

    def flush(self) -> None:
        """Hand everything to the system."""
        self._do(self.stream.flush)

    def _do(self, step: Any) -> None:
        if self.broken:
            return
        try:
            step()
        except OSError as error:
            self.broken = True
            self._discard_the_rest()
            if not self.must_arrive:
                return
            if error.errno in _CLOSED:
                raise BrokenPipeError(error.errno, error.strerror) from error
            raise OutputError(f"the output cannot be written: {error.strerror or error}") from error

    def _discard_the_rest(self) -> None:
        """Python flushes its buffer once more when it ends; that must not fail again."""
        with suppress(OSError, ValueError):  # a stream without a descriptor has nothing to flush
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class _Nowhere(io.TextIOBase):
    """A stream that drops what is written to it."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)


def unguarded(stream: Any) -> Any:
    """The stream itself, for a progress bar, which does steer the terminal."""
    return stream.stream if isinstance(stream, GuardedStream) else stream


def _escape(match: re.Match[str]) -> str:
    return repr(match[0])[1:-1]


def _escape_for_json(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]


def _can_be_written(text: str, encoding: str | None) -> bool:
    """Whether `encoding` keeps `text`: Shift JIS writes a yen sign as a backslash, so encoding it is not enough."""
    try:
        return encoding is not None and text.encode(encoding).decode(encoding) == text
    except (UnicodeError, LookupError):
        return False


def _without_nan(value: Any) -> Any:
    """`value` with None for numbers that JSON does not have, and numpy's numbers as Python's."""
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    if hasattr(value, "dtype"):
        return _without_nan(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value

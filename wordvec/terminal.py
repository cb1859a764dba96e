r"""Text that is safe for any terminal, file or picture, whatever its encoding and whatever the words are.

Words come from files of unknown origin. Characters that control a terminal (such as ESC), break a line or change the
direction of writing are shown as escapes such as ``\x1b`` and ``\u202e``, and so are characters that the output's
encoding lacks. The command's stdout and stderr both go through `guarded_output`.
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
_CLOSED = (errno.EPIPE, errno.EINVAL) if os.name == "nt" else (errno.EPIPE,)  # errors after the reader has closed


class OutputError(WordvecError):
    """Standard output cannot be written, such as on a full disk."""


def printable(text: str) -> str:
    r"""`text` on one line, with escapes for characters that control a terminal or change the direction of writing.

    >>> print(printable("a\x1b[31mb\nc"))
    a\x1b[31mb\nc
    >>> printable("می‌خواهم 👩‍👧 é") == "می‌خواهم 👩‍👧 é"
    True
    """
    return _STEERS.sub(_escape, text)


def json_text(value: Any, encoding: str | None = "utf-8") -> str:
    r"""`value` as one line of JSON: letters that `encoding` has are kept; nan and infinity become null.

    >>> print(json_text({"word": "é\u202e", "score": float("nan")}))
    {"word": "é\u202e", "score": null}
    >>> print(json_text({"word": "é"}, "ascii"))
    {"word": "\u00e9"}
    """
    value = _without_nan(value)
    text = _STEERS.sub(_escape_for_json, json.dumps(value, ensure_ascii=False, allow_nan=False))
    return text if _can_be_written(text, encoding) else json.dumps(value, allow_nan=False)


def display_width(text: str) -> int:
    """The columns of `text` on a terminal: two for wide East Asian characters, none for combining ones (UAX 11).

    >>> display_width("tea"), display_width("홍차"), display_width("e\u0301")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    width = 0
    for character in text:
        if unicodedata.category(character) in ("Mn", "Me", "Cf") or "\u1160" <= character <= "\u11ff":
            continue  # the range is vowels and finals of Hangul, drawn into the block of their first consonant
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


def printable_lines(text: str) -> str:
    r"""Like `printable`, but keeps line feeds and tabs.

    >>> print(printable_lines("a\x1b\nb"))
    a\x1b
    b
    """
    return _STEERS_OUTPUT.sub(_escape, text)


@contextmanager
def guarded_output() -> Iterator[None]:
    """Make sys.stdout and sys.stderr accept any text within the block, and drop it if they are missing.

    They are None under pythonw and with a closed descriptor. Then print(..., file=sys.stderr) would write to stdout.
    """
    before = sys.stdout, sys.stderr
    sys.stdout = GuardedStream(sys.stdout or _Nowhere())  # type: ignore[assignment, arg-type]
    sys.stderr = GuardedStream(sys.stderr or _Nowhere(), must_arrive=False)  # type: ignore[assignment, arg-type]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


class GuardedStream:
    r"""A text stream that accepts any text and escapes it like `printable_lines`.

    Raises BrokenPipeError if the reader has closed, OutputError for other failures; each is raised once, and later text
    is dropped. With `must_arrive` False (stderr) failures are ignored: an unread message must not end a training run.
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
        """Pass everything to the system."""
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
        """Redirect the stream to the null device: Python flushes it again at exit, and that must not fail."""
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
    """The stream itself, for a progress bar, which needs to control the terminal."""
    return stream.stream if isinstance(stream, GuardedStream) else stream


def _escape(match: re.Match[str]) -> str:
    return repr(match[0])[1:-1]


def _escape_for_json(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]


def _can_be_written(text: str, encoding: str | None) -> bool:
    """Whether `text` survives `encoding` and decoding: Shift JIS, for example, writes a yen sign as a backslash."""
    try:
        return encoding is not None and text.encode(encoding).decode(encoding) == text
    except (UnicodeError, LookupError):
        return False


def _without_nan(value: Any) -> Any:
    """`value` with None for numbers that JSON lacks, and Python numbers for numpy's."""
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    if hasattr(value, "dtype"):
        return _without_nan(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value

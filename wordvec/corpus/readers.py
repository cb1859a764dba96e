"""Lines of text from files, folders, standard input and iterables, compressed or not.

Nothing is dropped or guessed: bytes that are not text, a damaged compressed file or a folder without text is
an error that names the file, and where there is one, the byte offset.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Union

from wordvec.corpus.bundled import bundled_corpus, is_bundled
from wordvec.corpus.catalogue import missing_text_message
from wordvec.corpus.compression import decompressed
from wordvec.corpus.storage import is_corpus_folder
from wordvec.errors import CorpusError, OptionError

CHUNK_BYTES = 1 << 20  # read and decoded at a time
LONGEST_PIECE = 1 << 20  # characters of one line held at a time where the caller takes pieces

PathLike = Union[str, "os.PathLike[str]"]
Source = Union[PathLike, Iterable[str], "list[PathLike]"]
OnBytes = Callable[[int], None]


def read_lines(
    sources: Source, encoding: str = "utf-8", encoding_errors: str = "strict", on_bytes: OnBytes | None = None
) -> Iterator[str]:
    r"""Yield the lines of `sources` without their line ends (``\n``, ``\r\n`` or ``\r``).

    `sources` is a file, a folder (all files in it and below, in order of their names; hidden ones are left
    out), ``"-"`` for standard input, the name of a bundled text such as ``"tiny-world"``, a list of these, or
    any other iterable of lines. gzip, bzip2, xz and Zstandard are recognised by content, whatever the name.
    `encoding_errors` is Python's: ``"strict"``, ``"replace"`` or ``"ignore"``. `on_bytes` is called with the
    number of bytes that were read, as stored.

    Raises CorpusError for a missing file, a folder without text, undecodable bytes (with file and byte
    offset), a damaged compressed file, and an iterable that yields anything but strings.

    >>> list(read_lines(iter(["You say goodbye\n", "and I say hello.\n"])))
    ['You say goodbye', 'and I say hello.']
    """
    parts: list[str] = []
    for piece, ends_line in read_pieces(sources, encoding, encoding_errors, on_bytes):
        parts.append(piece)
        if ends_line:
            yield "".join(parts)
            parts.clear()


def read_pieces(
    sources: Source, encoding: str = "utf-8", encoding_errors: str = "strict", on_bytes: OnBytes | None = None
) -> Iterator[tuple[str, bool]]:
    """Yield (piece, ends_line): lines as in `read_lines`, but a very long one in several pieces.

    A line is cut only at white space, so tokens stay whole: a corpus of one line needs no more memory than
    another.
    """
    _check_encoding(encoding, encoding_errors)
    decoding = (encoding, encoding_errors, on_bytes or (lambda size: None))
    paths = as_paths(sources)
    if paths is None:
        yield from _pieces_of_iterable(sources)  # type: ignore[arg-type]
        return
    for path in paths:
        yield from _pieces_of_path(path, *decoding)


def _check_encoding(encoding: str, encoding_errors: str) -> None:
    try:
        "x".encode(encoding)  # not only looked up: hex and others are no encodings of text
    except LookupError:
        raise OptionError(f"encoding {encoding!r} is not known to Python; utf-8 is usual") from None
    try:
        codecs.lookup_error(encoding_errors)
    except LookupError:
        raise OptionError(f"encoding_errors is strict, replace or ignore; got {encoding_errors!r}") from None


def as_paths(sources: object) -> list[PathLike] | None:
    """The paths that `sources` names, or None when it is an iterable of something else."""
    if isinstance(sources, (str, os.PathLike)):
        return [sources]
    if isinstance(sources, (list, tuple)) and sources and all(isinstance(s, (str, os.PathLike)) for s in sources):
        return list(sources)
    return None


def size_in_bytes(sources: object) -> int | None:
    """Bytes that reading `sources` will report, or None where only reading can tell."""
    paths = as_paths(sources)
    if paths is None or not all(os.path.exists(path) for path in paths):
        return None
    return sum(file.stat().st_size for path in paths for file in files_of(Path(path)))


def files_of(path: Path) -> list[Path]:
    """`path` itself, or the files in and below the folder `path`, in order of their names, hidden ones left out."""
    if not path.is_dir():
        return [path]
    if is_corpus_folder(path):
        raise CorpusError(f"{path}: is a corpus that is built already; open it by itself, not together with text")
    files = _files_below(path, above=frozenset())
    if not files:
        raise CorpusError(f"{path}: the folder holds no text (hidden files do not count); name one with text files")
    return files


def _files_below(folder: Path, above: frozenset[str]) -> list[Path]:
    real = os.path.realpath(folder)
    if real in above:  # a symbolic link back up
        return []
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise CorpusError(f"{folder}: cannot be read: {error.strerror}") from error
    files: list[Path] = []
    for entry in entries:
        files += _files_below(entry, above | {real}) if entry.is_dir() else [entry]
    return files


def _pieces_of_iterable(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    if isinstance(lines, (bytes, bytearray)) or not isinstance(lines, Iterable):
        raise CorpusError(f"text expected: a path, a list of paths or an iterable of lines; got {type(lines).__name__}")
    for number, line in enumerate(lines, 1):
        if not isinstance(line, str):
            raise CorpusError(
                f"item {number} is {line!r:.80}, but a line of text (str) was expected; "
                "for sentences that are tokenized already use Corpus.from_sentences"
            )
        yield line.rstrip("\r\n"), True


def _pieces_of_path(path: PathLike, encoding: str, errors: str, on_bytes: OnBytes) -> Iterator[tuple[str, bool]]:
    if path == "-":
        stdin: Any = getattr(sys.stdin, "buffer", sys.stdin)
        if stdin is None:
            raise CorpusError("standard input is closed: pipe text into the command, or name a file")
        yield from _pieces_of_stream(stdin, "standard input", encoding, errors, on_bytes)
        return
    here = os.path.exists(path)
    if isinstance(path, str) and is_bundled(path):
        if here:
            raise CorpusError(f"{path!r} is both a bundled text and a file or folder here; for the latter say ./{path}")
        yield from ((line, True) for line in bundled_corpus(path))
        return
    if not here:
        raise CorpusError(missing_text_message(os.fspath(path)))
    for file in files_of(Path(path)):
        try:
            with open(file, "rb") as stream:
                yield from _pieces_of_stream(stream, str(file), encoding, errors, on_bytes)
        except OSError as error:
            raise CorpusError(f"{file}: cannot be read: {error.strerror or error}") from error


def _pieces_of_stream(
    stream: BinaryIO, name: str, encoding: str, errors: str, on_bytes: OnBytes
) -> Iterator[tuple[str, bool]]:
    if isinstance(stream, io.TextIOBase):
        raise CorpusError(f"{name}: bytes expected, but the stream gives text; pass it as an iterable of lines")
    chunks = decompressed(_chunks(stream, on_bytes), name)
    unfinished, piece_given = "", False
    for text in _decoded(chunks, name, encoding, errors):
        *lines, unfinished = (unfinished + text).split("\n")
        for line in lines:
            yield line, True
        piece_given = piece_given and not lines
        if len(unfinished) > LONGEST_PIECE:
            piece, unfinished = _cut_at_white_space(unfinished)
            if piece:
                yield piece, False
                piece_given = True
    if unfinished or piece_given:
        yield unfinished, True


def _cut_at_white_space(line: str) -> tuple[str, str]:
    """Split off the last word, so that it can grow: "one two thr" into "one two " and "thr"."""
    last_word = "" if line[-1].isspace() else line.rsplit(None, 1)[-1]
    return line[: len(line) - len(last_word)], last_word


def _chunks(stream: BinaryIO, on_bytes: OnBytes) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        on_bytes(len(chunk))
        yield chunk


def _decoded(chunks: Iterable[bytes], name: str, encoding: str, errors: str) -> Iterator[str]:
    """Text of `chunks` with line ends as in Python's text files and without a byte-order mark."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(errors), translate=True)
    at_start = True
    end = 0  # of the bytes that were decoded, in the file (unpacked, if it is compressed)
    last = False
    pending = iter(chunks)
    while not last:
        chunk = next(pending, b"")
        last = not chunk
        _refuse_binary(chunk, name, encoding, first=end == 0)
        end += len(chunk)
        try:
            text = decoder.decode(chunk, final=last)
        except UnicodeDecodeError as error:
            offset, byte = end - len(error.object) + error.start, error.object[error.start]
            raise CorpusError(
                f"{name}: byte {offset} (0x{byte:02x}) is not {encoding}: {error.reason}; "
                "give the file's encoding (--encoding), or go on with --encoding-errors replace"
            ) from error
        except UnicodeError as error:  # such as a missing byte-order mark in UTF-16
            raise CorpusError(f"{name}: not {encoding}, before byte {end}: {error}; give --encoding") from error
        if text:
            yield text.removeprefix("\ufeff") if at_start else text
            at_start = False


def _refuse_binary(chunk: bytes, name: str, encoding: str, first: bool) -> None:
    if not first:
        return
    wide = codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    if chunk.startswith(b"PK\x03\x04"):
        raise CorpusError(f"{name}: is a zip archive; unpack it first")
    if not wide and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise CorpusError(f"{name}: begins with a UTF-16 byte-order mark; read it with --encoding utf-16")
    if not wide and b"\0" in chunk:
        raise CorpusError(
            f"{name}: is not text: byte {chunk.index(0)} is 0; leave the file out, or give its --encoding (utf-16?)"
        )

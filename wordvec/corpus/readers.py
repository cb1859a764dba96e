"""Lines of text from files, folders, patterns, standard input, records and iterables, compressed or not.

Nothing is dropped or guessed: bytes that are not text, a damaged compressed file or a folder without text is
an error that names the file, and where there is one, the byte offset or the line.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Union

import numpy as np

from wordvec.corpus.arrow import table_kind, values_of_file
from wordvec.corpus.bundled import bundled_corpus, is_bundled
from wordvec.corpus.catalogue import fetched_path, missing_text_message
from wordvec.corpus.compression import FORMATS, LONGEST_MAGIC, SUFFIXES, decompressed
from wordvec.corpus.paths import PathLike, as_paths, files_of, is_pattern, size_in_bytes
from wordvec.corpus.ranges import BYTE_ORDER_MARK, NotTextError, TextRange, load_range, ranges_of, regular_size
from wordvec.corpus.records import (
    block_of,
    blocks_of_json_lines,
    blocks_of_records,
    blocks_of_table,
    blocks_of_values,
    check_field,
    is_json_name,
    is_table,
    refuse_json_as_text,
)
from wordvec.errors import CorpusError, OptionError

__all__ = ["Source", "as_paths", "files_of", "is_table", "read_lines", "read_pieces", "size_in_bytes"]

CHUNK_BYTES = 1 << 20  # read and decoded at a time
LONGEST_PIECE = 1 << 20  # characters of one line held at a time where the caller takes pieces

Source = Union[PathLike, Iterable[str], "list[PathLike]"]
OnBytes = Callable[[int], None]


class _Reading(NamedTuple):
    """How files are read: the options of `read_lines`."""

    encoding: str
    errors: str
    on_bytes: OnBytes
    field: str | None
    ranges_from: int | None = None


def read_lines(
    sources: Source,
    encoding: str = "utf-8",
    encoding_errors: str = "strict",
    on_bytes: OnBytes | None = None,
    field: str | None = None,
) -> Iterator[str]:
    r"""Yield the lines of `sources` without their line ends (``\n``, ``\r\n`` or ``\r``).

    `sources` is a file, a folder (all files in it and below, in order of their names; hidden ones are left
    out), a pattern such as ``"texts/**/*.txt"``, ``"-"`` for standard input, the name of a bundled text such as
    ``"tiny-world"``, a list of these, or any other iterable of texts. gzip, bzip2, xz and Zstandard are
    recognised by content; a name that promises one of them and another content is an error.

    `field` names the field that holds the text in JSON Lines, in dictionaries, and in Parquet, Feather and Arrow
    files, pyarrow tables, data frames and Hugging Face data sets (see `wordvec.corpus.records`); for plain text
    it is an error.

    `encoding_errors` is Python's: ``"strict"``, ``"replace"`` or ``"ignore"``. `on_bytes` is called with the
    number of bytes that were read, as stored.

    Raises CorpusError for a missing file, a folder without text, undecodable bytes (with file and byte
    offset), a damaged compressed file, an iterable that yields anything but strings, and records without text
    in `field`; MissingExtraError where pyarrow is needed and missing.

    >>> list(read_lines(iter(["You say goodbye\n", "and I say hello.\n"])))
    ['You say goodbye', 'and I say hello.']
    >>> list(read_lines([{"text": "You say goodbye"}], field="text"))
    ['You say goodbye']
    """
    return joined(read_pieces(sources, encoding, encoding_errors, on_bytes, field))


def joined(pieces: Iterable[tuple[str, bool]]) -> Iterator[str]:
    """Whole lines of (piece, ends_line)."""
    parts: list[str] = []
    for piece, ends_line in pieces:
        parts.append(piece)
        if ends_line:
            yield "".join(parts)
            parts.clear()


def read_pieces(
    sources: Source,
    encoding: str = "utf-8",
    encoding_errors: str = "strict",
    on_bytes: OnBytes | None = None,
    field: str | None = None,
) -> Iterator[tuple[str, bool]]:
    """Yield (piece, ends_line): lines as in `read_lines`, but a very long one in several pieces.

    A line is cut only at white space, so tokens stay whole: a corpus of one line needs no more memory than
    another.
    """
    return split_blocks(read_blocks(sources, encoding, encoding_errors, on_bytes, field))


def split_blocks(blocks: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """Cut the blocks of `read_blocks` into the pieces of `read_pieces`."""
    for block, ends_line in blocks:
        *lines, last = block.split("\n")
        for line in lines:
            yield line, True
        yield last, ends_line


def read_blocks(
    sources: Source,
    encoding: str = "utf-8",
    encoding_errors: str = "strict",
    on_bytes: OnBytes | None = None,
    field: str | None = None,
    ranges_from: int | None = None,
) -> Iterator[Any]:
    r"""Yield (block, ends_line): the pieces of `read_pieces` with those that were read together still together.

    A line feed stands between two pieces of a block, so ``block.split("\n")`` are its pieces; `ends_line` is of
    the last one. This is the fastest way through a file in one thread.

    With `ranges_from`, plain files of strict UTF-8 of at least so many bytes are not read: their ranges are given
    instead, one `TextRange` after the other, for `read_range`.
    """
    _check_encoding(encoding, encoding_errors)
    check_field(field)
    if is_table(sources):
        yield from blocks_of_table(sources, field)
        return
    paths = as_paths(sources)
    if paths is None:
        records: Any = sources
        yield from _blocks_of_iterable(records) if field is None else blocks_of_records(records, field)
        return
    reading = _Reading(encoding, encoding_errors, on_bytes or (lambda size: None), field, ranges_from)
    for path in paths:
        yield from _blocks_of_path(path, reading)


def _check_encoding(encoding: str, encoding_errors: str) -> None:
    try:
        "x".encode(encoding)  # not only looked up: hex and others are no encodings of text
    except LookupError:
        raise OptionError(f"encoding {encoding!r} is not known to Python; utf-8 is usual") from None
    try:
        codecs.lookup_error(encoding_errors)
    except LookupError:
        raise OptionError(f"encoding_errors is strict, replace or ignore; got {encoding_errors!r}") from None


def _blocks_of_iterable(texts: object) -> Iterator[tuple[str, bool]]:
    if isinstance(texts, (bytes, bytearray)) or not isinstance(texts, Iterable):
        raise CorpusError(f"text expected: a path, a list of paths or an iterable of texts; got {type(texts).__name__}")
    for number, text in enumerate(texts, 1):
        if not isinstance(text, str):
            way_out = "for sentences that are tokenized already use Corpus.from_sentences"
            if isinstance(text, Mapping):
                way_out = "for records say which field holds the text, such as field='text'"
            raise CorpusError(f"item {number} is {text!r:.80}, but a line of text (str) was expected; {way_out}")
        yield block_of(text), True


def _blocks_of_path(path: PathLike, reading: _Reading) -> Iterator[Any]:
    if path == "-":
        stdin: Any = getattr(sys.stdin, "buffer", sys.stdin)
        if stdin is None:
            raise CorpusError("standard input is closed: pipe text into the command, or name a file")
        yield from _blocks_of_stream(stdin, "standard input", reading)
        return
    here = os.path.exists(path)
    if isinstance(path, str) and is_bundled(path):
        if here:
            raise CorpusError(f"{path!r} is both a bundled text and a file or folder here; for the latter say ./{path}")
        if reading.field is not None:
            raise CorpusError(f"{path}: is plain text and has no field {reading.field!r}; leave field out")
        yield from ((line, True) for line in bundled_corpus(path))
        return
    if not here and not is_pattern(path):
        fetched = fetched_path(os.fspath(path))
        if fetched is None:
            raise CorpusError(missing_text_message(os.fspath(path)))
        path = fetched
    for file in files_of(Path(path)):
        try:
            with open(file, "rb") as stream:
                if size := _size_to_cut(stream, str(file), reading):
                    for part in ranges_of(str(file), size, reading.encoding):
                        reading.on_bytes(part.end - part.begin)
                        yield part
                else:
                    yield from _blocks_of_stream(stream, str(file), reading)
        except OSError as error:
            raise _unreadable(file, error) from error


def _unreadable(file: object, error: OSError) -> CorpusError:
    return CorpusError(f"{file}: cannot be read: {error.strerror or error}")


def _size_to_cut(stream: BinaryIO, name: str, reading: _Reading) -> int:
    """The size of a plain file of UTF-8 that is large enough for ranges, 0 for anything else."""
    if reading.ranges_from is None or reading.field is not None or reading.errors != "strict":
        return 0
    if codecs.lookup(reading.encoding).name != "utf-8" or is_json_name(name) or may_be_packed(stream, name):
        return 0
    size = regular_size(stream)
    return size if size > len(BYTE_ORDER_MARK) and size >= reading.ranges_from else 0


def read_range(part: TextRange, padding: int) -> tuple[np.ndarray, int]:
    """The text of a range as `load_range` gives it. Raises CorpusError as reading it in lines would."""
    try:
        return load_range(part, padding)
    except NotTextError:
        with open(part.path, "rb") as stream:  # again in the usual way, which knows what to say
            for _ in _blocks_of_text(stream, part.path, part.encoding, "strict", lambda size: None):
                pass
        raise CorpusError(f"{part.path}: was changed while it was read; read it again") from None
    except OSError as error:
        raise _unreadable(part.path, error) from error


def may_be_packed(stream: BinaryIO, name: str) -> bool:
    """Whether a file is compressed or a table, or its name promises so."""
    head = stream.peek(LONGEST_MAGIC) if isinstance(stream, io.BufferedReader) else b""
    promised = os.path.splitext(name)[1].lower() in SUFFIXES
    return promised or table_kind(head) is not None or any(magic.match(head) for _, magic, _ in FORMATS)


def _blocks_of_stream(stream: BinaryIO, name: str, reading: _Reading) -> Iterator[tuple[str, bool]]:
    """Blocks of the text, or lines of the JSON Lines or of the table, that `stream` holds."""
    encoding, errors, on_bytes, field, _ = reading
    if isinstance(stream, io.TextIOBase):
        raise CorpusError(f"{name}: bytes expected, but the stream gives text; pass it as an iterable of lines")
    if kind := table_kind(stream.peek(8) if isinstance(stream, io.BufferedReader) else b""):
        yield from blocks_of_values(values_of_file(stream, kind, name, field, errors, on_bytes), name, field)
        return
    blocks = _blocks_of_text(stream, name, encoding, errors, on_bytes)
    if field is not None:
        yield from blocks_of_json_lines(joined(split_blocks(blocks)), name, field, errors)
        return
    if is_json_name(name):
        refuse_json_as_text(name, next(split_blocks(blocks), ("", True))[0])
    yield from blocks


def _blocks_of_text(
    stream: BinaryIO, name: str, encoding: str, errors: str, on_bytes: OnBytes
) -> Iterator[tuple[str, bool]]:
    chunks = decompressed(_chunks(stream, on_bytes), name)
    unfinished, piece_given = "", False
    for text in _decoded(chunks, name, encoding, errors):
        lines, line_end, unfinished = (unfinished + text).rpartition("\n")
        if line_end:
            yield lines, True
            piece_given = False
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
        _refuse_binary(chunk, name, encoding, end)
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


def _refuse_binary(chunk: bytes, name: str, encoding: str, before: int) -> None:
    """Raise CorpusError for bytes that are no text; `before` is how many of the file came before `chunk`."""
    wide = codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    if not before:
        _refuse_other_formats(chunk, name, wide)
    if not wide and b"\0" in chunk:
        raise CorpusError(
            f"{name}: is not text: byte {before + chunk.index(0)} is 0; leave the file out, give its --encoding "
            "(utf-16?), or remove such bytes"
        )


def _refuse_other_formats(chunk: bytes, name: str, wide: bool) -> None:
    archive = "a zip archive" if chunk.startswith(b"PK\x03\x04") else "a tar archive"
    if archive == "a zip archive" or chunk[257:262] == b"ustar":
        raise CorpusError(f"{name}: is {archive}; unpack it first")
    if kind := table_kind(chunk):
        raise CorpusError(
            f"{name}: holds {kind} data that are packed or come through a pipe; unpack it and name the file"
        )
    if not wide and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise CorpusError(f"{name}: begins with a UTF-16 byte-order mark; read it with --encoding utf-16")

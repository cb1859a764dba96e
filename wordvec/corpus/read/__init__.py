"""From files, tables, records and containers to lines of text.

Sources are files, folders, patterns, standard input, records and iterables, compressed or not.

Nothing is silently dropped or guessed. Bytes that are not text, a table or JSON without a field name, a damaged
compressed file and a folder without text are errors that name the file and, if possible, the byte offset or line.
"""

from __future__ import annotations

import codecs
import io
import itertools
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from wordvec.corpus.named_texts import bundled_corpus, fetched_path, is_bundled, missing_text_message
from wordvec.corpus.read.arrow import table_kind, values_of_file
from wordvec.corpus.read.compression import LONGEST_MAGIC, SUFFIXES, packing_of
from wordvec.corpus.read.decoding import OnBytes, blocks_of_text, no_line_ends, refuse_foreign, whole_lines
from wordvec.corpus.read.exports import refuse_other_text
from wordvec.corpus.read.paths import files_of, is_pattern, size_in_bytes
from wordvec.corpus.read.ranges import (
    BYTE_ORDER_MARK,
    NotTextError,
    TextRange,
    WordTooLongError,
    load_range,
    ranges_of,
    regular_size,
)
from wordvec.corpus.read.records import (
    blocks_of_records,
    blocks_of_table,
    blocks_of_texts,
    blocks_of_values,
    check_field,
)
from wordvec.corpus.read.replaced import Replaced
from wordvec.corpus.read.sniffing import HEAD, is_json
from wordvec.corpus.read.sources import Documented, Files, PathLike, Source, TokenLists, is_table, source_of
from wordvec.corpus.read.structured import blocks_of_csv, blocks_of_json
from wordvec.errors import CorpusError, OptionError

__all__ = ["files_of", "read_lines", "size_in_bytes"]


class Reading(NamedTuple):
    """How files are read: the options of `read_lines`."""

    encoding: str
    errors: str
    on_bytes: OnBytes
    field: str | None
    strict: bool = False
    ranges_from: int | None = None
    plain_text: bool = False


def read_lines(
    source: Any,
    encoding: str = "utf-8",
    encoding_errors: str = "strict",
    on_bytes: OnBytes | None = None,
    field: str | None = None,
    strict: bool = False,
    plain_text: bool = False,
) -> Iterator[str]:
    r"""Yield the lines of `source` without their line ends (``\n``, ``\r\n`` or ``\r``).

    `source` is a file, a folder (all files below it, sorted by name, without hidden ones), a pattern such as
    ``"texts/**/*.txt"``, ``"-"`` for standard input, or the name of a bundled text such as ``"tiny-world"``; or the
    result of `wordvec.corpus.read.sources` for several files, ``as_files(paths)``, or texts, ``as_texts(strings)``.
    gzip, bzip2, xz and Zstandard are recognized by content; a file name that promises one of them with other content
    is an error.

    `field` names the field that holds the text in JSON, CSV and TSV, in dictionaries, and in Parquet, Feather and
    Arrow files, pyarrow tables, data frames and Hugging Face data sets (see `records.py`); for plain text it is an
    error. Missing and unreadable values are left out, counted and reported; with `strict` they are errors. With
    `plain_text`, files are lines of text even if they look like markup, a table, JSON or vectors.

    `encoding_errors` is Python's: ``"strict"``, ``"replace"`` or ``"ignore"``. `on_bytes` is called with the
    number of bytes read, as stored.

    Raises CorpusError for a missing file, a folder without text, undecodable bytes (with file and byte
    offset), a damaged compressed file, tables read without `field`, an iterable that yields anything but strings, and
    records without any text in `field`; MissingExtraError if pyarrow is needed and missing.

    >>> from wordvec.corpus.read.sources import as_texts
    >>> list(read_lines(as_texts(["You say goodbye\n", "and I say hello.\n"])))
    ['You say goodbye', 'and I say hello.']
    >>> list(read_lines([{"text": "You say goodbye"}], field="text"))
    ['You say goodbye']
    """
    blocks = read_blocks(source, encoding, encoding_errors, on_bytes, field, strict, None, plain_text)
    return whole_lines(split_blocks(blocks))


def split_blocks(blocks: Iterable[Any]) -> Iterator[tuple[str, bool]]:
    """Yield (piece, ends_line) from the blocks of `read_blocks`: lines, but a very long one in several pieces.

    A line is cut only at white space, so tokens stay whole. A corpus of one line needs no more memory than another.
    Raises CorpusError for lists of tokens.
    """
    for block, ends_line in blocks:
        if isinstance(block, list):
            raise CorpusError(
                f"text expected, got a list of tokens, {block!r:.60}; lists of tokens have no lines: "
                "use Corpus.from_sentences, or for files Corpus.from_files"
            )
        *lines, last = block.split("\n")
        for line in lines:
            yield line, True
        yield last, ends_line


def read_blocks(
    source: Any,
    encoding: str = "utf-8",
    encoding_errors: str = "strict",
    on_bytes: OnBytes | None = None,
    field: str | None = None,
    strict: bool = False,
    ranges_from: int | None = None,
    plain_text: bool = False,
) -> Iterator[Any]:
    r"""Yield (block, ends_line): the pieces of `split_blocks`, joined as they were read.

    The pieces of a block are ``block.split("\n")``; `ends_line` belongs to the last one. This is the fastest way
    through a file in one thread. A record that holds a list of tokens gives (tokens, True).

    With `ranges_from`, plain strict UTF-8 files of at least this many bytes are not read: each `TextRange` of them is
    yielded instead, for `read_range`.
    """
    check_encoding(encoding, encoding_errors)
    check_field(field)
    source = source_of(source, field)
    check_plain_text(plain_text, field, source)
    if isinstance(source, Files):
        nothing: OnBytes = lambda size: None  # noqa: E731
        replaced = Replaced(encoding, encoding_errors)
        reading = Reading(encoding, replaced.errors, on_bytes or nothing, field, strict, ranges_from, plain_text)
        yield from replaced.blocks(block for path in source.paths for block in _blocks_of_path(path, reading))
    elif isinstance(source, TokenLists):
        raise CorpusError("text expected, got lists of tokens: they have no lines; use Corpus.from_sentences")
    elif isinstance(source, Documented):
        yield from source.blocks(encoding, encoding_errors, None)
    elif is_table(source.items):
        yield from blocks_of_table(source.items, field, strict)
    elif field is not None:
        yield from blocks_of_records(source.items, field, strict)
    else:
        yield from blocks_of_texts(source.items, strict)


def check_plain_text(plain_text: bool, field: str | None, source: Source) -> None:
    """Raise OptionError for `plain_text` with a field, or without files."""
    if plain_text and field is not None:
        raise OptionError(f"plain text has no field {field!r}: leave out field (--field) or plain_text (--plain-text)")
    if plain_text and not isinstance(source, (Files, Documented)):
        raise OptionError("plain_text is for files: texts and records in memory are what they are, so leave it out")


def check_encoding(encoding: str, encoding_errors: str) -> None:
    """Raise OptionError unless Python knows the encoding and the way to treat errors."""
    try:
        "x".encode(encoding)  # a mere look-up would accept hex and others, which do not encode text
    except LookupError:
        raise OptionError(f"encoding {encoding!r} is not known to Python; utf-8 is usual") from None
    try:
        codecs.lookup_error(encoding_errors)
    except LookupError:
        raise OptionError(f"encoding_errors is strict, replace or ignore; got {encoding_errors!r}") from None


def _blocks_of_path(path: PathLike, reading: Reading) -> Iterator[Any]:
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
                if size := size_to_cut(stream, str(file), reading):
                    for part in ranges_of(str(file), size, reading.encoding):
                        reading.on_bytes(part.end - part.begin)
                        yield part
                else:
                    yield from _blocks_of_stream(stream, str(file), reading)
        except OSError as error:
            raise _unreadable(file, error) from error


def _unreadable(file: object, error: OSError) -> CorpusError:
    return CorpusError(f"{file}: cannot be read: {error.strerror or error}")


def size_to_cut(stream: BinaryIO, name: str, reading: Reading) -> int:
    """The size of a plain UTF-8 file of prose that is large enough for ranges; 0 for anything else."""
    if reading.ranges_from is None or reading.field is not None or reading.errors != "strict":
        return 0
    if codecs.lookup(reading.encoding).name != "utf-8" or may_be_packed(stream, name):
        return 0
    size = regular_size(stream)
    if size <= len(BYTE_ORDER_MARK) or size < reading.ranges_from:
        return 0
    begun = stream.read(HEAD)
    stream.seek(0)
    refuse_foreign(begun, name, reading.encoding)
    head = begun.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "replace")
    if b"\0".decode() in head or (is_json(head, name) and not reading.plain_text):
        return 0
    if not reading.plain_text:
        refuse_other_text(head.replace("\r\n", "\n").replace("\r", "\n"), name)
    return size


def read_range(part: TextRange, padding: int) -> tuple[np.ndarray, int]:
    """`load_range` with the errors of line-by-line reading, CorpusError."""
    try:
        return load_range(part, padding)
    except WordTooLongError:
        raise no_line_ends(part.path) from None
    except NotTextError:
        with open(part.path, "rb") as stream:  # read it again in the usual way for the exact error
            for _ in blocks_of_text(stream, part.path, part.encoding, "strict", lambda size: None):
                pass
        raise CorpusError(f"{part.path}: was changed while it was read; read it again") from None
    except OSError as error:
        raise _unreadable(part.path, error) from error


def may_be_packed(stream: BinaryIO, name: str) -> bool:
    """Whether a file is compressed or a columnar table, by content or by name."""
    head = stream.peek(LONGEST_MAGIC) if isinstance(stream, io.BufferedReader) else b""
    promised = os.path.splitext(name)[1].lower() in SUFFIXES
    return promised or table_kind(head) is not None or packing_of(head) is not None


def _blocks_of_stream(stream: BinaryIO, name: str, reading: Reading) -> Iterator[Any]:
    """Yield the blocks of a stream of text, or of the field of a stream of JSON or a table."""
    encoding, errors, on_bytes, field, strict, _, plain_text = reading
    if isinstance(stream, io.TextIOBase):
        raise CorpusError(f"{name}: bytes expected, but the stream gives text; pass it as an iterable of lines")
    if kind := table_kind(stream.peek(8) if isinstance(stream, io.BufferedReader) else b""):
        values = values_of_file(stream, kind, name, field, errors, on_bytes)
        yield from blocks_of_values(values, name, field, strict)
        return
    head, blocks = with_head(blocks_of_text(stream, name, encoding, errors, on_bytes))
    if plain_text:
        yield from blocks
    elif is_json(head, name):
        lines = whole_lines(split_blocks(blocks), name)
        texts = (f"{block}\n" if ends_line else block for block, ends_line in blocks)
        yield from blocks_of_json(head, texts, lines, name, field, errors, strict)
    elif field is not None and not head.strip():
        return  # no records
    elif field is not None:
        yield from blocks_of_csv(head, whole_lines(split_blocks(blocks), name), name, field, strict)
    else:
        refuse_other_text(head, name)
        yield from blocks


def with_head(blocks: Iterator[tuple[str, bool]]) -> tuple[str, Iterator[tuple[str, bool]]]:
    """The first HEAD characters of the text, or all if it is shorter; and an iterator over all blocks."""
    read, length = [], 0
    for block in blocks:
        read.append(block)
        length += len(block[0])
        if length >= HEAD:
            break
    head = "".join(f"{block}\n" if ends_line else block for block, ends_line in read)
    return head[:HEAD], itertools.chain(read, blocks)

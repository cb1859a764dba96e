"""Vectors as text: word2vec's (and fastText's ``.vec``) with a header line "V D", GloVe's without one.

A row is the word and D numbers, separated by spaces or tabs. Numbers are written with nine significant digits, which
give back the same float32, and read as the float32 nearest to them. Text packed with gzip, bzip2, xz or Zstandard is
read as it is. Lines are read by the compiled `text_kernel`, and those that are not plain by `_plain_row`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from itertools import chain

import numpy as np

from wordvec.errors import InputError
from wordvec.files import replace_file
from wordvec.vectors.files.chunks import BYTE_ORDER_MARK, read_chunks
from wordvec.vectors.files.numbers import are_numbers, nearest_float32, parse_header
from wordvec.vectors.files.reading import ANOTHER_LENGTH, NO_NEWLINE, Reading
from wordvec.vectors.files.row_builder import RowBuilder
from wordvec.vectors.files.writing import written_rows, written_words
from wordvec.vectors.word_vectors import WordVectors

LONGEST_LINE = 1 << 26
COMPILED_FROM = 1 << 22  # bytes of a file; compiled code takes a moment to load
MANY = 100  # rows of another length, after which a file that has few others is given up


def read_text(reading: Reading) -> WordVectors:
    """Read word2vec text, fastText .vec or GloVe text; a first line of two whole numbers is a header.

    Without a header words may hold spaces, as some in GloVe's files do: the last D fields are the vector.
    Raises VectorsFileError, naming the line, for a field that is no finite number, too many rows of another length,
    and for a header that counts other rows than there are.
    """
    blocks = _line_blocks(reading)
    try:
        return _read_blocks(reading, blocks)
    finally:
        blocks.close()  # its file, when not all of it was wanted


def write_word2vec_text(vectors: WordVectors, path: str | os.PathLike[str]) -> None:
    """Write word2vec text, which has a header; counts, info and context vectors are not kept.

    Raises InputError for words with whitespace in them and vectors with nan or infinity: neither can be read back.
    """
    _write_text(vectors, path, header=True)


def write_glove_text(vectors: WordVectors, path: str | os.PathLike[str]) -> None:
    """Write GloVe text, which has no header; otherwise as `write_word2vec_text`."""
    if vectors.dim == 1:
        raise InputError(
            "GloVe text needs at least 2 dimensions (a row of one looks like a header); choose another format"
        )
    _write_text(vectors, path, header=False)


def _write_text(vectors: WordVectors, path: str | os.PathLike[str], header: bool) -> None:
    words = written_words(vectors)
    numbers = (" " + " ".join(["%.9g"] * vectors.dim) + "\n").encode("ascii")
    with replace_file(path) as file:
        if header:
            file.write(b"%d %d\n" % vectors.matrix.shape)
        for first, rows in written_rows(vectors):
            for word, row in zip(words.encoded(first, first + len(rows)), rows):
                file.write(word + numbers % tuple(row.tolist()))


def _read_blocks(reading: Reading, blocks: Iterator[bytes]) -> WordVectors:
    begin = next(blocks, b"\n")
    first, _, behind_header = begin.partition(b"\n")
    header = parse_header(first)
    rows, dim = header or (None, len(first.split()) - 1)
    if dim < 1 or rows == 0 or 2 * dim > LONGEST_LINE:
        raise reading.error(f"line 1: expected 'V D' or a word and its numbers; got {_shown(first)}")
    size = os.path.getsize(reading.path)
    believed = rows is not None and rows * (2 * dim + 2) <= size  # a packed file may hold more; then the matrix grows
    builder = RowBuilder(reading, dim, "line", rows if believed else None)
    parser = _Parser(reading, builder, dim, header is None, size >= COMPILED_FROM)
    if header is not None:
        parser.line, begin = 1, behind_header
    for block in chain([begin], blocks):
        finished = block.endswith(b"\n")
        parser.read(block if finished or not block else block + b"\n")
        if builder.full:
            break
    else:
        if not finished and block:
            parser.unfinished()
        reading.check_left_out(builder.seen)
        if rows is not None and parser.rows != rows:
            raise reading.error(
                f"the header declares {rows:,} words, but {parser.rows:,} rows follow: the file is cut off, "
                f"or its header is wrong"
            )
    reading.check_left_out(builder.seen)
    return builder.finish()


class _Parser:
    """Takes blocks of whole lines and gives their rows to the builder; `line` is the number of the last line read."""

    def __init__(self, reading: Reading, builder: RowBuilder, dim: int, spaces_in_words: bool, compiled: bool) -> None:
        self.reading, self.builder, self.dim, self.spaces_in_words = reading, builder, dim, spaces_in_words
        self.line = self.rows = self.blank = self.left_out = 0
        self.kernel = _kernel() if compiled else None
        self._scratch = np.empty(1, np.float64)

    def read(self, block: bytes) -> None:
        """Read the lines of a block, which ends with a newline."""
        if self.kernel is None or not block:
            for line in block.split(b"\n")[:-1]:
                if not self.builder.full:
                    self._plain(line)
            return
        lines = block.count(b"\n")
        starts, ends = np.empty(lines, np.int64), np.empty(lines, np.int64)
        rows = np.empty((len(block) // (2 * self.dim + 2) + 1, self.dim), np.float32)
        text = np.frombuffer(block, np.uint8)
        self.kernel(text, self.dim, rows, starts, ends, self._scratch, self._scratch.view(np.uint64))
        odd = np.flatnonzero(ends < 0)
        first, row = 0, 0
        for line in [*odd.tolist(), lines]:
            if self.builder.full:
                return
            taken = line - first
            if taken:
                words = [block[a:b] for a, b in zip(starts[first:line].tolist(), ends[first:line].tolist())]
                self._add(words, rows[row : row + taken], np.arange(self.line + 1, self.line + 1 + taken))
                self.line += taken
            if line < lines and not self.builder.full:
                self._plain(block[starts[line] : block.index(b"\n", starts[line])])
            first, row = line + 1, row + taken

    def _plain(self, line: bytes) -> None:
        """Read one line, whatever it is."""
        self.line += 1
        if not line.strip():
            self.blank = self.blank or self.line
            return
        row = _plain_row(line, self.dim, self.spaces_in_words)
        if row is None:
            self.rows += 1
            got = f"got {len(line.split())} fields: {_shown(line)}"
            self._another_length(self.line, f"expected a word and {self.dim} numbers; {got}")
            return
        word, fields = row
        if not are_numbers(fields):
            bad = next(field for field in fields if not are_numbers([field]))
            raise self.reading.error(f"line {self.line}: expected {self.dim} numbers; {_shown(bad)} is not one")
        self._add([word], nearest_float32(fields)[None, :], np.array([self.line]))

    def _add(self, words: list[bytes], rows: np.ndarray, lines: np.ndarray) -> None:
        if self.blank:
            blank, self.blank = self.blank, 0
            self._another_length(blank, "a blank line, and rows follow after it")
        self.rows += len(words)
        self.builder.add(words, rows, lines)

    def _another_length(self, line: int, message: str) -> None:
        self.left_out = line
        self.reading.repair(ANOTHER_LENGTH, f"line {line}: {message}")
        self.reading.check_left_out(self.builder.seen, at_least=MANY)

    def unfinished(self) -> None:
        """Say that the last line has no newline: an error when it is not a whole row either."""
        message = f"line {self.line}: no newline at its end: perhaps the file is cut off there"
        if self.left_out == self.line:
            raise self.reading.error(message)
        self.reading.repair(NO_NEWLINE, message)


def _plain_row(line: bytes, dim: int, spaces_in_words: bool) -> tuple[bytes, list[bytes]] | None:
    """The word of a line and the fields of its vector, or None when they are not as many as they should be."""
    word, *fields = line.rsplit(None, dim)
    if len(fields) != dim or word[:1].isspace():
        return None
    parts = word.split()
    if len(parts) > 1 and (not spaces_in_words or are_numbers(parts[-1:])):
        return None
    return word, fields


def _line_blocks(reading: Reading) -> Generator[bytes, None, None]:
    """Yield the file in blocks of whole lines; the last one may lack its newline. No line may be longer than 64 MiB."""
    tail, start = b"", True
    for chunk in read_chunks(reading.path):
        block = tail + chunk
        if start and len(block) >= len(BYTE_ORDER_MARK):
            block, start = block.removeprefix(BYTE_ORDER_MARK), False
        end = block.rfind(b"\n") + 1
        if end:
            yield block[:end]
        tail = block[end:]
        if len(tail) > LONGEST_LINE:
            raise reading.error(f"a line of more than {LONGEST_LINE:,} bytes: not a file of vectors")
    if tail:
        yield tail


def _kernel() -> Callable[..., int] | None:
    """The compiled reader, or None where numba is not installed."""
    try:
        from wordvec.vectors.files.text_kernel import parse_rows
    except ImportError:
        return None
    return parse_rows


def _shown(line: bytes) -> str:
    """The start of a line, for messages."""
    text = line[:60].decode("utf-8", "backslashreplace")
    return repr(text + ("..." if len(line) > 60 else ""))

"""Vectors as text: word2vec's (and fastText's ``.vec``) with a header line "V D", GloVe's without one.

A row is the word and D numbers, separated by spaces or tabs. Numbers are written with nine significant digits, which
restore the same float32, and read as the nearest float32. Text packed with gzip, bzip2, xz or Zstandard is unpacked.
Plain lines are read in C (``wordvec/native/src/numbers.c``), others in Python.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator
from itertools import chain

import numpy as np

from wordvec.errors import InputError, ShapeError
from wordvec.vectors.files.chunks import BYTE_ORDER_MARK, read_chunks
from wordvec.vectors.files.reading import ANOTHER_LENGTH, MANY, NO_NEWLINE, NOT_NUMBERS, Reading
from wordvec.vectors.files.row_builder import RowBuilder
from wordvec.vectors.files.text_layout import TextLayout, are_numbers, from_base64, nearest_float32, text_layout
from wordvec.vectors.files.writing import replace_packed_file, written_rows, written_words
from wordvec.vectors.word_rows import WordRows

LONGEST_LINE = 1 << 26
SPARSE = re.compile(rb"\d+:[-+.\d]+")
SPARSE_ADVICE = " (sparse, as index:value; write every number of a row, or reduce the matrix by SVD first)"
COMPILED_FROM = 1 << 18  # bytes of a file; the C library takes a moment to load


def read_text(reading: Reading) -> WordRows:
    """Read word2vec text, fastText .vec or GloVe text; a first line of two whole numbers is a header.

    Words may hold spaces, as some in GloVe's files do: the last D fields are the vector. A first line of three whole
    numbers, followed by words in base 64, is Deeplearning4j's. Rows of another length or without finite numbers are
    left out and reported; a header that is one row off is reported.
    Raises VectorsFileError, naming the line, for too many such rows and for a header that is further off.
    """
    blocks = line_blocks(reading)
    try:
        return _read_blocks(reading, blocks)
    finally:
        blocks.close()  # closes the file if reading stopped early


def write_word2vec_text(vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write word2vec text, which has a header; counts, info and context vectors are not kept.

    Raises InputError for words with white space and vectors with nan or infinity, which could not be read back.
    """
    _write_text(vectors, path, header=True)


def write_glove_text(vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write GloVe text, which has no header; otherwise as `write_word2vec_text`."""
    if vectors.dim == 1:
        raise InputError(
            "GloVe text needs at least 2 dimensions (a row of one looks like a header); choose another format"
        )
    _write_text(vectors, path, header=False)


def _write_text(vectors: WordRows, path: str | os.PathLike[str], header: bool) -> None:
    words = written_words(vectors)
    numbers = (" " + " ".join(["%.9g"] * vectors.dim) + "\n").encode("ascii")
    with replace_packed_file(path) as file:
        if header:
            file.write(b"%d %d\n" % vectors.matrix.shape)
        for first, rows in written_rows(vectors):
            for word, row in zip(words.encoded(first, first + len(rows)), rows):
                file.write(word + numbers % tuple(row.tolist()))


def _read_blocks(reading: Reading, blocks: Iterator[bytes]) -> WordRows:
    from wordvec.native import library

    begin = next(blocks, b"\n")
    layout = text_layout(begin)
    rows, dim = layout.rows, layout.dim
    if dim < 1 or rows == 0 or 2 * dim > LONGEST_LINE:
        first = begin.partition(b"\n")[0]
        raise reading.error(f"line 1: expected 'V D' or a word and its numbers; got {_shown(first)}")
    size = os.path.getsize(reading.path)
    believed = rows is not None and rows * (2 * dim + 2) <= size  # a packed file may have more rows
    builder = RowBuilder(reading, dim, "line", rows if believed else None)
    parser = _Parser(reading, builder, layout, size >= COMPILED_FROM and library.is_available())
    begin = begin[layout.start :]
    block, finished = begin, True
    for block in chain([begin], blocks):
        finished = block.endswith(b"\n")
        parser.read(block if finished or not block else block + b"\n")
        if builder.full:
            break
    else:
        if not finished and block:
            parser.unfinished()
        reading.check_left_out(builder.kept)
        if rows is not None:
            reading.check_count(rows, parser.rows, "the file is cut off, or its header is wrong")
    return builder.finish()


class _Parser:
    """Parses blocks of whole lines and adds their rows to the builder; `line` is the number of the last line read."""

    def __init__(self, reading: Reading, builder: RowBuilder, layout: TextLayout, compiled: bool) -> None:
        self.reading, self.builder, self.dim, self.base64 = reading, builder, layout.dim, layout.base64
        self.line = int(layout.rows is not None)
        self.rows = self.blank = self.left_out = 0
        self.compiled = compiled

    def read(self, block: bytes) -> None:
        """Read the lines of a block, which ends with a newline."""
        if not self.compiled or not block:
            for line in block.split(b"\n")[:-1]:
                if not self.builder.full:
                    self._plain(line)
            return
        rows, starts, ends = plain_rows(block, self.dim)
        lines, odd = len(ends), np.flatnonzero(ends < 0)
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
        """Read one line of any kind."""
        self.line += 1
        if not line.strip():
            self.blank = self.blank or self.line
            return
        row = _plain_row(line, self.dim)
        if row is None:
            self.rows += 1
            got = f"got {len(line.split())} fields: {_shown(line)}"
            advice = SPARSE_ADVICE if SPARSE.match(line.rsplit(None, 1)[-1]) else ""
            self._leave_out(ANOTHER_LENGTH, self.line, f"expected a word and {self.dim} numbers; {got}{advice}")
            return
        word, fields = row
        if not are_numbers(fields):
            self.rows += 1
            bad = next(field for field in fields if not are_numbers([field]))
            self._leave_out(NOT_NUMBERS, self.line, f"expected {self.dim} numbers; {_shown(bad)} is not one")
            return
        self._add([word], nearest_float32(fields)[None, :], np.array([self.line]))

    def _add(self, words: list[bytes], rows: np.ndarray, lines: np.ndarray) -> None:
        if self.blank:
            blank, self.blank = self.blank, 0
            self._leave_out(ANOTHER_LENGTH, blank, "a blank line, and rows follow after it")
        self.rows += len(words)
        if self.base64:
            words = [from_base64(self.reading, word, line) for word, line in zip(words, lines.tolist())]
        self.builder.add(words, rows, lines)

    def _leave_out(self, kind: str, line: int, message: str) -> None:
        self.left_out = line
        self.reading.repair(kind, f"line {line}: {message}")
        self.reading.check_left_out(self.builder.kept, at_least=MANY)

    def unfinished(self) -> None:
        """Report that the last line has no newline; an error if it is not a whole row either."""
        message = f"line {self.line}: no newline at its end: perhaps the file is cut off there"
        if self.left_out == self.line:
            raise self.reading.error(message)
        self.reading.repair(NO_NEWLINE, message)


def _plain_row(line: bytes, dim: int) -> tuple[bytes, list[bytes]] | None:
    """The word of a line, including its spaces, and the last `dim` fields; None if there are more or fewer fields.

    A word of several parts that ends in a number is indistinguishable from a row with a number too many.
    """
    word, *fields = line.rsplit(None, dim)
    if len(fields) != dim or word[:1].isspace():
        return None
    parts = word.split()
    return None if len(parts) > 1 and are_numbers(parts[-1:]) else (word, fields)


def line_blocks(reading: Reading) -> Generator[bytes, None, None]:
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


def plain_rows(text: bytes, dim: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Read in C those lines of a text that are a word and `dim` plain decimals. The text must end with a newline.

    Returns their rows, (R, dim) float32 with unused rows after them, and for each line where its word starts and ends
    in the text, (L,) int64; an end of -1 means that the line was not plain.

    >>> rows, starts, ends = plain_rows(b"a 1 2\nb one 2\nc 3 -4e-1\n", 2)
    >>> rows[:2].tolist(), starts.tolist(), ends.tolist()
    ([[1.0, 2.0], [3.0, -0.4000000059604645]], [0, 6, 14], [1, -1, 15])
    """
    from wordvec.native import functions

    if dim < 1 or not text.endswith(b"\n"):
        raise ShapeError(f"lines of a word and {dim} numbers, each with a newline, expected")
    lines = text.count(b"\n")
    starts, ends = np.empty(lines, np.int64), np.empty(lines, np.int64)
    rows = np.empty((len(text) // (2 * dim + 2) + 1, dim), np.float32)
    functions.read_rows(np.frombuffer(text, np.uint8), dim, rows, starts, ends)
    return rows, starts, ends


def _shown(line: bytes) -> str:
    """The start of a line, for messages."""
    text = line[:60].decode("utf-8", "backslashreplace")
    return repr(text + ("..." if len(line) > 60 else ""))

"""word2vec's binary file: a header line "V D", then for each word its bytes, a space and D little-endian float32.

word2vec.c puts a newline behind each row, gensim does not: both are read; the newline is written.
(The text file of word2vec is in text_file.py.)
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from wordvec.files import replace_file
from wordvec.vectors.files.chunks import CHUNK, first_bytes, read_chunks
from wordvec.vectors.files.numbers import parse_header
from wordvec.vectors.files.reading import Reading
from wordvec.vectors.files.row_builder import RowBuilder
from wordvec.vectors.files.writing import WHITESPACE, written_rows, written_words
from wordvec.vectors.word_vectors import WordVectors

LONGEST_HEADER = 64
LONGEST_ROW = 1 << 26  # bytes of a word and its vector


def read_word2vec_binary(reading: Reading) -> WordVectors:
    """Read word2vec's binary format, plain or packed, block by block into the matrix.

    Raises VectorsFileError, naming the byte, for a file that is cut off or longer than its header says, a word that
    is empty or holds white space, and a vector with nan or infinity.
    """
    head, packed = first_bytes(reading.path, LONGEST_HEADER)
    rows, dim = _header(reading, head)
    start = head.index(b"\n") + 1
    size = os.path.getsize(reading.path)
    least = start + rows * (4 * dim + 2)  # a word takes at least one byte and the space behind it
    if least > size and not packed:
        raise reading.error(
            f"truncated: {rows:,} words of {dim:,} dimensions take at least {least:,} bytes; the file has {size:,}"
        )
    builder = RowBuilder(reading, dim, "byte", expected=None if packed else rows)
    chunks = read_chunks(reading.path, max(CHUNK, min(size, 8 * dim)))
    try:
        _read_rows(reading, chunks, builder, rows, dim, start)
    finally:
        chunks.close()  # its file, when not all of it was wanted
    return builder.finish()


def write_word2vec_binary(vectors: WordVectors, path: str | os.PathLike[str]) -> None:
    """Write word2vec's binary format; counts, info and context vectors are not kept.

    Raises InputError for words with whitespace in them, which could not be read back, and for nan and infinity.
    """
    words = written_words(vectors)
    with replace_file(path) as file:
        file.write(b"%d %d\n" % vectors.matrix.shape)
        for first, rows in written_rows(vectors):
            block = rows.astype("<f4", copy=False)
            for word, row in zip(words.encoded(first, first + len(rows)), block):
                file.write(word + b" " + row.tobytes() + b"\n")


def _header(reading: Reading, head: bytes) -> tuple[int, int]:
    line, newline, _ = head.partition(b"\n")
    header = parse_header(line) if newline else None
    if header is None or 0 in header:
        raise reading.error("expected a first line 'V D' with two positive whole numbers")
    if 4 * header[1] > LONGEST_ROW:
        raise reading.error(f"the header declares {header[1]:,} dimensions; at most {LONGEST_ROW // 4:,} are read")
    return header


def _read_rows(
    reading: Reading, chunks: Iterator[bytes], builder: RowBuilder, rows: int, dim: int, position: int
) -> None:
    """Give the builder all rows; `position` is the byte in the file at which the first one begins."""
    buffer, done, left = b"", -position, rows
    for chunk in chunks:
        buffer = buffer + chunk if buffer else chunk
        if done < 0:  # the header
            skipped = min(len(buffer), -done)
            buffer, done = buffer[skipped:], done + skipped
            if done < 0:
                continue
        if left:
            ends, spaces = _find_rows(buffer, dim, left)
            if ends:
                _add_rows(reading, builder, buffer, ends, spaces, dim, position)
                buffer, position, left = buffer[ends[-1] :], position + ends[-1], left - len(ends)
                if builder.full:
                    return
            if left and len(buffer) > LONGEST_ROW + 4 * dim:
                raise reading.error(f"byte {position:,}: no space in {len(buffer):,} bytes, where a word should end")
        if not left and len(buffer) > 1:
            break
    else:
        if left:
            raise reading.error(
                f"truncated at byte {position + len(buffer):,}: the header declares {rows:,} words, and "
                f"row {rows - left:,} is cut"
            )
    if buffer not in (b"", b"\n"):
        at = position + buffer.startswith(b"\n")
        raise reading.error(f"byte {at:,}: the header declares {rows:,} words, but more bytes follow after them")


def _find_rows(buffer: bytes, dim: int, most: int) -> tuple[list[int], list[int]]:
    """Where in the buffer the rows end that are complete in it, at most so many, and where their words end."""
    find, size, length = buffer.find, len(buffer), 1 + 4 * dim
    ends: list[int] = []
    spaces: list[int] = []
    end = 0
    while most > 0:
        space = find(b" ", end)
        end = space + length
        if space < 0 or end > size:
            break
        spaces.append(space)
        ends.append(end)
        most -= 1
    return ends, spaces


def _add_rows(
    reading: Reading, builder: RowBuilder, buffer: bytes, ends: list[int], spaces: list[int], dim: int, position: int
) -> None:
    """Cut words and vectors out of the buffer, which begins at byte `position` of the file."""
    starts = np.array([0, *ends[:-1]])
    words = [buffer[start:space] for start, space in zip(starts.tolist(), spaces)]
    newline = [word[:1] == b"\n" for word in words]
    if any(newline):
        starts = starts + newline
        words = [word[1:] if begins else word for word, begins in zip(words, newline)]
    joined = b"".join(words)
    if b"" in words or any(byte in joined for byte in WHITESPACE):
        row = next(i for i, word in enumerate(words) if not word or any(byte in word for byte in WHITESPACE))
        at = position + int(starts[row])
        raise reading.error(f"byte {at:,}: expected a word; got {words[row][:40]!r}: the file is damaged")
    # One window of 4 D bytes begins at each byte of the buffer; those behind the spaces are the vectors.
    windows = np.ndarray(len(buffer) - 4 * dim + 1, f"V{4 * dim}", buffer, strides=(1,))
    rows = windows[np.array(spaces) + 1].view("<f4").reshape(len(spaces), dim)
    builder.add(words, rows, position + starts)

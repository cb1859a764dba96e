"""word2vec's binary file: a header line "V D", then for each word its bytes, a space and D little-endian float32.

word2vec.c puts a newline after each row, gensim does not. Both are read; the newline is written.
(word2vec's text file is in text_file.py.)
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from wordvec.errors import counted, describe
from wordvec.vectors.files.chunks import CHUNK, first_bytes, read_chunks
from wordvec.vectors.files.reading import WITH_SPACES, Reading
from wordvec.vectors.files.row_builder import RowBuilder
from wordvec.vectors.files.text_layout import parse_header
from wordvec.vectors.files.word2vec_rows import Misaligned, Row, RowFinder, are_byte_swapped, fits_plainly
from wordvec.vectors.files.writing import WHITESPACE, replace_packed_file, written_rows, written_words
from wordvec.vectors.word_rows import WordRows

LONGEST_HEADER, HEAD = 64, 4_096  # bytes; the first rows in the head show the order of bytes
OTHER_WHITESPACE = WHITESPACE.replace(b" ", b"")
FEW = 16  # dimensions: so few numbers may happen to look like text, and so like part of a word
LONGEST_ROW = 1 << 26  # bytes of a word and its vector


def read_word2vec_binary(reading: Reading) -> WordRows:
    """Read word2vec's binary format, plain or packed, block by block into the matrix.

    A word may hold spaces if the bytes after it show its end; this is reported. Rows with nan or infinity are left out
    and reported.
    Raises VectorsFileError, naming the byte, for a file that is truncated or longer than its header says, and for a
    word that is empty or holds other white space.
    """
    head, packed = first_bytes(reading.path, HEAD)
    rows, dim = _header(reading, head)
    start = head.index(b"\n") + 1
    size = os.path.getsize(reading.path)
    least = start + rows * (4 * dim + 2)  # a word takes at least one byte and the space after it
    if least > size and not packed:
        raise reading.error(
            f"truncated: {rows:,} words of {dim:,} dimensions take at least {least:,} bytes; the file has {size:,}"
        )
    if are_byte_swapped(head[start:], dim):
        raise reading.error(
            "the numbers are big-endian: as they are, most are far too large or too small for vectors, with their four "
            "bytes reversed all have usual sizes; word2vec's are little-endian: write it again so, or as text"
        )
    builder = RowBuilder(reading, dim, "byte", expected=None if packed else rows)
    chunks = read_chunks(reading.path, max(CHUNK, min(size, 8 * dim)))
    try:
        plain = dim <= FEW and not packed and fits_plainly(reading.path, start, rows, dim)
        _read_rows(reading, chunks, builder, rows, RowFinder(dim, plain), start)
    finally:
        chunks.close()  # closes the file if reading stopped early
    return builder.finish()


def write_word2vec_binary(vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write word2vec's binary format; counts, info and context vectors are not kept.

    Raises InputError for words with white space, which could not be read back, and for nan and infinity.
    """
    words = written_words(vectors)
    with replace_packed_file(path) as file:
        file.write(b"%d %d\n" % vectors.matrix.shape)
        for first, rows in written_rows(vectors):
            block = rows.astype("<f4", copy=False)
            for word, row in zip(words.encoded(first, first + len(rows)), block):
                file.write(word + b" " + row.tobytes() + b"\n")


def _header(reading: Reading, head: bytes) -> tuple[int, int]:
    line, newline, _ = head[:LONGEST_HEADER].partition(b"\n")
    header = parse_header(line) if newline else None
    if header is None or 0 in header:
        raise reading.error("expected a first line 'V D' with two positive whole numbers")
    if 4 * header[1] > LONGEST_ROW:
        raise reading.error(f"the header declares {header[1]:,} dimensions; at most {LONGEST_ROW // 4:,} are read")
    return header


def _read_rows(
    reading: Reading, chunks: Iterator[bytes], builder: RowBuilder, rows: int, finder: RowFinder, position: int
) -> None:
    """Add all rows to the builder; `position` is the byte in the file where the first one begins."""
    dim, left = finder.dim, rows
    buffer, to_skip = b"", position  # the header

    def take(is_last: bool) -> None:
        nonlocal buffer, position, left
        try:
            found = finder.find(buffer, left, is_last)
        except Misaligned as error:
            at = error.args[0]
            raise reading.error(
                f"byte {position + at:,}: expected a word; got {describe(buffer[at:])}: the file is damaged, its "
                f"header is wrong, or it holds words with spaces in places that cannot be determined"
            ) from None
        if found:
            _add_rows(reading, builder, buffer, found, dim, position)
            buffer, position, left = buffer[found[-1].end :], position + found[-1].end, left - len(found)

    for chunk in chunks:
        if to_skip:
            skipped = min(len(chunk), to_skip)
            chunk, to_skip = chunk[skipped:], to_skip - skipped
        buffer = buffer + chunk if buffer else chunk
        take(is_last=False)
        if builder.full:
            return
        if len(buffer) > LONGEST_ROW + 4 * dim or (not left and len(buffer) > 1):
            break
    else:
        take(is_last=True)
    if not builder.full:
        _check_end(reading, buffer, position, left, rows)


def _check_end(reading: Reading, buffer: bytes, position: int, left: int, rows: int) -> None:
    """Raise VectorsFileError unless all rows were found and at most a newline follows them in `buffer`."""
    if left and len(buffer) > LONGEST_ROW:
        raise reading.error(f"byte {position:,}: no space in {len(buffer):,} bytes, where a word should end")
    if left:
        raise reading.error(
            f"truncated at byte {position + len(buffer):,}: the header declares {counted(rows, 'word')}, and row "
            f"{rows - left:,} is cut; limit={max(1, rows - left)} (--limit) reads those before it"
        )
    if buffer not in (b"", b"\n"):
        at = position + buffer.startswith(b"\n")
        raise reading.error(
            f"byte {at:,}: the header declares {rows:,} words, but more bytes follow after them; limit={rows} "
            f"(--limit) reads those that it declares"
        )


def _add_rows(reading: Reading, builder: RowBuilder, buffer: bytes, found: list[Row], dim: int, position: int) -> None:
    """Add the words and vectors in the buffer, which begins at byte `position` of the file."""
    words = [buffer[row.start : row.space] for row in found]
    joined = b"".join(words)
    if b"" in words or any(byte in joined for byte in WHITESPACE):
        for row, word in zip(found, words):
            if not word or any(byte in word for byte in OTHER_WHITESPACE):
                at = position + row.start
                raise reading.error(f"byte {at:,}: expected a word; got {word[:40]!r}: the file is damaged")
            if b" " in word:
                reading.repair(WITH_SPACES, f"byte {position + row.start:,}: the word {describe(word)} holds a space")
    # A window of 4 D bytes begins at each byte of the buffer; the windows after the spaces are the vectors.
    windows = np.ndarray(len(buffer) - 4 * dim + 1, f"V{4 * dim}", buffer, strides=(1,))
    rows = windows[np.array([row.space + 1 for row in found])].view("<f4").reshape(len(found), dim)
    builder.add(words, rows, position + np.array([row.start for row in found]))

"""word2vec's binary file: a header line "V D", then for each word its bytes, a space and D little-endian float32.

word2vec.c puts a newline behind each row, gensim does not: both are read; the newline is written.
(The text file of word2vec is in text_file.py.)
"""

from __future__ import annotations

import mmap
import os

import numpy as np

from wordvec.errors import InputError, VectorsFileError
from wordvec.files import replace_file
from wordvec.vectors.text_file import WHITESPACE, check_word, parse_header
from wordvec.vectors.word_vectors import WordVectors

LONGEST_HEADER = 64


def read_word2vec_binary(path: str | os.PathLike[str]) -> WordVectors:
    """Read word2vec's binary format through a memory map, into a matrix of the size the file really has.

    Raises VectorsFileError, naming the byte, for a file that is cut off or longer than its header says, a word that
    is empty, a duplicate or not UTF-8, and a vector with nan or infinity.
    """
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise VectorsFileError(f"{path}: empty")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            rows, dim, start = _header(path, mapped)
            return _read_rows(path, mapped, rows, dim, start)


def write_word2vec_binary(vectors: WordVectors, path: str | os.PathLike[str]) -> None:
    """Write word2vec's binary format; counts, info and context vectors are not kept.

    Raises InputError for words with whitespace in them: they could not be read back.
    """
    words = [check_word(word) for word in vectors.words]
    if not np.isfinite(vectors.unit).all():  # unit_rows itself raises, naming the word
        raise InputError("the vectors hold nan or infinity")
    with replace_file(path) as file:
        file.write(b"%d %d\n" % vectors.matrix.shape)
        for word, row in zip(words, vectors.matrix):
            file.write(word + b" " + row.astype("<f4").tobytes() + b"\n")


def _header(path: str | os.PathLike[str], mapped: mmap.mmap) -> tuple[int, int, int]:
    """V, D and the byte after the header line; V rows of D must be able to fit the file."""
    end = mapped.find(b"\n", 0, LONGEST_HEADER)
    header = parse_header(mapped[: max(end, 0)])
    if header is None or 0 in header:
        raise VectorsFileError(f"{path}: expected a first line 'V D' with two positive whole numbers")
    rows, dim = header
    least = end + 1 + rows * (4 * dim + 2)  # a word takes at least one byte and the space behind it
    if least > len(mapped):
        raise VectorsFileError(
            f"{path}: truncated: {rows:,} words of {dim:,} dimensions take at least {least:,} bytes; "
            f"the file has {len(mapped):,}"
        )
    return rows, dim, end + 1


def _read_rows(path: str | os.PathLike[str], mapped: mmap.mmap, rows: int, dim: int, position: int) -> WordVectors:
    row_of: dict[str, int] = {}
    matrix = np.empty((rows, dim), "<f4")
    row_bytes = 4 * dim
    with memoryview(mapped) as source, memoryview(matrix).cast("B") as target:
        for row in range(rows):
            position += mapped[position : position + 1] == b"\n"
            space = mapped.find(b" ", position)
            vector = space + 1
            if space < 0 or vector + row_bytes > len(mapped):
                raise VectorsFileError(
                    f"{path}: truncated at byte {len(mapped):,}: the header declares {rows:,} words, row {row:,} is cut"
                )
            word = _word(path, mapped[position:space], position)
            if row_of.setdefault(word, row) != row:
                raise VectorsFileError(f"{path}: byte {position:,}: the word {word!r} of row {row} stands twice")
            target[row * row_bytes : (row + 1) * row_bytes] = source[vector : vector + row_bytes]
            position = vector + row_bytes
    position += mapped[position : position + 1] == b"\n"
    if position != len(mapped):
        raise VectorsFileError(
            f"{path}: byte {position:,}: the header declares {rows:,} words, but "
            f"{len(mapped) - position:,} bytes are left after them"
        )
    _check_finite(path, matrix, list(row_of))
    return WordVectors(list(row_of), matrix)


def _word(path: str | os.PathLike[str], raw: bytes, position: int) -> str:
    try:
        word = raw.decode("utf-8")  # raw ends before a space, so it holds none
    except UnicodeDecodeError as error:
        raise VectorsFileError(
            f"{path}: byte {position + error.start:,}: a word that is not UTF-8: {raw[:40]!r}"
        ) from None
    if not raw or any(byte in WHITESPACE for byte in raw):
        raise VectorsFileError(f"{path}: byte {position:,}: expected a word; got {raw[:40]!r}: the file is damaged")
    return word


def _check_finite(path: str | os.PathLike[str], matrix: np.ndarray, words: list[str]) -> None:
    for start in range(0, len(matrix), 8192):
        finite = np.isfinite(matrix[start : start + 8192]).all(axis=1)
        if not finite.all():
            row = start + int(np.argmin(finite))
            raise VectorsFileError(f"{path}: row {row}: the vector of {words[row]!r} holds nan or infinity")

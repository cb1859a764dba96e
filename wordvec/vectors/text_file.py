"""Vectors as text: word2vec's (and fastText's ``.vec``) with a header line "V D", GloVe's without one.

A row is the word and D numbers, separated by spaces or tabs. Numbers are written with nine significant digits, which
give back the same float32. Text packed with gzip, bzip2, xz or Zstandard is read as it is.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator

import numpy as np

from wordvec.errors import CorpusError, InputError, VectorsFileError
from wordvec.files import replace_file
from wordvec.vectors.word_bytes import encode_word
from wordvec.vectors.word_vectors import WordVectors

LONGEST_LINE = 1 << 26
WHITESPACE = b" \t\n\r\x0b\x0c"


def read_text(path: str | os.PathLike[str]) -> WordVectors:
    """Read word2vec text, fastText .vec or GloVe text; a first line of two whole numbers is a header.

    Without a header words may hold spaces, as some in GloVe's files do: the last D fields are the vector.
    Raises VectorsFileError, naming the line, for a row of another length, a field that is no finite number, a word
    that is empty, a duplicate or not UTF-8, and for a header that counts other rows than there are.
    """
    lines = text_lines(path)
    first = next(lines, b"")
    header = parse_header(first)
    if header is None:
        dim = len(first.split()) - 1
        rows, numbered = None, _chain_numbered(first, lines)
    else:
        (rows, dim), numbered = header, enumerate(lines, start=2)
    if dim < 1 or rows == 0:
        raise VectorsFileError(f"{path}: line 1: expected 'V D' or a word and its numbers; got {_shown(first)}")
    words, matrix = _read_rows(path, numbered, dim, spaces_in_words=header is None)
    if not words or (rows is not None and len(words) != rows):
        raise VectorsFileError(
            f"{path}: the header declares {rows or 0:,} words, but {len(words):,} rows follow: the file is cut off, "
            f"or its header is wrong"
        )
    _check_finite(path, matrix, first_line=1 if header is None else 2)
    return WordVectors(words, matrix)


def write_text(vectors: WordVectors, path: str | os.PathLike[str], header: bool) -> None:
    """Write word2vec text (with a header) or GloVe text (without); counts, info and context vectors are not kept.

    Raises InputError for words with whitespace in them and vectors with nan or infinity: neither can be read back.
    """
    if not header and vectors.dim == 1:
        raise InputError(
            "GloVe text needs at least 2 dimensions (a row of one looks like a header); choose another format"
        )
    words = [check_word(word) for word in vectors.words]
    if not np.isfinite(vectors.unit).all():  # unit_rows itself raises, naming the word
        raise InputError("the vectors hold nan or infinity")
    numbers = (" " + " ".join(["%.9g"] * vectors.dim) + "\n").encode("ascii")
    with replace_file(path) as file:
        if header:
            file.write(b"%d %d\n" % vectors.matrix.shape)
        for word, row in zip(words, vectors.matrix):
            file.write(word + numbers % tuple(row.tolist()))


def check_word(word: str) -> bytes:
    """Return `word` in UTF-8, or raise InputError when it holds whitespace, at which word2vec's formats split.

    >>> check_word("new_york")
    b'new_york'
    """
    encoded = encode_word(word)
    if any(byte in WHITESPACE for byte in encoded):
        raise InputError(
            f"the word {word!r} holds whitespace, which word2vec's and GloVe's formats cannot keep; "
            f"save as .safetensors or .npz"
        )
    return encoded


def parse_header(line: bytes) -> tuple[int, int] | None:
    """Return (V, D) when the line is exactly two whole numbers, else None.

    >>> parse_header(b"3 100"), parse_header(b"the 0.1 0.2")
    ((3, 100), None)
    """
    fields = line.split()
    if len(fields) == 2 and all(field.isdigit() and len(field) < 19 for field in fields):
        return int(fields[0]), int(fields[1])
    return None


def are_numbers(fields: list[bytes]) -> bool:
    """Whether every field reads as a number (Python would also take 1_000, which no such file means)."""
    try:
        for field in fields:
            float(field)
    except ValueError:
        return False
    return not any(b"_" in field for field in fields)


def text_lines(path: str | os.PathLike[str]) -> Iterator[bytes]:
    """Yield the lines of a plain or packed file without their newline; none may be longer than 64 MiB."""
    from wordvec.corpus.compression import decompressed

    tail = b""
    with open(path, "rb") as file:
        chunks = decompressed(iter(lambda: file.read(1 << 20), b""), str(path))
        try:
            for chunk in chunks:
                *whole, tail = (tail + chunk).split(b"\n")
                yield from whole
                if len(tail) > LONGEST_LINE:
                    raise VectorsFileError(f"{path}: a line of more than {LONGEST_LINE:,} bytes: not a file of vectors")
        except CorpusError as error:
            raise VectorsFileError(str(error)) from error
    if tail:
        yield tail


def _chain_numbered(first: bytes, lines: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    yield 1, first
    yield from enumerate(lines, start=2)


def _read_rows(
    path: str | os.PathLike[str], lines: Iterator[tuple[int, bytes]], dim: int, spaces_in_words: bool
) -> tuple[list[str], np.ndarray]:
    """The words and the matrix; memory grows with the rows read, whatever a header promised."""
    line_of: dict[str, int] = {}
    values = array("f")
    blank = 0
    for number, line in lines:
        parts = line.rsplit(None, dim)
        if not parts:
            blank = blank or number
            continue
        _check_row(path, number, line, parts, dim, spaces_in_words, blank)
        try:
            values.extend(map(float, parts[1:]))
            word = parts[0].decode("utf-8")
        except UnicodeDecodeError as error:
            raise VectorsFileError(
                f"{path}: line {number}: the word {_shown(parts[0])} is not UTF-8: {error}"
            ) from None
        except ValueError:
            bad = next(field for field in parts[1:] if not are_numbers([field]))
            raise VectorsFileError(f"{path}: line {number}: expected {dim} numbers; {_shown(bad)} is not one") from None
        if line_of.setdefault(word, number) != number:
            raise VectorsFileError(f"{path}: line {number}: the word {word!r} stands in line {line_of[word]} already")
    return list(line_of), np.frombuffer(values, np.float32).reshape(len(line_of), dim)


def _check_row(
    path: str | os.PathLike[str],
    number: int,
    line: bytes,
    parts: list[bytes],
    dim: int,
    spaces_in_words: bool,
    blank: int,
) -> None:
    word = parts[0]
    if blank:
        raise VectorsFileError(f"{path}: line {blank} is blank, and rows follow after it")
    if len(parts) == dim + 1 and len(word.split()) == 1 and not word[:1].isspace():
        if line.count(b"_") == word.count(b"_"):
            return
    elif len(parts) == dim + 1 and spaces_in_words and not word[:1].isspace() and not are_numbers(word.split()[-1:]):
        return
    raise VectorsFileError(
        f"{path}: line {number}: expected a word and {dim} numbers; got {len(line.split())} fields: {_shown(line)}"
    )


def _check_finite(path: str | os.PathLike[str], matrix: np.ndarray, first_line: int) -> None:
    for start in range(0, len(matrix), 8192):
        finite = np.isfinite(matrix[start : start + 8192]).all(axis=1)
        if not finite.all():
            line = first_line + start + int(np.argmin(finite))
            raise VectorsFileError(f"{path}: line {line}: a number is nan, infinite or too large for float32")


def _shown(line: bytes) -> str:
    """The start of a line, for messages."""
    text = line[:60].decode("utf-8", "backslashreplace")
    return repr(text + ("..." if len(line) > 60 else ""))

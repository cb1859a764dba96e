"""Writes vectors as tables for other programs: CSV, TSV, and JSON, which `csv_file` and `table_file` read."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from wordvec.errors import InputError
from wordvec.files import replace_file
from wordvec.terminal import json_text
from wordvec.vectors.files.csv_file import WHITE_SPACE
from wordvec.vectors.files.writing import replace_packed_file, written_rows
from wordvec.vectors.word_bytes import encode_word, whole_words
from wordvec.vectors.word_rows import WordRows

NINE_DIGITS = "%.9g"  # represent every float32 exactly


def write_csv(vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write a header, then each word, its count if known, and its numbers, between commas; words in quotes if needed.

    Raises InputError for vectors of one dimension, whose table could be any, for nan and infinity, and for words that
    begin or end with white space, which readers of tables leave out.
    """
    _write_table(vectors, path, b",")


def write_tsv(vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write the table of `write_csv` with tabs."""
    _write_table(vectors, path, b"\t")


def _write_table(vectors: WordRows, path: str | os.PathLike[str], delimiter: bytes) -> None:
    if vectors.dim == 1:
        raise InputError("a table needs at least 2 dimensions, to be told from other tables; choose another format")
    names = ["word", *([] if vectors.counts is None else ["count"]), *(f"d{i}" for i in range(vectors.dim))]
    with replace_packed_file(path) as file:
        file.write(delimiter.join(name.encode("ascii") for name in names) + b"\n")
        numbers = delimiter.join([NINE_DIGITS.encode("ascii")] * vectors.dim) + b"\n"
        for word, count, row in _entries(vectors):
            counted = b"" if count is None else b"%d" % count + delimiter
            file.write(_cell(word) + delimiter + counted + numbers % tuple(row.tolist()))


def _entries(vectors: WordRows) -> Iterator[tuple[str, int | None, np.ndarray]]:
    for first, rows in written_rows(vectors):
        last = first + len(rows)
        counts = [None] * len(rows) if vectors.counts is None else vectors.counts[first:last].tolist()
        yield from zip(vectors.words[first:last], counts, rows)


def _cell(word: str) -> bytes:
    """The word, in quotes if it holds a delimiter, a quote or the end of a line."""
    if word != word.strip(WHITE_SPACE) or "\0" in word:
        raise InputError(f"the word {word!r:.60} begins or ends with white space, or holds a null, which a table loses")
    plain = encode_word(word)
    return b'"' + plain.replace(b'"', b'""') + b'"' if any(sign in word for sign in ',\t;"\r\n') else plain


def write_json(vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write one object, {"word": [numbers], ...}, a word on each line. Raises InputError for nan and infinity."""
    whole_words(vectors.words)  # JSON could write half a surrogate pair, but nobody could read it
    with replace_file(path) as file:
        begin = "{"
        for word, _, row in _entries(vectors):
            numbers = ", ".join(NINE_DIGITS % number for number in row.tolist())
            file.write(f"{begin}{json_text(word)}: [{numbers}]".encode("utf-8", "surrogateescape"))
            begin = ",\n"
        file.write(b"}\n")

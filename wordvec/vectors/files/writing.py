"""Shared by writers of simple formats: checks that words can be read back, and rows as float32 in blocks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from wordvec.errors import InputError
from wordvec.files import replace_file
from wordvec.vectors.word_bytes import LazyWords, encode_word, join_words
from wordvec.vectors.word_rows import WordRows

WHITESPACE = b" \t\n\r\x0b\x0c"
BLOCK = 4_096  # rows
PACKINGS = (".gz", ".zst")  # suffixes of packed files


@contextmanager
def replace_packed_file(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """`replace_file` that packs by the name's suffix, .gz or .zst; the same content gives the same bytes."""
    with replace_file(path) as file:
        packing = Path(path).suffix.lower()
        if packing == ".gz":
            from gzip import GzipFile

            with GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0) as packed:
                yield packed  # type: ignore[misc]
        elif packing == ".zst":
            if sys.version_info >= (3, 14):
                from compression import zstd
            else:
                from backports import zstd
            with zstd.ZstdFile(file, "wb") as packed:
                yield packed  # type: ignore[misc]
        else:
            yield file


def check_word(word: str) -> bytes:
    """Return `word` in UTF-8, or raise InputError if it holds white space, at which word2vec's formats split.

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


def written_words(vectors: WordRows) -> LazyWords:
    """The words in UTF-8. Raises InputError if one of them holds white space."""
    data, ends = join_words(vectors.words)
    if any(byte in data for byte in WHITESPACE):
        for word in vectors.words:
            check_word(word)
    return LazyWords(data, ends)


def written_rows(vectors: WordRows) -> Iterator[tuple[int, np.ndarray]]:
    """Yield for each block the number of its first row, and its rows (n, D) as float32.

    Raises InputError, naming the word, for nan and infinity, which could not be read back.
    """
    for first in range(0, len(vectors), BLOCK):
        rows = vectors.rows(slice(first, first + BLOCK))
        finite = np.isfinite(rows)
        if not finite.all():
            word = vectors.words[first + int(np.argmin(finite.all(axis=1)))]
            raise InputError(f"the vector of {word!r} holds nan or infinity, which no reader of this format would take")
        yield first, rows

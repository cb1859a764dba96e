"""Writes fastText's binary file; `fasttext_bin` describes its layout and reads it.

In fastText a known word's vector x is the mean of its row and its n-grams' rows. So the row written for a word with n
n-grams is (n + 1) x minus the sum of their rows.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from wordvec.errors import InputError
from wordvec.files import replace_file
from wordvec.vectors.files.writing import written_rows
from wordvec.vectors.ngrams import word_blocks
from wordvec.vectors.subwords import Subwords
from wordvec.vectors.word_bytes import encode_word
from wordvec.vectors.word_rows import WordRows

MAGIC, VERSION = 793712314, 12
SKIPGRAM, NEGATIVE_SAMPLING = 2, 2  # fastText's constants; they do not affect vectors
MOST_BUCKETS = 2**31 - 1  # fastText stores their number as an int32
BLOCK = 4_096  # rows


def write_fasttext_bin(vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write words, counts, vectors and the rows of n-grams as a fastText model.

    Raises InputError for n-grams without buckets or of another kind, and for words with a NUL character.
    """
    subwords = _writable(vectors)
    words = [encode_word(word) for word in vectors.words]
    nul = next((row for row, word in enumerate(words) if b"\0" in word), None)
    if nul is not None:
        raise InputError(f"the word {vectors.words[nul]!r} holds a NUL, at which fastText's file ends words")
    counts = np.ones(len(words), np.int64) if vectors.counts is None else np.asarray(vectors.counts)
    buckets = 0 if subwords is None else subwords.buckets
    with replace_file(path) as file:
        file.write(_options(vectors, subwords))
        file.write(struct.pack("<iiiqq", len(words), len(words), 0, int(counts.sum()), -1))
        for word, count in zip(words, counts.tolist()):
            file.write(word + b"\0" + struct.pack("<qb", count, 0))
        file.write(struct.pack("<Bqq", 0, len(words) + buckets, vectors.dim))
        for block in _own_rows(vectors, words, subwords):
            file.write(block.data)
        for block in [] if subwords is None else _bucket_rows(subwords, vectors.dim):
            file.write(block.data)
        file.write(struct.pack("<Bqq", 0, len(words), vectors.dim))  # the output matrix, which vectors do not use
        for first in range(0, len(words), BLOCK):
            file.write(bytes(4 * vectors.dim * min(BLOCK, len(words) - first)))


def _writable(vectors: WordRows) -> Subwords | None:
    subwords = vectors.subwords
    if subwords is None:
        return None
    if not isinstance(subwords, Subwords):
        raise InputError(
            "these n-grams went through post-processing, which fastText's file cannot hold: fit them to the vectors "
            "as they are now, with .fit_subwords(buckets=...) or wordvec subwords --buckets"
        )
    if subwords.ngrams.jamo or subwords.ngrams.hashes:
        kind = "of Korean letters (jamo)" if subwords.ngrams.jamo else "numbered by floret's hashes"
        raise InputError(
            f"these n-grams are {kind}, which fastText does not know: fit others first, with "
            ".fit_subwords(buckets=200_000) or wordvec subwords --buckets 200000"
        )
    if subwords.kept is not None or subwords.buckets > MOST_BUCKETS:
        raise InputError(
            "fastText's file numbers n-grams by buckets, each with a row, and these have a table of their own: fit "
            "them in buckets first, with .fit_subwords(buckets=200_000) or wordvec subwords --buckets 200000"
        )
    return subwords


def _options(vectors: WordRows, subwords: Subwords | None) -> bytes:
    """Magic, version and the training options that are known and that fastText has."""
    known = vectors.info.get("parameters")
    known = known if isinstance(known, dict) else {}

    def option(name: str, usual: int) -> int:
        value: Any = known.get(name, usual)
        return value if isinstance(value, int) and 0 <= value < 2**31 else usual

    table = (0, 0, 0) if subwords is None else (subwords.buckets, subwords.shortest, subwords.longest)
    training = (option("window", 5), option("epochs", 5), option("min_count", 5), option("negatives", 5))
    numbers = (vectors.dim, *training, 1, NEGATIVE_SAMPLING, SKIPGRAM, *table, 100)
    return struct.pack("<ii12id", MAGIC, VERSION, *numbers, 1e-4)


def _own_rows(vectors: WordRows, words: list[bytes], subwords: Subwords | None) -> Iterator[np.ndarray]:
    for first, rows in written_rows(vectors):
        if subwords is None:
            yield np.ascontiguousarray(rows, "<f4")
            continue
        here = words[first : first + len(rows)]
        for part in word_blocks(here, subwords.longest):
            number = np.bincount(subwords.ids(here[part])[0], minlength=part.stop - part.start)[:, None] + 1.0
            of_ngrams = subwords.mean_with(np.zeros_like(rows[part]), here[part])
            yield np.ascontiguousarray((number * (rows[part].astype(np.float64) - of_ngrams)), "<f4")


def _bucket_rows(subwords: Subwords, dim: int) -> Iterator[np.ndarray]:
    for first in range(0, subwords.buckets, BLOCK):
        ids = np.arange(first, min(first + BLOCK, subwords.buckets)) + subwords.first
        yield np.ascontiguousarray(subwords.rows[ids], "<f4").reshape(len(ids), dim)

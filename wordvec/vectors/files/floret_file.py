"""floret's table, which spaCy loads: rows of hashed n-grams as text, without words.

The first line is "buckets dimensions minn maxn hashes seed < >"; each other line is a row's number and its values. The
vector of any word is the mean of the rows of <word> and of its n-grams (`wordvec/vectors/ngrams.py`).
"""

from __future__ import annotations

import os

import numpy as np

from wordvec.errors import InputError
from wordvec.vectors.files.chunks import first_bytes
from wordvec.vectors.files.reading import Reading
from wordvec.vectors.files.row_builder import RowBuilder
from wordvec.vectors.files.text_file import read_text
from wordvec.vectors.files.text_layout import floret_header
from wordvec.vectors.files.writing import BLOCK, replace_packed_file
from wordvec.vectors.ngrams import MOST_HASHES, word_blocks
from wordvec.vectors.subwords import LONGEST_NGRAM, Subwords
from wordvec.vectors.word_bytes import encode_word
from wordvec.vectors.word_rows import WordRows

LONGEST_HEADER = 1 << 12
SETTINGS = ("buckets", "dimensions", "minn", "maxn", "hashes", "seed")


def read_floret(reading: Reading) -> WordRows:
    """Read a table and make rows for the words that `reading` requests; other words are composed on request.

    Raises VectorsFileError if no words are requested, and for a damaged table.
    """
    _, _, shortest, longest, hashes, seed = _settings(reading)
    if reading.words is None:
        raise reading.error(
            "a table of floret, which has no words, only n-grams: say which words should have rows, words=[...] or "
            "words='list.txt' (--words list.txt); every other word gets a vector from the table, too"
        )
    table = read_text(Reading(reading.path, strict=True))  # its words are the numbers of rows
    wrong = next((row for row, word in enumerate(table.words) if word != str(row)), None)
    if wrong is not None:
        raise reading.error(f"line {wrong + 2}: row {wrong} expected; got {table.words[wrong][:40]!r}")
    subwords = Subwords(table.matrix, len(table), max(1, shortest), longest, hashes=hashes, seed=seed)
    words = sorted(reading.words)[: reading.limit]
    builder = RowBuilder(reading, table.dim, "word", len(words))
    for part in word_blocks(words, longest):
        here = words[part]
        builder.add(here, subwords.means(here), np.arange(part.start, part.stop))
    parameters = {"bucket": len(table), "minn": shortest, "maxn": longest, "hashCount": hashes}
    return builder.finish({"trainer": "floret", "parameters": parameters}, subwords=subwords)


def write_floret(vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write the table of n-grams. Raises InputError if they are not of floret's kind."""
    subwords = vectors.subwords
    if not isinstance(subwords, Subwords) or not subwords.ngrams.hashes:
        raise InputError(
            "floret's file has no words, only n-grams with its own hashes, and these vectors have none: fit them first "
            "with .fit_subwords(buckets=50_000, hashes=2) or wordvec subwords --buckets 50000 --hashes 2"
        )
    ngrams = subwords.ngrams
    sizes = (ngrams.buckets, vectors.dim, ngrams.shortest, ngrams.longest, ngrams.hashes, ngrams.seed)
    numbers = (" ".join(["%d", *["%.9g"] * vectors.dim]) + "\n").encode("ascii")
    with replace_packed_file(path) as file:
        file.write(b"%d %d %d %d %d %d < >\n" % sizes)
        for first in range(0, ngrams.buckets, BLOCK):
            ids = np.arange(first, min(first + BLOCK, ngrams.buckets))
            rows = np.asarray(subwords.rows[ids + subwords.first], np.float32)
            if not np.isfinite(rows).all():
                raise InputError(f"rows {first:,} to {ids[-1]:,} of the n-grams hold nan or infinity")
            for row, values in zip(ids.tolist(), rows.tolist()):
                file.write(numbers % (row, *values))


def closeness(vectors: WordRows) -> float:
    """The mean cosine between words' rows and the vectors composed of their n-grams, weighted by log(count + 1).

    floret's file holds only the n-grams.
    """
    assert isinstance(vectors.subwords, Subwords)
    words = [encode_word(word) for word in vectors.words]
    weights = np.ones(len(words)) if vectors.counts is None else np.log(np.asarray(vectors.counts) + 1.0)
    total = 0.0
    for part in word_blocks(words, vectors.subwords.longest):
        made = vectors.subwords.means(words[part]).astype(np.float64)
        lengths = np.maximum(np.linalg.norm(made, axis=1), np.finfo(np.float64).tiny)
        cosines = np.einsum("ij,ij->i", made, vectors.unit_rows_of(part)) / lengths
        total += float(weights[part] @ cosines)
    return total / max(float(weights.sum()), np.finfo(np.float64).tiny)


def _settings(reading: Reading) -> tuple[int, ...]:
    head = first_bytes(reading.path, LONGEST_HEADER)[0].partition(b"\n")[0]
    found = floret_header(head)
    if found is None:
        raise reading.error(f"line 1: expected '{' '.join(SETTINGS)} < >'; got {head[:80]!r}")
    buckets, _, _, longest, hashes, seed = found
    if not (1 <= hashes <= MOST_HASHES and longest <= LONGEST_NGRAM and seed < 2**32 and 0 < buckets < 2**31):
        facts = ", ".join(f"{name} {value}" for name, value in zip(SETTINGS, found))
        raise reading.error(
            f"line 1: {facts}: floret has 1 to {MOST_HASHES} hashes, and n-grams of at most {LONGEST_NGRAM} characters "
            "are read"
        )
    if head.split()[6:] != [b"<", b">"]:
        raise reading.error(f"line 1: floret writes words between < and >; this table has {head.split()[6:]!r}")
    return found

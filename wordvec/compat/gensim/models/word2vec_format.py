"""word2vec's text and binary formats as gensim reads and writes them, with counts in a separate file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.compat.gensim.differences import differs
from wordvec.errors import VectorsFileError
from wordvec.files import replace_file
from wordvec.vectors import WordVectors

MOST_DIGITS = 18  # in a count
Named = str | os.PathLike[str]


def read_word2vec(fname: Named, fvocab: Named | None, encoding: str, limit: int | None, datatype: Any) -> WordVectors:
    """Read vectors, and counts from `fvocab`: lines of a word and its count.

    Raises VectorsFileError for a word without a count and for any other line.
    """
    kinds = {np.dtype(np.float32): None, np.dtype(np.float16): "float16"}
    vectors = WordVectors.load(fname, limit=limit, dtype=kinds.get(np.dtype(datatype)))
    if fvocab is None:
        return vectors
    counts: dict[str, int] = {}
    for number, line in enumerate(_text_of(fvocab, encoding).split("\n"), 1):
        word, _, count = line.rpartition(" ")
        if line and (not word or not count.isdecimal() or len(count) > MOST_DIGITS):
            raise VectorsFileError(f"{fvocab}: line {number}: a word and its count expected; got {line[:60]!r}")
        if line:
            counts[word] = int(count)
    missing = next((word for word in vectors.words if word not in counts), None)
    if missing is not None:
        raise VectorsFileError(f"{fvocab}: no count of {missing!r}, a word of {fname}")
    numbers = np.array([counts[word] for word in vectors.words], np.int64)
    return WordVectors(vectors.words, vectors.matrix, numbers, vectors.info)


def _text_of(path: Named, encoding: str) -> str:
    try:
        return Path(path).read_text(encoding)
    except OSError as error:
        raise VectorsFileError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise VectorsFileError(f"{path}: byte {error.start} is not {encoding}: name its encoding") from None


def write_word2vec(vectors: WordVectors, fname: Named, fvocab: Named | None, binary: bool, write_header: bool) -> None:
    """Write the vectors, and to `fvocab` the counts, 0 if unknown."""
    if not write_header and binary:
        raise VectorsFileError(f"{fname}: word2vec's binary format has a header: leave out write_header=False")
    spaced = next((word for word in vectors.words if " " in word), None)
    if spaced is not None and not binary and write_header:
        _write_with_spaces(vectors, fname, spaced)
    else:
        text = "word2vec-text" if write_header else "glove"
        vectors.save(fname, format="word2vec-binary" if binary else text)
    if fvocab is not None:
        counts = [0] * len(vectors) if vectors.counts is None else vectors.counts.tolist()
        with replace_file(fvocab, "w", encoding="utf-8") as file:
            file.writelines(f"{word} {count}\n" for word, count in zip(vectors.words, counts))


def _write_with_spaces(vectors: WordVectors, fname: Named, spaced: str) -> None:
    """Write lines of a key and its numbers, with keys that contain spaces (pairs of nodes, say), as gensim does."""
    other = next((word for word in vectors.words if not _can_be_read(word)), None)
    if other is not None:
        raise VectorsFileError(
            f"{fname}: the key {other!r:.60} has a tab, a line end, a number or several spaces in it, which lines of "
            "text cannot keep: save with .save(FILE), which keeps any key"
        )
    differs(
        f"save_word2vec_format: keys hold spaces, such as {spaced!r:.60}: wordvec reads the file again, and gensim "
        "does not, though it writes it, too"
    )
    with replace_file(fname, "w", encoding="utf-8") as file:
        file.write(f"{len(vectors)} {vectors.dim}\n")
        for word, row in zip(vectors.words, vectors.rows(slice(None))):
            file.write(f"{word} {' '.join(map(str, row))}\n")


def _can_be_read(key: str) -> bool:
    """Whether a reader that knows the number of values per line can separate the key from them."""
    first, *others = key.split(" ")
    return all(part.split() == [part] for part in (first, *others)) and not any(map(_is_number, others))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

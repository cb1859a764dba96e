"""Reads the words of a matrix's rows from a separate file: text, JSON, numpy, or a pickle, which is not executed."""

from __future__ import annotations

import os
import re
from typing import Any

import numpy as np

from wordvec.corpus.wordlists import decode_list
from wordvec.errors import CorpusError, InputError, VectorsFileError, describe
from wordvec.npy_header import read_npy_header
from wordvec.vectors.files.chunks import BYTE_ORDER_MARK, bounded_json
from wordvec.vectors.files.gensim_file import described
from wordvec.vectors.files.pickled_words import words_of
from wordvec.vectors.rows import number_words

WORD_AND_COUNT = re.compile(r"(\S.*?)[ \t](\d{1,18})")
HEADINGS = ("word", "token", "label", "name")  # possible headings of a table of words
PathLike = str | os.PathLike[str]


def read_row_words(path: PathLike, rows: int) -> tuple[list[str], np.ndarray | None]:
    """Return the words of `rows` rows in order, and their counts (V,) int64 if the file has them.

    Text has one word per line, which may hold spaces. If a tab or a space and a whole number follow on every line, this
    is the count. In a table with tabs the first column holds the words. JSON and pickles hold a list or {word: row};
    the vocabulary of tokenizer.json is read, too. Raises VectorsFileError if words and rows do not
    fit, and for a word that is empty or repeated.
    """
    counts = None
    try:
        with open(path, "rb") as file:
            head = file.read(16)
        if head.startswith(b"\x80"):
            words: Any = words_of(described(path))
        elif head.startswith(b"\x93NUMPY"):
            words = _of_numpy(path)
        elif head.lstrip()[:1] in (b"[", b"{"):
            words = _of_json(path)
        else:
            words, counts = _of_text(path, rows)
    except OSError as error:
        raise VectorsFileError(f"{path}: cannot be read as a list of words: {error.strerror or error}") from error
    except (ValueError, MemoryError, OverflowError) as error:
        if isinstance(error, VectorsFileError):
            raise
        raise VectorsFileError(f"{path}: cannot be read as a list of words: {error}") from error
    if words is None:
        raise VectorsFileError(f"{path}: no list of words, and no numbering of words from 0 on")
    if len(words) != rows:
        raise VectorsFileError(
            f"{path}: {len(words):,} words, and the matrix has {rows:,} rows: each row needs its word"
        )
    try:
        number_words(words)
    except InputError as error:
        raise VectorsFileError(f"{path}: {str(error).removeprefix('WordVectors: ')}") from error
    return words, counts


def _of_numpy(path: PathLike) -> list[str] | None:
    with open(path, "rb") as file:
        header = read_npy_header(file)
        if len(header.shape) != 1 or header.dtype.kind not in "US":
            return None
        data = file.read(header.nbytes)
    return texts_of_array(np.frombuffer(data, header.dtype, header.shape[0]))


def texts_of_array(array: np.ndarray) -> list[str]:
    """A one-dimensional array of text or UTF-8 bytes as strings. Raises ValueError for bytes that are not UTF-8."""
    values = array.tolist()
    return [value.decode("utf-8") for value in values] if array.dtype.kind == "S" else values


def _of_json(path: PathLike) -> list[str] | None:
    with open(path, "rb") as file:
        text = file.read()
    found = bounded_json(text.removeprefix(BYTE_ORDER_MARK), len(text))
    if isinstance(found, dict) and isinstance(found.get("model"), dict):
        return tokens_of(found)
    if isinstance(found, dict) and all(key.isascii() and key.isdigit() and len(key) < 19 for key in found):
        found = {int(key): word for key, word in found.items()}
    return words_of(found)


def tokens_of(tokenizer: dict[str, Any]) -> list[str] | None:
    """The tokens of a Hugging Face tokenizer.json in the order of their ids; None if the ids have gaps."""
    vocabulary = tokenizer["model"].get("vocab")
    if isinstance(vocabulary, list):  # Unigram: pairs of a token and its score
        token_of = {i: pair[0] for i, pair in enumerate(vocabulary) if isinstance(pair, list) and pair}
    elif isinstance(vocabulary, dict):
        token_of = {i: token for token, i in vocabulary.items() if type(i) is int}
    else:
        return None
    added = tokenizer.get("added_tokens")
    for token in added if isinstance(added, list) else []:
        if isinstance(token, dict) and type(token.get("id")) is int:
            token_of.setdefault(token["id"], token.get("content"))
    tokens = [token_of.get(i) for i in range(len(token_of))]
    return [token for token in tokens if isinstance(token, str)] if None not in tokens else None


def _of_text(path: PathLike, rows: int) -> tuple[list[str], np.ndarray | None]:
    with open(path, "rb") as file:
        content = file.read()
    try:
        text = decode_list(content, path)
    except CorpusError as error:
        raise VectorsFileError(str(error)) from error
    lines = [line.removesuffix("\r") for line in (text if "\n" in text else text.replace("\r", "\n")).split("\n")]
    found = len(lines) - (not lines[-1])
    if found not in (rows, rows + 1):
        raise VectorsFileError(f"{path}: {found:,} lines, and the matrix has {rows:,} rows: each row needs its word")
    del lines[found:]
    if found == rows + 1:  # a heading, or a last line that is empty
        if lines[0].split("\t")[0].lower() in HEADINGS:
            del lines[0]
        elif not lines[-1]:
            del lines[-1]
    empty = next((number for number, line in enumerate(lines, 1) if not line.strip()), None)
    if empty is not None:
        raise VectorsFileError(f"{path}, line {empty}: expected a word; got {describe(lines[empty - 1])}")
    counted = [WORD_AND_COUNT.fullmatch(line) for line in lines]
    if all(match and "\t" not in match[1] for match in counted):
        matches = [match for match in counted if match]
        return [match[1] for match in matches], np.array([int(match[2]) for match in matches], np.int64)
    first = [line.split("\t")[0] for line in lines]
    if all("\t" in line for line in lines) and any(first == [str(start + i) for i in range(rows)] for start in (0, 1)):
        raise VectorsFileError(f"{path}: its first column numbers the lines: put the words first, or leave it out")
    return first, None

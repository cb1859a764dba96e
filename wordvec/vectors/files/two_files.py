"""A matrix in one file and the words of its rows in another.

The matrix is numpy's .npy, the only matrix in an .npz or in another program's .safetensors, or lines of numbers. Its
words are in the file given to `load`, or in a file next to it with one of the usual names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.errors import OptionError, describe
from wordvec.npy_header import map_npy
from wordvec.vectors.files.gensim_file import described
from wordvec.vectors.files.npz_file import names_of, read_members
from wordvec.vectors.files.pickle_arrays import array_of
from wordvec.vectors.files.reading import ANOTHER_LENGTH, Reading, choose
from wordvec.vectors.files.row_builder import RowBuilder
from wordvec.vectors.files.row_words import read_row_words
from wordvec.vectors.files.static_folder import read_tensors
from wordvec.vectors.files.text_file import line_blocks
from wordvec.vectors.files.text_layout import are_numbers, nearest_float32
from wordvec.vectors.word_bytes import LazyWords, encode_word, join_words
from wordvec.vectors.word_rows import WordRows

# Names of the words of A.npy; "{}" is its name without the suffix. Used by histwords, vecto, TensorBoard, and others.
BESIDE = (
    "{}.vocab", "{}.words", "{}.vocab.txt", "{}.words.txt", "{}_words.txt", "{}-words.txt", "{}_vocab.txt",
    "{}-vocab.txt", "{}.vocab.pkl", "{}-vocab.pkl", "{}_vocab.pkl", "{}.vocab.json", "{}_vocab.json", "{}.json",
    "{}.pkl", "{}.txt",
)  # fmt: skip
IN_FOLDER = ("words.txt", "vocab.txt", "vocab.json", "vocab.pkl", "words.npy", "metadata.tsv")
WAY_OUT = "name the file of its words: load(path, words_from=...), or wordvec convert FILE OUT --words-from LIST"
BLOCK = 1_024  # lines


def read_matrix(reading: Reading, format: str) -> WordRows:
    """Read a matrix of `format` ("numpy", "npz", "numbers", "safetensors") and its words from another file.

    Raises VectorsFileError if there is no such matrix, or the words do not fit.
    """
    path = words_path(reading)
    if format == "numbers":
        return _read_numbers(reading, path)
    if format not in MATRICES:
        raise _refusal(reading, f"a {format} file holds its words itself")
    matrix = MATRICES[format](reading)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise reading.error(f"a matrix (V, D) expected; got an array of shape {matrix.shape}")
    words, counts = read_row_words(path, len(matrix))
    lazy = LazyWords(*join_words(words), os.fspath(path))
    matrix = matrix if matrix.dtype in (np.float32, np.float16) else matrix.astype(np.float32)
    return choose(reading, lazy, matrix, look=True, counts=counts, info={"words_from": os.path.basename(path)})


def _refusal(reading: Reading, why: str) -> OptionError:
    return OptionError(f"{reading.path}: {why}: leave words_from (--words-from) out")


def words_path(reading: Reading) -> str | os.PathLike[str]:
    """The file of the words: the given one, or the only candidate next to the matrix."""
    if reading.words_from is not None:
        return reading.words_from
    path = Path(reading.path)
    stems = [path.stem, *([path.stem[:-2]] if path.stem.endswith(("-w", "-c")) else [])]  # of histwords
    names = [form.format(stem) for stem in stems for form in BESIDE]
    found = [name for name in names if (path.parent / name).is_file() and name != path.name]
    found = found or [name for name in IN_FOLDER if (path.parent / name).is_file() and name != path.name]
    if len(found) == 1:
        return path.parent / found[0]
    many = f"; {' and '.join(found[:3])} may be it" if found else ""
    raise reading.error(f"a matrix without words: {WAY_OUT}{many}")


def _of_numpy(reading: Reading) -> np.ndarray:
    try:
        array = np.asarray(map_npy(reading.path))
        if array.dtype.kind not in "fiu":
            raise ValueError("numbers expected, and it holds text")
    except ValueError as error:
        raise reading.error(f"not a readable array: {error}") from error
    return array


def _only_matrix(reading: Reading, arrays: dict[str, np.ndarray]) -> np.ndarray:
    names = names_of(arrays)
    if len(names) == 2 and (names["words"] == "words" or arrays[names["words"]].dtype.kind in "USO"):
        raise _refusal(reading, f"it holds its words itself, in the array {describe(names['words'])}")
    matrices = {name: array for name, array in arrays.items() if array.ndim == 2 and array.dtype.kind in "fiu"}
    if len(matrices) != 1:
        found = ", ".join(describe(name) for name in islice(matrices or arrays, 8)) or "none"
        raise reading.error(f"one matrix expected; its {'matrices' if matrices else 'arrays'} are {found}")
    return next(iter(matrices.values()))


def _of_pickle(reading: Reading) -> np.ndarray:
    try:
        array = array_of(described(reading.path))
    except (ValueError, MemoryError, OverflowError) as error:
        raise reading.error(f"a Python pickle that wordvec cannot read without running it: {error}") from error
    if array is None:
        raise reading.error("a Python pickle of something other than a matrix of numbers")
    return array


MATRICES: dict[str, Any] = {
    "numpy": _of_numpy,
    "gensim": _of_pickle,
    "npz": lambda reading: _only_matrix(reading, read_members(reading.path)),
    "safetensors": lambda reading: _only_matrix(reading, read_tensors(reading.path)),
}


def _read_numbers(reading: Reading, path: str | os.PathLike[str]) -> WordRows:
    """Read lines of numbers, as written by numpy.savetxt and TensorBoard's projector."""
    lines = sum(1 for _ in _lines(reading))
    words, counts = read_row_words(path, lines)
    builder: RowBuilder | None = None
    numbered = enumerate(_lines(reading), 1)
    while block := list(islice(numbered, BLOCK)):
        rows, places = [], []
        for number, line in block:
            fields = line.split()
            builder = builder or RowBuilder(reading, len(fields), "line")
            if len(fields) != builder.dim or not are_numbers(fields):
                message = f"line {number}: expected {builder.dim} numbers; got {len(fields)} fields: {describe(line)}"
                reading.repair(ANOTHER_LENGTH, message)
                continue
            rows.append(nearest_float32(fields))
            places.append(number)
        if builder is not None and rows:
            builder.add([encode_word(words[place - 1]) for place in places], np.array(rows), np.array(places))
    if builder is None:
        raise reading.error("no numbers in it")
    vectors = builder.finish({"words_from": os.path.basename(path)})
    if counts is None:
        return vectors
    kept = counts[builder.places - 1]
    return WordRows(vectors.words, vectors.matrix, kept, vectors.info, scales=vectors.scales)


def _lines(reading: Reading) -> Iterator[bytes]:
    for block in line_blocks(reading):
        yield from (line for line in block.split(b"\n") if line.strip())


def matrix_in(folder: str | os.PathLike[str]) -> Path | None:
    """The matrix in a folder of vecto or of TensorBoard's projector, if its words are there too; else None."""
    for matrix, words in (("vectors.npy", "vectors.vocab"), ("vectors.tsv", "metadata.tsv")):
        if (Path(folder) / matrix).is_file() and (Path(folder) / words).is_file():
            return Path(folder) / matrix
    return None

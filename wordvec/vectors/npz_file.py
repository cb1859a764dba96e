"""Vectors as numpy's .npz: the arrays ``words`` (text) and ``matrix``, and ``counts``, ``context_matrix``, ``info``.

``info`` is JSON in an array of one text. Arrays of Python objects (pickles) are neither read nor written.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from typing import IO

import numpy as np

from wordvec.errors import InputError, VectorsFileError
from wordvec.files import replace_file
from wordvec.vectors.word_bytes import encode_word
from wordvec.vectors.reading import Reading
from wordvec.vectors.word_vectors import WordVectors

ARRAYS = ("words", "matrix", "counts", "context_matrix", "info")


def read_npz(reading: Reading) -> WordVectors:
    """Read the arrays ``words`` and ``matrix`` (and the others, where present).

    Raises VectorsFileError when they are missing, damaged or hold Python objects.
    """
    path = reading.path
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
            if "words" not in entries or "matrix" not in entries:
                raise VectorsFileError(
                    f"{path}: an .npz of vectors needs the arrays 'words' and 'matrix'; found {sorted(entries)[:8]}"
                )
            arrays = {}
            for name in ARRAYS:
                if name in entries:
                    with archive.open(entries[name]) as file:
                        arrays[name] = _read_array(file, entries[name].file_size)
        info = json.loads(str(arrays["info"])) if "info" in arrays else None
        if info is not None and not isinstance(info, dict):
            raise ValueError("'info' must be a JSON object")
        if arrays["words"].dtype.kind != "U" or arrays["words"].ndim != 1:
            raise ValueError(f"'words' must be one-dimensional text; got {arrays['words'].dtype}")
        words = arrays["words"].tolist()
        return WordVectors(words, arrays["matrix"], arrays.get("counts"), info, arrays.get("context_matrix"))
    except VectorsFileError:
        raise
    except (ValueError, TypeError, EOFError, OSError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise VectorsFileError(f"{path}: not a readable .npz of vectors: {error}") from error


def write_npz(vectors: WordVectors, path: str | os.PathLike[str]) -> None:
    """Write everything the vectors hold; readable by ``numpy.load`` without pickle.

    Raises InputError for a word that ends in a NUL character, which numpy's text arrays would drop.
    """
    for word in vectors.words:
        encode_word(word)
        if word.endswith("\0"):
            raise InputError(f"the word {word!r} ends in NUL, which numpy's text cannot keep; save as .safetensors")
    try:
        info = json.dumps(vectors.info, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(f"WordVectors.info cannot be written as JSON: {error}") from error
    arrays = {"words": np.array(vectors.words), "matrix": vectors.matrix, "info": np.array(info)}
    if vectors.counts is not None:
        arrays["counts"] = vectors.counts
    if vectors.context_matrix is not None:
        arrays["context_matrix"] = vectors.context_matrix
    with replace_file(path) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # no array of objects among them, so nothing is pickled


def _read_array(file: IO[bytes], size: int) -> np.ndarray:
    """One .npy member. What its header declares is compared with the bytes there are before anything is allocated."""
    version = np.lib.format.read_magic(file)
    read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(
        version
    )
    if read_header is None:
        raise ValueError(f"an array in .npy version {version}")
    shape, fortran_order, dtype = read_header(file)
    if dtype.hasobject:
        raise ValueError("an array of Python objects (a pickle), which wordvec never loads")
    items = 1
    for length in shape:
        items *= int(length)
    data = file.read(min(items * dtype.itemsize, size))
    if len(data) != items * dtype.itemsize or file.read(1):
        raise ValueError(f"an array of shape {shape} that has {len(data):,} bytes")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran_order else "C")

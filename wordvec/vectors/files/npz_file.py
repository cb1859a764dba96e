"""Vectors as numpy's .npz: the arrays ``words`` (text) and ``matrix``, and more where known.

These are ``counts``, ``scales`` (of an int8 matrix), ``context_matrix``, ``rare_words`` with ``rare_counts``, and
``info``, which is JSON in an array of one text. Arrays of Python objects (pickles) are neither read nor written.
"""

from __future__ import annotations

import json
import os
import struct
import zipfile
import zlib
from typing import IO, Any

import numpy as np

from wordvec.errors import InputError, VectorsFileError
from wordvec.files import replace_file
from wordvec.vectors.checks import number_words
from wordvec.vectors.files.bounds import bounded_json, check_memory
from wordvec.vectors.files.choosing import choose
from wordvec.vectors.files.npy_header import read_npy_header
from wordvec.vectors.files.reading import Reading
from wordvec.vectors.word_bytes import LazyWords, encode_word, join_words
from wordvec.vectors.word_vectors import WordVectors

ARRAYS = ("words", "matrix", "counts", "scales", "context_matrix", "info", "rare_words", "rare_counts")
PACKING = {zipfile.ZIP_STORED: 1, zipfile.ZIP_DEFLATED: 1032}  # how much smaller each can make what it packs
CHUNK = 1 << 20


def read_npz(reading: Reading) -> WordVectors:
    """Read the arrays ``words`` and ``matrix`` (and the others, where present).

    Raises VectorsFileError when they are missing, damaged or hold Python objects.
    """
    path = reading.path
    try:
        return _vectors_of(reading, _read_arrays(path))
    except VectorsFileError:
        raise
    except (
        ValueError,
        TypeError,
        EOFError,
        OSError,
        RuntimeError,
        SyntaxError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise VectorsFileError(f"{path}: not a readable .npz of vectors: {error}") from error
    except (struct.error, MemoryError, NotImplementedError, RecursionError, SystemError) as error:
        raise VectorsFileError(f"{path}: not a readable .npz of vectors: {type(error).__name__} {error}") from error


def _vectors_of(reading: Reading, arrays: dict[str, np.ndarray]) -> WordVectors:
    """The vectors that the arrays of a file are; ValueError says what does not fit."""
    info = bounded_json(str(arrays["info"]), os.path.getsize(reading.path)) if "info" in arrays else None
    if info is not None and not isinstance(info, dict):
        raise ValueError("'info' must be a JSON object")
    rare = None
    if "rare_words" in arrays and "rare_counts" in arrays:
        rare_words, rare_counts = _texts(arrays, "rare_words"), arrays["rare_counts"]
        if rare_counts.dtype.kind not in "iu" or rare_counts.shape != (len(rare_words),):
            raise ValueError(f"'rare_counts' must be integers of shape ({len(rare_words)},)")
        rare = dict(zip(rare_words, rare_counts.tolist()))
    words = _texts(arrays, "words")
    number_words(words)
    # Made once as they are, so that arrays that do not fit are named.
    whole = WordVectors(
        words, arrays["matrix"], arrays.get("counts"), info, arrays.get("context_matrix"), scales=_scales(arrays)
    )
    lazy = LazyWords(*join_words(words), os.fspath(reading.path))
    numbers: dict[str, Any] = {"scales": whole.scales, "counts": whole.counts, "context_matrix": whole.context_matrix}
    return choose(reading, lazy, whole.matrix, **numbers, info=info, rare=rare)


def write_npz(vectors: WordVectors, path: str | os.PathLike[str]) -> None:
    """Write everything the vectors hold but subwords; readable by ``numpy.load`` without pickle.

    Raises InputError for a word that ends in a NUL character, which numpy's text arrays would drop.
    """
    try:
        info = json.dumps(vectors.info, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(f"WordVectors.info cannot be written as JSON: {error}") from error
    arrays: dict[str, Any] = {"words": _text_array(vectors.words), "matrix": vectors.matrix, "info": np.array(info)}
    for name in ("counts", "scales", "context_matrix"):
        if getattr(vectors, name) is not None:
            arrays[name] = getattr(vectors, name)
    if vectors.rare:
        arrays["rare_words"] = _text_array(vectors.rare)
        arrays["rare_counts"] = np.fromiter(vectors.rare.values(), np.int64, len(vectors.rare))
    with replace_file(path) as file:
        np.savez(file, **arrays)  # no array of objects among them, so nothing is pickled


def _text_array(words: Any) -> np.ndarray:
    for word in words:
        encode_word(word)
        if word.endswith("\0"):
            raise InputError(f"the word {word!r} ends in NUL, which numpy's text cannot keep; save as .safetensors")
    return np.array(list(words))


def _scales(arrays: dict[str, np.ndarray]) -> np.ndarray | None:
    return arrays.get("scales") if arrays["matrix"].dtype == np.int8 else None


def _texts(arrays: dict[str, np.ndarray], name: str) -> list[str]:
    if arrays[name].dtype.kind != "U" or arrays[name].ndim != 1:
        raise ValueError(f"{name!r} must be one-dimensional text; got {arrays[name].dtype}")
    return arrays[name].tolist()


def _read_arrays(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
        if "words" not in entries or "matrix" not in entries:
            names = sorted(entry.filename for entry in archive.infolist())[:8]
            if entries and not any(name.endswith(".npy") for name in names):
                raise VectorsFileError(
                    f"{path}: a .zip archive: unpack it and name one of its files: {', '.join(names)}"
                )
            raise VectorsFileError(f"{path}: an .npz of vectors needs the arrays 'words' and 'matrix'; found {names}")
        arrays = {}
        size = os.path.getsize(path)
        wanted = [entries[name] for name in ARRAYS if name in entries]
        for entry in wanted:
            _check_size(entry, size)
        unpacked = sum(entry.file_size for entry in wanted)
        check_memory(path, size, unpacked, "unpacked, it", "load it with numpy and write it unpacked (numpy.savez)")
        for name in ARRAYS:
            if name in entries:
                with archive.open(entries[name]) as file:
                    arrays[name] = _read_array(file, entries[name].file_size)
        return arrays


def _check_size(entry: zipfile.ZipInfo, size: int) -> None:
    """Raise ValueError when the archive promises more bytes than so small a file can hold."""
    most = PACKING.get(entry.compress_type)
    if most is None:
        raise ValueError(f"{entry.filename} is packed in a way that numpy does not use")
    if entry.compress_size > size or entry.file_size > most * entry.compress_size + 1024:
        raise ValueError(f"{entry.filename} is said to have {entry.file_size:,} bytes, which cannot be true")


def _read_array(file: IO[bytes], size: int) -> np.ndarray:
    """One .npy member. What its header declares is compared with the bytes there are before anything is allocated."""
    header = read_npy_header(file)
    if header.nbytes > size:
        raise ValueError(f"an array of shape {header.shape} in {size:,} bytes")
    data = np.empty(header.nbytes, np.uint8)
    have = 0
    while have < len(data) and (chunk := file.read(min(CHUNK, len(data) - have))):
        data[have : have + len(chunk)] = np.frombuffer(chunk, np.uint8)
        have += len(chunk)
    if have != len(data) or file.read(1):
        raise ValueError(f"an array of shape {header.shape} that has {have:,} bytes")
    return data.view(header.dtype).reshape(header.shape, order=header.order)

"""Vectors as numpy's .npz: the arrays ``words`` (text) and ``matrix``, and others if known.

The others are ``counts``, ``scales`` (of an int8 matrix), ``context_matrix``, ``rare_words`` with ``rare_counts``, and
``info``, which is JSON in an array of one text. Arrays of Python objects (pickles) are neither read nor written.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import IO, Any, TypeVar

import numpy as np

from wordvec.errors import InputError, VectorsFileError
from wordvec.files import replace_file
from wordvec.npy_header import read_npy_header
from wordvec.vectors.files.chunks import bounded_json, check_memory
from wordvec.vectors.files.reading import Reading, choose
from wordvec.vectors.files.row_words import texts_of_array
from wordvec.vectors.files.subword_arrays import ARRAYS as SUBWORD_ARRAYS
from wordvec.vectors.files.subword_arrays import RowsInBlocks, subword_arrays, subwords_of
from wordvec.vectors.rows import info_text, number_words
from wordvec.vectors.word_bytes import LazyWords, encode_word, join_words
from wordvec.vectors.word_rows import WordRows

ARRAYS = (
    "words", "matrix", "counts", "scales", "context_matrix", "info", "rare_words", "rare_counts", *SUBWORD_ARRAYS,
)  # fmt: skip
OTHER_NAMES = {  # names in files from other programs
    "words": ("vocab", "vocabulary", "labels", "index_to_key", "index2word", "tokens", "names"),
    "matrix": ("vectors", "embeddings", "embedding", "W", "weights", "wv", "vecs"),
}
DAMAGED = (
    ValueError, TypeError, EOFError, OSError, RuntimeError, SyntaxError, zipfile.BadZipFile, zlib.error, struct.error,
    MemoryError, NotImplementedError, RecursionError, SystemError,
)  # fmt: skip
T = TypeVar("T")
PACKING = {zipfile.ZIP_STORED: 1, zipfile.ZIP_DEFLATED: 1032}  # the largest compression ratio of each method
CHUNK = 1 << 20
MOST_TEXT = 1 << 28  # bytes of words in numpy's text


def read_npz(reading: Reading) -> WordRows:
    """Read the arrays ``words`` and ``matrix`` (and the others, if present).

    Raises VectorsFileError if they are missing, damaged or hold Python objects.
    """
    return _guarded(reading.path, lambda: _vectors_of(reading, _read_arrays(reading.path)))


def _guarded(path: str | os.PathLike[str], read: Callable[[], T]) -> T:
    """Call `read`, and turn any error that a damaged archive causes into a VectorsFileError."""
    try:
        return read()
    except VectorsFileError:
        raise
    except DAMAGED as error:
        named = "" if isinstance(error, (ValueError, OSError)) else f"{type(error).__name__} "
        raise VectorsFileError(f"{path}: not a readable .npz of vectors: {named}{str(error)[:200]}") from error


def _vectors_of(reading: Reading, arrays: dict[str, np.ndarray]) -> WordRows:
    """Make vectors from the arrays of a file. Raises ValueError if something does not fit."""
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
    # Constructed as it is first, so that errors name the arrays that do not fit.
    whole = WordRows(
        words, arrays["matrix"], arrays.get("counts"), info, arrays.get("context_matrix"), scales=_scales(arrays)
    )
    lazy = LazyWords(*join_words(words), os.fspath(reading.path))
    numbers: dict[str, Any] = {"scales": whole.scales, "counts": whole.counts, "context_matrix": whole.context_matrix}
    numbers["subwords"] = subwords_of(arrays, whole.dim)
    return choose(reading, lazy, whole.matrix, look=True, **numbers, info=info, rare=rare)


def write_npz(vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write everything the vectors hold; ``numpy.load`` reads it without pickle.

    Raises InputError for a word that ends in a NUL character, which numpy's text arrays would drop.
    """
    info = info_text(vectors.info, sort_keys=True)
    arrays: dict[str, Any] = {"words": _text_array(vectors.words), "matrix": vectors.matrix, "info": np.array(info)}
    for name in ("counts", "scales", "context_matrix"):
        if getattr(vectors, name) is not None:
            arrays[name] = getattr(vectors, name)
    if vectors.rare:
        arrays["rare_words"] = _text_array(vectors.rare)
        arrays["rare_counts"] = np.fromiter(vectors.rare.values(), np.int64, len(vectors.rare))
    for name, array in subword_arrays(vectors.subwords).items():
        arrays[name] = np.concatenate(list(array.blocks())) if isinstance(array, RowsInBlocks) else array
    with replace_file(path) as file:
        np.savez(file, **arrays)  # no object arrays, so nothing is pickled


def _text_array(words: Any) -> np.ndarray:
    for word in words:
        encode_word(word)
        if word.endswith("\0"):
            raise InputError(f"the word {word!r} ends in NUL, which numpy's text cannot keep; save as .safetensors")
    listed = list(words)
    longest = max(map(len, listed))
    if 4 * longest * len(listed) > MOST_TEXT + 64 * sum(map(len, listed)):  # every word takes as much as the longest
        raise InputError(
            f"a word of {longest:,} characters among {len(listed):,}: numpy's text would take "
            f"{4 * longest * len(listed):,} bytes; save as .safetensors"
        )
    return np.array(listed)


def _scales(arrays: dict[str, np.ndarray]) -> np.ndarray | None:
    return arrays.get("scales") if arrays["matrix"].dtype == np.int8 else None


def _texts(arrays: dict[str, np.ndarray], name: str) -> list[str]:
    if arrays[name].dtype.kind not in "US" or arrays[name].ndim != 1:
        raise ValueError(f"{name!r} must be one-dimensional text; got {arrays[name].dtype}")
    return texts_of_array(arrays[name])


def read_members(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """All arrays of numbers or text in an .npz, by name. Raises VectorsFileError for a damaged file."""
    return _guarded(path, lambda: _read_arrays(path, every=True))


def _read_arrays(path: str | os.PathLike[str], every: bool = False) -> dict[str, np.ndarray]:
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
        if not every:
            entries = _of_vectors(path, entries)
        size = os.path.getsize(path)
        for entry in entries.values():
            _check_size(entry, size)
        unpacked = sum(entry.file_size for entry in entries.values())
        check_memory(path, size, unpacked, "unpacked, it", "load it with numpy and write it unpacked (numpy.savez)")
        arrays = {}
        for name, entry in entries.items():
            with archive.open(entry) as file:
                arrays[name] = _read_array(file, entry.file_size)
        return arrays


def names_of(arrays: Iterable[str]) -> dict[str, str]:
    """What an array of words and one of vectors are called among `arrays`, as far as they are there.

    >>> names_of(["vocab", "vectors", "other"]), names_of(["arr_0"])
    ({'words': 'vocab', 'matrix': 'vectors'}, {})
    """
    names = set(arrays)
    found = {}
    for ours, theirs in OTHER_NAMES.items():
        known = [ours] if ours in names else [name for name in theirs if name in names]
        if len(known) == 1:
            found[ours] = known[0]
    return found


def _of_vectors(path: str | os.PathLike[str], entries: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The entries that belong to vectors, in the order of ARRAYS and under its names."""
    found = entries | {ours: entries[name] for ours, name in names_of(entries).items()}
    if "words" not in found or "matrix" not in found:
        names = sorted(entry.filename for entry in entries.values())[:8]
        if names and not any(name.endswith(".npy") for name in names):
            raise VectorsFileError(f"{path}: a .zip archive: unpack it and name one of its files: {', '.join(names)}")
        raise VectorsFileError(
            f"{path}: an .npz of vectors needs the arrays 'words' and 'matrix'; found {names}. The words of a matrix "
            f"may be in another file: load(path, words_from=...), or wordvec convert FILE OUT --words-from LIST"
        )
    return {name: found[name] for name in ARRAYS if name in found}


def _check_size(entry: zipfile.ZipInfo, size: int) -> None:
    """Raise ValueError if an entry claims more bytes than its packed size can hold."""
    most = PACKING.get(entry.compress_type)
    if most is None:
        raise ValueError(f"{entry.filename} is packed in a way that numpy does not use")
    if entry.compress_size > size or entry.file_size > most * entry.compress_size + 1024:
        raise ValueError(f"{entry.filename} claims {entry.file_size:,} bytes, which is impossible")


def _read_array(file: IO[bytes], size: int) -> np.ndarray:
    """Read one .npy member, after comparing its declared size with the bytes available, before any allocation."""
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

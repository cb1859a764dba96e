"""The .safetensors file of word vectors: memory-mapped, self-describing, nothing in it can be executed.

Layout (https://huggingface.co/docs/safetensors): 8 bytes little-endian length of a JSON header, the header, then the
tensors. Ours are ``counts`` (V,) I64 where known, ``word_ends`` (V,) I64, ``matrix`` (V, D) F32 or F16,
``context_matrix`` (V, D) where kept, and ``words`` (bytes,) U8: the UTF-8 words one after another, word i ending
before byte ``word_ends[i]``. The header is written here because the safetensors package orders metadata at random
(same vectors must give the same bytes), and read here because the package copies what it reads.
"""

from __future__ import annotations

import json
import math
import os
from typing import Any

import numpy as np

import wordvec
from wordvec.errors import InputError, VectorsFileError
from wordvec.files import replace_file
from wordvec.vectors.word_bytes import join_words, split_words
from wordvec.vectors.word_vectors import WordVectors

FORMAT, FORMAT_VERSION = "wordvec-vectors", 1
ALIGNMENT = 64  # the first tensor starts at a multiple of this
DTYPES: dict[str, np.dtype] = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "I64": np.dtype("<i8"),
    "U8": np.dtype("u1"),
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
MATRICES = ("matrix", "context_matrix")
TENSORS = {"counts": ("I64",), "word_ends": ("I64",), "matrix": ("F32", "F16"), "words": ("U8",)}
TENSORS["context_matrix"] = TENSORS["matrix"]
TEXT_INFO = ("trainer", "corpus_fingerprint", "tokenizer", "wordvec_version")  # metadata kept as plain text
JSON_INFO = ("parameters", "loss")  # metadata kept as JSON of its own; everything else in info goes under "more"


def write_safetensors(vectors: WordVectors, path: str | os.PathLike[str]) -> None:
    """Write `vectors` with everything they know about themselves. The same vectors and info give the same bytes.

    Raises InputError when info holds something JSON cannot, or a word is not valid Unicode.
    """
    words, word_ends = join_words(vectors.words)
    tensors: dict[str, np.ndarray | None] = {
        "counts": vectors.counts,
        "word_ends": word_ends,
        "matrix": vectors.matrix,
        "context_matrix": vectors.context_matrix,
        "words": words,
    }
    kept = {name: np.ascontiguousarray(array) for name, array in tensors.items() if array is not None}
    kept = {name: array.astype(array.dtype.newbyteorder("<"), copy=False) for name, array in kept.items()}
    header: dict[str, Any] = {"__metadata__": _metadata(vectors.info)}
    end = 0
    for name, array in kept.items():
        start, end = end, end + array.nbytes
        header[name] = {"dtype": NAMES[array.dtype], "shape": list(array.shape), "data_offsets": [start, end]}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    text += b" " * (-(8 + len(text)) % ALIGNMENT)
    with replace_file(path) as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for array in kept.values():
            file.write(array.data)


def read_safetensors(path: str | os.PathLike[str]) -> WordVectors:
    """Map a file written by `write_safetensors`; the matrices stay on disk until they are used.

    Raises VectorsFileError for a file that is truncated, damaged, of a newer format or without word vectors.
    """
    size = os.path.getsize(path)
    if size < 8:
        raise VectorsFileError(f"{path}: truncated: {size} bytes, and the length of the header alone takes 8")
    mapped = np.asarray(np.memmap(path, np.uint8, mode="r"))
    header, start = _read_header(path, mapped)
    metadata = header.pop("__metadata__", {})
    _check_kind(path, header, metadata)
    tensors = _tensors(path, header, mapped[start:])
    try:
        words = split_words(tensors["words"], tensors["word_ends"])
        info = _info(metadata)
        return WordVectors(words, tensors["matrix"], tensors.get("counts"), info, tensors.get("context_matrix"))
    except (ValueError, RecursionError) as error:
        raise VectorsFileError(f"{path}: damaged: {error}") from error


def _metadata(info: dict[str, Any]) -> dict[str, str]:
    texts: dict[str, str] = {"format": FORMAT, "format_version": str(FORMAT_VERSION)}
    more = dict(info)
    if "wordvec_version" not in info:
        texts["wordvec_version"] = wordvec.__version__
    for key in TEXT_INFO:
        if isinstance(more.get(key), str) and more[key].isprintable():  # anything odd is escaped, as JSON, under "more"
            texts[key] = more.pop(key)
    for key in JSON_INFO:
        if key in more:
            texts[key] = _json(key, more.pop(key))
    if more:
        texts["more"] = _json("info", more)
    return dict(sorted(texts.items()))


def _json(key: str, value: Any) -> str:
    try:
        return json.dumps(value, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(f"WordVectors.info: {key!r} cannot be written as JSON: {error}") from error


def _info(metadata: dict[str, str]) -> dict[str, Any]:
    info: dict[str, Any] = {key: metadata[key] for key in TEXT_INFO if key in metadata}
    info.update({key: json.loads(metadata[key]) for key in JSON_INFO if key in metadata})
    more = json.loads(metadata.get("more", "{}"))
    if not isinstance(more, dict):
        raise ValueError("the metadata 'more' is not a JSON object")
    return {**info, **more}


def _read_header(path: str | os.PathLike[str], mapped: np.ndarray) -> tuple[dict[str, Any], int]:
    """The header as a dict, and the byte at which the tensors start."""
    length = int.from_bytes(mapped[:8].tobytes(), "little")
    if 8 + length > len(mapped):
        raise VectorsFileError(
            f"{path}: truncated or damaged: a header of {length:,} bytes in a file of {len(mapped):,}"
        )
    try:
        header = json.loads(mapped[8 : 8 + length].tobytes())
    except (ValueError, RecursionError) as error:
        raise VectorsFileError(f"{path}: damaged: the header is not JSON: {error}") from error
    if not isinstance(header, dict):
        raise VectorsFileError(f"{path}: damaged: the header is not a JSON object")
    return header, 8 + length


def _check_kind(path: str | os.PathLike[str], header: dict[str, Any], metadata: Any) -> None:
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise VectorsFileError(f"{path}: damaged: the metadata is not a JSON object of strings")
    missing = [name for name in ("matrix", "word_ends", "words") if name not in header]
    if missing or metadata.get("format") != FORMAT:
        found = ", ".join(sorted(map(str, header))[:5]) or "none"
        raise VectorsFileError(
            f"{path}: a .safetensors file without word vectors as wordvec writes them: it needs the tensors matrix, "
            f"words, word_ends and the metadata format={FORMAT!r}; its tensors are {found}"
        )
    if metadata.get("format_version") != str(FORMAT_VERSION):
        raise VectorsFileError(
            f"{path}: written in format version {metadata.get('format_version')!r}; this wordvec reads version "
            f"{FORMAT_VERSION}: upgrade wordvec (pip install -U wordvec)"
        )


def _tensors(path: str | os.PathLike[str], header: dict[str, Any], data: np.ndarray) -> dict[str, np.ndarray]:
    """Views of the tensors; each must lie where the header says, side by side and filling the file exactly."""
    tensors, spans = {}, []
    for name, entry in header.items():
        dtype, shape, begin, end = _entry(path, name, entry)
        if end > len(data):
            raise VectorsFileError(
                f"{path}: truncated: tensor {name!r} ends at byte {end:,} of the data, which has {len(data):,}"
            )
        spans.append((begin, end))
        tensors[name] = data[begin:end].view(dtype).reshape(shape)
    spans.sort()
    if [begin for begin, _ in spans] + [len(data)] != [0] + [end for _, end in spans]:
        raise VectorsFileError(f"{path}: damaged: the tensors leave gaps, overlap or do not fill the file")
    rows = {name: len(tensors[name]) for name in tensors if name != "words"}
    if len(set(rows.values())) != 1:
        raise VectorsFileError(f"{path}: damaged: the tensors disagree on the number of words: {rows}")
    return tensors


def _entry(path: str | os.PathLike[str], name: str, entry: Any) -> tuple[np.dtype, tuple[int, ...], int, int]:
    """One tensor's dtype, shape and bytes from the header."""
    try:
        dtype_name, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
        whole = all(type(n) is int and 0 <= n < 2**63 for n in (*shape, begin, end))
        dimensions = 2 if name in MATRICES else 1
        if not whole or dtype_name not in TENSORS[name] or len(shape) != dimensions:
            raise ValueError
        if end - begin != math.prod(shape) * DTYPES[dtype_name].itemsize:
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise VectorsFileError(
            f"{path}: damaged, or of a kind wordvec does not write: tensor {name!r} is described as {str(entry)[:200]}"
        ) from None
    return DTYPES[dtype_name], shape, begin, end

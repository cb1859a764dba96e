"""The header of our .safetensors files: where each tensor is, and checks of all its values."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from itertools import islice
from typing import Any

import numpy as np

from wordvec.errors import VectorsFileError, describe
from wordvec.vectors.files.chunks import bounded_json

FORMAT = "wordvec-vectors"
OLD, NEW, NEWEST = "1", "2", "3"  # format versions: 2 added scales and rare words, 3 subwords
LONGEST_HEADER = 100_000_000  # bytes, as in the safetensors package
ALIGNMENT = 64  # the first tensor starts at a multiple of this
DTYPES: dict[str, np.dtype] = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "I8": np.dtype("i1"),
    "I64": np.dtype("<i8"),
    "U8": np.dtype("u1"),
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
MATRICES = ("matrix", "context_matrix", "subword_rows")
TENSORS = {
    "counts": ("I64",),
    "word_ends": ("I64",),
    "rare_counts": ("I64",),
    "rare_word_ends": ("I64",),
    "scales": ("F32",),
    "matrix": ("F32", "F16", "I8"),
    "context_matrix": ("F32", "F16"),
    "words": ("U8",),
    "rare_words": ("U8",),
    "subwords": ("I64",),
    "subword_rows": ("F32", "F16"),
    "subword_buckets": ("I64",),
}
OF_VERSION_2 = ("scales", "rare_counts", "rare_word_ends", "rare_words")
OF_VERSION_3 = ("subwords", "subword_rows", "subword_buckets")
OF_EACH_WORD = ("counts", "word_ends", "scales", "matrix", "context_matrix")
PathLike = str | os.PathLike[str]


class NotOurs(VectorsFileError):
    """A .safetensors file from another program."""


def pack_header(metadata: Mapping[str, str], tensors: Mapping[str, Any]) -> bytes:
    """The header of a file whose tensors follow in this order."""
    header: dict[str, Any] = {"__metadata__": metadata}
    end = 0
    for name, array in tensors.items():
        start, end = end, end + array.nbytes
        header[name] = {"dtype": NAMES[array.dtype], "shape": list(array.shape), "data_offsets": [start, end]}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    text += b" " * (-(8 + len(text)) % ALIGNMENT)
    return len(text).to_bytes(8, "little") + text


def read_header(path: PathLike, mapped: np.ndarray) -> tuple[dict[str, str], dict[str, np.ndarray]]:
    """The metadata of a mapped file and views of its tensors, whose content is not read.

    Raises VectorsFileError for a header that does not match the file, or another kind of file.
    """
    header, start = parsed_header(path, mapped)
    metadata = header.pop("__metadata__", {})
    _check_kind(path, header, metadata)
    return metadata, _tensors(path, header, mapped[start:])


def parsed_header(path: PathLike, mapped: np.ndarray) -> tuple[dict[str, Any], int]:
    """The header as a dict, and the byte at which the tensors start."""
    length = int.from_bytes(mapped[:8].tobytes(), "little")
    if 8 + length > len(mapped):
        raise VectorsFileError(
            f"{path}: truncated or damaged: a header of {length:,} bytes in a file of {len(mapped):,}"
        )
    if length > LONGEST_HEADER:
        raise VectorsFileError(f"{path}: a header of {length:,} bytes; at most {LONGEST_HEADER:,} are read")
    try:
        header = bounded_json(mapped[8 : 8 + length].tobytes(), len(mapped))
    except ValueError as error:
        raise VectorsFileError(f"{path}: damaged: the header is not JSON as it should be: {error}") from error
    if not isinstance(header, dict):
        raise VectorsFileError(f"{path}: damaged: the header is not a JSON object")
    return header, 8 + length


def _check_kind(path: PathLike, header: dict[str, Any], metadata: Any) -> None:
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise VectorsFileError(f"{path}: damaged: the metadata is not a JSON object of strings")
    missing = [name for name in ("matrix", "word_ends", "words") if name not in header]
    if missing or metadata.get("format") != FORMAT:
        found = ", ".join(describe(name) for name in islice(header, 5)) or "none"
        raise NotOurs(
            f"{path}: a .safetensors file without word vectors as wordvec writes them: it needs the tensors matrix, "
            f"words, word_ends and the metadata format={FORMAT!r}; its tensors are {found}. The words of a matrix may "
            f"be in another file: load(path, words_from=...), or wordvec convert FILE OUT --words-from LIST"
        )
    if metadata.get("format_version") not in (OLD, NEW, NEWEST):
        raise VectorsFileError(
            f"{path}: written in format version {metadata.get('format_version')!r}; this wordvec reads versions "
            f"{OLD} to {NEWEST}: upgrade wordvec (pip install -U wordvec)"
        )


def _tensors(path: PathLike, header: dict[str, Any], data: np.ndarray) -> dict[str, np.ndarray]:
    """Views of the tensors, which must be contiguous and fill the file exactly."""
    tensors, spans = {}, []
    if len(header) > len(TENSORS):
        wrong = next(name for name in header if name not in TENSORS)
        raise VectorsFileError(f"{path}: damaged: {len(header):,} tensors, among them {describe(wrong)}")
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
    _check_fit(path, tensors)
    return tensors


def _check_fit(path: PathLike, tensors: dict[str, np.ndarray]) -> None:
    """Check that the tensors fit together; of their content only the last word end is read."""
    rows = {name: len(tensors[name]) for name in tensors if name in OF_EACH_WORD}
    if len(set(rows.values())) != 1:
        raise VectorsFileError(f"{path}: damaged: the tensors disagree on the number of words: {rows}")
    if ("scales" in tensors) != (tensors["matrix"].dtype == np.int8):
        raise VectorsFileError(f"{path}: damaged: an int8 matrix and its scales come together; one is missing")
    rare = [len(tensors[name]) for name in ("rare_counts", "rare_word_ends") if name in tensors]
    if len(set(rare)) > 1 or ("rare_words" in tensors) != (len(rare) == 2):
        raise VectorsFileError(f"{path}: damaged: the tensors of rare words do not fit together")
    for words, ends in (("words", "word_ends"), ("rare_words", "rare_word_ends")):
        if words in tensors and (int(tensors[ends][-1]) if len(tensors[ends]) else 0) != len(tensors[words]):
            raise VectorsFileError(f"{path}: damaged: the ends of the words do not fit their bytes")


def _entry(path: PathLike, name: str, entry: Any) -> tuple[np.dtype, tuple[int, ...], int, int]:
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
            f"{path}: damaged, or of a kind wordvec does not write: tensor {describe(name)} is described as "
            f"{_shown(entry)}"
        ) from None
    return DTYPES[dtype_name], shape, begin, end


def _shown(entry: Any) -> str:
    """A tensor's entry in the header, shortened."""
    if not isinstance(entry, dict) or len(entry) > 5:
        return describe(entry)
    return ", ".join(f"{describe(key)}: {_short_list(value)}" for key, value in entry.items())


def _short_list(value: Any) -> str:
    if isinstance(value, list) and len(value) <= 3:
        return f"[{', '.join(describe(item) for item in value)}]"
    return describe(value)

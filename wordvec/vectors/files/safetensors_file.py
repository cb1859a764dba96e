"""The .safetensors file of word vectors: memory-mapped, self-describing, without executable content.

Layout (https://huggingface.co/docs/safetensors): 8 bytes little-endian length of a JSON header, the header, then the
tensors, with wider numbers first. Ours are ``counts`` (V,) I64 if known, ``word_ends`` (V,) I64, ``matrix`` (V, D) F32,
F16, or I8 with ``scales`` (V,) F32, ``context_matrix`` (V, D) if kept, and ``words`` (bytes,) U8: the concatenated
UTF-8 words; word i ends before byte ``word_ends[i]``. ``rare_words``, ``rare_word_ends`` and ``rare_counts`` are the
words too rare for a row; see `subword_arrays` for n-gram vectors. The safetensors package is not used: it writes
metadata in random order, but the same vectors must give the same bytes; and it copies what it reads.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np

import wordvec
from wordvec.corpus.selection import LeftOut
from wordvec.errors import ShapeError, VectorsFileError
from wordvec.files import replace_file
from wordvec.vectors.files.chunks import bounded_json
from wordvec.vectors.files.reading import Reading, choose
from wordvec.vectors.files.safetensors_header import (
    FORMAT,
    NEW,
    NEWEST,
    OF_VERSION_2,
    OF_VERSION_3,
    OLD,
    NotOurs,
    pack_header,
    read_header,
)
from wordvec.vectors.files.subword_arrays import RowsInBlocks, subword_arrays, subwords_of
from wordvec.vectors.rows import info_text
from wordvec.vectors.word_bytes import LazyCounts, LazyWords, join_words
from wordvec.vectors.word_rows import WordRows

TEXT_INFO = ("trainer", "corpus_fingerprint", "tokenizer", "wordvec_version")  # metadata kept as plain text
JSON_INFO = ("parameters", "loss")  # metadata kept as separate JSON; everything else in info goes under "more"
READ_WHOLE = 2**30  # bytes of a file that Windows reads instead of mapping it


def write_safetensors(vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write `vectors` with all their information. The same vectors and info give the same bytes.

    Raises InputError if info cannot be written as JSON, or a word is not valid Unicode.
    """
    words, word_ends = join_words(vectors.words)
    tensors: dict[str, Any] = {
        "counts": vectors.counts,
        "word_ends": word_ends,
        **_rare_tensors(vectors.rare),
        "scales": vectors.scales,
        "matrix": vectors.matrix,
        "context_matrix": vectors.context_matrix,
        "words": words,
        **subword_arrays(vectors.subwords),
    }
    kept = {name: _little_endian(array) for name, array in tensors.items() if array is not None}
    kept = dict(sorted(kept.items(), key=lambda item: -item[1].itemsize))  # so that each tensor is aligned
    version = OLD
    for newer, names in ((NEW, OF_VERSION_2), (NEWEST, OF_VERSION_3)):
        version = newer if any(name in kept for name in names) else version
    header = pack_header(_metadata(vectors.info, version), kept)
    with replace_file(path) as file:
        file.write(header)
        for array in kept.values():
            for block in array.blocks() if isinstance(array, RowsInBlocks) else [array]:
                file.write(block.data)


def _little_endian(array: Any) -> Any:
    if isinstance(array, RowsInBlocks):
        return array
    array = np.ascontiguousarray(array)
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def _bytes_of(path: str | os.PathLike[str], size: int) -> np.ndarray:
    """The bytes of a file, mapped; on Windows, which lets no program replace a mapped file, only if it is large."""
    if os.name != "nt" or size > READ_WHOLE:
        return np.asarray(np.memmap(path, np.uint8, mode="r"))
    content = np.fromfile(path, np.uint8)
    content.flags.writeable = False
    return content


def read_safetensors(reading: Reading) -> WordRows:
    """Map a file written by `write_safetensors`; words and matrices stay on disk until they are used.

    Raises VectorsFileError for a file that is truncated, damaged, of a newer format or without word vectors.
    """
    path = reading.path
    size = os.path.getsize(path)
    if size < 8:
        raise VectorsFileError(f"{path}: truncated: {size} bytes, and the length of the header alone takes 8")
    mapped = _bytes_of(path, size)
    try:
        metadata, tensors = read_header(path, mapped)
    except NotOurs:
        from wordvec.vectors.files.static_folder import read_static_model

        found = read_static_model(reading)
        if found is None:
            raise
        return found
    words = LazyWords(tensors["words"], tensors["word_ends"], os.fspath(path))
    rare = None
    if "rare_words" in tensors:
        rare_words = LazyWords(tensors["rare_words"], tensors["rare_word_ends"], os.fspath(path))
        rare = LazyCounts(rare_words, tensors["rare_counts"])
    numbers: dict[str, Any] = {name: tensors.get(name) for name in ("scales", "counts", "context_matrix")}
    try:
        numbers["subwords"] = subwords_of(tensors, tensors["matrix"].shape[1])
        return choose(reading, words, tensors["matrix"], **numbers, info=_info(metadata, size), rare=rare)
    except VectorsFileError:
        raise
    except (ValueError, ShapeError, RecursionError) as error:
        raise VectorsFileError(f"{path}: damaged: {error}") from error


def _rare_tensors(rare: Mapping[str, int] | None) -> dict[str, np.ndarray]:
    """The words too rare for a row and their counts, in the order of `rare`."""
    if not rare:
        return {}
    if isinstance(rare, LeftOut):
        (words, ends), counts, _ = rare.pack()
        with suppress(VectorsFileError):  # a word that UTF-8 cannot write is named below
            LazyWords(words, ends).check()
            return {"rare_counts": counts, "rare_word_ends": ends, "rare_words": words}
    words, ends = join_words(list(rare))
    counts = np.fromiter(rare.values(), np.int64, len(rare))
    return {"rare_counts": counts, "rare_word_ends": ends, "rare_words": words}


def _metadata(info: dict[str, Any], version: str) -> dict[str, str]:
    texts: dict[str, str] = {"format": FORMAT, "format_version": version}
    more = dict(info)
    if "wordvec_version" not in info:
        texts["wordvec_version"] = wordvec.__version__
    for key in TEXT_INFO:
        if isinstance(more.get(key), str) and more[key].isprintable():  # the rest is escaped, under "more"
            texts[key] = more.pop(key)
    for key in JSON_INFO:
        if key in more:
            texts[key] = info_text(more.pop(key), f"WordVectors.info: {key!r}", sort_keys=True)
    if more:
        texts["more"] = info_text(more, sort_keys=True)
    return dict(sorted(texts.items()))


def _info(metadata: dict[str, str], size: int) -> dict[str, Any]:
    info: dict[str, Any] = {key: metadata[key] for key in TEXT_INFO if key in metadata}
    info.update({key: bounded_json(metadata[key], size) for key in JSON_INFO if key in metadata})
    more = bounded_json(metadata.get("more", "{}"), size)
    if not isinstance(more, dict):
        raise ValueError("the metadata 'more' is not a JSON object")
    return {**info, **more}

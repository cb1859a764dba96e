"""A corpus on disk: a folder of .npy files, read memory-mapped, and their description. The folder is replaced whole.

::

    corpus.json              format, version, info, sizes, fingerprint; size and SHA-256 of each other file
    ids.npy                  (N,) int32
    sentence_starts.npy      (S + 1,) int64
    words.npy                uint8, all words as concatenated UTF-8
    word_ends.npy            (V,) int64, where each word ends in words.npy
    word_counts.npy          (V,) int64
    rare_words.npy, rare_word_ends.npy, rare_counts.npy     the same for words that were seen but left out
    rare_reasons.npy         int8, why each was left out (wordvec/corpus/selection.py)
    documents.json, sentence_documents.npy, sentence_lines.npy      if documents are known, see
                             wordvec/corpus/documents/__init__.py

This is version 3. Version 2 is also read; it has the same files, each with one SHA-256. In version 3 arrays and the
fingerprint use a hash of the hashes of pieces (`hashes.py`). Saving a corpus writes version 3.

Opening reads corpus.json and the headers of the others, so it takes no longer for a larger corpus. It detects missing
and truncated files; ``verify`` reads everything and also detects files altered in place.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from wordvec.corpus.documents import FILES as DOCUMENT_FILES
from wordvec.corpus.documents import Documents
from wordvec.corpus.hashes import (
    PIECE,
    Written,
    fingerprint_of_hashes,
    hash_of_array_file,
    hash_of_file,
    hash_of_hashes,
    piece_hashes,
)
from wordvec.corpus.header import check_header
from wordvec.corpus.selection import LeftOut, VocabularyParts
from wordvec.corpus.words import Words
from wordvec.errors import CorpusError, unreadable
from wordvec.folders import FolderKind, read_unchanged, repair_folder, replace_folder
from wordvec.json_forms import parse_json
from wordvec.memory import give_back_pages
from wordvec.npy_header import map_npy, write_npy_header

MARKER = "corpus.json"
FORMAT = "wordvec corpus"
VERSION, READABLE = 3, (2, 3)
IDS_AT_A_TIME = 1 << 22

DTYPES: dict[str, type[np.generic]] = {
    "ids": np.int32,
    "sentence_starts": np.int64,
    "words": np.uint8,
    "word_ends": np.int64,
    "word_counts": np.int64,
    "rare_words": np.uint8,
    "rare_word_ends": np.int64,
    "rare_counts": np.int64,
    "rare_reasons": np.int8,
}

INDEX = frozenset({"positions/positions.json", "positions/starts.npy", "positions/positions.npy"})
OURS = frozenset({MARKER, *(f"{name}.npy" for name in DTYPES), *DOCUMENT_FILES}) | INDEX
KIND = FolderKind(MARKER, b'"format": "wordvec corpus"', OURS)


def is_corpus_folder(folder: Path) -> bool:
    """Whether `folder` was written by `save_corpus`, judging by its marker.

    A folder that a killed run had moved aside is restored first.
    """
    if not os.path.isfile(folder / MARKER):  # False for a too long name, for which Path raises an error
        with contextlib.suppress(OSError):
            repair_folder(folder)
    return os.path.isfile(folder / MARKER)


def save_corpus(
    folder: Path,
    ids: np.ndarray,
    sentence_starts: np.ndarray,
    vocabulary: VocabularyParts,
    info: dict[str, Any],
    documents: Documents | None = None,
    written: Mapping[str, Written] = MappingProxyType({}),
) -> None:
    """Write all files; `folder` is replaced entirely, or left unchanged after a failure.

    Files of arrays in `written` are linked, or copied if linking fails; they must not change any more.
    """
    words, word_ends = vocabulary.words.pack()
    arrays = {
        "ids": ids,
        "sentence_starts": sentence_starts,
        "words": words,
        "word_ends": word_ends,
        "word_counts": vocabulary.counts,
    }
    if vocabulary.left_out is not None:
        (words, word_ends), counts, reasons = vocabulary.left_out.pack()
        arrays |= {"rare_words": words, "rare_word_ends": word_ends, "rare_counts": counts, "rare_reasons": reasons}
    header = {
        "format": FORMAT,
        "version": VERSION,
        "tokens": len(ids),
        "sentences": len(sentence_starts) - 1,
        "words": len(vocabulary.words),
        "min_count": vocabulary.min_count,
        "max_words": vocabulary.max_words,
        "rare_words": None if vocabulary.left_out is None else len(vocabulary.left_out.counts),
        "info": info,
    }
    with replace_folder(folder, KIND) as temporary:
        hashes = {
            name: _place(temporary, name, written[name]) if name in written else _save(temporary, name, array)
            for name, array in arrays.items()
        }
        files = {f"{name}.npy": _described(temporary / f"{name}.npy", found) for name, found in hashes.items()}
        header["fingerprint"] = fingerprint_of_hashes(hashes)
        header["files"] = files if documents is None else files | documents.write(temporary)
        header["sha256"] = _header_digest(header)
        (temporary / MARKER).write_text(json.dumps(header, indent=2) + "\n", encoding="utf-8", newline="\n")


def _save(folder: Path, name: str, array: np.ndarray) -> list[str]:
    """Write an array; returns the hashes of its pieces."""
    dtype = np.dtype(DTYPES[name]).newbyteorder("<")
    hashes = []
    with open(folder / f"{name}.npy", "wb") as file:
        write_npy_header(file, dtype, len(array))
        for begin in range(0, len(array), PIECE):
            piece = np.ascontiguousarray(array[begin : begin + PIECE], dtype)
            hashes += piece_hashes(piece)
            file.write(piece.data)
            give_back_pages(array)
    return hashes


def _place(folder: Path, name: str, written: Written) -> list[str]:
    """Link or copy the file of an array into `folder`."""
    target = folder / f"{name}.npy"
    try:
        os.link(written.path, target)
    except OSError:  # on another file system, or one without links
        shutil.copyfile(written.path, target)
    return written.hashes


def _described(path: Path, hashes: list[str]) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256_of_pieces": hash_of_hashes(hashes)}


def _header_digest(header: dict[str, Any]) -> str:
    """SHA-256 of the description itself, independent of the file's layout."""
    content = json.loads(json.dumps({key: value for key, value in header.items() if key != "sha256"}))
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("ascii")).hexdigest()


def open_corpus(
    folder: Path, *, verify: bool = False
) -> tuple[np.ndarray, np.ndarray, VocabularyParts, dict[str, Any], str]:
    """Map the files of `folder`: ids, sentence starts, vocabulary, info, fingerprint.

    Sizes, dtypes and shapes are always checked; `verify` reads everything and checks each file's SHA-256 and that
    ids, sentence starts and words fit together (`check_content`).
    Raises CorpusError for a folder that is no corpus or of another version, and for a file missing, cut off or altered.
    """
    try:
        return read_unchanged(folder / MARKER, lambda: _open(folder, verify))
    except OSError as error:  # the system's failure, not damage
        raise CorpusError(f"{folder}: {unreadable(error)}") from error


def _open(folder: Path, verify: bool) -> tuple[np.ndarray, np.ndarray, VocabularyParts, dict[str, Any], str]:
    header = _read_header(folder)
    try:
        _check_sizes(folder, header)
        if verify:
            _check_digests(folder, header)
        names = [name for name in DTYPES if header["rare_words"] is not None or not name.startswith("rare_")]
        arrays = {name: _map(folder / f"{name}.npy", header["files"]) for name in names}
        _check_shapes(arrays, header)
        vocabulary = _vocabulary(folder, arrays, header)
        ids, sentence_starts = arrays["ids"], arrays["sentence_starts"]
        if verify:
            check_content(ids, sentence_starts, len(vocabulary.words))
        return ids, sentence_starts, vocabulary, dict(header["info"]), str(header["fingerprint"])
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        message = f"its {MARKER} lacks {error}" if isinstance(error, KeyError) else str(error)
        raise CorpusError(f"{folder}: damaged corpus: {message}; build it again from the text") from error


def check_content(ids: np.ndarray, sentence_starts: np.ndarray, words: int) -> None:
    """Check in one pass what compiled code relies on, since it would not notice an id outside the vocabulary.

    Shapes: ids (N,), sentence_starts (S + 1,). Raises CorpusError unless all ids are in 0 .. words - 1 and sentence
    starts increase strictly from 0 to N.

    >>> check_content(np.array([0, 1, 1]), np.array([0, 1, 3]), words=2)
    """
    tokens = len(ids)
    if not len(sentence_starts) or sentence_starts[0] != 0 or sentence_starts[-1] != tokens:
        raise CorpusError(f"sentence_starts.npy: sentence starts do not rise from 0 to the number of tokens, {tokens}")
    for begin in range(0, len(sentence_starts), IDS_AT_A_TIME):
        if not (np.diff(sentence_starts[begin : begin + IDS_AT_A_TIME + 1]) > 0).all():
            raise CorpusError("sentence_starts.npy: sentence starts do not rise everywhere")
    for begin in range(0, tokens, IDS_AT_A_TIME):
        chunk = ids[begin : begin + IDS_AT_A_TIME]
        if chunk.min() < 0 or chunk.max() >= words:
            place = begin + int(np.flatnonzero((chunk < 0) | (chunk >= words))[0])
            raise CorpusError(
                f"ids.npy holds {ids[place]} at position {place}, an id outside the vocabulary of {words}"
            )


def _read_header(folder: Path) -> dict[str, Any]:
    if not is_corpus_folder(folder):
        wrong = f"is not a corpus folder: it has no {MARKER}" if os.path.lexists(folder) else "no such folder"
        raise CorpusError(f"{folder}: {wrong}; wordvec corpus build TEXT -o {folder}, or Corpus.save, makes one")
    try:
        header = parse_json((folder / MARKER).read_text(encoding="utf-8"))
    except (ValueError, FileNotFoundError) as error:
        raise CorpusError(f"{folder}: damaged corpus: {MARKER}: {error}; build it again from the text") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise CorpusError(f"{folder}: its {MARKER} was not written by wordvec")
    if header.get("version") not in READABLE:
        raise CorpusError(
            f"{folder}: corpus of version {header.get('version')}, but this wordvec reads versions "
            f"{' and '.join(map(str, READABLE))}; build it again from the text"
        )
    try:
        check_header(header)
    except ValueError as error:
        raise CorpusError(f"{folder}: damaged corpus: {MARKER}: {error}; build it again from the text") from error
    return header


def _check_sizes(folder: Path, header: dict[str, Any]) -> None:
    for name, expected in header["files"].items():
        try:
            size = (folder / name).stat().st_size
        except FileNotFoundError:
            raise ValueError(f"{name} is missing") from None
        if size != expected["bytes"]:
            raise ValueError(f"{name} has {size} bytes instead of the {expected['bytes']} that were written")


def _check_digests(folder: Path, header: dict[str, Any]) -> None:
    if header["sha256"] != _header_digest(header):
        raise ValueError(f"{MARKER} was altered since it was written")
    for name, expected in header["files"].items():
        by_pieces = "sha256_of_pieces" in expected
        found = (hash_of_array_file if by_pieces else hash_of_file)(folder / name)
        if found != expected["sha256_of_pieces" if by_pieces else "sha256"]:
            raise ValueError(f"{name} was altered since it was written: it has another SHA-256")


def _map(path: Path, files: dict[str, Any]) -> np.ndarray:
    if path.name not in files:
        raise KeyError(path.name)
    try:
        return map_npy(path)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def _check_shapes(arrays: dict[str, np.ndarray], header: dict[str, Any]) -> None:
    lengths = {"ids": header["tokens"], "sentence_starts": header["sentences"] + 1}
    lengths |= dict.fromkeys(("word_ends", "word_counts"), header["words"])
    if header["rare_words"] is not None:
        lengths |= dict.fromkeys(("rare_word_ends", "rare_counts", "rare_reasons"), header["rare_words"])
    for name, array in arrays.items():
        shape = (lengths.get(name, array.size),)
        if array.dtype != DTYPES[name] or array.shape != shape:
            raise ValueError(f"{name}.npy holds {array.dtype} {array.shape}; expected {np.dtype(DTYPES[name])} {shape}")


def _vocabulary(folder: Path, arrays: dict[str, np.ndarray], header: dict[str, Any]) -> VocabularyParts:
    part = {name: np.asarray(array) for name, array in arrays.items()}  # plain views of the mapped arrays
    left_out = None
    if header["rare_words"] is not None:
        rare = Words(packed=(part["rare_words"], part["rare_word_ends"]), where=f"{folder / 'rare_words.npy'}")
        left_out = LeftOut(rare, part["rare_counts"], part["rare_reasons"])
    words = Words(packed=(part["words"], part["word_ends"]), where=f"{folder / 'words.npy'}")
    return VocabularyParts(words, part["word_counts"], header["min_count"], left_out, header["max_words"])

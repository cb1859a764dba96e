"""A co-occurrence matrix on disk: a folder of four files, written all together or not at all.

::

    cooccurrence.json    format, version, options of the counting, sizes, fingerprint of the vocabulary
    row_starts.npy       (V + 1,) int32 or int64
    columns.npy          (cells,) int32 or int64, read memory-mapped
    values.npy           (cells,) float64, read memory-mapped
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import CountsFileError, describe, unreadable
from wordvec.folders import FolderKind, read_unchanged, repair_folder, replace_folder
from wordvec.json_forms import parse_json
from wordvec.npy_header import map_npy

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from wordvec.corpus import Vocabulary

MARKER = "cooccurrence.json"
FORMAT = "wordvec cooccurrence"
VERSION = 1
KIND = FolderKind(
    MARKER, b'"format": "wordvec cooccurrence"', frozenset({MARKER, "row_starts.npy", "columns.npy", "values.npy"})
)
OPTIONS: dict[str, type | tuple[type, ...]] = {
    "window": int,
    "weighting": str,
    "side": str,
    "subsample": float,
    "subsample_mode": str,
    "seed": int,
    "vocabulary_fingerprint": (str, type(None)),
}


def fingerprint_of(words: Sequence[str]) -> str:
    """The sha256 of words in their order: it identifies the rows and columns of a matrix.

    >>> fingerprint_of(["a", "b"]) == fingerprint_of(["b", "a"]), fingerprint_of(["ab"]) == fingerprint_of(["a", "b"])
    (False, False)
    """
    return hashlib.sha256(json.dumps(list(words)).encode("ascii")).hexdigest()


def save_counts(folder: Path, matrix: csr_array, options: dict[str, Any]) -> None:
    """Write the four files; `folder` is replaced as a whole, or left as it was after a failure."""
    header = {"format": FORMAT, "version": VERSION, "words": matrix.shape[0], "cells": int(matrix.nnz), **options}
    with replace_folder(folder, KIND) as temporary:
        np.save(temporary / "row_starts.npy", matrix.indptr)
        np.save(temporary / "columns.npy", matrix.indices)
        np.save(temporary / "values.npy", matrix.data)
        (temporary / MARKER).write_text(json.dumps(header, indent=2) + "\n", encoding="utf-8", newline="\n")


def load_counts(folder: Path, vocabulary: Vocabulary | None) -> tuple[csr_array, dict[str, Any]]:
    """Read and check the four files: the matrix, and the options as `Cooccurrence` has them.

    Raises CountsFileError for a folder that is not one of ours, whose files are missing, cut off or inconsistent, or
    that was counted with words other than those of `vocabulary`.
    """
    repair_folder(folder)
    try:
        return read_unchanged(folder / MARKER, lambda: _load(folder, vocabulary))
    except OSError as error:  # the system's failure, not damage
        raise CountsFileError(f"{folder}: {unreadable(error)}") from error


def _load(folder: Path, vocabulary: Vocabulary | None) -> tuple[csr_array, dict[str, Any]]:
    from scipy.sparse import csr_array

    header = _read_header(folder)
    try:
        options = {name: header[name] for name in OPTIONS}
        for name, kind in OPTIONS.items():
            if isinstance(options[name], bool) or not isinstance(options[name], kind):
                raise ValueError(f"{name} is {describe(options[name])}")
        for name in ("words", "cells"):
            if type(header[name]) is not int or not 0 <= header[name] < 2**62:
                raise ValueError(f"{name} is {describe(header[name])}")
        row_starts, columns, values = (
            map_npy(folder / f"{name}.npy", "c") for name in ("row_starts", "columns", "values")
        )
        _check_fit(row_starts, columns, values, header["words"], header["cells"])
    except (FileNotFoundError, ValueError, KeyError, EOFError, TypeError) as error:
        raise CountsFileError(f"{folder}: damaged counts: {error}; count the corpus again") from error
    _check_vocabulary(folder, options["vocabulary_fingerprint"], header["words"], vocabulary)
    matrix = csr_array((values, columns, np.array(row_starts)), shape=(header["words"], header["words"]))
    return matrix, options


def _read_header(folder: Path) -> dict[str, Any]:
    if not (folder / MARKER).is_file():
        raise CountsFileError(f"{folder}: is not a folder of counts: it has no {MARKER}; Cooccurrence.save makes one")
    try:
        header = parse_json((folder / MARKER).read_text(encoding="utf-8"))
    except (ValueError, FileNotFoundError) as error:
        raise CountsFileError(f"{folder}: damaged counts: {MARKER}: {error}; count the corpus again") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise CountsFileError(f"{folder}: its {MARKER} was not written by wordvec")
    if header.get("version") != VERSION:
        raise CountsFileError(
            f"{folder}: counts of version {header.get('version')}, but this wordvec reads version {VERSION}; "
            "count the corpus again"
        )
    return header


def _check_fit(row_starts: np.ndarray, columns: np.ndarray, values: np.ndarray, words: int, cells: int) -> None:
    """Check everything that compiled code relies on: it would not notice a column outside the matrix."""
    if row_starts.shape != (words + 1,) or row_starts.dtype.kind != "i":
        raise ValueError(f"row_starts.npy holds {row_starts.dtype} {row_starts.shape}, not ({words + 1},) integers")
    if columns.shape != (cells,) or columns.dtype.kind != "i":
        raise ValueError(f"columns.npy holds {columns.dtype} {columns.shape}, not ({cells},) integers")
    if values.shape != (cells,) or values.dtype != np.float64:
        raise ValueError(f"values.npy holds {values.dtype} {values.shape}, not ({cells},) float64")
    if row_starts[0] != 0 or row_starts[-1] != cells or (np.diff(row_starts) < 0).any():
        raise ValueError("row starts do not rise from 0 to the number of cells")
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise ValueError("values.npy holds a count below 0 or one that is not finite")
    if cells and not (columns.min() >= 0 and columns.max() < words):
        raise ValueError("columns.npy holds a column outside the matrix")


def _check_vocabulary(folder: Path, fingerprint: str | None, words: int, vocabulary: Vocabulary | None) -> None:
    if vocabulary is None:
        return
    if fingerprint is None:
        raise CountsFileError(
            f"{folder}: was counted from ids alone, so its words cannot be checked: load it without a vocabulary, "
            "or count a Corpus"
        )
    if fingerprint != fingerprint_of(vocabulary.words):
        raise CountsFileError(
            f"{folder}: was counted with another vocabulary ({words:,} words, not these {len(vocabulary):,} in this "
            "order): load the corpus it was counted from, or count this one"
        )

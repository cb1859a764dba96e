"""The file of an index: a line of JSON that says what it is and for which vectors, then faiss's own bytes.

Both are checked (SHA-256) before faiss sees them, so that a damaged or foreign file is refused with a reason. faiss
reads numbers, not code, but trusts them: open indexes of people whom you trust.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from typing import Any, NamedTuple

import numpy as np

from wordvec.errors import MissingExtraError, VectorsFileError
from wordvec.files import parse_json, replace_file
from wordvec.vectors.word_rows import WordRows

FORMAT, FORMAT_VERSION = "wordvec-index", 1
LONGEST_HEADER = 65_536
KINDS = ("hnsw", "ivf", "ivf-int8")
LARGEST_EFFORT = 1 << 20  # takes faiss 16 MB for a query


class Index(NamedTuple):
    """faiss's index, its kind, how much of it a question looks at; its recall: value, standard error, k, sample."""

    index: Any
    kind: str
    effort: int
    recall: tuple[float, float, int, int]


def get_faiss() -> Any:
    """Import faiss. Raises MissingExtraError, which names the extra, where it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of the tool that generated its interface
            import faiss
    except ImportError:
        raise MissingExtraError("faiss", "ann", "approximate search") from None
    return faiss


def write_index(found: Index, vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write an index over the rows of `vectors`. A failed write leaves an existing file as it was."""
    content = get_faiss().serialize_index(found.index).tobytes()
    header = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "kind": found.kind,
        "effort": found.effort,
        "recall": list(found.recall),
        "vectors": fingerprint(vectors),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    with replace_file(path) as file:
        file.write(json.dumps(header, sort_keys=True).encode("ascii") + b"\n")
        file.write(content)


def read_index(path: str | os.PathLike[str], vectors: WordRows) -> Index:
    """Read an index that `write_index` wrote for the same vectors.

    Raises VectorsFileError for a file that is missing, damaged, or of other vectors; MissingExtraError without faiss.
    """
    faiss = get_faiss()
    try:
        with open(path, "rb") as file:
            line, content = file.readline(LONGEST_HEADER), file.read()
    except OSError as error:
        raise VectorsFileError(f"{path}: cannot be read: {error.strerror or error}") from error
    header = _header(path, line)
    if header.get("vectors") != fingerprint(vectors):
        raise VectorsFileError(f"{path}: an index of other vectors than these; build it again")
    if header.get("sha256") != hashlib.sha256(content).hexdigest():
        raise VectorsFileError(f"{path}: damaged: the index is not what was written; build it again")
    try:
        value, error, k, sample = header["recall"]
        recall, effort, kind = (float(value), float(error), int(k), int(sample)), int(header["effort"]), header["kind"]
        if kind not in KINDS or not 1 <= effort <= LARGEST_EFFORT:
            raise ValueError("unknown kind or effort")
        return Index(faiss.deserialize_index(np.frombuffer(content, np.uint8)), kind, effort, recall)
    except (KeyError, TypeError, ValueError, OverflowError, RuntimeError, MemoryError) as error:
        raise VectorsFileError(f"{path}: damaged: {error}; build it again") from error


def fingerprint(vectors: WordRows) -> str:
    """Return a SHA-256 of the shape and of every row's length: other rows, or another order, give another one."""
    digest = hashlib.sha256(str(vectors.matrix.shape).encode("ascii"))
    digest.update(np.ascontiguousarray(vectors.lengths).tobytes())
    return digest.hexdigest()


def _header(path: str | os.PathLike[str], line: bytes) -> dict[str, Any]:
    try:
        header = parse_json(line)
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise VectorsFileError(f"{path}: not an index as wordvec writes them")
    if header.get("format_version") != FORMAT_VERSION:
        raise VectorsFileError(
            f"{path}: an index in format version {header.get('format_version')!r}; this wordvec reads {FORMAT_VERSION}"
        )
    return header

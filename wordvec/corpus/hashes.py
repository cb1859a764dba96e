"""Hashes of long arrays in pieces of fixed length, so that several processes get the same result as one."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from wordvec.corpus.words import Words
from wordvec.memory import give_back_pages
from wordvec.npy_header import map_npy, write_npy_header

PIECE = 1 << 22  # numbers
BYTES_AT_A_TIME = 1 << 22
FINGERPRINTED = {
    "words": np.uint8, "word_ends": np.int64, "word_counts": np.int64, "ids": np.int32, "sentence_starts": np.int64,
}  # fmt: skip


class Written(NamedTuple):
    """An array already in a .npy file, and the hashes of its pieces."""

    path: Path
    hashes: list[str]


def piece_hashes(array: np.ndarray) -> list[str]:
    """The SHA-256 (hex) of each piece of an array, in little-endian byte order."""
    found = []
    for begin in range(0, len(array), PIECE):
        piece = np.ascontiguousarray(array[begin : begin + PIECE], array.dtype.newbyteorder("<"))
        found.append(hashlib.sha256(piece.data).hexdigest())
        give_back_pages(array)
    return found


def hash_of_hashes(hashes: Iterable[str]) -> str:
    """The SHA-256 (hex) of several SHA-256s.

    >>> hash_of_hashes(["00", "ff"]) == hashlib.sha256(bytes([0, 255])).hexdigest()
    True
    """
    return hashlib.sha256(b"".join(map(bytes.fromhex, hashes))).hexdigest()


def fingerprint_of(
    words: Words, counts: np.ndarray, ids: np.ndarray, sentence_starts: np.ndarray, written: Mapping[str, Written]
) -> str:
    """The fingerprint of words, counts, ids and sentence starts; `written` has the hashes of arrays in files."""
    arrays = dict(zip(FINGERPRINTED, (*words.pack(), counts, ids, sentence_starts)))
    hashes = {
        name: piece_hashes(np.asarray(array, FINGERPRINTED[name])) if name not in written else written[name].hashes
        for name, array in arrays.items()
    }
    return fingerprint_of_hashes(hashes)


def fingerprint_of_hashes(hashes: Mapping[str, list[str]]) -> str:
    """The fingerprint of a corpus from the hashes of pieces of its arrays."""
    return hash_of_hashes(hash_of_hashes(hashes[name]) for name in FINGERPRINTED)


def hash_of_file(path: Path) -> str:
    """The SHA-256 (hex) of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(BYTES_AT_A_TIME):
            digest.update(block)
    return digest.hexdigest()


def hash_of_array_file(path: Path) -> str:
    """The hash of the piece hashes of the array in a .npy file; "" if its header was changed."""
    header = io.BytesIO()
    try:
        array = map_npy(path)
        write_npy_header(header, array.dtype, len(array))
    except (ValueError, TypeError):
        return ""
    with open(path, "rb") as file:
        if file.read(header.tell()) != header.getvalue():
            return ""
    return hash_of_hashes(piece_hashes(array))

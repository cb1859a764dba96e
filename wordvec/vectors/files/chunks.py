"""Reads the bytes of plain and packed files in chunks, and bounds the memory that a file may take."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import Any

from wordvec.corpus.read.compression import FORMATS, decompressed
from wordvec.errors import CorpusError, VectorsFileError
from wordvec.json_forms import different_keys, parse_json
from wordvec.progress import progress

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # some programs put this before UTF-8 text; it has no meaning
CHUNK = 1 << 20
HEAD = 1 << 20  # bytes examined to recognize a format
SHOWN_FROM = 1 << 26  # bytes of a file that gets a progress bar


def is_packed(head: bytes) -> bool:
    """Whether a file that begins with these bytes is gzip, bzip2, xz or Zstandard."""
    return any(magic.match(head) for _, magic, _ in FORMATS)


def read_chunks(path: str | os.PathLike[str], size: int = CHUNK) -> Generator[bytes, None, None]:
    """Yield the unpacked bytes of a file, about `size` at a time; large files get a progress bar on a terminal.

    Raises VectorsFileError for packed data that is damaged or truncated.
    """
    total = os.path.getsize(path)
    with (
        open(path, "rb", buffering=0) as file,
        progress(total, "reading", "B", show=None if total >= SHOWN_FROM else False) as bar,
    ):

        def raw() -> Iterator[bytes]:
            while chunk := file.read(size):
                bar.update(len(chunk))
                yield chunk

        most = MOST_UNPACKED * total + FLOOR
        unpacked = 0
        try:
            for chunk in decompressed(raw(), os.fspath(path)):
                unpacked += len(chunk)
                if unpacked > most:
                    raise VectorsFileError(
                        f"{path}: unpacks to more than {MOST_UNPACKED} times its {total:,} bytes: perhaps made to fill "
                        "the memory; if you trust it, unpack it first (gunzip, unzstd)"
                    )
                yield chunk
        except CorpusError as error:
            raise VectorsFileError(str(error)) from error


def first_bytes(path: str | os.PathLike[str], size: int) -> tuple[bytes, bool]:
    """The first bytes of a file, unpacked, and whether it is packed."""
    with open(path, "rb") as file:
        head = file.read(size)
    if not is_packed(head):
        return head, False
    unpacked = b""
    for chunk in read_chunks(path):
        unpacked += chunk
        if len(unpacked) >= size:
            break
    return unpacked, True


# Readers check before allocating, so that a small file cannot fill the memory.


MOST_TIMES = 10  # memory that a file may take, as a multiple of its size
MOST_UNPACKED = 100  # unpacked size of a text, as a multiple of its size; real texts have 2 to 10
FLOOR = 1 << 24  # bytes that any file may take, however small


def check_memory(path: object, size: int, wanted: int, what: str, way_out: str) -> None:
    """Raise VectorsFileError if `wanted` bytes of memory are out of proportion to a file of `size` bytes.

    >>> check_memory("v.npz", 200_000, 10_000_000, "'matrix'", "...")
    """
    if wanted > MOST_TIMES * size + FLOOR:
        raise VectorsFileError(
            f"{path}: {what} takes {wanted:,} bytes of memory, more than {MOST_TIMES} times the file "
            f"({size:,} bytes): perhaps made to fill the memory; if you trust it, {way_out}"
        )


def bounded_json(text: bytes | str, size: int) -> Any:
    """Parse JSON from a file of `size` bytes.

    Raises ValueError for JSON that is damaged, repeats a key, is nested too deeply, or would take far more memory than
    the file, which is estimated before parsing.

    >>> bounded_json('{"dim": 3}', 10)
    {'dim': 3}
    >>> bounded_json('{"dim": 3, "dim": 4}', 20)
    Traceback (most recent call last):
    ValueError: the key 'dim' is there twice
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    containers = raw.count(b"[") + raw.count(b"{")
    takes = len(raw) + 64 * containers + 100 * raw.count(b":") + 8 * raw.count(b",") + 25 * raw.count(b'"')
    if takes > MOST_TIMES * size + FLOOR:
        raise ValueError(f"JSON that takes {takes:,} bytes of memory, in a file of {size:,}")
    return parse_json(raw, different_keys)

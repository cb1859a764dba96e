"""The bytes of a file in pieces, unpacked where it is packed."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator

from wordvec.corpus.read.compression import FORMATS, decompressed
from wordvec.errors import CorpusError, VectorsFileError
from wordvec.progress import progress
from wordvec.vectors.files.bounds import FLOOR, MOST_UNPACKED

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # some programs put it before text in UTF-8; it means nothing
CHUNK = 1 << 20
SHOWN_FROM = 1 << 26  # bytes of a file that takes long enough to read for a progress bar


def is_packed(head: bytes) -> bool:
    """Whether a file that begins with these bytes is gzip, bzip2, xz or Zstandard."""
    return any(magic.match(head) for _, magic, _ in FORMATS)


def read_chunks(path: str | os.PathLike[str], size: int = CHUNK) -> Generator[bytes, None, None]:
    """Yield the bytes of a plain or packed file, about `size` at a time; a bar on a terminal for large files.

    Raises VectorsFileError for packed data that are damaged or stop early.
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

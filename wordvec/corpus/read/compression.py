"""Unpacks gzip, bzip2, xz and Zstandard, recognized by their first bytes."""

from __future__ import annotations

import bz2
import lzma
import os
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from wordvec.errors import CorpusError

LONGEST_WINDOW = 31  # bits, zstd's own limit
LARGEST_CHUNK = 1 << 20  # unpacked bytes at a time, so that a small file of zeros cannot fill the memory


class _GzipDecompressor:
    """`zlib` with the interface that bz2, lzma and zstd share."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)  # 31: a gzip header, and its checksum is verified

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


def _zstd_decompressor() -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    # Long-distance matching makes windows up to 2 GiB, but only the used part of one takes memory.
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: LONGEST_WINDOW})


# First bytes of packed data. bzip2's "BZh" alone could begin a text; the others are not valid UTF-8 or not text.
FORMATS: list[tuple[str, re.Pattern[bytes], Callable[[], Any]]] = [
    ("gzip", re.compile(rb"\x1f\x8b"), _GzipDecompressor),
    ("bzip2", re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)"), bz2.BZ2Decompressor),
    ("xz", re.compile(rb"\xfd7zXZ\x00"), lzma.LZMADecompressor),
    ("Zstandard", re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"), _zstd_decompressor),
]
LONGEST_MAGIC = 10
SUFFIXES = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "Zstandard"}  # what a name promises


def packing_of(head: bytes) -> str | None:
    """The format of packed data that begins with `head`, or None."""
    return next((kind for kind, magic, _ in FORMATS if magic.match(head)), None)


def decompressed(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Yield the bytes of `chunks`, unpacked if they begin like one of FORMATS, in chunks of bounded size.

    Concatenated packed streams (from pigz, pbzip2 and ``cat``) are read to the end. Raises CorpusError, naming the
    file, if the packed bytes are damaged or stop early, or if the name has the suffix of a packed file (see SUFFIXES)
    but the content is something else.

    >>> import gzip
    >>> b"".join(decompressed([gzip.compress(b"hello ") + gzip.compress(b"world")], "greeting.gz"))
    b'hello world'
    """
    source = iter(chunks)
    head = b""
    while len(head) < LONGEST_MAGIC and (chunk := next(source, b"")):  # a pipe may give one byte at a time
        head += chunk
    found = next((known for known in FORMATS if known[1].match(head)), None)
    promised = SUFFIXES.get(os.path.splitext(name)[1].lower())
    if promised and (found is None or found[0] != promised):
        content = "is empty" if not head else f"holds {found[0] if found else 'unpacked'} data"
        raise CorpusError(
            f"{name}: {promised} data expected by its name, but it {content}; rename it or fetch it again"
        )
    if found is None:
        return chain([head] if head else [], source)
    kind, _, new_decompressor = found
    return _unpacked(chain([head], source), new_decompressor, kind, name)


def _unpacked(chunks: Iterable[bytes], new_decompressor: Callable[[], Any], kind: str, name: str) -> Iterator[bytes]:
    decompressor = None
    read = 0
    for chunk in chunks:
        read += len(chunk)
        while chunk or (decompressor is not None and not decompressor.needs_input):
            if decompressor is None:
                chunk = chunk.lstrip(b"\0")  # padding between or after streams is allowed
                if not chunk:
                    break
                decompressor = new_decompressor()
            try:
                unpacked = decompressor.decompress(chunk, max_length=LARGEST_CHUNK)
            except MemoryError:
                raise
            except Exception as error:  # zlib.error, OSError, LZMAError, ZstdError: one class each
                if "too much memory" in str(error) or "Allocation" in str(error):
                    raise CorpusError(
                        f"{name}: its {kind} window is too long for this machine's memory ({error}); pack it again "
                        "without --long or --ultra"
                    ) from error
                raise CorpusError(f"{name}: damaged {kind} data before byte {read}: {error}; fetch it again") from error
            if unpacked:
                yield unpacked
            chunk = b""
            if decompressor.eof:
                chunk, decompressor = decompressor.unused_data, None
    if decompressor is not None:
        raise CorpusError(f"{name}: cut off: the {kind} data stop after {read} bytes; fetch the file again")

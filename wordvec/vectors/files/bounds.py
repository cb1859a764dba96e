"""How much memory a file may take: readers ask before they take it, so that no small file fills the machine."""

from __future__ import annotations

from wordvec.errors import VectorsFileError

MOST_TIMES = 10  # the memory that a file may take, in its own sizes
MOST_UNPACKED = 100  # how many times its own size a packed text may have: real ones have 2 to 10 times
FLOOR = 1 << 24  # bytes that any file may take, however small


def check_memory(path: object, size: int, wanted: int, what: str, way_out: str) -> None:
    """Raise VectorsFileError when `wanted` bytes of memory are out of proportion to a file of `size` bytes.

    >>> check_memory("v.npz", 200_000, 10_000_000, "'matrix'", "...")
    """
    if wanted > MOST_TIMES * size + FLOOR:
        raise VectorsFileError(
            f"{path}: {what} takes {wanted:,} bytes of memory, more than {MOST_TIMES} times the file "
            f"({size:,} bytes): perhaps made to fill the memory; if you trust it, {way_out}"
        )

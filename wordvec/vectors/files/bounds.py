"""How much memory a file may take: readers ask before they take it, so that no small file fills the machine."""

from __future__ import annotations

import json
from typing import Any

from wordvec.errors import VectorsFileError, describe

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


def bounded_json(text: bytes | str, size: int) -> Any:
    """Return what a JSON text says, which came out of a file of `size` bytes.

    Raises ValueError for one that is damaged, names a key twice, is nested without end, or whose values would take
    far more memory than the file: they are counted before they are made.

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
    try:
        return json.loads(raw, object_pairs_hook=_different)
    except RecursionError:
        raise ValueError("JSON that is nested too deeply") from None


def _different(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {describe(twice)} is there twice")
    return found

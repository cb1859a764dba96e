"""Tracks the files and folders that are written within a block, for records of what a command made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_watching: list[list[str]] = []


@contextmanager
def watch_written() -> Iterator[list[str]]:
    """Yield a list that collects the files and folders written in the block, under the names given."""
    written: list[str] = []
    _watching.append(written)
    try:
        yield written
    finally:
        _watching.pop()


def note_written(path: str | os.PathLike[str]) -> None:
    """Record in all active `watch_written` lists that `path` was written."""
    for written in _watching:
        written.append(os.fspath(path))

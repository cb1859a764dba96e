"""Which files and folders are written while a block runs: for records of what a command made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_watching: list[list[str]] = []


@contextmanager
def watch_written() -> Iterator[list[str]]:
    """A list of the files and folders that are written in a block, as they were named."""
    written: list[str] = []
    _watching.append(written)
    try:
        yield written
    finally:
        _watching.pop()


def note_written(path: str | os.PathLike[str]) -> None:
    """Tell those who watch that `path` was written."""
    for written in _watching:
        written.append(os.fspath(path))

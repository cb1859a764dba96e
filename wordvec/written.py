"""Record what a block of code writes, refuse to write over its inputs, and lose nothing where writing is refused."""

from __future__ import annotations

import errno
import itertools
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from wordvec.errors import InputError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # the last: beyond a limit of the shell or the file system
WAITS = (0.01, 0.05, 0.2, 0.5, 1)  # seconds, on Windows
_watching: list[list[str]] = []
_keeping: list[Callable[[], Iterable[str]]] = []


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


@contextmanager
def full_disk_named(path: str | os.PathLike[str]) -> Iterator[None]:
    """Raise InputError, which names `path`, if the block fails because the disk is full or a limit is reached.

    numpy's tofile raises an error without errno for this: "8 requested and 4 written".
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL and not (error.errno is None and "requested and" in str(error)):
            raise
        raise InputError(
            f"{path}: cannot be written: {error.strerror or 'the disk is full'}; what was there before is as it was; "
            "make room, or choose another folder"
        ) from error


def put_in_place(
    rename: Callable[[Path, Path], None], temporary: Path, path: str | os.PathLike[str], target: Path
) -> None:
    """Rename `temporary` to `target`; if the system does not allow it, keep it under a name that InputError tells.

    Windows replaces no file that a program has open or mapped, even this one, and no folder with such a file. Some
    programs, such as virus scanners, open new files for a moment only.
    """
    for seconds in WAITS if os.name == "nt" else ():
        try:
            return rename(temporary, target)
        except PermissionError:
            time.sleep(seconds)
    try:
        rename(temporary, target)
    except PermissionError as error:
        names = (target.with_name(f"{target.stem}-new{n}{target.suffix}") for n in itertools.count(1))
        kept = next(name for name in names if not name.exists())
        os.rename(temporary, kept)
        raise InputError(
            f"{path}: cannot be written: {error.strerror}; is it open, in this program or another? What was there is "
            f"as it was, and the result is {kept}"
        ) from error


def check_not_open(path: str | os.PathLike[str], target: Path) -> None:
    """Raise InputError if the file `target` exists and may not be replaced, such as an open file on Windows."""
    try:
        if target.exists():
            os.rename(target, target)  # changes nothing, and is refused as the later replacement would be
    except PermissionError as error:
        raise InputError(
            f"{path}: cannot be written: {error.strerror}; is it open, in this program or another? Close it there, or "
            "name another file to write"
        ) from error


@contextmanager
def keep_inputs(files: Callable[[], Iterable[str]]) -> Iterator[None]:
    """Refuse to overwrite any of `files` in the block. `files` is called when an existing file is to be written."""
    _keeping.append(files)
    try:
        yield
    finally:
        _keeping.pop()


def check_not_input(path: str | os.PathLike[str], target: str) -> None:
    """Raise InputError, which names `path`, if its real file `target` is among the files to keep."""
    if any(os.path.realpath(each) == target for files in _keeping for each in files()):
        raise InputError(f"{path}: is read by the same command and would be lost; name another file to write")

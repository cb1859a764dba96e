"""Atomic replacement of folders; a folder that contains files of other programs is never replaced.

The new folder is made under a temporary name (see `wordvec.files`). Linux exchanges the two names atomically. If that
is not possible, the earlier folder is first renamed to a name that ends in ``.old``. A run that is killed between the
two renames leaves it there; `repair_folder`, which all readers and writers call, puts it back.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, TypeVar

from wordvec.errors import InputError
from wordvec.files import (
    fcntl,
    is_temporary,
    keep_mode,
    leftovers,
    new_temporary,
    real_path,
    release,
    remove,
    remove_leftovers,
    sync_folder,
    try_temporary,
)
from wordvec.written import full_disk_named, note_written, put_in_place

AT_FDCWD, RENAME_EXCHANGE = -100, 2  # of Linux
TAKEN = (errno.ENOTEMPTY, errno.EEXIST)  # errors of a rename to an existing folder
MARK_BYTES = 4096  # the mark is searched in this many bytes at the start of a marker file
TRIES = 100  # if another run replaces the same folder at the same time
TRIES_WHEN_MISSING = 3
LONGEST_WAIT = 2.0  # seconds to wait for another run that is between its two renames

Result = TypeVar("Result")


class FolderKind(NamedTuple):
    """The contents of a kind of folder.

    marker  the file that identifies the kind of folder
    mark    bytes near the start of that file, so that another program's file of the same name is not mistaken for it
    names   all files that are ever written there, with / between folder and file
    """

    marker: str
    mark: bytes
    names: frozenset[str]


@contextmanager
def replace_folder(path: str | os.PathLike[str], kind: FolderKind) -> Iterator[Path]:
    """Yield an empty temporary folder next to `path`; on success it replaces `path`.

    After an exception or a kill, `path` is unchanged. A symbolic link is followed.
    Raises InputError if `path` exists and is neither an empty folder nor one of this kind, or if it contains anything
    that wordvec did not write; the message names it.
    """
    target = _checked(path, kind)
    remove_leftovers(target)
    temporary, lock = new_temporary(target, folder=True)
    try:
        with full_disk_named(path):
            yield temporary
            _sync_below(temporary)
        _checked(path, kind)  # again: making the new folder may have taken hours
        keep_mode(target, temporary)
        put_in_place(_swap, temporary, path, target)
        sync_folder(target.parent)  # before the earlier folder is removed
        for aside in leftovers(target, "old"):
            remove(aside)
    finally:
        remove(temporary)
        release(lock)
    note_written(path)


def check_folder_writable(path: str | os.PathLike[str], kind: FolderKind) -> None:
    """Raise InputError early, before hours of work, if `replace_folder` cannot write `path` later."""
    target = _checked(path, kind)
    if target.exists() and not os.access(target, os.W_OK):
        raise InputError(f"{path}: no permission to write in it; choose another folder")
    try_temporary(path, target, folder=True)


def repair_folder(path: str | os.PathLike[str]) -> None:
    """If `path` is missing, put back the folder that a run killed between two renames had moved aside."""
    with suppress(OSError, ValueError):
        target = Path(os.path.realpath(path))
        if os.path.lexists(target) or not leftovers(target, "old"):
            return
        with _locked(target.parent):  # the other run may still be between its renames
            aside = leftovers(target, "old")
            if aside and not os.path.lexists(target):
                os.rename(max(aside, key=lambda each: each.stat().st_mtime_ns), target)


def read_unchanged(marker: Path, read: Callable[[], Result]) -> Result:
    """The result of `read`, called again if the folder of `marker` was replaced meanwhile; never a mix of two."""
    for attempt in range(TRIES):
        before = _identity(marker)
        try:
            result = read()
        except Exception:
            # A marker that was missing both times may have been there in between: a folder was replaced twice.
            if _identity(marker) == before and (before is not None or attempt >= TRIES_WHEN_MISSING):
                raise
            continue
        if _identity(marker) == before:
            return result
    return read()


def _identity(file: Path) -> tuple[int, ...] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _checked(path: str | os.PathLike[str], kind: FolderKind) -> Path:
    """The folder that `path` refers to. Raises InputError if it may not be replaced or made."""
    repair_folder(path)
    target = real_path(path)
    if not target.exists():
        return target
    if os.path.ismount(target):
        raise InputError(f"{path}: is a mount point, which cannot be replaced; name a folder in it")
    read_unchanged(target / kind.marker, lambda: _check_content(path, target, kind))
    return target


def _check_content(path: str | os.PathLike[str], target: Path, kind: FolderKind) -> None:
    if not target.is_dir() or (any(target.iterdir()) and not _has_mark(target, kind)):
        if not os.path.lexists(target):
            return  # another run is between its two renames and will put a folder of this kind there
        raise InputError(f"{path}: exists and is not a folder written by wordvec; choose another name or remove it")
    foreign = _foreign(target, kind)
    if foreign is not None:
        raise InputError(
            f"{path}: holds {foreign}, which wordvec did not write and which would be lost with the earlier files; "
            "move it elsewhere, or choose another folder"
        )


def _has_mark(folder: Path, kind: FolderKind) -> bool:
    try:
        with open(folder / kind.marker, "rb") as file:
            return kind.mark in file.read(MARK_BYTES)
    except OSError:
        return False


def _foreign(folder: Path, kind: FolderKind) -> str | None:
    """The first thing in `folder` that wordvec does not write there, or None."""
    parents = {str(parent) for name in kind.names for parent in PurePosixPath(name).parents}
    ours = [PurePosixPath(name) for name in sorted(kind.names | (parents - {"."}))]
    for place, folders, files in os.walk(folder):
        inside = PurePosixPath(Path(place).relative_to(folder).as_posix())
        for name in sorted(folders + files):
            full, relative = Path(place, name), inside / name
            if any(each.parent == inside and is_temporary(name, Path(each.name), "(tmp|old)") for each in ours):
                if name in folders:
                    folders.remove(name)
            elif not _is_ours(full, str(relative), parents if name in folders else kind.names):
                return str(relative)
    return None


def _is_ours(path: Path, relative: str, names: Collection[str]) -> bool:
    return relative in names and not path.is_symlink() and (path.is_file() or path.is_dir())


def _sync_below(folder: Path) -> None:
    """Flush all files in and below `folder` to disk, and their names."""
    for place, _, files in os.walk(folder):
        for name in files:
            with open(Path(place, name), "rb+") as file:
                os.fsync(file.fileno())
        sync_folder(Path(place))


def _swap(temporary: Path, target: Path) -> None:
    """Rename `temporary` to `target`. An earlier folder gets the name of `temporary`, or one that ends in .old."""
    for _ in range(TRIES):
        try:
            os.rename(temporary, target)  # works if target does not exist or is empty
            return
        except OSError as error:
            if error.errno not in TAKEN:
                raise
        with suppress(FileNotFoundError):  # another run, or the user, removed it meanwhile
            if _exchange(temporary, target) or _swap_in_two_steps(temporary, target):
                return
    raise InputError(f"{target}: other runs replace this folder all the time; name another one")


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names atomically; False if the system or the file system cannot."""
    rename = _renameat2()
    if rename is None:
        return False
    if rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), os.fspath(other))


@functools.cache
def _renameat2() -> Any:
    """Linux's function of this name, from the C library; None if it does not exist."""
    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return None
    function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    return function


def _swap_in_two_steps(temporary: Path, target: Path) -> bool:
    """Swap if names cannot be exchanged; False if another run put its own folder there in between."""
    aside = temporary.with_suffix(".old")
    with _locked(target.parent):
        os.rename(target, aside)
        try:
            os.rename(temporary, target)
        except BaseException as error:
            if isinstance(error, OSError) and error.errno in TAKEN:
                remove(aside)  # the other run's folder has replaced it, and the name must be free for the next try
                return False
            os.rename(aside, target)
            raise
    return True


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other runs from renaming in `folder`. Continues without a lock if there is none, or after `LONGEST_WAIT`."""
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    until = time.monotonic() + LONGEST_WAIT
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    break
                time.sleep(0.005)
            except OSError:
                break
        yield
    finally:
        os.close(descriptor)

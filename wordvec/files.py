"""Atomic writing of files: a run that fails or is killed leaves the earlier file intact.

A file is written under a temporary name in the folder of its target, flushed to disk and renamed over the target. Then
the folder is flushed, so that the rename survives a power failure. The temporary file is locked while its writer runs.
The next run that writes the same target removes unlocked temporary files, as their writers are gone.
`wordvec.folders` does the same for folders.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from wordvec.errors import InputError
from wordvec.written import check_not_input, check_not_open, full_disk_named, note_written, put_in_place

try:
    import fcntl as fcntl  # exported: folders.py uses the same locks
except ImportError:  # Windows: leftovers stay until the user removes them
    fcntl = None  # type: ignore[assignment]

LONGEST_PREFIX = 120  # bytes; with the rest of a temporary name, within the limits of all common file systems
KINDS = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"))


@contextmanager
def replace_file(path: str | os.PathLike[str], mode: str = "wb", **open_options: str) -> Iterator[IO[Any]]:
    """Open a temporary file in the folder of `path`; on success flush it to disk and rename it over `path`.

    Text that UTF-8 cannot encode, such as a file name in another encoding, is escaped with backslashes. After an
    exception or a kill, `path` is unchanged. A symbolic link is followed, and the mode of an existing file is kept.
    Other hard links to the earlier file keep the earlier content. If two runs write the same file at the same time, the
    one that ends later wins. Raises InputError if the folder does not exist or `path` is not a regular file.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "note.txt"
    >>> with replace_file(target, "w", encoding="utf-8") as file:
    ...     _ = file.write("done")
    >>> target.read_text(encoding="utf-8")
    'done'
    """
    target = real_file(path)
    remove_leftovers(target)
    temporary, lock = new_temporary(target)
    if "b" not in mode:
        open_options = {"errors": "backslashreplace", "newline": "\n", **open_options}  # Windows would write \r\n
    try:
        with full_disk_named(path), open(temporary, mode, **open_options) as file:  # type: ignore[call-overload]
            yield file
            file.flush()
            os.fsync(file.fileno())
        keep_mode(target, temporary)
        put_in_place(os.replace, temporary, path, target)
    finally:
        temporary.unlink(missing_ok=True)
        release(lock)
    sync_folder(target.parent)
    note_written(path)


def move_file(source: str | os.PathLike[str], path: str | os.PathLike[str]) -> None:
    """Rename a finished file over `path`, with both its content and the rename flushed to disk."""
    with open(source, "rb+") as file:
        os.fsync(file.fileno())
    put_in_place(os.replace, Path(source), path, Path(path))
    sync_folder(Path(path).absolute().parent)
    note_written(path)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise InputError early, before hours of work, if `path` cannot be written later.

    This makes the temporary file that writing would make, and removes it.
    """
    target = real_file(path)
    if target.exists() and not os.access(target, os.W_OK):
        raise InputError(f"{path}: is write-protected; allow writing to it, or name another file to write")
    check_not_open(path, target)
    try_temporary(path, target)


def real_file(path: str | os.PathLike[str]) -> Path:
    """The file that `path` refers to, with symbolic links followed; it need not exist yet.

    Raises InputError with the reason if no regular file can be written there, or if it is an input (`keep_inputs`).
    """
    target = real_path(path)
    if not os.path.exists(path):
        return target
    mode = os.stat(path).st_mode  # of `path`: behind /dev/stdout, a pipe has no other name
    if stat.S_ISDIR(mode):
        raise InputError(f"{path}: is a folder; name a file to write")
    if not stat.S_ISREG(mode):
        kind = next((name for test, name in KINDS if test(mode)), "a device")
        raise InputError(f"{path}: is {kind}, and only regular files are written; name another file to write")
    check_not_input(path, os.fspath(target))
    return target


def real_path(path: str | os.PathLike[str]) -> Path:
    """`path` with symbolic links followed. Raises InputError if it is too long, a loop, or its folder is missing."""
    if os.fspath(path) in ("", "-"):
        named = "is empty" if not path else "is -, which is not standard output here (./- is a file of that name)"
        raise InputError(f"the name of the output {named}; name a file to write")
    try:
        with suppress(FileNotFoundError):
            os.stat(path)
        target = Path(os.path.realpath(path))
        is_folder = target.parent.is_dir()
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL
        raise InputError(f"{path}: cannot be written: {getattr(error, 'strerror', None) or error}") from error
    if not is_folder:
        missing = "is not a folder" if target.parent.exists() else "does not exist; create it first"
        raise InputError(f"{path}: the folder {target.parent} {missing}")
    return target


def try_temporary(path: str | os.PathLike[str], target: Path, *, folder: bool = False) -> None:
    """Make and remove the temporary file or folder for `target`. Raises InputError, which names `path`."""
    try:
        temporary, lock = new_temporary(target, folder=folder)
        remove(temporary)
        release(lock)
    except PermissionError as error:
        raise InputError(f"{path}: no permission to write in {target.parent}") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


def new_temporary(target: Path, *, folder: bool = False) -> tuple[Path, int | None]:
    """Make an empty temporary file or folder next to `target`; returns it and its lock, for `release`.

    Nobody can read it who may not read the current `target`.
    """
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o777 if folder else 0o666
    while True:
        path = target.parent / f"{_prefix(target)}{secrets.token_hex(4)}.tmp"
        if folder:
            path.mkdir(mode | stat.S_IRWXU)
        else:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode | stat.S_IRUSR | stat.S_IWUSR))
        try:
            lock = _lock(path)
        except OSError:  # a file system without locks
            return path, None
        if lock is not None:
            return path, lock
        # Another run removed it as a leftover in the moment before it was locked.


def keep_mode(target: Path, temporary: Path) -> None:
    """Give `temporary` the owner and the mode of `target`, if that exists."""
    if target.exists():
        before = target.stat()
        if hasattr(os, "chown"):
            with suppress(OSError):  # only root may give files away
                os.chown(temporary, before.st_uid, before.st_gid)
        os.chmod(temporary, stat.S_IMODE(before.st_mode))


def sync_folder(folder: Path) -> None:
    """Flush the names in `folder` to disk, if the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def leftovers(target: Path, suffix: str = "tmp") -> list[Path]:
    """Temporary files and folders for `target`, including those in use."""
    with suppress(OSError), os.scandir(target.parent) as entries:
        return sorted(Path(entry.path) for entry in entries if is_temporary(entry.name, target, suffix))
    return []


def is_temporary(name: str, target: Path, suffix: str = "tmp") -> bool:
    """Whether `name` is a temporary name that `new_temporary` makes for `target`.

    >>> is_temporary(".a.txt.0123abcd.tmp", Path("a.txt")), is_temporary(".a.txt.0123abcd.tmp", Path("a"))
    (True, False)
    """
    if not name.startswith("."):  # most names of a folder with many entries
        return False
    prefix = _prefix(target)
    return name.startswith(prefix) and re.fullmatch(rf"[0-9a-f]{{8}}\.{suffix}", name[len(prefix) :]) is not None


def remove_leftovers(target: Path) -> None:
    """Remove the temporary files and folders for `target` whose writers are gone, if possible."""
    for path in leftovers(target):
        with _abandoned(path) as is_abandoned:
            if is_abandoned:
                remove(path)


def remove_abandoned(folder: Path) -> None:
    """Remove all temporary files and folders in one of wordvec's folders whose writers are gone."""
    for path in folder.glob(".*.tmp"):
        with _abandoned(path) as is_abandoned:
            if is_abandoned:
                remove(path)


def abandoned(target: Path) -> list[Path]:
    """The temporary files and folders for `target` whose writers are gone."""
    found = []
    for path in leftovers(target):
        with _abandoned(path) as is_abandoned:
            found += [path] * is_abandoned
    return found


@contextmanager
def _abandoned(path: Path) -> Iterator[bool]:
    """Whether the writer of a temporary file is gone. If so, the file stays locked while the block runs."""
    try:
        lock = _lock(path)
    except OSError:  # a file system without locks: it is unknown
        lock = None
    try:
        yield lock is not None
    finally:
        release(lock)


def remove(path: Path) -> None:
    """Remove a temporary file or folder, as far as possible."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def release(lock: int | None) -> None:
    """Release the lock of a temporary file."""
    if lock is not None:
        os.close(lock)


def _lock(path: Path) -> int | None:
    """A descriptor that holds the lock of `path`; None if another process holds it, or `path` is gone.

    Raises OSError if there are no locks.
    """
    if fcntl is None:
        raise OSError("no locks on this system")
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), os.stat(path)):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _prefix(target: Path) -> str:
    """The prefix of the names of temporary files for `target`."""
    prefix = f".{target.name}."
    if len(os.fsencode(prefix)) > LONGEST_PREFIX:
        return f".{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:32]}."
    return prefix


def sha256_of(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

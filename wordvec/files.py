"""Writing files so that a failed or killed run leaves what was there before."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from wordvec.errors import InputError


@contextmanager
def replace_file(path: str | os.PathLike[str], mode: str = "wb", **open_options: str) -> Iterator[IO]:
    """Open a temporary file beside `path`; on success flush it to disk and rename it over `path`.

    After an exception or a kill, `path` is as it was. Raises InputError when the folder does not exist.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "note.txt"
    >>> with replace_file(target, "w", encoding="utf-8") as file:
    ...     _ = file.write("done")
    >>> target.read_text(encoding="utf-8")
    'done'
    """
    target = Path(path)
    with _temporary(target) as temporary:
        with open(temporary, mode, **open_options) as file:  # type: ignore[call-overload]
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)


@contextmanager
def replace_folder(path: str | os.PathLike[str], marker: str) -> Iterator[Path]:
    """Yield an empty temporary folder beside `path`; on success it takes the place of `path`.

    An existing folder is replaced only when it holds the file `marker` (so it is one of ours) or is empty.
    """
    target = Path(path)
    if target.exists() and not (target.is_dir() and ((target / marker).exists() or not any(target.iterdir()))):
        raise InputError(f"{target}: exists and is not a folder written by wordvec; choose another name or remove it")
    with _temporary(target) as temporary:
        temporary.mkdir()
        yield temporary
        if target.exists():
            old = _sibling(target)
            os.replace(target, old)
            os.replace(temporary, target)
            shutil.rmtree(old)
        else:
            os.replace(temporary, target)


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    if not target.absolute().parent.is_dir():
        raise InputError(f"{target}: the folder {target.absolute().parent} does not exist; create it first")
    temporary = _sibling(target)
    try:
        yield temporary
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary)
        else:
            temporary.unlink(missing_ok=True)


def _sibling(target: Path) -> Path:
    """A new name beside `target`, hidden and ending in .tmp."""
    return target.absolute().parent / f".{target.name}.{secrets.token_hex(4)}.tmp"


def check_writable(path: str | os.PathLike[str], *inputs: str | os.PathLike[str]) -> None:
    """Raise InputError now, before hours of work, when `path` could not be written at their end, or is an input."""
    target = Path(path).absolute()
    if any(target.resolve() == Path(each).resolve() for each in inputs):
        raise InputError(f"{path}: is read by the same command and would be lost; name another file to write")
    if target.is_dir():
        raise InputError(f"{path}: is a folder; name a file to write")
    if not target.parent.is_dir():
        raise InputError(f"{path}: the folder {target.parent} does not exist; create it first")
    if not os.access(target.parent, os.W_OK):
        raise InputError(f"{path}: no permission to write in {target.parent}")

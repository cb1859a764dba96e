"""Finding and loading the build of the C library that suits this machine."""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import threading
from pathlib import Path

from wordvec.errors import LibraryError, OptionError
from wordvec.native import build

VARIABLE = "WORDVEC_ISA"
_lock = threading.Lock()


class _Missing(Exception):
    """No build of the library is here; says what was looked for where."""


def load() -> ctypes.CDLL:
    """The library, loaded once. Raises LibraryError where none can be had, OptionError for a bad WORDVEC_ISA."""
    with _lock:
        try:
            return _load(os.environ.get(VARIABLE) or None)
        except _Missing as error:
            raise LibraryError(str(error)) from None


def why_not() -> str | None:
    """Why compiled code is not to be had on this machine, or None where it is.

    A build that is here and cannot be used, because it is damaged or made from other sources, raises LibraryError.
    """
    with _lock:
        try:
            _load(os.environ.get(VARIABLE) or None)
        except _Missing as error:
            return str(error)
        return None


def is_available() -> bool:
    """Whether compiled code is to be had."""
    return why_not() is None


def isa() -> str:
    """The instruction set of the build that is loaded."""
    return str(_string(load(), "wordvec_isa"))


def lanes() -> int:
    """How many float32 a vector of the loaded build holds: 16 (x86-64-v4), 8 (-v3) or 4."""
    return int(load().wordvec_lanes())


@functools.cache
def _load(wanted: str | None) -> ctypes.CDLL:
    family = build.family()
    if family is None:
        raise _Missing(f"wordvec's C library is not written for this processor ({platform.machine()})")
    names = list(build.ISAS[family])
    if wanted is not None and wanted not in names:
        raise OptionError(f"{VARIABLE} must be one of {', '.join(names)} on this machine; got {wanted!r}")
    base = _open(names[0])
    best = max(1, min(int(base.wordvec_level()), len(names)))
    if wanted is None:
        return base if best == 1 else _open(names[best - 1])
    if names.index(wanted) >= best:
        raise OptionError(f"{VARIABLE} is {wanted}, and this processor has no more than {names[best - 1]}")
    return _open(wanted)


def _open(name: str) -> ctypes.CDLL:
    path = build.LIBRARIES / build.file_name(name)
    in_checkout = (build.FOLDER.parents[1] / "pyproject.toml").is_file()
    if in_checkout and not _is_current(path):
        _rebuild(name, path)
    if not path.is_file():
        raise _Missing(f"wordvec's C library is not here: looked for {path}; reinstall wordvec")
    try:
        library = ctypes.CDLL(str(path))
        made_from = _string(library, "wordvec_sources")
    except (OSError, AttributeError) as error:
        raise LibraryError(
            f"{path}: this build of wordvec's C library cannot be loaded ({error}); reinstall wordvec"
        ) from None
    if made_from != build.checksum():
        raise LibraryError(f"{path}: built from other sources than those beside it; reinstall wordvec")
    return library


def _is_current(path: Path) -> bool:
    """Whether the file carries the checksum of the sources beside it, which needs no loading."""
    try:
        return build.checksum().encode() in path.read_bytes()
    except OSError:
        return False


def _rebuild(name: str, path: Path) -> None:
    """In a checkout, compile again what is older than its sources."""
    try:
        build.build(path.parent, [name])
    except build.BuildError as error:
        raise _Missing(f"wordvec's C library could not be built: {error}") from None


def _string(library: ctypes.CDLL, name: str) -> str:
    function = getattr(library, name)
    function.restype = ctypes.c_char_p
    return str(function().decode())

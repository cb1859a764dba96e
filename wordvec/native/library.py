"""Find and load the build of the C library that suits this machine.

Two environment variables control this. ``WORDVEC_ISA=x86-64-v2`` selects a lower build than the processor could run,
to compare builds or to reproduce results. ``WORDVEC_LIBRARY=/some/file.so`` loads only that file, for builds with
sanitizers (scripts/sanitize.sh) or a profiler; it must be built from the same sources.
"""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import threading
from pathlib import Path

from wordvec.errors import LibraryError, OptionError
from wordvec.native import build

VARIABLE, FILE_VARIABLE = "WORDVEC_ISA", "WORDVEC_LIBRARY"
_lock = threading.Lock()


class _Missing(Exception):
    """No build of the library is here; the message names the file that was looked for."""


def load() -> ctypes.CDLL:
    """The library, loaded once. Raises LibraryError if none is available, OptionError for a bad WORDVEC_ISA."""
    found = _find()
    if isinstance(found, _Missing):
        raise LibraryError(str(found))
    return found


def why_not() -> str | None:
    """Why compiled code is not available on this machine, or None if it is.

    A build that exists but cannot be used, because it is damaged or built from other sources, raises LibraryError.
    """
    found = _find()
    return str(found) if isinstance(found, _Missing) else None


def is_available() -> bool:
    """Whether compiled code is available."""
    return why_not() is None


def isa() -> str:
    """The instruction set of the build that is loaded."""
    return str(_string(load(), "wordvec_isa"))


def has_half() -> bool:
    """Whether the loaded build supports float16 tables."""
    return bool(load().wordvec_has_half())


def lanes() -> int:
    """The number of float32 in a vector of the loaded build: 16 (x86-64-v4), 8 (-v3) or 4."""
    return int(load().wordvec_lanes())


def report() -> list[str]:
    """Lines that name the build in use and its file (or why there is none), and the builds available."""
    try:
        reason = why_not()
        used = f"none: {reason}" if reason else f"{isa()}, vectors of {lanes()} numbers: {load()._name}"
    except (LibraryError, OptionError) as error:
        used = f"none: {error}"
    isas = build.ISAS.get(build.family() or "", {})
    here = [name for name in isas if (build.LIBRARIES / build.file_name(name)).is_file()]
    return [f"C library: {used}", f"builds in {build.LIBRARIES}: {', '.join(here) or 'none'}"]


def _find() -> ctypes.CDLL | _Missing:
    with _lock:
        return _load(os.environ.get(VARIABLE) or None, os.environ.get(FILE_VARIABLE) or None, build.LIBRARIES)


@functools.cache
def _load(wanted: str | None, file: str | None, folder: Path) -> ctypes.CDLL | _Missing:
    """The library, or why there is none. The reason is cached too, because finding it may run compilers."""
    try:
        return _open(Path(file), f"named by {FILE_VARIABLE}") if file else _choose(wanted, folder)
    except _Missing as missing:
        return missing


def _choose(wanted: str | None, folder: Path) -> ctypes.CDLL:
    family = build.family()
    if family is None:
        raise _Missing(f"wordvec's C library is not written for this processor ({platform.machine()})")
    names = list(build.ISAS[family])
    if wanted is not None and wanted not in names:
        raise OptionError(f"{VARIABLE} must be one of {', '.join(names)} on this machine; got {wanted!r}")
    base = _open_build(names[0], folder)
    best = min(int(base.wordvec_level()), len(names))
    if best < 1:
        raise _Missing(
            f"wordvec's C library needs a processor with {names[0]} (for example SSE4.2), which this one lacks"
        )
    if wanted is None:
        wanted = names[best - 1]
    elif names.index(wanted) >= best:
        raise OptionError(f"{VARIABLE} is {wanted}, and this processor has no more than {names[best - 1]}")
    if wanted == names[0]:
        return base
    try:
        return _open_build(wanted, folder)
    except _Missing as missing:  # other builds are here, so the installation is incomplete
        raise LibraryError(str(missing)) from None


def _open_build(name: str, folder: Path) -> ctypes.CDLL:
    path = folder / build.file_name(name)
    if in_checkout():
        _renew(name, path)
    if not path.is_file():
        raise _Missing(f"wordvec's C library is missing: looked for {path}; reinstall wordvec")
    if not build.is_whole(path):
        raise LibraryError(
            f"{path}: this build of wordvec's C library is damaged: its checksum is not the one in "
            f"{build.seal_of(path).name}; reinstall wordvec"
        )
    return _open(path, "reinstall wordvec")


def in_checkout() -> bool:
    """Whether this is a checkout or an unpacked source distribution: sources may change, and a compiler may exist."""
    return (build.FOLDER.parents[1] / "pyproject.toml").is_file()


def _renew(name: str, path: Path) -> None:
    """In a checkout, compile a build again if its sources have changed. Sources that do not compile are an error."""
    try:
        build.make_current(name)
    except build.BuildError as error:
        no_library = f"wordvec's C library could not be built into {path}: {error}"
        if isinstance(error, build.CannotBuildError) and not path.exists():
            raise _Missing(no_library) from None
        raise LibraryError(no_library) from None


def _open(path: Path, way_on: str) -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(str(path))
        made_from = _string(library, "wordvec_sources")
    except (OSError, AttributeError) as error:
        raise LibraryError(f"{path}: this build of wordvec's C library cannot be loaded ({error}); {way_on}") from None
    if made_from != build.checksum():
        raise LibraryError(f"{path}: built from other sources than those of this package; {way_on}")
    return library


def _string(library: ctypes.CDLL, name: str) -> str:
    function = getattr(library, name)
    function.restype = ctypes.c_char_p
    return str(function().decode())

"""Compile the C library, for the package or in a checkout. Needs only Python and a compiler.

A build is one shared library for one instruction set. ``lib/`` holds one for each instruction set of the processor's
family, and beside it the SHA-256 of its bytes: a truncated file would crash the process when it is loaded. After
changing a build (stripping or signing it), rewrite the checksum: ``build.py --seal``.

All builds on x86-64 and ARM, from any compiler, give the same bytes for integers, random numbers, and everything that
is copied or compared. They may differ in sums of floats, whose order depends on the length of a vector (4, 8 or 16
numbers), in fused multiply-adds (all but x86-64-v2), and in results of these, such as trained vectors. One build gives
the same floats on every machine.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import repeat
from pathlib import Path

FOLDER = Path(__file__).parent
SOURCES, LIBRARIES = FOLDER / "src", FOLDER / "lib"

# The compiler's flags for each instruction set, by family; the lowest instruction set comes first.
ISAS: dict[str, dict[str, list[str]]] = {
    "x86-64": {
        "x86-64-v2": ["-march=x86-64-v2"],
        "x86-64-v3": ["-march=x86-64-v3", "-mtune=haswell"],
        "x86-64-v4": ["-march=x86-64-v4", "-mtune=icelake-server", "-mprefer-vector-width=512"],
    },
    "arm64": {"arm64": []},
}
# C11 and POSIX; sums as they are written (no reordering, and no contraction unless the source requests it).
FLAGS = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-O3", "-fPIC", "-shared", "-fvisibility=hidden"]
FLAGS += ["-ffp-contract=off", "-fno-math-errno"]
WARNINGS = ["-Wall", "-Wextra", "-Wno-psabi", "-Wno-unknown-pragmas"]
WORKING = ".building-"  # prefix of the folders that a compiler is writing to
LONGEST = 600  # the most seconds that one compilation may take


class BuildError(Exception):
    """The library could not be compiled. The message is one line; `output` is the compiler's whole output."""

    def __init__(self, line: str, output: str = "") -> None:
        super().__init__(line)
        self.output = output


class CannotBuildError(BuildError):
    """Nothing can be compiled here: there is no compiler, or no folder to write to."""


def family(machine: str | None = None) -> str | None:
    """The processor's family, a key of ISAS, or None if the library does not support it.

    >>> family("AMD64"), family("aarch64"), family("s390x")
    ('x86-64', 'arm64', None)
    """
    machine = (machine or _machine()).lower()
    return {"x86_64": "x86-64", "amd64": "x86-64", "aarch64": "arm64", "arm64": "arm64"}.get(machine)


def _machine() -> str:
    """The processor that this Python was compiled for; the machine's may be more capable."""
    if sys.maxsize < 2**32:
        return f"{platform.machine()} with Python of 32 bits"
    return sysconfig.get_platform().removeprefix("win-") if sys.platform == "win32" else platform.machine()


def file_name(isa: str, system: str | None = None) -> str:
    """The name of a build's file in ``lib/``, such as wordvec-x86-64-v3.so."""
    ending = {"win32": "dll", "darwin": "dylib"}.get(system or sys.platform, "so")
    return f"wordvec-{isa}.{ending}"


def source_files() -> list[Path]:
    """All sources and headers, in a fixed order."""
    return sorted([*SOURCES.glob("*.c"), *SOURCES.glob("*.h")])


def checksum() -> str:
    """A checksum of the sources and the compiler flags; every build contains it."""
    digest = hashlib.sha256(repr((ISAS, FLAGS)).encode())
    for path in source_files():
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()[:16]


def seal(path: Path) -> None:
    """Write the checksum of a build's bytes beside it, as sha256sum does."""
    line = f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
    seal_of(path).write_bytes(line.encode("ascii"))


def seal_of(path: Path) -> Path:
    """The file that holds the checksum of a build."""
    return path.with_name(f"{path.name}.sha256")


def is_whole(path: Path) -> bool:
    """Whether a build's bytes are unchanged since it was sealed."""
    try:
        return seal_of(path).read_bytes()[:64].decode("ascii") == hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, UnicodeDecodeError):
        return False


def is_current(path: Path) -> bool:
    """Whether a build is whole and contains the checksum of the sources beside it. It is not loaded."""
    return is_whole(path) and checksum().encode() in path.read_bytes()


def compilers() -> Iterator[list[str]]:
    """Commands of the C compilers that may be installed: $CC, the system's, then the package ziglang's."""
    if os.environ.get("CC"):
        yield shlex.split(os.environ["CC"])
    for name in () if sys.platform == "win32" else ("cc", "gcc", "clang"):  # on Windows these need a separate SDK
        if shutil.which(name):
            yield [name]
    if importlib.util.find_spec("ziglang"):
        yield [sys.executable, "-m", "ziglang", "cc"]


def works(compiler: Sequence[str]) -> bool:
    """Whether a compiler can compile the sources; tried without optimization, on the most demanding build."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            compile_library(compiler, list(ISAS[family() or "x86-64"])[-1], Path(folder) / "library", ["-O0"])
        except BuildError:
            return False
    return True


def compile_library(compiler: Sequence[str], isa: str, output: Path, extra: Sequence[str] = ()) -> None:
    """Compile one build into the file `output`, which appears only once it is complete. Raises BuildError."""
    what = f"{shlex.join(compiler)} did not compile the library for {isa}"
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with _working_folder(output.parent) as folder:
            new = folder / output.name
            command = [*compiler, *_arguments(compiler, isa), *extra, "-o", str(new), "-lm"]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=LONGEST)
            if done.returncode != 0:
                raise BuildError(f"{what}: {_first_error(done.stderr) or f'status {done.returncode}'}", done.stderr)
            os.replace(new, output)
            seal(output)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"{what}: {error}") from None


@contextmanager
def _working_folder(parent: Path) -> Iterator[Path]:
    """Make a new folder in `parent`, locked while its builder runs; folders of dead builders are removed."""
    for old in parent.glob(f"{WORKING}*"):
        lock = _lock_of(old, wait=False)
        if lock is not None:
            shutil.rmtree(old, ignore_errors=True)
            os.close(lock)
    lock, folder = None, parent
    while folder == parent or not folder.is_dir():  # another builder may have removed it before it was locked
        folder = Path(tempfile.mkdtemp(prefix=WORKING, dir=parent))
        lock = _lock_of(folder, wait=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _lock_of(folder: Path, wait: bool) -> int | None:
    """A descriptor that locks a folder; None if another process locks it, or if folders cannot be locked."""
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _arguments(compiler: Sequence[str], isa: str) -> list[str]:
    """A compiler's arguments, except the name of its output."""
    flags = next(isas[isa] for isas in ISAS.values() if isa in isas)
    if any(Path(part).stem in ("zig", "ziglang") for part in compiler):
        # Zig spells processor names with _, and treats -mtune as -mcpu: the build would then use instructions outside
        # its set. Without -mcpu, Zig compiles for the machine it runs on.
        flags = [flag for flag in flags if not flag.startswith("-mtune=")]
        flags = [flag.replace("-", "_").replace("_march=", "-mcpu=") if "-march=" in flag else flag for flag in flags]
        flags = flags or ["-mcpu=baseline"]
    names = [f'-DWORDVEC_ISA="{isa}"', f'-DWORDVEC_SOURCES="{checksum()}"']
    sources = [str(path) for path in source_files() if path.suffix == ".c"]
    return [*FLAGS, *WARNINGS, *flags, *names, *sources]


def _first_error(said: str) -> str:
    """The most informative line of a compiler's output."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "")


def build(
    folder: Path | None = None,
    isas: Iterable[str] = (),
    extra: Sequence[str] = (),
    with_: Iterable[Sequence[str]] | None = None,
    system: str | None = None,
) -> list[Path]:
    """Compile builds (all of this machine's family) into `folder` with the first compiler that can, or BuildError."""
    from concurrent.futures import ThreadPoolExecutor

    names = list(isas) or list(ISAS.get(family() or "", ()))
    if not names:
        raise CannotBuildError(f"the library is written for x86-64 and ARM with 64 bits, not for {_machine()}")
    failures = []
    paths = [(folder or LIBRARIES) / file_name(isa, system) for isa in names]
    for compiler in compilers() if with_ is None else with_:
        try:
            with ThreadPoolExecutor(os.cpu_count()) as pool:  # the last build takes longest, so it begins first
                list(pool.map(compile_library, repeat(compiler), names[::-1], paths[::-1], repeat(extra)))
            return paths
        except BuildError as error:
            failures.append(error)
    if failures:
        raise BuildError("; ".join(map(str, failures)), "\n".join(failure.output for failure in failures))
    raise CannotBuildError("no C compiler was found (looked for cc, gcc, clang, $CC and ziglang: pip install ziglang)")


def all_current() -> bool:
    """Whether ``lib/`` has all builds of this machine's family, from the current sources."""
    names = ISAS.get(family() or "", {})
    return bool(names) and all(is_current(LIBRARIES / file_name(isa)) for isa in names)


def make_current(isa: str) -> Path:
    """The file of a build in ``lib/``, compiled again if its sources have changed. Raises BuildError.

    If several processes need the same build at the same time, one compiles it and the others wait.
    """
    path = LIBRARIES / file_name(isa)
    if not is_current(path):
        with _one_at_a_time(path.parent):
            if not is_current(path):
                build(path.parent, [isa])
    return path


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Keep other processes from compiling into the folder; without file locks, each process compiles for itself."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / ".lock", "ab")  # noqa: SIM115
    except OSError as error:
        raise CannotBuildError(f"nothing can be written to {folder} ({error.strerror})") from None
    with lock:
        with suppress(ImportError, OSError):
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    """``python wordvec/native/build.py [ISA ...]``; needs no numpy."""
    parser = argparse.ArgumentParser(description="Compile the C library.")
    parser.add_argument("isas", nargs="*", metavar="ISA", help="instruction sets; default: all of this processor's")
    parser.add_argument("--into", type=Path, default=LIBRARIES, metavar="FOLDER")
    parser.add_argument("--flags", default="", help="more flags for the compiler, in one argument: --flags=-g")
    parser.add_argument("--seal", action="store_true", help="compile nothing: write the checksums of FOLDER's builds")
    given = parser.parse_args()
    try:
        if given.seal:
            made = sorted(path for path in given.into.glob("wordvec-*") if path.suffix in (".so", ".dylib", ".dll"))
            for path in made:
                seal(path)
        else:
            made = build(given.into, given.isas, shlex.split(given.flags))
    except BuildError as error:
        sys.exit(f"{error.output}\n{error}".strip())
    print(*made, sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()

"""Compiling the C library, for the build of the package and in a checkout. Needs nothing but Python and a compiler.

A build is one shared library for one instruction set. ``lib/`` holds as many as the processor's family has.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent
SOURCES, LIBRARIES = FOLDER / "src", FOLDER / "lib"

# Instruction sets by family, the least first, with what the compiler is told. Every build of a family computes the
# same whole numbers; sums of floats may differ in their last bits from one instruction set to the next.
ISAS: dict[str, dict[str, list[str]]] = {
    "x86-64": {
        "x86-64-v2": ["-march=x86-64-v2"],
        "x86-64-v3": ["-march=x86-64-v3", "-mtune=haswell"],
        "x86-64-v4": ["-march=x86-64-v4", "-mtune=icelake-server", "-mprefer-vector-width=512"],
    },
    "arm64": {"arm64": []},
}
# C11; sums as they are written (no contraction but where the source asks for it, no reordering).
FLAGS = ["-std=c11", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-ffp-contract=off", "-fno-math-errno"]
WARNINGS = ["-Wall", "-Wextra", "-Wno-psabi", "-Wno-unknown-pragmas"]
LONGEST = 600  # seconds that one compilation may take


class BuildError(Exception):
    """The library could not be compiled; says by which compiler and why."""


def family(machine: str | None = None) -> str | None:
    """The processor's family, a key of ISAS, or None for one that the library is not written for.

    >>> family("AMD64"), family("aarch64"), family("s390x")
    ('x86-64', 'arm64', None)
    """
    machine = (machine or platform.machine()).lower()
    return {"x86_64": "x86-64", "amd64": "x86-64", "aarch64": "arm64", "arm64": "arm64"}.get(machine)


def file_name(isa: str, system: str | None = None) -> str:
    """The name of a build's file in ``lib/``.

    >>> file_name("x86-64-v3", "linux")
    'wordvec-x86-64-v3.so'
    """
    system = system or sys.platform
    ending = {"win32": "dll", "darwin": "dylib"}.get(system, "so")
    return f"wordvec-{isa}.{ending}"


def source_files() -> list[Path]:
    """All sources and headers, in a fixed order."""
    return sorted([*SOURCES.glob("*.c"), *SOURCES.glob("*.h")])


def checksum() -> str:
    """A checksum of the sources and of how they are compiled, which every build carries in itself."""
    digest = hashlib.sha256(repr((ISAS, FLAGS)).encode())
    for path in source_files():
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()[:16]


def compilers() -> Iterator[list[str]]:
    """Commands of C compilers that may be here: $CC, the system's, then the one of the package ziglang."""
    if os.environ.get("CC"):
        yield shlex.split(os.environ["CC"])
    for name in ("cc", "gcc", "clang"):
        if shutil.which(name):
            yield [name]
    if subprocess.run([sys.executable, "-c", "import ziglang"], capture_output=True).returncode == 0:
        yield [sys.executable, "-m", "ziglang", "cc"]


def compile_library(compiler: Sequence[str], isa: str, output: Path, extra: Sequence[str] = ()) -> None:
    """Compile one build into the file `output`, which appears when it is complete. Raises BuildError."""
    flags = next(isas[isa] for isas in ISAS.values() if isa in isas)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".building-") as folder:
        new = Path(folder) / output.name
        names = [f'-DWORDVEC_ISA="{isa}"', f'-DWORDVEC_SOURCES="{checksum()}"']
        sources = [str(path) for path in source_files() if path.suffix == ".c"]
        command = [*compiler, *FLAGS, *WARNINGS, *flags, *names, *extra, *sources, "-o", str(new), "-lm"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=LONGEST)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BuildError(f"{shlex.join(compiler)} did not compile the library for {isa}: {error}") from None
        if done.returncode != 0:
            said = "\n".join(done.stderr.strip().splitlines()[:20])
            raise BuildError(f"{shlex.join(compiler)} did not compile the library for {isa}:\n{said}")
        os.replace(new, output)


def build(folder: Path = LIBRARIES, isas: Sequence[str] | None = None) -> list[Path]:
    """Compile all builds of this machine's family into `folder`; raises BuildError when no compiler can."""
    names = list(isas or ISAS.get(family() or "", {}))
    if not names:
        raise BuildError(f"the library is written for x86-64 and ARM with 64 bits, not for {platform.machine()}")
    failures = []
    for compiler in compilers():
        try:
            paths = [folder / file_name(isa) for isa in names]
            for isa, path in zip(names, paths):
                compile_library(compiler, isa, path)
            return paths
        except BuildError as error:
            failures.append(str(error))
    raise BuildError("\n".join(failures) or "no C compiler is here (cc, gcc, clang, or the package ziglang)")


if __name__ == "__main__":
    for made in build(isas=sys.argv[1:] or None):
        print(made)  # noqa: T201

"""What hatchling runs to build a wheel: compiles the C library and says for which machines the wheel is.

With the system's C compiler where one works, else with the package ziglang, which is then asked for. Two variables:
``WORDVEC_NO_LIBRARY=1`` builds a wheel without the library, which runs everywhere, and slowly; ``WORDVEC_TARGET``
builds with ziglang for another machine, a key of TARGETS (scripts/wheels.sh).
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ZIG = "ziglang>=0.13"
OLDEST_MACOS = "11.0"
OLDEST_GLIBC = (2, 17)  # of manylinux2014; no older tag is given, whatever a build could do with
ALLOWED = {
    "libc.so.6",
    "libm.so.6",
    "libpthread.so.0",
    "libgcc_s.so.1",
}  # what a manylinux wheel may need, of those used
# Zig's names of machines: the family of instruction sets, sys.platform, and the wheel's tag where it is not looked up.
TARGETS = {
    "x86_64-linux-gnu.2.17": ("x86-64", "linux", None),
    "aarch64-linux-gnu.2.17": ("arm64", "linux", None),
    "x86_64-linux-musl": ("x86-64", "linux", "musllinux_1_2_x86_64"),
    "aarch64-linux-musl": ("arm64", "linux", "musllinux_1_2_aarch64"),
    f"x86_64-macos.{OLDEST_MACOS}": ("x86-64", "darwin", "macosx_11_0_x86_64"),
    f"aarch64-macos.{OLDEST_MACOS}": ("arm64", "darwin", "macosx_11_0_arm64"),
    "x86_64-windows-gnu": ("x86-64", "win32", "win_amd64"),
    "aarch64-windows-gnu": ("arm64", "win32", "win_arm64"),
}


def _load_build() -> Any:
    """wordvec/native/build.py, without importing wordvec, which needs numpy."""
    path = Path(__file__).parent / "wordvec" / "native" / "build.py"
    spec = importlib.util.spec_from_file_location("wordvec_native_build", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build = _load_build()


class LibraryHook(BuildHookInterface):
    """Compiles into a temporary folder for a wheel, and into wordvec/native/lib/ for an editable installation."""

    PLUGIN_NAME = "custom"
    made: str | None = None

    def dependencies(self) -> list[str]:
        """ziglang, where the system has no compiler that works."""
        if os.environ.get("WORDVEC_NO_LIBRARY") == "1":
            return []
        if "WORDVEC_TARGET" not in os.environ and any(map(build.works, build.compilers())):
            return []
        return [ZIG]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and set the wheel's tag and files."""
        if os.environ.get("WORDVEC_NO_LIBRARY") == "1":
            return
        try:
            if version == "editable":
                if not build.all_current():
                    build.build(extra=_extra(sys.platform))
                return
            self.made = tempfile.mkdtemp(prefix="wordvec-library-")
            paths, tag = _compile(Path(self.made), os.environ.get("WORDVEC_TARGET"))
        except build.BuildError as error:
            if self.made:
                shutil.rmtree(self.made)
            self.app.abort(
                f"{error.output}\nwordvec's C library could not be compiled: {error}\nSet CC to a C compiler (gcc 12 or"
                " newer, or clang), or WORDVEC_NO_LIBRARY=1 to install wordvec without the library, much slower."
            )
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{tag}"
        for path in paths:
            for file in (path, build.seal_of(path)):
                build_data["force_include"][str(file)] = f"wordvec/native/lib/{file.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what is in the wheel now."""
        if self.made:
            shutil.rmtree(self.made)


def _compile(folder: Path, target: str | None) -> tuple[list[Path], str]:
    """All builds of a family, for this machine or another, and the platform tag that they deserve."""
    if target is None:
        paths = build.build(folder, extra=_extra(sys.platform, strip=True))
        return paths, _tag_here(paths)
    if target not in TARGETS:
        raise build.BuildError(f"WORDVEC_TARGET must be one of {', '.join(TARGETS)}; got {target!r}")
    family, system, tag = TARGETS[target]
    zig = [sys.executable, "-m", "ziglang", "cc", "-target", target]
    paths = build.build(folder, build.ISAS[family], _extra(system, strip=True), with_=[zig], system=system)
    return paths, tag or linux_tag(paths, target.split("-")[0])


def _extra(system: str, strip: bool = False) -> list[str]:
    """Flags of a system's linker; symbols that only a debugger reads are not shipped."""
    if system == "darwin":
        return [f"-mmacosx-version-min={OLDEST_MACOS}", "-Wl,-install_name,@rpath/wordvec.dylib"]
    return ["-g0", "-s"] if strip else []


def _tag_here(paths: list[Path]) -> str:
    machine = platform.machine()
    if sys.platform == "darwin":
        return f"macosx_{OLDEST_MACOS.replace('.', '_')}_{machine}"
    if sys.platform != "linux":
        return sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if platform.libc_ver()[0] == "glibc":
        return linux_tag(paths, machine)
    from packaging.tags import platform_tags

    return next(iter(platform_tags()))  # musllinux of the musl that is here


def linux_tag(paths: list[Path], machine: str) -> str:
    """The tag manylinux with the newest glibc whose symbols the builds name; linux where they need other libraries.

    Names are looked for in all bytes, which may find too many, never too few.
    """
    content = b"".join(path.read_bytes() for path in paths)
    needed = {name.decode() for name in re.findall(rb"\0(lib[\w+-]+\.so[.\d]*)(?=\0)", content)}
    if needed - ALLOWED:
        return f"linux_{machine}"
    versions = {(int(a), int(b)) for a, b in re.findall(rb"GLIBC_(\d+)\.(\d+)", content)}
    major, minor = max(versions | {OLDEST_GLIBC})
    return f"manylinux_{major}_{minor}_{machine}"

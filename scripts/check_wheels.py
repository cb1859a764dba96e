"""Checks wheels that were compiled for other machines, which cannot be run here, by what their files say.

For each wheel in a folder: pip takes it on the machine of its tag, it holds all builds of its family and their
checksums, each build is made for that machine and exports the functions that the sources mark EXPORT and no others,
and a manylinux tag is no older than the symbols used. Prints a table; ends with status 1 when something is wrong.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from symbols import exported  # noqa: E402

import hatch_build  # noqa: E402

FOLDER = "wordvec/native/lib/"
LARGEST = 5_000_000  # bytes
# What a tag ends in: the builds' family, their system, and what scripts/symbols.py calls their format and processor.
MACHINES = {
    "manylinux_2_17_x86_64": ("x86-64", "linux", "ELF x86-64"),
    "manylinux_2_17_aarch64": ("arm64", "linux", "ELF arm64"),
    "musllinux_1_2_x86_64": ("x86-64", "linux", "ELF x86-64"),
    "musllinux_1_2_aarch64": ("arm64", "linux", "ELF arm64"),
    "macosx_11_0_x86_64": ("x86-64", "darwin", "Mach-O x86-64"),
    "macosx_11_0_arm64": ("arm64", "darwin", "Mach-O arm64"),
    "win_amd64": ("x86-64", "win32", "PE x86-64"),
    "win_arm64": ("arm64", "win32", "PE arm64"),
}


def marked() -> set[str]:
    """The functions that the sources mark EXPORT."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in hatch_build.build.source_files())
    return set(re.findall(r"^EXPORT [\w \*]*?(\w+)\(", text, re.MULTILINE))


def faults(wheel: Path, tag: str) -> list[str]:
    """What is wrong with a wheel."""
    family, system, machine = MACHINES[tag]
    found = [] if wheel.stat().st_size <= LARGEST else [f"{wheel.stat().st_size:,} bytes, more than {LARGEST:,}"]
    with zipfile.ZipFile(wheel) as archive:
        files = {name.removeprefix(FOLDER): archive.read(name) for name in archive.namelist() if FOLDER in name}
    builds = {hatch_build.build.file_name(isa, system) for isa in hatch_build.build.ISAS[family]}
    if files.keys() != builds | {f"{name}.sha256" for name in builds}:
        return [*found, f"holds {', '.join(sorted(files)) or 'no builds'}"]
    for name in sorted(builds):
        if files[f"{name}.sha256"].decode() != f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n":
            found.append(f"{name} is not what its checksum was written for")
        made_for, names = exported(files[name])
        if made_for != machine:
            found.append(f"{name} is {made_for}, not {machine}")
        if names != marked():
            found.append(f"{name} exports {sorted(names - marked())} too many, {sorted(marked() - names)} too few")
    with tempfile.TemporaryDirectory() as folder:
        for name in builds:
            Path(folder, name).write_bytes(files[name])
        if tag.startswith("manylinux"):
            true = hatch_build.linux_tag([Path(folder, name) for name in builds], tag.split("_", 3)[3])
            found += [f"should be tagged {true}"] if true != tag else []
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "--no-index"]
        done = subprocess.run([*pip, "--platform", tag, "--target", f"{folder}/pip", str(wheel)], capture_output=True)
        found += [f"pip refuses it: {done.stderr.decode().strip()[-200:]}"] if done.returncode else []
    return found


def main(folder: Path) -> None:
    """Check all wheels of a folder."""
    failed = False
    print(f"{'wheel for':<24} {'kB':>6} {'builds, kB':<18} symbols")
    for wheel in sorted(folder.glob("wordvec-*.whl")):
        tag = wheel.stem.split("-")[-1]
        wrong = faults(wheel, tag) if tag in MACHINES else ["a tag that scripts/check_wheels.py does not know"]
        with zipfile.ZipFile(wheel) as archive:
            members = [info for info in archive.infolist() if info.filename.startswith(FOLDER)]
            kilobytes = [f"{info.file_size / 1000:.0f}" for info in members if not info.filename.endswith(".sha256")]
        state = "; ".join(wrong) or f"{len(marked())} functions, as in the sources"
        print(f"{tag:<24} {wheel.stat().st_size / 1000:>6.0f} {' '.join(kilobytes):<18} {state}")
        failed |= bool(wrong)
    print("Run on this machine by the suite: only the builds of its own system and processor, and under qemu, where it")
    print(
        "is installed, those of ARM Linux. Not run: macOS, Windows, and wheels as a whole on machines other than this."
    )
    sys.exit(failed)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

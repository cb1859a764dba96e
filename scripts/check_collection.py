"""Collects the suite as on two machines and compares: the tests, their ids and their order must be the same.

The two differ in the clock, the seed of Python's hashes, time zone, locale, home folder and order of listings.
Under pytest-xdist a difference stops the whole suite; without it, a test cannot be named or rerun by its id.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLUGINS = ROOT / "tests" / "plugins"
PYTEST = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider"]
COLLECT = [*PYTEST, "--collect-only", "--verbosity=-1"]
SHOWN = 10  # differences


def start_collecting(folder: Path, settings: dict[str, str], *options: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(PLUGINS), **settings}
    return subprocess.Popen([*COLLECT, *options], cwd=folder, env=environment, text=True, encoding="utf-8",
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip


def ids_of(status: int, out: str) -> list[str]:
    """The ids that pytest printed; ends the program with pytest's own words where it failed."""
    if status:
        sys.exit(f"pytest --collect-only ended with status {status}:\n{out[-3000:]}")
    return [line for line in out.splitlines() if "::" in line]


def collect_twice(folder: Path = ROOT) -> tuple[list[str], list[str]]:
    """The ids of the suite in `folder`, here and as on another machine."""
    with tempfile.TemporaryDirectory() as home:
        other = {"PYTHONHASHSEED": "4242", "TZ": "Asia/Tokyo", "LC_ALL": "C", "COLUMNS": "44", "HOME": home}
        both = [
            start_collecting(folder, {"PYTHONHASHSEED": "0", "TZ": "UTC"}),
            start_collecting(folder, other, "-p", "another_machine"),
        ]
        outputs = [collecting.communicate()[0] for collecting in both]
    here, there = (ids_of(collecting.returncode, out) for collecting, out in zip(both, outputs))
    return here, there


def differences(here: list[str], there: list[str]) -> list[str]:
    """One line for each test that only one of the two has, or for the first that is at another place."""
    only_here, only_there = set(here) - set(there), set(there) - set(here)
    lines = [f"only here: {nodeid}" for nodeid in here if nodeid in only_here]
    lines += [f"only there: {nodeid}" for nodeid in there if nodeid in only_there]
    if not lines and here != there:
        place = next(i for i, (a, b) in enumerate(zip(here, there)) if a != b)
        lines = [f"the order: {here[place]} here is {there[place]} there"]
    return lines


def main() -> None:
    here, there = collect_twice()
    lines = differences(here, there)
    if lines:
        sys.exit("\n".join(["tests, ids or order depend on the machine:", *lines[:SHOWN], f"{len(lines)} differences"]))
    print(f"{len(here):,} tests, the same with another clock, hash seed, time zone, locale, home and order of folders")


if __name__ == "__main__":
    main()

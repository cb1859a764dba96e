"""Running measurements: a process for each, the order of a round, ratios of neighbours, and the log of JSON lines."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType
from typing import Any

from wordvec.errors import WordvecError

SCRIPTS = Path(__file__).resolve().parents[1]
RESULTS = SCRIPTS / "benchmark_results"
THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")  # of peers, too
PACKAGES = ("numpy", "scipy", "gensim", "fasttext", "wordvec", "cupy-cuda12x", "cupy-cuda13x", "torch")


@dataclass(frozen=True)
class Entry:
    """A contender in a table: its role ("peer" or "own"), its threads, and in how many rounds it runs."""

    name: str
    role: str
    threads: int
    rounds: int


@dataclass(frozen=True)
class Ratio:
    """Median, lowest and highest of the ratios of pairs measured beside each other."""

    median: float
    low: float
    high: float
    pairs: int


def pairwise(own: Sequence[float | None], peer: Sequence[float | None]) -> Ratio | None:
    """Ratios own / peer of each round in which both ran; None where there is none.

    >>> pairwise([6.0, 8.0, 9.0], [2.0, 2.0, None])
    Ratio(median=3.5, low=3.0, high=4.0, pairs=2)
    """
    ratios = [a / b for a, b in zip(own, peer) if a is not None and b is not None]
    return Ratio(statistics.median(ratios), min(ratios), max(ratios), len(ratios)) if ratios else None


def alternate(peers: Iterable[Entry], own: Iterable[Entry]) -> list[Entry]:
    """Peer, own, peer, own, ...: what is compared runs close together on a machine whose speed drifts."""
    return [entry for pair in zip_longest(peers, own) for entry in pair if entry is not None]


def run_child(
    module: str,
    job: dict[str, Any],
    threads: int,
    environment: Mapping[str, str] = MappingProxyType({}),
    folder: str | None = None,
) -> dict[str, Any]:
    """Run a module of this folder with `job` as JSON; returns the JSON object of its last line.

    `environment` is added to this process's; `folder` is where it runs, so that modules there come first. BLAS gets no
    more threads than the contender.
    Raises WordvecError with the child's last words when it fails.
    """
    settings = os.environ | dict.fromkeys(THREAD_SETTINGS, str(threads)) | dict(environment)
    settings["PYTHONPATH"] = os.pathsep.join([str(SCRIPTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", f"benchmarks.{module}", json.dumps(job)]
    child = subprocess.run(command, env=settings, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    if child.returncode != 0:
        last = child.stderr.strip().splitlines()[-1:] or [f"exit status {child.returncode}"]
        what = [module, *(str(job[key]) for key in ("contender", "who", "model", "dim") if key in job)]
        raise WordvecError(f"{' '.join(what)}: {last[0]}")
    return json.loads(child.stdout.splitlines()[-1])


def evaluate(vectors: str, evaluation: Path, sets: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Scores by set, from ``wordvec evaluate``; `sets` gives each set's kind and file.

    Analogies of form are also a set of their own, where the file has both kinds: "Google syntactic".
    """
    options = [part for kind, file in sets.values() for part in (f"--{kind}", str(evaluation / file))]
    command = [sys.executable, "-m", "wordvec", "evaluate", vectors, "--restrict-vocab", "30000", "--json", *options]
    child = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if child.returncode != 0:
        raise WordvecError(f"wordvec evaluate: {child.stderr.strip()}")
    (scores,) = json.loads(child.stdout).values()
    in_order = sorted(sets, key=lambda name: sets[name][0] == "analogy")  # it reports similarities first
    found = {}
    for name, score in zip(in_order, scores, strict=True):
        found[name] = {key: score[key] for key in ("score", "ci95", "items", "covered", "protocol")}
        of_form = score.get("syntactic")
        if of_form and of_form["items"]:
            found[f"{name} syntactic"] = {key: of_form[key] for key in ("score", "ci95", "items", "covered")}
    return found


class Log:
    """One JSON line for each measurement, written at once: a run cut short keeps what it measured."""

    def __init__(self, folder: Path, what: str, common: dict[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.common = common
        self.path = unused_path(folder, f"{datetime.date.today().isoformat()}-{what}")

    def write(self, kind: str, **measurement: Any) -> dict[str, Any]:
        """Append and return a measurement, with the time and what is common to the run."""
        line = {"kind": kind, "time": datetime.datetime.now().isoformat(timespec="seconds"), **measurement}
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line | self.common, ensure_ascii=False) + "\n")
        return line


def unused_path(folder: Path, name: str) -> Path:
    """folder/name.jsonl, or name-2.jsonl, ... where that exists: results are never overwritten."""
    path, number = folder / f"{name}.jsonl", 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}.jsonl"
    return path


def machine() -> dict[str, Any]:
    """Processor, cores this process may use, and the vector instructions that matter here."""
    facts: dict[str, str] = {}
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines():
            key, _, value = line.partition(":")
            facts.setdefault(key.strip(), value.strip())
    except OSError:
        pass
    flags = set((facts.get("flags") or facts.get("Features") or "").split())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "cpu": facts.get("model name") or platform.processor() or platform.machine(),
        "cores": cores,
        "flags": sorted(flags & {"fma", "avx2", "avx512f", "amx_tile", "asimd", "sve"}),
        "system": platform.platform(),
        "load": [round(load, 2) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None,
    }


def versions() -> dict[str, str]:
    """Python and the packages that are measured or matter to it, where installed."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def git_state() -> dict[str, Any]:
    """The commit, and whether tracked files differ from it; None outside a repository."""

    def git(*words: str) -> str | None:
        try:
            return subprocess.run(
                ["git", *words], cwd=SCRIPTS, capture_output=True, text=True, check=True
            ).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            return None

    changed = git("status", "--porcelain", "--untracked-files=no")
    return {"commit": git("rev-parse", "HEAD"), "dirty": None if changed is None else bool(changed)}

"""All of gpu_check.sh: parts that run one after the other, each in a process with a time limit of its own.

A part that fails, crashes or runs out of time does not stop the others. What it measured until then is kept: a part
tells each measurement at once, as a line of JSON. The parts themselves are in `benchmarks.gpu_parts`.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.report import table
from benchmarks.runs import RESULTS, Log, git_state, machine, versions

ROOT = Path(__file__).resolve().parents[2]
LIMITS = {  # seconds, in the order of running; together under 8 minutes
    "card": 15, "library": 60, "corpus": 30, "tests": 110, "parity": 20, "ceilings": 20, "rates": 45,
    "end-to-end": 25, "scores": 45, "svd": 30, "queries": 30, "cpu": 15, "torch": 25,
}  # fmt: skip
FOUNDATIONS = ("card", "library", "corpus")  # run whichever parts are asked for
PATIENCE = 10  # times its limit a part of a rehearsal may take: a busy CPU is no fault of the script's
PASSED, SKIPPED, FAILED, LATE = "passed", "skipped", "FAILED", "NOT FINISHED"
TAIL = 25  # lines of a failed part's stderr that are shown
MOST = 14  # lines of a part in the table


@dataclass
class Outcome:
    """How a part ended, and what it found, a line each."""

    part: str
    status: str = PASSED
    seconds: float = 0.0
    found: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return self.status in (PASSED, SKIPPED)

    @property
    def shown(self) -> list[str]:
        """The lines for the table: all are in the file."""
        if len(self.found) <= MOST:
            return self.found
        return [*self.found[: MOST - 2], f"... {len(self.found) - MOST + 1} more lines ...", self.found[-1]]


def run_part(
    part: str, command: Sequence[str], limit: float, log: Log, environment: Mapping[str, str] | None = None
) -> Outcome:
    """Run a command that prints measurements as lines of JSON; log them, and how it ended.

    In a measurement, "shown" is for the table, "failed" and "skipped" say why, "common" goes to all later lines.
    """
    outcome, start, late = Outcome(part), time.perf_counter(), threading.Event()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=said, encoding="utf-8", cwd=ROOT, start_new_session=True,
            env=None if environment is None else dict(environment),
        )  # fmt: skip
        timer = threading.Timer(limit, lambda: (late.set(), kill(child)))
        timer.start()
        try:
            for line in child.stdout or ():
                if line.endswith("}\n"):  # else it was stopped in the middle of it
                    take(json.loads(line), outcome, log)
            child.wait()
        finally:
            timer.cancel()
            kill(child)
            child.communicate()  # closes the pipe
        said.seek(0)
        words = said.read().strip().splitlines()
    outcome.seconds = time.perf_counter() - start
    if late.is_set():
        outcome.status = LATE
        outcome.found.append(f"stopped after its {limit:g} seconds")
    elif child.returncode != 0:
        outcome.status = FAILED
        outcome.found.append(words[-1] if words else f"exit status {child.returncode}")
    if not outcome.is_good:
        say("\n".join(f"    {line}" for line in words[-TAIL:]))
    facts = {"outcome": outcome.status, "seconds": round(outcome.seconds, 2), "limit": limit, "found": outcome.found}
    log.write("gpu-part", part=part, **facts)
    return outcome


def take(measurement: dict[str, Any], outcome: Outcome, log: Log) -> None:
    """Log a measurement, and note what it says about the part."""
    log.common |= measurement.pop("common", {})
    for key, status in (("failed", FAILED), ("skipped", SKIPPED)):
        if key in measurement:
            outcome.status = outcome.status if outcome.status == FAILED else status
    outcome.found += [measurement[key] for key in ("shown", "failed", "skipped") if key in measurement]
    log.write(measurement.pop("kind", f"gpu-{outcome.part}"), **measurement)


def kill(child: subprocess.Popen[str]) -> None:
    """End a child and all that it started, unless it has ended by itself."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def outcome_table(outcomes: Sequence[Outcome]) -> str:
    """A row for each line that was found."""
    rows = []
    for outcome in outcomes:
        first, *more = outcome.shown or [""]
        rows.append([outcome.part, outcome.status, f"{outcome.seconds:.0f}", first])
        rows += [["", "", "", line] for line in more]
    return table(["part", "outcome", "s", "found"], rows)


def run_parts(options: argparse.Namespace, folder: Path, log: Log) -> list[Outcome]:
    """All parts in order; after "card", without which there is nothing to measure, none stops the others."""
    environment = surroundings(folder)
    outcomes: list[Outcome] = []
    plain = False  # without the C library: where it could not be had in time, no part may try to build it again
    for part, limit in LIMITS.items():
        if options.parts and part not in (*options.parts, *FOUNDATIONS):
            continue
        limit *= PATIENCE if options.rehearse else 1
        command = [sys.executable, "-m", "benchmarks.gpu_parts", part, str(folder), str(limit), str(time.time())]
        command += ["--rehearse"] * options.rehearse + ["--plain"] * plain
        outcome = run_part(part, command, limit, log, environment)
        outcomes.append(outcome)
        say(f"  {part}: {outcome.status}, {outcome.seconds:.1f} s" + "".join(f"\n    {line}" for line in outcome.shown))
        if part == "card" and not outcome.is_good:
            break
        plain |= part == "library" and outcome.status != PASSED
    return outcomes


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of the parts: nothing installed is needed, and nothing is left behind."""
    places = [str(ROOT), str(ROOT / "scripts"), *filter(None, [os.environ.get("PYTHONPATH")])]
    own = {"PYTHONPATH": os.pathsep.join(places), "TMPDIR": str(folder), "REQUIRE_GPU": "1"}
    own["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # plugins that happen to be there warn, and warnings are errors
    return {"WORDVEC_TESTS_COMPILED": str(folder)} | os.environ | own


def say(message: str) -> None:
    """Progress, on stderr."""
    print(message, file=sys.stderr, flush=True)


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="gpu_check.sh", description="See the head of scripts/gpu_check.sh.")
    parser.add_argument("--rehearse", action="store_true", help="in miniature, on the CPU; its file is not kept")
    parser.add_argument("--parts", nargs="+", choices=LIMITS, metavar="PART", help=f"only some of: {', '.join(LIMITS)}")
    parser.add_argument("--results", type=Path, help="folder of the file (default: scripts/benchmark_results)")
    parser.add_argument("--commit", help="of the code, where there is no .git to tell it")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; returns the exit status."""
    options = parse_arguments(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that `run_part` ends its child
    with tempfile.TemporaryDirectory(prefix="wordvec-gpu-check-") as name:
        folder = Path(name)
        results = options.results or (folder if options.rehearse else RESULTS)
        common = {"corpus": None, "git": git_state(), "machine": machine(), "versions": versions()}
        if options.commit:
            common["git"] = {"commit": options.commit, "dirty": None}
        log = Log(results, "gpu-check-rehearsal" if options.rehearse else "gpu-check", common)
        outcomes = run_parts(options, folder, log)
        print(outcome_table(outcomes))
    if options.rehearse:
        say("a rehearsal on the CPU: no figure says anything about a card")
    if outcomes[-1].part == "card":
        log.path.unlink(missing_ok=True)
        say("no card that can be used: nothing was measured; --rehearse needs none")
        return 2
    bad = [outcome for outcome in outcomes if not outcome.is_good]
    if bad:
        say("did not pass: " + ", ".join(f"{outcome.part} ({outcome.status})" for outcome in bad))
    if results != folder:
        say(f"written: {log.path}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

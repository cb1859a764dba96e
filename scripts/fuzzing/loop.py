"""The loop: cases in a forked worker under limits of memory and time; a case that ends the worker is known, too.

The parent forks a worker, which notes in shared memory which case it is at. Ends the worker by a signal, or does not
end the case, the parent counts this as a fault of that case and forks the next worker behind it.
"""

from __future__ import annotations

import json
import mmap
import os
import re
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

import wordvec
from fuzzing.targets import Files, Target
from wordvec.errors import WordvecError

PACKAGE = Path(wordvec.__file__).parent

CASE_SECONDS = 2.0  # of the processor: a slow machine is no fault
WALL_SECONDS = 60.0  # for one that waits, where no processor time passes, and for compiled code
MEMORY = 256 << 20  # bytes of address space above what a worker has when it begins
CHECKED_EVERY = 500  # cases between two looks at what the process holds
FAILED = 91  # status of a worker whose own code raised something
WARM_UP = 5  # cases of each target
LEAK = 512 << 20  # bytes that a worker may grow by in its life
FORBIDDEN = ("pickle.find_class", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "subprocess.Popen", "socket.")
CHANGING = {"os.rename": (0, 1), "os.remove": (0,), "os.mkdir": (0,), "os.rmdir": (0,), "os.link": (0, 1),
            "os.symlink": (1,), "os.truncate": (0,), "os.chmod": (0,)}  # fmt: skip


class Stopped(BaseException):
    """A case broke a limit; no reader can swallow this."""


@dataclass
class Report:
    """What a run found: cases, and of these the ones that were read; a line for each kind of fault."""

    cases: int = 0
    seconds: float = 0.0
    by_target: dict[str, tuple[int, int, float]] = field(default_factory=dict)
    faults: dict[str, dict[str, Any]] = field(default_factory=dict)

    def summary(self) -> str:
        """Counts by target, and each kind of fault with how to see it again."""
        lines = [f"{self.cases:,} cases of {len(self.by_target)} targets in {self.seconds:.0f} s"]
        for name, (cases, read, slowest) in self.by_target.items():
            lines.append(f"{name:20} {cases:>9,} cases, {read:>9,} read, slowest {slowest * 1e3:7.1f} ms")
        lines.append(f"found: {len(self.faults)} kinds of faults")
        for kind, fault in self.faults.items():
            again = f"--seed {fault['seed']} --target {fault['target']} --case {fault['case']}"
            lines.append(f"{fault['number']:,} x {kind}\n    again: scripts/fuzz.py {again}")
        return "\n".join(lines)


class Watch:
    """Stops a case that runs what a file says, or changes a file outside `root`."""

    def __init__(self) -> None:
        self.root: str | None = None
        sys.addaudithook(self._look)

    def _look(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.root is None:
            return
        if event.startswith(FORBIDDEN):
            raise Stopped(f"runs {event}")
        if event == "open":
            path, mode, flags = arguments
            writes = any(c in mode for c in "wax+") if isinstance(mode, str) else flags & (os.O_WRONLY | os.O_RDWR)
            paths = [path] if writes else []
        else:
            paths = [arguments[i] for i in CHANGING.get(event, ())]
        for path in paths:
            if isinstance(path, int) or (event != "open" and arguments[-1] not in (-1, None)):
                continue  # relative to a folder that is open: as shutil.rmtree does it
            real = os.path.realpath(os.fsdecode(path))
            if not real.startswith((self.root, "/dev/")) and "/__pycache__/" not in real:
                raise Stopped(f"writes outside its folder: {event} {path!r}")


_watch: list[Watch] = []  # a hook cannot be taken away, so there is one


def watch() -> Watch:
    """The watch of this process."""
    if not _watch:
        _watch.append(Watch())
    return _watch[0]


def made(target: Target, name: str, seed: int, case: int) -> Files:
    """The files of a case."""
    return target.make(Random(f"{seed} {name} {case}"))


def write(files: Files, folder: Path) -> None:
    """Put the files into the folder."""
    for name, content in files.items():
        path = folder / name
        if "/" in name:
            path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)


def attempt(target: Target, files: Files, folder: Path, *, guarded: bool = True) -> tuple[str, str]:
    """("read" | "refused" | "fault", what was said) for files that are written to the folder, which is emptied."""
    write(files, folder)
    guard = watch()
    guard.root = os.path.realpath(folder.parent) if guarded else None
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            target.read(folder)
        return "read", ""
    except WordvecError as error:
        said = str(error)
        if "\n" in said or len(said) > 2000 + 4 * len(str(folder)):
            return "fault", f"a message of {len(said)} characters and {said.count(chr(10)) + 1} lines: {said[:80]!r}"
        return "refused", said
    except (Exception, Stopped) as error:
        return "fault", _described(error)
    finally:
        guard.root = None
        _empty(folder)


def _described(error: BaseException) -> str:
    """The exception and the last line of wordvec that it passed."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]  # a checkout may have its name
    where = f" at {Path(ours[-1].filename).relative_to(PACKAGE)}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{where}: {re.sub(r'[0-9]+', '#', str(error))[:120]}"


def _empty(folder: Path) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _empty(Path(entry.path))
                os.rmdir(entry.path)
            else:
                os.unlink(entry.path)


@contextmanager
def limited() -> Iterator[Callable[[], None]]:
    """Limit memory relative to what is in use; yields a function that starts the clock of the next case."""
    old = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + MEMORY, old[1]))
    before = signal.signal(signal.SIGPROF, _too_slow)
    try:
        yield lambda: signal.setitimer(signal.ITIMER_PROF, CASE_SECONDS)  # type: ignore[func-returns-value]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        resource.setrlimit(resource.RLIMIT_AS, old)


def _too_slow(*_: object) -> None:
    signal.setitimer(signal.ITIMER_PROF, CASE_SECONDS)  # once more, should the first be swallowed
    raise Stopped(f"takes more than {CASE_SECONDS:g} s")


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


class Fuzz:
    """Runs cases `first` to `last` of all targets by turns; see the head of this module."""

    def __init__(self, targets: dict[str, Target], seed: int, folder: Path, keep: Path | None = None) -> None:
        self.targets, self.seed, self.folder, self.keep = targets, seed, folder, keep
        self.names, self.until = list(targets), float("inf")
        # For each target cases, those that were read, and the slowest in ns; then the place of the worker.
        self.shared = np.frombuffer(mmap.mmap(-1, 8 * (3 * len(targets) + 3)), np.int64)
        self.place = self.shared[3 * len(targets) :]  # step, ns since it began, whether it was noted
        self.table = self.shared[: 3 * len(targets)].reshape(-1, 3)
        self.results = folder / "results.jsonl"

    def run(self, first: int, last: int, until: float = float("inf")) -> Report:
        """Run the cases until `time.monotonic` says `until`, forking a worker behind each case that ended one."""
        start, step, end = time.monotonic(), first * len(self.names), last * len(self.names)
        self.until = until
        self.results.write_bytes(b"")
        while step < end and time.monotonic() < until:
            status = self._wait(self._fork(step, end))
            step = int(self.place[0])
            if status == FAILED:
                raise RuntimeError(f"the fuzzer itself failed: {(self.folder / 'failed').read_text()}")
            if status != 0:
                name = self.names[step % len(self.names)]
                self._note(name, step // len(self.names), f"ends the process: signal or status {status}")
                step += 1
        return self._report(time.monotonic() - start)

    def _fork(self, step: int, end: int) -> int:
        self.place[:] = step, time.monotonic_ns(), 0
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child:
            return child
        status = FAILED
        try:
            self._work(step, end)
            status = 0
        except BaseException:
            (self.folder / "failed").write_text(traceback.format_exc())
        finally:
            os._exit(status)

    def _wait(self, child: int) -> int:
        while True:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic_ns() - int(self.place[1]) > WALL_SECONDS * 1e9:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.05)

    def _work(self, step: int, end: int) -> None:
        folder = self.folder / "case" / "files"
        folder.mkdir(parents=True, exist_ok=True)
        _empty(folder)
        os.environ["TMPDIR"] = str(folder.parent)
        with open(os.devnull, "w", encoding="utf-8") as silent:  # readers tell what they repaired
            os.dup2(silent.fileno(), 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        self._warm_up(folder)
        size = _address_space()
        while step < end and time.monotonic() < self.until:
            with limited() as start_clock:
                for each in range(step, min(step + CHECKED_EVERY, end)):
                    self.place[:2] = each, time.monotonic_ns()
                    self._one(each, folder, start_clock)
            step = min(step + CHECKED_EVERY, end)
            self.place[0] = step
            if _address_space() > size + LEAK:
                return  # a fresh worker goes on here

    def _warm_up(self, folder: Path) -> None:
        """Import and compile what each target needs, outside the limits."""
        for name, target in self.targets.items():
            for case in range(-WARM_UP, 0):
                self.place[1] = time.monotonic_ns()
                attempt(target, made(target, name, self.seed, case), folder, guarded=False)

    def _one(self, step: int, folder: Path, start_clock: Callable[[], None]) -> None:
        which, case = step % len(self.names), step // len(self.names)
        name = self.names[which]
        files = made(self.targets[name], name, self.seed, case)
        before = time.process_time_ns()
        start_clock()
        try:
            outcome, said = attempt(self.targets[name], files, folder)
        except Stopped as error:  # between the reader's end and here
            outcome, said = "fault", str(error)
        row = self.table[which]
        row += 1, outcome == "read", 0
        row[2] = max(row[2], time.process_time_ns() - before)
        if outcome == "fault":
            self._note(name, case, said)

    def _note(self, name: str, case: int, said: str) -> None:
        line = json.dumps({"target": name, "seed": self.seed, "case": case, "said": said})
        with open(self.results, "a", encoding="ascii") as file:
            file.write(line + "\n")
        if self.keep is not None:
            write(made(self.targets[name], name, self.seed, case), _made_folder(self.keep / f"{name}-{case}"))

    def _report(self, seconds: float) -> Report:
        faults: dict[str, dict[str, Any]] = {}
        for line in self.results.read_text(encoding="ascii").splitlines():
            fault = json.loads(line)
            kind = f"{fault['target']}: {fault.pop('said')}"
            faults.setdefault(kind, {**fault, "number": 0})["number"] += 1
        table = {name: (int(row[0]), int(row[1]), row[2] / 1e9) for name, row in zip(self.names, self.table)}
        return Report(int(self.table[:, 0].sum()), seconds, table, faults)


def _made_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder

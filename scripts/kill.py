#!/usr/bin/env python3
"""Kill runs of wordvec, check that no earlier file suffered, and that the next run writes the right bytes.

  python scripts/kill.py --kills 300                    all verbs by turns, at aimed and at random moments
  python scripts/kill.py --kills 40 --verbs build,convert
  python scripts/kill.py --strace 20                    let strace kill at system calls, where it is installed

Aimed: the process kills itself (SIGKILL) after its k-th call that flushes, renames or removes a file or makes a folder;
the last calls of a run come first, then the others in random order, each once before any comes twice. Random: it is
killed after a random part of a whole run's time. Runs are forked from one process that has loaded and compiled
everything, so that most of a run's time is the run.

After each kill: every file that was there before holds its earlier content, or, where the run writes it, the new one;
a folder holds all of the earlier or all of the new; a run that had saved a checkpoint has left it, or its output. Then
the same command (with --resume where there is a checkpoint)
must end well, with the bytes of a run that nobody killed, and with no temporary file left. Prints a report with counts;
exit status 1 when something was found.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from kill_scenarios import Scenario, scenarios, write_inputs

from wordvec import cli, folders
from wordvec.trainers.checkpoint import Checkpoint

CALLS = ("mkdir", "fsync", "rename", "replace", "unlink", "remove", "rmdir")
SYSTEM_CALLS = "rename,renameat,renameat2,unlink,unlinkat,rmdir,fsync,mkdir"
OF_THE_RUN = ("seconds", "training_seconds", "finished", "peak_memory")
LAST = 12  # calls at the end of a run, where most goes on
LONGEST_RUN = 120.0  # seconds, after which a run counts as hanging


class Killing:
    """Kills runs of scenarios and counts what comes of it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.random = folder, Random(seed)
        self.counts: Counter[tuple[str, str]] = Counter()
        self.found: list[str] = []

    def prepare(self, scenario: Scenario) -> None:
        """Make the folder before the run and the one after a whole run, and count the calls of one."""
        scenario.base, scenario.done = self.folder / f"{scenario.name}-before", self.folder / f"{scenario.name}-after"
        work = self.folder / "work"  # where all is run: some files say in which folder they were made
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        write_inputs(work)
        for command in scenario.before:
            self._run_whole(command, work)
        shutil.copytree(work, scenario.base)
        counted = self.folder / "calls"
        start = time.monotonic()
        self._run_whole(scenario.command, work, lambda: count_calls(counted))
        scenario.seconds = time.monotonic() - start
        shutil.copytree(work, scenario.done)
        calls = range(len(counted.read_bytes()), 0, -1)
        scenario.moments = [*calls[:LAST], *self.random.sample(calls[LAST:], len(calls[LAST:]))]

    def kill(self, scenario: Scenario, way: str) -> None:
        """Kill one run, look at what is left, run again."""
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(scenario.base, work)
        (self.folder / "saved").unlink(missing_ok=True)
        moment, start = 0.0, time.monotonic()
        if way == "aimed":
            moment = scenario.moments.pop(0)
            scenario.moments.append(int(moment))
            status = run_forked(scenario.command, work, lambda: kill_after(int(moment)))
        elif way == "strace":
            moment = self.random.randint(1, len(scenario.moments))
            status = run_traced(scenario.command, work, int(moment))
        else:
            moment = self.random.uniform(0, scenario.seconds)
            status = run_forked(scenario.command, work, lambda: kill_in(moment))
        killed = status == -signal.SIGKILL
        self.counts[scenario.name, way if killed else "ended before"] += 1
        if way == "random" and not killed:
            scenario.seconds = time.monotonic() - start  # the first run, by which moments were drawn, took longer
        where = f"{scenario.name}, {way} {moment:.4g}"
        if not killed and status != 0:
            self.found.append(f"{where}: the run ended with status {status}: {last_words(work)}")
        self._look(scenario, work, where)
        command = scenario.command
        if scenario.checkpoint and (work / scenario.checkpoint).exists():
            command += " --resume"
        status = run_forked(command, work)
        if status != 0:
            self.found.append(f"{where}: the next run ended with status {status}: {last_words(work)}")
            return
        self._compare(scenario, work, where)

    def _look(self, scenario: Scenario, work: Path, where: str) -> None:
        """Right after the kill: nothing but old or new."""
        for name in sorted(each.name for each in scenario.base.iterdir()):
            if name in scenario.outputs and not scenario.shared:
                if not (same(scenario.base / name, work / name) or same(scenario.done / name, work / name)):
                    self.found.append(f"{where}: {name} is neither the earlier nor the new one")
            elif name not in scenario.outputs and not same(scenario.base / name, work / name):
                self.found.append(f"{where}: {name} is not what it was")
        checkpoint = work / (scenario.checkpoint or "no")
        saved = (self.folder / "saved").exists() and not same(scenario.done / "v.safetensors", work / "v.safetensors")
        if saved and not checkpoint.exists():
            self.found.append(f"{where}: a checkpoint was saved and is lost, and there is no output")
        if checkpoint.exists():
            try:
                Checkpoint.load(checkpoint)
            except Exception as error:
                self.found.append(f"{where}: the checkpoint: {error}")

    def _compare(self, scenario: Scenario, work: Path, where: str) -> None:
        """After the next run: the right bytes, and nothing else."""
        ours, right = files_in(work), files_in(scenario.done)
        for name in sorted(ours - right):
            self.found.append(f"{where}: {name} is left behind")
        for name in sorted(right):
            if name not in ours or not same(scenario.done / name, work / name):
                self.found.append(f"{where}: {name} is not what a whole run writes")

    def _run_whole(self, command: str, folder: Path, hook: Callable[[], None] = lambda: None) -> None:
        status = run_forked(command, folder, hook)
        if status != 0:
            raise SystemExit(f"wordvec {command}: ended with status {status}: {last_words(folder)}")

    def kills(self) -> int:
        """Runs that were killed before their end."""
        return sum(number for (_, way), number in self.counts.items() if way != "ended before")

    def report(self, seconds: float) -> str:
        """Kills by verb and way, and what was found."""
        ways = ("aimed", "random", "strace", "ended before")
        names = sorted({name for name, _ in self.counts})
        lines = [f"{'':18}" + "".join(f"{way:>14}" for way in ways)]
        lines += [f"{name:18}" + "".join(f"{self.counts[name, way]:>14}" for way in ways) for name in names]
        lines.append(f"{self.kills()} kills in {seconds:.0f} s; found: {len(self.found)}")
        return "\n".join(lines + self.found[:30])


def run_forked(command: str, folder: Path, hook: Callable[[], None] = lambda: None) -> int:
    """Run a command of wordvec in `folder`, in a fork of this process; returns its exit status, or minus a signal."""
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        output = os.open("../said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        status = 70
        with contextlib.suppress(BaseException):
            signal.alarm(int(LONGEST_RUN))
            note_saves()
            hook()
            status = cli.main(command.split())
        sys.stdout.flush()
        os._exit(status)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def run_traced(command: str, folder: Path, number: int) -> int:
    """Run a command under strace, which kills it at its `number`-th system call that changes names or flushes."""
    traced = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={SYSTEM_CALLS}:signal=KILL:when={number}"]
    with open(folder.parent / "said.txt", "wb") as said:
        child = subprocess.run(
            [*traced, sys.executable, "-m", "wordvec", *command.split()], cwd=folder, stdout=said, stderr=said
        )
    return child.returncode


def watch_calls(after: Callable[[], Any]) -> None:
    """Have `after` called after each call of this process that changes files."""

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            result = function(*arguments, **named)
            after()
            return result

        return call

    for name in CALLS:
        setattr(os, name, wrap(getattr(os, name)))
    folders._exchange = wrap(folders._exchange)


def count_calls(path: Path) -> None:
    """Write a byte to `path` for each call."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    watch_calls(lambda: os.write(descriptor, b"."))


def kill_after(calls: int) -> None:
    """Kill this process after so many calls."""
    left = [calls]

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    watch_calls(count)


def kill_in(seconds: float) -> None:
    """Have this process killed after some time."""
    run = os.getpid()
    if os.fork() == 0:
        time.sleep(seconds)
        if os.getppid() == run:  # else it has ended
            os.kill(run, signal.SIGKILL)
        os._exit(0)


def same(one: Path, other: Path) -> bool:
    """Whether two files, or two folders with all in them, are alike."""
    if one.is_dir() and other.is_dir():
        names = files_in(one)
        return names == files_in(other) and all(same(one / name, other / name) for name in names)
    return one.is_file() and other.is_file() and content_of(one) == content_of(other)


def content_of(path: Path) -> Any:
    """The bytes of a file; of JSON and of a report what they say, but for what differs from run to run."""
    content = path.read_bytes()
    if path.suffix == ".md":
        return re.sub(rb"[0-9.]+", b"#", content)
    if path.suffix not in (".json", ".jsonl"):
        return content
    lines = content.splitlines() if path.suffix == ".jsonl" else [content]
    try:
        return [json.loads(line, object_hook=_without_times) for line in lines]
    except ValueError:
        return content


def _without_times(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in OF_THE_RUN}


def files_in(folder: Path) -> set[str]:
    """Names of all files in and below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def last_words(folder: Path) -> str:
    """The end of what a run printed."""
    return (folder.parent / "said.txt").read_text(encoding="utf-8", errors="replace").strip()[-300:]


def note_saves() -> None:
    """Leave a file behind as soon as a checkpoint was saved."""
    save = Checkpoint.save

    def save_and_note(state: Checkpoint, path: Any) -> None:
        save(state, path)
        Path("..", "saved").touch()

    Checkpoint.save = save_and_note  # type: ignore[method-assign]


@contextlib.contextmanager
def small_steps() -> Iterator[None]:
    """Cut training into many short calls, so that there are many checkpoints; train models in this process."""
    from wordvec.experiments import run_folder
    from wordvec.experiments.child import run
    from wordvec.trainers import glove_engines, kernel_engine

    def train(job: Any, corpus_folder: Path, out: Path) -> dict[str, Any]:
        order = {"corpus": corpus_folder, "sample": job.sample, "trainer": job.configuration.trainer}
        return run({**order, "options": job.options, "out": out, "show_progress": False})

    kernel_engine.FIRST_CHUNK, kernel_engine.SECONDS_A_CHUNK = 200, 0
    glove_engines.SECONDS_A_CHUNK = 0
    run_folder.train_in_child = train
    yield


def warm_up(chosen: list[Scenario], folder: Path) -> None:
    """Run everything once in this process, so that its forks find all loaded and compiled."""
    folder.mkdir()
    write_inputs(folder)
    here = os.getcwd()
    os.chdir(folder)
    try:
        for scenario in chosen:
            for command in (*scenario.before, scenario.command):
                with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                    cli.main(command.split())
    finally:
        os.chdir(here)


def main() -> int:
    """Kill; returns the exit status."""
    names = [scenario.name for scenario in scenarios()]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300, help="runs to kill, two aimed for each random one")
    parser.add_argument("--strace", type=int, default=0, metavar="N", help="and N more that strace kills")
    parser.add_argument("--verbs", default=",".join(names), help="some of " + ", ".join(names))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chosen = [scenario for scenario in scenarios() if scenario.name in options.verbs.split(",")]
    if options.strace and shutil.which("strace") is None:
        raise SystemExit("strace is not installed")
    with tempfile.TemporaryDirectory() as name, small_steps():
        killing, start = Killing(Path(name), options.seed), time.monotonic()
        warm_up(chosen, Path(name) / "warm")
        for scenario in chosen:
            killing.prepare(scenario)
        number = 0
        while killing.kills() < options.kills:
            killing.kill(chosen[number % len(chosen)], "random" if number // len(chosen) % 3 == 2 else "aimed")
            number += 1
        for number in range(options.strace):
            killing.kill(chosen[number % len(chosen)], "strace")
        print(killing.report(time.monotonic() - start))
    return 1 if killing.found else 0


if __name__ == "__main__":
    sys.exit(main())

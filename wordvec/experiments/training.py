"""Training of models: one in its own process, or all models of a run folder on a cluster."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.corpus.shared import SharedCorpus, opened
from wordvec.errors import InputError, TrainingError, WordvecError
from wordvec.files import sha256_of
from wordvec.progress import on_terminal as stderr_is_terminal
from wordvec.signals import ENDING, Terminated
from wordvec.store import name_of, open_store

if TYPE_CHECKING:
    from wordvec.cluster import Cluster


# The child imports what this process would. With -m it would import a types.py in the current folder.
CHILD = "import sys; sys.path[:] = {path!r}; from wordvec.experiments.child import main; raise SystemExit(main())"
FAILURES = {
    3: TrainingError,
    4: InputError,
}  # by the child's exit status: it cannot continue; its vectors cannot be kept
MOST_MODELS = 100_000  # of one configuration; more are a mistake, whose plan alone would fill the memory
SEEDED = "subsample"  # the only option that makes a counting trainer depend on its seed
COUNTING = ("svd", "ppmi")


@dataclass(frozen=True)
class Configuration:
    """A trainer with all its options except the seed; `name` is its name in tables."""

    name: str
    trainer: str
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def depends_on_seed(self) -> bool:
        """Whether another seed gives other vectors: counting trainers are random only if they subsample.

        >>> Configuration("svd", "svd", {"subsample": 0.0}).depends_on_seed
        False
        """
        return self.trainer not in COUNTING or bool(self.options.get(SEEDED, 0.0))


@dataclass(frozen=True)
class Job:
    """One model to train: a configuration, a seed, and the number of a bootstrap sample, or None for the whole corpus.

    `unit` is what the sample is drawn from: "sentences" or "documents".
    """

    configuration: Configuration
    seed: int = 1
    sample: int | None = None
    unit: str = "sentences"

    @property
    def label(self) -> str:
        """For messages: ``"cbow, seed 2"``."""
        of = " of documents" if self.unit == "documents" else ""
        sample = "" if self.sample is None else f", sample {self.sample}{of}"
        return f"{self.configuration.name}, seed {self.seed}{sample}"

    @property
    def options(self) -> dict[str, Any]:
        """The trainer's options, including the seed."""
        return self.configuration.options | {"seed": self.seed}


@dataclass(frozen=True)
class TrainedModel:
    """A file of vectors and the time and memory of its training."""

    job: Job
    path: Path
    seconds: dict[str, float]
    peak_memory: int | None
    sha256: str
    loss: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def training_seconds(self) -> float:
        """Seconds without starting Python, compiling and saving, which do not depend on the length of the text."""
        return sum(value for stage, value in self.seconds.items() if stage not in ("start", "prepare", "save"))


def train_in_child(job: Job, corpus_folder: Path, out: Path, on_terminal: bool | None = None) -> dict[str, Any]:
    """Train in a new process and return its report; see `wordvec.experiments.child`.

    On a terminal (None: if stderr is one) the child draws its own progress bar. It ends when this process ends, for
    whatever reason. Raises TrainingError if training diverges, InputError if the vectors cannot be written, and
    WordvecError for any other failure, with the last line of the child's output.
    """
    on_terminal = stderr_is_terminal() if on_terminal is None else on_terminal
    order = {
        "corpus": os.fspath(corpus_folder.absolute()),
        "sample": job.sample,
        "unit": job.unit,
        "trainer": job.configuration.trainer,
        "options": job.options,
        "out": os.fspath(out.absolute()),
        "show_progress": on_terminal,
        "parent": os.getpid(),
    }
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD.format(path=[place for place in sys.path if isinstance(place, str)])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if on_terminal else errors,
        )
        assert child.stdin is not None
        assert child.stdout is not None
        with child.stdin, child.stdout:
            try:
                child.stdin.write(json.dumps(order).encode() + b"\n")
                child.stdin.flush()
                report = child.stdout.read()
                status = child.wait()
            except BaseException:
                child.kill()
                child.wait()
                raise
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace")
    if status != 0:
        raise _failure(job, status, said)
    done: dict[str, Any] = json.loads(report.splitlines()[-1])
    return done


def _failure(job: Job, status: int, said: str) -> BaseException:
    if status - 128 in ENDING:
        number = status - 128
        return KeyboardInterrupt() if number == signal.SIGINT else Terminated(number)
    lines = [line for line in said.splitlines() if line.strip()]
    why = lines[-1].removeprefix("wordvec: ") if lines else f"see above (exit status {status})"
    if status < 0:
        why = f"its process was killed by signal {-status}" + ("; was memory short?" if status == -9 else "")
    return FAILURES.get(status, WordvecError)(f"training {job.label}: {why}")


def spoken(seconds: float) -> str:
    """Seconds in readable form.

    >>> spoken(0.4), spoken(75), spoken(5400), spoken(200_000)
    ('1 s', '75 s', '1 h 30 min', '55 h 33 min')
    """
    if seconds < 120:
        return f"{max(1, round(seconds))} s"
    minutes = int(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


# Training the models of a run folder on a cluster, one task per model, in the same way as on this machine.


class ClusterTraining:
    """Trains jobs as tasks that write their models to the same files as `train_in_child`; all workers must see them.

    A model has the same bytes as on this machine. Reports are published in the store, so that a restarted run trains no
    model twice.
    """

    def __init__(self, cluster: Cluster, corpus: SharedCorpus) -> None:
        self.cluster, self._corpus = cluster, corpus
        self._reports: dict[Path, dict[str, Any]] = {}

    def ahead(self, jobs: Sequence[tuple[Job, Path]]) -> None:
        """Train all of these in parallel, as far as there are workers; `train` then has their reports."""
        calls = [self._call(job, out) for job, out in jobs]
        self._reports |= zip((out for _, out in jobs), self.cluster.run(train_run, calls, "training"))

    def train(self, job: Job, out: Path) -> dict[str, Any]:
        """The report of a job; raises the errors of `train_in_child`."""
        if out not in self._reports:
            self.ahead([(job, out)])
        report = self._reports[out]
        if "failure" in report:
            raise FAILURES.get(report["status"], WordvecError)(report["failure"])
        return report

    def _call(self, job: Job, out: Path) -> tuple[Any, ...]:
        made = job.configuration
        facts = {"name": made.name, "trainer": made.trainer, "options": made.options, "seed": job.seed}
        facts |= {"sample": job.sample, "unit": job.unit}
        name = name_of("run", corpus=self._corpus.fingerprint, job=facts, out=str(out.absolute()))
        return (self._corpus, facts, self.cluster.threads_of_a_task, str(out.absolute()), name)


def train_run(
    store: str, corpus: tuple[str, str], facts: dict[str, Any], threads: int, out: str, name: str
) -> dict[str, Any]:
    """Train a model in a child process of the worker; returns its report, or {"failure": reason, "status": 2 to 4}."""
    place = open_store(store)
    if place.is_published(name):
        report = place.facts(name)
        if Path(out).exists() and report["model"] == sha256_of(out):
            return report
        place.remove(name)
    opened(*corpus)
    made = Configuration(facts["name"], facts["trainer"], _with_threads(facts["trainer"], facts["options"], threads))
    try:
        job = Job(made, facts["seed"], facts["sample"], facts["unit"])
        report = train_in_child(job, Path(corpus[0]), Path(out), False)
    except WordvecError as error:
        status = next((each for each, kind in FAILURES.items() if isinstance(error, kind)), 2)
        return {"failure": str(error), "status": status}
    place.publish(name, {}, **report, model=sha256_of(out))
    return report


def _with_threads(trainer: str, options: dict[str, Any], threads: int) -> dict[str, Any]:
    """The options, with threads limited to those of a task if they are None; the vectors are the same."""
    from wordvec.trainers import TRAINERS, option_names

    if "threads" not in option_names(TRAINERS[trainer]) or options.get("engine") == "layers":
        return options
    return options | {"threads": options.get("threads") or threads}

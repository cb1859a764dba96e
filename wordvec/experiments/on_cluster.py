"""Training the models of a run folder on a cluster: one task a model, trained there as it would be trained here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.corpus.shared import SharedCorpus, opened
from wordvec.errors import TrainingError, WordvecError
from wordvec.experiments.training import Configuration, Job, train_in_child
from wordvec.files import sha256_of
from wordvec.store import name_of, open_store

if TYPE_CHECKING:
    from wordvec.cluster import Cluster


class ClusterTraining:
    """Trains jobs as tasks, which write their models where `train_in_child` would: all workers must see that folder.

    A model has the bytes that it has here. What its training took is published in the store, so a run that begins
    anew trains no model twice.
    """

    def __init__(self, cluster: Cluster, corpus: SharedCorpus) -> None:
        self.cluster, self._corpus = cluster, corpus
        self._reports: dict[Path, dict[str, Any]] = {}

    def ahead(self, jobs: Sequence[tuple[Job, Path]]) -> None:
        """Train all of these at once, as far as there are workers; `train` then has their reports."""
        calls = [self._call(job, out) for job, out in jobs]
        self._reports |= zip((out for _, out in jobs), self.cluster.run(train_run, calls, "training"))

    def train(self, job: Job, out: Path) -> dict[str, Any]:
        """As `train_in_child`: raises what that raised."""
        if out not in self._reports:
            self.ahead([(job, out)])
        report = self._reports[out]
        if "failure" in report:
            raise (TrainingError if report["diverged"] else WordvecError)(report["failure"])
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
    """Train a model in a process of the worker; returns its report, or {"failure": why, "diverged": whether so}."""
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
        return {"failure": str(error), "diverged": isinstance(error, TrainingError)}
    place.publish(name, {}, **report, model=sha256_of(out))
    return report


def _with_threads(trainer: str, options: dict[str, Any], threads: int) -> dict[str, Any]:
    """Options whose None for threads is what a task may take, not all cores; the vectors are the same."""
    from wordvec.trainers import TRAINERS, option_names

    if "threads" not in option_names(TRAINERS[trainer]) or options.get("engine") == "layers":
        return options
    return options | {"threads": options.get("threads") or threads}

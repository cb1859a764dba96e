"""A fair comparison of several trainers on one corpus over several seeds, with variance, times and memory."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wordvec.errors import OptionError, describe
from wordvec.evaluation.differences import Difference, holm
from wordvec.evaluation.protocols import get_protocol
from wordvec.evaluation.scores import Score
from wordvec.experiments.kept_scores import score_ahead, score_model
from wordvec.experiments.named_sets import EvaluationSet, sets_without_words
from wordvec.experiments.over_seeds import RESAMPLES, ScoreOverSeeds, difference_over_seeds, over_seeds
from wordvec.experiments.run_folder import RunFolder
from wordvec.experiments.training import MOST_MODELS, Configuration, Job, TrainedModel, spoken

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class PairwiseDifference:
    """How much higher configuration `a` scores than `b` on a set; `p_holm` is p corrected over all pairs and sets."""

    set_name: str
    a: str
    b: str
    difference: Difference
    p_holm: float | None


@dataclass(frozen=True)
class Comparison:
    """The result of `compare`.

    models      the models of each configuration, one per seed; only one if the seed makes no difference
    scores      by name of the configuration and name of the set
    differences between all pairs of configurations, on all sets
    """

    configurations: tuple[Configuration, ...]
    sets: tuple[EvaluationSet, ...]
    seeds: int
    protocol: str
    corpus: dict[str, Any]
    models: dict[str, tuple[TrainedModel, ...]]
    scores: dict[tuple[str, str], ScoreOverSeeds]
    differences: tuple[PairwiseDifference, ...]

    def best_of(self, set_name: str) -> set[str]:
        """The names of the best configuration on a set and of all that are not significantly worse (Holm, 5 %)."""
        means = {each.name: self.scores[each.name, set_name].mean for each in self.configurations}
        known = {name: mean for name, mean in means.items() if mean is not None}
        if not known:
            return set()
        best = max(known, key=lambda name: known[name])
        worse = set()
        for found in self.differences:
            p = 1.0 if found.p_holm is None else found.p_holm  # without a test, no other is shown to be worse
            if found.set_name == set_name and best in (found.a, found.b) and p < SIGNIFICANT:
                worse.add(found.b if found.a == best else found.a)
        return known.keys() - worse


def compare(
    folder: RunFolder,
    configurations: Sequence[Configuration],
    sets: Sequence[EvaluationSet],
    seeds: int = 3,
    *,
    protocol: str = "wordvec",
    resamples: int = RESAMPLES,
) -> Comparison:
    """Train each configuration with seeds 1 .. `seeds`, score each model on each set, and compare all pairs.

    A configuration that does not depend on its seed is trained once. Seeds are the outer loop, so that changes in the
    machine's speed affect all configurations alike. Each model is scored as soon as it is trained. Raises OptionError
    for no configuration, duplicate names, or fewer than one seed; and the errors of training.
    """
    get_protocol(protocol)
    _check(configurations, seeds)
    for line in sets_without_words(sets, folder.corpus.vocabulary):
        folder.tell(line)
    jobs = planned_jobs(configurations, seeds)
    models: dict[str, list[TrainedModel]] = {each.name: [] for each in configurations}
    scores: dict[tuple[str, str], list[Score]] = {
        (configuration.name, each.name): [] for configuration in configurations for each in sets
    }
    for model in score_ahead(folder, train_all(folder, jobs), sets, protocol):
        name = model.job.configuration.name
        models[name].append(model)
        for each, score in zip(sets, score_model(folder, model, sets, protocol)):
            scores[name, each.name].append(score)
    folder.tell("comparing the scores")
    results = {key: over_seeds(found, resamples) for key, found in scores.items()}
    return Comparison(
        configurations=tuple(configurations),
        sets=tuple(sets),
        seeds=seeds,
        protocol=protocol,
        corpus=_about(folder),
        models={name: tuple(trained) for name, trained in models.items()},
        scores=results,
        differences=tuple(_differences(configurations, sets, results)),
    )


def planned_jobs(configurations: Sequence[Configuration], seeds: int) -> list[Job]:
    """The jobs for all models to train, in order.

    >>> planned = planned_jobs([Configuration("svd", "svd"), Configuration("cbow", "cbow")], seeds=2)
    >>> [job.label for job in planned]
    ['svd, seed 1', 'cbow, seed 1', 'cbow, seed 2']
    """
    return [
        Job(configuration, seed)
        for seed in range(1, seeds + 1)
        for configuration in configurations
        if seed == 1 or configuration.depends_on_seed
    ]


def train_all(folder: RunFolder, jobs: Sequence[Job]) -> Iterator[TrainedModel]:
    """Yield the model of each job, without training those already finished; reports progress and the time left."""
    pace = Pace()
    finished = [folder.find(job) for job in jobs]
    for model in finished:
        if model is not None:
            pace.took(model.job, sum(model.seconds.values()))
    kept = sum(model is not None for model in finished)
    if kept:
        folder.tell(f"{kept} of {len(jobs)} models are there already")
    if folder.cluster is not None and kept < len(jobs):
        folder.tell(f"training {len(jobs) - kept} of {len(jobs)} models on the cluster")
        folder.train_ahead([job for job, model in zip(jobs, finished) if model is None])
    for number, (job, model) in enumerate(zip(jobs, finished)):
        if model is None and folder.cluster is not None:
            model = folder.train_anew(job)
        elif model is None:
            left = pace.left([later for later, done in zip(jobs[number:], finished[number:]) if done is None])
            about = "" if left is None else f"; about {spoken(left)} left"
            folder.tell(f"training {number + 1} of {len(jobs)}: {job.label}{about}")
            start = time.perf_counter()
            model = folder.train_anew(job)
            pace.took(job, time.perf_counter() - start)
        yield model


class Pace:
    """Records how long each configuration took.

    >>> svd, cbow = Configuration("svd", "svd"), Configuration("cbow", "cbow")
    >>> pace = Pace()
    >>> pace.left([Job(svd)]) is None
    True
    >>> pace.took(Job(svd), 60.0)
    >>> pace.left([Job(svd, seed=2), Job(cbow)])  # cbow is still unknown
    120.0
    """

    def __init__(self) -> None:
        self._seconds: dict[str, list[float]] = defaultdict(list)

    def took(self, job: Job, seconds: float) -> None:
        """Record how long a job took."""
        self._seconds[job.configuration.name].append(seconds)

    def left(self, jobs: Iterable[Job]) -> float | None:
        """The seconds that `jobs` will take; an unknown configuration takes the mean time; None at the start."""
        if not self._seconds:
            return None
        means = {name: sum(values) / len(values) for name, values in self._seconds.items()}
        usual = sum(means.values()) / len(means)
        return sum(means.get(job.configuration.name, usual) for job in jobs)


def _check(configurations: Sequence[Configuration], seeds: int) -> None:
    names = [each.name for each in configurations]
    if not names:
        raise OptionError("nothing to compare: give at least one trainer")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise OptionError(f"{', '.join(twice)} is named twice: give other names, such as short=skipgram")
    if not 1 <= seeds <= MOST_MODELS:
        raise OptionError(f"seeds must be at least 1 and at most {MOST_MODELS:,}; got {describe(seeds)}")


def _differences(
    configurations: Sequence[Configuration],
    sets: Sequence[EvaluationSet],
    scores: dict[tuple[str, str], ScoreOverSeeds],
) -> list[PairwiseDifference]:
    compared = [(each.name, a.name, b.name) for each in sets for a, b in itertools.combinations(configurations, 2)]
    differences = [difference_over_seeds(scores[a, name], scores[b, name]) for name, a, b in compared]
    corrected = holm([difference.p for difference in differences])
    return [PairwiseDifference(*names, d, p) for names, d, p in zip(compared, differences, corrected)]


def _about(folder: RunFolder) -> dict[str, Any]:
    corpus = folder.corpus
    return {
        "fingerprint": corpus.fingerprint,
        "tokens": len(corpus.ids),
        "vocabulary": len(corpus.vocabulary),
        "min_count": corpus.vocabulary.min_count,
        "sources": list(corpus.info.get("sources") or []),
        "tokenizer": corpus.info.get("tokenizer"),
    }

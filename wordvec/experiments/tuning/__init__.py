"""Search for a trainer's options on development sets, by successive halving."""

from __future__ import annotations

import hashlib
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wordvec.errors import InputError, OptionError, TrainingError, WordvecError, describe
from wordvec.evaluation.differences import Difference, compare_scores, holm
from wordvec.evaluation.scores import Score
from wordvec.experiments.kept_scores import score_ahead, score_model
from wordvec.experiments.named_sets import EvaluationSet, sets_without_words
from wordvec.experiments.run_folder import RunFolder
from wordvec.experiments.training import MOST_MODELS, Configuration, Job, spoken
from wordvec.experiments.tuning.search_space import Proposals
from wordvec.experiments.tuning.trials import Trial, best_first, rounds, survivors
from wordvec.files import replace_file

FEWEST = 3  # trials, however small the budget
REPEATS = 50  # after this many repeated proposals in a row, the space is considered exhausted


@dataclass(frozen=True)
class TestResult:
    """The scores of the winner and the default on a test set, and their difference; `p_holm` is corrected over sets."""

    __test__ = False  # not for pytest

    winner: Score
    default: Score
    difference: Difference
    p_holm: float | None


@dataclass(frozen=True)
class Tuning:
    """The result of `tune`. `epochs` has the epochs of each round, None for a trainer without epochs (one round)."""

    base: Configuration
    seed: int
    trials: tuple[Trial, ...]
    epochs: tuple[int | None, ...]
    winner: Trial
    default: Trial
    test: tuple[TestResult, ...]
    log: Path

    @property
    def best_configuration(self) -> Configuration:
        """The winner's configuration, with all options."""
        return Configuration(self.base.name, self.base.trainer, self.base.options | self.winner.options)


class Search:
    """Successive halving (Jamieson and Talwalkar 2016): all trials are trained for few epochs, the best third for more.

    With `trials` the search depends only on its arguments. With `budget` (seconds of training and scoring) it also
    depends on how long these take. A trial that cannot be trained, such as one that diverges, counts as the worst; one
    whose vectors cannot be written, as on a full disk, ends the search.
    """

    def __init__(
        self,
        folder: RunFolder,
        base: Configuration,
        development: Sequence[EvaluationSet],
        proposals: Proposals,
        *,
        trials: int | None = None,
        budget: float | None = None,
        seed: int = 1,
        protocol: str = "wordvec",
    ) -> None:
        if (trials is None) == (budget is None):
            raise OptionError("give the size of the search: either a number of trials or a budget of time")
        if trials is not None and not 1 <= trials <= MOST_MODELS:
            raise OptionError(f"trials must be at least 1 and at most {MOST_MODELS:,}; got {describe(trials)}")
        if budget is not None and budget <= 0:
            raise OptionError(f"the budget must be a positive time; got {budget} s")
        for line in sets_without_words(development, folder.corpus.vocabulary):
            raise OptionError(f"{line} A development set that scores nothing cannot guide a search")
        self.folder, self.base, self.development, self.proposals = folder, base, development, proposals
        self.limit, self.budget, self.seed, self.protocol = trials, budget, seed, protocol
        self.epochs = rounds(base.trainer, base.options.get("epochs"))
        self.trials: list[Trial] = []
        self.log: list[dict[str, Any]] = []
        self.log_path = folder.path / f"trials-{self._key()}.jsonl"

    def run(self) -> tuple[Trial, Trial]:
        """Search; returns the winner and the default, both trained in full."""
        self._first_round()
        standing = self.trials
        for number in range(1, len(self.epochs)):
            alive = [trial for trial in best_first(standing) if trial.values[-1] is not None]
            standing = alive[: survivors(len(standing), 2)[1]]
            self.folder.tell(
                f"round {number + 1} of {len(self.epochs)}, epochs: {self.epochs[number]}, trials: {len(standing)}"
            )
            self._train_ahead(standing, number)
            for trial in standing:
                self._try(trial, number)
        finished = [trial for trial in standing if trial.values[-1] is not None]
        if not finished:
            raise TrainingError(f"no trial could be trained; {self.log_path} says why")
        winner, default = best_first(finished)[0], self.trials[0]
        if len(default.values) < len(self.epochs):
            self.folder.tell("the default options are trained in full, to compare with")
            self._try(default, len(self.epochs) - 1)
        return winner, default

    def test(self, winner: Trial, default: Trial, test: Sequence[EvaluationSet]) -> list[TestResult]:
        """Score both on the test sets."""
        if not test or winner.model is None or default.model is None:
            return []
        scores = [
            score_model(self.folder, trial.model, test, self.protocol) for trial in (winner, default) if trial.model
        ]
        differences = [compare_scores(a, b) for a, b in zip(*scores)]
        corrected = holm([difference.p for difference in differences])
        return [TestResult(a, b, d, p) for a, b, d, p in zip(*scores, differences, corrected)]

    def _first_round(self) -> None:
        if self.folder.cluster is not None and self.limit is not None and not self.proposals.learns:
            trials = list(self._proposed())  # proposals do not depend on results, so all can be trained together
            self._train_ahead(trials, 0)
            for trial in trials:
                self._try(trial, 0)
            return
        for trial in self._proposed():
            self._try(trial, 0)
            if trial.number:
                self.proposals.tell(trial.options, trial.values[0])

    def _proposed(self) -> Iterator[Trial]:
        """Yield trials while there is room, the default first; each must be tried before the next is requested."""
        repeats = 0
        self.trials.append(Trial(0, {}))
        yield self.trials[0]
        while self._goes_on():
            options = self.proposals.propose()
            if any(self.base.options | options == self.base.options | trial.options for trial in self.trials):
                self.proposals.tell(options, None)
                repeats += 1
                if repeats >= REPEATS:
                    self.folder.tell(f"the space has no more than these {len(self.trials)} trials")
                    return
                continue
            repeats = 0
            self.trials.append(Trial(len(self.trials), options))
            yield self.trials[-1]

    def _train_ahead(self, trials: Sequence[Trial], number: int) -> None:
        """On a cluster, train and score the missing models of round `number`."""
        if self.folder.cluster is None:
            return
        jobs = [self._job(trial, number) for trial in trials]
        models = [self.folder.find(job) for job in jobs]
        missing = [job for job, model in zip(jobs, models) if model is None]
        self.folder.train_ahead(missing)
        for job in missing:
            with suppress(WordvecError):  # `_try` raises it again
                models.append(self.folder.train_anew(job))
        score_ahead(self.folder, [model for model in models if model], self.development, self.protocol)

    def _job(self, trial: Trial, number: int) -> Job:
        epochs = self.epochs[number]
        of_round = {} if epochs is None else {"epochs": epochs}
        return Job(
            Configuration(self.base.name, self.base.trainer, self.base.options | trial.options | of_round), self.seed
        )

    def _goes_on(self) -> bool:
        """Whether there is room for one more trial, including its share of later rounds."""
        number = len(self.trials)
        if self.limit is not None:
            return number <= self.limit  # besides the default
        return number < FEWEST or self._forecast(number + 1) <= (self.budget or 0.0)

    def _forecast(self, number: int) -> float:
        """The total seconds with this many trials, if later training takes as long per epoch as training so far."""
        spent = sum(trial.seconds for trial in self.trials)
        usual = statistics.median(trial.seconds for trial in self.trials)  # the first trial may take unusually long
        to_come = list(zip(survivors(number, len(self.epochs)), self.epochs))[1:]
        if to_come:
            to_come.append((1, self.epochs[-1]))  # the default, which may not reach the last round by itself
        later = sum(count * usual * ((epochs or 1) / (self.epochs[0] or 1)) for count, epochs in to_come)
        return spent + usual * (number - len(self.trials)) + later

    def _try(self, trial: Trial, number: int) -> None:
        """Train and score a trial for round `number`."""
        job = self._job(trial, number)
        start = time.perf_counter()
        there = self.folder.find(job)
        try:
            trial.model = there or self.folder.train_anew(job)
        except WordvecError as error:
            if isinstance(error, InputError) or (trial.number == 0 and not isinstance(error, TrainingError)):
                raise  # no other options would help: the disk is full, the folder is gone, or something else
            trial.model = None
            trial.values.append(None)
            self._note(trial, number, {}, str(error))
        else:
            scores = score_model(self.folder, trial.model, self.development, self.protocol)
            trial.values.append(development_score(scores))
            self._note(trial, number, {score.name: score.score for score in scores})
        known = trial.model if self.folder.cluster is not None else there  # on a cluster, use the worker's time
        trial.seconds += sum(known.seconds.values()) if known is not None else time.perf_counter() - start

    def _note(self, trial: Trial, number: int, scores: dict[str, float | None], failure: str = "") -> None:
        value = trial.values[-1]
        entry = {
            "trial": trial.number,
            "round": number + 1,
            "epochs": self.epochs[number],
            "options": trial.options,
            "development": value,
            "scores": scores,
            "seconds": None if trial.model is None else round(sum(trial.model.seconds.values()), 3),
            "model": None if trial.model is None else trial.model.path.name,
        }
        self.log.append(entry | ({"failure": failure} if failure else {}))
        with replace_file(self.log_path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in self.log)
        self.folder.tell(self._said(trial, number, value, failure))

    def _said(self, trial: Trial, number: int, value: float | None, failure: str) -> str:
        options = ", ".join(f"{name} {option}" for name, option in trial.options.items()) or "the default options"
        worth = failure or f"{value:.4f} on development"
        epochs = "" if self.epochs[number] is None else f", round {number + 1}"
        left = ""
        if number == 0 and self.budget is not None and trial.number:
            spent = sum(each.seconds for each in self.trials)
            left = f"; {spoken(spent)} of {spoken(self.budget)} used"
        of = f" of {self.limit}" if self.limit is not None else ""
        return f"trial {trial.number}{of}{epochs}: {options}: {worth}{left}"

    def _key(self) -> str:
        facts = [
            self.folder.corpus.fingerprint,
            self.base.trainer,
            self.base.options,
            self.seed,
            self.protocol,
            [each.digest for each in self.development],
            self.limit,
            self.budget,
            type(self.proposals).__name__,
        ]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:8]


def development_score(scores: Sequence[Score]) -> float:
    """The mean over the development sets. Raises OptionError for a set in which nothing can be evaluated."""
    values = []
    for score in scores:
        if score.score is None:
            raise OptionError(f"{score}; a development set that scores nothing cannot guide a search: give another")
        values.append(score.score)
    return sum(values) / len(values)


def tune(search: Search, test: Sequence[EvaluationSet] = ()) -> Tuning:
    """Run a search, then score its winner and the default options once on the test sets, which it did not use."""
    winner, default = search.run()
    return Tuning(
        base=search.base,
        seed=search.seed,
        trials=tuple(search.trials),
        epochs=tuple(search.epochs),
        winner=winner,
        default=default,
        test=tuple(search.test(winner, default, test)),
        log=search.log_path,
    )

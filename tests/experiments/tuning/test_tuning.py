import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from wordvec.errors import InputError, OptionError, TrainingError, WordvecError
from wordvec.evaluation.scores import Score
from wordvec.experiments import tuning
from wordvec.experiments.named_sets import read_sets
from wordvec.experiments.training import Configuration, TrainedModel
from wordvec.experiments.tuning import Search, tune
from wordvec.experiments.tuning.report import tuning_as_dict, tuning_text
from wordvec.experiments.tuning.search_space import Range, SobolProposals, make_proposals
from wordvec.experiments.tuning.trials import best_first, rounds, survivors

BASE = Configuration("cbow", "cbow", {"window": 5, "epochs": 9})
SPACE = {"window": Range(1, 100, whole=True)}
SETS = read_sets([("similarity", "tiny-world-similarity")])


class Everything:
    def __contains__(self, word):
        return True


class PretendFolder:
    """Trains nothing: a model takes 10 seconds an epoch, and one with the window 66 or more cannot be trained."""

    def __init__(self, path):
        self.path, self.corpus, self.said, self.trained = (
            Path(path),
            SimpleNamespace(fingerprint="f", vocabulary=Everything()),
            [],
            [],
        )
        self.tell, self.cluster = self.said.append, None

    def find(self, job):
        return next((model for model in self.trained if model.job == job), None)

    def train_anew(self, job):
        if job.options["window"] >= 66:
            raise TrainingError("diverged")
        seconds = {"train": 10.0 * job.options["epochs"]}
        self.trained.append(TrainedModel(job, self.path / "m.safetensors", seconds, None, "sha"))
        return self.trained[-1]


@pytest.fixture
def worth(monkeypatch):
    """Scores: the nearer the window is to 42 the better, and more epochs are better still."""

    def score_model(folder, model, sets, protocol):
        value = 0.5 + model.job.options["epochs"] / 100 - abs(model.job.options["window"] - 42) / 200
        facts = dict(name="x", measure="accuracy", ci95=(0.1, 0.9), items=4, covered=4, protocol=protocol)
        return [Score(score=value, outcomes=np.array([1.0, 1.0, 0.0, float(value > 0.5)]), **facts)]

    monkeypatch.setattr(tuning, "score_model", score_model)
    monkeypatch.setattr(tuning.time, "perf_counter", iter(range(10**6)).__next__)  # a trial takes a second


def search(path, **options):
    size = {} if "budget" in options else {"trials": 8}
    return Search(PretendFolder(path), BASE, SETS, SobolProposals(SPACE, 1), **(size | options))


def test_rounds_and_survivors_by_hand():
    assert rounds("skipgram", 9) == [1, 3, 9]
    assert rounds("skipgram", 5) == [1, 2, 5]
    assert rounds("skipgram", 1) == [1]
    assert rounds("ppmi", None) == [None]
    assert survivors(9, 3) == [9, 3, 1]
    assert survivors(2, 3) == [2, 1, 1]


def test_the_best_third_goes_on_and_the_best_of_the_last_round_wins(tmp_path, worth):
    found = tune(search(tmp_path))
    assert len(found.trials) == 9
    windows = [trial.options.get("window", 5) for trial in found.trials]
    by_hand = sorted((w for w in windows if w < 66), key=lambda w: abs(w - 42))
    went_on = [trial.options.get("window", 5) for trial in found.trials if len(trial.values) > 1 and trial.number]
    assert set(went_on) <= set(by_hand[:3])
    assert found.winner.options["window"] == by_hand[0]
    assert len(found.winner.values) == 3
    assert found.default.number == 0
    assert found.default.model.job.options == {"window": 5, "epochs": 9, "seed": 1}
    assert found.winner.model.job.options["epochs"] == 9


def test_a_full_disk_ends_the_search_and_does_not_let_the_default_win(tmp_path, worth):
    class FullFolder(PretendFolder):
        def train_anew(self, job):
            if self.trained:
                raise InputError("training cbow, seed 1: m.safetensors: cannot be written: No space left on device")
            return super().train_anew(job)

    pretended = search(tmp_path)
    pretended.folder = FullFolder(tmp_path)
    with pytest.raises(InputError, match="No space left"):
        tune(pretended)
    assert [json.loads(line)["trial"] for line in pretended.log_path.read_text().splitlines()] == [0]


def test_trials_that_diverge_count_as_the_worst(tmp_path, worth):
    found = tune(search(tmp_path, trials=20))
    failed = [trial for trial in found.trials if trial.values[-1] is None]
    assert failed
    assert all(len(trial.values) == 1 for trial in failed)
    lines = [json.loads(line) for line in found.log.read_text().splitlines()]
    assert {line["trial"] for line in lines if "failure" in line} == {trial.number for trial in failed}
    assert [trial.number for trial in best_first(found.trials)][-len(failed) :] == [trial.number for trial in failed]
    assert f"{len(failed)} trials could not be trained; the log of every trial says why" in tuning_text(found, "")


def test_a_search_is_a_function_of_its_arguments(tmp_path, worth):
    logs = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        logs.append(tune(search(tmp_path / name)).log.read_text())
    assert logs[0] == logs[1]


def test_a_budget_decides_how_many_trials_there_are(tmp_path, worth):
    few = tune(search(tmp_path, budget=40.0))
    many = tune(search(tmp_path, budget=60.0))
    assert 3 <= len(few.trials) < len(many.trials)
    # A trial takes 1 s here, 3 and 9 in the rounds to come as forecast, and the default in full 9:
    # n + 3 ceil(n / 3) + 9 ceil(n / 9) + 9 <= 60.
    assert len(many.trials) == 15
    assert many.log != few.log


def test_a_tiny_budget_still_tries_something(tmp_path, worth):
    assert len(tune(search(tmp_path, budget=0.001)).trials) == 3


def test_a_space_that_is_used_up_ends_the_search(tmp_path, worth):
    small = Search(
        PretendFolder(tmp_path), BASE, SETS, SobolProposals({"window": Range(3, 5, whole=True)}, 1), trials=50
    )
    found = tune(small)
    assert sorted(trial.options.get("window", 5) for trial in found.trials) == [3, 4, 5]
    assert "the space has no more than these 3 trials" in small.folder.said


def test_the_test_sets_are_scored_once_for_the_winner_and_the_default(tmp_path, worth):
    found = tune(search(tmp_path), SETS)
    (result,) = found.test
    assert result.winner.score > result.default.score
    assert result.difference.items == 4
    text = tuning_text(found, "wordvec train ...")
    assert "p (Holm)" in text
    assert "wordvec train ..." in text
    json.dumps(tuning_as_dict(found, ""), allow_nan=False)


def test_when_the_default_wins_that_is_said(tmp_path, worth):
    base = Configuration("cbow", "cbow", {"window": 42, "epochs": 1})
    found = tune(Search(PretendFolder(tmp_path), base, SETS, SobolProposals(SPACE, 1), trials=4))
    assert found.winner is found.default
    assert "No trial was better than the default options." in tuning_text(found, "")


def test_bad_requests(tmp_path, worth, monkeypatch):
    for options, message in (
        ({"trials": None}, "either a number of trials or a budget"),
        ({"trials": 3, "budget": 4.0}, "either a number of trials or a budget"),
        ({"trials": 0}, "at least 1 and at most 100,000; got 0"),
        ({"budget": 0.0}, "positive time"),
    ):
        with pytest.raises(OptionError, match=message):
            search(tmp_path, **options)
    hopeless = Configuration("cbow", "cbow", {"window": 99, "epochs": 1})
    narrow = SobolProposals({"window": Range(90, 99, whole=True)}, 1)
    with pytest.raises(TrainingError, match="no trial could be trained"):
        tune(Search(PretendFolder(tmp_path), hopeless, SETS, narrow, trials=3))


def test_default_options_that_cannot_be_trained_at_all_end_the_search(tmp_path, worth, monkeypatch):
    def refuse(self, job):
        raise WordvecError("dim must be at most 7")

    monkeypatch.setattr(PretendFolder, "train_anew", refuse)
    with pytest.raises(WordvecError, match="dim must be at most 7"):
        tune(search(tmp_path))


def test_optuna_can_propose(tmp_path, worth):
    pytest.importorskip("optuna", reason="needs the extra tune")
    logs = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        proposals = make_proposals("optuna", SPACE, 1)
        logs.append(tune(Search(PretendFolder(tmp_path / name), BASE, SETS, proposals, trials=12)).log.read_text())
    assert logs[0] == logs[1]
    assert len({json.loads(line)["trial"] for line in logs[0].splitlines()}) == 13


def test_a_development_set_without_words_is_found_before_training(tmp_path):
    folder = PretendFolder(tmp_path)
    folder.corpus.vocabulary = {"Hund", "Katze"}
    with pytest.raises(OptionError, match="none of its 400 items has all its words in the corpus"):
        Search(folder, BASE, SETS, SobolProposals(SPACE, 1), trials=3)


def test_a_development_set_without_a_covered_item(tmp_path, monkeypatch):
    facts = dict(name="x", measure="accuracy", ci95=None, items=4, covered=0, protocol="wordvec")
    monkeypatch.setattr(tuning, "score_model", lambda *_: [Score(score=None, **facts)])
    with pytest.raises(OptionError, match="cannot guide a search"):
        tune(search(tmp_path))

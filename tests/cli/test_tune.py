import json
import shlex
from pathlib import Path

import numpy as np
import pytest
from commands import run

from wordvec.cli.tune import parse_time
from wordvec.errors import OptionError
from wordvec.experiments import run_folder
from wordvec.vectors import WordVectors

DEV = ["--dev-similarity", "tiny-world-similarity"]
TEST = ["--test-analogy", "tiny-world-analogies"]


def test_tune_finds_tests_and_tells_how_to_train_the_winner(small, capsys, trained_here):
    command = ["tune", small, "-o", "runs", "--trainer", "svd", "--trials", "4", *DEV, *TEST, "--option", "dim=10"]
    status, out, err = run(capsys, *command, "--json")
    assert status == 0
    report = json.loads(out)
    assert len(report["trials"]) == 5
    assert report["test"][0]["set"] == "tiny-world-analogies"
    assert "trial 4 of 4" in err
    trained = len(trained_here)
    status, out, _ = run(capsys, *command)
    assert status == 0
    assert len(trained_here) == trained == 5
    assert report["command"] in out
    assert run(capsys, *shlex.split(report["command"])[1:])[0] == 0
    winner, again = WordVectors.load(report["winner"]["model"]), WordVectors.load("svd.safetensors")
    np.testing.assert_array_equal(again.matrix, winner.matrix)


def test_a_search_that_was_killed_goes_on(small, capsys, trained_here, monkeypatch):
    command = ["tune", small, "-o", "runs", "--trainer", "ppmi", "--trials", "3", *DEV, "--option", "dim=20"]
    train = run_folder.train_in_child

    def killed(job, corpus_folder, out):
        if len(trained_here) == 2:
            raise KeyboardInterrupt
        return train(job, corpus_folder, out)

    with monkeypatch.context() as patch:
        patch.setattr(run_folder, "train_in_child", killed)
        status, _, err = run(capsys, *command)
    assert status == 130
    assert "finished models are kept in runs" in err
    assert run(capsys, *command)[0] == 0
    assert len(trained_here) == 4


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([*DEV], "--budget TIME"),
        ([*DEV, "--trials", "3", "--budget", "3m"], "either --budget TIME, such as 30m, or --trials N"),
        ([*DEV, "--trials", "0"], "at least 1"),
        ([*DEV, "--trials", str(10**12)], "at most 100,000"),
        ([*DEV, "--budget", "soon"], "a time such as 30m"),
        (["--trials", "3"], "--dev-similarity SET"),
        ([*DEV, "--trials", "3", "--test-similarity", "tiny-world-similarity"], "cannot be a test set"),
        ([*DEV, "--trials", "3", "--sampler", "grid"], "sobol or optuna"),
        ([*DEV, "--trials", "3", "--range", "negatives=2..5"], "the svd trainer has no option 'negatives'"),
        ([*DEV, "--trials", "3", "--range", "window=two..5"], "a whole number expected; got 'two'"),
        ([*DEV, "--trials", "3", "--trainer", "cbow", "--range", "epochs=2..5"], "--option epochs=N"),
        ([*DEV, "--trials", "3", "--trainer", "lsa"], "no trainer 'lsa'"),
    ],
)
def test_bad_requests_are_one_line_and_train_nothing(small, capsys, arguments, message):
    status, out, err = run(capsys, "tune", small, "-o", "runs", "--trainer", "svd", *arguments)
    assert (status, out) == (2, "")
    assert message in err.splitlines()[-1]
    assert not Path("runs/models").exists() or not list(Path("runs/models").iterdir())


@pytest.mark.parametrize(
    "text, seconds", [("90s", 90), ("30m", 1800), ("2h", 7200), ("1h 30min", 5400), ("0.5d", 43200)]
)
def test_times(text, seconds):
    assert parse_time(text) == seconds


@pytest.mark.parametrize("text", ["", "30", "m", "3 weeks", "-3m", "3m later"])
def test_times_that_are_none(text):
    with pytest.raises(OptionError, match="a time such as 30m"):
        parse_time(text)

import json
from pathlib import Path

import pytest
from commands import run

from wordvec.cli.configurations import read_configurations
from wordvec.errors import OptionError

QUICK = ["--option", "dim=8", "--option", "epochs=1", "--option", "engine=layers"]
SETS = ["--similarity", "tiny-world-similarity", "--analogy", "tiny-world-analogies"]


def test_compare_prints_and_keeps_a_report_and_a_second_run_trains_nothing(small, capsys):
    command = ["compare", small, "-o", "runs", "--trainers", "svd,cbow", "--seeds", "2", *SETS, *QUICK]
    status, out, err = run(capsys, *command, "--json")
    assert status == 0
    assert "training 3 of 3: cbow, seed 2" in err
    report = json.loads(out)
    assert report == json.loads(Path("runs/report.json").read_text())
    assert [len(score["scores"]) for score in report["scores"]] == [1, 1, 2, 2]
    assert all(model["peak_memory"] is None or model["peak_memory"] > 0 for model in report["models"])
    status, out, err = run(capsys, *command)
    assert status == 0
    assert "3 of 3 models are there already" in err
    assert "training" not in err
    assert "tiny-world-similarity" in out
    assert "| trainer |" in Path("runs/report.md").read_text()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["text.txt"], "no evaluation sets"),
        (["text.txt", *SETS, "--format", "csv", "--differences"], "a second table, which one CSV cannot hold"),
        (["text.txt", "--similarity", "missing.txt"], "missing.txt"),
        (["text.txt", "--set", "weat.txt"], "an association test ranks no models"),
        (["text.txt", "--set", "tiny-world-analogies", "--analogy", "tiny-world-analogies"], "give each set once"),
        (["text.txt", "--trainers", "word2vec", *SETS], "no trainer 'word2vec'"),
        (["text.txt", "--trainers", ",", *SETS], "name at least one trainer"),
        (["text.txt", "--seeds", "0", *SETS], "seeds must be at least 1"),
        (["text.txt", "--protocol", "fair", *SETS], "protocol must be one of"),
        (["text.txt", "--option", "skipgram.epochs=three", *SETS], "a whole number expected; got 'three'"),
        (["empty.txt", *SETS], "empty"),
        (["text.txt", "--out", "text.txt", *SETS], "is a file"),
        (["text.txt", "--out", ".", *SETS], "holds other things"),
    ],
)
def test_bad_requests_are_one_line_and_train_nothing(small, capsys, arguments, message):
    Path("empty.txt").write_text("")
    Path("weat.txt").write_text("flowers: rose, tulip\ninsects: ant, wasp\ngood: joy, love\nbad: war, filth\n")
    status, out, err = run(capsys, "compare", "-o", "runs", *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert not list(Path("runs/models").glob("*")) if Path("runs").exists() else True


def test_ctrl_c_keeps_what_is_finished(small, capsys, monkeypatch):
    from wordvec.experiments import run_folder
    from wordvec.experiments.child import run as run_job

    def train(job, corpus_folder, out):
        order = {"corpus": corpus_folder, "sample": None, "trainer": job.configuration.trainer}
        return run_job({**order, "options": job.options, "out": out, "show_progress": False})

    def interrupted(job, corpus_folder, out):
        if job.configuration.name == "cbow":
            raise KeyboardInterrupt
        return train(job, corpus_folder, out)

    monkeypatch.setattr(run_folder, "train_in_child", interrupted)
    command = ["compare", small, "-o", "runs", "--trainers", "svd,cbow", "--seeds", "1", *SETS, *QUICK]
    status, _, err = run(capsys, *command)
    assert status == 130
    assert "finished models are kept in runs" in err
    monkeypatch.setattr(run_folder, "train_in_child", train)
    status, _, err = run(capsys, *command)
    assert status == 0
    assert "1 of 2 models are there already" in err


def test_a_setting_is_for_one_trainer_or_for_all_that_have_it():
    svd, fast, ppmi = read_configurations("svd,fast=cbow,ppmi", ["dim=7", "window=3", "fast.window=2"], threads=1)
    assert (svd.options["window"], fast.options["window"], ppmi.options["window"]) == (3, 2, 3)
    assert (svd.options["dim"], fast.options["dim"], ppmi.options["dim"]) == (7, 7, 2000)
    assert (fast.name, fast.trainer, fast.options["threads"]) == ("fast", "cbow", 1)
    assert fast.options["learning_rate"] == 0.05
    assert "seed" not in fast.options


@pytest.mark.parametrize(
    "text, value",
    [
        ("cbow.learning_rate=0.1", 0.1),
        ("cbow.patience=none", None),
        ("cbow.shrink-window=no", False),
        ("cbow.loss=softmax", "softmax"),
        ("cbow.subsample=0", 0.0),
    ],
)
def test_values_have_the_type_of_the_option(text, value):
    (found,) = read_configurations("cbow", [text, "cbow.engine=layers"])
    option = text.split(".")[1].split("=")[0].replace("-", "_")
    assert found.options[option] == value
    assert type(found.options[option]) is type(value)


@pytest.mark.parametrize(
    "setting, message",
    [
        ("epochs", "OPTION=VALUE"),
        ("svd.epochs=3", "the svd trainer has no option 'epochs'"),
        ("glove.epochs=3", "no 'glove' among svd, cbow"),
        ("x_max=3", "no option 'x_max' in any of svd, cbow"),
        ("seed=3", "--seeds"),
        ("cbow.hogwild=maybe", "true or false expected; got 'maybe'"),
        ("cbow.learning_rate=fast", "a number expected; got 'fast'"),
        ("cbow.window=0", "window must be at least 1"),
        ("cbow.loss=hinge", "loss must be one of"),
    ],
)
def test_settings_that_cannot_be(setting, message):
    with pytest.raises(OptionError, match=message):
        read_configurations("svd,cbow", [setting])


def test_a_setting_is_given_once_and_for_one_trainer_has_precedence():
    for twice in (
        ["window=3", "window=4"],
        ["svd.dim=3", "svd.dim=3"],
        ["context-smoothing=1", "context_smoothing=.5"],
    ):
        with pytest.raises(OptionError, match="is given twice; leave one out"):
            read_configurations("svd,cbow", twice)
    for order in (["window=3", "cbow.window=4"], ["cbow.window=4", "window=3"]):
        assert [found.options["window"] for found in read_configurations("svd,cbow", order)] == [3, 4]


def test_names_that_cannot_be():
    for names, message in (("svd,svd", "named twice"), ("../x=svd", "letters, digits")):
        with pytest.raises(OptionError, match=message):
            read_configurations(names)

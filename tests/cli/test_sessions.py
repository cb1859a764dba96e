"""From a log of sessions to a score: train --preset items, evaluate --sessions."""

from __future__ import annotations

import json

import pytest
from commands import run
from hostile_corpora import themed_sessions

from wordvec.vectors import WordVectors


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sessions = themed_sessions(sessions=150, longest=20, items=120, themes=8, skew=0.3)
    (tmp_path / "log.txt").write_text("\n".join(" ".join(session) for session in sessions), encoding="utf-8")


TRAIN = ("train", "log.txt", "-o", "items.safetensors", "--dim", 8, "--epochs", 5, "--batch-size", 1, "--min-count", 1)


def test_train_on_the_earlier_sessions_and_test_on_the_later_ones(capsys):
    assert run(capsys, *TRAIN, "--preset", "items", "--held-out", 0.2)[0] == 0
    command = ("evaluate", "items.safetensors", "--sessions", "log.txt", "--test-share", 0.2, "-k", 20)
    status, out, err = run(capsys, *command)
    assert status == 0
    rows = [line.split() for line in out.splitlines()]
    assert rows[1][:2] == ["log", "hit-rate@20"] and rows[1][-2] == "30"
    assert [row[:2] for row in rows[2:]] == [["recall@20", "recall"], ["NDCG@20", "ndcg"]]
    assert "steps have a vector for both items" in err and "held_out" not in err
    score = json.loads(run(capsys, *command, "--json")[1])["items.safetensors"][0]
    assert (score["task"], score["k"], score["items"]) == ("sessions", 20, 30)
    for figure in ("score", "recall", "ndcg"):
        low, high = score["ci95" if figure == "score" else f"{figure}_ci95"]
        assert 0 < low < score[figure] < high < 1
    chance = 20 / 119
    assert score["score"] > 1.5 * chance
    whole = run(capsys, *command[:4], "--json")[1]
    assert json.loads(whole)["items.safetensors"][0]["items"] == 150
    last = json.loads(run(capsys, *command, "--steps", "last", "--json")[1])["items.safetensors"][0]
    assert last["questions"] <= 30 and last["score"] == pytest.approx(last["recall"])


def test_records_are_trained_on_and_tested(tmp_path, capsys):
    sessions = [line.split() for line in (tmp_path / "log.txt").read_text(encoding="utf-8").splitlines()]
    (tmp_path / "log.jsonl").write_text("\n".join(json.dumps({"items": each}) for each in sessions), encoding="utf-8")
    assert run(capsys, *TRAIN, "--preset", "items", "--held-out", 0.2)[0] == 0
    command = ("evaluate", "items.safetensors", "--test-share", 0.2, "--json", "--sessions")
    lines, records = (run(capsys, *command, *each)[1] for each in (["log.txt"], ["log.jsonl", "--field", "items"]))
    assert json.loads(records) == json.loads(lines)
    status, _, err = run(capsys, *command, "log.jsonl")
    assert status == 2 and "holds JSON" in err and "--field NAME" in err


def test_options_that_are_given_win_over_a_preset(capsys):
    given = ("--window", 3, "--shrink-window", "--negative-power", 0.75)
    assert run(capsys, *TRAIN, "--preset", "items", *given)[0] == 0
    parameters = WordVectors.load("items.safetensors").info["parameters"]
    assert (parameters["window"], parameters["shrink_window"], parameters["negative_power"]) == (3, True, 0.75)
    assert parameters["subsample"] == 0
    assert run(capsys, *TRAIN, "--window", "sentence", "--no-shrink-window")[0] == 0
    parameters = WordVectors.load("items.safetensors").info["parameters"]
    assert (parameters["window"], parameters["shrink_window"], parameters["subsample"]) == ("sentence", False, 1e-3)


def test_a_window_wider_than_every_sentence_is_told(capsys):
    status, out, _ = run(capsys, *TRAIN, "--preset", "walks", "--window", 500)
    assert status == 0
    assert "a window of 500 is wider than every sentence (the longest has 20 words)" in out


@pytest.mark.parametrize(
    "options, message",
    [
        (("--preset", "songs"), "no preset 'songs'; there are: items, walks"),
        (("--preset", "items", "--trainer", "svd", "--epochs", 5), "the svd trainer has no presets"),
        (("--window", "line"), "window must be at least 1, or 'sentence'; got 'line'"),
        (("--trainer", "glove", "--window", "sentence"), "glove"),
    ],
)
def test_what_cannot_be(capsys, options, message):
    status, out, err = run(capsys, *TRAIN, *options)
    assert (status, out) == (2, "") and err.count("\n") == 1
    assert message in err


def test_bad_shares_and_files(capsys):
    assert run(capsys, *TRAIN)[0] == 0
    (err,) = [run(capsys, "evaluate", "items.safetensors", "--sessions", "log.txt", "--test-share", 20)[2]]
    assert "test_share must be from 0 to 1; got 20" in err
    status, _, err = run(capsys, "evaluate", "items.safetensors", "--sessions", "none.txt")
    assert status == 2 and "none.txt" in err

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from wordvec.cli import main
from wordvec.plots import read_scores
from wordvec.vectors import WordVectors

WORDS = ["cat", "dog", "car", "bus", "tea", "cup"]
PAIRS = "cat\tdog\t9\ncar\tbus\t8\ntea\tcup\t6\ncat\tcar\t2\ndog\ttea\t1\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    good = np.array([[5, 1, 0], [5, 2, 0], [0, 5, 1], [0, 5, 2], [1, 0, 5], [2, 0, 5.0]])
    WordVectors(WORDS, good).save("good.safetensors")
    WordVectors(WORDS[:5], rng.normal(size=(5, 3))).save("bad.safetensors")
    Path("pairs.txt").write_text(PAIRS, encoding="utf-8")
    Path("groups.txt").write_text("cat animal\ndog animal\ncar vehicle\nbus vehicle\n", encoding="utf-8")
    Path("held.txt").write_text("cat dog\ncar bus\n", encoding="utf-8")


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    status = main(["evaluate", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_one_model(capsys):
    status, out, err = run(
        capsys, "good.safetensors", "--set", "pairs.txt", "groups.txt", "--hit-rate", "held.txt", "-k", "1"
    )
    assert status == 0 and err == "pairs: 5 of 5 items covered: too few for an interval or a test\n"
    rows = [line.split() for line in out.splitlines()]
    assert rows[1][:3] == ["pairs", "Spearman", "0.600"] or rows[1][1] == "Spearman"
    assert rows[2][:3] == ["groups", "purity", "100.0%"]
    assert rows[3][:3] == ["held", "hit-rate@1", "100.0%"]
    assert rows[4][:3] == ["reciprocal", "rank", "mrr"]


def test_several_models_in_one_table(capsys):
    status, out, err = run(capsys, "good.safetensors", "bad.safetensors", "--set", "pairs.txt", "groups.txt")
    assert status == 0
    assert out.splitlines()[0].split()[:4] == ["set", "measure", "model", "score"]
    assert [line.split()[0] for line in out.splitlines()[1:]] == ["pairs", "bad", "groups", "bad"]
    assert "pairs: the models cover different items" in err and "4 of 5 that all of them cover" in err
    assert "difference: to good" in err and "Holm" in err
    _, out, err = run(capsys, "good.safetensors", "bad.safetensors", "--set", "pairs.txt", "--against", "best")
    assert "difference: to the best model of each set" in err


@pytest.mark.parametrize(("style", "sign"), [("markdown", "| --- |"), ("latex", r"\toprule"), ("csv", "set,measure,")])
def test_other_styles(capsys, style, sign):
    for files in (["good.safetensors"], ["good.safetensors", "bad.safetensors"]):
        status, out, _ = run(capsys, *files, "--set", "pairs.txt", "--format", style)
        assert status == 0 and sign in out


def test_json_has_each_models_scores_and_the_comparison(capsys):
    for option in (["--json"], ["--format", "json"]):
        _, out, _ = run(capsys, "good.safetensors", "bad.safetensors", "--set", "pairs.txt", *option)
        found = json.loads(out)
        assert found["good.safetensors"][0]["covered"] == 5 and found["bad.safetensors"][0]["covered"] == 4
        assert found["good.safetensors"][0]["measure"] == "spearman" and "outcomes" not in found["good.safetensors"][0]
        assert found["comparison"][0]["common_items"] == 4
        Path("scores.json").write_text(out, encoding="utf-8")
        assert list(read_scores(["scores.json"])) == ["good", "bad"]
    _, out, _ = run(capsys, "good.safetensors", "--set", "pairs.txt", "--json")
    assert list(json.loads(out)) == ["good.safetensors"]


def test_protocols_and_their_limits(capsys):
    Path("q.txt").write_text(": s\ncat dog car bus\nTea cup cat dog\n", encoding="utf-8")
    for protocol in ("wordvec", "gensim", "word2vec.c", "glove"):
        _, out, _ = run(capsys, "good.safetensors", "--analogy", "q.txt", "--protocol", protocol, "--json")
        (score,) = json.loads(out)["good.safetensors"]
        assert (score["protocol"], score["covered"], score["restrict_vocab"]) == (protocol, 2, 6)
    _, out, _ = run(capsys, "good.safetensors", "--analogy", "q.txt", "--restrict-vocab", "4", "--json")
    assert json.loads(out)["good.safetensors"][0]["covered"] == 1
    _, out, _ = run(capsys, "good.safetensors", "--analogy", "q.txt", "--restrict-vocab", "0", "--json")
    assert json.loads(out)["good.safetensors"][0]["covered"] == 2


def test_the_wrong_language_is_said(capsys):
    Path("german.txt").write_text("Katze\tHund\t9\nTee\tTasse\t8\n", encoding="utf-8")
    status, out, err = run(capsys, "good.safetensors", "--set", "german.txt")
    assert status == 0 and "nothing evaluated" in out
    assert "looked for 'Hund', 'Katze'" in err and "another language or case?" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["good.safetensors"], "nothing to evaluate on"),
        (["good.safetensors", "good.safetensors", "--set", "pairs.txt"], "is named twice"),
        (["good.safetensors", "./good.safetensors", "--set", "pairs.txt"], "is named twice"),
        (["good.safetensors", "--set", ""], "the name of an evaluation set is empty"),
        (["good.safetensors", "--set", "empty.txt"], "empty.txt: nothing in it"),
        (["good.safetensors", "--set", "nowhere.txt"], "neither a file nor a bundled evaluation set"),
        (["good.safetensors", "--set", "broken.txt"], "broken.txt: line 2: not UTF-8 text"),
        (["good.safetensors", "--similarity", "groups.txt"], "groups.txt: line 1: expected two words and a score"),
        (["nowhere.safetensors", "--set", "pairs.txt"], "nowhere.safetensors"),
        (["good.safetensors", "--hit-rate", "held.txt", "-k", "0"], "k must be a whole number of at least 1"),
        (["good.safetensors", "--set", "pairs.txt", "--protocol", "web"], "invalid choice"),
    ],
)
def test_bad_requests_get_one_line(capsys, arguments, message):
    Path("empty.txt").write_text(" \n")
    Path("broken.txt").write_bytes("cat\tdog\t1\nK\u00e4se\tBrot\t2\n".encode("latin-1"))
    status, out, err = run(capsys, *arguments)
    assert status == 2 and out == "" and message in err


@pytest.mark.parametrize("ends", ["\r\r", "\r\n", "\n\r"])
def test_lines_may_end_in_carriage_returns(capsys, ends):
    Path("mac.txt").write_bytes(f"cat\tdog\t1{ends[0]}car\tbus\t2{ends[1]}".encode())
    status, out, _ = run(capsys, "good.safetensors", "--set", "mac.txt", "--json")
    assert status == 0 and json.loads(out)["good.safetensors"][0]["items"] == 2


def test_encodings(capsys):
    Path("latin.txt").write_bytes("cat\tdog\t1\ncar\tbus\t2\nK\u00e4se\tBrot\t2\n".encode("latin-1"))
    status, out, _ = run(capsys, "good.safetensors", "--set", "latin.txt", "--encoding", "latin-1")
    assert status == 0 and "latin" in out


def test_help_says_what_each_protocol_does(capsys):
    status, out, _ = run(capsys, "--help")
    assert status == 0 and "compute-accuracy with a threshold of 30,000" in out


def test_analogies_on_the_gpu_have_the_same_scores(gpu_standin, tmp_path, capsys):
    rng = np.random.default_rng(1)
    file, questions = tmp_path / "v.npz", tmp_path / "questions.txt"
    words = [f"w{i}" for i in range(30)]
    WordVectors(words, rng.normal(size=(30, 4))).save(file)
    questions.write_text(": one\n" + "\n".join(" ".join(rng.choice(words, 4, replace=False)) for _ in range(40)) + "\n")
    found = []
    for device in ("cpu", "gpu"):
        assert main(["evaluate", str(file), "--analogy", str(questions), "--device", device, "--json"]) == 0
        found.append(capsys.readouterr().out)
    assert found[0] == found[1]

import json
from pathlib import Path

import numpy as np
import pytest
from commands import run

from wordvec.corpus import Corpus
from wordvec.vectors import WordVectors

WORDS = [f"w{i}" for i in range(20)]


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(2)
    base = rng.normal(size=(20, 4))
    for name in ("a", "b", "c"):
        WordVectors(WORDS, base + 0.3 * rng.normal(size=(20, 4)), np.arange(40, 20, -1)).save(f"{name}.safetensors")
    return ["a.safetensors", "b.safetensors", "c.safetensors"]


@pytest.fixture
def text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(3)
    Path("text.txt").write_text("\n".join(" ".join(WORDS[i] for i in rng.integers(20, size=8)) for _ in range(80)))
    return "text.txt"


def test_files_of_vectors_are_measured_kept_and_shown_again(files, capsys):
    status, out, _ = run(capsys, "stability", *files, "-k", "3", "--all", "-o", "s.tsv")
    assert status == 0
    assert "overlap@3" in out
    assert "over 3 models (files)" in out
    status, out, _ = run(capsys, "stability", "s.tsv", "--words", "w3,w4", "--json")
    kept = json.loads(out)["words"]
    _, out, _ = run(capsys, "stability", *files, "-k", "3", "--words", "w3,w4", "--json")
    fresh = json.loads(out)["words"]
    assert {word: each["overlap"] for word, each in kept.items()} == pytest.approx(
        {word: each["overlap"] for word, each in fresh.items()}, abs=1e-6
    )
    assert fresh["w3"]["neighbours"][0]["models"] >= fresh["w3"]["neighbours"][-1]["models"]
    _, out, _ = run(capsys, "stability", *files, "--words", "w3")
    assert "in models" in out


def test_training_on_bootstrap_samples_goes_on_where_it_was(text, capsys, trained_here):
    command = ["stability", text, "--trainer", "svd", "--bootstrap", "--runs", "runs", "--option", "dim=3", "-k", "3"]
    status, out, err = run(capsys, *command, "--seeds", "2", "--json")
    assert status == 0
    assert "svd, seed 2, sample 2" in err
    assert json.loads(out)["over"] == "samples of sentences"
    assert 0 < json.loads(out)["mean"] < 1
    run(capsys, *command, "--seeds", "2", "--out-file", "s.json")
    info = json.loads(Path("s.json").read_text())["info"]
    assert (info["trainer"], info["parameters"]["dim"]) == ("svd", 3)
    assert "seed" not in info["parameters"]
    status, _, err = run(capsys, *command, "--seeds", "3")
    assert status == 0
    assert "2 of 3 models are there already" in err
    assert trained_here == [f"svd, seed {seed}, sample {seed}" for seed in (1, 2, 3)]


@pytest.fixture
def documents(tmp_path, monkeypatch):
    """A corpus of six documents: one word is in two of them, one is seen five times."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(4)
    Path("texts").mkdir()
    for number in range(6):
        lines = [" ".join(WORDS[i] for i in rng.integers(18, size=8)) for _ in range(30)]
        lines += ["w18 w1 w2"] * 15 if number < 2 else ["w19 w3"]
        Path(f"texts/{number}.txt").write_text("\n".join(lines))
    Path("t.csv").write_text("path,year\n" + "".join(f"{number}.txt,{1800 + number}\n" for number in range(6)))
    Corpus.from_documents("texts", "t.csv", min_count=2).save("corpus")


def test_documents_are_drawn_where_they_are_known_and_rare_words_are_marked(documents, capsys, trained_here):
    command = ["stability", "corpus", "--trainer", "svd", "--bootstrap", "--runs", "runs", "--option", "dim=4"]
    command += ["--seeds", "3", "-k", "19"]
    _, out, _ = run(capsys, *command, "--words", "w1,w18,w19")
    assert trained_here == [f"svd, seed {seed}, sample {seed} of documents" for seed in (1, 2, 3)]
    assert "w18: overlap@19 1.00 over 3 models (samples of documents)  (too rare: is in 2 documents)" in out
    assert "w19: overlap@19 1.00 over 3 models (samples of documents)  (too rare: occurs 4 times)" in out
    assert out.splitlines()[1].split() == ["neighbour", "in", "samples", "cosine", "lowest", "highest"]
    assert any(line.startswith("w18  (too rare: is in 2 documents)   ") for line in out.splitlines())
    assert out.endswith("is too rare to judge\n")
    _, out, _ = run(capsys, *command, "--all", "--out", "s.tsv")
    assert "2 of the 20 measured words are too rare: a word that occurs fewer than 20 times" in out
    _, out, _ = run(capsys, "stability", "s.tsv", "--words", "w18", "--json")  # the file keeps what it takes to say so
    assert json.loads(out)["words"]["w18"]["too_rare"] == "is in 2 documents"
    run(capsys, *command, "--resample", "sentences")
    assert trained_here[3:] == [f"svd, seed {seed}, sample {seed}" for seed in (1, 2, 3)]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["a.safetensors"], "two files of vectors or more"),
        (["missing.txt", "b.safetensors", "-o", "nowhere/s.tsv"], "does not exist; create it first"),  # before the work
        (["missing.tsv"], "missing.tsv: no such file"),
        (["a.safetensors", "missing.txt"], "missing.txt"),
        (["a.safetensors", "b.safetensors", "-o", "s.txt"], ".tsv or .json"),
        (["a.safetensors", "b.safetensors", "--words", "zebra"], "zebra"),
        (["a.safetensors", "b.safetensors", "-k", "0"], "at least 1"),
        (["text.txt", "--trainer", "svd"], "--runs FOLDER"),
        (["a.safetensors", "b.safetensors", "--seeds", "3"], "--seeds: for training several models: give --trainer"),
        (["a.safetensors", "b.safetensors", "--case", "lower", "--bootstrap"], "--bootstrap, --case: for training"),
        (["text.txt", "--trainer", "svd", "--runs", "r"], "does not depend on the seed"),
        (["text.txt", "--trainer", "cbow", "--runs", "r", "--seeds", "1"], "over 2 to 100,000 models; got --seeds 1"),
        (["text.txt", "--trainer", "cbow", "--runs", "r", "--seeds", str(10**12)], "over 2 to 100,000 models"),
        (["text.txt", "--trainer", "cbow", "--runs", "r", "--resample", "sentences"], "give --bootstrap, too"),
        (
            ["text.txt", "--trainer", "svd", "--runs", "r", "--bootstrap", "--resample", "documents"],
            "does not know its documents",
        ),
    ],
)
def test_bad_requests_are_one_line(files, text, capsys, arguments, message):
    status, out, err = run(capsys, "stability", *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert len(err.strip().splitlines()) == 1

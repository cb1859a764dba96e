from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from wordvec import WordVectors
from wordvec.cli import main

PAIRS = "a b 9\na c 7\nb c 5\nc d 4\na d 2\nb d 1\na e 3\nb e 6\n"


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(3)
    WordVectors(list("abcdef"), rng.normal(size=(6, 4)) + 5, context_matrix=np.ones((6, 4))).save("v.safetensors")
    Path("pairs.txt").write_text(PAIRS, encoding="utf-8")
    Path("questions.txt").write_text(": s\na b c d\nb a d c\n", encoding="utf-8")

    def run(*arguments):
        status = main(["postprocess", *arguments])
        output = capsys.readouterr()
        return status, output.out, output.err

    return run


def test_scores_before_and_after_are_shown(run):
    asked = ("v.safetensors", "-o", "out.safetensors", "--steps", "all-but-the-top=1,pca=2,unit")
    status, out, _ = run(*asked, "--similarity", "pairs.txt", "--analogy", "questions.txt")
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == "  all-but-the-top: components 1"
    assert lines[1].startswith("  pca: dim 2, variance kept 0.")
    assert lines[3] == "4 dimensions before, 2 after; 0.0 MB of rows before, 0.0 after"
    assert "context matrix was left out" in lines[4]
    assert lines[5].startswith("pairs: spearman")
    assert "difference" in lines[5]
    assert lines[6].startswith("questions: accuracy")
    assert lines[7] == "written: out.safetensors"
    written = WordVectors.load("out.safetensors")
    assert [step["step"] for step in written.info["post_processing"]] == ["all-but-the-top", "pca", "unit"]
    np.testing.assert_allclose(written.lengths, np.ones(6), rtol=1e-6)


def test_json_tells_sizes_and_losses(run):
    _, out, _ = run("v.safetensors", "-o", "o.safetensors", "--steps", "int8", "--similarity", "pairs.txt", "--json")
    report = json.loads(out)
    assert report["bytes"] == [96, 48]  # six rows of four bytes, and six scales of four
    assert report["steps"][0]["relative_error"] < 0.01
    assert report["scores"][0]["before"]["covered"] == 8
    assert abs(report["scores"][0]["difference"]["difference"]) < 0.2
    assert WordVectors.load("o.safetensors").matrix.dtype == np.int8


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"--steps": "centre"}, "a step must be one of center"),
        ({"--steps": "pca=9"}, "pca=9: must be a whole number from 1 to 4"),
        ({"-o": "out.model"}, "no format has this suffix"),
        ({"-o": "nowhere/out.txt"}, "nowhere"),
        ({"--similarity": "none.txt"}, "none.txt"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_written(run, changes, message):
    options = {"-o": "out.safetensors", "--steps": "unit", **changes}
    status, out, err = run("v.safetensors", *(part for option in options.items() for part in option))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err
    assert not Path("out.safetensors").exists()


def test_help_names_the_steps(run):
    _, out, _ = run("--help")
    assert "all-but-the-top=N  subtract the mean" in out

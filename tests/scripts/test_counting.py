"""The benchmark of counting, against a stand-in for GloVe's programs that counts in plain Python."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from programs import write_program

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
VOCAB_COUNT = """
import collections, sys
words = collections.Counter(sys.stdin.read().split())
for word, count in sorted(words.items(), key=lambda item: (-item[1], item[0]), reverse=False):
    print(word, count)
"""
COOCCUR = """
import collections, struct, sys
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
ids = {line.split()[0]: i + 1 for i, line in enumerate(open(options["-vocab-file"]))}
cells = collections.Counter()
for line in sys.stdin:
    sentence = [ids[word] for word in line.split()]
    for p, a in enumerate(sentence):
        for q in range(max(0, p - int(options["-window-size"])), p):
            cells[a, sentence[q]] += FAULT / (p - q)
            cells[sentence[q], a] += FAULT / (p - q)
for (a, b), value in cells.items():
    sys.stdout.buffer.write(struct.pack("<iid", a, b, value))
"""


@pytest.fixture(autouse=True)
def scripts_on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))


@pytest.fixture
def text(tmp_path):
    rng = np.random.default_rng(seed=5)
    path = tmp_path / "small.txt"
    lines = [" ".join(f"w{word}" for word in rng.integers(30, size=10)) for _ in range(100)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def stand_in(folder, fault="1"):
    folder.mkdir()
    for name, source in (("vocab_count", VOCAB_COUNT), ("cooccur", COOCCUR.replace("FAULT", fault))):
        write_program(folder / name, source)
    return folder


def command(text, tmp_path, *arguments):
    options = ("--corpus", text, "--results", tmp_path / "results", "--name", "counts", "--min-count", "1")
    return subprocess.run(
        [sys.executable, SCRIPTS / "benchmark.py", *options, "--no-rates", "--no-quality", "--pairs", "1", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.slow("the benchmark of counting runs as its user runs it, in processes of its own")
@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script for a shell")
def test_against_glove(text, tmp_path):
    done = command(text, tmp_path, "--counts", stand_in(tmp_path / "glove"), "--pairs", "2")
    assert done.returncode == 0, done.stderr
    assert "cells differ by" in done.stderr
    (file,) = (tmp_path / "results").glob("*-counts.jsonl")
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [(line["who"], line["threads"]) for line in lines] == [
        ("corpus", 1), *[("glove", 1), ("wordvec", 2), ("wordvec", 1)] * 2,
    ]  # fmt: skip
    glove, ours = lines[1], lines[2]
    for name in ("tokens", "vocabulary", "cells"):
        assert glove[name] == ours[name] > 0
    assert glove["seconds"].keys() == {"vocabulary", "count"}
    assert ours["seconds"].keys() == {"load", "count", "save"}
    assert "| wordvec" in done.stdout
    assert str(tmp_path) not in file.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="as above")
def test_other_cells_stop_the_benchmark(text, tmp_path):
    done = command(text, tmp_path, "--counts", stand_in(tmp_path / "glove", fault="1.00001"))
    assert done.returncode == 2
    assert "GloVe's cells are not wordvec's" in done.stderr


@pytest.mark.slow("the benchmark of counting runs without the programs it compares with")
def test_wordvec_alone(text, tmp_path):
    done = command(text, tmp_path, "--counts", "--threads", "1")
    assert done.returncode == 0, done.stderr
    assert "| wordvec" in done.stdout


def test_a_folder_without_glove(text, tmp_path):
    done = command(text, tmp_path, "--counts", tmp_path)
    assert done.returncode == 2
    assert "has no vocab_count and no cooccur" in done.stderr


def test_differences_of_cells():
    difference = importlib.import_module("benchmarks.counting").relative_difference
    ours = np.array([0, 1]), np.array([2, 0]), np.array([1.0, 4.0])
    turned = tuple(part[::-1] for part in ours)
    assert difference(ours, turned, 3) == 0
    assert difference(ours, (*turned[:2], np.array([4.0, 2.0])), 3) == 0.5
    assert difference(ours, tuple(part[:1] for part in ours), 3) == np.inf
    assert difference(ours, (np.array([0, 1]), np.array([2, 1]), ours[2]), 3) == np.inf
    assert difference(*[tuple(np.zeros(0, int) for _ in range(3))] * 2, 3) == 0

"""The benchmark of GloVe's training, against a stand-in for GloVe's programs that trains nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from programs import write_program

from wordvec.native import library

if not library.is_available():
    pytest.skip(str(library.why_not()), allow_module_level=True)

BENCHMARK = Path(__file__).resolve().parents[2] / "scripts" / "benchmark.py"
GLOVE = """
import sys
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
print("alpha: 0.75", file=sys.stderr, flush=True)
for i in range(int(options["-iter"]) - MISSING):
    print(f"01/01/26 - 00:00.00AM, iter: {i + 1:03}, cost: 0.25", file=sys.stderr, flush=True)
"""
PROGRAMS = {
    "vocab_count": "print('w1 2')",
    "cooccur": "import sys; sys.stdout.buffer.write(bytes(16 * 7))",
    "shuffle": "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())",
    "glove": GLOVE,
}


def command(tmp_path, missing=0):
    folder, text = tmp_path / "glove", tmp_path / "small.txt"
    folder.mkdir()
    for name, source in PROGRAMS.items():
        write_program(folder / name, source.replace("MISSING", str(missing)))
    ids = np.random.default_rng(5).integers(30, size=(100, 10))
    text.write_text("\n".join(" ".join(f"w{word}" for word in line) for line in ids) + "\n", encoding="utf-8")
    options = ["--corpus", text, "--results", tmp_path / "results", "--name", "glove", "--min-count", "1"]
    options += ["--glove", folder, "--glove-iterations", "0", "--pairs", "1", "--threads", "1"]
    return subprocess.run(
        [sys.executable, BENCHMARK, *options, "--no-rates", "--no-quality"],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script for a shell")
def test_against_glove(tmp_path):
    done = command(tmp_path)
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "results").glob("*-glove.jsonl")
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["who"] for line in lines] == ["prepare", "glove", "wordvec"]
    prepared, glove, ours = lines
    assert prepared["seconds"].keys() == {"vocabulary", "count", "shuffle", "corpus"}
    assert glove["cells"] == 7
    assert glove["loss"] == [0.5, 0.5]  # its program tells half
    assert ours["seconds"].keys() == {"count", "train"}
    assert "| wordvec" in done.stdout
    assert str(tmp_path) not in file.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="as above")
def test_a_program_that_stops_early_is_an_error(tmp_path):
    done = command(tmp_path, missing=1)
    assert done.returncode == 2
    assert "after 1 iterations" in done.stderr


def test_a_folder_without_glove(tmp_path):
    done = subprocess.run([sys.executable, BENCHMARK, "--glove", tmp_path], capture_output=True, text=True)
    assert done.returncode == 2
    assert "has no vocab_count and no cooccur and no shuffle and no glove" in done.stderr

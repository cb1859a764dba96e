from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from wordvec.errors import WordvecError

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
GOOGLE = ": capital\nAthens Greece Oslo Norway\nOslo Norway Athens Greece\n: gram1\nbig bigger small smaller\n"


@pytest.fixture
def scoring(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    yield importlib.import_module("benchmarks.scoring")
    for name in [name for name in sys.modules if name.split(".")[0] == "benchmarks"]:
        del sys.modules[name]


@pytest.fixture
def sets(tmp_path):
    files = {"google.txt": GOOGLE, "pairs.txt": "Athens Oslo 5\nbig small 4\nGreece Norway 3\n"}
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def test_every_job_measures(scoring, sets, monkeypatch):
    monkeypatch.setattr(scoring, "WORDS", 50)
    pairs = (str(sets / "pairs.txt"),)
    scoring.make_vectors(sets / "v.npz", sets / "google.txt", pairs)
    job = scoring.ScoringJob("wordvec", str(sets / "v.npz"), str(sets / "google.txt"), pairs)
    results = [scoring.run(job), scoring.run(scoring.ScoringJob("intervals", job.vectors, job.analogies, pairs))]
    assert [result["asked"] for result in results] == [3, 3]
    assert all(result["seconds"] > 0 for result in results)
    lines = scoring.scoring_table(results).splitlines()
    assert len(lines) == 4 and lines[2].startswith("| wordvec | analogies")
    pytest.importorskip("gensim", reason="needs gensim, the extra bench")
    peer = scoring.run(scoring.ScoringJob("gensim", job.vectors, job.analogies, pairs))
    assert (peer["right"], peer["asked"]) == (results[0]["right"], 3)


def test_other_answers_than_gensims_stop_the_benchmark(scoring, sets, monkeypatch):
    found = iter([{"right": 2}, {"right": 1}, {"right": None}])
    monkeypatch.setattr(
        scoring, "run_child", lambda _, job, threads: {"who": job["who"], "asked": 3, "seconds": 1.0, **next(found)}
    )
    monkeypatch.setattr(scoring, "evaluation_folder", lambda _: sets)
    monkeypatch.setattr(scoring, "SETS", {"Google": ("analogy", "google.txt"), "P": ("similarity", "pairs.txt")})

    class Log:
        def write(self, kind, **facts):
            return facts

    class Options:
        evaluation, scoring, threads, pairs, peers = None, str(sets / "v.npz"), [1], 1, ["gensim"]

    with pytest.raises(WordvecError, match=r"gensim counts \(2, 3\) right of asked, wordvec \(1, 3\)"):
        scoring.measure(Options(), sets, Log(), lambda _: None)

"""Loading benchmark: equal vectors from both readers, the table, and what must stop it."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from benchmarks import loading
from benchmarks.runs import Log

from wordvec.errors import WordvecError


def result(who, seconds, sha="a", format="word2vec-binary"):
    facts = {"who": who, "format": format, "path": "v.bin", "sha256": sha, "memory": 2_000_000, "bytes": 1_000_000}
    return facts | {"seconds": seconds, "cpu_seconds": seconds / 2}


@pytest.mark.slow("the benchmark of loading runs every reader as its user runs it")
def test_all_readers_run_and_agree(tmp_path):
    peers = ["gensim"] if importlib.util.find_spec("gensim") else []
    options = argparse.Namespace(loading=150, dim=[2, 3], pairs=1, peers=peers)
    results = loading.measure(options, tmp_path, Log(tmp_path / "log", "loading", {}), lambda message: None)
    assert [(r["vocabulary"], r["dim"]) for r in results if r["format"] == "safetensors"] == [(150, 3)]
    assert {r["vocabulary"] for r in results if r["format"] == "word2vec-text"} == {15}
    assert len({r["sha256"] for r in results if r["path"] == "vectors.bin" and "sha256" in r}) == 1


def test_the_table_compares_within_a_round():
    rows = loading.table([result("gensim", 4.0), result("wordvec", 1.0), result("gensim", 9.0), result("wordvec", 3.0)])
    line = rows.splitlines()[2]
    assert line.split()[:6] == ["word2vec-binary", "wordvec", "2.000", "1.000", "2", "2.000"]
    assert line.endswith("3.50 (3.00 to 4.00), 3.50 (3.00 to 4.00)")


def test_readers_that_differ_stop_it():
    with pytest.raises(WordvecError, match=r"readers of v\.bin found different"):
        loading.check_equal([result("gensim", 1.0), result("wordvec", 1.0, sha="b")])

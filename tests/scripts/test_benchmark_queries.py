"""The benchmark of questions, on a few words."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from wordvec.errors import WordvecError

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def queries(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    yield importlib.import_module("benchmarks.queries")
    for name in [name for name in sys.modules if name.split(".")[0] == "benchmarks"]:
        del sys.modules[name]


def test_every_job_measures_and_all_find_the_same(queries, tmp_path):
    queries.make_file(tmp_path / "v.bin", 300, 8)
    forms = queries.make_forms(tmp_path / "v.bin", tmp_path)
    jobs = [queries.QueryJob("wordvec", str(tmp_path / "v.bin"), questions=9)]
    jobs += [queries.QueryJob(form, str(path), questions=9) for form, path in zip(queries.FORMS, forms)]
    jobs.append(queries.QueryJob("recall", str(tmp_path / "v.bin")))
    results = [queries.run(job) for job in jobs]
    queries.check_answers(results)
    assert [result["who"] for result in results] == ["wordvec", "float32", "float16", "int8", "recall"]
    assert 0.9 < results[-1]["recall"]["int8"] <= 1
    table = queries.table(results)
    assert "memory of int8 / float32" in table
    assert "recall@10 of v.bin (300 x 8): float16" in table
    results[0]["answers"] = [["other"]] * 9
    with pytest.raises(WordvecError, match="agree on 0 of 9 answers only"):
        queries.check_answers(results)

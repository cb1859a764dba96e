from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from wordvec.errors import OptionError
from wordvec.evaluation import Score, SimilarityScore, compare_scores, evaluate, holm
from wordvec.evaluation.differences import on_items
from wordvec.evaluation.model_comparison import compare_models, comparison_as_dicts
from wordvec.evaluation.report import comparison_remarks, comparison_table, remarks
from wordvec.evaluation.statistics import accuracy_interval, spearman
from wordvec.vectors import WordVectors

NAN = float("nan")


def accuracy(outcomes: list[float], name: str = "set", **facts) -> Score:
    values = np.array(outcomes)
    known = values[~np.isnan(values)]
    score = float(known.mean()) if len(known) else None
    return Score(
        name=name, measure="accuracy", score=score, ci95=accuracy_interval(int(known.sum()), len(known)),
        items=len(values), covered=len(known), protocol="wordvec", outcomes=values, **facts,
    )  # fmt: skip


GOOD, BAD = [1.0] * 38 + [0.0, NAN], [NAN, 1.0] + [0.0] * 38


def test_scores_on_common_items():
    score = accuracy([1, 0, 1, NAN])
    assert on_items(score, np.array([True, True, True, False])) is score
    part = on_items(score, np.array([True, True, False, False]))
    assert (part.score, part.covered, part.items, part.ci95) == (0.5, 2, 4, accuracy_interval(1, 2))
    nothing = on_items(score, np.zeros(4, bool))
    assert (nothing.score, nothing.ci95, nothing.covered) == (None, None, 0)
    rng = np.random.default_rng(2)
    gold, cosines = rng.normal(size=(2, 30))
    facts = {"name": "s", "measure": "spearman", "score": 0.1, "ci95": None, "items": 30, "protocol": "wordvec"}
    mask = np.arange(30) % 3 > 0
    part = on_items(SimilarityScore(outcomes=cosines, gold=gold, covered=30, **facts), mask)
    assert part.score == pytest.approx(spearman(gold[mask], cosines[mask])) and part.covered == 20
    assert part.ci95[0] < part.score < part.ci95[1]


def test_models_are_compared_on_what_all_of_them_cover():
    results = {"a": [accuracy(GOOD)], "b": [accuracy(BAD)]}
    (found,) = compare_models(results)
    assert (found.items, found.common, found.reference, found.best) == (40, 38, "a", "a")
    first, second = found.models
    assert (first.own.covered, first.common.covered) == (39, 38) and not found.covered_alike
    assert (first.common.score, second.common.score) == (37 / 38, 1 / 38)
    assert first.difference is None and first.p is None and not first.is_significant
    assert second.difference == compare_scores(accuracy(BAD), accuracy(GOOD)) and second.is_significant
    assert found.models[1].difference.difference == -36 / 38


def test_p_values_are_corrected_over_the_whole_table():
    rng = np.random.default_rng(1)
    results = {
        model: [accuracy((rng.random(60) < chance).astype(float).tolist(), f"s{i}") for i in range(3)]
        for model, chance in (("a", 0.5), ("b", 0.7), ("c", 0.6))
    }
    compared = compare_models(results)
    raw = [model.difference.p if model.difference else None for found in compared for model in found.models]
    assert [model.p for found in compared for model in found.models] == holm(raw)
    assert sum(p is not None for p in raw) == 6


def test_the_best_may_be_the_reference():
    results = {"a": [accuracy(BAD)], "b": [accuracy(GOOD)], "c": [accuracy(GOOD)]}
    (found,) = compare_models(results, reference="best")
    assert (found.reference, found.best) == ("b", "b")
    assert [model.difference is None for model in found.models] == [False, True, False]
    assert found.models[2].difference.p == 1.0


def test_nothing_in_common_is_said_and_not_zero():
    (found,) = compare_models({"a": [accuracy([1, NAN])], "b": [accuracy([NAN, 1])]})
    assert (found.common, found.reference, found.best) == (0, None, None)
    assert "nothing evaluated" in comparison_table([found])


def test_bad_comparisons():
    with pytest.raises(OptionError, match="two models or more with as many scores each"):
        compare_models({"a": [accuracy([1])]})
    with pytest.raises(OptionError, match="as many scores each"):
        compare_models({"a": [accuracy([1])], "b": []})
    with pytest.raises(OptionError, match="scored on different sets"):
        compare_models({"a": [accuracy([1])], "b": [accuracy([1, 0])]})
    with pytest.raises(OptionError, match="reference must be one of first, best"):
        compare_models({"a": [accuracy([1])], "b": [accuracy([1])]}, reference="last")


def test_table_by_hand():
    results = {"runs/a.npz": [accuracy(GOOD, "x")], "runs/b.npz": [accuracy(BAD, "x")]}
    compared = compare_models(results)
    lines = comparison_table(compared).splitlines()
    assert lines[0].split("  ")[0] == "set"
    assert lines[1].split() == ["x", "accuracy", "a", "97.4%", "[92.1%,", "100.0%]", "38", "of", "39", "40", "wordvec"]
    assert lines[2].split()[:3] == ["b", "2.6%", "[0.0%,"]
    assert "-94.7 [-100.0, -86.8]*  <0.001" in lines[2]
    assert "**97.4%**" in comparison_table(compared, style="markdown")
    assert r"\textbf{97.4\%}" in comparison_table(compared, style="latex")
    first, second = csv.DictReader(io.StringIO(comparison_table(compared, style="csv")))
    assert (first["model"], float(first["score"]), first["difference"], first["p"]) == ("a", 37 / 38, "", "")
    assert float(second["difference"]) == -36 / 38 and (second["significant"], second["covered"]) == ("1", "38")
    assert second["covered_by_model"] == "39" and float(second["p"]) < 0.001
    said = comparison_remarks(compared, "first")
    assert said[0].startswith("x: the models cover different items: scores, intervals and differences are on the 38")
    assert said[1].startswith("difference: to a, on the common items")
    assert comparison_table([]).startswith("set")


def test_few_common_items_are_named_as_the_reason():
    gold = np.arange(9.0)
    facts = {"name": "s", "measure": "spearman", "score": 1.0, "ci95": (1.0, 1.0), "items": 9, "protocol": "wordvec"}
    all_but = [np.where(gold == i, NAN, gold) for i in (0, 1)]
    results = {f"m{i}": [SimilarityScore(outcomes=x, gold=gold, covered=8, **facts)] for i, x in enumerate(all_but)}
    said = comparison_remarks(compare_models(results), "first")
    assert said[1] == "s: 7 common items are too few for an interval or a test"


def test_json_of_a_comparison():
    results = {"a": [accuracy(GOOD)], "b": [accuracy(BAD)]}
    (found,) = json.loads(json.dumps(comparison_as_dicts(compare_models(results)), allow_nan=False))
    assert (found["common_items"], found["reference"], found["best"]) == (38, "a", "a")
    assert found["models"][0]["difference"] is None
    assert found["models"][1]["significant"] and found["models"][1]["difference"]["items"] == 38


def test_remarks_name_a_model_only_where_they_must():
    nothing = accuracy([NAN], missing=("Katze", "Hund"), notes=("read as a table",))
    lines = remarks({"x/a.npz": [accuracy([1], notes=("read as a table",))], "x/b.npz": [nothing]})
    assert lines == [
        "set: read as a table",
        "b: set: nothing evaluated: not one item has all its words, looked for 'Katze', 'Hund'; "
        "another language or case?",
    ]


def test_sections_too_are_of_the_common_questions(tmp_path):
    """The small model knows only questions of "easy", which both answer; the large one fails the rest."""
    lattice = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1], [-1, 0, 0.1], [0.5, -1, 0]])
    words = ["a", "b", "c", "d", "e", "f"]
    path = tmp_path / "set.txt"
    path.write_text(": gram1\na b c d\na b c e\ne b c f\n: rest\na b d e\n", encoding="utf-8")
    large, small = WordVectors(words, lattice), WordVectors(words[:4], lattice[:4])
    results = {name: evaluate(each, [("analogy", path)]) for name, each in (("large", large), ("small", small))}
    compared = compare_models(results)
    rows = [line.split() for line in comparison_table(compared, sections=True, style="text").splitlines()]
    assert [row[3] for row in rows if row[0] in ("syntactic", "gram1")] == ["100.0%"] * 4
    assert [row[3:5] for row in rows if row[0] == "rest"] == [["nothing", "evaluated"]] * 2
    said = comparison_remarks(compared, "first")
    assert said[1] == (
        "set: answers are chosen among 4 words of one model and 6 of another; fewer is easier: "
        "--restrict-vocab 4 gives all models the same number"
    )


def test_all_tasks_in_one_table(tmp_path):
    words = [f"w{i}" for i in range(30)]
    rng = np.random.default_rng(4)
    models = [WordVectors(words[: 30 - i], rng.normal(size=(30 - i, 5))) for i in range(2)]
    files = {
        "sim": "\n".join(f"w{i}\tw{i + 9}\t{i % 7}" for i in range(21)),
        "google": ": gram1\n" + "\n".join(f"w{i} w{i + 1} w{i + 2} w{i + 3}" for i in range(27)),
        "cat": "\n".join(f"w{i} c{i % 3}" for i in range(30)),
        "out": "w0\nw1\nw2\n\nw3\nw29",
        "weat": "X: w0 w1 w2\nY: w3 w4 w29\nA: w6 w7\nB: w8 w9\n",
    }
    for name, content in files.items():
        (tmp_path / f"{name}.txt").write_text(content + "\n", encoding="utf-8")
    tasks = [("any", tmp_path / f"{name}.txt") for name in files]
    tasks.append(("hit-rate", [(f"w{i}", f"w{i + 1}") for i in range(29)]))
    tasks.append(("sessions", [[f"w{i}", f"w{(i + 4) % 31}", f"w{i + 1}"] for i in range(29)]))
    compared = compare_models({f"m{i}": evaluate(model, tasks) for i, model in enumerate(models)})
    table = comparison_table(compared, sections=True)
    for part in (
        "Spearman",
        "3cosadd",
        "gram1",
        "syntactic",
        "purity",
        "opp",
        "effect size",
        "p (all splits)",
        "hit-rate@10",
        "mrr",
        "recall@10",
        "ndcg",
    ):
        assert part in table
    assert all(found.common < found.items for found in compared if found.name not in ("sim",))
    assert all(model.common.score is not None for found in compared for model in found.models)

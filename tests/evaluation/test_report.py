from __future__ import annotations

import json

import numpy as np

from wordvec.evaluation import (
    evaluate_analogy,
    evaluate_bias,
    evaluate_similarity,
    read_analogies,
    score_table,
    scores_as_dicts,
)
from wordvec.evaluation.files.group_sets import BiasTest
from wordvec.evaluation.report import remarks
from wordvec.vectors import WordVectors

VECTORS = WordVectors(["a", "b", "c", "d"], np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]))
SCORES = [
    evaluate_similarity(VECTORS, [("a", "d", 1.0), ("a", "b", 2.0), ("x", "b", 2.0)]),
    evaluate_similarity(VECTORS, [("x", "y", 1.0)]),
    evaluate_analogy(VECTORS, [("a", "b", "c", "d"), ("a", "b", "c", "x")]),
]


def test_json_round_trip():
    dicts = json.loads(json.dumps(scores_as_dicts(SCORES), allow_nan=False))
    similarity, nothing, analogy = dicts
    assert similarity["task"] == "similarity" and analogy["task"] == "analogy"
    assert (similarity["score"], similarity["ci95"], similarity["items"], similarity["covered"]) == (
        1.0,
        None,
        3,
        2,
    )
    assert similarity["missing"] == ["x"] and similarity["protocol"] == "wordvec"
    assert nothing["score"] is None and nothing["covered"] == 0
    assert (analogy["score"], analogy["method"], analogy["restrict_vocab"]) == (1.0, "3cosadd", 4)
    assert analogy["sections"] == [
        {"name": "(no section)", "score": 1.0, "ci95": [0.025, 1.0], "items": 2, "covered": 1}
    ]


def test_table_by_hand():
    assert score_table(SCORES).splitlines() == [
        "set        measure               score  95 % interval   covered  items  protocol",
        "pairs      Spearman              1.000                        2      3  wordvec",
        "pairs      Spearman  nothing evaluated                        0      1  wordvec",
        "questions  3cosadd              100.0%  [2.5%, 100.0%]        1      2  wordvec",
    ]


def test_what_is_not_in_the_table_is_explained():
    flat = evaluate_similarity(VECTORS, [("a", "b", 1.0), ("a", "c", 1.0), ("b", "c", 1.0)])
    assert remarks({"m": [flat, flat]}) == remarks({"m": [flat]})  # a set that is given twice
    rare = evaluate_analogy(VECTORS, [("a", "b", "c", "d")], restrict_vocab=2)
    assert remarks({"m": [SCORES[0], flat, rare]}) == [
        "pairs: 2 of 3 items covered: too few for an interval or a test",
        "pairs: no score: the 3 covered of 3 items show no order or difference",
        "questions: nothing evaluated: not one item has all its words among the 2 first, looked for 'c', 'd'; "
        "another language or case?",
    ]


def test_a_small_bias_test_is_tested_without_an_interval_and_names_what_it_lacks():
    vectors = WordVectors(list("abcdef"), np.random.default_rng(1).normal(size=(6, 3)))
    test = BiasTest("weat", ("a", "Hand"), ("b",), ("c", "d"), ("e", "Glück"))
    assert remarks({"m": [evaluate_bias(vectors, test)]}) == [
        "weat: 2 words have no vector and are left out: 'Hand', 'Glück'",
        "weat: 1 and 1 target words have a vector; an interval needs 8 in each group, the test none",
    ]
    whole = evaluate_bias(vectors, BiasTest("weat", ("a",), ("b",), ("c", "d"), ("e", "f")))
    assert not any("no vector" in note for note in whole.notes)


def test_csv_has_plain_numbers():
    assert score_table(SCORES, style="csv").splitlines() == [
        "set,measure,score,low,high,covered,items,protocol",
        "pairs,Spearman,1.0,,,2,3,wordvec",
        "pairs,Spearman,,,,0,1,wordvec",
        "questions,3cosadd,1.0,0.025,1.0,1,2,wordvec",
    ]


def test_table_with_sections(tmp_path):
    path = tmp_path / "google.txt"
    path.write_text(": gram1\na b c d\n: capital\na b c x\n", encoding="utf-8")
    lines = score_table([evaluate_analogy(VECTORS, read_analogies(path))], sections=True).splitlines()
    assert [line.split("  3cosadd")[0].strip() for line in lines[1:]] == [
        "google",
        "semantic",
        "syntactic",
        "gram1",
        "capital",
    ]
    assert "nothing evaluated" in lines[2] and "100.0%" in lines[3]
    assert lines[3].startswith("  syntactic")
    assert score_table([]).startswith("set")

"""Retrofitting: the closed form of small graphs, and what becomes of a lexicon."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import InputError, OptionError
from wordvec.vectors import WordVectors
from wordvec.vectors.several_models.retrofitting import graph_of, read_lexicon, retrofit

WORDS = ["big", "large", "huge", "tea"]


def closed_form(given, edges, alpha, beta, directed=False):
    """The solution of (diag(d) - B) Q = alpha Q^, written out."""
    weights = np.zeros((len(given), len(given)))
    for a, b in edges:
        weights[a, b] = 1
        if not directed:
            weights[b, a] = 1
    if beta == "degree":
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1)
    else:
        weights *= beta
    return np.linalg.solve(np.diag(weights.sum(axis=1) + alpha) - weights, alpha * given)


@pytest.mark.parametrize("alpha", [1.0, 0.3])
@pytest.mark.parametrize("beta", ["degree", 1.0, 2.5])
@pytest.mark.parametrize("directed", [False, True])
def test_the_closed_form_of_three_words(alpha, beta, directed):
    matrix = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [0.0, -1.0]])
    options = {"alpha": alpha, "beta": beta, "directed": directed, "iterations": 1000, "tolerance": 1e-12}
    found = retrofit(WordVectors(WORDS, matrix), {"big": ["large", "huge"]}, **options)
    expected = closed_form(matrix, [(0, 1), (0, 2)], alpha, beta, directed)
    np.testing.assert_allclose(found.matrix, expected, atol=1e-6)
    assert found["tea"].tolist() == [0.0, -1.0]


def test_one_step_by_hand():
    matrix = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [0.0, -1.0]])
    found = retrofit(WordVectors(WORDS, matrix), {"big": ["large", "huge"]}, iterations=1)
    # big: ((large + huge) / 2 + big) / 2; large: (big + large) / 2; huge: (big + huge) / 2
    np.testing.assert_allclose(found.matrix, [[0.65, 0.45], [0.5, 0.5], [0.8, 0.4], [0, -1]], atol=1e-6)


@given(st.integers(0, 10**6), st.integers(2, 12), st.integers(1, 40))
def test_any_graph_reaches_its_closed_form(seed, number, dim):
    rng = np.random.default_rng(seed)
    names = [f"w{i}" for i in range(number)]
    matrix = rng.normal(size=(number, dim))
    edges = {(a, b) for a, b in rng.integers(number, size=(2 * number, 2)).tolist() if a != b} or {(0, 1)}
    lexicon = {name: [names[b] for a, b in sorted(edges) if a == i] for i, name in enumerate(names)}
    found = retrofit(WordVectors(names, matrix), lexicon, iterations=200, tolerance=1e-10, unit=False)
    np.testing.assert_allclose(found.matrix, closed_form(matrix, edges, 1.0, "degree"), atol=1e-5)


def test_synonyms_come_nearer_and_others_stay():
    rng = np.random.default_rng(1)
    vectors = WordVectors(WORDS, rng.normal(size=(4, 20)))
    found = retrofit(vectors, {"big": ["large"]})
    assert found.similarity("big", "large") > vectors.similarity("big", "large")
    assert found.similarity("huge", "tea") == pytest.approx(vectors.similarity("huge", "tea"), abs=1e-6)


def test_what_was_of_no_use_is_counted_and_named():
    vectors = WordVectors(WORDS, np.eye(4))
    lexicon = {"big": ["large", "large", "big", "vast"], "large": ["big"], "huge": ["vast"], "vast": ["immense"]}
    report = retrofit(vectors, lexicon).info["retrofitting"]
    assert (report["words"], report["connections"]) == (2, 1)
    assert (report["missing_words"], report["missing"]) == (2, ["vast", "immense"])
    assert report["alone"] == 1  # huge
    assert report["repeated"] == 2  # large again, big as its own
    json.dumps(report)


def test_it_ends_when_nothing_changes():
    report = retrofit(WordVectors(WORDS, np.eye(4)), {"big": ["large"]}).info["retrofitting"]
    assert report["iterations"] < 50
    assert report["last_change"] <= 1e-5
    short = retrofit(WordVectors(WORDS, np.eye(4)), {"big": ["large"]}, iterations=2).info["retrofitting"]
    assert short["iterations"] == 2
    assert short["last_change"] > 1e-5


def test_columns_in_blocks_give_the_same(monkeypatch):
    vectors = WordVectors(WORDS, np.random.default_rng(2).normal(size=(4, 37)))
    lexicon = {"big": ["large", "huge"], "huge": ["tea"]}
    whole = retrofit(vectors, lexicon, iterations=30, tolerance=0).matrix
    monkeypatch.setattr("wordvec.vectors.several_models.retrofitting.COLUMNS", 5)
    np.testing.assert_array_equal(retrofit(vectors, lexicon, iterations=30, tolerance=0).matrix, whole)


def test_zero_vectors_take_part():
    vectors = WordVectors(["a", "b"], np.array([[0.0, 0.0], [1.0, 0.0]]))
    np.testing.assert_allclose(retrofit(vectors, {"a": ["b"]}, tolerance=0).matrix, [[1 / 3, 0], [2 / 3, 0]], atol=1e-6)


def test_a_lexicon_file_read_and_used(tmp_path):
    path = tmp_path / "lexicon.txt"
    path.write_text("big large\nbig huge\nalone\n")
    lexicon = read_lexicon(path)
    assert lexicon == {"big": ["large", "huge"], "alone": []}
    graph = graph_of(lexicon, WordVectors(WORDS, np.eye(4)))
    assert graph.rows.tolist() == [0, 1, 2]
    assert graph.missing == ("alone",)


def test_bad_input():
    vectors = WordVectors(WORDS, np.eye(4))
    with pytest.raises(InputError, match=r"no two words.*2 of its 2 words are missing, such as 'x', 'y'"):
        retrofit(vectors, {"x": ["y"]})
    with pytest.raises(InputError, match="no two words"):
        retrofit(vectors, {})
    wrong = [{"alpha": 0}, {"alpha": np.inf}, {"beta": -1}, {"beta": "other"}, {"iterations": 0}, {"tolerance": -1}]
    for options in [*wrong, {"alpha": np.nan}, {"beta": np.nan}, {"iterations": True}]:
        with pytest.raises(OptionError, match=next(iter(options))):
            retrofit(vectors, {"big": ["large"]}, **options)
    with pytest.raises(InputError, match="nan or infinity"):
        retrofit(WordVectors(WORDS, np.full((4, 2), np.nan)), {"big": ["large"]})


@pytest.mark.parametrize(
    ("lexicon", "message"),
    [
        ({"a": "bc"}, "'a' needs a list of neighbours, not one text; got 'bc'"),  # b and c are words, too
        ([("a", "b")], r"read_lexicon\(path\) makes it from a file; got a list"),
        ("lexicon.txt", r"read_lexicon\(path\) makes it from a file; got a str"),
    ],
)
def test_what_is_no_lexicon_is_told(lexicon, message):
    with pytest.raises(OptionError, match=message):
        retrofit(WordVectors(["a", "b", "c"], np.eye(3)), lexicon)

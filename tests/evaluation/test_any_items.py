"""Sets in memory that are not what the functions take: one message, no traceback, no score."""

from __future__ import annotations

import numpy as np
import pytest

from wordvec import SVD
from wordvec.errors import OptionError
from wordvec.evaluation import (
    evaluate,
    evaluate_analogy,
    evaluate_bias,
    evaluate_categorisation,
    evaluate_hit_rate,
    evaluate_sessions,
    evaluate_similarity,
    split_sessions,
)
from wordvec.vectors import WordVectors

VECTORS = WordVectors(["a", "b", "c", "d"], np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]))
PAIR, QUESTION = ("a", "b", 1.0), ("a", "b", "c", "d")


class Table:
    """Like a data frame, whose items are the names of its columns."""

    def itertuples(self):
        return [PAIR]


@pytest.mark.parametrize(
    ("evaluate", "items", "message"),
    [
        (evaluate_similarity, [PAIR, ("a", "b")], r"\(word, word, score\) expected; item 2 is \('a', 'b'\)"),
        (evaluate_similarity, [("a", None, 1.0)], "item 1 is"),
        (evaluate_similarity, [("a", "b", float("nan"))], "item 1 is .* nan"),
        (evaluate_similarity, [("a", "b", float("inf"))], "item 1 is"),
        (evaluate_similarity, {("a", "b"): 1.0}, "got a dict"),
        (evaluate_similarity, Table(), r"got a Table: give list\(table\.itertuples\(index=False\)\)"),
        (evaluate_similarity, [1], "item 1 is 1"),
        (evaluate_analogy, [("a", "b", "c")], "four words expected; item 1 is"),
        (evaluate_analogy, ["a b c d"], "item 1 is 'a b c d'"),
        (evaluate_analogy, {"one": [("a", None, "c", "d")]}, "item 1 is"),
        (evaluate_analogy, [("a", "b", "c", ())], "item 1 is"),
        (evaluate_categorisation, [("a",)], r"\(word, category\) expected"),
        (evaluate_hit_rate, ["ab"], r"\(item, item held out\) expected; item 1 is 'ab'"),
    ],
)
def test_odd_items_are_named(evaluate, items, message):
    with pytest.raises(OptionError, match=message):
        evaluate(VECTORS, items)


def test_questions_may_be_in_sections_and_scores_in_an_array():
    assert [part.name for part in evaluate_analogy(VECTORS, {"x": [QUESTION], "y": [QUESTION]}).sections] == ["x", "y"]
    assert evaluate_similarity(VECTORS, np.array([PAIR, ("a", "c", "2"), ("b", "c", "0")])).covered == 3


@pytest.mark.parametrize("number", [0, True, "all", 1.5])
def test_numbers_that_are_none(number):
    with pytest.raises(OptionError, match="whole number of at least 1"):
        evaluate_analogy(VECTORS, [QUESTION], restrict_vocab=number)
    with pytest.raises(OptionError, match="whole number of at least 1"):
        evaluate_hit_rate(VECTORS, [("a", "b")], k=number)
    with pytest.raises(OptionError, match="restarts must be a whole number"):
        evaluate_categorisation(VECTORS, [("a", "x"), ("b", "y")], restarts=number)


def test_a_table_of_sessions_is_refused_rather_than_split_by_the_names_of_its_columns():
    table = pytest.importorskip("pandas").DataFrame({"session": [1, 1, 2], "item": ["a", "b", "c"]})
    for function in (split_sessions, lambda sessions: evaluate_sessions(VECTORS, sessions)):
        with pytest.raises(OptionError, match=r"got a DataFrame: give \[list\(items\) for _, items in table.groupby"):
            function(table)
    with pytest.raises(OptionError, match="a list of sessions, each a list of items, expected; got a dict"):
        split_sessions({"first": ["a", "b"]})


def test_a_bias_test_as_lists_is_told_what_to_make_of_them():
    with pytest.raises(OptionError, match=r"BiasTest\(name, x, y, a, b\) of wordvec.evaluation.bias .*; got a list"):
        evaluate_bias(VECTORS, [["a"], ["b"], ["c"], ["d"]])


@pytest.mark.parametrize("tasks", [[PAIR], ["similarity"], [("similarity",)], [(1, [PAIR])]])
def test_sets_without_their_task_are_told(tasks):
    with pytest.raises(OptionError, match=r"pairs of a task and a set expected, .*; item 1 is "):
        evaluate(VECTORS, tasks)


def test_options_for_a_task_that_there_is_not_are_not_ignored():
    with pytest.raises(OptionError, match="options: no task 'similarities'; tasks are similarity, "):
        evaluate(VECTORS, [("similarity", [PAIR])], options={"similarities": {"resamples": 5}})


@pytest.mark.parametrize("vectors", ["vectors.bin", {"a": np.ones(2)}, SVD(dim=2), None])
def test_what_are_no_word_vectors_is_told(vectors):
    for task, items in (("similarity", [PAIR]), ("analogy", [QUESTION]), ("sessions", [["a", "b"]])):
        with pytest.raises(OptionError, match=r"evaluation takes WordVectors, such as trainer.vectors, .*; got a "):
            evaluate(vectors, [(task, items)])

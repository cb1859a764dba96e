"""Held-out sessions: figures against a loop over all steps, coverage, the split by time, files."""

from __future__ import annotations

import numpy as np
import pytest
from hostile_corpora import themed_sessions

from wordvec import Corpus, SkipGram
from wordvec.errors import EvaluationFileError, OptionError
from wordvec.evaluation import compare_scores, evaluate, evaluate_sessions, split_sessions
from wordvec.evaluation.sessions import read_sessions
from wordvec.vectors import WordVectors


def by_hand(vectors: WordVectors, session, k: int, steps: str):
    """Hit rate, recall and NDCG of each step of a session, one item after the other."""
    session = [item for i, item in enumerate(session) if i == 0 or item != session[i - 1]]
    unit = vectors.unit.astype(np.float64)
    rows = [vectors.words.index(item) if item in vectors.words else None for item in session]
    figures = []
    for step in range(len(rows) - 1):
        if rows[step] is None or rows[step + 1] is None or (steps == "last" and step < len(rows) - 2):
            continue
        cosines = unit @ unit[rows[step]]
        others = [row for row in range(len(vectors)) if row != rows[step]]
        wanted = {row for row in rows[step + 1 :] if row is not None and row != rows[step]}
        rank = {row: 1 + sum(cosines[o] >= cosines[row] - 1e-6 for o in others if o != row) for row in wanted}
        gain = sum(1 / np.log2(1 + r) for r in rank.values() if r <= k)
        ideal = sum(1 / np.log2(1 + i) for i in range(1, 1 + min(k, len(wanted))))
        found = sum(r <= k for r in rank.values())
        figures.append((rank[rows[step + 1]] <= k, found / len(wanted), gain / ideal))
    return figures


@pytest.mark.parametrize("steps", ["all", "last"])
@pytest.mark.parametrize("copies", [False, True])
@pytest.mark.parametrize("k", [1, 5, 100, 10**15])
def test_figures_are_those_of_a_loop_over_all_steps(steps, copies, k):
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(40, 5)).astype(np.float32)
    if copies:
        rows[1::4] = rows[::4]
    vectors = WordVectors([f"i{n}" for n in range(40)], rows)
    sessions = [[f"i{n}" for n in rng.integers(44, size=rng.integers(1, 12))] for _ in range(30)]
    result = evaluate_sessions(vectors, sessions, k=k, steps=steps)
    expected = [by_hand(vectors, session, k, steps) for session in sessions]
    means = np.array([np.mean(figures, axis=0) for figures in expected if figures])
    assert (result.score, result.recall, result.ndcg) == pytest.approx(tuple(means.mean(axis=0)))
    assert (result.items, result.covered) == (30, len(means))
    assert result.covered_questions == sum(map(len, expected))
    for value, interval in (
        (result.score, result.ci95),
        (result.recall, result.recall_ci95),
        (result.ndcg, result.ndcg_ci95),
    ):
        assert interval[0] <= value <= interval[1]


def test_by_hand():
    """a asks for b (nearest) and later c (second); b asks for c. The item that follows itself is taken once."""
    angles = np.deg2rad([0, 10, 30, 90])
    vectors = WordVectors(list("abcd"), np.stack([np.cos(angles), np.sin(angles)], axis=1))
    result = evaluate_sessions(vectors, [["a", "a", "b", "c"]], k=1)
    assert result.score == 0.5  # b's nearest is a, not c
    assert result.recall == pytest.approx((1 / 2 + 0) / 2)
    assert result.ndcg == pytest.approx((1 + 0) / 2)  # with one place in the list, one hit is all there can be
    assert evaluate_sessions(vectors, [["a", "a", "b", "c"]], k=2).ndcg == pytest.approx((1 + 1 / np.log2(3)) / 2)
    assert (result.questions, result.covered_questions) == (2, 2)
    assert result.ci95 is None  # one session says nothing about others


def test_vectors_that_are_all_alike_find_nothing():
    vectors = WordVectors([f"i{n}" for n in range(50)], np.ones((50, 4)))
    result = evaluate_sessions(vectors, [["i1", "i2", "i3"]] * 10, k=20)
    assert (result.score, result.recall, result.ndcg) == (0, 0, 0)


def test_items_without_a_vector_are_coverage_and_no_misses():
    vectors = WordVectors(["a", "b", "c"], np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]]))
    result = evaluate_sessions(vectors, [["a", "b", "new"], ["new", "a"], ["a"]], k=1)
    assert (result.score, result.covered, result.items) == (1.0, 1, 3)
    assert np.isnan(result.outcomes[1:]).all() and result.missing == ("new",)
    assert result.notes == ("1 of 3 steps have a vector for both items; 1 of 3 items have none",)
    nothing = evaluate_sessions(vectors, [["x", "y"], []])
    assert (nothing.score, nothing.recall, nothing.ci95, nothing.covered) == (None, None, None, 0)


def test_two_spellings_of_one_row_are_one_item():
    vectors = WordVectors(["tea", "milk", "nail"], np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 1.0]]))
    result = evaluate_sessions(vectors, [["Tea", "tea", "milk"], ["tea", "TEA", "nail"]], k=1)
    assert result.outcomes.tolist() == [0, 1]


def test_the_split_by_time():
    sessions = [["a"], ["b"], ["c"], ["d"], ["e"]]
    assert split_sessions(sessions, 0.3) == ([["a"], ["b"], ["c"]], [["d"], ["e"]])
    assert split_sessions(sessions, 0.4, times=[5, 4, 3, 2, 1]) == ([["e"], ["d"], ["c"]], [["b"], ["a"]])
    vectors = WordVectors(list("abcde"), np.eye(5))
    assert evaluate_sessions(vectors, sessions, test_share=0.3).items == 2
    with pytest.raises(OptionError, match="test_share must be from 0 to 1; got 20"):
        split_sessions(sessions, 20)
    with pytest.raises(OptionError, match="one time for each session expected; got 2 for 5"):
        split_sessions(sessions, 0.2, times=[1, 2])


@pytest.mark.parametrize("gap", [None, float("nan"), np.datetime64("NaT", "s")])
def test_a_missing_time_is_no_order(gap):
    with pytest.raises(OptionError, match="the time of session 2 is missing: leave such sessions out"):
        split_sessions([["a"], ["b"], ["c"]], 0.3, times=[3, gap, 1])


def test_columns_of_a_table_are_taken_by_place():
    pandas = pytest.importorskip("pandas")
    sessions, labels = pandas.Series([["a"], ["b"], ["c"]], index=[2, 0, 1]), [1, 2, 0]
    split = split_sessions(sessions, 0.3, times=pandas.Series([3, 2, 1], index=labels))
    assert split == ([["c"], ["b"]], [["a"]])


def test_a_generator_of_sessions_is_read_once():
    vectors = WordVectors(["a", "b", "c"], np.eye(3) + 0.5)
    sessions = [["a", "b"], ["b", "c"], ["c", "a"]]
    assert evaluate_sessions(vectors, iter(sessions), k=1) == evaluate_sessions(vectors, sessions, k=1)
    assert split_sessions(iter(sessions), 0.3) == split_sessions(sessions, 0.3)


def test_training_on_the_tested_sessions_is_told(tmp_path):
    sessions = themed_sessions(sessions=60, items=100)
    path = tmp_path / "log.txt"
    path.write_text("\n".join(" ".join(session) for session in sessions), encoding="utf-8")
    corpus = Corpus.build(path, min_count=1)
    options = {"dim": 8, "epochs": 1, "subsample": 0, "batch_size": 1}
    fair, unfair = (SkipGram(**options, held_out=kept).fit(corpus).vectors for kept in (0.2, 0.0))
    assert evaluate_sessions(fair, path, test_share=0.2).items == 12
    assert not any("held_out" in note for note in evaluate_sessions(fair, path, test_share=0.2).notes)
    assert "trained with held_out 0: if on the same file" in evaluate_sessions(unfair, path, test_share=0.2).notes[-1]


def test_files(tmp_path):
    path = tmp_path / "sessions.txt"
    vectors = WordVectors(["a b", "c", "d"], np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]]))
    path.write_text("a b\tc\nd\tc\t\n", encoding="utf-8")
    (score,) = evaluate(vectors, [("sessions", path)], options={"sessions": {"k": 1}})
    assert (score.name, score.covered, score.score) == ("sessions", 2, 1.0)
    path.write_text("lonely\n\n", encoding="utf-8")
    with pytest.raises(EvaluationFileError, match="no session in it; expected a line for each"):
        evaluate_sessions(vectors, path)


def test_lists_of_items_are_read_as_training_reads_them(tmp_path):
    lines = ['{"user": 1, "items": [7, "a b", 9]}', '{"user": 2, "items": ["9", "7"]}', '{"user": 3, "items": null}']
    (tmp_path / "log.jsonl").write_text("\n".join(lines), encoding="utf-8")
    read = read_sessions(tmp_path / "log.jsonl", field="items")
    assert (read.name, read.sessions) == ("log", (("7", "a b", "9"), ("9", "7")))
    (tmp_path / "log.csv").write_text("user,items\n1,7 8\n2,9\n", encoding="utf-8")
    assert read_sessions(tmp_path / "log.csv", field="items").sessions == (("7", "8"), ("9",))
    for name, field in (("log.jsonl", None), ("log.csv", None), ("log.csv", "user")):
        with pytest.raises(EvaluationFileError, match=r"lists of items in JSON Lines or Parquet .*--field NAME"):
            read_sessions(tmp_path / name, field=field)
    with pytest.raises(EvaluationFileError, match="no column 'none' in the table"):
        read_sessions(tmp_path / "log.csv", field="none")


def test_lists_of_items_in_parquet(tmp_path):
    parquet, arrow = pytest.importorskip("pyarrow.parquet"), pytest.importorskip("pyarrow")
    parquet.write_table(arrow.table({"items": [[7, 8], [9, 7]]}), tmp_path / "log.parquet")
    assert read_sessions(tmp_path / "log.parquet", field="items").sessions == (("7", "8"), ("9", "7"))
    with pytest.raises(EvaluationFileError, match="--field NAME"):
        read_sessions(tmp_path / "log.parquet")


@pytest.mark.parametrize(
    "options, message",
    [
        ({"k": 0}, "k must be a whole number of at least 1; got 0"),
        ({"k": 2.5}, "k must be a whole number"),
        ({"steps": "next"}, "steps must be one of all, last; got 'next'"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(OptionError, match=message):
        evaluate_sessions(WordVectors(["a", "b"], np.eye(2)), [["a", "b"]], **options)


def test_a_text_is_no_session():
    with pytest.raises(OptionError, match="must be a list of items; got a text"):
        evaluate_sessions(WordVectors(["a", "b"], np.eye(2)), ["a b"])


def test_models_are_compared_session_by_session():
    rng = np.random.default_rng(1)
    sessions = themed_sessions(sessions=40, items=60, themes=6, skew=0.0)
    items = sorted({item for session in sessions for item in session})
    noise = WordVectors(items, rng.normal(size=(len(items), 6)))
    theme_of = np.random.default_rng(1).integers(6, size=60)  # as the generator draws them
    themes = WordVectors(items, np.eye(6)[[theme_of[int(item[4:])] for item in items]] + 0.1 * noise.matrix)
    result = compare_scores(*(evaluate_sessions(model, sessions, k=5) for model in (themes, noise)))
    assert result.test == "paired bootstrap" and result.items == 40
    assert result.difference > 0.1 and result.p < 0.01

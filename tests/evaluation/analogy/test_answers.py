from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import ShapeError
from wordvec.evaluation.analogy import answers
from wordvec.evaluation.analogy.answers import METHODS, best_answers, compiled_search, search
from wordvec.evaluation.analogy.settling import in_float64, settle
from wordvec.native import library


def unit_rows(seed: int, size: int, dim: int = 3) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(size, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def plain_scores(unit: np.ndarray, question: tuple[int, int, int], method: str) -> np.ndarray:
    """The formulas of the papers, one question at a time."""
    unit = unit.astype(np.float64)
    a, b, c = unit[list(question)]
    if method == "3cosadd":
        return unit @ (b - a + c)
    if method == "3cosmul":
        return (1 + unit @ b) / 2 * (1 + unit @ c) / 2 / ((1 + unit @ a) / 2 + 0.001)
    steps = unit - c
    lengths = np.linalg.norm(steps, axis=1)
    return steps @ (b - a) / np.where(lengths > 0, lengths, 1)


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=30, deadline=None)
@given(data=st.data(), seed=st.integers(0, 1000), size=st.integers(4, 30))
def test_blocks_answer_as_a_loop_over_all_words(method, compiled, data, seed, size):
    unit = unit_rows(seed, size)
    index = st.integers(0, size - 1)  # words of a question may repeat
    questions = np.array(data.draw(st.lists(st.tuples(index, index, index), min_size=1, max_size=12)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "CANDIDATES", data.draw(st.integers(1, 9)))
        patch.setattr(answers, "QUESTIONS", data.draw(st.integers(1, 7)))
        patch.setattr(answers, "SCORED", data.draw(st.integers(1, 5)))
        if not compiled:
            patch.setattr(library, "is_available", lambda: False)
        best, score, close = best_answers(unit.__getitem__, size, questions, method)
    for (a, b, c), answer, value, near in zip(questions, best, score, close):
        scores = plain_scores(unit, (a, b, c), method)
        if method == "pair-direction" and a == b:
            continue  # no direction
        scores[[a, b, c]] = -np.inf
        assert answer not in (a, b, c)
        factor = np.linalg.norm(unit[b] - unit[a]) if method == "pair-direction" else 1.0
        assert scores[answer] == pytest.approx(scores.max(), rel=2e-3, abs=2e-5)
        assert value == pytest.approx(scores.max(), rel=2e-3, abs=2e-5) or factor == 0
        second = np.sort(scores)[-2]
        if scores.max() - second > 1e-2 * max(1, abs(scores.max())):
            assert not near


@pytest.mark.parametrize("method", range(3))
def test_compiled_and_plain_find_the_same(method):
    if not library.is_available():
        pytest.skip(str(library.why_not()))
    rng = np.random.default_rng(method)
    table = np.abs(rng.normal(size=(20, 150)).astype(np.float32)) / 4
    slots, excluded = rng.integers(20, size=(40, 3)), rng.integers(-1, 260, size=(40, 4))
    found = []
    for function in (compiled_search, search):
        best = np.full(40, -1)
        best_score, second = np.full(40, -np.inf, np.float32), np.full(40, -np.inf, np.float32)
        for first in (0, 150):
            function(table[:, ::-1].copy() if first else table, slots, np.zeros(40, np.float32), method, first,
                     excluded, best, best_score, second)  # fmt: skip
        found.append((best, best_score, second))
    np.testing.assert_array_equal(found[0][0], found[1][0])
    np.testing.assert_allclose(found[0][1:], found[1][1:], rtol=1e-6)


def test_equal_candidates_are_close_calls_and_the_first_is_taken():
    unit = np.float32([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0.6, 0.8], [0, 0.6, 0.8], [0, -1, 0]])
    questions = np.array([[0, 1, 2]])
    best, _, close = best_answers(unit.__getitem__, 6, questions, "3cosadd")
    assert best[0] == 3 and close[0]
    assert settle(unit.__getitem__, 6, questions, "3cosadd", questions, in_float64(unit.__getitem__, "3cosadd"))[0] == 3


@pytest.mark.parametrize("method", METHODS)
def test_close_calls_are_settled_exactly(method):
    """Copies that differ in the seventh digit: only exact arithmetic ranks them."""
    rng = np.random.default_rng(3)
    base = unit_rows(5, 12, dim=20)
    copies = [(base * (1 + 1e-6 * rng.normal(size=base.shape))).astype(np.float32) for _ in range(2)]
    rows = np.concatenate([base, *copies])
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    questions = np.array([[0, 1, 2], [3, 4, 5], [6, 7, 8]])
    _, _, close = best_answers(unit.__getitem__, 36, questions, method)
    settled = settle(unit.__getitem__, 36, questions, method, questions, in_float64(rows.__getitem__, method))
    assert close.all()
    exact_unit = rows.astype(np.float64) / np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    for question, answer in zip(questions, settled):
        scores = plain_scores(exact_unit, tuple(question), method)
        scores[question] = -np.inf
        assert answer == scores.argmax()


def test_no_candidate_is_left():
    unit = np.eye(3, dtype=np.float32)
    best, _, _ = best_answers(unit.__getitem__, 3, np.array([[0, 1, 2]]), "3cosadd")
    assert best.tolist() == [-1]
    questions = np.array([[0, 1, 2]])
    exact = in_float64(unit.__getitem__, "3cosadd")
    assert settle(unit.__getitem__, 3, questions, "3cosadd", questions, exact).tolist() == [-1]
    none = np.empty((0, 3), np.int64)
    assert [len(x) for x in best_answers(unit.__getitem__, 3, none, "3cosadd")] == [0, 0, 0]


def test_rows_outside_the_table_do_not_reach_c():
    if not library.is_available():
        pytest.skip(str(library.why_not()))
    table, best = np.zeros((2, 5), np.float32), np.full(1, -1)
    scores, questions = np.full(1, -np.inf, np.float32), np.array([[0, 1, 1]])
    given = table, questions, scores, 0, 0, questions, best, scores.copy(), scores.copy()
    compiled_search(*given)
    for slots in ([[0, 1, 2]], [[-1, 1, 1]]):
        with pytest.raises(ShapeError, match="rows of the table, 0 to 1"):
            compiled_search(table, np.array(slots), *given[2:])
    with pytest.raises(ShapeError, match="1 questions, but arrays of the shapes"):
        compiled_search(table, questions.repeat(2, axis=0), *given[2:])

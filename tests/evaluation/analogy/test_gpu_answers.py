"""Analogies on the GPU: the answers, scores and close calls of the CPU."""

import inspect

import numpy as np
import pytest

from wordvec.evaluation.analogy import answers


def unit_rows(size=300, dim=6, seed=1):
    rows = np.random.default_rng(seed).normal(size=(size, dim)).astype(np.float32)
    rows[50] = rows[20]  # a close call
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("method", answers.METHODS)
@pytest.mark.parametrize("questions, candidates", [(2048, 16_384), (7, 64), (1, 1)])
def test_answers_are_those_of_the_cpu(gpu, monkeypatch, method, questions, candidates):
    monkeypatch.setattr(answers, "QUESTIONS", questions)
    monkeypatch.setattr(answers, "CANDIDATES_ON_GPU", candidates)
    unit = unit_rows(60 if candidates == 1 else 300)
    asked = np.random.default_rng(3).integers(0, len(unit), (20, 3))
    excluded = np.column_stack([asked, np.full(len(asked), -1)])
    expected = answers.best_answers(unit.__getitem__, len(unit), asked, method, excluded)
    best, score, close = answers.best_answers_on_gpu(unit.__getitem__, len(unit), asked, method, excluded)
    clear = ~(close | expected[2])
    assert clear.sum() > 10
    np.testing.assert_array_equal(best[clear], expected[0][clear])
    np.testing.assert_allclose(score, expected[1], rtol=2e-5, atol=2e-6)
    assert (close == expected[2]).mean() > 0.9
    assert (best.dtype, score.dtype, close.dtype) == tuple(part.dtype for part in expected)


def test_no_question_and_no_candidate(gpu):
    unit = unit_rows(60)[:3]
    for part in answers.best_answers_on_gpu(unit.__getitem__, 3, np.zeros((0, 3), np.int64), "3cosadd"):
        assert len(part) == 0
    best, _, close = answers.best_answers_on_gpu(unit.__getitem__, 3, np.array([[0, 1, 2]]), "3cosadd")
    assert best.tolist() == [-1]
    assert close.tolist() == [False]


def test_both_have_one_signature():
    assert inspect.signature(answers.best_answers) == inspect.signature(answers.best_answers_on_gpu)


@pytest.mark.parametrize("method", answers.METHODS)
def test_accuracy_is_that_of_the_cpu(gpu, monkeypatch, method):
    """Close calls are settled in float64 on both, so every answer is the same."""
    from wordvec.evaluation import analogy
    from wordvec.vectors import WordVectors

    rng = np.random.default_rng(5)
    vectors = WordVectors([f"w{i}" for i in range(200)], rng.integers(-3, 4, (200, 4)).astype(np.float32) + 0.5)
    asked = [tuple(f"w{i}" for i in rng.choice(200, 4, replace=False)) for _ in range(60)]
    on_cpu = analogy.evaluate_analogy(vectors, asked, method=method)
    monkeypatch.setattr(analogy, "best_answers", answers.best_answers_on_gpu)
    there = analogy.evaluate_analogy(vectors, asked, method=method)
    assert there.score == on_cpu.score
    np.testing.assert_array_equal(there.outcomes, on_cpu.outcomes)

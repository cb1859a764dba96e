from __future__ import annotations

import numpy as np
import pytest

from wordvec.evaluation import evaluate_analogy
from wordvec.evaluation.analogy import interval_over_pairs
from wordvec.evaluation.statistics import accuracy_interval, times_drawn
from wordvec.vectors import WordVectors


def all_questions(sizes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    listed = [(s, i, j) for s, size in enumerate(sizes) for i in range(size) for j in range(size) if i != j]
    section_of, first, second = np.array(listed).T
    return section_of, first, second


def test_it_is_the_plain_loop(monkeypatch):
    monkeypatch.setattr("wordvec.evaluation.analogy.BLOCK", 6 * 70)  # 200 resamples, in blocks
    section_of, first, second = all_questions((6, 4))
    correct = np.random.default_rng(1).random(len(first)) < 0.4
    found = interval_over_pairs(section_of, first, second, correct, resamples=200, seed=5)
    values = []
    drawn = [times_drawn(5 + 1_000_003 * (s + 1), 0, 200, size) for s, size in enumerate((6, 4))]
    for r in range(200):
        right = asked = 0.0
        for s, i, j, ok in zip(section_of, first, second, correct):
            weight = drawn[s][r, i] * drawn[s][r, j]
            right, asked = right + weight * ok, asked + weight
        values.append(right / asked)
    assert found == pytest.approx(tuple(np.quantile(values, [0.025, 0.975])))


def test_it_covers_another_choice_of_pairs_where_that_over_questions_does_not():
    """A question is right where both its pairs are good: of all pairs there could be, 1/4. Seeds fixed."""
    section_of, first, second = all_questions((20,))
    over_pairs = over_questions = 0
    for seed in range(100):
        good = np.random.default_rng(seed).random(20) < 0.5
        correct = good[first] & good[second]
        if correct.all() or not correct.any():
            continue
        low, high = interval_over_pairs(section_of, first, second, correct, 300, seed)
        over_pairs += low <= 0.25 <= high
        low, high = accuracy_interval(int(correct.sum()), len(correct))
        over_questions += low <= 0.25 <= high
    assert over_pairs >= 88 and over_questions <= 50


def test_without_any_difference_there_is_none():
    section_of, first, second = all_questions((4,))
    for correct in (np.ones(12, bool), np.zeros(12, bool)):
        assert interval_over_pairs(section_of, first, second, correct, 20, 1) is None
    empty = np.empty(0, np.int64)
    assert interval_over_pairs(empty, empty, empty, np.empty(0, bool), 20, 1) is None


def test_scores_have_it():
    rng = np.random.default_rng(3)
    stems = rng.normal(size=(12, 6))
    matrix = np.concatenate([stems, stems + rng.normal(size=6) + 0.8 * rng.normal(size=(12, 6))])
    words = [f"a{i}" for i in range(12)] + [f"b{i}" for i in range(12)]
    questions = [(f"a{i}", f"b{i}", f"a{j}", f"b{j}") for i in range(12) for j in range(12) if i != j]
    result = evaluate_analogy(WordVectors(words, matrix), questions)
    assert 0 < result.score < 1
    assert result.ci95_pairs[0] <= result.ci95[0] <= result.score <= result.ci95[1] <= result.ci95_pairs[1]
    assert evaluate_analogy(WordVectors(words, matrix), questions, seed=2).ci95_pairs != result.ci95_pairs

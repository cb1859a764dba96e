from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from wordvec.errors import OptionError
from wordvec.evaluation import Score, SimilarityScore, compare_scores, holm, mcnemar
from wordvec.evaluation.differences import bootstrap_p, on_items, paired_accuracy_interval
from wordvec.evaluation.statistics import spearman, times_drawn

NAN = float("nan")


def accuracy(outcomes: list[float]) -> Score:
    values = np.array(outcomes)
    known = values[~np.isnan(values)]
    score = float(known.mean()) if len(known) else None
    facts = {"name": "set", "measure": "accuracy", "ci95": None, "protocol": "wordvec"}
    return Score(score=score, items=len(values), covered=len(known), outcomes=values, **facts)


def similarity(cosines: np.ndarray, gold: np.ndarray) -> SimilarityScore:
    covered = int((~np.isnan(cosines)).sum())
    facts = {"name": "set", "measure": "spearman", "score": None, "ci95": None, "protocol": "wordvec"}
    return SimilarityScore(items=len(gold), covered=covered, outcomes=cosines, gold=gold, **facts)


def test_mcnemar_by_hand():
    """10 items differ, 8 of them for a: 2 (1 + 10 + 45) / 2 ** 10."""
    assert mcnemar(8, 2) == mcnemar(2, 8) == pytest.approx(112 / 1024)
    assert mcnemar(5, 5) == mcnemar(0, 0) == 1.0
    with pytest.raises(OptionError, match="0 or more; got -1 and 2"):
        mcnemar(-1, 2)


@pytest.mark.parametrize(("plus", "minus"), [(1, 0), (3, 4), (20, 9), (400, 300)])
def test_mcnemar_is_the_binomial_test(plus, minus):
    assert mcnemar(plus, minus) == pytest.approx(stats.binomtest(plus, plus + minus).pvalue)


def test_accuracies_on_the_items_both_cover():
    a, b = accuracy([1, 1, 1, 0, NAN, 1]), accuracy([1, 0, 0, 1, 1, NAN])
    result = compare_scores(a, b)
    assert (result.items, result.score_a, result.score_b, result.difference) == (4, 0.75, 0.5, 0.25)
    assert result.p == 1.0 and result.test == "McNemar, exact"
    assert result.ci95[0] < 0 < result.ci95[1]
    turned = compare_scores(b, a)
    assert (turned.difference, turned.p) == (-0.25, 1.0)


@pytest.mark.parametrize(("plus", "minus", "items"), [(30, 12, 100), (1, 0, 9), (3, 4, 7), (0, 40, 50)])
def test_interval_is_the_limit_of_the_paired_bootstrap(plus, minus, items):
    differences = np.array([1] * plus + [-1] * minus + [0] * (items - plus - minus))
    resampled = np.random.default_rng(4).choice(differences, size=(40_000, items)).mean(axis=1)
    slow = np.quantile(resampled, [0.025, 0.975], method="inverted_cdf")
    np.testing.assert_allclose(paired_accuracy_interval(plus, minus, items), slow, atol=1.01 / items)


def test_interval_of_many_items_is_normal():
    low, high = paired_accuracy_interval(3000, 2000, 20_000)
    half = 1.96 * np.sqrt((0.25 - 0.05**2) / 20_000)
    assert (low, high) == pytest.approx((0.05 - half, 0.05 + half), abs=1e-4)


def test_items_that_all_say_the_same_are_no_certainty():
    low, high = paired_accuracy_interval(0, 0, 100)
    assert high == -low == pytest.approx(1 - 0.025**0.01)
    assert paired_accuracy_interval(0, 3, 3) == (-1.0, pytest.approx(-(0.025 ** (1 / 3))))


def test_correlations_use_the_same_resamples_for_both():
    rng = np.random.default_rng(3)
    gold = rng.normal(size=60)
    near, far = gold + 0.3 * rng.normal(size=60), gold + 3 * rng.normal(size=60)
    near[:3], far[2:5] = NAN, NAN
    result = compare_scores(similarity(near, gold), similarity(far, gold), resamples=200, seed=5)
    gold, near, far = gold[5:], near[5:], far[5:]
    assert result.items == 55
    assert result.difference == pytest.approx(spearman(gold, near) - spearman(gold, far))
    slow = []
    for times in times_drawn(5, 0, 200, 55).astype(int):
        x = np.repeat(gold, times)
        slow.append(spearman(x, np.repeat(near, times)) - spearman(x, np.repeat(far, times)))
    assert result.ci95 == pytest.approx(tuple(np.quantile(slow, [0.025, 0.975])))
    assert result.p == pytest.approx(2 / 201)
    assert compare_scores(similarity(near, gold), similarity(near, gold), 50).p == 1.0


def test_means_that_are_no_shares_are_resampled():
    a, b = (Score(name="s", measure="opp", score=0.5, ci95=None, items=8, covered=8, protocol="w",
                  outcomes=np.array(2 * values)) for values in ([0.5, 1, 0.75, 1], [0.25, 1, 0.5, 0.5]))  # fmt: skip
    result = compare_scores(a, b, resamples=500)
    assert (result.difference, result.test) == (0.25, "paired bootstrap")
    assert 0 <= result.ci95[0] < 0.25 < result.ci95[1] <= 0.5


@pytest.mark.parametrize("items", [2, 3, 7])
def test_a_few_items_prove_nothing(items):
    """All resamples of two pairs say what the two say: a p of 0.0002, for what happens half of the time by chance."""
    gold = np.arange(float(items))
    result = compare_scores(similarity(gold, gold), similarity(-gold, gold))
    assert (result.difference, result.items) == (2.0, items)
    assert (result.ci95, result.p, result.test) == (None, None, "")
    eight = np.arange(8.0)
    assert compare_scores(similarity(eight, eight), similarity(-eight, eight)).p < 0.001
    assert on_items(similarity(eight, eight), eight < items).ci95 is None


def test_nothing_in_common_is_none():
    result = compare_scores(accuracy([1, NAN]), accuracy([NAN, 1]))
    assert (result.difference, result.ci95, result.p, result.items) == (None, None, None, 0)
    gold = np.array([1.0, 2.0, 3.0])
    flat = compare_scores(similarity(np.ones(3), gold), similarity(gold, gold), 20)
    assert (flat.difference, flat.items, flat.score_b) == (None, 3, 1.0)


def test_scores_of_different_sets_are_refused():
    a = accuracy([1, 0])
    with pytest.raises(OptionError, match="one set and measure; got accuracy on set"):
        compare_scores(a, accuracy([1, 0, 1]))
    gold = np.array([1.0, 2.0])
    with pytest.raises(OptionError, match="one set and measure"):
        compare_scores(a, similarity(gold, gold))
    with pytest.raises(OptionError, match="one set and measure"):
        compare_scores(similarity(gold, gold), similarity(gold, gold[::-1]))
    bare = Score(name="s", measure="accuracy", score=0.5, ci95=None, items=4, covered=4, protocol="w")
    with pytest.raises(OptionError, match="4 items and 0 outcomes"):
        compare_scores(bare, bare)


def test_bootstrap_p_by_hand():
    assert bootstrap_p(np.array([1.0, 2.0, 3.0, -1.0])) == 2 * (1 + 1) / 5
    assert bootstrap_p(np.array([0.0, 0.0])) == 1.0
    assert bootstrap_p(np.array([NAN])) is None


def test_p_is_uniform_when_there_is_no_difference():
    """Of two models that are alike, about one comparison in twenty falls below 0.05; seeds fixed."""
    rng, below = np.random.default_rng(1), 0
    for seed in range(200):
        gold, noise_a, noise_b = rng.normal(size=(3, 60))
        result = compare_scores(similarity(gold + noise_a, gold), similarity(gold + noise_b, gold), 200, seed)
        below += result.p < 0.05
    assert 0.02 <= below / 200 <= 0.1


def test_holm_by_hand():
    """0.01 x 4, then 0.02 x 3 (= 0.06), 0.03 x 2 (= 0.06), then 0.9."""
    assert holm([0.9, 0.01, 0.03, 0.02]) == pytest.approx([0.9, 0.04, 0.06, 0.06])
    assert holm([None, 0.5]) == [None, 0.5] and holm([]) == []


@settings(max_examples=100, deadline=None)
@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_lies_between_each_p_and_bonferroni(p):
    for raw, corrected in zip(p, holm(p)):
        assert raw <= corrected <= min(1.0, raw * len(p)) + 1e-12 or corrected == max(holm(p))

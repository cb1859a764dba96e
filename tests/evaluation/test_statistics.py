from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from wordvec.errors import OptionError
from wordvec.evaluation.statistics import (
    accuracy_interval,
    average_ranks,
    bootstrap_mean,
    bootstrap_spearman,
    pearson,
    percentile_interval,
    spearman,
    spearman_as_scipy,
    times_drawn,
)

few_values = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=30)


def test_spearman_by_hand():
    """Ranks 1 2 3 4 5 and 2 1 4 3 5: rho = 1 - 6 * sum of squared differences / (n (n^2 - 1)) = 1 - 6 * 4 / 120."""
    assert spearman(np.arange(5.0), np.array([2.0, 1.0, 40.0, 30.0, 500.0])) == pytest.approx(0.8)
    assert spearman(np.arange(5.0), -(np.arange(5.0) ** 3)) == -1.0


def test_ties_by_hand():
    """Ranks 1.5 1.5 3 and 1 2 3: covariance 1.5, variances 1.5 and 2, so rho = 1.5 / sqrt(3)."""
    assert spearman(np.array([7.0, 7.0, 9.0]), np.array([1.0, 2.0, 3.0])) == pytest.approx(1.5 / np.sqrt(3))


def test_constant_and_extreme_values():
    line = np.arange(1.0, 4.0)
    assert pearson(np.full(3, 0.1), line) is None  # the mean of three times 0.1 is not 0.1
    assert pearson(line * 1e300, line * 1e-300) == pytest.approx(1.0)


@settings(max_examples=200, deadline=None)
@given(pairs=few_values)
def test_equals_scipy_with_ties(pairs):
    x, y = np.array(pairs, np.float64).T
    np.testing.assert_array_equal(average_ranks(x), stats.rankdata(x))
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert spearman(x, y) is None and pearson(x, y) is None
        return
    assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
    assert pearson(x, y) == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(pairs=few_values)
def test_scipys_arithmetic_to_the_last_bit(pairs):
    x, y = np.array(pairs, np.float64).T
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert spearman_as_scipy(x, y) is None
    else:
        assert spearman_as_scipy(x, y) == stats.spearmanr(x, y).statistic


def test_bootstrap_of_a_mean_draws_the_same_items(monkeypatch):
    values = np.array([1.0, 2.0, 4.0, 8.0])
    means = bootstrap_mean(values, 30, seed=3)
    np.testing.assert_allclose(means, times_drawn(3, 0, 30, 4) @ values / 4)
    monkeypatch.setattr("wordvec.evaluation.statistics.BLOCK", 9)
    np.testing.assert_array_equal(bootstrap_mean(values, 30, seed=3), means)
    with pytest.raises(OptionError, match="at least 1"):
        bootstrap_mean(values, 0, seed=3)


def test_too_few_items_have_no_correlation():
    assert spearman(np.empty(0), np.empty(0)) is None
    assert spearman(np.ones(1), np.ones(1)) is None


@settings(max_examples=60, deadline=None)
@given(pairs=few_values, seed=st.integers(0, 2**64 - 1))
def test_bootstrap_equals_ranking_each_resample_again(pairs, seed):
    x, y = np.array(pairs, np.float64).T
    fast = bootstrap_spearman(x, y, 20, seed)
    for times, rho in zip(times_drawn(seed, 0, 20, len(x)).astype(int), fast):
        assert times.sum() == len(x)
        slow = spearman(np.repeat(x, times), np.repeat(y, times))
        assert np.isnan(rho) if slow is None else rho == pytest.approx(slow, abs=1e-12)


def test_resamples_do_not_depend_on_blocks(monkeypatch):
    x, y = np.random.default_rng(2).normal(size=(2, 40))
    whole = bootstrap_spearman(x, y, 50, seed=3)
    monkeypatch.setattr("wordvec.evaluation.statistics.BLOCK", 41)
    np.testing.assert_array_equal(bootstrap_spearman(x, y, 50, seed=3), whole)
    assert not np.array_equal(bootstrap_spearman(x, y, 50, seed=4), whole)


def test_resamples_draw_every_item_alike():
    times = times_drawn(1, 0, 4000, 25)
    np.testing.assert_allclose(times.mean(axis=0), 1, atol=5 * np.sqrt(0.96 / 4000))
    assert times.var() == pytest.approx(0.96, rel=0.02)  # binomial: N draws, each with chance 1 / N


def test_interval_agrees_with_the_plain_bootstrap():
    rng = np.random.default_rng(5)
    x = rng.normal(size=150)
    y = x + rng.normal(size=150)
    ours = percentile_interval(bootstrap_spearman(x, y, 4000, seed=1))
    samples = rng.integers(150, size=(1000, 150))
    plain = np.quantile([stats.spearmanr(x[sample], y[sample]).statistic for sample in samples], [0.025, 0.975])
    assert ours == pytest.approx(tuple(plain), abs=0.02)


def test_interval_covers_the_truth_about_as_often_as_it_says():
    """Normal pairs with correlation r have rho = 6 / pi * asin(r / 2) (Pearson 1907); seeds fixed."""
    rng, r = np.random.default_rng(8), 0.6
    truth, inside = 6 / np.pi * np.arcsin(r / 2), 0
    for seed in range(200):
        x, noise = rng.normal(size=(2, 80))
        low, high = percentile_interval(bootstrap_spearman(x, r * x + np.sqrt(1 - r * r) * noise, 300, seed))
        inside += low <= truth <= high
    assert 0.90 <= inside / 200 <= 0.985


def test_no_values_no_interval():
    assert percentile_interval(np.array([np.nan, np.nan])) is None
    assert accuracy_interval(0, 0) is None
    with pytest.raises(OptionError, match="at least 1"):
        bootstrap_spearman(np.arange(3.0), np.arange(3.0), 0, seed=1)


@pytest.mark.parametrize(("correct", "items"), [(30, 100), (1, 7), (97, 100)])
def test_accuracy_interval_is_the_limit_of_resampling(correct, items):
    hits = np.arange(items) < correct
    resampled = np.random.default_rng(4).choice(hits, size=(40_000, items)).mean(axis=1)
    slow = np.quantile(resampled, [0.025, 0.975], method="inverted_cdf")
    np.testing.assert_allclose(accuracy_interval(correct, items), slow, atol=1.01 / items)


@pytest.mark.parametrize("items", [1, 9, 2160])
def test_all_right_or_all_wrong_is_no_certainty(items):
    """The inner end is the accuracy at which such a result would come up once in forty times."""
    low, high = accuracy_interval(items, items)
    assert high == 1.0
    assert low**items == pytest.approx(0.025)
    assert accuracy_interval(0, items) == (0.0, pytest.approx(1 - low))


def test_accuracy_interval_of_a_large_set_is_normal():
    low, high = accuracy_interval(5000, 20_000)
    half = 1.96 * np.sqrt(0.25 * 0.75 / 20_000)
    assert (low, high) == pytest.approx((0.25 - half, 0.25 + half), abs=1e-4)

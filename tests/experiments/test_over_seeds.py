import numpy as np
import pytest

from wordvec.errors import OptionError
from wordvec.evaluation.scores import Score
from wordvec.experiments.over_seeds import TEST, ScoreOverSeeds, difference_over_seeds, over_seeds, t_interval

NAN = float("nan")


def accuracy(*outcomes):
    values = np.array(outcomes, float)
    covered = ~np.isnan(values)
    score = float(values[covered].mean()) if covered.any() else None
    facts = dict(name="x", measure="accuracy", ci95=None, items=len(values), covered=int(covered.sum()), protocol="p")
    return Score(score=score, outcomes=values, **facts)


def correlation(rho, outcomes, gold):
    facts = dict(name="x", measure="spearman", ci95=None, items=len(gold), covered=len(gold), protocol="p")
    return Score(score=rho, outcomes=np.array(outcomes, float), gold=np.array(gold, float), **facts)


def test_mean_and_sd_over_seeds_by_hand():
    result = over_seeds([accuracy(1, 0, 0, 1), accuracy(1, 1, 1, 1), accuracy(1, 1, 1, 0)])
    assert result.scores == (0.5, 1.0, 0.75)
    assert result.mean == 0.75
    assert result.sd == 0.25
    # t(0.975, 2) = 4.3027; 4.3027 * 0.25 / sqrt(3) = 0.621; a share cannot be above 1
    assert result.ci_seeds == pytest.approx((0.12897, 1.0), abs=1e-4)


def test_t_interval_by_hand():
    assert t_interval(10.0, 2.0, 4) == pytest.approx((10 - 3.18245, 10 + 3.18245), abs=1e-4)  # t(0.975, 3) = 3.18245


def test_one_seed_has_no_interval_over_seeds():
    result = over_seeds([accuracy(1, 0, 1, 1, 1, 1, 1, 1)])
    assert (result.sd, result.ci_seeds) == (None, None)
    assert result.ci_items is not None


def test_items_are_resampled_with_the_mean_over_seeds():
    """Half is right for each seed, but never the same: the mean of each item is 1/2, so no resample differs."""
    result = over_seeds([accuracy(*[1, 0] * 4), accuracy(*[0, 1] * 4)])
    assert result.ci_items == (0.5, 0.5)


def test_a_few_items_prove_nothing():
    """All of seven right against none: resamples cannot differ, and would call p 0."""
    right, wrong = over_seeds([accuracy(*[1] * 7)] * 2), over_seeds([accuracy(*[0] * 7)] * 2)
    result = difference_over_seeds(right, wrong)
    assert (result.difference, result.ci95, result.p) == (1.0, None, None)
    assert right.ci_items == pytest.approx((0.025 ** (1 / 7), 1.0))
    assert over_seeds([accuracy(1, 0, 1, 1)]).ci_items is None
    more = difference_over_seeds(over_seeds([accuracy(*[1] * 9)]), over_seeds([accuracy(*[0] * 9)]))
    assert more.p == 2.0**-8  # the sign test's: nine items, all on one side


def test_uncovered_items_take_no_part():
    result = over_seeds([accuracy(1, NAN, 1), accuracy(1, NAN, 1)])
    assert (result.mean, result.ci_items, result.covered, result.items) == (1.0, pytest.approx((0.025**0.5, 1.0)), 2, 3)


def test_nothing_covered():
    result = over_seeds([accuracy(NAN, NAN), accuracy(NAN, NAN)])
    assert (result.mean, result.sd, result.ci_seeds, result.ci_items) == (None, None, None, None)
    assert difference_over_seeds(result, result).difference is None


def test_models_that_cover_other_items():
    with pytest.raises(OptionError, match="must cover the same items"):
        over_seeds([accuracy(1, NAN), accuracy(1, 1)])


def made(scores, resampled, covered=1000):
    sd = float(np.std(scores, ddof=1)) if len(scores) > 1 else None
    return ScoreOverSeeds(
        scores=tuple(scores),
        mean=float(np.mean(scores)),
        sd=sd,
        ci_seeds=None,
        ci_items=None,
        measure="accuracy",
        items=covered,
        covered=covered,
        written=accuracy(1, 0),
        resampled=np.array(resampled, float),
    )


def test_seeds_alone_give_welch():
    """Without chance in the items this is Welch's t test of (0.5, 0.6, 0.7) against (0.2, 0.3).

    v = 0.01 / 3 + 0.005 / 2 = 0.0058333, t = 0.35 / sqrt(v) = 4.583, v^2 / ((0.01 / 3)^2 / 2 + (0.005 / 2)^2) = 2.882
    degrees of freedom; p and interval as scipy.stats.ttest_ind(equal_var=False) gives them.
    """
    result = difference_over_seeds(made([0.5, 0.6, 0.7], [0.6, 0.6]), made([0.2, 0.3], [0.25, 0.25]))
    assert result.difference == pytest.approx(0.35)
    assert result.p == pytest.approx(0.0212734, abs=1e-6)
    assert result.ci95 == pytest.approx((0.1012266, 0.5987734), abs=1e-6)
    assert result.test == TEST


def test_items_alone_give_the_paired_bootstrap():
    """Differences -0.1 .. 0.3 around 0.1: standard error 0.1 exactly, so t = 1 and p = 0.3173 (normal)."""
    spread = 0.1 + 0.1 * np.array([-1.0, 1.0] * 500) * np.sqrt(999 / 1000)
    result = difference_over_seeds(made([0.6], 0.5 + spread, 10**6), made([0.5], np.full(1000, 0.5), 10**6))
    assert result.p == pytest.approx(0.31731, abs=1e-4)
    assert result.ci95 == pytest.approx((0.1 - 0.196, 0.1 + 0.196), abs=1e-4)


def test_both_chances_add_up():
    spread = 0.1 + 0.1 * np.array([-1.0, 1.0] * 500)
    items_only = difference_over_seeds(made([0.6], 0.5 + spread), made([0.5], np.full(1000, 0.5)))
    both = difference_over_seeds(made([0.5, 0.7], 0.5 + spread), made([0.5], np.full(1000, 0.5)))
    assert both.p > items_only.p
    assert both.ci95[0] < items_only.ci95[0]


def test_models_that_answer_alike_do_not_differ():
    same = over_seeds([accuracy(1, 0, 1, 1, 1, 1, 1, 1)])
    result = difference_over_seeds(same, same)
    assert (result.difference, result.p, result.ci95) == (0.0, 1.0, (0.0, 0.0))


def test_a_clear_difference_of_correlations_is_found_and_none_is_not():
    rng = np.random.default_rng(5)
    gold = rng.normal(size=300)

    def models(noise):
        outcomes = [gold + noise * rng.normal(size=300) for _ in range(3)]
        from wordvec.evaluation.statistics import spearman

        return over_seeds([correlation(spearman(gold, each), each, gold) for each in outcomes], resamples=300)

    good, also_good, bad = models(0.5), models(0.5), models(3.0)
    assert difference_over_seeds(good, bad).p < 0.001
    assert difference_over_seeds(good, also_good).p > 0.05

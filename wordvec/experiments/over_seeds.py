"""One method's scores over several seeds, with two sources of variation: training, and the choice of items."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from wordvec.errors import OptionError
from wordvec.evaluation.differences import Difference
from wordvec.evaluation.scores import Score, no_outcomes
from wordvec.evaluation.statistics import (
    FEWEST,
    Interval,
    accuracy_interval,
    bootstrap_mean,
    bootstrap_spearman,
    resampled_interval,
)

RESAMPLES = 1000
TEST = "t test, over seeds and items"


@dataclass(frozen=True)
class ScoreOverSeeds:
    """The scores of one configuration on one set.

    scores      one for each seed; None for a model that could not be scored
    mean, sd    over the seeds; sd is None for one seed
    ci_seeds    95 % t interval of the mean over all possible seeds, for these items, clipped to the measure's scale;
                None for one seed
    ci_items    95 % bootstrap interval of the mean over all possible items, for these seeds
    resampled   the mean over the seeds on each resample; all configurations share the resamples
    """

    scores: tuple[float | None, ...]
    mean: float | None
    sd: float | None
    ci_seeds: Interval | None
    ci_items: Interval | None
    measure: str
    items: int
    covered: int
    written: Score  # of the first seed; formats values for the measure
    resampled: np.ndarray = field(default_factory=no_outcomes, repr=False, compare=False)


def over_seeds(scores: Sequence[Score], resamples: int = RESAMPLES, seed: int = 1) -> ScoreOverSeeds:
    """Summarise one configuration's scores on one set, one for each seed.

    >>> facts = dict(name="x", measure="accuracy", ci95=None, items=2, covered=2, protocol="wordvec")
    >>> outcomes = [np.array([1.0, 0.0]), np.array([1.0, 1.0])]
    >>> result = over_seeds([Score(score=float(each.mean()), outcomes=each, **facts) for each in outcomes])
    >>> result.mean, round(result.sd, 4), [round(end, 3) for end in result.ci_seeds]
    (0.75, 0.3536, [0.0, 1.0])
    """
    first = scores[0]
    known = [score.score for score in scores if score.score is not None]
    mean = float(np.mean(known)) if len(known) == len(scores) else None
    sd = float(np.std(known, ddof=1)) if mean is not None and len(known) > 1 else None
    resampled = no_outcomes() if mean is None else resampled_mean(scores, resamples, seed)
    ci_seeds = None if mean is None or sd is None else t_interval(mean, sd, len(known))
    if ci_seeds is not None:
        lowest = 0.0 if first.is_share else -1.0
        ci_seeds = max(ci_seeds[0], lowest), min(ci_seeds[1], 1.0)
    return ScoreOverSeeds(
        scores=tuple(score.score for score in scores),
        mean=mean,
        sd=sd,
        ci_seeds=ci_seeds,
        ci_items=None if mean is None else items_interval(first, mean, resampled),
        measure=first.measure,
        items=first.items,
        covered=first.covered,
        written=first,
        resampled=resampled,
    )


def items_interval(score: Score, mean: float, resampled: np.ndarray) -> Interval | None:
    """The interval over items; None for fewer than 8. It has a width even if all answers are right, or all wrong."""
    if score.is_share and mean in (0.0, 1.0):
        return accuracy_interval(int(mean) * score.covered, score.covered)
    return resampled_interval(resampled, score.covered)


def t_interval(mean: float, sd: float, size: int) -> Interval:
    """Student's 95 % interval of a mean of `size` values: mean -+ t(0.975, size - 1) sd / sqrt(size).

    >>> [round(end, 4) for end in t_interval(0.5, 0.01, 3)]
    [0.4752, 0.5248]
    """
    from scipy.special import stdtrit

    half = float(stdtrit(size - 1, 0.975)) * sd / math.sqrt(size)
    return mean - half, mean + half


def resampled_mean(scores: Sequence[Score], resamples: int, seed: int) -> np.ndarray:
    """The mean score over the seeds on each of `resamples` samples of the covered items, (R,) float64."""
    covered = ~np.isnan(scores[0].outcomes)
    for score in scores[1:]:
        if not np.array_equal(covered, ~np.isnan(score.outcomes)):
            raise OptionError(f"{score.name}: models of one corpus must cover the same items; these do not")
    outcomes = [score.outcomes[covered] for score in scores]
    gold = scores[0].gold
    if scores[0].measure == "spearman" and gold is not None:
        return np.mean([bootstrap_spearman(gold[covered], each, resamples, seed) for each in outcomes], axis=0)
    return bootstrap_mean(np.mean(outcomes, axis=0), resamples, seed)


def difference_over_seeds(a: ScoreOverSeeds, b: ScoreOverSeeds) -> Difference:
    """How much higher `a` scores than `b`, with a 95 % interval and a p that include both sources of variation.

    The variance of the difference of the means is v = v_items + sd_a^2 / n_a + sd_b^2 / n_b. v_items is the variance of
    the paired bootstrap over items, for these seeds; the other terms are the variances of the means over seeds. Then
    t = difference / sqrt(v), with Welch and Satterthwaite's degrees of freedom. A configuration with one seed adds
    nothing to v: correct if it does not depend on the seed, too optimistic otherwise. With fewer than 8 items there is
    no interval and no p. The variation of an item under a seed is counted in both parts, so the test is conservative.
    """
    if a.mean is None or b.mean is None or len(a.resampled) != len(b.resampled):
        return Difference(None, None, None, 0, a.mean, b.mean)
    from scipy.special import stdtr, stdtrit

    resampled = a.resampled - b.resampled
    known = resampled[~np.isnan(resampled)]
    parts = [(float(np.var(known, ddof=1)) if len(known) > 1 else 0.0, a.covered - 1)]
    parts += [(each.sd**2 / len(each.scores), len(each.scores) - 1) for each in (a, b) if each.sd is not None]
    variance = sum(part for part, _ in parts)
    difference = a.mean - b.mean
    if a.covered < FEWEST:  # resamples of a few items underestimate the variation
        return Difference(difference, None, None, a.covered, a.mean, b.mean)
    if variance <= 0:  # equal on every resample and seed: p is the chance that all items favour the same side
        p = 1.0 if difference == 0 else 2.0 ** (1 - a.covered)
        return Difference(difference, (difference, difference), p, a.covered, a.mean, b.mean, TEST)
    freedom = variance**2 / sum(part**2 / max(degrees, 1) for part, degrees in parts)
    error = math.sqrt(variance)
    half = float(stdtrit(freedom, 0.975)) * error
    p = float(2.0 * stdtr(freedom, -abs(difference) / error))
    return Difference(difference, (difference - half, difference + half), p, a.covered, a.mean, b.mean, TEST)

"""Is one model better than another? Differences of two scores on the same items, with interval and p."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import OptionError, counted
from wordvec.evaluation.scores import SHARES, Score
from wordvec.evaluation.statistics import (
    FEWEST,
    TAILS,
    Interval,
    accuracy_interval,
    bootstrap_mean,
    bootstrap_spearman,
    resampled_interval,
)

RESAMPLES = 10_000  # enough for p after Holm's correction over a table of some fifty comparisons


@dataclass(frozen=True)
class Difference:
    """How much higher `a` scores than `b` on the `items` that both cover; `score_a` and `score_b` use only these.

    `ci95` is the paired bootstrap's interval and `p` is two-sided. `test` names the source of p: "McNemar, exact" or
    "paired bootstrap". All are None if nothing can be compared.
    """

    difference: float | None
    ci95: Interval | None
    p: float | None
    items: int
    score_a: float | None = None
    score_b: float | None = None
    test: str = ""


@typed
def compare_scores(a: Score, b: Score, resamples: int = RESAMPLES, seed: int = 1) -> Difference:
    """Compare two models' scores on one set, item by item, on the items that both cover.

    If items are right or wrong: McNemar's exact test (1947) on the items that only one model has right, and the limit
    of the paired bootstrap's interval. Otherwise: the paired bootstrap (Efron and Tibshirani 1993) with `resamples`
    resamples, each drawn once for both models; p is twice the share of resamples on the other side of no difference,
    (1 + number) / (1 + resamples). With fewer than 8 items there is no interval and no p.
    Raises OptionError for scores of different sets or measures, or without outcomes.

    >>> from wordvec.evaluation.scores import Score
    >>> facts = dict(name="x", measure="accuracy", ci95=None, items=8, covered=8, protocol="wordvec")
    >>> a = Score(score=1.0, outcomes=np.array([1.0, 1, 1, 1, 1, 1, 1, 1]), **facts)
    >>> b = Score(score=0.25, outcomes=np.array([0.0, 0, 0, 0, 0, 0, 1, 1]), **facts)
    >>> result = compare_scores(a, b)
    >>> result.difference, result.p  # six items differ, all for a: 2 / 2 ** 6
    (0.75, 0.03125)
    """
    _check_comparable(a, b)
    both = ~(np.isnan(a.outcomes) | np.isnan(b.outcomes))
    x, y, items = a.outcomes[both], b.outcomes[both], int(both.sum())
    if items == 0:
        return Difference(None, None, None, 0)
    if _right_or_wrong(x) and _right_or_wrong(y) and a.measure in SHARES:
        difference = float((x - y).mean())
        plus, minus = int(((x - y) > 0).sum()), int(((x - y) < 0).sum())
        ci95 = paired_accuracy_interval(plus, minus, items)
        p = mcnemar(plus, minus)
        return Difference(difference, ci95, p, items, float(x.mean()), float(y.mean()), "McNemar, exact")
    resample = _resampler(a, both, resamples, seed)
    (score_a, resampled_a), (score_b, resampled_b) = resample(x), resample(y)
    if score_a is None or score_b is None:
        return Difference(None, None, None, items, score_a, score_b)
    if _independent(a, both) < FEWEST:  # two pairs would be "significant": all their resamples agree
        return Difference(score_a - score_b, None, None, items, score_a, score_b)
    differences = resampled_a - resampled_b
    return Difference(
        score_a - score_b,
        resampled_interval(differences, items),
        bootstrap_p(differences),
        items,
        score_a,
        score_b,
        "paired bootstrap",
    )


def _resampler(
    score: Score, both: np.ndarray, resamples: int, seed: int
) -> Callable[[np.ndarray], tuple[float | None, np.ndarray]]:
    """A function from a model's outcomes to its score and its resampled scores; all models share the resamples."""
    if score.measure == "spearman":
        from wordvec.evaluation.statistics import spearman

        assert score.gold is not None  # _check_comparable
        gold = score.gold[both]
        return lambda values: (spearman(gold, values), bootstrap_spearman(gold, values, resamples, seed))
    if score.measure == "effect size":
        from wordvec.evaluation.bias import bootstrap_effect_size, effect_size

        assert score.gold is not None
        side = score.gold[both]
        return lambda values: (effect_size(values, side), bootstrap_effect_size(values, side, resamples, seed))
    return lambda values: (float(values.mean()), bootstrap_mean(values, resamples, seed))


def on_items(score: Score, mask: np.ndarray, resamples: int = 1000, seed: int = 1) -> Score:
    """Return the score on the items of `mask` only, with its interval; parts and further figures are left out.

    If it covers exactly these items, the score itself is returned. Shapes: mask (items,) bool.

    >>> facts = dict(name="x", measure="accuracy", ci95=None, items=3, covered=3, protocol="wordvec")
    >>> on_items(Score(score=1 / 3, outcomes=np.array([0.0, 1.0, 0.0]), **facts), np.array([True, True, False])).score
    0.5
    """
    if np.array_equal(mask, ~np.isnan(score.outcomes)):
        return score
    values, value, ci95 = score.outcomes[mask], None, None
    if len(values) and _right_or_wrong(values) and score.measure in SHARES:
        value, ci95 = float(values.mean()), accuracy_interval(int(values.sum()), len(values))
    elif len(values):
        value, resampled = _resampler(score, mask, resamples, seed)(values)
        ci95 = None if value is None else resampled_interval(resampled, _independent(score, mask))
    return Score(
        name=score.name,
        measure=score.measure,
        score=value,
        ci95=ci95,
        items=score.items,
        covered=len(values),
        protocol=score.protocol,
        missing=score.missing,
        notes=score.notes,
        outcomes=np.where(mask, score.outcomes, np.nan),
        gold=score.gold,
    )


def _independent(score: Score, mask: np.ndarray) -> int:
    """The number of items resampled together: all, or the words on the smaller side of an association test."""
    if score.measure == "effect size" and score.gold is not None:
        return int(min((score.gold[mask] > 0).sum(), (score.gold[mask] < 0).sum()))
    return int(mask.sum())


@typed
def mcnemar(plus: int, minus: int) -> float:
    """Return McNemar's exact two-sided p; `plus` items are right only for a, `minus` only for b.

    If the models do not differ, each such item falls on either side with probability 1/2 (McNemar 1947).

    >>> round(mcnemar(1, 5), 5)  # 2 (1 + 6) / 2 ** 6
    0.21875

    Raises OptionError for numbers below 0.
    """
    from scipy.special import bdtr

    if min(plus, minus) < 0:
        raise OptionError(f"numbers of items are 0 or more; got {plus} and {minus}")
    if plus == minus:
        return 1.0
    return float(min(1.0, 2.0 * bdtr(float(min(plus, minus)), plus + minus, 0.5)))


def paired_accuracy_interval(plus: int, minus: int, items: int) -> Interval:
    """Return the limit of the paired bootstrap's interval for a difference of two accuracies.

    A resampled difference is the sum of `items` draws of +1, 0 and -1. Its distribution is computed exactly: a power of
    the generating function, by Fourier transform. If all items agree, resampling shows no variation; then the ends are
    Clopper and Pearson's, as in `accuracy_interval`.

    >>> low, high = paired_accuracy_interval(2, 0, 2)
    >>> round(low, 3), high
    (0.158, 1.0)
    """
    rest = TAILS[0] ** (1.0 / items)
    if plus == minus == 0:
        return -(1.0 - rest), 1.0 - rest
    if items in (plus, minus):
        return (rest, 1.0) if plus else (-1.0, -rest)
    size = 2 * items + 1
    steps = np.zeros(size)
    steps[[1, 0, -1]] = plus / items, (items - plus - minus) / items, minus / items
    chances = np.fft.irfft(np.fft.rfft(steps) ** items, size)
    below_or_at = np.cumsum(np.roll(chances, items))  # of the sums -items .. items
    low, high = np.searchsorted(below_or_at, TAILS) - items
    return float(low) / items, float(high) / items


def bootstrap_p(differences: np.ndarray) -> float | None:
    """Return the two-sided p of resampled differences without nan: twice the share of the rarer side of 0, inclusive.

    >>> bootstrap_p(np.array([0.1, 0.2, 0.3, -0.1, 0.2, 0.4, 0.1, 0.3, 0.2]))
    0.4
    """
    known = differences[~np.isnan(differences)]
    if len(known) == 0:
        return None
    rarer = min(int((known <= 0).sum()), int((known >= 0).sum()))
    return min(1.0, 2.0 * (1 + rarer) / (1 + len(known)))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p values corrected for multiple comparisons (Holm 1979); None stays None and does not count.

    The k-th smallest of m is multiplied by m - k + 1 and made no smaller than the one before it. If every value below
    0.05 is called significant, the probability that any such call is wrong is at most 0.05.

    >>> holm([0.01, 0.04, None, 0.03])
    [0.03, 0.06, None, 0.06]
    """
    known = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    least = 0.0
    for rank, (p, i) in enumerate(known):
        least = max(least, min(1.0, p * (len(known) - rank)))
        corrected[i] = least
    return corrected


def _check_comparable(a: Score, b: Score) -> None:
    same_gold = (a.gold is None) == (b.gold is None) and (
        a.gold is None or b.gold is None or np.array_equal(a.gold, b.gold, equal_nan=True)
    )
    if a.measure != b.measure or len(a.outcomes) != len(b.outcomes) or not same_gold:
        raise OptionError(
            f"compare_scores: both must come from one set and measure; got {a.measure} on {a.name} ({a.items:,} items) "
            f"and {b.measure} on {b.name} ({counted(b.items, 'item')})"
        )
    if len(a.outcomes) != a.items:
        raise OptionError(f"compare_scores: {a.name} has {counted(a.items, 'item')} and {len(a.outcomes):,} outcomes")


def _right_or_wrong(values: np.ndarray) -> bool:
    return bool(np.isin(values, (0.0, 1.0)).all())

"""Bias: the word embedding association test (WEAT)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import OptionError, counted
from wordvec.evaluation.files.group_sets import BiasTest, read_bias_tests
from wordvec.evaluation.protocols import EXAMPLES, find_words, get_protocol
from wordvec.evaluation.scores import Score
from wordvec.evaluation.statistics import resampled_interval
from wordvec.rng import U64, draw, item_key, key_of, uniform
from wordvec.vectors import WordVectors

EXACT = 100_000  # splits: up to this many are all examined; of more, this many are drawn
PERMUTATIONS, RESAMPLES = U64(2**40 + 101), U64(2**40 + 102)  # streams of the draws


@dataclass(frozen=True, kw_only=True)
class BiasScore(Score):
    """The result of an association test.

    `score` is the effect size d, above 0 if X is associated with A and Y with B. `p` is one-sided, by permutation, and
    `exact` if all permutations were examined. `outcomes` is each target word's association with A rather than B; `gold`
    is 1 for words of X and -1 for words of Y. `sizes` counts the words of X, Y, A and B that have a vector.
    """

    task = "bias"
    p: float | None = None
    exact: bool = False
    sizes: tuple[int, int, int, int] = (0, 0, 0, 0)
    labels: tuple[str, str, str, str] = ("X", "Y", "A", "B")


@typed
def evaluate_bias(
    vectors: WordVectors,
    test: BiasTest | str | os.PathLike[str],
    *,
    protocol: str = "wordvec",
    resamples: int = 1000,
    seed: int = 1,
) -> BiasScore:
    """Measure how strongly target words X are associated with attributes A, and Y with B, rather than the reverse.

    Caliskan, Bryson and Narayanan (2017): s(w) = mean cos(w, a) - mean cos(w, b); d = (mean of s over X - mean of s
    over Y) / (standard deviation of s over both, n - 1); p = share of the ways to split the targets into groups of
    these sizes whose difference is at least as large. If there are up to 100,000 splits, all are examined; otherwise
    100,000 are drawn, and p = (1 + number at least as large) / (1 + drawn). The interval resamples X and Y separately.
    It is None if either has fewer than 8 words; with the 8 of published tests it is right in 88 of 100 cases, not 95.
    Words without a vector are left out. `test` is a test or a file with one, see `read_bias_tests`.
    Raises EvaluationFileError, and OptionError for a file with several tests: `evaluate` runs them all.

    >>> vectors = WordVectors(list("xyab"), np.array([[1.0, 0.2], [0.2, 1.0], [1.0, 0.0], [0.0, 1.0]]))
    >>> evaluate_bias(vectors, BiasTest("t", ("x",), ("y",), ("a",), ("b",))).outcomes.round(2).tolist()
    [0.78, -0.78]
    """
    asked = test if isinstance(test, BiasTest) else _only_test(test)
    rules = get_protocol(protocol)
    found = find_words(vectors, [*asked.x, *asked.y, *asked.a, *asked.b], rules)
    groups = [[word for word in group if word in found.place] for group in (asked.x, asked.y, asked.a, asked.b)]
    directions = found.directions
    unit = [directions[[found.place[word] for word in group]] for group in groups]
    targets, side = [*asked.x, *asked.y], np.repeat([1.0, -1.0], [len(asked.x), len(asked.y)])
    outcomes = np.full(len(targets), np.nan)
    if groups[2] and groups[3]:
        here = np.array([word in found.place for word in targets], bool)
        known = np.concatenate(unit[:2])
        associations = (known @ unit[2].T).mean(axis=1) - (known @ unit[3].T).mean(axis=1)
        outcomes[here] = np.round(associations, 9)  # rounding errors must not make identical vectors differ
    covered = ~np.isnan(outcomes)
    values, known_side = outcomes[covered], side[covered]
    d = effect_size(values, known_side)
    p, exact = (None, False) if d is None else permutation_p(values, known_side, seed)
    smaller = min(len(groups[0]), len(groups[1]))
    drawn = None if d is None else bootstrap_effect_size(values, known_side, resamples, seed)
    return BiasScore(
        name=asked.name,
        measure="effect size",
        score=d,
        ci95=None if drawn is None else resampled_interval(drawn, smaller),
        items=len(targets),
        covered=int(covered.sum()),
        protocol=protocol,
        missing=found.missing[:EXAMPLES],
        notes=asked.notes + rules.notes("bias") + found.notes + _left_out(found.missing),
        p=p,
        exact=exact,
        sizes=(len(groups[0]), len(groups[1]), len(groups[2]), len(groups[3])),
        labels=asked.labels,
        outcomes=outcomes,
        gold=side,
    )


def _left_out(missing: Sequence[str]) -> tuple[str, ...]:
    """A note with the words that the result lacks: in a test of few words each of them matters."""
    if not missing:
        return ()
    some = ", ".join(map(repr, missing[:EXAMPLES])) + (", ..." if len(missing) > EXAMPLES else "")
    verbs = "has no vector and is" if len(missing) == 1 else "have no vector and are"
    return (f"{counted(len(missing), 'word')} {verbs} left out: {some}",)


def effect_size(values: np.ndarray, side: np.ndarray) -> float | None:
    """Return d of associations (N,), side 1 for X and -1 for Y; None if a side is empty or all values are equal.

    >>> effect_size(np.array([1.0, 1.0, -1.0, -1.0]), np.array([1, 1, -1, -1]))  # 2 / sqrt(4 / 3)
    1.7320508075688774
    """
    x, y = values[side > 0], values[side < 0]
    if len(x) == 0 or len(y) == 0 or np.ptp(values) == 0:
        return None
    return float((x.mean() - y.mean()) / values.std(ddof=1))


def permutation_p(values: np.ndarray, side: np.ndarray, seed: int) -> tuple[float, bool]:
    """Return the one-sided p of the difference between the sides, and whether all splits were examined.

    >>> p, exact = permutation_p(np.array([3.0, 2.0, 1.0, 0.0]), np.array([1, 1, -1, -1]), seed=1)
    >>> round(p, 4), exact  # one split of six
    (0.1667, True)
    """
    size, of_x = len(values), int((side > 0).sum())
    observed = values[side > 0].sum() - 1e-12 * max(1.0, float(np.abs(values).sum()))
    if comb(size, of_x) <= EXACT:
        chosen = np.array(list(combinations(range(size), of_x)), np.int64)
        return float((values[chosen].sum(axis=1) >= observed).mean()), True
    reached = 0
    block = max(1, 2**21 // size)
    for first in range(0, EXACT, block):
        keys = item_key(key_of(seed, PERMUTATIONS), np.arange(first, min(first + block, EXACT), dtype=U64))
        order = np.argsort(draw(keys[:, None], np.arange(size, dtype=U64)[None, :]), axis=1)
        reached += int((values[order[:, :of_x]].sum(axis=1) >= observed).sum())
    return (1 + reached) / (1 + EXACT), False


def bootstrap_effect_size(values: np.ndarray, side: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Return d of `resamples` samples, drawn with replacement from X and from Y, (R,); nan if all values are equal."""
    if resamples < 1:
        raise OptionError(f"resamples must be at least 1; got {resamples}")
    keys = item_key(key_of(seed, RESAMPLES), np.arange(resamples, dtype=U64))
    chances = uniform(draw(keys[:, None], np.arange(len(values), dtype=U64)[None, :]))
    drawn = np.empty_like(chances)
    for group in (side > 0, side < 0):
        drawn[:, group] = values[group][(chances[:, group] * group.sum()).astype(np.int64)]
    difference = drawn[:, side > 0].mean(axis=1) - drawn[:, side < 0].mean(axis=1)
    spread = drawn.std(axis=1, ddof=1)
    return np.divide(difference, spread, out=np.full(resamples, np.nan), where=spread > 0)


def _only_test(source: str | os.PathLike[str]) -> BiasTest:
    if not isinstance(source, (str, os.PathLike)):
        form = (
            "a file or BiasTest(name, x, y, a, b) of wordvec.evaluation.bias expected, with x, y, a, b tuples of words"
        )
        raise OptionError(f"bias: {form}; got a {type(source).__name__}")
    tests: Sequence[BiasTest] = read_bias_tests(source)
    if len(tests) > 1:
        raise OptionError(f"{source} has {len(tests)} tests: give one of read_bias_tests(...), or call evaluate")
    return tests[0]

"""Categorisation, outliers, bias, relations and hit rate: each statistic by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import OptionError
from wordvec.evaluation import compare_scores
from wordvec.evaluation.bias import (
    bootstrap_effect_size,
    effect_size,
    evaluate_bias,
    permutation_p,
)
from wordvec.evaluation.clusters import evaluate_categorisation, in_majority, spherical_kmeans
from wordvec.evaluation.files.group_sets import BiasTest, OutlierSet
from wordvec.evaluation.hit_rate import evaluate_hit_rate
from wordvec.evaluation.outliers import evaluate_outliers
from wordvec.evaluation.relations import Relation, RelationSet, evaluate_relations
from wordvec.evaluation.statistics import accuracy_interval, spearman
from wordvec.evaluation.tasks import evaluate
from wordvec.vectors import WordVectors


def on_circle(**degrees: float) -> WordVectors:
    radians = np.deg2rad(list(degrees.values()))
    return WordVectors(list(degrees), np.stack([np.cos(radians), np.sin(radians)], axis=1))


# Categorisation


def test_purity_by_hand():
    """Clusters {a a b} and {b b}: (2 + 2) / 5."""
    right = in_majority(np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1]))
    assert right.tolist() == [True, True, False, True, True]


def test_categories_by_hand():
    vectors = on_circle(cat=0, dog=10, cow=80, car=90, bus=100)
    pairs = [("cat", "animal"), ("dog", "animal"), ("cow", "animal"), ("car", "vehicle"), ("bus", "vehicle")]
    result = evaluate_categorisation(vectors, [*pairs, ("lynx", "animal")])
    assert (result.measure, result.score, result.clusters, result.covered, result.items) == ("purity", 0.8, 2, 5, 6)
    assert result.outcomes[:5].tolist() == [1, 1, 0, 1, 1] and np.isnan(result.outcomes[5])
    assert result.ci95 == accuracy_interval(4, 5) and result.missing == ("lynx",)
    assert result == evaluate_categorisation(vectors, [*pairs, ("lynx", "animal")])


def test_labels_do_not_change_the_clusters():
    rng = np.random.default_rng(3)
    vectors = WordVectors([f"w{i}" for i in range(40)], rng.normal(size=(40, 5)))
    labels = rng.permutation(40) % 4
    one = evaluate_categorisation(vectors, [(f"w{i}", f"c{c}") for i, c in enumerate(labels)])
    other = evaluate_categorisation(vectors, [(f"w{i}", f"z{9 - c}") for i, c in enumerate(labels)])
    assert one.score == other.score


def test_nothing_to_categorise():
    result = evaluate_categorisation(on_circle(cat=0), [("lynx", "a"), ("puma", "b")])
    assert (result.score, result.ci95, result.covered) == (None, None, 0)
    assert str(result) == "categories: nothing evaluated (0 of 2 items, looked for 'lynx', 'puma')"


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 999), size=st.integers(1, 12), clusters=st.integers(1, 4), copies=st.booleans())
def test_kmeans_ends_where_no_row_wants_to_move(seed, size, clusters, copies):
    rows = np.random.default_rng(seed).normal(size=(size, 3))
    rows[: size // 2 if copies else 0] = rows[-1]
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    labels = spherical_kmeans(unit, clusters, restarts=3)
    assert len(set(labels.tolist())) == min(clusters, size) or copies
    present = np.unique(labels)
    centres = np.stack([unit[labels == k].sum(axis=0) for k in present])
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-300)
    cosines = unit @ centres.T
    own = cosines[np.arange(size), np.searchsorted(present, labels)]
    assert (own >= cosines.max(axis=1) - 1e-9).all() or copies


def test_kmeans_finds_the_best_split_of_few_rows():
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(9, 3))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def total(labels):
        return sum(np.linalg.norm(unit[labels == k].sum(axis=0)) for k in (0, 1))

    best = max(total(np.array([i in part for i in range(9)], int)) for n in range(1, 9)
               for part in combinations(range(9), n))  # fmt: skip
    assert total(spherical_kmeans(unit, 2)) == pytest.approx(best)


# Outliers


def test_outliers_by_hand():
    """car lies far off; of the means of cat, dog, cow and fox with the others, fox's is not the lowest: dog's is."""
    vectors = on_circle(cat=0, dog=40, cow=20, car=120, fox=10)
    result = evaluate_outliers(vectors, OutlierSet("s", (("animals", ("cat", "dog", "cow"), ("car", "fox")),)))
    assert (result.score, result.covered, result.items) == (0.5, 2, 2)
    degrees = {"cat": 0, "dog": 40, "cow": 20, "fox": 10}
    means = {w: sum(np.cos(np.deg2rad(a - b)) for v, b in degrees.items() if v != w) for w, a in degrees.items()}
    before = sum(mean > means["fox"] for mean in means.values())
    assert result.opp == pytest.approx((1 + before / 3) / 2)
    assert result.outcomes.tolist() == [1.0, 0.0]
    assert result.opp_ci95 is None  # of two items


def test_mean_cosine_ranks_as_compactness_does():
    """c(w), equation 1 of the paper: the mean cosine of all pairs without w; the outlier's is to be the highest."""
    rng = np.random.default_rng(5)
    words = [f"w{i}" for i in range(7)]
    vectors = WordVectors(words, rng.normal(size=(7, 3)))
    for outlier in words:
        others = tuple(word for word in words if word != outlier)
        result = evaluate_outliers(vectors, OutlierSet("s", (("t", others, (outlier,)),)))
        compactness = {
            w: np.mean([vectors.similarity(a, b) for a, b in combinations([x for x in words if x != w], 2)])
            for w in words
        }
        below = sum(compactness[w] < compactness[outlier] for w in others)
        assert result.opp == pytest.approx(below / 6)
        assert result.score == float(below == 6)


def test_words_without_vectors_are_left_out_of_topics_and_ties_do_not_count():
    vectors = on_circle(cat=0, dog=10, car=100, bus=100)
    sets = OutlierSet("s", (("animals", ("cat", "dog", "lynx"), ("car", "tram")), ("all", ("cat", "dog"), ("bus",))))
    result = evaluate_outliers(vectors, sets)
    assert (result.score, result.covered, result.items) == (1.0, 2, 3)
    assert "words of topics left out, without a vector: 1" in result.notes
    tied = evaluate_outliers(on_circle(a=0, b=0, c=0), OutlierSet("s", (("t", ("a", "b"), ("c",)),)))
    assert (tied.score, tied.opp) == (0.0, 0.0)
    nothing = evaluate_outliers(vectors, OutlierSet("s", (("t", ("x", "y"), ("z",)),)))
    assert nothing.score is None and nothing.opp is None and "nothing evaluated" in str(nothing)


# Bias


def test_effect_size_and_p_by_hand():
    """s = 3 2 | 1 0: difference 2, deviation sqrt(5 / 3); of the six splits only the observed one reaches 5."""
    values, side = np.array([3.0, 2.0, 1.0, 0.0]), np.array([1, 1, -1, -1])
    assert effect_size(values, side) == pytest.approx(2 / np.sqrt(5 / 3))
    assert permutation_p(values, side, 1) == (pytest.approx(1 / 6), True)
    assert permutation_p(values, -side, 1) == (1.0, True)
    assert effect_size(np.ones(4), side) is None
    assert effect_size(values[:2], side[:2]) is None


def test_associations_by_hand():
    vectors = on_circle(rose=0, tulip=10, ant=90, bee=80, love=5, hate=85)
    test = BiasTest("t", ("rose", "tulip", "lily"), ("ant", "bee"), ("love",), ("hate", "spite"))
    result = evaluate_bias(vectors, test)
    cosine = lambda a, b: np.cos(np.deg2rad(a - b))
    expected = [cosine(a, 5) - cosine(a, 85) for a in (0, 10, 90, 80)]
    assert result.outcomes[[0, 1, 3, 4]] == pytest.approx(expected, abs=1e-6) and np.isnan(result.outcomes[2])
    assert result.score == pytest.approx(effect_size(np.array(expected), np.array([1, 1, -1, -1])), abs=1e-6)
    assert (result.p, result.exact, result.sizes) == (pytest.approx(1 / 6), True, (2, 2, 1, 1))
    assert (result.items, result.covered, result.missing) == (5, 4, ("lily", "spite"))
    assert result.ci95 is None  # of two words a side


def test_drawn_splits_approach_all_of_them(monkeypatch):
    rng = np.random.default_rng(4)
    side = np.repeat([1.0, -1.0], 8)
    values = rng.normal(size=16) + 0.3 * side
    exact, is_exact = permutation_p(values, side, 1)
    monkeypatch.setattr("wordvec.evaluation.bias.EXACT", 12_000)
    drawn, is_drawn_exact = permutation_p(values, side, 1)
    assert is_exact and not is_drawn_exact
    assert drawn == pytest.approx(exact, abs=5 * np.sqrt(exact * (1 - exact) / 12_000))
    assert permutation_p(values, side, 1) == permutation_p(values, side, 1)


def test_bootstrap_of_the_effect_size_resamples_each_side():
    values, side = np.array([1.0, 2.0, 3.0, -1.0, -2.0]), np.array([1, 1, 1, -1, -1])
    drawn = bootstrap_effect_size(values, side, 4000, seed=2)
    rng = np.random.default_rng(1)
    plain = []
    for _ in range(4000):
        again = np.concatenate([rng.choice(values[:3], 3), rng.choice(values[3:], 2)])
        plain.append(effect_size(again, side))
    assert np.nanquantile(drawn, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(plain, [0.1, 0.5, 0.9]), abs=0.05)


def test_bias_without_attributes_or_targets_is_none():
    vectors = on_circle(rose=0, ant=90, love=5)
    for test in (
        BiasTest("t", ("rose",), ("ant",), ("love",), ("hate",)),
        BiasTest("t", ("x",), ("y",), ("love",), ("love",)),
    ):
        result = evaluate_bias(vectors, test)
        assert (result.score, result.p, result.covered) == (None, None, 0)


def test_two_models_differ_in_bias():
    test = BiasTest("t", ("a", "b", "c"), ("d", "e", "f"), ("good",), ("bad",))
    biased = on_circle(a=0, b=15, c=10, d=90, e=70, f=80, good=0, bad=90)
    even = on_circle(a=30, b=70, c=45, d=32, e=68, f=46, good=0, bad=90)
    result = compare_scores(evaluate_bias(biased, test), evaluate_bias(even, test), resamples=300)
    assert result.difference > 1 and result.items == 6 and (result.test, result.p) == ("", None)
    x, y = tuple(f"x{i}" for i in range(8)), tuple(f"y{i}" for i in range(8))
    test = BiasTest("t", x, y, ("good",), ("bad",))
    biased = on_circle(**{w: i for i, w in enumerate(x)}, **{w: 80 + i for i, w in enumerate(y)}, good=0, bad=90)
    even = on_circle(**{w: 40 + i for i, w in enumerate(x)}, **{w: 44 - i for i, w in enumerate(y)}, good=0, bad=90)
    a, b = evaluate_bias(biased, test), evaluate_bias(even, test)
    assert a.ci95[0] <= a.score <= a.ci95[1]
    result = compare_scores(a, b, resamples=300)
    assert result.items == 16 and result.test == "paired bootstrap" and result.p < 0.05


def test_a_file_of_several_tests(tmp_path):
    path = tmp_path / "weat.txt"
    path.write_text(": one\nX: a b\nY: c d\nA: e f\nB: g h\n: two\nX: a b\nY: c d\nA: e f\nB: g h\n", encoding="utf-8")
    vectors = WordVectors(list("abcdefgh"), np.random.default_rng(1).normal(size=(8, 4)))
    assert [score.name for score in evaluate(vectors, [("bias", path)])] == ["one", "two"]
    with pytest.raises(OptionError, match="has 2 tests"):
        evaluate_bias(vectors, path)


# Relations


def test_relations_by_hand():
    """Pairs step along the prototype's direction, less and less; people agree but for one exchange of neighbours."""
    angles = (0, 20, 40, 60, 80)
    words, rows = ["a", "b"], [[0.0, 1.0], [1.0, 1.0]]
    for i, angle in enumerate(angles):
        words += [f"c{i}", f"d{i}"]
        start, step = np.array([0.3 * i, 1.0]), np.deg2rad(angle)
        rows += [start, start + 0.5 * np.array([np.cos(step), np.sin(step)])]
    rows = np.array(rows)
    vectors = WordVectors(words, rows)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    steps = [unit[2 + 2 * i + 1] - unit[2 + 2 * i] for i in range(5)]
    prototype = unit[1] - unit[0]
    cosines = np.array([s @ prototype / np.linalg.norm(s) / np.linalg.norm(prototype) for s in steps])
    degrees = [5.0, 4.0, 2.0, 3.0, 1.0]
    rated = tuple(((f"c{i}", f"d{i}"), degrees[i]) for i in range(5))
    relation = Relation("1a", (("a", "b"), ("x", "y")), rated)
    unknown = Relation("1b", (("x", "y"),), rated)
    few = Relation("1c", (("a", "b"),), rated[:4])
    result = evaluate_relations(vectors, RelationSet("s", (relation, unknown, few)))
    assert result.score == pytest.approx(spearman(np.array(degrees), cosines))
    assert (result.items, result.covered, result.pairs, result.covered_pairs) == (3, 1, 14, 14)
    assert np.isnan(result.outcomes[1:]).all() and result.measure == "mean spearman"
    assert evaluate_relations(vectors, RelationSet("s", (unknown,))).score is None


# Hit rate


@pytest.mark.parametrize("block", [3, 4096])
def test_hit_rate_is_the_rank_of_the_query(block, monkeypatch):
    monkeypatch.setattr("wordvec.evaluation.hit_rate.CANDIDATES", block)
    monkeypatch.setattr("wordvec.evaluation.hit_rate.QUERIES", block)
    rng = np.random.default_rng(6)
    vectors = WordVectors([f"i{k}" for k in range(30)], rng.normal(size=(30, 4)))
    pairs = [(f"i{a}", f"i{b}") for a, b in rng.integers(30, size=(25, 2)) if a != b] + [("i1", "i99")]
    result = evaluate_hit_rate(vectors, pairs, k=5)
    ranks = np.array([vectors.rank(a, b) for a, b in pairs[:-1]])
    assert result.score == (ranks <= 5).mean() and result.mrr == pytest.approx((1 / ranks).mean())
    assert (result.k, result.covered, result.items) == (5, len(ranks), len(pairs))
    assert result.outcomes[:-1].tolist() == (ranks <= 5).tolist() and result.missing == ("i99",)


def test_equal_items_count_against_the_hit_rate():
    vectors = on_circle(a=0, b=10, c=10, d=10, e=50)
    result = evaluate_hit_rate(vectors, [("a", "b"), ("a", "d"), ("a", "e")], k=2)
    assert result.outcomes.tolist() == [0, 0, 0] and result.mrr == pytest.approx((1 / 3 + 1 / 3 + 1 / 4) / 3)
    assert evaluate_hit_rate(vectors, [("a", "b"), ("a", "d"), ("a", "e")], k=3).outcomes.tolist() == [1, 1, 0]
    assert evaluate_hit_rate(vectors, [("x", "y")]).score is None
    with pytest.raises(OptionError, match="k must be a whole number of at least 1"):
        evaluate_hit_rate(vectors, [("a", "b")], k=0)

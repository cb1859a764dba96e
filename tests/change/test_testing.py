"""The permutation test: known numbers, its level where nothing changed, and what it finds."""

import numpy as np
import pytest

from wordvec.change.testing import cuts_of, measure_groups, smallest_p


def test_the_ratio_by_hand():
    # Group 0: one occurrence in each of three documents, at 0, 0 and 3: mean 1, e^2 = 3/2 (1 + 1 + 4) / 9 = 1.
    # Group 1: two occurrences in each, at 5, 6 and 7: mean 6, e^2 = 3/2 (4 + 0 + 4) / 36 = 1/3.
    counts = np.array([1.0, 1.0, 1.0, 2.0, 2.0, 2.0])
    sums = np.array([[0.0], [0.0], [3.0], [10.0], [12.0], [14.0]])
    found = measure_groups(counts, sums, np.repeat([0, 1], 3), 2, 99, seed=1, word=0)
    assert found.ratio == pytest.approx(25 / (1 + 1 / 3))


@pytest.mark.parametrize("groups", [2, 4])
def test_p_is_uniform_where_nothing_changed(groups):
    rng = np.random.default_rng(5)
    p = []
    for word in range(120):
        documents = 8 * groups
        counts = rng.integers(1, 30, documents).astype(float)
        own = rng.normal(size=(documents, 6))  # documents differ, and large ones weigh more
        sums = counts[:, None] * own + np.sqrt(counts)[:, None] * rng.normal(size=(documents, 6))
        p.append(measure_groups(counts, sums, np.arange(documents) % groups, groups, 199, 1, word).p)
    p = np.array(p)
    assert 0.01 <= (p <= 0.05).mean() <= 0.09
    assert 0.4 <= (p <= 0.5).mean() <= 0.6


def test_a_word_that_became_rarer_has_not_changed():
    rng = np.random.default_rng(6)
    p = []
    for word in range(200):  # three documents with one occurrence each against twenty with thirty each
        counts = np.concatenate([np.ones(3), np.full(20, 30.0)])
        sums = counts[:, None] * rng.normal(size=(23, 6))
        p.append(measure_groups(counts, sums, np.repeat([0, 1], [3, 20]), 2, 199, 1, word).p)
    assert (np.array(p) <= 0.05).mean() <= 0.10


def test_a_change_is_found_and_the_same_seed_gives_the_same_p():
    rng = np.random.default_rng(7)
    sums = rng.normal(size=(20, 6))
    sums[10:, 0] += 4
    labels = np.repeat([0, 1], 10)
    found = measure_groups(np.ones(20), sums, labels, 2, 999, seed=1, word=3)
    assert found.p == 1 / 1000
    assert found.halves < found.distance
    assert measure_groups(np.ones(20), sums, labels, 2, 999, seed=1, word=3) == found
    noise = [measure_groups(np.ones(20), rng.normal(size=(20, 6)), labels, 2, 999, seed, 3) for seed in (1, 1)]
    assert noise[0].p != noise[1].p  # of other sums; and few permutations were needed
    assert min(noise[0].p, noise[1].p) > 0.01


def test_more_dimensions_than_documents_and_documents_that_are_all_alike():
    rng = np.random.default_rng(8)
    sums = rng.normal(size=(8, 50))
    wide = measure_groups(np.ones(8), sums, np.repeat([0, 1], 4), 2, 199, 1, 0)
    narrow = measure_groups(np.ones(8), np.hstack([sums, np.zeros((8, 9))]), np.repeat([0, 1], 4), 2, 199, 1, 0)
    assert wide.p == narrow.p
    assert wide.ratio == pytest.approx(narrow.ratio)
    same = measure_groups(np.ones(8), np.ones((8, 3)), np.repeat([0, 1], 4), 2, 199, 1, 0)
    assert (same.distance, same.p) == (pytest.approx(0), 1.0)
    nothing = measure_groups(np.ones(8), np.zeros((8, 3)), np.repeat([0, 1], 4), 2, 199, 1, 0)
    assert nothing.p == 1.0


@pytest.mark.parametrize("sizes, p", [([3, 3], 2 / 20), ([3, 4], 1 / 35), ([4, 4], 2 / 70), ([2, 2, 2], 6 / 90)])
def test_the_smallest_p(sizes, p):
    assert smallest_p(sizes) == pytest.approx(p)


def test_many_documents():
    assert smallest_p([20_000, 20_000, 3]) == 0.0
    rng = np.random.default_rng(9)
    found = measure_groups(np.ones(5000), rng.normal(size=(5000, 3)), np.arange(5000) % 2, 2, 99, 1, 0)
    assert 0 < found.p <= 1


def test_the_best_cut_by_hand():
    # Nine documents in five periods; what is said changes before the fourth.
    labels = np.array([0, 0, 1, 1, 2, 3, 3, 4, 4])
    sums = np.array([[0.0], [1.0], [0.0], [1.0], [0.0], [9.0], [8.0], [9.0], [8.0]])
    found = measure_groups(np.ones(9), sums, labels, 5, 999, 1, 0, cuts_of([2, 2, 1, 2, 2]))
    assert found.cut == 3
    at_the_cut = measure_groups(np.ones(9), sums, (labels >= 3).astype(int), 2, 999, 1, 0)
    assert found.ratio == pytest.approx(at_the_cut.ratio)
    assert found.p >= at_the_cut.p  # the choice of the moment costs something
    assert at_the_cut.p < 0.05


def test_p_is_uniform_where_the_moment_is_chosen():
    rng = np.random.default_rng(15)
    p = []
    for word in range(120):
        labels = np.sort(rng.integers(0, 8, 24))
        found = measure_groups(
            np.ones(24), rng.normal(size=(24, 4)), labels, 8, 199, 1, word, cuts_of(np.bincount(labels, minlength=8))
        )
        p.append(found.p)
    p = np.array(p)
    assert 0.01 <= (p <= 0.05).mean() <= 0.09
    assert 0.4 <= (p <= 0.5).mean() <= 0.6

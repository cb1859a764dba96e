import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.plots.groups import kmeans


@pytest.mark.parametrize("seed", range(10))
def test_clear_groups_are_found_and_numbered_by_size(seed):
    rng = np.random.default_rng(1)
    truth = np.repeat([2, 0, 1], [5, 30, 12])
    points = np.eye(3, 4)[truth] * 10 + rng.normal(scale=0.1, size=(47, 4))
    np.testing.assert_array_equal(kmeans(points, 3, seed), truth)


@settings(max_examples=50, deadline=None)
@given(values=st.lists(st.integers(0, 3), min_size=1, max_size=12), clusters=st.integers(1, 8), seed=st.integers(0, 99))
def test_any_points(values, clusters, seed):
    points = np.array(values, np.float64)[:, None]
    group = kmeans(points, clusters, seed)
    np.testing.assert_array_equal(group, kmeans(points, clusters, seed))
    sizes = np.bincount(group)
    assert len(sizes) <= clusters
    assert (np.diff(sizes) <= 0).all()
    for value in set(values):  # equal points are in one group
        assert len(set(group[points[:, 0] == value])) == 1
    if clusters >= len(set(values)):
        assert len(set(group)) == len(set(values))


def test_many_points_join_the_centres_of_a_sample(monkeypatch):
    truth = np.tile([0, 1, 2, 0, 1, 0], 100)
    points = np.eye(3, 4)[truth] * 10 + np.random.default_rng(1).normal(scale=0.1, size=(600, 4))
    whole = kmeans(points, 3)
    monkeypatch.setattr("wordvec.plots.groups.SAMPLE", 37)
    monkeypatch.setattr("wordvec.plots.groups.BLOCK", 64)
    np.testing.assert_array_equal(kmeans(points.astype(np.float32), 3), whole)
    assert np.bincount(whole).tolist() == [300, 200, 100]

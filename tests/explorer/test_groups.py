from __future__ import annotations

import numpy as np

from wordvec.explorer.groups import CLUSTERS, SAMPLE, cluster_names, cluster_rows


def directions(count, per, noise=0.05, seed=0):
    """`per` unit rows around each of `count` orthogonal directions, in turn."""
    rng = np.random.default_rng(seed)
    rows = np.tile(np.eye(count, 12), (per, 1)) + noise * rng.normal(size=(count * per, 12))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_clusters_are_found_and_numbered_by_size():
    rows = np.vstack([directions(3, 20), directions(2, 10)])  # 30, 30 and 20 rows
    groups, centres = cluster_rows(rows)
    truth = np.r_[np.tile([0, 1, 2], 20), np.tile([0, 1], 10)]
    sizes = np.bincount(groups)
    assert (np.diff(sizes) <= 0).all()
    assert groups.dtype == np.uint8
    for group in range(len(centres)):
        assert len(set(truth[groups == group])) == 1


def test_words_beyond_the_sample_join_the_nearest_centre():
    rows = directions(4, (SAMPLE + 800) // 4)
    groups, centres = cluster_rows(rows)
    assert len(groups) == len(rows)
    nearest = (rows @ centres.T).argmax(axis=1)
    assert (groups == nearest).all()


def test_the_same_seed_gives_the_same_clusters():
    rows = directions(5, 30, noise=0.4)
    assert (cluster_rows(rows, seed=2)[0] == cluster_rows(rows, seed=2)[0]).all()


def test_equal_and_zero_rows_make_few_clusters():
    for rows in (np.tile(np.float32([[0.6, 0.8]]), (5, 1)), np.zeros((4, 3), np.float32)):
        groups, centres = cluster_rows(rows)
        assert groups.tolist() == [0] * len(rows)
        assert len(centres) == 1
        assert cluster_names(rows, groups, centres) == [[0, 1, 2]]


def test_at_most_as_many_clusters_as_colours():
    groups, centres = cluster_rows(directions(12, 10))
    assert len(centres) == groups.max() + 1 <= CLUSTERS


def test_names_tell_a_cluster_from_the_others():
    rows = np.float32([[1, 0], [0.99, 0.14], [0.8, 0.6], [0.6, 0.8], [0, 1]])
    centres = np.float32([[0.98, 0.2], [0.3, 0.95]])
    assert cluster_names(rows, np.array([0, 0, 0, 1, 1]), centres) == [[0, 1, 2], [4, 3]]


def test_a_cluster_of_rare_words_is_named_by_its_first_ones():
    rows = np.vstack([np.tile(np.float32([[1, 0]]), (1_000, 1)), np.tile(np.float32([[0, 1]]), (4, 1))])
    groups = np.r_[np.zeros(1_000, int), np.ones(4, int)]
    assert cluster_names(rows, groups, np.float32([[1, 0], [0, 1]]))[1] == [1_000, 1_001, 1_002]

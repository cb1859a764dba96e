"""Procrustes: known rotations come back, and the report tells the truth."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import orthogonal_procrustes

from wordvec.errors import InputError, OptionError
from wordvec.vectors import WordVectors
from wordvec.vectors.several_models.alignment import align, find_alignment
from wordvec.vectors.several_models.procrustes import Moments, rotation_of


def words(number):
    return [f"w{i}" for i in range(number)]


def random_rotation(rng, dim):
    return np.linalg.qr(rng.normal(size=(dim, dim)))[0]


def turned_pair(seed=1, number=60, dim=8, noise=0.0):
    rng = np.random.default_rng(seed)
    rows, rotation = rng.normal(size=(number, dim)), random_rotation(rng, dim)
    target = rows @ rotation + noise * rng.normal(size=(number, dim))
    return WordVectors(words(number), rows, np.arange(number, 0, -1)), WordVectors(words(number), target), rotation


@given(st.integers(0, 10**6), st.integers(1, 12), st.booleans(), st.booleans())
def test_a_known_rotation_is_recovered(seed, dim, center, unit):
    source, target, rotation = turned_pair(seed, 3 * dim + 3, dim)
    alignment = find_alignment(source, target, center=center, unit=unit)
    np.testing.assert_allclose(alignment.map.rotation, rotation, atol=1e-5)
    expected = target.unit if unit else target.matrix
    np.testing.assert_allclose(alignment.apply(source).matrix, expected, atol=1e-5)
    assert alignment.report.residual < 1e-5
    assert alignment.report.cosine_after == pytest.approx(1, abs=1e-5)


def test_a_rotation_with_a_shift_needs_centring():
    rng = np.random.default_rng(2)
    rows, rotation, shift = rng.normal(size=(50, 5)), random_rotation(rng, 5), np.array([3.0, -1, 0, 2, 5])
    source, target = WordVectors(words(50), rows), WordVectors(words(50), rows @ rotation + shift)
    np.testing.assert_allclose(align(source, target, unit=False).matrix, target.matrix, atol=1e-4)
    assert find_alignment(source, target, unit=False, center=False).report.residual > 1


def test_rotation_by_hand():
    # X^T Y = [[0, 2], [-8, 0]]: a turn by -90 degrees, which no reflection fits as well.
    x, y = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[0.0, 2.0], [-4.0, 0.0]])
    map, rank = rotation_of(Moments.of(x, y), center=False)
    np.testing.assert_allclose(map.rotation, [[0, 1], [-1, 0]], atol=1e-12)
    assert rank == 2


def test_the_same_as_scipy():
    rng = np.random.default_rng(8)
    x, y = rng.normal(size=(40, 7)), rng.normal(size=(40, 7))
    expected, _ = orthogonal_procrustes(x, y)
    np.testing.assert_allclose(rotation_of(Moments.of(x, y), center=False)[0].rotation, expected, atol=1e-12)


@given(st.integers(0, 10**6))
def test_no_other_rotation_fits_better(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(20, 4)), rng.normal(size=(20, 4))
    best = np.linalg.norm(x @ rotation_of(Moments.of(x, y), center=False)[0].rotation - y)
    for _ in range(20):
        assert best <= np.linalg.norm(x @ random_rotation(rng, 4) - y) + 1e-9


def test_rotation_keeps_cosines_within_the_source():
    source, target, _ = turned_pair(noise=0.5)
    aligned = align(source, target, center=False)
    np.testing.assert_allclose(aligned.unit @ aligned.unit.T, source.unit @ source.unit.T, atol=1e-5)


def test_held_out_anchors_show_too_few():
    rng = np.random.default_rng(4)
    source = WordVectors(words(300), rng.normal(size=(300, 20)))
    target = WordVectors(words(300), rng.normal(size=(300, 20)))  # nothing to find
    few, many = (find_alignment(source, target, anchors).report for anchors in (25, 300))
    assert few.cosine_after > 0.6
    assert abs(few.cosine_held_out) < 0.2
    assert abs(many.cosine_held_out) < 0.1
    assert few.cosine_after > many.cosine_after


def test_anchors_as_numbers_words_and_pairs():
    source, target, _ = turned_pair()
    renamed = WordVectors([word.upper() for word in target.words], target.matrix)
    pairs = [(word, word.upper()) for word in source.words]
    assert find_alignment(source, renamed, pairs).report.anchors == 60
    assert find_alignment(source, target, 20).report.anchors == 20
    report = find_alignment(source, target, [*source.words[:20], "w1", "nowhere", "w2"]).report
    assert (report.anchors, report.anchors_missing, report.missing) == (20, 1, ("nowhere",))


def test_the_result_tells_of_its_alignment_and_keeps_the_rest():
    source, target, _ = turned_pair()
    aligned = align(source, target)
    assert aligned.words == source.words
    assert aligned.counts.tolist() == source.counts.tolist()
    assert json.loads(json.dumps(aligned.info))["alignment"]["anchors"] == 60


def test_zero_rows_are_no_anchors():
    source, target, _ = turned_pair()
    matrix = source.matrix.copy()
    matrix[3] = 0
    broken = WordVectors(source.words, matrix)
    assert find_alignment(broken, target).report.anchors == 59
    report = find_alignment(broken, target, source.words).report
    assert (report.anchors, report.missing) == (59, ("w3",))
    aligned = align(broken, target, center=False)
    assert not aligned["w3"].any()


@pytest.mark.parametrize("dtype", [np.float16, np.int8])
def test_narrow_rows(dtype):
    source, target, rotation = turned_pair()
    if dtype == np.int8:
        scales = (np.abs(source.matrix).max(axis=1) / 127).astype(np.float32)
        narrow = WordVectors(source.words, np.round(source.matrix / scales[:, None]).astype(np.int8), scales=scales)
    else:
        narrow = WordVectors(source.words, source.matrix.astype(np.float16))
    np.testing.assert_allclose(find_alignment(narrow, target).map.rotation, rotation, atol=0.02)
    assert align(narrow, target).matrix.dtype == np.float32


def test_rank_tells_of_open_dimensions():
    rng = np.random.default_rng(6)
    flat = rng.normal(size=(30, 6))
    flat[:, 4:] = 0
    source = WordVectors(words(30), flat)
    assert find_alignment(source, source).report.rank == 4


def test_bad_input():
    source, target, _ = turned_pair()
    with pytest.raises(InputError, match="5 anchors for 8 dimensions"):
        align(source, target, anchors=5)
    with pytest.raises(InputError, match=r"0 anchors for 8 dimensions \(2 others are missing.*'x', 'y'"):
        align(source, target, anchors=["x", "y"])
    with pytest.raises(InputError, match="no word is in all"):
        align(source, WordVectors(["other"], np.ones((1, 8))))
    with pytest.raises(InputError, match=r"source has 8 dimensions and the target 3.*to 3 dimensions"):
        align(source, WordVectors(["w1"], np.ones((1, 3))))
    with pytest.raises(OptionError, match="string"):
        align(source, target, anchors="w1")
    for wrong in ([("a", "b", "c")], [3], [("a", 1)]):
        with pytest.raises(OptionError, match="an anchor is a word, or a pair"):
            align(source, target, anchors=wrong)
    with pytest.raises(InputError, match=r"'w0'.*nan or infinity"):
        align(WordVectors(words(9), np.full((9, 8), np.nan)), target)


def test_a_zero_row_stays_zero_and_is_not_moved_to_the_mean():
    rows = np.random.default_rng(1).normal(size=(9, 2)) + 1
    rows[4] = 0
    names = [f"w{row}" for row in range(9)]
    found = align(WordVectors(names, rows), WordVectors(names, rows[:, ::-1].copy()))
    assert np.flatnonzero(~found.matrix.any(axis=1)).tolist() == [4]


def test_a_dict_of_words_is_pairs_and_not_the_words_that_it_translates():
    rows = np.random.default_rng(1).normal(size=(6, 2))
    source = WordVectors(list("abcdef"), rows)
    target = WordVectors(list("bcdefa"), rows)  # the same words, each with the row of another
    pairs = dict(zip("abcdef", "bcdefa"))
    assert align(source, target, pairs).matrix.tobytes() == align(source, target, list(pairs.items())).matrix.tobytes()
    assert find_alignment(source, target, pairs).report.cosine_after == pytest.approx(1)
    with pytest.raises(OptionError, match=r"a pair of words; got \('a', \['b'\]\)"):
        align(source, target, {"a": ["b"]})

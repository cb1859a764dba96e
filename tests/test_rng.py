"""The generator: known answers, uniformity, and independence of neighbouring draws."""

import numpy as np
import pytest

from wordvec import rng

MASK = 2**64 - 1


def mix(z):
    """SplitMix64's finalizer in plain Python integers."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def test_mix_gives_splitmix64():
    """The published first outputs of SplitMix64 seeded with 1234567."""
    states = (1234567 + np.arange(1, 5, dtype=np.uint64) * rng.G).astype(np.uint64)
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert rng.mix(states).tolist() == expected


@pytest.mark.parametrize(
    "seed, epoch, position, number", [(1, 0, 0, 0), (7, 3, 123456789012, 41), (2**64 - 1, 2**40, 5, 2)]
)
def test_draws_equal_the_formula_in_plain_integers(seed, epoch, position, number):
    golden, other = 0x9E3779B97F4A7C15, 0xD1B54A32D192ED03
    stream = mix((mix((seed + golden) & MASK) + epoch * golden) & MASK)
    item = mix((stream + (position + 1) * golden) & MASK)
    expected = mix((item + (number + 1) * other) & MASK)
    keys = rng.item_key(rng.key_of(seed, epoch), np.array([position], np.uint64))
    assert rng.draw(keys, np.array([number], np.uint64)).tolist() == [expected]


def test_uniform_draws_fill_their_range_evenly():
    u = rng.uniform_matrix(seed=3, stream=0, shape=(1000, 100)).ravel()
    assert 0 <= u.min()
    assert u.max() < 1
    counts = np.histogram(u, bins=50, range=(0, 1))[0]
    chi_square = ((counts - 2000.0) ** 2 / 2000.0).sum()
    assert chi_square < 85  # 49 degrees of freedom: exceeded once in a thousand seeds


def test_neighbouring_items_numbers_streams_and_seeds_are_uncorrelated():
    base = rng.uniform_matrix(seed=3, stream=0, shape=(2000, 10))
    for other in (
        base[1:],
        rng.uniform_matrix(3, 0, (2000, 11))[:, 1:],
        rng.uniform_matrix(3, 1, (2000, 10)),
        rng.uniform_matrix(4, 0, (2000, 10)),
    ):
        a, b = base[: len(other)].ravel(), other.ravel()
        assert abs(np.corrcoef(a, b)[0, 1]) < 0.03


def test_normal_matrix_has_mean_zero_and_variance_one():
    z = rng.normal_matrix(seed=1, stream=rng.PROJECTION, shape=(1000, 50))
    assert abs(z.mean()) < 0.02
    assert abs(z.std() - 1) < 0.02


def test_below_covers_exactly_its_range():
    bits = rng.item_key(rng.key_of(1, 0), np.arange(5000, dtype=np.uint64))
    assert np.unique(rng.below(bits, np.uint64(7))).tolist() == list(range(7))


def test_permutation_is_one():
    order = rng.permutation(seed=5, stream=rng.SHUFFLE, size=1000)
    assert sorted(order.tolist()) == list(range(1000))
    assert (order != np.arange(1000)).mean() > 0.9

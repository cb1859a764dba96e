"""Subsampling and the negatives' table: formulas by hand, distributions by counting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec import rng
from wordvec.corpus.draws.sampling import ALWAYS, NegativeTable, keep_probabilities, keep_thresholds
from wordvec.errors import OptionError


def test_keep_probability_by_hand():
    """f = 0.1 and t = 0.001: sqrt(0.01) + 0.01 = 0.11."""
    assert keep_probabilities(np.array([100, 900]), 0.001)[0] == pytest.approx(0.11)


def test_rare_words_are_always_kept_and_zero_turns_it_off():
    assert keep_probabilities(np.array([10**6, 1]), 1e-3)[1] == 1.0
    assert keep_thresholds(np.array([5, 3]), 0).tolist() == [ALWAYS, ALWAYS]


def test_negative_subsample_is_an_error():
    with pytest.raises(OptionError, match="subsample must be 0"):
        keep_probabilities(np.array([1]), -1e-3)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=200), st.sampled_from([0.0, 0.5, 0.75, 1.0]))
def test_alias_table_is_the_distribution(counts, power):
    expected = np.array(counts, float) ** power
    expected /= expected.sum()
    table = NegativeTable.build(np.array(counts), power)
    np.testing.assert_allclose(table.probabilities(), expected, rtol=1e-6, atol=2e-9)


def test_draws_follow_the_distribution():
    counts = np.array([1000, 100, 10, 1])
    table = NegativeTable.build(counts)
    bits = rng.item_key(rng.key_of(2, 0), np.arange(200_000, dtype=np.uint64))
    share = np.bincount(table.words_of(bits), minlength=4) / 200_000
    np.testing.assert_allclose(share, table.probabilities(), atol=0.004)


def test_an_empty_vocabulary_has_no_negatives():
    with pytest.raises(OptionError, match="at least one word"):
        NegativeTable.build(np.array([], int))

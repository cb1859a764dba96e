"""Where blocks are cut into steps: by hand, and that no step ever exceeds its bound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.corpus.draws.examples import Examples, ExampleSampler
from wordvec.corpus.draws.steps import (
    CBOW_WEIGHTS,
    COUNTERS,
    SKIPGRAM_WEIGHTS,
    WHOLE,
    Meetings,
    cbow_shares,
    count_meetings,
    cut_into_steps,
    group_size,
    meetings_for,
    split_contexts,
)
from wordvec.errors import OptionError


def examples(contexts, centres, negatives=None):
    """Examples of these lists of contexts."""
    width = max(len(row) for row in contexts)
    mask = np.array([[i < len(row) for i in range(width)] for row in contexts])
    padded = np.array([[*row, *[0] * (width - len(row))] for row in contexts], np.int32)
    negatives = np.zeros((len(centres), 0), np.int32) if negatives is None else np.array(negatives, np.int32)
    return Examples(np.arange(len(centres)), np.array(centres, np.int32), padded, mask, negatives)


def outputs_of(batch):
    outputs = np.column_stack([batch.centres, batch.negatives])
    return outputs, (outputs != batch.centres[:, None]) | (np.arange(outputs.shape[1]) == 0)


def test_the_bound_falls_with_the_learning_rate():
    assert [meetings_for(rate) for rate in (0.0025, 0.025, 0.05, 0.1, 0.8, 5)] == [240, 24, 12, 6, 1, 1]
    assert [group_size(meetings) for meetings in (1, 2, 3, 32)] == [1, 1, 1, 16]
    with pytest.raises(OptionError, match="meetings must be at least 1; got 0"):
        group_size(0)


def test_contexts_are_split_evenly_and_in_order():
    batch = split_contexts(examples([[1, 2, 3, 4, 5], [6], [7, 8]], centres=[10, 11, 12]), size=2)
    assert [row[mask].tolist() for row, mask in zip(batch.contexts, batch.mask)] == [[1, 2], [3, 4], [5], [6], [7, 8]]
    assert batch.centres.tolist() == [10, 10, 10, 11, 12]
    assert batch.positions.tolist() == [0, 0, 0, 1, 2]


def test_negatives_of_pairs_stay_with_their_contexts():
    batch = examples([[1, 2, 3]], centres=[9])
    batch = batch._replace(negatives=np.array([[[11, 12], [21, 22], [31, 32]]], np.int32))
    parts = split_contexts(batch, size=2)
    assert parts.negatives[parts.mask].tolist() == [[11, 12], [21, 22], [31, 32]]


def test_meetings_by_hand():
    """Centre 3 with contexts 1, 1, 2 and negatives 5, 3 (dropped), 5: quarters of a meeting."""
    batch = examples([[1, 1, 2]], centres=[3], negatives=[[5, 3, 5]])

    def counted(weights, mean):
        met = count_meetings(batch, *outputs_of(batch), weights, tree=False, mean=mean)
        totals = np.bincount(met.classes.ravel(), met.quarters.ravel(), 2 * COUNTERS)
        return {int(i): totals[i] for i in np.flatnonzero(totals)}

    assert counted(SKIPGRAM_WEIGHTS, mean=False) == {COUNTERS + 3: 12, COUNTERS + 5: 6}
    assert counted(CBOW_WEIGHTS, mean=True) == {3: 6, COUNTERS + 3: 4, COUNTERS + 5: 4}


def test_a_step_ends_before_the_row_that_would_exceed_the_bound():
    met = Meetings(np.array([[0], [1], [0], [0], [1]]), np.full((5, 1), WHOLE), np.zeros(5, bool))
    assert cut_into_steps(met, meetings=2) == [slice(0, 3), slice(3, 5)]
    assert cut_into_steps(met, meetings=1) == [slice(0, 2), slice(2, 3), slice(3, 5)]
    assert cut_into_steps(met, meetings=9, most=2) == [slice(0, 2), slice(2, 4), slice(4, 5)]


def test_groups_of_one_centre_are_steps_one_after_the_other():
    batch = split_contexts(examples([[1, 2, 3, 4], [5], [6, 7]], centres=[10, 11, 12]), size=1)
    met = count_meetings(batch, *outputs_of(batch), SKIPGRAM_WEIGHTS, tree=False, mean=False)
    lengths = [step.stop - step.start for step in cut_into_steps(met, meetings=100)]
    assert lengths == [1, 1, 1, 3, 1]  # the last group is followed by other centres


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=3), min_size=1, max_size=40), st.integers(1, 9))
def test_steps_are_the_longest_within_the_bound(rows, meetings):
    classes = np.array([[*row, *[9] * (3 - len(row))] for row in rows])
    met = Meetings(classes, np.where(classes == 9, 0, WHOLE), np.zeros(len(rows), bool))

    def most(first, last):
        return np.bincount(classes[first:last].ravel(), met.quarters[first:last].ravel()).max() / WHOLE

    steps = cut_into_steps(met, meetings, most=16)
    assert [step.start for step in steps] == [0, *[step.stop for step in steps[:-1]]]
    assert steps[-1].stop == len(rows)
    for step in steps:
        length = step.stop - step.start
        assert length == 1 or (most(step.start, step.stop) <= meetings and length <= 16)
        if step.stop < len(rows) and length < 16:
            assert most(step.start, step.stop + 1) > meetings


def test_a_repeated_word_does_not_get_the_gradient_of_a_whole_window_over_and_over():
    batch = examples([[1] * 8, list(range(8)), [1, 1, 2]], centres=[0, 0, 0])
    assert cbow_shares(batch.contexts, batch.mask, meetings=2).tolist() == [0.25, 1.0, 1.0]


def test_windows_wider_than_the_sentences_need_no_more_room():
    ids, starts = np.arange(10, dtype=np.int32), np.array([0, 4, 10])
    wide = ExampleSampler.for_counts(np.ones(10), subsample=0, window=10**6, shrink_window=False)
    batch = wide.draw(ids, starts, first=0, last=10, epoch=0)
    assert batch.contexts.shape == (10, 10)
    assert batch.mask.sum(axis=1).tolist() == [3] * 4 + [5] * 6

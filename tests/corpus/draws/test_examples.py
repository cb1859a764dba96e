"""Examples against a word-by-word definition written with plain loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec import rng
from wordvec.corpus.draws.examples import ExampleSampler
from wordvec.errors import OptionError


def by_definition(sampler, ids, starts, epoch):
    """One (position, contexts, negatives) after the other: subsample, shrink, look left and right."""
    result = []
    for begin, end in zip(starts[:-1], starts[1:]):
        kept = [p for p in range(begin, end) if sampler.keeps(ids, p, p + 1, epoch)[0]]
        for place, position in enumerate(kept):
            key = rng.item_key(rng.key_of(sampler.seed, epoch), np.array([position], np.uint64))
            reach = sampler.window
            if sampler.shrink_window:
                reach = 1 + int(rng.below(rng.draw(key, rng.WINDOW), np.uint64(sampler.window))[0])
            near = kept[max(0, place - reach) : place] + kept[place + 1 : place + reach + 1]
            if not near:
                continue
            draws = sampler.negatives * (len(near) if sampler.negative_sharing == "pair" else 1)
            numbers = rng.FIRST_NEGATIVE + np.arange(draws, dtype=np.uint64)
            negatives = sampler.negative_table.words_of(rng.draw(key, numbers)).tolist()
            result.append((position, [int(ids[p]) for p in near], negatives))
    return result


def as_list(sampler, batch):
    rows = []
    for position, _, contexts, mask, negatives in zip(*batch):
        if sampler.negative_sharing == "pair":
            negatives = negatives[mask].ravel()
        rows.append((int(position), contexts[mask].tolist(), negatives.tolist()))
    return rows


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 30), min_size=1, max_size=8),
    window=st.integers(1, 7),
    negatives=st.integers(0, 4),
    sharing=st.sampled_from(["window", "pair"]),
    shrink=st.booleans(),
    subsample=st.sampled_from([0, 0.05]),
    chunk=st.integers(1, 40),
    seed=st.integers(0, 5),
)
def test_chunks_of_any_size_give_the_examples_of_the_definition(
    lengths, window, negatives, sharing, shrink, subsample, chunk, seed
):
    starts = np.concatenate([[0], np.cumsum(lengths)])
    ids = np.random.default_rng(seed).integers(0, 6, starts[-1]).astype(np.int32)
    counts = np.bincount(ids, minlength=6) + 1
    sampler = ExampleSampler.for_counts(
        counts,
        subsample=subsample,
        window=window,
        negatives=negatives,
        negative_sharing=sharing,
        shrink_window=shrink,
        seed=seed,
    )
    found = []
    for first in range(0, len(ids), chunk):
        batch = sampler.draw(ids, starts, first=first, last=min(first + chunk, len(ids)), epoch=2)
        assert (batch.centres == ids[batch.positions]).all()
        found += as_list(sampler, batch)
    assert found == by_definition(sampler, ids, starts, epoch=2)


def test_epochs_and_seeds_draw_differently():
    ids, starts = np.arange(50, dtype=np.int32) % 10, np.array([0, 50])
    one = ExampleSampler.for_counts(np.full(10, 5), subsample=0, seed=1)
    two = ExampleSampler.for_counts(np.full(10, 5), subsample=0, seed=2)
    draws = [s.draw(ids, starts, first=0, last=50, epoch=e).negatives for s, e in [(one, 0), (one, 1), (two, 0)]]
    assert (draws[0] != draws[1]).any()
    assert (draws[0] != draws[2]).any()


@pytest.mark.parametrize("options, message", [({"window": 0}, "window"), ({"negatives": -1}, "negatives")])
def test_options_out_of_range(options, message):
    with pytest.raises(OptionError, match=message):
        ExampleSampler.for_counts(np.array([1, 1]), **options)


def test_an_unknown_way_to_share_negatives():
    with pytest.raises(OptionError, match="'window' or 'pair'"):
        ExampleSampler.for_counts(np.array([1, 1]), negative_sharing="block")

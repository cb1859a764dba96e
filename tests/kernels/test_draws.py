"""Examples drawn in compiled code are those of wordvec.corpus.draws.examples, whatever the stretch."""

from __future__ import annotations

import numpy as np
import pytest

from wordvec.corpus.draws.examples import ExampleSampler
from wordvec.corpus.draws.steps import count_meetings, cut_into_steps, split_contexts, weights_for
from wordvec.kernels.cpu import composing, drawing, stepping
from wordvec.kernels.huffman import huffman_paths
from wordvec.native import library
from wordvec.native.training import CBOW, SKIPGRAM, SKIPGRAM_PAIRS, drawn_examples, new_training

pytestmark = pytest.mark.skipif(not library.is_available(), reason="the C library is not here")

POSITIONS, WORDS, DEAD = 300, 12, 99
IDS = np.minimum(np.random.default_rng(3).zipf(1.4, POSITIONS) - 1, WORDS - 1).astype(np.int32)
STARTS = np.array([0, 0, 1, 5, 6, 6, 90, 91, 240, POSITIONS])
COUNTS = np.bincount(IDS, minlength=WORDS) + 1


def drawn(sampler, begin, end, *, architecture=SKIPGRAM, paths=None, group=1000, meetings=10**6):
    """Examples of positions begin .. end - 1, which must be a block."""
    block = max(end - begin, 1)
    assert begin % block == 0
    weights = weights_for(architecture == CBOW, sampler.negatives, None if paths is None else paths.starts)
    values = {
        **drawing(architecture, sampler, 2, STARTS, paths),
        **stepping(architecture, meetings, weights, paths is not None),
        **composing(weights, sampler, STARTS, block, None),
        "group": group,
        "ids": IDS,
        "sentence_starts": STARTS,
        "sentences": len(STARTS) - 1,
        "architecture": architecture,
        "block": block,
        "end": end,
        "absent_input": DEAD,
        "absent_output": DEAD,
        **dict.fromkeys(("first_block", "last_block", "done_before", "positions", "learning_rate"), 0),
        **dict.fromkeys(("divide", "slice_count", "band_count", "half", "threads"), 0),
        "slices": None,
        "bands": None,
    }
    return drawn_examples(new_training(**values), begin // block)


def listed(ids, weights):
    """What a list of ids with weights says, as a multiset."""
    return sorted((int(i), float(w)) for i, w in zip(ids, weights) if w)


def outputs_of(examples, slot, outputs, *, context=0, tile=None, most=None, used=None):
    """The outputs of an example (of one of its contexts, where each has its own) with their weights, as a multiset.

    Ids stand in groups of `tile`, 8 places each; weights in strips of 8, or of 4 for small tiles, bits reversed.
    """
    most = 4 if library.lanes() == 4 else most or (6 if library.lanes() == 8 else 8)
    groups = -(-outputs // (tile or most))
    tile = tile or -(-outputs // groups)
    strip = 8 if tile > 4 else 4
    order = [0, 4, 2, 6, 1, 5, 3, 7] if strip == 8 else [0, 2, 1, 3]
    ids = examples["outputs"][slot].reshape(-1, 8)[context * groups : (context + 1) * groups, :tile]
    weights = examples["output_weights"][slot].reshape(-1, strip)[context * groups : (context + 1) * groups]
    shown = slice(None) if used is None else slice(0, used // 8)
    return listed(ids[shown].ravel(), weights[:, order[:tile]][shown].ravel())


def as_multiset(words, sign=1.0):
    return sorted((int(w), sign * float(n)) for w, n in zip(*np.unique(words, return_counts=True)))


@pytest.mark.parametrize(("begin", "end"), [(0, 300), (0, 1), (5, 6), (80, 120), (240, 300), (150, 150)])
@pytest.mark.parametrize("options", [{}, {"window": 1, "negatives": 1}, {"window": 3, "shrink_window": False}])
@pytest.mark.parametrize("pool", [0, 64])
def test_shared_negatives(begin, end, options, pool):
    options = {"window": 4, "negatives": 6, "negative_pool": pool, **options}
    sampler = ExampleSampler.for_counts(COUNTS, subsample=0.1, **options)
    batch = sampler.draw(IDS, STARTS, first=begin, last=end, epoch=2)
    examples = drawn(sampler, begin, end)
    assert examples["centres"] == examples["step_ends"][-1] == len(batch.centres)
    assert examples["predictions"] == batch.mask.sum()
    assert examples["terms"] == (batch.mask.sum(1) * (1 + (batch.negatives != batch.centres[:, None]).sum(1))).sum()
    for b, centre in enumerate(batch.centres):
        count = examples["context_counts"][b]
        contexts = listed(examples["contexts"][b, :count], examples["context_weights"][b, :count])
        assert contexts == as_multiset(batch.contexts[b][batch.mask[b]])
        assert len({i for i, _ in contexts}) == count  # none is listed twice
        assert not examples["context_weights"][b, count:].any()  # absent ones count for nothing
        others = batch.negatives[b][batch.negatives[b] != centre]
        expected = sorted([(int(centre), 1.0), *as_multiset(others, -1.0)])
        assert outputs_of(examples, b, 1 + sampler.negatives) == expected


@pytest.mark.parametrize("group", [1, 3, 8, 1000])
@pytest.mark.parametrize("meetings", [1, 2, 7, 30])
@pytest.mark.parametrize("negatives", [3, 20])
def test_groups_and_steps_are_those_of_the_layers(group, meetings, negatives):
    sampler = ExampleSampler.for_counts(COUNTS, subsample=0, window=4, negatives=negatives, shrink_window=False)
    batch = split_contexts(sampler.draw(IDS, STARTS, first=0, last=POSITIONS, epoch=2), group)
    outputs = np.column_stack([batch.centres, batch.negatives])
    present = (outputs != batch.centres[:, None]) | (np.arange(1 + negatives) == 0)
    weights = weights_for(False, negatives)
    met = count_meetings(batch, outputs, present, weights, tree=False, mean=False)
    examples = drawn(sampler, 0, POSITIONS, group=group, meetings=meetings)
    assert examples["step_ends"].tolist() == [step.stop for step in cut_into_steps(met, meetings)]
    for b in range(examples["step_ends"][-1]):
        contexts = listed(examples["contexts"][b], examples["context_weights"][b])
        assert contexts == as_multiset(batch.contexts[b][batch.mask[b]])


def test_contexts_as_they_come():
    sampler = ExampleSampler.for_counts(COUNTS, subsample=0, window=4, negatives=3)
    batch = sampler.draw(IDS, STARTS, first=0, last=POSITIONS, epoch=2)
    examples = drawn(sampler, 0, POSITIONS, architecture=CBOW)
    assert examples["step_ends"][-1] == examples["predictions"] == len(batch.centres)
    for b, mask in enumerate(batch.mask):
        assert examples["contexts"][b, : mask.sum()].tolist() == batch.contexts[b][mask].tolist()


@pytest.mark.parametrize("pool", [0, 32])
def test_negatives_for_each_pair(pool):
    options = {"window": 3, "negatives": 5, "negative_sharing": "pair", "negative_pool": pool}
    sampler = ExampleSampler.for_counts(COUNTS, subsample=0, **options)
    batch = sampler.draw(IDS, STARTS, first=0, last=POSITIONS, epoch=2)
    examples = drawn(sampler, 0, POSITIONS, architecture=SKIPGRAM_PAIRS)
    assert examples["step_ends"][-1] == len(batch.centres)
    kept = batch.mask[:, :, None] & (batch.negatives != batch.centres[:, None, None])
    assert examples["terms"] == batch.mask.sum() + kept.sum()
    for b, centre in enumerate(batch.centres):
        for i, c in enumerate(np.flatnonzero(batch.mask[b])):
            negatives = [(int(n), -1.0) for n in batch.negatives[b, c][kept[b, c]]]
            assert outputs_of(examples, b, 6, context=i, most=8) == sorted([(int(centre), 1.0), *negatives])


def test_paths_of_a_tree():
    paths = huffman_paths(COUNTS)
    sampler = ExampleSampler.for_counts(COUNTS, subsample=0, window=2, negatives=0)
    batch = sampler.draw(IDS, STARTS, first=0, last=POSITIONS, epoch=2)
    examples = drawn(sampler, 0, POSITIONS, paths=paths)
    longest = int(np.diff(paths.starts).max())
    assert examples["terms"] == (batch.mask.sum(1) * np.diff(paths.starts)[batch.centres]).sum()
    for b, centre in enumerate(batch.centres):
        path = slice(paths.starts[centre], paths.starts[centre + 1])
        expected = sorted((int(n), float(s)) for n, s in zip(paths.nodes[path], paths.signs[path]))
        used = 8 * int(examples["group_counts"][b])
        assert outputs_of(examples, b, longest, tile=4, used=used) == expected

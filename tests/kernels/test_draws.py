"""Examples drawn in compiled code are those of wordvec.corpus.examples, whatever the stretch."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("numba")

from numba import njit

from wordvec import rng
from wordvec.corpus.examples import ExampleSampler
from wordvec.corpus.steps import SKIPGRAM_WEIGHTS, WHOLE, count_meetings, cut_into_steps, split_contexts
from wordvec.kernels import draws, placing
from wordvec.kernels.huffman import huffman_paths

POSITIONS, WORDS, DEAD = 300, 12, 99
IDS = np.minimum(np.random.default_rng(3).zipf(1.4, POSITIONS) - 1, WORDS - 1).astype(np.int32)
STARTS = np.array([0, 0, 1, 5, 6, 6, 90, 91, 240, POSITIONS])
COUNTS = np.bincount(IDS, minlength=WORDS) + 1


@njit
def draw(corpus, sampling, placement, scratch, examples, begin, end):
    return draws.draw_examples(placement.tile, corpus, sampling, placement, scratch, examples, 0, begin, end)


def compiled_examples(sampler, begin, end, *, merge, pairs=False, paths=None, tile=4, group=1000, meetings=10**6):
    no_paths = (np.zeros(1, np.int64), np.zeros(1, np.int32), np.zeros(1, np.float32))
    negatives = 0 if paths is not None else sampler.negatives
    sampling = draws.Sampling(
        sampler.keep_thresholds,
        sampler.negative_table.packed(),
        *(paths or no_paths),
        rng.key_of(sampler.seed, 2)[0],
        sampler.window,
        sampler.shrink_window,
        sampler.negatives,
        negatives * (2 * sampler.window if pairs else 1),
        sampler.window,
        group,
        WHOLE * meetings,
        *SKIPGRAM_WEIGHTS,
    )
    width = min(2 * sampler.window, group)
    whole = 2 * sampler.window <= group
    placement = placing.Placement(merge, 2, tile, paths is not None, pairs, whole, meetings, DEAD, DEAD)
    slots = POSITIONS * -(-2 * sampler.window // width)
    examples = placing.blank_examples(1, slots, width + width % 2, 8 * 2 * sampler.window * 3, placement)
    scratch = draws.new_scratch(POSITIONS, sampler.window, sampling.draws)
    centres, predictions, terms = draw(draws.Corpus(IDS, STARTS), sampling, placement, scratch, examples, begin, end)
    steps = examples.step_ends[0, : examples.step_counts[0]].tolist()
    if group == 1000:
        assert centres == steps[-1]
    return examples, steps, terms, predictions


def listed(ids, weights):
    """What a list of ids with weights says, as a multiset."""
    return sorted((int(i), float(w)) for i, w in zip(ids, weights) if w)


def as_multiset(words, sign=1.0):
    return sorted((int(w), sign * float(n)) for w, n in zip(*np.unique(words, return_counts=True)))


@pytest.mark.slow("compiles the drawing of examples, which every kernel of this file then uses")
@pytest.mark.parametrize(("begin", "end"), [(0, 300), (0, 1), (5, 6), (80, 120), (239, 300), (150, 150)])
@pytest.mark.parametrize("options", [{}, {"window": 1, "negatives": 1}, {"window": 3, "shrink_window": False}])
def test_shared_negatives(begin, end, options):
    sampler = ExampleSampler.for_counts(COUNTS, subsample=0.1, **{"window": 4, "negatives": 6, **options})
    batch = sampler.draw(IDS, STARTS, first=begin, last=end, epoch=2)
    examples, steps, terms, predictions = compiled_examples(sampler, begin, end, merge=True)
    slots = steps[-1]
    assert slots == len(batch.centres)
    assert predictions == batch.mask.sum()
    assert terms == (batch.mask.sum(1) * (1 + (batch.negatives != batch.centres[:, None]).sum(1))).sum()
    for b in range(slots):
        count, centre = examples.context_counts[0, b], batch.centres[b]
        contexts = listed(examples.contexts[0, b, :count], examples.context_weights[0, b, :count])
        assert contexts == as_multiset(batch.contexts[b][batch.mask[b]])
        assert len({i for i, _ in contexts}) == count  # none is listed twice
        others = batch.negatives[b][batch.negatives[b] != centre]
        expected = sorted([(int(centre), 1.0), *as_multiset(others, -1.0)])
        assert listed(examples.outputs[0, b], examples.output_weights[0, b]) == expected


@pytest.mark.parametrize("group", [1, 3, 8, 1000])
@pytest.mark.parametrize("meetings", [1, 2, 7, 30])
def test_groups_and_steps_are_those_of_the_layers(group, meetings):
    sampler = ExampleSampler.for_counts(COUNTS, subsample=0, window=4, negatives=3, shrink_window=False)
    batch = split_contexts(sampler.draw(IDS, STARTS, first=0, last=POSITIONS, epoch=2), group)
    outputs = np.column_stack([batch.centres, batch.negatives])
    present = (outputs != batch.centres[:, None]) | (np.arange(4) == 0)
    met = count_meetings(batch, outputs, present, SKIPGRAM_WEIGHTS, tree=False, mean=False)
    examples, steps, _, _ = compiled_examples(sampler, 0, POSITIONS, merge=True, group=group, meetings=meetings)
    assert steps == [step.stop for step in cut_into_steps(met, meetings)]
    for b in range(steps[-1]):
        contexts = listed(examples.contexts[0, b], examples.context_weights[0, b])
        assert contexts == as_multiset(batch.contexts[b][batch.mask[b]])


def test_contexts_as_they_come():
    sampler = ExampleSampler.for_counts(COUNTS, subsample=0, window=4, negatives=3)
    batch = sampler.draw(IDS, STARTS, first=0, last=POSITIONS, epoch=2)
    examples, steps, _, predictions = compiled_examples(sampler, 0, POSITIONS, merge=False)
    slots = steps[-1]
    assert slots == predictions == len(batch.centres)
    for b in range(slots):
        assert examples.contexts[0, b, : batch.mask[b].sum()].tolist() == batch.contexts[b][batch.mask[b]].tolist()


def test_negatives_for_each_pair():
    options = {"window": 3, "negatives": 5, "negative_sharing": "pair"}
    sampler = ExampleSampler.for_counts(COUNTS, subsample=0, **options)
    batch = sampler.draw(IDS, STARTS, first=0, last=POSITIONS, epoch=2)
    examples, steps, terms, _ = compiled_examples(sampler, 0, POSITIONS, merge=False, pairs=True)
    slots = steps[-1]
    assert slots == len(batch.centres)
    kept = batch.mask[:, :, None] & (batch.negatives != batch.centres[:, None, None])
    assert terms == batch.mask.sum() + kept.sum()
    for b in range(slots):
        assert examples.output_groups[0, b] == 2
        for i, c in enumerate(np.flatnonzero(batch.mask[b])):
            places = slice(16 * i, 16 * (i + 1))
            expected = sorted(
                [(int(batch.centres[b]), 1.0)] + [(int(n), -1.0) for n in batch.negatives[b, c][kept[b, c]]]
            )
            assert listed(examples.outputs[0, b, places], examples.output_weights[0, b, places]) == expected


def test_paths_of_a_tree():
    paths = huffman_paths(COUNTS)
    sampler = ExampleSampler.for_counts(COUNTS, subsample=0, window=2, negatives=0)
    batch = sampler.draw(IDS, STARTS, first=0, last=POSITIONS, epoch=2)
    examples, steps, terms, _ = compiled_examples(sampler, 0, POSITIONS, merge=True, paths=paths)
    slots = steps[-1]
    assert terms == (batch.mask.sum(1) * np.diff(paths.starts)[batch.centres]).sum()
    for b in range(slots):
        path = slice(paths.starts[batch.centres[b]], paths.starts[batch.centres[b] + 1])
        places = slice(0, 8 * int(examples.output_groups[0, b]))
        expected = sorted((int(n), float(s)) for n, s in zip(paths.nodes[path], paths.signs[path]))
        assert listed(examples.outputs[0, b, places], examples.output_weights[0, b, places]) == expected

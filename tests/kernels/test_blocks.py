from __future__ import annotations

import numpy as np
import pytest

from wordvec.kernels.blocks import LARGEST_BLOCK, choose_block

pytest.importorskip("numba")

from wordvec.corpus.examples import ExampleSampler
from wordvec.kernels import cpu
from wordvec.kernels.tables import Tables

EIGHT_WORDS = np.full(8, 1000)


def block_for(counts, **options):
    options = {"window": 5, "negatives": 5, "learning_rate": 0.025, **options}
    return choose_block(np.asarray(counts), np.ones(len(counts)), **options)


def test_large_vocabularies_take_the_largest_block_and_small_ones_small_ones():
    assert block_for(np.full(100_000, 10)) == LARGEST_BLOCK
    assert block_for(EIGHT_WORDS) == 16  # 4.5 terms a position for each row of W_out: 3 / (0.025 · 4.5) = 26.7
    assert block_for([5], learning_rate=1.0) == 1
    assert block_for(EIGHT_WORDS, learning_rate=0.0125) == 32


@pytest.mark.parametrize("train", [cpu.train_skipgram, cpu.train_cbow])
def test_a_small_vocabulary_trains_in_the_chosen_block_and_diverges_in_a_large_one(train):
    """Eight words in random order: there is nothing to learn, and a block that overshoots gets worse and worse."""
    ids = np.random.default_rng(2).integers(8, size=8000).astype(np.int32)
    sampler = ExampleSampler.for_counts(EIGHT_WORDS, subsample=0, window=2, negatives=5)
    rng, losses = np.random.default_rng(1), {}
    start = ((rng.random((8, 20)) - 0.5) / 20).astype(np.float32)
    chosen = block_for(EIGHT_WORDS, window=2, learning_rate=0.1)
    for block in (1, chosen, len(ids)):
        tables = Tables(start, np.zeros_like(start))
        call = {"first": 0, "last": len(ids), "epochs": 3, "learning_rate": 0.1, "block": block}
        for epoch in range(3):
            loss = train(tables, ids, np.array([0, len(ids)]), sampler, epoch=epoch, **call)
        losses[block] = loss.total / loss.terms
    assert losses[chosen] == pytest.approx(losses[1], rel=0.05)
    assert not losses[len(ids)] < 2 * losses[1]  # or not a number at all

from __future__ import annotations

import heapq

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import OptionError
from wordvec.kernels.huffman import huffman_paths


def test_a_tree_worked_by_hand():
    """Counts 5 2 2 1: 1 and the later 2 make node 0 (3), then the other 2 and node 0 node 1 (5), then 5 and that."""
    paths = huffman_paths(np.array([5, 2, 2, 1]))
    assert np.diff(paths.starts).tolist() == [1, 2, 3, 3]
    assert paths.nodes.tolist() == [2, 2, 1, 2, 1, 0, 2, 1, 0]
    assert paths.signs.tolist() == [1, -1, 1, -1, -1, -1, -1, -1, 1]


@given(st.lists(st.integers(0, 50), min_size=2, max_size=40))
def test_paths_are_shortest_and_all_different(counts):
    counts = np.array(counts)
    paths = huffman_paths(counts)
    lengths = np.diff(paths.starts)
    heap = counts.tolist()
    heapq.heapify(heap)
    cost = 0
    while len(heap) > 1:  # the textbook's way to the least expected length
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        cost += merged
        heapq.heappush(heap, merged)
    assert int((lengths * counts).sum()) == cost
    assert np.sum(2.0**-lengths) == 1.0  # Kraft: every way ends at a word
    ways = {tuple(zip(paths.nodes[a:b], paths.signs[a:b])) for a, b in zip(paths.starts, paths.starts[1:])}
    assert len(ways) == len(counts)
    assert paths.nodes.min() == 0
    assert paths.nodes.max() == len(counts) - 2


def test_probabilities_of_all_words_add_up_to_one():
    counts = np.random.default_rng(1).integers(1, 100, 30)
    paths, scores = huffman_paths(counts), np.random.default_rng(2).normal(size=29)
    decisions = 1 / (1 + np.exp(-paths.signs * scores[paths.nodes]))
    assert np.multiply.reduceat(decisions, paths.starts[:-1]).sum() == pytest.approx(1.0)


def test_one_word_has_no_tree():
    with pytest.raises(OptionError, match="at least two words; the vocabulary has 1"):
        huffman_paths(np.array([7]))

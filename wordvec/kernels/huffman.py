"""The Huffman tree of a vocabulary, for hierarchical softmax (Morin and Bengio 2005; Mikolov et al. 2013b, 2.1).

Each word is a leaf, each inner node a row of W_out, and P(word) the product of the decisions on the way to it:
sigmoid(s) for going left, sigmoid(-s) for going right, with s the score of the node. Frequent words are near the root.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordvec.errors import OptionError


class HuffmanPaths(NamedTuple):
    """The way from the root to each word.

    starts (V+1,) int64: word w's path is nodes[starts[w] : starts[w + 1]]
    nodes  int32, inner nodes from the root (number V - 2) down; there are V - 1 of them, 0 .. V - 2
    signs  float32, +1 where the path goes left, -1 where it goes right
    """

    starts: np.ndarray
    nodes: np.ndarray
    signs: np.ndarray


def huffman_paths(counts: np.ndarray) -> HuffmanPaths:
    """Build the tree and list the path of each word.

    The two rarest subtrees are joined, repeatedly: the rarer goes left. Among equally rare ones, words come before
    inner nodes, later words before earlier ones, and older inner nodes before younger ones, so counts alone determine
    the tree.

    >>> paths = huffman_paths(np.array([5, 2, 2, 1]))
    >>> [paths.nodes[a:b].tolist() for a, b in zip(paths.starts, paths.starts[1:])]
    [[2], [2, 1], [2, 1, 0], [2, 1, 0]]
    >>> [paths.signs[a:b].tolist() for a, b in zip(paths.starts, paths.starts[1:])]
    [[1.0], [-1.0, 1.0], [-1.0, -1.0, -1.0], [-1.0, -1.0, 1.0]]
    """
    words = len(counts)
    if words < 2:
        raise OptionError(f"hierarchical softmax needs at least two words; the vocabulary has {words}")
    parent, is_left = _merge_rarest(np.asarray(counts, np.int64))
    depth = np.zeros(2 * words - 1, np.int64)
    for node in range(2 * words - 3, -1, -1):
        depth[node] = depth[parent[node]] + 1
    starts = np.concatenate([[0], np.cumsum(depth[:words])])
    nodes, signs = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
    at, place = np.arange(words), starts[1:] - 1  # climb from all words at once
    while len(at):
        nodes[place] = parent[at] - words
        signs[place] = np.where(is_left[at], 1.0, -1.0)
        at, place = parent[at], place - 1
        below_root = at != 2 * words - 2
        at, place = at[below_root], place[below_root]
    return HuffmanPaths(starts, nodes, signs)


def _merge_rarest(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Parent of each of the 2V - 1 nodes (words first, then inner nodes by age), and whether it is a left child.

    Two queues suffice (van Leeuwen 1976): words, the rarest first, and inner nodes, which are made in order of weight.
    """
    words = len(counts)
    order = np.lexsort((-np.arange(words), counts)).tolist()  # rarest first, later words before earlier ones
    weight = counts.tolist() + [0] * (words - 1)
    parent, is_left = np.zeros(2 * words - 1, np.int64), np.zeros(2 * words - 1, bool)
    next_word, next_inner = 0, words

    def take(limit: int) -> int:
        nonlocal next_word, next_inner
        if next_word < words and (next_inner == limit or weight[order[next_word]] <= weight[next_inner]):
            next_word += 1
            return order[next_word - 1]
        next_inner += 1
        return next_inner - 1

    for inner in range(words, 2 * words - 1):
        left, right = take(inner), take(inner)
        parent[left] = parent[right] = inner
        is_left[left] = True
        weight[inner] = weight[left] + weight[right]
    return parent, is_left

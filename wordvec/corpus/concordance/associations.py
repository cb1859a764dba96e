"""Context associations: what occurs near a word, how much more often than by chance, and what two words share.

Association of word w with context c: PPMI of Levy, Goldberg and Dagan 2015 (section 3.1, a = 0.75), times Pantel and
Lin's discount for few observations (2002, "Discovering word senses from text", section 3)::

    A(w, c) = max(0, log(#(w, c) / #(w) / P_a(c))) * #(w, c) / (#(w, c) + 1) * m / (m + 1),   m = min(#(w), #(c))
    P_a(c)  = #(c)**a / sum over c' of #(c')**a

#(w, c) counts c in flat windows around w in the same sentence, #(w) is its sum over c, and #(c) is how often c
occurs. `wordvec.counts.ppmi.explain` shows how a PPMI model was made and has no discount: contexts that occurred once
with each word come first there, and they explain little to a reader. The part of context c in the similarity of v and w
is A(v, c) A(w, c) / (|A(v)| |A(w)|). Over all c the parts add up to the cosine of the two rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wordvec.rng import SHUFFLE, U64, below, draw, item_key, key_of

if TYPE_CHECKING:
    from wordvec.corpus.corpus import Corpus

SMOOTHING = 0.75
AT_A_TIME = 1 << 20  # occurrences of a word


class WordContexts(NamedTuple):
    """One word's contexts: how often each occurs near it (V,) int64, and its association with each (V,) float64."""

    near: np.ndarray
    association: np.ndarray


def contexts_of(corpus: Corpus, positions: np.ndarray, window: int) -> WordContexts:
    """Count the contexts around a word's `positions`, and compute its association with each.

    >>> from wordvec.corpus import Corpus
    >>> corpus = Corpus.from_sentences([["a", "b", "c"], ["b", "a"]])
    >>> contexts_of(corpus, np.array([1, 3]), window=1).near.tolist()  # of b: a before it and after it, c after it
    [2, 0, 1]
    """
    near = np.zeros(len(corpus.vocabulary), np.int64)
    for begin in range(0, len(positions), AT_A_TIME):
        near += _count(corpus, positions[begin : begin + AT_A_TIME], window)
    return WordContexts(near, associations(near, corpus.vocabulary.counts))


def _count(corpus: Corpus, positions: np.ndarray, window: int) -> np.ndarray:
    starts, ids = corpus.sentence_starts, corpus.ids
    sentences = np.searchsorted(starts, positions, side="right") - 1
    first, end = starts[sentences], starts[sentences + 1]
    total = np.zeros(len(corpus.vocabulary), np.int64)
    for distance in range(1, min(window, int((end - first).max(initial=1)) - 1) + 1):
        before, after = positions - distance, positions + distance
        for found in (before[before >= first], after[after < end]):
            total += np.bincount(ids[found], minlength=len(total))
    return total


def associations(near: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """A(w, c) of the formula above. Shapes: near (V,), #(w, c); counts (V,), #(c) -> (V,) float64.

    >>> associations(np.array([8, 0]), np.array([16, 16])).round(4).tolist()  # log(1 / 0.5) * 8 / 9 * 8 / 9
    [0.5477, 0.0]
    """
    result = np.zeros(len(near))
    met = np.flatnonzero(near)
    if not len(met):
        return result
    of_word, smoothed = float(near.sum()), counts.astype(np.float64) ** SMOOTHING
    joint = near[met].astype(np.float64)
    information = np.log(joint / of_word) - np.log(smoothed[met] / smoothed.sum())
    least = np.minimum(of_word, counts[met])
    result[met] = np.maximum(0.0, information) * joint / (joint + 1) * least / (least + 1)
    return result


def cosine_parts(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """What each context adds to the cosine of two words' rows: a_c b_c / (|a| |b|); all zeros if a row is zero.

    >>> cosine_parts(np.array([3.0, 0.0, 4.0]), np.array([4.0, 3.0, 0.0])).round(2).tolist()
    [0.48, 0.0, 0.0]
    """
    a, b = a.astype(np.float64), b.astype(np.float64)
    norm = float(np.linalg.norm(a) * np.linalg.norm(b))
    return a * b / norm if norm > 0 else np.zeros(len(a))


def nearest_distance(a: np.ndarray, b: np.ndarray, sentence_starts: np.ndarray) -> np.ndarray:
    """For each position in `a`, the distance to the nearest other position in `b` in its sentence; if none, 2**63 - 1.

    Shapes: a (A,) and b (B,), ascending -> (A,) int64.

    >>> nearest_distance(np.array([1, 4]), np.array([0, 1, 7]), np.array([0, 5, 8])).tolist()[0]
    1
    """
    none = np.iinfo(np.int64).max
    sentences = np.searchsorted(sentence_starts, a, side="right") - 1
    first, end = sentence_starts[sentences], sentence_starts[sentences + 1]
    distance = np.full(len(a), none)
    if not len(b):
        return distance
    before = np.searchsorted(b, a, side="left") - 1  # the last of b before each position
    after = np.searchsorted(b, a, side="right")  # the first of b after each position
    found = before >= 0
    found[found] = b[before[found]] >= first[found]
    distance[found] = (a - b[np.maximum(before, 0)])[found]
    found = after < len(b)
    found[found] = b[after[found]] < end[found]
    distance[found] = np.minimum(distance, b[np.minimum(after, len(b) - 1)] - a)[found]
    return distance


def spread(total: int, limit: int, seed: int | None = None) -> np.ndarray:
    """Choose at most `limit` of `total` indices, evenly spread: ascending, (min(total, limit),) int64.

    The indices are divided into `limit` parts of equal size (within one). Each part gives its middle, or with `seed` a
    random one.

    >>> spread(10, 2).tolist(), spread(3, 10).tolist()
    ([2, 7], [0, 1, 2])
    """
    if total <= limit:
        return np.arange(total)
    borders = np.arange(limit + 1) * total // limit
    sizes = np.diff(borders)
    if seed is None:
        return borders[:-1] + sizes // 2
    bits = draw(item_key(key_of(seed, SHUFFLE), np.arange(limit, dtype=U64)), U64(0))
    return borders[:-1] + below(bits, sizes.astype(U64)).astype(np.int64)

"""Drawing training examples inside compiled code: the same as `wordvec.corpus.examples`, in the shape tiles want.

Every draw is a function of (seed, epoch, position), so a stretch of positions can be drawn by any thread at any
time. The steps over a stretch are separate plain loops over arrays, which LLVM turns into vector code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from wordvec import rng
from wordvec.kernels.placing import place_contexts, place_outputs, place_pairs, place_path
from wordvec.kernels.threads import COMPILE, INLINE

# Compiled copies of the functions in wordvec.rng.
mix = njit(inline="always")(rng.mix)
G, H, S32, LOW32 = rng.G, rng.H, rng.S32, rng.LOW32
ONE = np.uint64(1)
SUBSAMPLE, WINDOW, FIRST_NEGATIVE = rng.SUBSAMPLE, rng.WINDOW, rng.FIRST_NEGATIVE


@njit(inline="always")
def item_key(key, item):  # type: ignore[no-untyped-def]
    """See `wordvec.rng.item_key`."""
    return mix(key + np.uint64(item) * G + G)


@njit(inline="always")
def draw(key, number):  # type: ignore[no-untyped-def]
    """See `wordvec.rng.draw`."""
    return mix(key + np.uint64(number) * H + H)


class Corpus(NamedTuple):
    """ids (N,) int32; sentence_starts (S+1,) int64."""

    ids: np.ndarray
    sentence_starts: np.ndarray


class Sampling(NamedTuple):
    """How examples are drawn.

    keep_thresholds (V,) uint64; negative_table (V,) uint64, see `NegativeTable.packed`
    draws           negatives to draw for a centre: K, or K for each of 2 · window contexts; 0 with a tree
    path_starts     (V+1,) int64 into path_nodes, int32, and path_signs, float32 (+1 left, -1 right): the Huffman tree
    """

    keep_thresholds: np.ndarray
    negative_table: np.ndarray
    path_starts: np.ndarray
    path_nodes: np.ndarray
    path_signs: np.ndarray
    epoch_key: np.uint64
    window: int
    shrink_window: bool
    negatives: int
    draws: int


class Scratch(NamedTuple):
    """Working space of one thread for a stretch of positions and its margins, (n,) each; negatives (K, n)."""

    keys: np.ndarray
    flags: np.ndarray
    ids: np.ndarray
    latest_repeat: np.ndarray
    first: np.ndarray
    last: np.ndarray
    reach: np.ndarray
    negatives: np.ndarray


def new_scratch(piece: int, window: int, draws: int) -> Scratch:
    """Working space for stretches of `piece` positions."""
    size = piece + 4 * window
    keys, flags = np.zeros(size, np.uint64), np.zeros(size, np.uint8)
    ids, latest_repeat, first, last, reach = np.zeros((5, size), np.int32)
    return Scratch(keys, flags, ids, latest_repeat, first, last, reach, np.zeros((draws, size), np.int32))


@njit(**COMPILE)
def is_kept(corpus, sampling, position):  # type: ignore[no-untyped-def]
    """Whether the token at this position survives subsampling."""
    bits = draw(item_key(sampling.epoch_key, position), SUBSAMPLE)
    return (bits >> S32) < sampling.keep_thresholds[corpus.ids[position]]


@njit(**COMPILE)
def list_kept_tokens(corpus, sampling, placement, scratch, begin, end):  # type: ignore[no-untyped-def]
    """List the kept tokens of positions begin .. end - 1, with up to `window` more on each side in the same sentence.

    Fills scratch.ids, .keys (of the positions) and, as indexes into this list, .first and .last: where the sentence
    of each token begins and ends. Returns how many tokens stand before `begin`, how many before `end`.
    """
    ids, starts = corpus.ids, corpus.sentence_starts
    window, key = sampling.window, sampling.epoch_key
    sentence = np.searchsorted(starts, begin, side="right") - 1

    left, position = 0, begin - 1
    while position >= starts[sentence] and left < window:  # walk left, then turn what was found around
        if is_kept(corpus, sampling, position):
            scratch.ids[left] = ids[position]
            left += 1
        position -= 1
    for k in range(left // 2):
        scratch.ids[k], scratch.ids[left - 1 - k] = scratch.ids[left - 1 - k], scratch.ids[k]

    for k in range(end - begin):
        bits = draw(item_key(key, begin + k), SUBSAMPLE)
        scratch.flags[k] = (bits >> S32) < sampling.keep_thresholds[np.uint32(ids[begin + k])]

    count, sentence_first, position = left, 0, begin
    while position < end:
        stop = min(end, starts[sentence + 1])
        for p in range(position, stop):
            scratch.ids[count] = ids[p]
            scratch.keys[count] = np.uint64(p)
            count += np.intp(scratch.flags[p - begin])
        if stop == end:
            break
        for k in range(sentence_first, count):
            scratch.first[k], scratch.last[k] = sentence_first, count
        sentence_first, position, sentence = count, stop, sentence + 1

    right, position = count, end
    while position < starts[sentence + 1] and right < count + window:
        if is_kept(corpus, sampling, position):
            scratch.ids[right] = ids[position]
            right += 1
        position += 1
    for k in range(sentence_first, count):
        scratch.first[k], scratch.last[k] = sentence_first, right
    if placement.merge:
        find_repeated_words(scratch, right, 2 * window)
    return left, count


@njit(**COMPILE)
def find_repeated_words(scratch, count, distance):  # type: ignore[no-untyped-def]
    """latest_repeat[k]: the largest place whose word comes again at most `distance` later, not after k; or -1.

    So the tokens low .. high - 1 (a window) are different words if latest_repeat[high - 1] < low.
    """
    ids, latest = scratch.ids, scratch.latest_repeat
    for k in range(count):
        latest[k] = -1
    for step in range(min(distance, count - 1), 0, -1):
        for k in range(step, count):
            if ids[k - step] == ids[k]:
                latest[k] = k - step
    for k in range(1, count):
        latest[k] = max(latest[k], latest[k - 1])


@njit(**COMPILE)
def draw_numbers(sampling, scratch, begin, end):  # type: ignore[no-untyped-def]
    """Reach and negatives of the listed tokens begin .. end - 1; replaces their positions by their keys."""
    window = np.uint64(sampling.window)
    for k in range(begin, end):
        key = item_key(sampling.epoch_key, scratch.keys[k])
        scratch.keys[k] = key
        scratch.reach[k] = sampling.window
        if sampling.shrink_window:
            scratch.reach[k] = np.int32(ONE + (((draw(key, WINDOW) >> S32) * window) >> S32))
    table, size = sampling.negative_table, np.uint64(len(sampling.negative_table))
    for j in range(sampling.draws):
        for k in range(begin, end):
            bits = draw(scratch.keys[k], FIRST_NEGATIVE + np.uint64(j))
            slot = ((bits >> S32) * size) >> S32
            entry = table[slot]
            own = (bits & LOW32) < (entry >> S32)
            scratch.negatives[j, k] = np.int32(slot) if own else np.int32(entry & LOW32)


@njit(**INLINE)
def draw_examples(T, corpus, sampling, placement, scratch, examples, buffer, slot, begin, end):  # type: ignore[no-untyped-def]
    """Draw the examples of positions begin .. end - 1 into slots slot, slot + 1, ...; T is a compile-time constant.

    Returns the first free slot, the number of terms in the loss, and of predictions.
    """
    first_token, last_token = list_kept_tokens(corpus, sampling, placement, scratch, begin, end)
    draw_numbers(sampling, scratch, first_token, last_token)
    terms, predictions = 0, 0
    for k in range(first_token, last_token):
        low = max(scratch.first[k], k - scratch.reach[k])
        high = min(scratch.last[k], k + scratch.reach[k] + 1)
        if high - low < 2:
            continue
        place_contexts(sampling, placement, scratch, examples, buffer, slot, k, low, high)
        if placement.tree:
            terms_here = place_path(sampling, placement, scratch.ids[k], examples, buffer, slot)
        elif placement.pairs:
            terms_here = place_pairs(sampling, placement, scratch, examples, buffer, slot, k, high - low - 1)
        else:
            terms_here = place_outputs(T, sampling, placement, scratch, examples, buffer, slot, k)
        terms += (high - low - 1) * terms_here if placement.merge else terms_here
        predictions += high - low - 1 if placement.merge or placement.pairs else 1
        slot += 1
    return slot, terms, predictions

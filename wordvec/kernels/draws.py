"""Drawing training examples inside compiled code: the same as `wordvec.corpus.examples`, in the shape tiles want.

Every draw is a function of (seed, epoch, position), so a stretch of positions can be drawn by any thread at any
time. The steps over a stretch are separate plain loops over arrays, which LLVM turns into vector code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from wordvec import rng

# Compiled copies of the functions in wordvec.rng.
mix = njit(inline="always")(rng.mix)
G, H, S32, LOW32 = rng.G, rng.H, rng.S32, rng.LOW32
ONE = np.uint64(1)
SUBSAMPLE, WINDOW, FIRST_NEGATIVE = rng.SUBSAMPLE, rng.WINDOW, rng.FIRST_NEGATIVE
OUTPUT_STEP = 8  # a group of outputs takes 8 places, of which a tile may use fewer


@njit(inline="always")
def item_key(key, item):  # type: ignore[no-untyped-def]
    return mix(key + np.uint64(item) * G + G)


@njit(inline="always")
def draw(key, number):  # type: ignore[no-untyped-def]
    return mix(key + np.uint64(number) * H + H)


class Corpus(NamedTuple):
    """ids (N,) int32; sentence_starts (S+1,) int64."""

    ids: np.ndarray
    sentence_starts: np.ndarray


class Sampling(NamedTuple):
    """How examples are drawn. Tables: keep_thresholds (V,) uint64; negative_table (V,) uint64, `pack_alias_table`."""

    keep_thresholds: np.ndarray
    negative_table: np.ndarray
    epoch_key: np.uint64
    window: int
    shrink_window: bool
    negatives: int


class Examples(NamedTuple):
    """Examples of a few blocks, slot by slot: B slots a block, C contexts and J outputs a slot.

    contexts        (blocks, B, C) int32     rows of W_in; `dead` where there is none
    context_weights (blocks, B, C) float32   how often the context occurs; 0 for a dead one
    context_counts  (blocks, B) int32        contexts in use
    outputs         (blocks, B, J) int32     rows of W_out: the centre, its negatives; `dead` where there is none
    output_weights  (blocks, B, J) float32   +1 for the centre, minus how often for a negative, 0 for a dead one
    centre_counts   (blocks, pieces) int64   slots in use in each piece
    """

    contexts: np.ndarray
    context_weights: np.ndarray
    context_counts: np.ndarray
    outputs: np.ndarray
    output_weights: np.ndarray
    centre_counts: np.ndarray


class Scratch(NamedTuple):
    """Working space of one thread for a stretch of positions and its margins, (n,) each; negatives (K, n)."""

    keys: np.ndarray
    flags: np.ndarray
    ids: np.ndarray
    previous: np.ndarray
    first: np.ndarray
    last: np.ndarray
    reach: np.ndarray
    negatives: np.ndarray


def new_scratch(piece: int, window: int, negatives: int) -> Scratch:
    """Working space for stretches of `piece` positions."""
    size = piece + 2 * window
    return Scratch(
        np.zeros(size, np.uint64),
        np.zeros(size, np.uint8),
        *(np.zeros(size, np.int32) for _ in range(5)),
        np.zeros((max(negatives, 1), size), np.int32),
    )


def pack_alias_table(thresholds: np.ndarray, aliases: np.ndarray) -> np.ndarray:
    """Threshold and alias of each slot side by side in one uint64, so that a negative costs one look-up.

    The slot's own word is taken when a 32-bit draw is below the threshold; 2**32 (always) does not fit into 32 bits,
    so such a slot becomes its own alias.
    """
    always = thresholds > rng.LOW32
    own = np.arange(len(aliases), dtype=np.uint64)
    upper = np.where(always, rng.LOW32, thresholds) << rng.S32
    return upper | np.where(always, own, aliases.astype(np.uint64))


@njit
def is_kept(corpus, sampling, position):  # type: ignore[no-untyped-def]
    """Whether the token at this position survives subsampling."""
    bits = draw(item_key(sampling.epoch_key, position), SUBSAMPLE)
    return (bits >> S32) < sampling.keep_thresholds[corpus.ids[position]]


@njit
def list_kept_tokens(corpus, sampling, scratch, begin, end):  # type: ignore[no-untyped-def]
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
    link_repeated_words(scratch, right, 2 * window)
    return left, count


@njit
def link_repeated_words(scratch, count, distance):  # type: ignore[no-untyped-def]
    """previous[k]: the nearest place before k, at most `distance` before it, with the same word, or -1."""
    ids, previous = scratch.ids, scratch.previous
    for k in range(count):
        previous[k] = -1
    for step in range(min(distance, count - 1), 0, -1):
        for k in range(step, count):
            if ids[k - step] == ids[k]:
                previous[k] = k - step


@njit
def draw_numbers(sampling, scratch, begin, end, rows):  # type: ignore[no-untyped-def]
    """Reach and negatives of the listed tokens begin .. end - 1; replaces their positions by their keys."""
    window = np.uint64(sampling.window)
    for k in range(begin, end):
        key = item_key(sampling.epoch_key, scratch.keys[k])
        scratch.keys[k] = key
        scratch.reach[k] = sampling.window
        if sampling.shrink_window:
            scratch.reach[k] = np.int32(ONE + (((draw(key, WINDOW) >> S32) * window) >> S32))
    table, size = sampling.negative_table, np.uint64(len(sampling.negative_table))
    for j in range(rows):
        for k in range(begin, end):
            bits = draw(scratch.keys[k], FIRST_NEGATIVE + np.uint64(j))
            slot = ((bits >> S32) * size) >> S32
            entry = table[slot]
            own = (bits & LOW32) < (entry >> S32)
            scratch.negatives[j, k] = np.int32(slot) if own else np.int32(entry & LOW32)


@njit
def draw_examples(corpus, sampling, scratch, examples, buffer, slot, begin, end, merge, group, dead_input, dead_output, padded):  # type: ignore[no-untyped-def]
    """Draw the examples of positions begin .. end - 1 into slots slot, slot + 1, ...; returns (slots, terms).

    merge   list a context that occurs twice once, with weight 2 (the tiles' condition); CBOW takes them as they come
    group   outputs in a tile: output number j goes to place j // group · OUTPUT_STEP + j % group
    dead_input, dead_output   rows that absent contexts and outputs point to
    padded  the number of contexts is filled up to a multiple of this
    """
    first_token, last_token = list_kept_tokens(corpus, sampling, scratch, begin, end)
    draw_numbers(sampling, scratch, first_token, last_token, sampling.negatives)
    terms = 0
    for k in range(first_token, last_token):
        low = max(scratch.first[k], k - scratch.reach[k])
        high = min(scratch.last[k], k + scratch.reach[k] + 1)
        if high - low < 2:
            continue
        place_contexts(scratch, examples, buffer, slot, k, low, high, merge, dead_input, padded)
        per_context = place_outputs(sampling, scratch, examples, buffer, slot, k, group, dead_output)
        terms += (high - low - 1) * per_context if merge else per_context
        slot += 1
    return slot, terms


@njit
def place_contexts(scratch, examples, buffer, slot, centre, low, high, merge, dead, padded):  # type: ignore[no-untyped-def]
    """List the contexts low .. high - 1, without the centre."""
    contexts, weights = examples.contexts[buffer, slot], examples.context_weights[buffer, slot]
    count = 0
    for k in range(low, high):
        if k == centre:
            continue
        if merge:
            earlier = scratch.previous[k]
            if earlier == centre:
                earlier = scratch.previous[centre]
            if earlier >= low:
                for other in range(count):
                    if contexts[other] == scratch.ids[k]:
                        weights[other] += np.float32(1)
                continue
        contexts[count], weights[count] = scratch.ids[k], np.float32(1)
        count += 1
    examples.context_counts[buffer, slot] = count
    while count % padded:
        contexts[count], weights[count] = dead, np.float32(0)
        count += 1


@njit
def place_outputs(sampling, scratch, examples, buffer, slot, centre, group, dead):  # type: ignore[no-untyped-def]
    """List the centre and its negatives; a repeated negative counts twice, one equal to the centre not at all.

    Returns how many terms each context has with them.
    """
    outputs, weights = examples.outputs[buffer, slot], examples.output_weights[buffer, slot]
    target = scratch.ids[centre]
    outputs[0], weights[0] = target, np.float32(1)
    terms, places = 1, sampling.negatives + 1
    for j in range(1, places):
        word = scratch.negatives[j - 1, centre]
        place = j // group * OUTPUT_STEP + j % group
        outputs[place], weights[place] = word, np.float32(-1)
        if word == target:
            outputs[place], weights[place] = dead, np.float32(0)
            continue
        terms += 1
        for other in range(1, j):
            if scratch.negatives[other - 1, centre] == word:
                weights[other // group * OUTPUT_STEP + other % group] -= np.float32(1)
                outputs[place], weights[place] = dead, np.float32(0)
                break
    return terms


def blank_examples(
    blocks: int, slots: int, contexts: int, outputs: int, pieces: int, dead_input: int, dead_output: int
) -> Examples:
    """Examples to be filled; outputs that no draw ever touches stay dead."""
    return Examples(
        np.full((blocks, slots, contexts), dead_input, np.int32),
        np.zeros((blocks, slots, contexts), np.float32),
        np.zeros((blocks, slots), np.int32),
        np.full((blocks, slots, outputs), dead_output, np.int32),
        np.zeros((blocks, slots, outputs), np.float32),
        np.zeros((blocks, pieces), np.int64),
    )

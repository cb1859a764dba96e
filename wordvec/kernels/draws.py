"""Drawing training examples inside compiled code: the same as `wordvec.corpus.examples`, in the shape tiles want.

Every draw is a function of (seed, epoch, position), so a stretch of positions can be drawn by any thread at any
time. The steps over a stretch are separate plain loops over arrays, which LLVM turns into vector code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from wordvec import rng
from wordvec.kernels.threads import COMPILE, INLINE
from wordvec.kernels.tiles_skipgram import OUTPUT_STEP

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

    keep_thresholds (V,) uint64; negative_table (V,) uint64, see `pack_alias_table`
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


class Placement(NamedTuple):
    """Where examples go: what the tiles of one architecture want.

    merge       list a context that occurs twice once, with weight 2, as tiles must have it
    padded      the number of contexts is filled up to a multiple of this
    tile        outputs in a tile: output j goes to place j // tile · OUTPUT_STEP + j % tile
    tree        outputs are the inner nodes on the centre's path, instead of the centre and negatives
    pairs       each context has its own negatives
    dead_input, dead_output   rows that absent contexts and outputs point to
    """

    merge: bool
    padded: int
    tile: int
    tree: bool
    pairs: bool
    dead_input: int
    dead_output: int


class Examples(NamedTuple):
    """Examples of a few blocks, slot by slot: B slots a block, C contexts and J outputs a slot.

    contexts        (blocks, B, C) int32     rows of W_in; `dead` where there is none
    context_weights (blocks, B, C) float32   how often the context occurs; 0 for a dead one
    context_counts  (blocks, B) int32        contexts in use
    outputs         (blocks, B, J) int32     rows of W_out: the centre, its negatives; `dead` where there is none
    output_weights  (blocks, B, J) float32   +1 for the centre, minus how often for a negative, 0 for a dead one
    output_groups   (blocks, B) int32        groups in use (of each context, where pairs have their own)
    centre_counts   (blocks, pieces) int64   slots in use in each piece
    """

    contexts: np.ndarray
    context_weights: np.ndarray
    context_counts: np.ndarray
    outputs: np.ndarray
    output_weights: np.ndarray
    output_groups: np.ndarray
    centre_counts: np.ndarray


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


def pack_alias_table(thresholds: np.ndarray, aliases: np.ndarray) -> np.ndarray:
    """Threshold and alias of each slot side by side in one uint64, so that a negative costs one look-up.

    The slot's own word is taken when a 32-bit draw is below the threshold; 2**32 (always) does not fit into 32 bits,
    so such a slot becomes its own alias.
    """
    always = thresholds > rng.LOW32
    own = np.arange(len(aliases), dtype=np.uint64)
    upper = np.where(always, rng.LOW32, thresholds) << rng.S32
    return upper | np.where(always, own, aliases.astype(np.uint64))


@njit(**COMPILE)
def is_kept(corpus, sampling, position):  # type: ignore[no-untyped-def]
    """Whether the token at this position survives subsampling."""
    bits = draw(item_key(sampling.epoch_key, position), SUBSAMPLE)
    return (bits >> S32) < sampling.keep_thresholds[corpus.ids[position]]


@njit(**COMPILE)
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


@njit(**COMPILE)
def draw_examples(corpus, sampling, placement, scratch, examples, buffer, slot, begin, end):  # type: ignore[no-untyped-def]
    """Draw the examples of positions begin .. end - 1 into slots slot, slot + 1, ...

    Returns the first free slot, the number of terms in the loss, and of predictions.
    """
    first_token, last_token = list_kept_tokens(corpus, sampling, scratch, begin, end)
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
            terms_here = place_outputs(sampling, placement, scratch, examples, buffer, slot, k)
        terms += (high - low - 1) * terms_here if placement.merge else terms_here
        predictions += high - low - 1 if placement.merge or placement.pairs else 1
        slot += 1
    return slot, terms, predictions


@njit(**INLINE)
def place_contexts(sampling, placement, scratch, examples, buffer, slot, centre, low, high):  # type: ignore[no-untyped-def]
    """List the contexts low .. high - 1, without the centre."""
    contexts, weights, window = examples.contexts, examples.context_weights, sampling.window
    if placement.merge and scratch.latest_repeat[high - 1] >= low:  # some word occurs twice between low and high
        merge_contexts(placement, scratch, examples, buffer, slot, centre, low, high)
        return
    count, left = high - low - 1, centre - low
    for i in range(window):  # as many as there may be, whatever there are: no branches to mispredict
        contexts[buffer, slot, i] = scratch.ids[low + i]
    for i in range(window):
        contexts[buffer, slot, left + i] = scratch.ids[centre + 1 + i]
    for i in range(contexts.shape[2]):
        weights[buffer, slot, i] = np.float32(i < count)
    examples.context_counts[buffer, slot] = count
    fill_up_contexts(placement, examples, buffer, slot, count)


@njit(**COMPILE)
def merge_contexts(placement, scratch, examples, buffer, slot, centre, low, high):  # type: ignore[no-untyped-def]
    """List the contexts low .. high - 1, without the centre, each word once; its weight is how often it occurs."""
    contexts, weights = examples.contexts, examples.context_weights
    count = 0
    for k in range(low, high):
        if k == centre:
            continue
        other = 0
        while other < count and contexts[buffer, slot, other] != scratch.ids[k]:
            other += 1
        if other == count:
            contexts[buffer, slot, count], weights[buffer, slot, count] = scratch.ids[k], np.float32(0)
            count += 1
        weights[buffer, slot, other] += np.float32(1)
    examples.context_counts[buffer, slot] = count
    fill_up_contexts(placement, examples, buffer, slot, count)


@njit(inline="always")
def fill_up_contexts(placement, examples, buffer, slot, count):  # type: ignore[no-untyped-def]
    """Point the rest of the last tile to a row of zeros."""
    for place in range(count, min(count + placement.padded - 1, examples.contexts.shape[2])):
        examples.contexts[buffer, slot, place] = placement.dead_input
        examples.context_weights[buffer, slot, place] = np.float32(0)


@njit(inline="always")
def next_place(place, tile):  # type: ignore[no-untyped-def]
    """The place after this one: tiles of `tile` places begin at multiples of OUTPUT_STEP."""
    return place + 1 if (place + 1) % OUTPUT_STEP < tile else place - tile + 1 + OUTPUT_STEP


@njit(**INLINE)
def place_outputs(sampling, placement, scratch, examples, buffer, slot, centre):  # type: ignore[no-untyped-def]
    """List the centre and its negatives; a repeated negative counts twice, one equal to the centre not at all.

    Returns how many terms each context has with them.
    """
    outputs, weights = examples.outputs, examples.output_weights
    target = scratch.ids[centre]
    outputs[buffer, slot, 0], weights[buffer, slot, 0] = target, np.float32(1)
    special = False
    for j in range(sampling.negatives):
        special |= scratch.negatives[j, centre] == target
        for other in range(j):
            special |= scratch.negatives[j, centre] == scratch.negatives[other, centre]
    place = 0
    for j in range(sampling.negatives):
        place = next_place(place, placement.tile)
        outputs[buffer, slot, place], weights[buffer, slot, place] = scratch.negatives[j, centre], np.float32(-1)
    examples.output_groups[buffer, slot] = place // OUTPUT_STEP + 1
    return 1 + (merge_outputs(placement, examples, buffer, slot, place) if special else sampling.negatives)


@njit(**COMPILE)
def merge_outputs(placement, examples, buffer, slot, last):  # type: ignore[no-untyped-def]
    """Merge repeated negatives, drop those equal to the centre; returns how many terms they make."""
    outputs, weights, tile = examples.outputs, examples.output_weights, placement.tile
    terms, place = 0, 0
    while place != last:
        place = next_place(place, tile)
        word, earlier = outputs[buffer, slot, place], 0
        while outputs[buffer, slot, earlier] != word:
            earlier = next_place(earlier, tile)
        if earlier == place:
            terms += 1
            continue
        outputs[buffer, slot, place], weights[buffer, slot, place] = placement.dead_output, np.float32(0)
        if earlier != 0:
            weights[buffer, slot, earlier] -= np.float32(1)
            terms += 1
    return terms


@njit(**INLINE)
def place_pairs(sampling, placement, scratch, examples, buffer, slot, centre, contexts):  # type: ignore[no-untyped-def]
    """List the centre and K negatives for each context; returns how many terms there are in all."""
    outputs, weights = examples.outputs, examples.output_weights
    target, negatives = scratch.ids[centre], sampling.negatives
    terms, place, first = contexts, 0, 0
    for i in range(contexts):
        outputs[buffer, slot, first], weights[buffer, slot, first] = target, np.float32(1)
        place = first
        for j in range(negatives):
            place = next_place(place, placement.tile)
            word = scratch.negatives[i * negatives + j, centre]
            outputs[buffer, slot, place], weights[buffer, slot, place] = word, np.float32(-1)
            terms += 1
            if word == target:
                outputs[buffer, slot, place], weights[buffer, slot, place] = placement.dead_output, np.float32(0)
                terms -= 1
        first = (place // OUTPUT_STEP + 1) * OUTPUT_STEP
    examples.output_groups[buffer, slot] = first // OUTPUT_STEP // contexts
    return terms


@njit(**INLINE)
def place_path(sampling, placement, target, examples, buffer, slot):  # type: ignore[no-untyped-def]
    """List the inner nodes on the centre's path through the Huffman tree; returns how many."""
    outputs, weights = examples.outputs, examples.output_weights
    first, last = sampling.path_starts[target], sampling.path_starts[target + 1]
    place = 0
    for step in range(first, last):
        outputs[buffer, slot, place], weights[buffer, slot, place] = (
            sampling.path_nodes[step],
            sampling.path_signs[step],
        )
        place = next_place(place, placement.tile)
    while place % OUTPUT_STEP:
        outputs[buffer, slot, place], weights[buffer, slot, place] = placement.dead_output, np.float32(0)
        place = next_place(place, placement.tile)
    examples.output_groups[buffer, slot] = place // OUTPUT_STEP
    return last - first


def blank_examples(blocks: int, slots: int, contexts: int, outputs: int, pieces: int, placement: Placement) -> Examples:
    """Examples to be filled; outputs that no draw ever touches stay dead."""
    return Examples(
        np.full((blocks, slots, contexts), placement.dead_input, np.int32),
        np.zeros((blocks, slots, contexts), np.float32),
        np.zeros((blocks, slots), np.int32),
        np.full((blocks, slots, outputs), placement.dead_output, np.int32),
        np.zeros((blocks, slots, outputs), np.float32),
        np.zeros((blocks, slots), np.int32),
        np.zeros((blocks, pieces), np.int64),
    )

"""Where drawn examples go: contexts and outputs in the order and the tiles that the vector kernels walk through.

`draws.py` draws words; the functions here list them in their places, merging what occurs twice.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from wordvec.corpus.steps import COUNTERS
from wordvec.kernels.threads import COMPILE, INLINE
from wordvec.kernels.tiles_skipgram import OUTPUT_STEP


class Placement(NamedTuple):
    """Where examples go: what the tiles of one architecture want.

    merge       list a context that occurs twice once, with weight 2, as tiles must have it
    padded      the number of contexts is filled up to a multiple of this
    tile        outputs in a tile: output j goes to place j // tile · OUTPUT_STEP + j % tile
    tree        outputs are the inner nodes on the centre's path, instead of the centre and negatives
    pairs       each context has its own negatives
    whole       all contexts of a centre are in one example, which has room for 2 · reach
    most_repeats  how often the words of a CBOW window may repeat before its contexts' gradient is cut
    dead_input, dead_output   rows that absent contexts and outputs point to
    """

    merge: bool
    padded: int
    tile: int
    tree: bool
    pairs: bool
    whole: bool
    most_repeats: int
    dead_input: int
    dead_output: int


class Examples(NamedTuple):
    """Examples of a few blocks, slot by slot: B slots a block (one an example), C contexts and J outputs a slot.

    contexts        (blocks, B, C) int32     rows of W_in; `dead` where there is none
    context_weights (blocks, B, C) float32   how often the context occurs; 0 for a dead one
    context_counts  (blocks, B) int32        contexts in use
    outputs         (blocks, B, J) int32     rows of W_out: the centre, its negatives; `dead` where there is none
    output_weights  (blocks, B, J) float32   +1 for the centre, minus how often for a negative, 0 for a dead one
    output_groups   (blocks, B) int32        groups in use (of each context, where pairs have their own)
    context_shares  (blocks, B) float32      what is left of the undivided gradient of CBOW's contexts
    step_ends       (blocks, B + 1) int32    the slot after the last one of each step
    step_counts     (blocks,) int64          steps, at least one
    """

    contexts: np.ndarray
    context_weights: np.ndarray
    context_counts: np.ndarray
    outputs: np.ndarray
    output_weights: np.ndarray
    output_groups: np.ndarray
    context_shares: np.ndarray
    step_ends: np.ndarray
    step_counts: np.ndarray


def blank_examples(blocks: int, slots: int, contexts: int, outputs: int, placement: Placement) -> Examples:
    """Examples to be filled; outputs that no draw ever touches stay dead."""
    return Examples(
        np.full((blocks, slots, contexts), placement.dead_input, np.int32),
        np.zeros((blocks, slots, contexts), np.float32),
        np.zeros((blocks, slots), np.int32),
        np.full((blocks, slots, outputs), placement.dead_output, np.int32),
        np.zeros((blocks, slots, outputs), np.float32),
        np.zeros((blocks, slots), np.int32),
        np.ones((blocks, slots), np.float32),
        np.zeros((blocks, slots + 1), np.int32),
        np.zeros(blocks, np.int64),
    )


@njit(**INLINE)
def place_contexts(sampling, placement, scratch, examples, buffer, slot, centre, low, first, last):  # type: ignore[no-untyped-def]
    """List contexts number first .. last - 1 of those from token `low` on, without the centre."""
    contexts, weights, reach = examples.contexts, examples.context_weights, sampling.reach
    count, left = last - first, centre - low
    begin, end = low + first + np.int64(first >= left), low + last + np.int64(last > left)
    if placement.merge and scratch.latest_repeat[end - 1] >= begin:  # some word occurs twice between begin and end
        merge_contexts(placement, scratch, examples, buffer, slot, centre, begin, end)
        return
    if placement.whole:
        for i in range(reach):  # as many as there may be, whatever there are: no branches to mispredict
            contexts[buffer, slot, i] = scratch.ids[low + i]
        for i in range(reach):
            contexts[buffer, slot, left + i] = scratch.ids[centre + 1 + i]
    else:
        for i in range(first, last):
            contexts[buffer, slot, i - first] = scratch.ids[low + i + np.int64(low + i >= centre)]
    examples.context_counts[buffer, slot] = count
    if placement.merge:  # only tiles look at places past the count
        for i in range(contexts.shape[2]):
            weights[buffer, slot, i] = np.float32(i < count)
        fill_up_contexts(placement, examples, buffer, slot, count)
    elif count > placement.most_repeats:
        examples.context_shares[buffer, slot] = share_of_repeats(placement, scratch, examples, buffer, slot, count)
    else:
        examples.context_shares[buffer, slot] = np.float32(1)


@njit(**COMPILE)
def share_of_repeats(placement, scratch, examples, buffer, slot, count):  # type: ignore[no-untyped-def]
    """See `wordvec.corpus.steps.cbow_shares`; scratch.repeats is zero before and after."""
    repeats, squares = scratch.repeats, 0
    for i in range(count):
        repeats[np.uint32(examples.contexts[buffer, slot, i]) % np.uint32(COUNTERS)] += np.int32(1)
    for i in range(count):
        number = np.uint32(examples.contexts[buffer, slot, i]) % np.uint32(COUNTERS)
        squares += np.int64(repeats[number]) * np.int64(repeats[number])
        repeats[number] = np.int32(0)
    return np.float32(min(1.0, placement.most_repeats * count / squares))


@njit(**COMPILE)
def merge_contexts(placement, scratch, examples, buffer, slot, centre, begin, end):  # type: ignore[no-untyped-def]
    """List the tokens begin .. end - 1, without the centre, each word once; its weight is how often it occurs."""
    contexts, weights = examples.contexts, examples.context_weights
    count = 0
    for k in range(begin, end):
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
def place_outputs(T, sampling, placement, scratch, examples, buffer, slot, centre):  # type: ignore[no-untyped-def]
    """List the centre and its negatives; a repeated negative counts twice, one equal to the centre not at all.

    Returns how many terms each context has with them.
    """
    outputs, weights = examples.outputs, examples.output_weights
    target = scratch.ids[centre]
    outputs[buffer, slot, 0], weights[buffer, slot, 0] = target, np.float32(1)
    special = False
    if sampling.negatives == T - 1:  # all in one group of T, a constant: these loops are unrolled
        last = T - 1
        for j in range(T - 1):
            special |= scratch.negatives[j, centre] == target
            for other in range(j):
                special |= scratch.negatives[j, centre] == scratch.negatives[other, centre]
            outputs[buffer, slot, 1 + j], weights[buffer, slot, 1 + j] = scratch.negatives[j, centre], np.float32(-1)
    else:
        last = 0
        for j in range(sampling.negatives):
            special |= scratch.negatives[j, centre] == target
            for other in range(j):
                special |= scratch.negatives[j, centre] == scratch.negatives[other, centre]
            last = next_place(last, placement.tile)
            outputs[buffer, slot, last], weights[buffer, slot, last] = scratch.negatives[j, centre], np.float32(-1)
    examples.output_groups[buffer, slot] = last // OUTPUT_STEP + 1
    return 1 + (merge_outputs(placement, examples, buffer, slot, last) if special else sampling.negatives)


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
def place_pairs(sampling, placement, scratch, examples, buffer, slot, centre, first_context, last_context):  # type: ignore[no-untyped-def]
    """List the centre and K negatives for each context; returns how many terms there are in all."""
    outputs, weights = examples.outputs, examples.output_weights
    target, negatives, contexts = scratch.ids[centre], sampling.negatives, last_context - first_context
    terms, place, first = contexts, 0, 0
    for i in range(first_context, last_context):
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

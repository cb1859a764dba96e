"""Drawing training examples inside compiled code: the same as `wordvec.corpus.examples`, in the shape tiles want.

Every draw is a function of (seed, epoch, position), so a stretch of positions can be drawn by any thread at any
time. The steps over a stretch are separate plain loops over arrays, which LLVM turns into vector code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from wordvec import rng
from wordvec.corpus.steps import COUNTERS, MOST_EXAMPLES
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
    """How examples are drawn and cut into steps.

    keep_thresholds (V,) uint64; negative_table (V,) uint64, see `NegativeTable.packed`
    draws           negatives to draw for a centre: K, or K for each of 2 · window contexts; 0 with a tree
    path_starts     (V+1,) int64 into path_nodes, int32, and path_signs, float32 (+1 left, -1 right): the Huffman tree
    reach           contexts on each side at most: the window, or less where no sentence is as long
    group           contexts of one example at most
    bound           quarters of a meeting that a class of rows may have in a step; the next four: what each counts
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
    reach: int
    group: int
    bound: int
    context_quarters: int
    centre_quarters: int
    negative_quarters: int
    node_quarters: int


class Scratch(NamedTuple):
    """Working space of one thread for a block of positions and its margins, (n,) each.

    negatives (K, n) int32; met (2 · COUNTERS,) int32: quarters of a meeting, by class of rows of W_in, then of W_out;
    repeats (COUNTERS,) int32
    """

    keys: np.ndarray
    flags: np.ndarray
    ids: np.ndarray
    latest_repeat: np.ndarray
    first: np.ndarray
    last: np.ndarray
    reach: np.ndarray
    negatives: np.ndarray
    met: np.ndarray
    repeats: np.ndarray


def new_scratch(block: int, reach: int, draws: int) -> Scratch:
    """Working space for blocks of `block` positions."""
    size = block + 4 * reach
    keys, flags = np.zeros(size, np.uint64), np.zeros(size, np.uint8)
    ids, latest_repeat, first, last, places = np.zeros((5, size), np.int32)
    negatives, met, repeats = (np.zeros(shape, np.int32) for shape in ((draws, size), 2 * COUNTERS, COUNTERS))
    return Scratch(keys, flags, ids, latest_repeat, first, last, places, negatives, met, repeats)


@njit(**COMPILE)
def is_kept(corpus, sampling, position):  # type: ignore[no-untyped-def]
    """Whether the token at this position survives subsampling."""
    bits = draw(item_key(sampling.epoch_key, position), SUBSAMPLE)
    return (bits >> S32) < sampling.keep_thresholds[corpus.ids[position]]


@njit(**COMPILE)
def list_kept_tokens(corpus, sampling, placement, scratch, begin, end):  # type: ignore[no-untyped-def]
    """List the kept tokens of positions begin .. end - 1, with up to `reach` more on each side in the same sentence.

    Fills scratch.ids, .keys (of the positions) and, as indexes into this list, .first and .last: where the sentence
    of each token begins and ends. Returns how many tokens stand before `begin`, how many before `end`.
    """
    ids, starts = corpus.ids, corpus.sentence_starts
    reach, key = sampling.reach, sampling.epoch_key
    sentence = np.searchsorted(starts, begin, side="right") - 1

    left, position = 0, begin - 1
    while position >= starts[sentence] and left < reach:  # walk left, then turn what was found around
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
    while position < starts[sentence + 1] and right < count + reach:
        if is_kept(corpus, sampling, position):
            scratch.ids[right] = ids[position]
            right += 1
        position += 1
    for k in range(sentence_first, count):
        scratch.first[k], scratch.last[k] = sentence_first, right
    if placement.merge:
        find_repeated_words(scratch, right, min(2 * reach, sampling.group))
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
        scratch.reach[k] = sampling.reach
        if sampling.shrink_window:
            drawn = np.int64(ONE + (((draw(key, WINDOW) >> S32) * window) >> S32))
            scratch.reach[k] = np.int32(min(drawn, sampling.reach))
    table, size = sampling.negative_table, np.uint64(len(sampling.negative_table))
    for j in range(sampling.draws):
        for k in range(begin, end):
            bits = draw(scratch.keys[k], FIRST_NEGATIVE + np.uint64(j))
            slot = ((bits >> S32) * size) >> S32
            entry = table[slot]
            own = (bits & LOW32) < (entry >> S32)
            scratch.negatives[j, k] = np.int32(slot) if own else np.int32(entry & LOW32)


@njit(**INLINE)
def draw_examples(T, corpus, sampling, placement, scratch, examples, buffer, begin, end):  # type: ignore[no-untyped-def]
    """Draw the examples of positions begin .. end - 1 and cut them into steps; T is a compile-time constant.

    Returns the number of centres, of predictions, and of terms in the loss.
    """
    first_token, last_token = list_kept_tokens(corpus, sampling, placement, scratch, begin, end)
    draw_numbers(sampling, scratch, first_token, last_token)
    centres, predictions, terms, slot, first_slot, steps = 0, 0, 0, 0, 0, 0
    scratch.met[:], full = 0, False  # full: a step of one example may exceed the bound, and takes no other then
    for k in range(first_token, last_token):
        low = max(scratch.first[k], k - scratch.reach[k])
        high = min(scratch.last[k], k + scratch.reach[k] + 1)
        contexts = high - low - 1
        if contexts < 1:
            continue
        centres += 1
        fill = contexts
        if contexts > sampling.group:
            groups = (contexts + sampling.group - 1) // sampling.group
            fill = (contexts + groups - 1) // groups
        for first in range(0, contexts, fill):
            last = min(first + fill, contexts)
            place_contexts(sampling, placement, scratch, examples, buffer, slot, k, low, first, last)
            if placement.tree:
                outputs = place_path(sampling, placement, scratch.ids[k], examples, buffer, slot)
            elif placement.pairs:
                outputs = place_pairs(sampling, placement, scratch, examples, buffer, slot, k, first, last)
            else:
                outputs = place_outputs(T, sampling, placement, scratch, examples, buffer, slot, k)
            terms += (last - first) * outputs if placement.merge else outputs
            predictions += last - first if placement.merge or placement.pairs else 1
            full |= meet(sampling, placement, scratch, k, first, last)
            if slot > first_slot and (full or first > 0 or slot - first_slot == MOST_EXAMPLES):
                examples.step_ends[buffer, steps] = slot
                steps, first_slot = steps + 1, slot
                scratch.met[:] = 0
                full = meet(sampling, placement, scratch, k, first, last)
            slot += 1
    examples.step_ends[buffer, steps] = slot
    examples.step_counts[buffer] = steps + 1
    return centres, predictions, terms


@njit(inline="always")
def row_class(row):  # type: ignore[no-untyped-def]
    """The counter of a row of W_in; W_out's are COUNTERS further on."""
    return np.uint32(row) % np.uint32(COUNTERS)


@njit(**INLINE)
def meet(sampling, placement, scratch, centre, first, last):  # type: ignore[no-untyped-def]
    """Count the meetings of an example, contexts first .. last - 1 of a centre; says whether any exceeds the bound."""
    met, target, most, partners = scratch.met, scratch.ids[centre], np.int32(0), np.int32(1)
    if placement.merge or placement.pairs:
        partners = np.int32(last - first)
    else:
        number = row_class(target)
        met[number] += np.int32(sampling.context_quarters) * np.int32(last - first)
        most = met[number]
    if placement.tree:
        for step in range(sampling.path_starts[target], sampling.path_starts[target + 1]):
            number = np.uint32(COUNTERS) + row_class(sampling.path_nodes[step])
            met[number] += partners * np.int32(sampling.node_quarters)
            most = max(most, met[number])
        return most > np.int32(sampling.bound)
    number = np.uint32(COUNTERS) + row_class(target)
    met[number] += partners * np.int32(sampling.centre_quarters)
    most = max(most, met[number])
    sets, times, begin = 1, partners * np.int32(sampling.negative_quarters), 0
    if placement.pairs:
        sets, times, begin = last - first, np.int32(sampling.negative_quarters), first * sampling.negatives
    for j in range(begin, begin + sets * sampling.negatives):
        word = scratch.negatives[j, centre]
        number = np.uint32(COUNTERS) + row_class(word)
        met[number] += times * np.int32(word != target)
        most = max(most, met[number])
    return most > np.int32(sampling.bound)

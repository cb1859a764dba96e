"""What a thread does with the examples of one step: score them, then update from them. Compiled once for a tile shape.

Both stages walk over the examples in corpus order and hand addresses to the vector kernels. They differ by
architecture: skip-gram with outputs shared by all contexts of a centre, skip-gram with a set of outputs for each
pair, and CBOW.

The first four arguments of each function, `Shape`, are compile-time constants: lanes L, contexts P and outputs T of a
tile, architecture.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from wordvec.kernels.placing import Examples
from wordvec.kernels.threads import COMPILE, INLINE
from wordvec.kernels.tiles_cbow import group_floats, score_mean, update_mean
from wordvec.kernels.tiles_gradient import gradients_of_scores
from wordvec.kernels.tiles_pairs import update_pairs
from wordvec.kernels.tiles_skipgram import (
    ID_BYTES,
    OUTPUT_STEP,
    score_contexts,
    strip_floats,
    update_rows,
    update_rows_in_groups,
)
from wordvec.kernels.vector_ir import FLOAT_BYTES, prefetch_rows

SKIPGRAM, SKIPGRAM_PAIRS, CBOW = range(3)  # architectures
PLACES_BYTES = OUTPUT_STEP * ID_BYTES  # one group in a list of outputs or of their weights
RUN = 16  # CBOW's gradients are made for so many centres before their updates, so that neither waits for the other


class Shape(NamedTuple):
    """What the code is compiled for: the vector width, the tile, the architecture."""

    lanes: int
    tile_contexts: int
    tile_outputs: int
    architecture: int


class Workspace(NamedTuple):
    """Arrays that a team shares: examples, and parts of scores, (2 · slices, examples, floats), for two steps."""

    examples: Examples
    scores: np.ndarray


class Private(NamedTuple):
    """Arrays of one thread.

    strips       (RUN, floats) float32, gradients of some centres
    stage        float32, room for some columns of all contexts of a centre
    one_context  (lanes,) float32, weights of a single context: 1, 0, 0, ...
    losses       (lanes,) float64, to be summed
    numbers      (3,) int64: predictions, terms, centres
    """

    strips: np.ndarray
    stage: np.ndarray
    one_context: np.ndarray
    losses: np.ndarray
    numbers: np.ndarray


def strips_of_centre(shape: Shape, contexts: int, groups: int) -> int:
    """Floats for the scores of one centre with at most so many contexts and groups of outputs."""
    if shape.architecture == SKIPGRAM:
        return groups * contexts * strip_floats(shape.tile_outputs)
    sets = contexts if shape.architecture == SKIPGRAM_PAIRS else 1
    return sets * groups * group_floats(shape.lanes, shape.tile_outputs)


@njit(inline="always")
def slot_address(array, buffer, slot):  # type: ignore[no-untyped-def]
    """Address of ``array[buffer, slot]``; array (buffers, slots, numbers), of 4 bytes each."""
    return array.ctypes.data + (buffer * array.shape[1] + slot) * array.shape[2] * 4


@njit(inline="always")
def strip_sizes(L, T):  # type: ignore[no-untyped-def]
    """Bytes of the strip of one context, and of a group of outputs stored as whole vectors."""
    strip = 8 if T > 4 else 4  # strip_floats(T), group_floats(L, T)
    return strip * FLOAT_BYTES, max(strip, L) * FLOAT_BYTES


@njit(**INLINE)
def prefetch_example(L, P, T, architecture, examples, buffer, slot, W_in, W_out, row_bytes):  # type: ignore[no-untyped-def]
    """Ask for rows that one example needs and the ones before it did not: outputs, and the last context."""
    newest = np.int64(examples.context_counts[buffer, slot]) - 1
    prefetch_rows(T, W_out, slot_address(examples.outputs, buffer, slot), row_bytes)
    prefetch_rows(1, W_in, slot_address(examples.contexts, buffer, slot) + newest * ID_BYTES, row_bytes)


@njit(**INLINE)
def score_example(L, P, T, architecture, examples, buffer, slot, W_in, W_out, row_bytes, vectors, strips):  # type: ignore[no-untyped-def]
    """Scores of one example in the columns of one slice."""
    strip_bytes, group_bytes = strip_sizes(L, T)
    contexts = slot_address(examples.contexts, buffer, slot)
    outputs = slot_address(examples.outputs, buffer, slot)
    count = np.int64(examples.context_counts[buffer, slot])
    groups = np.int64(examples.output_groups[buffer, slot])
    one = np.float32(1)
    if architecture == CBOW:
        scale = one / np.float32(count)
        score_mean(L, T, W_in, W_out, row_bytes, vectors, contexts, count, scale, outputs, groups, strips)
    elif architecture == SKIPGRAM_PAIRS:
        for i in range(count):
            score_mean(
                L, T, W_in, W_out, row_bytes, vectors, contexts + i * ID_BYTES, 1, one,
                outputs + i * groups * PLACES_BYTES, groups, strips + i * groups * group_bytes,
            )  # fmt: skip
    else:
        tiles = (count + P - 1) // P
        for group in range(groups):
            score_contexts(
                L, P, T, W_in, W_out, row_bytes, vectors, contexts, outputs + group * PLACES_BYTES, tiles,
                strips + group * examples.contexts.shape[2] * strip_bytes,
            )  # fmt: skip


@njit(**COMPILE)
def score_step(L, P, T, architecture, layout, work, turn, buffer, first, last, first_part, last_part):  # type: ignore[no-untyped-def]
    """Scores of examples first .. last - 1 of a block, as far as the columns of some slices go."""
    examples, slices = work.examples, layout.shape[0]
    for slot in range(first, last):
        for part in range(first_part, last_part):
            W_in, W_out, row_bytes, vectors = layout[part, 0], layout[part, 1], layout[part, 2], layout[part, 3]
            strips = slot_address(work.scores, turn * slices + part, slot - first)
            score_example(L, P, T, architecture, examples, buffer, slot, W_in, W_out, row_bytes, vectors, strips)


@njit(**INLINE)
def gradients_of_example(  # type: ignore[no-untyped-def]
    L, P, T, architecture, examples, buffer, slot, scores, slice_bytes, slices, rate, private, strips, losses
):  # type: ignore[no-untyped-def]
    """Gradients of one example from the scores of all slices; a thread that keeps the losses adds them up."""
    strip_bytes, group_bytes = strip_sizes(L, T)
    count = np.int64(examples.context_counts[buffer, slot])
    groups = np.int64(examples.output_groups[buffer, slot])
    weights = slot_address(examples.output_weights, buffer, slot)
    repeats = slot_address(examples.context_weights, buffer, slot)
    if architecture == SKIPGRAM:
        for group in range(groups):
            offset = group * examples.contexts.shape[2] * strip_bytes
            gradients_of_scores(
                L, T, scores + offset, slice_bytes, slices, weights + group * PLACES_BYTES, repeats, rate,
                (count + P - 1) // P * (P * strip_bytes // (L * FLOAT_BYTES)), strips + offset, losses,
            )  # fmt: skip
    else:
        sets = count if architecture == SKIPGRAM_PAIRS else 1
        for group in range(sets * groups):
            offset = group * group_bytes
            gradients_of_scores(
                L, T, scores + offset, slice_bytes, slices, weights + group * PLACES_BYTES,
                private.one_context.ctypes.data, rate, (group_bytes // (L * FLOAT_BYTES)), strips + offset, losses,
            )  # fmt: skip


@njit(**INLINE)
def update_example(  # type: ignore[no-untyped-def]
    L, P, T, architecture, examples, buffer, slot, W_in, W_out, row_bytes, vectors, strips, stage, divide
):
    """Updates from one example in the columns of one slice."""
    strip_bytes, _ = strip_sizes(L, T)
    contexts = slot_address(examples.contexts, buffer, slot)
    outputs = slot_address(examples.outputs, buffer, slot)
    count = np.int64(examples.context_counts[buffer, slot])
    groups = np.int64(examples.output_groups[buffer, slot])
    if architecture == CBOW:
        scale = np.float32(1) / np.float32(count)
        share = scale if divide else examples.context_shares[buffer, slot]
        update_mean(L, T, W_in, W_out, row_bytes, vectors, contexts, count, scale, share, outputs, groups, strips)
    elif architecture == SKIPGRAM_PAIRS:
        update_pairs(L, T, W_in, W_out, row_bytes, vectors, contexts, count, outputs, groups, strips, stage)
    elif groups == 1:
        update_rows(L, T, W_in, W_out, row_bytes, vectors, contexts, outputs, count, strips)
    else:
        group_strips = examples.contexts.shape[2] * strip_bytes
        update_rows_in_groups(
            L, T, W_in, W_out, row_bytes, vectors, contexts, outputs, count, strips, groups, group_strips, stage
        )


@njit(**COMPILE)
def update_step(  # type: ignore[no-untyped-def]
    L, P, T, architecture, layout, work, turn, buffer, first, last, ahead, first_part, last_part, rate, divide, private,
    losses,
):  # fmt: skip
    """Updates from examples first .. last - 1 of a block, one after the other, in the columns of some slices.

    ahead: the buffer with the next block's examples, or -1. Their rows are asked for already now, slot by slot: the
    updates leave the memory time, and the scores that come next find what they need.
    """
    examples, slices = work.examples, layout.shape[0]
    slice_bytes = work.scores.shape[1] * work.scores.shape[2] * FLOAT_BYTES
    stage, strips_bytes = private.stage.ctypes.data, private.strips.shape[1] * FLOAT_BYTES
    last_ahead = examples.step_ends[ahead, examples.step_counts[ahead] - 1] if ahead >= 0 else 0
    together = RUN if architecture == CBOW else 1
    for run in range(first, last, together):
        run_end = min(run + together, last)
        for slot in range(run, run_end):
            scores = slot_address(work.scores, turn * slices, slot - first)
            strips = private.strips.ctypes.data + (slot - run) * strips_bytes
            gradients_of_example(
                L, P, T, architecture, examples, buffer, slot, scores, slice_bytes, slices, rate, private, strips,
                losses,
            )  # fmt: skip
        for slot in range(run, run_end):
            strips = private.strips.ctypes.data + (slot - run) * strips_bytes
            for part in range(first_part, last_part):
                W_in, W_out, row_bytes, vectors = layout[part, 0], layout[part, 1], layout[part, 2], layout[part, 3]
                if slot < last_ahead:
                    prefetch_example(L, P, T, architecture, examples, ahead, slot, W_in, W_out, row_bytes)
                update_example(
                    L, P, T, architecture, examples, buffer, slot, W_in, W_out, row_bytes, vectors, strips, stage,
                    divide,
                )  # fmt: skip

"""The compiled function that a team of threads runs together: draw, score, update, block after block.

Each block goes through three stages (b is the block, every thread of the team runs all of them)::

    draw     pieces of block b, claimed one by one by whoever is free: idle threads have drawn most of it already
    score    each thread its own slices: parts of all scores, from the rows as they stand    -> all wait for all
    update   each thread its own slices: gradients from the summed parts, centre by centre in corpus order

There is one meeting a block, after the scores, and a thread that waits there draws examples of the next block.
After its update a thread goes on at once: the next scores of its slices need no other thread. Everything a thread
writes to the tables lies in its own slices, so the result can't depend on how threads take turns.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from wordvec.kernels import draws, threads
from wordvec.kernels.draws import OUTPUT_STEP, Corpus, Examples, Sampling, Scratch
from wordvec.kernels.tiles_cbow import score_mean, update_mean
from wordvec.kernels.tiles_gradient import gradients_of_scores
from wordvec.kernels.tiles_skipgram import score_contexts, strip_floats, update_rows
from wordvec.kernels.vector_ir import prefetch_rows

CLAIMED, DRAWN, SCORED, STOP = range(4)  # counters of a team
BUFFERS = 4  # blocks of examples: one in use, one drawn ahead, those a slower thread still reads; even, for the scores
AHEAD = int(__import__('os').environ.get('AHEAD','2'))  # centres between the prefetch of a row and its use


class Plan(NamedTuple):
    """What one call trains: blocks first_block .. last_block - 1, positions up to `end`."""

    first_block: int
    last_block: int
    block: int
    piece: int
    end: int
    done_before: float  # positions trained before this epoch, as a float64
    all_positions: float  # positions of the whole training
    learning_rate: float
    dead_input: int
    dead_output: int
    groups: int
    divide_gradient: bool


class Space(NamedTuple):
    """Arrays of one team: examples, partial scores (slices, B, strip floats), counters."""

    examples: Examples
    partial_scores: np.ndarray
    counters: np.ndarray


class Results(NamedTuple):
    """Arrays of one thread: losses (lanes,) float64, terms and centres (2,) int64, strips (strip floats,) float32."""

    losses: np.ndarray
    numbers: np.ndarray
    strips: np.ndarray


@functools.cache
def compiled_team(lanes: int, tile_contexts: int, tile_outputs: int, cbow: bool, source: int) -> Callable[..., Any]:
    """Build the function for one shape of tiles. `source` (a checksum of the code) keeps numba's cache honest."""
    strip = strip_floats(tile_outputs)
    step = OUTPUT_STEP
    group_floats = max(strip, lanes)

    @njit(nogil=True, error_model="numpy")
    def draw_piece(plan, corpus, sampling, space, scratch, results, number):  # type: ignore[no-untyped-def]
        pieces = space.examples.centre_counts.shape[1]
        block, piece = plan.first_block + number // pieces, number % pieces
        begin = min(block * plan.block + piece * plan.piece, plan.end)
        end = min(begin + plan.piece, min((block + 1) * plan.block, plan.end))
        slot, count, terms = piece * plan.piece, 0, 0
        if begin < end:
            last_slot, terms = draws.draw_examples(
                corpus, sampling, scratch, space.examples, block % BUFFERS, slot, begin, end,
                not cbow, tile_outputs, plan.dead_input, plan.dead_output, tile_contexts,
            )  # fmt: skip
            count = last_slot - slot
        space.examples.centre_counts[block % BUFFERS, piece] = count
        results.numbers[0] += terms
        results.numbers[1] += count
        threads.add(space.counters, DRAWN, 1)

    @njit(nogil=True, error_model="numpy")
    def draw_until(plan, corpus, sampling, space, scratch, results, limit):  # type: ignore[no-untyped-def]
        while True:
            number = threads.claim(space.counters, CLAIMED, limit)
            if number < 0:
                return
            draw_piece(plan, corpus, sampling, space, scratch, results, number)

    @njit(nogil=True, error_model="numpy")
    def score_block(plan, layout, space, buffer, part):  # type: ignore[no-untyped-def]
        W_in, W_out, row_bytes, vectors = layout[part, 0], layout[part, 1], layout[part, 2], layout[part, 3]
        examples = space.examples
        contexts, outputs = examples.contexts.ctypes.data, examples.outputs.ctypes.data
        for piece in range(examples.centre_counts.shape[1]):
            first = piece * plan.piece
            last = first + examples.centre_counts[buffer, piece]
            for slot in range(first, last):
                place = buffer * examples.contexts.shape[1] + slot
                context_ids = contexts + place * examples.contexts.shape[2] * 4
                output_ids = outputs + place * examples.outputs.shape[2] * 4
                if slot + AHEAD < last:
                    newest = np.int64(examples.context_counts[buffer, slot + AHEAD]) - 1
                    ahead_outputs = output_ids + AHEAD * examples.outputs.shape[2] * 4
                    ahead_contexts = context_ids + (AHEAD * examples.contexts.shape[2] + newest) * 4
                    prefetch_rows(tile_outputs, W_out, ahead_outputs, row_bytes)
                    prefetch_rows(1, W_in, ahead_contexts, row_bytes)
                strips = space.partial_scores.ctypes.data + (
                    (buffer % 2 * layout.shape[0] + part) * space.partial_scores.shape[1] + slot
                ) * (space.partial_scores.shape[2] * 4)
                count = np.int64(examples.context_counts[buffer, slot])
                if cbow:
                    scale = np.float32(1) / np.float32(count)
                    score_mean(
                        lanes, tile_outputs, W_in, W_out, row_bytes, vectors, context_ids, count, scale,
                        output_ids, plan.groups, strips,
                    )  # fmt: skip
                else:
                    tiles = (count + tile_contexts - 1) // tile_contexts
                    score_contexts(
                        lanes, tile_contexts, tile_outputs, W_in, W_out, row_bytes, vectors, context_ids,
                        output_ids, tiles, strips,
                    )  # fmt: skip

    @njit(nogil=True, error_model="numpy")
    def update_block(plan, layout, space, buffer, next_buffer, results, first_part, last_part, rate, losses):  # type: ignore[no-untyped-def]
        examples, slices = space.examples, layout.shape[0]
        slice_bytes = space.partial_scores.shape[1] * space.partial_scores.shape[2] * 4
        strips = results.strips.ctypes.data
        for piece in range(examples.centre_counts.shape[1]):
            first = piece * plan.piece
            last = first + examples.centre_counts[buffer, piece]
            next_count = examples.centre_counts[next_buffer, piece] if next_buffer >= 0 else 0
            for slot in range(first, last):
                place = buffer * examples.contexts.shape[1] + slot
                context_ids = examples.contexts.ctypes.data + place * examples.contexts.shape[2] * 4
                context_weights = examples.context_weights.ctypes.data + place * examples.contexts.shape[2] * 4
                output_ids = examples.outputs.ctypes.data + place * examples.outputs.shape[2] * 4
                output_weights = examples.output_weights.ctypes.data + place * examples.outputs.shape[2] * 4
                scores = space.partial_scores.ctypes.data + (buffer % 2 * slices * space.partial_scores.shape[1] + slot) * (space.partial_scores.shape[2] * 4)
                count = np.int64(examples.context_counts[buffer, slot])
                tiles = (count + tile_contexts - 1) // tile_contexts
                if slot < first + next_count:
                    ahead = (next_buffer * examples.contexts.shape[1] + slot)
                    ahead_outputs = examples.outputs.ctypes.data + ahead * examples.outputs.shape[2] * 4
                    newest = np.int64(examples.context_counts[next_buffer, slot]) - 1
                    ahead_contexts = examples.contexts.ctypes.data + (ahead * examples.contexts.shape[2] + newest) * 4
                    for part in range(first_part, last_part):
                        prefetch_rows(tile_outputs, layout[part, 1], ahead_outputs, layout[part, 2])
                        prefetch_rows(1, layout[part, 0], ahead_contexts, layout[part, 2])
                if cbow:
                    for group in range(plan.groups):
                        gradients_of_scores(
                            lanes, tile_outputs, scores + group * group_floats * 4, slice_bytes, slices,
                            output_weights + group * step * 4, context_weights, rate, group_floats // lanes,
                            strips + group * group_floats * 4, losses,
                        )  # fmt: skip
                else:
                    gradients_of_scores(
                        lanes, tile_outputs, scores, slice_bytes, slices, output_weights, context_weights, rate,
                        tiles * tile_contexts * strip // lanes, strips, losses,
                    )  # fmt: skip
                for part in range(first_part, last_part):
                    W_in, W_out, row_bytes, vectors = layout[part, 0], layout[part, 1], layout[part, 2], layout[part, 3]
                    if cbow:
                        scale = np.float32(1) / np.float32(count)
                        share = scale if plan.divide_gradient else np.float32(1)
                        update_mean(
                            lanes, tile_outputs, W_in, W_out, row_bytes, vectors, context_ids, count, scale, share,
                            output_ids, plan.groups, strips,
                        )  # fmt: skip
                    else:
                        update_rows(
                            lanes, tile_outputs, W_in, W_out, row_bytes, vectors, context_ids, output_ids, count, strips
                        )

    @njit(nogil=True, error_model="numpy", cache=True)
    def run_team(thread, team, plan, corpus, sampling, layout, space, scratch, results):  # type: ignore[no-untyped-def]
        slices, pieces = layout.shape[0], space.examples.centre_counts.shape[1]
        first_part, last_part = slices * thread // team, slices * (thread + 1) // team
        losses = results.losses.ctypes.data if thread == team - 1 else 0
        for block in range(plan.first_block, plan.last_block):
            number, buffer = block - plan.first_block + 1, block % BUFFERS
            draw_until(plan, corpus, sampling, space, scratch, results, number * pieces)
            threads.wait_for(space.counters, DRAWN, number * pieces, STOP)
            for part in range(first_part, last_part):
                score_block(plan, layout, space, buffer, part)
            threads.add(space.counters, SCORED, 1)
            next_buffer = -1
            if block + 1 < plan.last_block:
                draw_until(plan, corpus, sampling, space, scratch, results, (number + 1) * pieces)
                next_buffer = (block + 1) % BUFFERS
            threads.wait_for(space.counters, SCORED, number * team, STOP)
            if threads.read(space.counters, DRAWN) < (number + 1) * pieces:
                next_buffer = -1
            done = (plan.done_before + block * plan.block) / plan.all_positions
            rate = np.float32(plan.learning_rate * max(1.0 - done, 1e-4))
            update_block(plan, layout, space, buffer, next_buffer, results, first_part, last_part, rate, losses)

    return run_team

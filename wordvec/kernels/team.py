"""The compiled function that the threads of a team run together: draw, score, update, block after block.

Every thread runs all blocks; what it does of a block::

    draw     pieces of the block, claimed one by one by whoever is free; most were drawn ahead
    score    its own slices: their part of all scores, from the rows as they stand; then all wait for all
    update   its own slices: gradients from the summed scores, centre by centre in corpus order

There is one meeting a block, after the scores, and a thread that would wait there draws examples of later blocks.
After its update a thread goes on at once: the scores of its slices need no other thread. Everything a thread writes
to the tables lies in its own slices, so the result can't depend on how threads take turns.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit

from wordvec.kernels import draws, threads
from wordvec.kernels.stages import Shape, score_block, update_block
from wordvec.kernels.threads import ENTRY, INLINE

CLAIMED, DRAWN, SCORED, STOP = range(4)  # counters of a team
AHEAD = 2  # blocks drawn before they are needed: the next one is then ready when its rows are asked for
BUFFERS = 4  # blocks of examples: one in use, two drawn ahead, one a slower thread still reads; even, for the scores


class Plan(NamedTuple):
    """What one team trains in one call: blocks first_block .. last_block - 1, positions up to `end`."""

    first_block: int
    last_block: int
    block: int
    piece: int  # positions drawn in one go
    end: int
    done_before: float  # positions of the epochs before
    positions: float  # positions of the whole training
    learning_rate: float
    divide: bool  # CBOW: the gradient of a context is divided by their number


def learning_rate_at(learning_rate: float, done: float) -> float:
    """The learning rate when this share of the training is done: it falls in a straight line, but never to zero.

    >>> learning_rate_at(0.025, 0.0), learning_rate_at(0.025, 0.5), learning_rate_at(0.025, 1.0)
    (0.025, 0.0125, 2.5e-06)
    """
    return learning_rate * max(1.0 - done, 1e-4)


@functools.cache
def compile_team(shape: Shape, source: int) -> Callable[..., None]:
    """The function for one shape of tiles; `source`, a checksum of the code, keeps numba's cache honest.

    numba knows a cached function by its file and by the values it closes over. What those files import it does
    not see, so a checksum of all of them is one of the values.
    """
    lanes, tile_contexts, tile_outputs, architecture = shape

    def run_team(thread, team, plan, corpus, sampling, placement, layout, work, counters, scratch, private):  # type: ignore[no-untyped-def]
        _ = source
        slices, pieces = layout.shape[0], work.examples.centre_counts.shape[1]
        first_part, last_part = slices * thread // team, slices * (thread + 1) // team
        losses = private.losses.ctypes.data if thread == team - 1 else 0  # the last thread has the fewest columns
        for block in range(plan.first_block, plan.last_block):
            number, buffer = block - plan.first_block + 1, block % BUFFERS
            draw_pieces(
                tile_outputs, plan, corpus, sampling, placement, work, counters, scratch, private, number * pieces
            )
            threads.wait_for(counters, DRAWN, number * pieces, STOP)
            score_block(
                lanes, tile_contexts, tile_outputs, architecture,
                layout, work, plan.piece, buffer, first_part, last_part,
            )  # fmt: skip
            threads.add(counters, SCORED, 1)
            wanted = min(number + AHEAD, plan.last_block - plan.first_block) * pieces
            draw_pieces(tile_outputs, plan, corpus, sampling, placement, work, counters, scratch, private, wanted)
            threads.wait_for(counters, SCORED, number * team, STOP)
            if threads.read(counters, STOP) != 0:
                return
            ahead = (block + 1) % BUFFERS if threads.read(counters, DRAWN) >= (number + 1) * pieces else -1
            done = (plan.done_before + block * plan.block) / plan.positions
            rate = np.float32(rate_at(plan.learning_rate, done))
            update_block(
                lanes, tile_contexts, tile_outputs, architecture,
                layout, work, plan.piece, buffer, ahead, first_part, last_part, rate, plan.divide, private, losses,
            )  # fmt: skip

    run_team.__qualname__ = f"run_team_{source:08x}"  # names the cache's files: those of older code are never opened
    try:
        return njit(**ENTRY)(run_team)
    except RuntimeError:  # neither the package's folder nor the user's cache folder can be written to
        return njit(**{**ENTRY, "cache": False})(run_team)


rate_at = njit(learning_rate_at)


@njit(**INLINE)
def draw_pieces(T, plan, corpus, sampling, placement, work, counters, scratch, private, limit):  # type: ignore[no-untyped-def]
    """Draw pieces of examples, as long as any below number `limit` are left to claim."""
    pieces = work.examples.centre_counts.shape[1]
    while True:
        number = threads.claim(counters, CLAIMED, limit)
        if number < 0:
            return
        block, piece = plan.first_block + number // pieces, number % pieces
        begin = block * plan.block + piece * plan.piece
        end = min(begin + plan.piece, (block + 1) * plan.block, plan.end)
        slot, terms = piece * plan.piece, 0
        last_slot, predictions = slot, 0
        if begin < end:
            last_slot, terms, predictions = draws.draw_examples(
                T, corpus, sampling, placement, scratch, work.examples, block % BUFFERS, slot, begin, end
            )
        work.examples.centre_counts[block % BUFFERS, piece] = last_slot - slot
        private.numbers[0] += predictions
        private.numbers[1] += terms
        private.numbers[2] += last_slot - slot
        threads.add(counters, DRAWN, 1)

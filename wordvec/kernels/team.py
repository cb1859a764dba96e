"""The compiled function that the threads of a team run together: draw, score, update, step after step.

Every thread runs all blocks. Whoever is free draws the examples of a whole block, mostly ahead of time, and cuts
them into steps. What every thread does in a step::

    score    its own slices: their part of all scores, from the rows as they are; then all wait for all
    update   its own slices: gradients from the summed scores, example by example in corpus order

Threads wait for each other once a step, after the scores, and a thread that would wait there draws later blocks.
After its update a thread continues at once: the scores of its slices need no other thread. Everything a thread writes
to the tables is in its own slices, so the result can't depend on how threads take turns.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit

from wordvec.kernels import draws, threads
from wordvec.kernels.stages import Shape, score_step, update_step
from wordvec.kernels.threads import ENTRY, INLINE

AHEAD = 2  # blocks drawn before they are needed: the next one is then ready when its rows are asked for
BUFFERS = 4  # blocks of examples: one in use, two drawn ahead, one a slower thread still reads
CLAIMED, SCORED, STOP, DRAWN = range(4)  # counters of a team; DRAWN is the first of BUFFERS counters, one a buffer
COUNTERS = DRAWN + BUFFERS


class Plan(NamedTuple):
    """What one team trains in one call: blocks first_block .. last_block - 1, positions up to `end`."""

    first_block: int
    last_block: int
    block: int
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
        slices, blocks = layout.shape[0], plan.last_block - plan.first_block
        first_part, last_part = slices * thread // team, slices * (thread + 1) // team
        losses = private.losses.ctypes.data if thread == team - 1 else 0  # the last thread has the fewest columns
        steps_done = 0
        for number in range(blocks):
            buffer, following = number % BUFFERS, (number + 1) % BUFFERS
            draw_blocks(tile_outputs, plan, corpus, sampling, placement, work, counters, scratch, private, number + 1)
            threads.wait_for(counters, DRAWN + buffer, number // BUFFERS + 1, STOP)
            done = (plan.done_before + (plan.first_block + number) * plan.block) / plan.positions
            rate, first = np.float32(rate_at(plan.learning_rate, done)), 0
            for step in range(work.examples.step_counts[buffer]):
                last = work.examples.step_ends[buffer, step]
                steps_done += 1
                score_step(
                    lanes, tile_contexts, tile_outputs, architecture,
                    layout, work, steps_done % 2, buffer, first, last, first_part, last_part,
                )  # fmt: skip
                threads.add(counters, SCORED, 1)
                if step == 0:
                    limit = min(number + 1 + AHEAD, blocks)
                    draw_blocks(
                        tile_outputs, plan, corpus, sampling, placement, work, counters, scratch, private, limit
                    )
                threads.wait_for(counters, SCORED, steps_done * team, STOP)
                if threads.read(counters, STOP) != 0:
                    return
                drawn = threads.read(counters, DRAWN + following) >= (number + 1) // BUFFERS + 1
                update_step(
                    lanes, tile_contexts, tile_outputs, architecture,
                    layout, work, steps_done % 2, buffer, first, last, following if drawn else -1,
                    first_part, last_part, rate, plan.divide, private, losses,
                )  # fmt: skip
                first = last

    run_team.__qualname__ = f"run_team_{source:08x}"  # names the cache's files: those of older code are never opened
    try:
        return njit(**ENTRY)(run_team)
    except RuntimeError:  # neither the package's folder nor the user's cache folder can be written to
        return njit(**{**ENTRY, "cache": False})(run_team)


rate_at = njit(learning_rate_at)


@njit(**INLINE)
def draw_blocks(T, plan, corpus, sampling, placement, work, counters, scratch, private, limit):  # type: ignore[no-untyped-def]
    """Draw blocks of examples, as long as any of the first `limit` are left to claim."""
    while True:
        number = threads.claim(counters, CLAIMED, limit)
        if number < 0:
            return
        begin = (plan.first_block + number) * plan.block
        end = min(begin + plan.block, plan.end)
        centres, predictions, terms = draws.draw_examples(
            T, corpus, sampling, placement, scratch, work.examples, number % BUFFERS, begin, end
        )
        private.numbers[0] += predictions
        private.numbers[1] += terms
        private.numbers[2] += centres
        threads.add(counters, DRAWN + number % BUFFERS, 1)

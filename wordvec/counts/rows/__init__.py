"""From a stream of word ids to the rows of the co-occurrence matrix, in parallel and within a memory limit.

::

    stream ─► shards ─► rows, chunk by chunk ─► the matrix                     (one shard: all of it fits into memory)
                    └─► a run of rows on disk each ─► merged, chunk by chunk ─► the matrix          (several shards)

A shard is a part of the text with an index, the positions of each word; a chunk is a few rows that a thread counts
at a time. Sums are whole numbers, so the result does not depend on shards, chunks or threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from wordvec.counts.rows import team as teams
from wordvec.counts.rows.team import Cells, Run, Team, Text, most_cells
from wordvec.errors import OptionError, counted
from wordvec.growing_array import LIMITLESS, GrowingArray
from wordvec.memory import available_memory, show_bytes

LARGEST_SHARD = 2**32 - 2**16  # positions have 32 bits
SMALLEST_SHARD = 2**16
RUNS_AT_ONCE = 16  # that are merged; each is three open files


class Plan(NamedTuple):
    """How a memory limit is divided, in bytes except for `shard`, which is in positions of the stream."""

    shard: int
    stream: int
    result: int


def make_plan(memory: int | None, length: int, vocabulary_size: int, threads: int) -> Plan:
    """Divide a limit: workplaces take what they need, the shard up to half of the rest, the result what is left.

    None means half of the free memory. Raises OptionError, naming the least limit that is enough, when there is no
    room for a shard of a sensible size.
    """
    workplace = 12 * max(teams.CELLS_PER_CHUNK, vocabulary_size) + 9 * vocabulary_size
    workplaces = (teams.workplaces_for(threads) + 1) * workplace  # one more for the copy of a chunk that is kept
    fixed = workplaces + (threads + 3) * 8 * vocabulary_size  # each thread's counts, row starts and sizes
    least = fixed + 16 * min(SMALLEST_SHARD, length)
    if memory is None:
        free = available_memory()
        if free is None:
            return Plan(min(length, LARGEST_SHARD), LIMITLESS, LIMITLESS)
        memory = max(free // 2, least)
    if memory < least:
        raise OptionError(
            f"memory: counting {counted(vocabulary_size, 'word')} with {counted(threads, 'thread')} needs at least "
            f"{show_bytes(least)}; got {show_bytes(memory)}"
        )
    shard = min((memory - fixed) // 16, length, LARGEST_SHARD)  # id and position of each word, 4 bytes both
    return Plan(shard, 4 * shard, memory - fixed - 8 * shard)


def count_stream(
    stream: GrowingArray,
    vocabulary_size: int,
    weights: np.ndarray,
    sides: tuple[int, int],
    unit: int,
    plan: Plan,
    threads: int,
    update: Callable[[int], None],
) -> Cells:
    """All rows of the matrix: cells in each (V,), their columns and their values, sums of weights / unit.

    `update` is called with the number of positions done.
    """
    borders = [*range(0, len(stream), plan.shard), len(stream)]
    runs: list[list[Run]] = []
    with ExitStack() as stack:
        team = stack.enter_context(Team(vocabulary_size, threads))
        stack.callback(lambda: [run.close() for level in runs for run in level])
        if len(borders) == 2:
            text = shard_text(stream, 0, len(stream), weights, sides, team)
            cells, room = team.count(text, update), int(most_cells(text).sum())
        else:
            for begin, end in pairwise(borders):
                add_run(runs, team.count(shard_text(stream, begin, end, weights, sides, team), update), team)
            all_runs = [run for level in runs for run in level]
            cells, room = team.merge(all_runs), sum(len(run.columns) for run in all_runs)
        result = Run.in_memory(plan.result, np.float64, room)
        stack.callback(result.close)
        for row_sizes, columns, sums in cells:
            result.append(row_sizes, columns, sums / unit)
        return result.row_sizes.finish(), result.columns.finish(), result.sums.finish()


def add_run(runs: list[list[Run]], cells: Iterable[Cells], team: Team, level: int = 0) -> None:
    """Write rows as one more run of a level; RUNS_AT_ONCE runs of a level are merged into one of the next.

    So few runs exist at a time, however long the text: a process can only have so many files open.
    """
    if level == len(runs):
        runs.append([])
    run = Run.on_disk()
    runs[level].append(run)
    for row_sizes, columns, sums in cells:
        run.append(row_sizes, columns, sums)
    if len(runs[level]) == RUNS_AT_ONCE:
        add_run(runs, team.merge(runs[level]), team, level + 1)
        for run in runs[level]:
            run.close()
        runs[level] = []


def shard_text(
    stream: GrowingArray, begin: int, end: int, weights: np.ndarray, sides: tuple[int, int], team: Team
) -> Text:
    """Positions begin .. end - 1 of the stream with their index; windows of these words may reach over the ends."""
    left, right = sides
    low, high = max(0, begin - left), min(len(stream), end + right)
    if (low, high) == (0, len(stream)):
        part = stream.read(0, high)
        offset = 0
    else:
        border = np.array([team.vocabulary_size], np.int32)
        part = np.concatenate([border, stream.read(low, high), border])
        offset = 1 - low
    row_starts, positions = team.index(part, begin + offset, end + offset)
    return Text(part, positions, row_starts, weights, left, right)

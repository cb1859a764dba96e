"""Skip-gram and CBOW on the CPU, compiled: the same calls as `reference.py`, which says what they mean.

`train_skipgram` and `train_cbow` train one stretch of one epoch. By default the result has the same bytes for any
number of threads and for any cut of an epoch into stretches; ``hogwild=True`` lets threads race instead.
"""

from __future__ import annotations

import functools
import threading
import zlib
from pathlib import Path

import numpy as np

from wordvec import rng
from wordvec.corpus import steps
from wordvec.corpus.examples import ExampleSampler
from wordvec.errors import OptionError
from wordvec.kernels import draws, placing, stages, team
from wordvec.kernels.checks import check_call
from wordvec.kernels.huffman import HuffmanPaths
from wordvec.kernels.loss import Loss
from wordvec.kernels.stages import CBOW, SKIPGRAM, SKIPGRAM_PAIRS, Shape
from wordvec.kernels.tables import Tables, aligned_zeros
from wordvec.kernels.threads import COUNTER_SPACING, new_counters
from wordvec.kernels.tiles_skipgram import OUTPUT_STEP, strip_floats
from wordvec.kernels.vector_ir import host_lanes, host_registers


def train_skipgram(
    tables: Tables,
    ids: np.ndarray,
    sentence_starts: np.ndarray,
    sampler: ExampleSampler,
    *,
    first: int,
    last: int,
    epoch: int,
    epochs: int,
    learning_rate: float = 0.025,
    block: int = 64,
    meetings: int = 24,
    threads: int = 1,
    hogwild: bool = False,
    paths: HuffmanPaths | None = None,
) -> Loss:
    """Train skip-gram on positions first .. last - 1 of one epoch, in place; returns the loss met on the way.

    With negative sampling, or with hierarchical softmax when `paths` are given (then sampler.negatives counts for
    nothing). Semantics, shapes and errors: `wordvec.kernels.reference.train_skipgram`.
    """
    architecture = SKIPGRAM if sampler.negative_sharing == "window" or paths is not None else SKIPGRAM_PAIRS
    options = (first, last, epoch, epochs, learning_rate, block, meetings, threads, hogwild, paths)
    return _train(architecture, tables, ids, sentence_starts, sampler, *options, divide=False)


def train_cbow(
    tables: Tables,
    ids: np.ndarray,
    sentence_starts: np.ndarray,
    sampler: ExampleSampler,
    *,
    first: int,
    last: int,
    epoch: int,
    epochs: int,
    learning_rate: float = 0.05,
    block: int = 64,
    meetings: int = 12,
    threads: int = 1,
    hogwild: bool = False,
    paths: HuffmanPaths | None = None,
    gradient: str = "mean",
) -> Loss:
    """Train CBOW on positions first .. last - 1 of one epoch, in place; returns the loss met on the way.

    Semantics, shapes and errors: `wordvec.kernels.reference.train_cbow`.
    """
    if gradient not in ("mean", "sum"):
        raise OptionError(f"cbow_gradient must be 'mean' or 'sum'; got {gradient!r}")
    options = (first, last, epoch, epochs, learning_rate, block, meetings, threads, hogwild, paths)
    return _train(CBOW, tables, ids, sentence_starts, sampler, *options, divide=gradient == "mean")


def warm_up(
    architecture: str,
    sampler: ExampleSampler,
    *,
    paths: HuffmanPaths | None = None,
    dimension: int = 1,
    meetings: int = 24,
    longest_sentence: int = 1,
) -> None:
    """Compile (or load from numba's cache) what ``train_<architecture>`` with these options will run.

    The first time takes some seconds, later ones some tenths; a trainer calls this to time and announce it. The code
    serves any dimension, any bound on meetings and sentences of any length.
    """
    rows = len(sampler.keep_thresholds)
    zeros = np.zeros((rows, 1), np.float32)
    ids, starts = np.zeros(1, np.int32), np.array([0, 1])
    train = {"skipgram": train_skipgram, "cbow": train_cbow}[architecture]
    train(Tables(zeros, zeros), ids, starts, sampler, first=0, last=1, epoch=0, epochs=1, paths=paths)


def tile_shape(architecture: int, outputs: int, tree: bool, lanes: int) -> Shape:
    """The tile for this many outputs a centre (or a context, where pairs have their own).

    As few groups as the registers allow, evenly filled; paths of a tree vary in length, so they take small groups.
    """
    most = 4 if lanes == 4 else 8 if architecture != SKIPGRAM or host_registers(lanes) == 32 else 6
    if tree:
        tile_outputs = 4 if architecture == SKIPGRAM else most
    else:
        tile_outputs = -(-outputs // -(-outputs // most))
    return Shape(lanes, max(2, lanes // strip_floats(tile_outputs)), tile_outputs, architecture)


def _train(
    architecture: int,
    tables: Tables,
    ids: np.ndarray,
    sentence_starts: np.ndarray,
    sampler: ExampleSampler,
    first: int,
    last: int,
    epoch: int,
    epochs: int,
    learning_rate: float,
    block: int,
    meetings: int,
    threads: int,
    hogwild: bool,
    paths: HuffmanPaths | None,
    *,
    divide: bool,
) -> Loss:
    check_call(tables, ids, sentence_starts, sampler, first, last, block, threads, paths)
    shape = tile_shape(architecture, sampler.negatives + 1, paths is not None, tables.lanes)
    run = team.compile_team(shape, source_checksum())
    corpus = draws.Corpus(_constant(ids, np.int32), _constant(sentence_starts, np.int64))
    sampling = _sampling(architecture, sampler, epoch, sentence_starts, paths, meetings)
    placement = placing.Placement(
        architecture == SKIPGRAM,
        shape.tile_contexts,
        shape.tile_outputs,
        paths is not None,
        architecture == SKIPGRAM_PAIRS,
        2 * sampling.reach <= sampling.group,
        meetings,
        *(len(matrix) - 1 for matrix in (tables.input_slices[0], tables.output_slices[0])),
    )
    layout = tables.addresses()
    teams, team_size = (threads, 1) if hogwild else (1, threads)
    blocks = np.linspace(first // block, -(-last // block), teams + 1).astype(np.int64).tolist()
    jobs = []
    for first_block, last_block in zip(blocks, blocks[1:]):
        plan = team.Plan(
            first_block, last_block, block, last, float(epoch * len(ids)), float(epochs * len(ids)),
            float(learning_rate), divide,
        )  # fmt: skip
        work, private = _workspace(shape, sampling, placement, plan, layout)
        counters = new_counters(team.COUNTERS)
        for thread in range(team_size):
            scratch = draws.new_scratch(block, sampling.reach, sampling.draws)
            shared = (plan, corpus, sampling, placement, layout, work, counters)
            jobs.append((thread, team_size, *shared, scratch, private()))
    _run_threads(run, jobs)
    losses = sum(float(job[-1].losses.sum()) for job in jobs)
    predictions, terms, centres = np.sum([job[-1].numbers for job in jobs], axis=0).tolist()
    return Loss(losses, predictions, terms, centres)


def _sampling(
    architecture: int,
    sampler: ExampleSampler,
    epoch: int,
    sentence_starts: np.ndarray,
    paths: HuffmanPaths | None,
    meetings: int,
) -> draws.Sampling:
    reach = min(sampler.window, max(1, int(np.diff(sentence_starts).max()) - 1))
    draws_of_centre = 0 if paths is not None else sampler.negatives
    if architecture == SKIPGRAM_PAIRS:
        draws_of_centre *= 2 * reach
    tree = paths is not None
    if paths is None:
        paths = HuffmanPaths(np.zeros(1, np.int64), np.zeros(1, np.int32), np.zeros(1, np.float32))
    cbow = architecture == CBOW
    return draws.Sampling(
        _constant(sampler.keep_thresholds, np.uint64),
        _constant(sampler.negative_table.packed(), np.uint64),
        _constant(paths.starts, np.int64),
        _constant(paths.nodes, np.int32),
        _constant(paths.signs, np.float32),
        rng.key_of(sampler.seed, epoch)[0],
        int(sampler.window),
        bool(sampler.shrink_window),
        int(sampler.negatives),
        int(draws_of_centre),
        reach,
        2 * reach if cbow else steps.group_size(meetings, tree),
        steps.WHOLE * meetings,
        *(steps.CBOW_WEIGHTS if cbow else steps.SKIPGRAM_WEIGHTS),
    )


def _constant(array: np.ndarray, dtype: type) -> np.ndarray:
    """A read-only view: numba compiles again for arrays that can be written to, and a memory-mapped corpus can't."""
    view = np.ascontiguousarray(array, dtype).view(np.ndarray).view()
    view.flags.writeable = False
    return view


def _workspace(  # type: ignore[no-untyped-def]
    shape: Shape, sampling: draws.Sampling, placement: placing.Placement, plan: team.Plan, layout: np.ndarray
):
    """Arrays for one team, and a function that makes those of one thread."""
    most = min(2 * sampling.reach, sampling.group)
    contexts = -(-most // shape.tile_contexts) * shape.tile_contexts
    slots = plan.block * -(-2 * sampling.reach // most)
    outputs = int(np.diff(sampling.path_starts).max()) if placement.tree else sampling.negatives + 1
    groups = -(-outputs // shape.tile_outputs)
    floats = stages.strips_of_centre(shape, contexts, groups)
    sets = contexts if placement.pairs else 1
    examples = placing.blank_examples(team.BUFFERS, slots, contexts, sets * groups * OUTPUT_STEP, placement)
    scores = aligned_zeros((2 * len(layout), min(slots, steps.MOST_EXAMPLES), floats), np.float32)

    def private() -> stages.Private:
        one_context = np.zeros(shape.lanes, np.float32)
        one_context[0] = 1
        return stages.Private(
            aligned_zeros((stages.RUN, floats), np.float32),
            aligned_zeros((contexts, 4 * shape.lanes), np.float32),
            one_context,
            np.zeros(shape.lanes),
            np.zeros(3, np.int64),
        )

    return stages.Workspace(examples, scores), private


def _run_threads(run, jobs: list) -> None:  # type: ignore[no-untyped-def]
    """Run all jobs at the same time, the first in this thread; the others never see a Python exception."""
    helpers = [threading.Thread(target=run, args=job, daemon=True) for job in jobs[1:]]
    started = []
    try:
        for helper in helpers:
            helper.start()
            started.append(helper)
        run(*jobs[0])
    except BaseException:
        for job in jobs:  # nobody may wait for a thread that never came
            job[8][team.STOP * COUNTER_SPACING] = 1
        raise
    finally:
        for helper in started:
            helper.join()


@functools.cache
def source_checksum() -> int:
    """A checksum of the kernels' source code."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return functools.reduce(lambda checksum, path: zlib.crc32(path.read_bytes(), checksum), sources, host_lanes())

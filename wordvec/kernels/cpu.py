"""Skip-gram and CBOW on the CPU, compiled: the same calls as `reference.py`, which defines them.

`train_skipgram` and `train_cbow` train one stretch of one epoch. By default the result has the same bytes for any
number of threads and however an epoch is cut into stretches; ``hogwild=True`` lets threads race instead. The C code is
in ``wordvec/native/src``: training.c, draws.c, examples.c, skipgram.c, cbow.c, subwords.c. With a `TaggedSampler`,
`train_skipgram` trains PV-DBOW.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wordvec import rng
from wordvec.corpus.draws import steps
from wordvec.corpus.draws.examples import ExampleSampler
from wordvec.errors import OptionError
from wordvec.kernels.checks import Loss, check_call
from wordvec.kernels.huffman import HuffmanPaths
from wordvec.kernels.tables import Tables
from wordvec.kernels.word_parts import WordParts
from wordvec.native.training import CBOW, SKIPGRAM, SKIPGRAM_PAIRS, Training, new_training, run_all


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
    parts: WordParts | None = None,
) -> Loss:
    """Train skip-gram on positions first .. last - 1 of one epoch, in place; return the loss along the way.

    Uses negative sampling, or hierarchical softmax if `paths` are given (then sampler.negatives has no effect).
    Semantics, shapes and errors: `wordvec.kernels.reference.train_skipgram`.
    """
    architecture = SKIPGRAM if sampler.negative_sharing == "window" or paths is not None else SKIPGRAM_PAIRS
    options = (first, last, epoch, epochs, learning_rate, block, meetings, threads, hogwild, paths, parts)
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
    parts: WordParts | None = None,
    gradient: str = "mean",
) -> Loss:
    """Train CBOW on positions first .. last - 1 of one epoch, in place; return the loss along the way.

    Semantics, shapes and errors: `wordvec.kernels.reference.train_cbow`.
    """
    if gradient not in ("mean", "sum"):
        raise OptionError(f"cbow_gradient must be 'mean' or 'sum'; got {gradient!r}")
    options = (first, last, epoch, epochs, learning_rate, block, meetings, threads, hogwild, paths, parts)
    return _train(CBOW, tables, ids, sentence_starts, sampler, *options, divide=gradient == "mean")


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
    parts: WordParts | None,
    *,
    divide: bool,
) -> Loss:
    check_call(tables, ids, sentence_starts, sampler, first, last, block, threads, paths, parts)
    ids, sentence_starts = np.ascontiguousarray(ids, np.int32), np.ascontiguousarray(sentence_starts, np.int64)
    path_starts = None if paths is None else paths.starts
    weights = steps.weights_for(
        architecture == CBOW, sampler.negatives, path_starts, sampler.power, sampler.negative_pool
    )
    values = {
        "ids": ids,
        "sentence_starts": sentence_starts,
        "sentences": len(sentence_starts) - 1,
        "architecture": architecture,
        "block": block,
        "end": last,
        "done_before": float(epoch * len(ids)),
        "positions": float(epochs * len(ids)),
        "learning_rate": float(learning_rate),
        "divide": divide,
        "slices": (slices := tables.slices()),
        "bands": (bands := tables.bands()),
        "slice_count": len(slices),
        "band_count": len(bands),
        "half": tables.half,
        "absent_input": len(tables.input_bands[0]) - 1,
        "absent_output": len(tables.output_bands[0]) - 1,
        **drawing(architecture, sampler, epoch, sentence_starts, paths),
        **stepping(architecture, meetings, weights, paths is not None, None if parts is None else sampler.window),
        **composing(weights, sampler, sentence_starts, block, parts),
    }
    # Threads beyond those that share the slices only draw examples, which is a sixth of the work.
    teams, team_size = (threads, 1) if hogwild else (1, min(threads, len(slices) + 1 + len(slices) // 8))
    blocks = np.linspace(first // block, -(-last // block), teams + 1).astype(np.int64).tolist()
    trainings: list[Training] = [
        new_training(first_block=first_block, last_block=last_block, threads=team_size, **values)
        for first_block, last_block in zip(blocks, blocks[1:])
    ]
    losses, numbers = run_all(trainings)
    return Loss(losses, *numbers.tolist())


def drawing(
    architecture: int,
    sampler: ExampleSampler,
    epoch: int,
    sentence_starts: np.ndarray,
    paths: HuffmanPaths | None,
) -> dict[str, Any]:
    """How examples are drawn: fields of the library's ``struct training``."""
    longest, tags = int(np.diff(sentence_starts).max()), sampler.tags
    return {
        "keep_thresholds": np.ascontiguousarray(sampler.keep_thresholds, np.uint64),
        "negative_table": sampler.negative_table.packed(),
        "words": len(sampler.keep_thresholds),
        "epoch_key": int(rng.key_of(sampler.seed, epoch)[0]),
        "window": sampler.window,
        "shrink_window": sampler.shrink_window,
        "negatives": sampler.negatives if paths is None else 0,
        "reach": 0 if tags is not None and not tags.words else min(sampler.window, max(1, longest - 1)),
        "pool": sampler.negative_pool,
        "path_starts": None if paths is None else np.ascontiguousarray(paths.starts, np.int64),
        "path_nodes": None if paths is None else np.ascontiguousarray(paths.nodes, np.int32),
        "path_signs": None if paths is None else np.ascontiguousarray(paths.signs, np.float32),
        "longest_path": 0 if paths is None else int(np.diff(paths.starts).max()),
        "tag_starts": None if tags is None else np.ascontiguousarray(tags.starts, np.int64),
        "tags": None if tags is None else np.ascontiguousarray(tags.rows, np.int32),
        "most_tags": 0 if tags is None else tags.most,
        "first_tag": 0 if tags is None else tags.first,
    }


def stepping(
    architecture: int, meetings: int, weights: steps.Weights, tree: bool, window_of_parts: int | None = None
) -> dict[str, Any]:
    """How examples are cut into steps: fields of the library's ``struct training``."""
    cbow = architecture == CBOW
    return {
        "group": 2**40 if cbow else steps.group_size(meetings, tree, window_of_parts),
        "bound": steps.WHOLE * meetings,
        "context_quarters": weights.context,
        "centre_quarters": weights.centre,
        "negative_quarters": weights.negative,
        "node_quarters": weights.node,
        "tag_quarters": weights.tag,
        "most_repeats": meetings,
    }


def composing(
    weights: steps.Weights, sampler: ExampleSampler, sentence_starts: np.ndarray, block: int, parts: WordParts | None
) -> dict[str, Any]:
    """What words are made of: fields of the library's ``struct training``."""
    if parts is None:
        arrays = dict.fromkeys(("part_starts", "parts"))
        return arrays | {"table_rows": 0, "most_parts": 0, "part_quarters": 0}
    longest = int(np.diff(sentence_starts).max())
    words = min(parts.words, block + 2 * min(sampler.window, max(1, longest - 1)))
    return {
        "part_starts": parts.starts,
        "parts": parts.packed,
        "table_rows": parts.table_rows,
        "most_parts": parts.most_of(words),
        "part_quarters": weights.part,
    }

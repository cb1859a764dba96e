"""Skip-gram and CBOW on a GPU: the same calls as `cpu.py`; the kernel itself is `gpu.cu`.

`threads` warps train at the same time, each on its own stretch of text, adding to the same tables. One warp computes
what `reference.py` computes with blocks of one position. Several warps do not wait for each other: no addition is
lost, but a warp may read rows that others are changing, so two runs differ a little. The size of the corpus limits
how many warps there may be (`wordvec.trainers.planning`).
"""

from __future__ import annotations

import functools
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from wordvec import rng
from wordvec.arrays import device_module, free_memory, gpu_memory_errors, to_numpy
from wordvec.corpus.draws.examples import ExampleSampler
from wordvec.corpus.draws.steps import group_size
from wordvec.errors import OptionError, ShapeError
from wordvec.kernels.checks import Loss, check_call
from wordvec.kernels.gpu_inputs import PIECE, DeviceText, Shape, reach_of
from wordvec.kernels.huffman import HuffmanPaths
from wordvec.kernels.word_parts import WordParts

SOURCES = ("gpu_examples.cu", "gpu_rows.cu", "gpu.cu")
SMALLEST_CHUNK, LARGEST_CHUNK = 64, 1024  # positions: a chunk rereads its first window and writes its last rows late
CHUNKS_OF_A_WARP = 4
CORPUS_SHARE = 4  # the corpus may take a quarter of the free memory


class Tables:
    """W_in (V, D) and W_out (U, D) on the GPU, rows padded to 32 bytes; the counterpart of `tables.Tables`."""

    def __init__(self, W_in: np.ndarray, W_out: np.ndarray) -> None:
        if W_in.ndim != 2 or W_out.ndim != 2 or W_in.shape[1] != W_out.shape[1]:
            raise ShapeError(f"Tables: W_in (V, D) and W_out (U, D) expected; got {W_in.shape} and {W_out.shape}")
        if W_in.dtype != np.float32 or W_out.dtype != np.float32:
            raise ShapeError(f"Tables: the GPU kernels compute in float32; got {W_in.dtype} and {W_out.dtype}")
        self.xp = device_module("gpu")
        self.dimension = W_in.shape[1]
        self.shapes = (W_in.shape, W_out.shape)
        self.pitch = -(-self.dimension // 8) * 8
        size = 4 * self.pitch * (len(W_in) + len(W_out))
        with gpu_memory_errors(f"{len(W_in):,} words in {self.dimension} dimensions", size):
            self.W_in, self.W_out = self._padded(W_in), self._padded(W_out)
        self._text: DeviceText | None = None
        self._constants: dict[int, tuple[ExampleSampler, Any, Any]] = {}

    def unpack(self) -> tuple[np.ndarray, np.ndarray]:
        """Copies of W_in and W_out as they are now."""
        return tuple(  # type: ignore[return-value]
            np.ascontiguousarray(to_numpy(matrix[:, : self.dimension])) for matrix in (self.W_in, self.W_out)
        )

    def take(self) -> tuple[np.ndarray, np.ndarray]:
        """`unpack` at the end: releases the GPU's memory."""
        matrices = self.unpack()
        self.W_in = self.W_out = self._text = None
        self._constants.clear()
        return matrices

    def largest(self) -> float:
        """The largest absolute value in either matrix; nan where there is one."""
        return float(np.max([float(self.xp.abs(matrix).max()) for matrix in (self.W_in, self.W_out)]))

    def text(self, ids: np.ndarray, sentence_starts: np.ndarray) -> DeviceText:
        """The corpus on the GPU; kept for the next call with the same arrays."""
        if self._text is None or self._text.ids is not ids or self._text.sentence_starts is not sentence_starts:
            self._text = DeviceText(self.xp, ids, sentence_starts, free_memory() // CORPUS_SHARE)
        return self._text

    def sampling(self, sampler: ExampleSampler) -> tuple[Any, Any]:
        """The sampler's tables on the GPU: keep thresholds and packed alias table, (V,) uint64 each."""
        if id(sampler) not in self._constants:
            arrays = self.xp.asarray(sampler.keep_thresholds), self.xp.asarray(sampler.negative_table.packed())
            self._constants[id(sampler)] = sampler, *arrays
        return self._constants[id(sampler)][1:]

    def _padded(self, matrix: np.ndarray) -> Any:
        rows = self.xp.zeros((len(matrix), self.pitch), np.float32)
        rows[:, : self.dimension] = self.xp.asarray(matrix)
        return rows


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

    threads    warps at a time
    block      positions of the same learning rate; every example's scores are of the rows as its warp has them
    hogwild    has no effect here: several warps always race
    paths, parts   must be None: hierarchical softmax and subwords are trained by the other engines

    Semantics, shapes and errors otherwise: `wordvec.kernels.reference.train_skipgram`.
    """
    options = (first, last, epoch, epochs, learning_rate, block, meetings, threads, paths, parts)
    return _train(tables, ids, sentence_starts, sampler, *options, cbow=False, divide=False)


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

    Options as in `train_skipgram`; semantics, shapes and errors: `wordvec.kernels.reference.train_cbow`.
    """
    if gradient not in ("mean", "sum"):
        raise OptionError(f"cbow_gradient must be 'mean' or 'sum'; got {gradient!r}")
    options = (first, last, epoch, epochs, learning_rate, block, meetings, threads, paths, parts)
    return _train(tables, ids, sentence_starts, sampler, *options, cbow=True, divide=gradient == "mean")


def warm_up(
    architecture: str,
    sampler: ExampleSampler,
    *,
    paths: HuffmanPaths | None = None,
    dimension: int = 1,
    meetings: int = 24,
    longest_sentence: int = 1,
) -> None:
    """Compile (or load from CuPy's cache) what ``train_<architecture>`` with these options will run.

    The kernel is compiled for the dimension, rounded up to a multiple of 8, for the window (or the longest sentence,
    where that is shorter), the negatives and the meetings.
    """
    rows = len(sampler.keep_thresholds)
    zeros = np.zeros((rows, dimension), np.float32)
    train = {"skipgram": train_skipgram, "cbow": train_cbow}[architecture]
    ids, starts = np.zeros(longest_sentence, np.int32), np.array([0, longest_sentence])
    last, tables = min(64, longest_sentence), Tables(zeros, zeros)
    train(tables, ids, starts, sampler, first=0, last=last, epoch=0, epochs=1, meetings=meetings, paths=paths)


def check_shape(shape: Shape) -> None:
    """Raise OptionError if what a warp has to remember does not fit in the shared memory of this card."""
    room = int(device_module("gpu").cuda.Device().attributes["MaxSharedMemoryPerBlockOptin"])
    if shape.shared_bytes > room:
        raise OptionError(
            f"the GPU kernel keeps a window's words in shared memory: window {shape.reach} and {shape.negatives} "
            f"negatives need {shape.shared_bytes / 1024:.0f} KiB of {room / 1024:.0f} KiB; take fewer of either, or "
            "device 'cpu'"
        )


def read_sources() -> str:
    """The source of the kernel."""
    return "\n".join(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in SOURCES)


@functools.cache
def compile_kernel(xp: ModuleType, shape: Shape) -> Any:
    """The kernel for this shape; CuPy caches compiled kernels on disk."""
    kernel = xp.RawKernel(read_sources(), "train", options=("-std=c++17", *shape.macros()))
    kernel.max_dynamic_shared_size_bytes = shape.shared_bytes
    return kernel


def _train(
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
    paths: HuffmanPaths | None,
    parts: WordParts | None,
    *,
    cbow: bool,
    divide: bool,
) -> Loss:
    if parts is not None:
        raise OptionError("the GPU's kernels train words as wholes: leave out parts (subwords), or train on the CPU")
    if paths is not None or (sampler.negative_sharing != "window" and not cbow):
        raise OptionError(
            "the GPU kernels train with negatives shared by the window; for hierarchical softmax and for negatives of "
            "each pair take engine 'layers' or device 'cpu'"
        )
    check_call(tables, ids, sentence_starts, sampler, first, last, block, threads, None)
    reach = min(sampler.window, max(1, int(np.diff(sentence_starts).max()) - 1))
    group = group_size(meetings)
    shape = Shape(
        tables.pitch, sampler.window, reach, group, meetings, sampler.shrink_window, sampler.negatives, cbow, divide
    )
    check_shape(shape)
    kernel, text = compile_kernel(tables.xp, shape), tables.text(ids, sentence_starts)
    schedule = (
        rng.key_of(sampler.seed, epoch)[0],
        np.float64(epoch * len(ids)),
        np.float64(epochs * len(ids)),
        np.float64(learning_rate),
        np.uint32(block),
    )
    results = []
    with gpu_memory_errors("the corpus and the tables"):
        for begin, end in _within_pieces(first, last):
            results.append(_launch(kernel, shape, tables, text, sampler, begin, end, epoch, schedule, threads))
        following = last // PIECE
        if PIECE * following < len(ids):  # copied while the kernels run
            text.piece(following, PIECE * following, min(len(ids), PIECE * (following + 1)))
    return _sum_of([to_numpy(each) for each in results])


def _within_pieces(first: int, last: int) -> list[tuple[int, int]]:
    """The positions first .. last - 1, cut at the borders between pieces of the corpus."""
    cuts = [first, *range((first // PIECE + 1) * PIECE, last, PIECE), last]
    return [(begin, end) for begin, end in zip(cuts, cuts[1:]) if begin < end]


def _launch(
    kernel: Any,
    shape: Shape,
    tables: Tables,
    text: DeviceText,
    sampler: ExampleSampler,
    first: int,
    last: int,
    epoch: int,
    schedule: tuple[Any, ...],
    threads: int,
) -> Any:
    """Start training on positions within one piece; returns each warp's result, (warps, 4) 64-bit words."""
    xp = tables.xp
    piece = text.piece(first // PIECE, *reach_of(sampler, text.ids, text.sentence_starts, first, last, epoch))
    chunk = min(LARGEST_CHUNK, max(SMALLEST_CHUNK, (last - first) // (CHUNKS_OF_A_WARP * threads)))
    warps = min(threads, -(-(last - first) // chunk))
    results, next_chunk = xp.zeros((warps, 4), np.uint64), xp.zeros(1, np.uint32)
    keep_thresholds, negative_table = tables.sampling(sampler)
    epoch_key, *rates = schedule
    offsets = [np.uint32(position - piece.low) for position in (piece.high, first, last)]
    stream = xp.cuda.get_current_stream()
    stream.wait_event(piece.copied)
    kernel(
        (warps,),
        (shape.lanes,),
        (
            piece.tokens, np.uint64(piece.low), *offsets, keep_thresholds, negative_table,
            np.uint64(len(keep_thresholds)), epoch_key, *rates, np.uint32(chunk), tables.W_in, tables.W_out,
            next_chunk, results,
        ),
        shared_mem=shape.shared_bytes,
    )  # fmt: skip
    piece.read = stream.record()
    return results


def _sum_of(results: list[np.ndarray]) -> Loss:
    """The struct Result of gpu_examples.cu, summed over warps: a double and three integers."""
    if not results:
        return Loss(0.0, 0, 0, 0)
    words = np.concatenate(results)
    counts = words[:, 1:].sum(axis=0).tolist()
    return Loss(float(words[:, 0].copy().view(np.float64).sum()), *counts)
